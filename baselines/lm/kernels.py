"""Norm and rotation of a Llama layer with gradients written by hand, so that memory is walked over less often.

On a processor a small model spends as long between its matrix products as in them; these two pass over their data about
half as often as what automatic differentiation would record.
"""

# torch's autograd.Function has no types for its static methods' context.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, override, no-any-return"

from __future__ import annotations

import torch
from torch import Tensor


class _Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor, eps: float) -> Tensor:
        inverse = torch.linalg.vecdot(x, x).div_(x.shape[-1]).add_(eps).rsqrt_().unsqueeze(-1)
        ctx.save_for_backward(x, weight, inverse)
        return (x * inverse).mul_(weight)

    @staticmethod
    def backward(ctx, grad: Tensor):
        x, weight, inverse = ctx.saved_tensors
        scaled = grad * weight
        along = torch.linalg.vecdot(scaled, x).unsqueeze(-1)
        dx = scaled.mul_(inverse).addcmul_(x, along.mul_(inverse.pow(3)).div_(-x.shape[-1]))
        dw = (grad * x).mul_(inverse).flatten(0, -2).sum(0)
        return dx, dw, None


def rms_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    """X / sqrt(mean(x**2) + eps) * weight over the last axis; Zhang and Sennrich 2019, arXiv 1910.07467."""
    out: Tensor = _Norm.apply(x, weight, eps)
    return out


def _turn(into: Tensor, x: Tensor, cos: Tensor, sin: Tensor) -> None:
    """Rotate pairs (first half, second half) of the last axis by the angles, writing into `into`."""
    half = x.shape[-1] // 2
    a, b = x[..., :half], x[..., half:]
    torch.mul(a, cos, out=into[..., :half]).addcmul_(b, sin, value=-1)
    torch.mul(b, cos, out=into[..., half:]).addcmul_(a, sin)


class _Rotated(torch.autograd.Function):
    @staticmethod
    def forward(ctx, qkv: Tensor, cos: Tensor, sin: Tensor):
        ctx.save_for_backward(cos, sin)
        turned = torch.empty((2, *qkv.shape[:2], *qkv.shape[3:]), dtype=qkv.dtype, device=qkv.device)
        _turn(turned[0], qkv[:, :, 0], cos, sin)
        _turn(turned[1], qkv[:, :, 1], cos, sin)
        return turned[0], turned[1], qkv[:, :, 2].contiguous()

    @staticmethod
    def backward(ctx, dq: Tensor, dk: Tensor, dv: Tensor):
        cos, sin = ctx.saved_tensors
        back = torch.empty((*dq.shape[:2], 3, *dq.shape[2:]), dtype=dq.dtype, device=dq.device)
        _turn(back[:, :, 0], dq, cos, -sin)
        _turn(back[:, :, 1], dk, cos, -sin)
        back[:, :, 2] = dv
        return back, None, None


def rotated(qkv: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Queries and keys turned by their positions, and values; Su et al. 2021, arXiv 2104.09864.

    Args:
        qkv: (R, T, 3, heads, size).
        cos: (T or R T, 1, size / 2), broadcastable to (R, T, heads, size / 2).
        sin: likewise.

    Returns:
        queries, keys and values, (R, T, heads, size) each.
    """
    q, k, v = _Rotated.apply(qkv, cos, sin)
    return q, k, v
