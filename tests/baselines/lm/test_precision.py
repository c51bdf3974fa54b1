"""bfloat16 products: close to float32, chosen by measurement, refused where they do not apply."""

from __future__ import annotations

import pytest
import torch
from tiny_models import word_policy

from turnbench.baselines.lm import precision
from turnbench.baselines.lm.precision import use_precision
from turnbench.baselines.lm.scoring import logits_before
from turnbench.errors import UsageError


def test_bfloat16_products_are_close_and_have_gradients() -> None:
    policy = word_policy(wide=False)
    texts, wanted = [tuple(range(5, 25)), tuple(range(9, 21))], [(18, 19), (11,)]
    exact = logits_before(policy.forward, texts, wanted)
    assert use_precision(policy.forward, "bfloat16") == "bfloat16"
    rounded = logits_before(policy.forward, texts, wanted)
    assert rounded.dtype == torch.float32
    difference = (exact - rounded).abs().max().item()
    assert 0 < difference < 0.02 * exact.abs().max().item() + 0.01
    rounded.sum().backward()
    assert all(p.grad is not None and p.grad.dtype == torch.float32 for p in policy.model.model.layers.parameters())
    assert use_precision(policy.forward, "float32") == "float32"
    assert torch.equal(logits_before(policy.forward, texts, wanted), exact)


@pytest.mark.parametrize(("gain", "chosen"), [(1.1, "float32"), (1.5, "bfloat16")])
def test_auto_takes_what_pays(gain: float, chosen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "bfloat16_gain", lambda config, device: gain)
    assert use_precision(word_policy().forward, "auto") == chosen


def test_the_gain_is_measured() -> None:
    assert 0 < precision.bfloat16_gain(word_policy().model.config, torch.device("cpu"), rows=64) < 100


def test_refusals() -> None:
    policy = word_policy()
    with pytest.raises(UsageError, match=r"^precision is one of float32, bfloat16, auto, not 'half'\.$"):
        use_precision(policy.forward, "half")
    with pytest.raises(UsageError, match="bfloat16 products are for Llama-shaped models"):
        use_precision(policy.model, "bfloat16")
    assert use_precision(policy.model, "auto") == "float32"
