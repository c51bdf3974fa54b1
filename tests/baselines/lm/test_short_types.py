"""A plain Llama whose weights are bfloat16 plays on our own forward pass, as `hf:` loads it where the hardware has that type."""

from __future__ import annotations

import copy

import torch
from tiny_models import word_policy

from turnbench.baselines.lm.llama import LlamaForward
from turnbench.baselines.lm.policy import Policy


def test_bfloat16_weights_give_nearly_the_same_logits() -> None:
    policy = word_policy()
    short = Policy(copy.deepcopy(policy.model).to(torch.bfloat16), policy.tokenizer)
    assert isinstance(short.forward, LlamaForward)
    texts = [[1, 2, 3, 4, 5, 6], [7, 8, 9]]
    with torch.no_grad():
        _, exact = policy.session(texts)
        _, rounded = short.session(texts)
    assert torch.isfinite(rounded.float()).all()
    assert (rounded.float() - exact).abs().max() < 0.05 * exact.abs().max() + 0.05
