"""Our forward pass against transformers' own."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from tiny_models import plain_logits, widen, word_policy
from transformers import LlamaConfig, LlamaForCausalLM

from turnbench.baselines.lm.llama import LlamaForward, is_plain_llama

SHAPE: dict[str, Any] = dict(
    vocab_size=50, hidden_size=24, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=2,
    intermediate_size=40, max_position_embeddings=64, bos_token_id=None, eos_token_id=0,
)  # fmt: skip


def made(**changes: Any) -> LlamaForCausalLM:
    model = LlamaForCausalLM(LlamaConfig(**{**SHAPE, **changes})).eval()
    widen(model, 0)
    return model


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"num_attention_heads": 6, "num_key_value_heads": 6},
        {"head_dim": 8},
        {"rms_norm_eps": 0.1},
        {"rope_parameters": {"rope_type": "default", "rope_theta": 50.0}},
        {"tie_word_embeddings": True},
        {"num_hidden_layers": 1},
    ],
    ids=str,
)
def test_equals_transformers(changes: dict[str, Any]) -> None:
    model = made(**changes)
    assert is_plain_llama(model)
    forward = LlamaForward(model)
    tokens = torch.randint(0, 50, (3, 20), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        expected = model(input_ids=tokens).logits
        hidden, _ = forward.hidden(tokens, torch.arange(20), None, None)
    torch.testing.assert_close(forward.logits(hidden), expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("past_rows", [1, 3])
def test_a_past_of_one_row_serves_all_rows(past_rows: int) -> None:
    model = made()
    forward = LlamaForward(model)
    generator = torch.Generator().manual_seed(2)
    trunk = torch.randint(0, 50, (1, 12), generator=generator).expand(past_rows, -1)
    own = torch.randint(0, 50, (3, 7), generator=generator)
    mask = torch.arange(19) <= 12 + torch.arange(7)[:, None]
    with torch.no_grad():
        _, past = forward.hidden(trunk, torch.arange(12), None, None)
        hidden, _ = forward.hidden(own, 12 + torch.arange(7), past, mask)
        expected = model(input_ids=torch.cat([trunk[:1].expand(3, -1), own], 1)).logits[:, 12:]
    torch.testing.assert_close(forward.logits(hidden), expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    "changes",
    [
        {"num_key_value_heads": 1},
        {"attention_bias": True},
        {"mlp_bias": True},
        {"hidden_act": "gelu"},
        {"rope_parameters": {"rope_type": "linear", "rope_theta": 1e4, "factor": 2.0}},
    ],
    ids=str,
)
def test_anything_else_is_left_to_transformers(changes: dict[str, Any]) -> None:
    assert not is_plain_llama(made(**changes))


def test_frozen_weights_are_kept_until_thawed() -> None:
    policy = word_policy()
    text = [3, 30, 40, 50]

    def ours() -> torch.Tensor:
        with torch.no_grad():
            hidden, _ = policy.forward.hidden(torch.tensor([text]), torch.arange(4), None, None)
            return policy.forward.logits(hidden)[0]

    policy.freeze()
    before = ours()
    with torch.no_grad():
        for layer in policy.model.model.layers:
            layer.self_attn.q_proj.weight.mul_(-1)
    torch.testing.assert_close(ours(), before, atol=0, rtol=0)
    policy.thaw()
    torch.testing.assert_close(ours(), plain_logits(policy, text), atol=1e-4, rtol=0)
    assert (ours() - before).abs().max() > 0.1
    policy.freeze()
    torch.testing.assert_close(ours(), plain_logits(policy, text), atol=1e-4, rtol=0)


def test_a_new_policy_leaves_the_random_state_alone_and_follows_its_seed() -> None:
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    hashes = [word_policy(seed, wide=False).weights_hash() for seed in (0, 0, 1)]
    assert torch.equal(torch.rand(2), expected)
    assert hashes[0] == hashes[1] != hashes[2]
