"""The forward pass of a Llama-shaped model, written out: the same weights and numbers as transformers', less overhead.

Small models on a processor spend more time around their matrix products than in them. Here the projections are fused,
keys and values lie in one buffer per layer that rows grow into, and logits are computed only where they are asked for.
Equal to `transformers` to float32 rounding (tests hold it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional

from turnbench.baselines.lm.kernels import rms_norm, rotated

Layer = tuple[Tensor, Tensor]
"""Keys and values of one layer, each (rows, slots, heads, head size)."""


@dataclass
class _Weights:
    norm1: Tensor
    qkv: Tensor
    out: Tensor
    norm2: Tensor
    gate_up: Tensor
    down: Tensor


def is_plain_llama(model: Any) -> bool:
    """True for the architecture this file computes: `LlamaForCausalLM` without biases, scaled positions or the like."""
    c = model.config
    rope = getattr(c, "rope_parameters", None) or {}
    return (
        type(model).__name__ == "LlamaForCausalLM"
        and c.hidden_act == "silu"
        and not c.attention_bias
        and not c.mlp_bias
        and rope.get("rope_type", "default") == "default"
        and c.num_key_value_heads == c.num_attention_heads
    )


class LlamaForward:
    """Hidden states and logits of a plain Llama.

    Args:
        model: a transformers `LlamaForCausalLM` for which `is_plain_llama` holds; its parameters stay the ones trained.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        c = model.config
        self.heads = c.num_attention_heads
        self.size = c.hidden_size // self.heads if getattr(c, "head_dim", None) is None else c.head_dim
        self.eps = float(c.rms_norm_eps)
        self.layers = c.num_hidden_layers
        self._cos, self._sin = self._rotations(512)
        self._fused: list[_Weights] | None = None
        self.matrix: torch.dtype | None = None
        """Type the operands of the projections are rounded to; see `precision`."""

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return cast("torch.device", self.model.device)

    @property
    def dtype(self) -> torch.dtype:
        """Type of the weights."""
        return cast("torch.dtype", self.model.dtype)

    def freeze(self) -> None:
        """Keep the fused weights until `thaw`: between updates, when nothing is trained."""
        with torch.no_grad():
            self._fused = self._fuse()

    def thaw(self) -> None:
        """Forget the fused weights, because the parameters change."""
        self._fused = None

    def _fuse(self) -> list[_Weights]:
        fused = []
        kind = self.matrix or self.dtype
        for layer in self.model.model.layers:
            a, m = layer.self_attn, layer.mlp
            fused.append(
                _Weights(
                    layer.input_layernorm.weight,
                    torch.cat([a.q_proj.weight, a.k_proj.weight, a.v_proj.weight]).to(kind),
                    a.o_proj.weight.to(kind),
                    layer.post_attention_layernorm.weight,
                    torch.cat([m.gate_proj.weight, m.up_proj.weight]).to(kind),
                    m.down_proj.weight.to(kind),
                )
            )
        return fused

    def _project(self, x: Tensor, weight: Tensor) -> Tensor:
        return functional.linear(x.to(weight.dtype), weight).to(x.dtype)

    def _rotations(self, length: int) -> tuple[Tensor, Tensor]:
        """Cosines and sines of the rotary positions, (length, head size / 2); Su et al. 2021, arXiv 2104.09864."""
        rope = getattr(self.model.config, "rope_parameters", None) or {}
        theta = float(rope.get("rope_theta", getattr(self.model.config, "rope_theta", None) or 10000.0))
        steps = torch.arange(0, self.size, 2, dtype=torch.int64, device=self.model.device).float() / self.size
        angles = torch.arange(length, device=self.model.device).float()[:, None] / theta ** steps[None]
        return angles.cos().to(self.model.dtype), angles.sin().to(self.model.dtype)

    def hidden(
        self, tokens_RT: Tensor, positions: Tensor, past: list[Layer] | None, mask: Tensor | None, write: Any = None
    ) -> tuple[Tensor, list[Layer]]:
        """Final hidden states (R, T, width), and the keys and values of the new tokens.

        Args:
            tokens_RT: token ids.
            positions: (T,) or (R, T).
            past: keys and values to attend to as well, (R or 1, S, heads, size) each.
            mask: True where a query may look, broadcastable to (R, 1, T, S + T); None is causal without a past.
            write: called with (layer, keys, values) instead of putting the new ones behind the past; returns what to
                attend to.
        """
        if int(positions.max()) >= len(self._cos):
            self._cos, self._sin = self._rotations(2 * (int(positions.max()) + 1))
        cos, sin = self._cos[positions].unsqueeze(-2), self._sin[positions].unsqueeze(-2)  # (R, T, 1, size)
        R, T = tokens_RT.shape
        x = functional.embedding(tokens_RT, self.model.model.embed_tokens.weight)
        width = self.heads * self.size
        new: list[Layer] = []
        for index, w in enumerate(self._fused or self._fuse()):
            qkv = self._project(rms_norm(x, w.norm1, self.eps), w.qkv).view(R, T, 3, self.heads, self.size)
            q, k, v = rotated(qkv, cos, sin)
            if write is not None:
                keys, values = write(index, k, v)
            elif past is not None:
                pk, pv = past[index]
                keys, values = torch.cat([pk.expand(R, -1, -1, -1), k], 1), torch.cat([pv.expand(R, -1, -1, -1), v], 1)
            else:
                keys, values = k, v
            new.append((k, v))
            if T == 1 and mask is not None and not torch.is_grad_enabled():
                attended = _one_query(q, keys, values, mask)
            else:
                attended = functional.scaled_dot_product_attention(
                    q.transpose(1, 2),
                    keys.transpose(1, 2),
                    values.transpose(1, 2),
                    attn_mask=mask,
                    is_causal=mask is None and T > 1,
                ).transpose(1, 2)
            x = x + self._project(attended.reshape(R, T, width), w.out)
            gate, up = self._project(rms_norm(x, w.norm2, self.eps), w.gate_up).chunk(2, -1)
            x = x + self._project(functional.silu(gate) * up, w.down)
        return rms_norm(x, self.model.model.norm.weight, self.eps), new

    def logits(self, hidden: Tensor) -> Tensor:
        """Logits of hidden states, (..., vocabulary)."""
        return functional.linear(hidden, self.model.lm_head.weight)


def _one_query(q: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> Tensor:
    """Attention of one new token per row, (R, 1, heads, size): one product per row for all heads together.

    The queries are laid out block-diagonally. That multiplies with zeros heads - 1 times as often as with numbers, and is
    still quicker than a tiny product per row and head, because keys and values are read once and in order.
    """
    R, S, H, D = keys.shape
    heads = torch.arange(H, device=q.device)
    blocks = q.new_zeros(R, H, H, D)
    blocks[:, heads, heads] = q[:, 0]
    scores = torch.bmm(blocks.view(R, H, H * D), keys.reshape(R, S, H * D).transpose(1, 2)).mul_(D**-0.5)
    weights = scores.masked_fill_(~mask.view(-1, 1, S), float("-inf")).softmax(-1)
    mixed = torch.bmm(weights, values.reshape(R, S, H * D)).view(R, H, H, D)
    return mixed[:, heads, heads][:, None]
