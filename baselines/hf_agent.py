"""`hf:PATH`: any transformers causal language model as an agent, as its authors mean it to be used.

Sampling is what the model's own generation settings say, the conversation is written with its chat template, and
products are in bfloat16 where the hardware has them. Everything is recorded and may be set.
"""

from __future__ import annotations

import sys
from typing import Any

import torch

from turnbench.agents.base import Agent, AgentContext
from turnbench.agents.table import build_agent
from turnbench.baselines.agent import LanguageModelAgent, positions_of
from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.lm.precision import has_bfloat16
from turnbench.drivers import ask
from turnbench.env import TextEnv
from turnbench.episode import Opening
from turnbench.errors import UsageError, did_you_mean
from turnbench.machine import EpisodeMachine
from turnbench.registry import make_env

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
OPTIONS = ("temperature", "top_k", "top_p", "max_new_tokens", "dtype", "device", "system_prompt")
MAX_NEW_TOKENS = 256
SHORTEST = 32
"""Tokens a reply may have by default, where the longest conversation would leave it less."""
SAMPLE = 4
"""Episodes that are looked at to see how long a conversation is."""


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
    chosen["max_new_tokens"] = _fitted(policy, context, chosen["system_prompt"], options.get("max_new_tokens"))
    if policy.chat.plain:
        print(f"{path} has no chat template: a plain one is used (User: ... Assistant: ...).", file=sys.stderr)
    return LanguageModelAgent(policy, details={"path": path, "device": str(policy.device)}, **chosen)


def _fitted(policy: Policy, context: AgentContext, system_prompt: str | None, wanted: int | None) -> int:
    """How many tokens a reply may have: what was asked for, or at most 256 and so few that the longest conversation has
    room in the model's positions (but not fewer than 32 for that, which a reply need not use).

    Raises:
        UsageError: the first message leaves no room for a reply, or less than was asked for.
    """
    positions = positions_of(policy)
    if positions is None:
        return wanted or MAX_NEW_TOKENS
    env = make_env(context.env_id, **context.env_arguments)
    opening, heard = _lengths(policy, env, context, system_prompt)
    room = positions - opening
    if room < (wanted or 1):
        raise UsageError(
            f"The first message of {context.env_id} takes {opening} tokens of the {positions} positions this model has, "
            + (
                f"which leaves {room} for a reply: set --agent-arg max_new_tokens to {room} or less."
                if room > 0
                else "which leaves none for a reply: take a model with more."
            )
        )
    if wanted is not None:
        return wanted
    turns = 1 if env.last_only else env.max_turns
    fitted = max(room // turns - heard, min(SHORTEST, room))
    if fitted >= MAX_NEW_TOKENS:
        return MAX_NEW_TOKENS
    fit = max(1, room // (fitted + heard))
    print(
        f"a reply may have {fitted} tokens instead of {MAX_NEW_TOKENS}, because the model has {positions} positions and the "
        f"first message takes {opening}; --agent-arg max_new_tokens=N sets another limit."
        + (
            f" Such replies fill them after {fit} of {turns} turns: --turn-limit {fit} ends episodes there."
            if fit < turns
            else ""
        ),
        file=sys.stderr,
    )
    return fitted


def _lengths(policy: Policy, env: TextEnv, context: AgentContext, system_prompt: str | None) -> tuple[int, int]:
    """Most tokens of a first message and of a later one, in a few episodes of the random player."""
    chat, opening, heard = policy.chat, 0, 0
    player = (
        None
        if env.waits or "random" not in type(env).players
        else build_agent("random", AgentContext(context.env_id, env.arguments, type(env).players))
    )
    for seed in range(SAMPLE):
        machine = EpisodeMachine(env, str(seed), seed)
        said = machine.history.opening
        opening = max(
            opening, len(chat.opening(said if system_prompt is None else Opening(system_prompt, said.user_message)))
        )
        while isinstance(player, Agent) and not machine.done:
            ask(player, [machine])
        heard = max([heard, *(len(chat.between(t.observation)) for t in machine.history.turns)])
    return opening, heard


def _check(chosen: dict[str, Any]) -> None:
    for name, least in (("temperature", 0), ("top_k", 0), ("max_new_tokens", 1)):
        if not isinstance(chosen[name], (int, float)) or not chosen[name] >= least:
            raise UsageError(f"{name} is {least} or more, not {chosen[name]!r}.")
    if not isinstance(chosen["top_p"], (int, float)) or not 0 < chosen["top_p"] <= 1:
        raise UsageError(f"top_p lies above 0 and up to 1, not {chosen['top_p']!r}.")
