"""Tokens are drawn from the distribution they are recorded under."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from turnbench.baselines.sampling import Sampler
from turnbench.randomness import RandomStream

LOGITS = torch.tensor([2.0, -1.0, 0.5, 0.0, -3.0, 1.0])


def sampler(temperature: float = 1.0, seed: int = 0, **settings: Any) -> Sampler:
    return Sampler(torch.Generator().manual_seed(seed), frozenset({0}), temperature=temperature, **settings)


@pytest.mark.parametrize("temperature", [1.0, 0.5, 2.0])
def test_draws_follow_the_softmax(temperature: float) -> None:
    n = 40_000
    drawn, logp = sampler(temperature).draw(LOGITS.expand(n, -1))
    expected = (LOGITS.double() / temperature).softmax(-1).numpy()
    np.testing.assert_allclose(logp[0].exp(), expected, rtol=1e-5)
    counts = np.bincount(drawn.numpy(), minlength=6)
    chi_square = float(((counts - n * expected) ** 2 / (n * expected)).sum())
    assert chi_square < 20.5  # five degrees of freedom: exceeded once in a thousand


def test_rows_are_drawn_independently() -> None:
    rows = torch.zeros(2, 2).expand(2, 2)
    pairs = np.zeros((2, 2))
    one = sampler()
    for _ in range(2000):
        first, second = one.draw(rows)[0].tolist()
        pairs[first, second] += 1
    assert float(((pairs - 500) ** 2 / 500).sum()) < 16.3  # three degrees of freedom


@pytest.mark.parametrize("uniform", [0.0, 2**-24, 0.25, 0.5, 1 - 2**-24])
def test_impossible_tokens_are_never_drawn(uniform: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the ends and between, where a rounded sum could point at a neighbour of probability 0."""
    never = -torch.inf
    logits = torch.tensor(
        [[never, 0.0, 0.0, never], [never, never, 5.0, never], [3.0, never, never, 3.0], [never, 40.0, 0.0, never]]
    )
    wide = torch.full((4, 1000), never)
    wide[:, 3:990:7] = torch.randn(4, 141, generator=torch.Generator().manual_seed(0))
    monkeypatch.setattr(torch, "rand", lambda *size, **_: torch.full(size, uniform))
    for rows in (logits, wide):
        drawn, logp = sampler().draw(rows)
        assert torch.isfinite(logp.gather(1, drawn[:, None])).all()


class Constant:
    """A stream that always says the same."""

    def __init__(self, uniform: float) -> None:
        self.uniform = uniform

    def random(self) -> float:
        return self.uniform


@pytest.mark.parametrize("uniform", [0.0, 0.5, 1 - 2**-24, 1 - 2**-53])
def test_impossible_tokens_are_never_drawn_from_a_stream(uniform: float) -> None:
    """A stream's numbers have 53 bits; the largest of them are 1 in single precision."""
    logits = torch.tensor([[0.0, 1.0, -torch.inf]])
    drawn, logp = sampler(streams=[Constant(uniform)]).draw(logits, [0])
    assert torch.isfinite(logp.gather(1, drawn[:, None])).all()


def test_with_streams_a_row_draws_the_same_in_any_company() -> None:
    def draws(rows: list[int]) -> dict[int, list[int]]:
        streams = [RandomStream(seed) for seed in range(4)]
        one = sampler(streams=streams)
        drawn = [one.draw(LOGITS.expand(len(rows), -1), rows)[0].tolist() for _ in range(20)]
        return {row: [d[i] for d in drawn] for i, row in enumerate(rows)}

    every = draws([0, 1, 2, 3])
    assert len({tuple(d) for d in every.values()}) == 4
    assert draws([2, 0]) == {2: every[2], 0: every[0]}


class Dictated:
    """A session that answers every token with logits that all but force the next one of a script, per row."""

    def __init__(self, scripts: list[list[int]]) -> None:
        self.scripts, self.rows = scripts, len(scripts)
        self.at = [0] * len(scripts)
        self.given: list[list[list[int]]] = []

    def logits(self, rows: list[int]) -> torch.Tensor:
        out = torch.zeros(len(rows), 6)
        for i, row in enumerate(rows):
            out[i, self.scripts[row][self.at[row]]] = 50.0
            self.at[row] += 1
        return out

    def extend(self, texts: list[list[int]]) -> torch.Tensor:
        self.given.append(texts)
        return self.logits([i for i, t in enumerate(texts) if t])


def test_replies_end_at_a_stop_or_at_the_limit_each_on_its_own() -> None:
    session = Dictated([[1, 2, 0], [0], [3, 4, 5, 1, 2], [4, 0]])
    replies = sampler(max_new_tokens=4).replies(session, session.logits([0, 1, 2, 3]))  # type: ignore[arg-type]
    assert [r.tokens for r in replies] == [[1, 2, 0], [0], [3, 4, 5, 1], [4, 0]]
    assert [r.stopped for r in replies] == [True, True, False, True]
    assert session.given == [[[1], [], [3], [4]], [[2], [], [4], []], [[], [], [5], []]]
    for r in replies:
        assert len(r.logprobs) == len(r.entropies) == len(r.certainties) == len(r.tokens)
        np.testing.assert_allclose(r.logprobs, 0, atol=1e-6)


def test_entropy_and_certainty_in_closed_form() -> None:
    """Uniform over V tokens: log V and log V; one token with all: 0, and its logit less the mean."""
    session = Dictated([[0], [0]])
    logits = torch.tensor([[0.0] * 6, [50.0, *[-torch.inf] * 5]])
    flat, sure = sampler(max_new_tokens=1).replies(session, logits)  # type: ignore[arg-type]
    np.testing.assert_allclose([flat.entropies[0], flat.certainties[0]], np.log(6), rtol=1e-6)
    np.testing.assert_allclose(flat.logprobs, -np.log(6), rtol=1e-6)
    assert sure.tokens == [0]
    assert sure.entropies == [0.0]
