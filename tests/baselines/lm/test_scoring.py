"""Logits at wanted tokens, and their gradients, against one plain pass per text."""

from __future__ import annotations

import random
from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_models import KINDS, plain_logits
from torch import Tensor

from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.lm.scoring import logits_before, micro_batches, wanted_tokens

TRUNK = list(range(20, 34))
CASES: dict[str, tuple[list[list[int]], list[list[int]]]] = {
    "one": ([[5, 6, 7, 8]], [[1, 3]]),
    "two tokens": ([[5, 6]], [[1]]),
    "ragged": ([[5, 6, 7, 8, 9, 10], [11, 12], [13, 14, 15]], [[2, 5], [1], [1, 2]]),
    "duplicates": ([[*TRUNK, 1, 2]] * 3, [[14, 15], [3], [14, 15]]),
    "shared beginning": ([[*TRUNK, 1, 2, 3], [*TRUNK, 4], [*TRUNK, 5, 6, 7, 8, 9]], [[15, 16], [14], [14, 18]]),
    "wanted inside the beginning": ([[*TRUNK, 1, 2, 3], [*TRUNK, 4]], [[11, 16], [14]]),
    "one is the beginning of another": ([[*TRUNK, 1], [*TRUNK, 1, 2, 3]], [[14], [14, 16]]),
    "wanted within the first tokens": ([[*TRUNK, 1], [*TRUNK, 2]], [[1, 14], [14]]),
}


@pytest.fixture(scope="module", params=KINDS)
def policy(request: pytest.FixtureRequest) -> Policy:
    return KINDS[request.param]()


def gradients(policy: Policy, logits: Tensor, weight: Tensor) -> dict[str, Tensor]:
    policy.model.zero_grad()
    (logits.log_softmax(-1) * weight).sum().backward()
    return {n: p.grad.clone() for n, p in policy.model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("case", CASES)
def test_logits_and_gradients_are_those_of_plain_passes(policy: Policy, case: str) -> None:
    texts, wanted = CASES[case]
    ours = logits_before(policy.forward, texts, wanted)
    theirs = torch.cat(
        [
            policy.model(input_ids=torch.tensor([t]), use_cache=False).logits[0][[p - 1 for p in w]]
            for t, w in zip(texts, wanted, strict=True)
        ]
    )
    assert ours.dtype == torch.float32
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=0)
    weight = torch.randn(ours.shape, generator=torch.Generator().manual_seed(0)) / ours.numel()
    expected = gradients(policy, theirs, weight)
    got = gradients(policy, ours, weight)
    assert got.keys() == expected.keys() == dict(policy.model.named_parameters()).keys()
    for name, gradient in expected.items():
        assert gradient.abs().max() > 0 or case == "two tokens", name
        torch.testing.assert_close(got[name], gradient, atol=1e-4, rtol=1e-3, msg=lambda m, name=name: f"{name}: {m}")


def test_wanted_tokens_follow_the_order_of_the_logits() -> None:
    texts, wanted = CASES["ragged"]
    assert wanted_tokens(texts, wanted, torch.device("cpu")).tolist() == [7, 10, 12, 14, 15]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(1, 40), max_size=30), st.integers(1, 100))
def test_micro_batches_hold_every_index_once_and_keep_the_limit(lengths: list[int], limit: int) -> None:
    batches = list(micro_batches(lengths, limit))
    assert Counter(i for b in batches for i in b) == Counter(range(len(lengths)))
    for batch in batches:
        assert batch
        assert len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= limit
    # Greedy: no batch could have taken the next one's first text, or there would be too many of them.
    for batch, following in zip(batches, batches[1:], strict=False):
        assert (len(batch) + 1) * lengths[following[0]] > limit


def test_micro_batches_do_not_change_the_sum() -> None:
    policy = KINDS["words"]()
    rng = random.Random(0)
    texts = [[rng.randrange(100) for _ in range(rng.randint(2, 20))] for _ in range(12)]
    texts += [[*TRUNK, i, i + 1] for i in range(6)]
    wanted = [sorted(rng.sample(range(1, len(t)), rng.randint(1, len(t) - 1))) for t in texts]
    expected = [plain_logits(policy, t)[[p - 1 for p in w]] for t, w in zip(texts, wanted, strict=True)]
    for limit in (1, 40, 10_000):
        for batch in micro_batches([len(t) for t in texts], limit):
            with torch.no_grad():
                got = logits_before(policy.forward, [texts[i] for i in batch], [wanted[i] for i in batch])
            torch.testing.assert_close(got, torch.cat([expected[i] for i in batch]), atol=1e-4, rtol=0)
