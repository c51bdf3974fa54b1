"""Conversations that go on: the same logits as whole texts, and nothing encoded twice."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch
from tiny_models import KINDS, plain_logits

from turnbench.baselines.lm.conversations import Conversations
from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.sampling import Sampler


@pytest.fixture(scope="module", params=KINDS)
def policy(request: pytest.FixtureRequest) -> Policy:
    made = KINDS[request.param]()
    made.freeze()
    return made


def last_logits(policy: Policy, text: list[int]) -> torch.Tensor:
    return plain_logits(policy, text)[-1]


@pytest.mark.parametrize("seed", range(4))
def test_any_coming_and_going(policy: Policy, seed: int) -> None:
    """Random subsets are asked, some texts are written anew, some conversations leave, others come."""
    rng = random.Random(seed)
    talks = Conversations(policy)
    texts: dict[str, list[int]] = {}

    def tokens(n: int) -> list[int]:
        return [rng.randrange(5, 60) for _ in range(n)]

    for step in range(8):
        for i in range(rng.randrange(3)):
            texts[f"{step}.{i}"] = tokens(rng.randint(2, 9))
        if not texts:
            continue
        keys = rng.sample(list(texts), rng.randint(1, len(texts)))
        for k in keys:
            if rng.random() < 0.2:
                texts[k] = tokens(rng.randint(2, 12))  # the template wrote it anew
            else:
                texts[k] += tokens(rng.randint(1, 5))
        session, rows, logits = talks.ready(keys, [texts[k] for k in keys])
        assert session.rows == len(talks._held)
        for k, said in zip(keys, logits, strict=True):
            torch.testing.assert_close(said, last_logits(policy, texts[k]), atol=1e-4, rtol=0)
        sampler = Sampler(torch.Generator().manual_seed(step), frozenset(range(20)), 4)
        for k, reply, row in zip(keys, sampler.replies(session, logits, rows), rows, strict=True):
            assert row < session.rows
            talks.said(k, reply.tokens[:-1])
            for n, logp in enumerate(reply.logprobs):
                expected = last_logits(policy, [*texts[k], *reply.tokens[:n]]).log_softmax(-1)[reply.tokens[n]]
                assert logp == pytest.approx(float(expected), abs=1e-4)
            texts[k] += reply.tokens
        gone = [k for k in texts if rng.random() < 0.2]
        talks.drop(gone)
        for k in gone:
            del texts[k]


def test_what_was_read_is_not_read_again(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    talks = Conversations(policy)
    talks.ready(["a", "b"], [[5, 6, 7], [8, 9]])
    read: list[Any] = []
    session = talks._session
    assert session is not None
    real = session.extend
    monkeypatch.setattr(session, "extend", lambda texts: read.append([list(t) for t in texts]) or real(texts))
    talks.ready(["b", "a"], [[8, 9, 10], [5, 6, 7, 11, 12]])
    assert read == [[[11, 12], [10]]]
    talks.drop(["nobody"])
    talks.drop(["a", "b"])
    assert talks._session is None
