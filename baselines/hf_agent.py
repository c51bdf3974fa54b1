"""`hf:PATH`: any transformers causal language model as an agent, as its authors mean it to be used.

Sampling is what the model's own generation settings say, the conversation is written with its chat template, and
products are in bfloat16 where the hardware has them. Everything is recorded and may be set.
"""

from __future__ import annotations

import sys
from typing import Any

import torch

from turnbench.agents.base import AgentContext
from turnbench.baselines.agent import LanguageModelAgent
from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.lm.precision import has_bfloat16
from turnbench.errors import UsageError, did_you_mean

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
OPTIONS = ("temperature", "top_k", "top_p", "max_new_tokens", "dtype", "device", "system_prompt")
MAX_NEW_TOKENS = 256


def hf_agent(path: str, context: AgentContext) -> LanguageModelAgent:
    """The model in a `save_pretrained` folder, or one that the model hub's cache on this machine holds.

    Raises:
        UsageError: no model there, or an option that does not exist or cannot be meant.
    """
    options = dict(context.options)
    for name in options:
        if name not in OPTIONS:
            raise UsageError(
                f"An hf: agent has no option {name!r}; it has: {', '.join(OPTIONS)}.{did_you_mean(name, OPTIONS)}"
            )
    dtype, device = options.get("dtype", "auto"), options.get("device")
    if dtype not in (*DTYPES, "auto"):
        raise UsageError(f"dtype is one of auto, {', '.join(DTYPES)}, not {dtype!r}.")
    policy = Policy.load(path, DTYPES.get(dtype, torch.float32), device)
    if dtype == "auto" and has_bfloat16(policy.device):
        policy = Policy.load(path, torch.bfloat16, device)
    own = policy.model.generation_config
    sampled = bool(own.do_sample)
    usual = {
        "temperature": own.temperature if sampled and own.temperature is not None else 1.0 if sampled else 0.0,
        "top_k": own.top_k or 0 if sampled else 0,
        "top_p": own.top_p if sampled and own.top_p is not None else 1.0,
        "max_new_tokens": MAX_NEW_TOKENS,
        "system_prompt": None,
    }
    chosen: dict[str, Any] = {k: options.get(k, v) for k, v in usual.items()}
    _check(chosen)
    if policy.chat.plain:
        print(f"{path} has no chat template: a plain one is used (User: ... Assistant: ...).", file=sys.stderr)
    return LanguageModelAgent(policy, details={"path": path, "device": str(policy.device)}, **chosen)


def _check(chosen: dict[str, Any]) -> None:
    for name, least in (("temperature", 0), ("top_k", 0), ("max_new_tokens", 1)):
        if not isinstance(chosen[name], (int, float)) or not chosen[name] >= least:
            raise UsageError(f"{name} is {least} or more, not {chosen[name]!r}.")
    if not isinstance(chosen["top_p"], (int, float)) or not 0 < chosen["top_p"] <= 1:
        raise UsageError(f"top_p lies above 0 and up to 1, not {chosen['top_p']!r}.")
