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

from turnbench.baselines.lm.kernels import gated, normalised, rotated, turned

Layer = tuple[Tensor, Tensor]
"""Keys and values of one layer, each (rows, slots, heads, head size)."""


@dataclass
class _Weights:
    """One layer's matrices, with the weights of the norms before them multiplied in.

    Rows of queries and keys are in the order in which a pair that turns together lies side by side; scores do not
    depend on that order.
    """

    qkv: Tensor
    out: Tensor
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
        self._turns = self._rotations(512)
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
        paired = torch.arange(self.size, device=self.device).view(2, -1).T.flatten()
        order = (torch.arange(self.heads, device=self.device)[:, None] * self.size + paired).flatten()
        for layer in self.model.model.layers:
            a, m = layer.self_attn, layer.mlp
            qkv = torch.cat([a.q_proj.weight[order], a.k_proj.weight[order], a.v_proj.weight])
            gate_up = torch.cat([m.gate_proj.weight, m.up_proj.weight])
            fused.append(
                _Weights(
                    (qkv * layer.input_layernorm.weight).to(kind),
                    a.o_proj.weight.to(kind),
                    (gate_up * layer.post_attention_layernorm.weight).to(kind),
                    m.down_proj.weight.to(kind),
                )
            )
        return fused

    def _project(self, x: Tensor, weight: Tensor) -> Tensor:
        return functional.linear(x.to(weight.dtype), weight).to(x.dtype)

    def _add_projected(self, x: Tensor, y: Tensor, weight: Tensor) -> Tensor:
        """X + y projected, in one product where the types allow it."""
        if weight.dtype != x.dtype:
            return x + self._project(y, weight)
        return torch.addmm(x.flatten(0, 1), y.flatten(0, 1), weight.T).view_as(x)

    def _rotations(self, length: int) -> Tensor:
        """exp(i angle) of the rotary positions, complex, (length, head size / 2); Su et al. 2021, arXiv 2104.09864."""
        rope = getattr(self.model.config, "rope_parameters", None) or {}
        theta = float(rope.get("rope_theta", getattr(self.model.config, "rope_theta", None) or 10000.0))
        steps = torch.arange(0, self.size, 2, dtype=torch.int64, device=self.model.device).float() / self.size
        angles = torch.arange(length, device=self.model.device).float()[:, None] / theta ** steps[None]
        return torch.polar(torch.ones_like(angles), angles)

    def hidden(
        self,
        tokens_RT: Tensor,
        positions: Tensor,
        past: list[Layer] | None,
        mask: Tensor | None,
        write: Any = None,
        at_RQ: Tensor | None = None,
    ) -> tuple[Tensor, list[Layer]]:
        """Final hidden states (R, T or Q, width), and the keys and values of the new tokens.

        Args:
            tokens_RT: token ids.
            positions: (T,) or (R, T).
            past: keys and values to attend to as well, (R or 1, S, heads, size) each.
            mask: True where a query may look, broadcastable to (R, 1, T, S + T); None is causal without a past.
            write: called with (layer, keys, values) instead of putting the new ones behind the past; returns what to
                attend to.
            at_RQ: columns of `tokens_RT` whose states are wanted, None for all. The last layer then computes keys and
                values of every token and all the rest for these alone, which saves most of that layer.
        """
        highest = int(positions.max())
        if highest >= len(self._turns):
            self._turns = self._rotations(2 * (highest + 1))
        turns = self._turns[positions].unsqueeze(-2)  # (T or R T, 1, size / 2)
        R, T = tokens_RT.shape
        x = functional.embedding(tokens_RT, self.model.model.embed_tokens.weight)
        new: list[Layer] = []
        for index, w in enumerate(self._fused or self._fuse()):
            some = at_RQ is not None and index == self.layers - 1 and at_RQ.shape[1] < T
            if some:
                assert at_RQ is not None
                q, k, v, x, mask = self._queries_at(x, w, turns, mask, past, at_RQ)
            else:
                qkv = self._project(normalised(x, self.eps), w.qkv).view(R, T, 3, self.heads, self.size)
                q, k, v = rotated(qkv, turns)
            if write is not None:
                keys, values = write(index, k, v)
            elif past is not None:
                pk, pv = past[index]
                keys, values = torch.cat([pk.expand(R, -1, -1, -1), k], 1), torch.cat([pv.expand(R, -1, -1, -1), v], 1)
            else:
                keys, values = k, v
            new.append((k, v))
            if q.shape[1]:
                attended = _attend(q, keys, values, mask)
                x = self._add_projected(x, attended, w.out)
                x = self._add_projected(x, gated(self._project(normalised(x, self.eps), w.gate_up)), w.down)
        if at_RQ is not None and at_RQ.shape[1] >= T:
            x = x.gather(1, at_RQ[..., None].expand(-1, -1, x.shape[-1]))
        return normalised(x, self.eps) * self.model.model.norm.weight, new

    def _queries_at(
        self, x: Tensor, w: _Weights, turns: Tensor, mask: Tensor | None, past: list[Layer] | None, at_RQ: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Queries at some places, keys and values everywhere, the residual and the mask at those places."""
        R, T, width = x.shape
        Q = at_RQ.shape[1]
        inside = self.heads * self.size
        h = normalised(x, self.eps)
        places = at_RQ[..., None].expand(-1, -1, width)
        q = self._project(h.gather(1, places), w.qkv[:inside]).view(R, Q, self.heads, self.size)
        kv = self._project(h, w.qkv[inside:]).view(R, T, 2, self.heads, self.size)
        turns_RQ = turns.expand(R, -1, -1, -1)[torch.arange(R, device=x.device)[:, None], at_RQ]
        if mask is None:
            assert past is None
            seen = torch.arange(T, device=x.device) <= at_RQ[..., None]
        else:
            full = mask.expand(R, 1, T, mask.shape[-1])[:, 0]
            seen = full.gather(1, at_RQ[..., None].expand(-1, -1, full.shape[-1]))
        return turned(q, turns_RQ), turned(kv[:, :, 0], turns), kv[:, :, 1], x.gather(1, places), seen[:, None]

    def past(self, tokens_1T: Tensor) -> list[Layer]:
        """Keys and values of a beginning that others go on from."""
        nowhere = torch.zeros(len(tokens_1T), 0, dtype=torch.long, device=self.device)
        steps_T = torch.arange(tokens_1T.shape[1], device=self.device)
        return self.hidden(tokens_1T, steps_T, None, None, at_RQ=nowhere)[1]

    def hidden_at(
        self, tokens_RT: Tensor, positions: Tensor, past: list[Layer] | None, mask: Tensor | None, sources_N2: Tensor
    ) -> Tensor:
        """Final hidden states of these (row, column) places, (N, width); arguments as of `hidden`."""
        rows_N, columns_N = sources_N2.unbind(-1)
        order_N = torch.argsort(rows_N, stable=True)
        count_R = torch.bincount(rows_N, minlength=len(tokens_RT))
        nth_N = torch.empty_like(rows_N)
        nth_N[order_N] = (
            torch.arange(len(rows_N), device=rows_N.device) - (count_R.cumsum(0) - count_R)[rows_N[order_N]]
        )
        at_RQ = torch.zeros(len(tokens_RT), int(count_R.max()), dtype=torch.long, device=rows_N.device)
        at_RQ[rows_N, nth_N] = columns_N
        hidden, _ = self.hidden(tokens_RT, positions, past, mask, at_RQ=at_RQ)
        return hidden[rows_N, nth_N]

    def logits(self, hidden: Tensor) -> Tensor:
        """Logits of hidden states, (..., vocabulary)."""
        return functional.linear(hidden, self.model.lm_head.weight)


def _attend(q: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None) -> Tensor:
    """Attention of Q queries per row over S keys, (R, Q, heads * size)."""
    R, Q = q.shape[:2]
    if Q == 1 and mask is not None and not torch.is_grad_enabled():
        return _one_query(q, keys, values, mask).reshape(R, Q, -1)
    mixed = functional.scaled_dot_product_attention(
        q.transpose(1, 2),
        keys.transpose(1, 2),
        values.transpose(1, 2),
        attn_mask=mask,
        is_causal=mask is None and Q > 1,
    )
    return mixed.transpose(1, 2).reshape(R, Q, -1)


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
