"""Matrix products in bfloat16, where the hardware has them and they pay.

Weights, norms, attention and losses stay in float32; only the operands of the projections are rounded. On a processor
without bfloat16 units the products are emulated and slower, so "auto" measures both on the model's own shapes.
"""

from __future__ import annotations

import time
from typing import Any

import torch

from turnbench.baselines.lm.llama import LlamaForward
from turnbench.errors import UsageError

PRECISIONS = ("float32", "bfloat16", "auto")
PAYS = 1.2
"""How many times quicker bfloat16 must be before "auto" takes it."""


def use_precision(forward: object, name: str) -> str:
    """Set how a forward pass multiplies; returns what was chosen, "float32" or "bfloat16".

    Raises:
        UsageError: there is no such precision, or it was asked for with a model that is not Llama-shaped.
    """
    if name not in PRECISIONS:
        raise UsageError(f"precision is one of {', '.join(PRECISIONS)}, not {name!r}.")
    if not isinstance(forward, LlamaForward):
        if name == "bfloat16":
            raise UsageError("bfloat16 products are for Llama-shaped models: load this one in another type instead.")
        return "float32"
    wanted = name == "bfloat16" or (name == "auto" and bfloat16_gain(forward.model.config, forward.device) > PAYS)
    forward.matrix = torch.bfloat16 if wanted else None
    return "bfloat16" if wanted else "float32"


def has_bfloat16(device: torch.device) -> bool:
    """Whether this device multiplies bfloat16 in hardware: a property of the machine, so that a run is the same every time."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type != "cpu":
        return False
    return any(getattr(torch.cpu, name, bool)() for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))


def bfloat16_gain(config: Any, device: torch.device, rows: int = 1024) -> float:
    """Time of a layer's float32 products over that of bfloat16 ones, the best of several each, in turn.

    Args:
        config: a model's; only its sizes are read.
        device: where.
        rows: tokens at once.
    """
    width = int(config.hidden_size)
    inner = int(getattr(config, "intermediate_size", None) or 4 * width)
    shapes = ((width, 3 * width), (width, 2 * inner))
    best: dict[torch.dtype, float] = {}
    for _ in range(5):
        for dtype in (torch.float32, torch.bfloat16):
            pairs = [
                (
                    torch.ones(rows, a, dtype=dtype, device=device),
                    torch.ones(b, a, dtype=dtype, device=device),
                )
                for a, b in shapes
            ]
            if device.type == "cuda":
                torch.cuda.synchronize()
            began = time.perf_counter()
            for x, w in pairs:
                torch.nn.functional.linear(x, w)
            if device.type == "cuda":
                torch.cuda.synchronize()
            best[dtype] = min(best.get(dtype, float("inf")), time.perf_counter() - began)
    return best[torch.float32] / best[torch.bfloat16]
