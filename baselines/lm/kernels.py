"""Norm, rotation and gate of a Llama layer with gradients written by hand, so that memory is walked over less often.

On a processor a small model spends as long between its matrix products as in them; these pass over their data about
half as often as what automatic differentiation would record.
"""

# torch's autograd.Function has no types for its static methods' context.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, override, no-any-return"

from __future__ import annotations

import torch
from torch import Tensor


class _Normalised(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor, eps: float) -> Tensor:
        inverse = torch.linalg.vecdot(x, x).div_(x.shape[-1]).add_(eps).rsqrt_().unsqueeze(-1)
        out = x * inverse
        ctx.save_for_backward(out, inverse)
        return out

    @staticmethod
    def backward(ctx, grad: Tensor):
        out, inverse = ctx.saved_tensors
        along = torch.linalg.vecdot(grad, out).div_(-out.shape[-1]).unsqueeze(-1)
        return torch.addcmul(grad, out, along).mul_(inverse), None


def normalised(x: Tensor, eps: float) -> Tensor:
    """X / sqrt(mean(x**2) + eps) over the last axis, the weight left out; Zhang and Sennrich 2019, arXiv 1910.07467."""
    out: Tensor = _Normalised.apply(x, eps)
    return out


_SHORT = (torch.bfloat16, torch.float16)
"""Types without complex numbers: weights loaded in one of them are turned in float32."""


def _complex(x: Tensor) -> Tensor:
    """Neighbours of the last axis as complex numbers, without a copy."""
    return torch.view_as_complex(x.unflatten(-1, (-1, 2)))


class _Rotated(torch.autograd.Function):
    @staticmethod
    def forward(ctx, qkv: Tensor, turns: Tensor):
        ctx.save_for_backward(turns)
        qk = torch.view_as_real(_complex(qkv[:, :, :2]) * turns.unsqueeze(-3)).flatten(-2)
        return qk[:, :, 0], qk[:, :, 1], qkv[:, :, 2].contiguous()

    @staticmethod
    def backward(ctx, dq: Tensor, dk: Tensor, dv: Tensor):
        back = torch.empty((*dq.shape[:2], 3, *dq.shape[2:]), dtype=dq.dtype, device=dq.device)
        (turns,) = ctx.saved_tensors
        opposite = turns.conj().resolve_conj()
        torch.mul(_complex(dq), opposite, out=_complex(back[:, :, 0]))
        torch.mul(_complex(dk), opposite, out=_complex(back[:, :, 1]))
        back[:, :, 2] = dv
        return back, None


def rotated(qkv: Tensor, turns: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Queries and keys turned by their positions, and values; Su et al. 2021, arXiv 2104.09864.

    Args:
        qkv: (R, T, 3, heads, size); a pair that turns together lies side by side in queries and keys.
        turns: exp(i angle), complex, (T or R T, 1, size / 2), broadcastable to (R, T, heads, size / 2).

    Returns:
        queries, keys and values, (R, T, heads, size) each.
    """
    if qkv.dtype in _SHORT:
        q, k, v = _Rotated.apply(qkv.float(), turns)
        return q.to(qkv.dtype), k.to(qkv.dtype), v.to(qkv.dtype)
    q, k, v = _Rotated.apply(qkv, turns)
    return q, k, v


class _Turned(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor, turns: Tensor) -> Tensor:
        ctx.save_for_backward(turns)
        return torch.view_as_real(_complex(x) * turns).flatten(-2)

    @staticmethod
    def backward(ctx, grad: Tensor):
        (turns,) = ctx.saved_tensors
        return torch.view_as_real(_complex(grad) * turns.conj().resolve_conj()).flatten(-2), None


def turned(x: Tensor, turns: Tensor) -> Tensor:
    """One of the two that `rotated` turns, (R, T, heads, size)."""
    if x.dtype in _SHORT:
        return turned(x.float(), turns).to(x.dtype)
    out: Tensor = _Turned.apply(x, turns)
    return out


class _Gated(torch.autograd.Function):
    @staticmethod
    def forward(ctx, both: Tensor) -> Tensor:
        ctx.save_for_backward(both)
        gate, up = both.chunk(2, -1)
        return torch.nn.functional.silu(gate).mul_(up)

    @staticmethod
    def backward(ctx, grad: Tensor):
        (both,) = ctx.saved_tensors
        gate, up = both.chunk(2, -1)
        back = torch.empty_like(both)
        into_gate, into_up = back.chunk(2, -1)
        torch.mul(torch.nn.functional.silu(gate), grad, out=into_up)
        torch.ops.aten.silu_backward.grad_input(grad * up, gate, grad_input=into_gate)
        return back


def gated(both: Tensor) -> Tensor:
    """silu(gate) * up for both side by side, (..., 2 inner) to (..., inner); Shazeer 2020, arXiv 2002.05202."""
    out: Tensor = _Gated.apply(both)
    return out
