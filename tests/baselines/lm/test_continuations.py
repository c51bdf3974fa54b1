"""Probabilities of given texts, against each text scored on its own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny_models import KINDS, plain_logits

from turnbench.baselines.lm import continuations
from turnbench.baselines.lm.continuations import continuation_logprobs, continuation_probabilities
from turnbench.baselines.lm.policy import Policy

PROMPTS = [[3, 30, 31, 32], [3, 30], [3, 30, 31, 32], [*range(40, 60), 5]]
TEXTS = [[60, 2], [60, 61, 2], [60, 61, 62, 63], [70], [60, 2], [71, 72, 73, 2], [60]]


@pytest.fixture(scope="module", params=KINDS)
def policy(request: pytest.FixtureRequest) -> Policy:
    return KINDS[request.param]()


def alone(policy: Policy, prompt: list[int], text: list[int], temperature: float) -> float:
    logp = (plain_logits(policy, prompt + text) / temperature).log_softmax(-1)
    return sum(float(logp[len(prompt) + i - 1, token]) for i, token in enumerate(text))


@pytest.mark.parametrize("temperature", [1.0, 0.4, 3.0])
def test_equals_each_text_on_its_own(policy: Policy, temperature: float) -> None:
    expected = [[alone(policy, p, t, temperature) for t in TEXTS] for p in PROMPTS]
    got = continuation_logprobs(policy, PROMPTS, TEXTS, temperature)
    assert got.shape == (4, 7)
    np.testing.assert_allclose(got, expected, atol=3e-4)
    np.testing.assert_allclose(continuation_probabilities(policy, PROMPTS, TEXTS, temperature), np.exp(got))


def test_all_texts_of_one_token_have_probability_one_together(policy: Policy) -> None:
    every = [[token] for token in range(len(policy.tokenizer))]
    np.testing.assert_allclose(continuation_probabilities(policy, PROMPTS, every).sum(1), 1, atol=1e-5)


def test_all_texts_of_two_tokens_split_the_probability_of_the_first(policy: Policy) -> None:
    texts = [[60], *([60, token] for token in range(len(policy.tokenizer)))]
    got = continuation_probabilities(policy, PROMPTS[:2], texts)
    np.testing.assert_allclose(got[:, 1:].sum(1), got[:, 0], rtol=1e-4)


def test_many_prompts_go_in_parts(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = continuation_logprobs(policy, PROMPTS, TEXTS)
    monkeypatch.setattr(continuations, "AT_ONCE", 3)
    np.testing.assert_allclose(continuation_logprobs(policy, PROMPTS, TEXTS), whole, atol=1e-4)


def test_no_prompts(policy: Policy) -> None:
    assert continuation_logprobs(policy, [], TEXTS).shape == (0, 7)


def test_it_scores_the_model_as_it_is_now() -> None:
    policy = KINDS["words"]()
    before = continuation_logprobs(policy, PROMPTS, TEXTS)
    with torch.no_grad():
        policy.model.model.layers[0].mlp.gate_proj.weight.mul_(-1)
    after = continuation_logprobs(policy, PROMPTS, TEXTS)
    assert np.abs(after - before).max() > 0.1
    np.testing.assert_allclose(after[0, 1], alone(policy, PROMPTS[0], TEXTS[1], 1.0), atol=3e-4)
