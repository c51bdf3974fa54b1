"""From what `--agent` says to an agent.

reference, random, careless, ...   the environment's own scripted players
scripted:FILE                      the lines of a text file, one per turn
baseline:NAME                      a trained checkpoint: a method's for this environment, base, or a folder
hf:PATH                            a transformers causal language model, from a folder or the model hub
openai:MODEL                       a model behind a chat server (`--base-url`)
package.module:name                yours: an Agent, an Agent class, a function from History to text, or a
                                   factory that takes one AgentContext and returns any of these
KIND:REST                          a kind from `KINDS`, imported only when asked for
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from turnbench.agents.base import Agent, AgentContext, AnyAgent, AsyncAgent
from turnbench.agents.builtin import PlayerAgent, ScriptedAgent, as_agent
from turnbench.env import hash_text
from turnbench.errors import TurnBenchError, UnknownName, UsageError, did_you_mean
from turnbench.registry import import_user_module


def _scripted(rest: str, context: AgentContext) -> Agent:
    path = Path(rest)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"Cannot read the script {rest!r}: {error}.") from error
    return ScriptedAgent(lines)


def _baseline(rest: str, context: AgentContext) -> Agent:
    agent: Agent = laboratory("agent").baseline_agent(rest, context)
    return agent


def _openai(rest: str, context: AgentContext) -> AnyAgent:
    from turnbench.agents.chat_server import chat_server_agent

    return chat_server_agent(rest, context)


def _hf(rest: str, context: AgentContext) -> Agent:
    agent: Agent = laboratory("hf_agent").hf_agent(rest, context)
    return agent


def laboratory(module: str) -> Any:
    """A module of the laboratory, which needs torch.

    Raises:
        UsageError: torch or transformers is not installed.
    """
    try:
        return importlib.import_module(f"turnbench.baselines.{module}")
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("torch", "transformers", "tokenizers", "safetensors"):
            raise
        raise UsageError(f"This needs {error.name}: pip install 'turnbench[train]'.") from error


KINDS: dict[str, Callable[[str, AgentContext], AnyAgent]] = {
    "scripted": _scripted, "baseline": _baseline, "hf": _hf, "openai": _openai,
}  # fmt: skip
"""Agent kinds with an argument behind a colon."""
_WITH_OPTIONS = ("hf", "openai")


def build_agent(name: str, context: AgentContext) -> AnyAgent:
    """The agent that `name` stands for, built for one environment.

    Raises:
        UnknownName: no such agent; the message names the closest that exists.
        UsageError: it exists but cannot be built.
    """
    kind, colon, rest = name.partition(":")
    own = colon and kind not in KINDS  # a user's factory may take any option
    if context.options and not own and kind not in _WITH_OPTIONS:
        raise UsageError(f"The agent {name!r} has no options: leave out {', '.join(sorted(context.options))}.")
    if any(v is not None for v in context.limits.values()) and not own and kind != "openai":
        raise UsageError(f"Limits on cost and tokens are for agents behind a server, not for {name!r}.")
    if not colon:
        return _player(name, context)
    if kind in KINDS:
        return KINDS[kind](rest, context)
    return _from_module(kind, rest, context)


def code_hash(name: str) -> str | None:
    """Hash of the source file behind "package.module:name"; None for agents that are not a user's module.

    It is part of what identifies a run, so that a run is not taken up again with another agent under the same name.
    """
    module, colon, _ = name.partition(":")
    if not colon or module in KINDS:
        return None
    file = getattr(import_user_module(module), "__file__", None)
    return hash_text(Path(file).read_text(encoding="utf-8", errors="replace")) if file else None


def _player(name: str, context: AgentContext) -> Agent:
    if name not in context.players:
        known = [*context.players, *(f"{k}:..." for k in KINDS), "package.module:name"]
        hint = did_you_mean(name, context.players)
        raise UnknownName(f"There is no agent {name!r} for {context.env_id}; there is: {', '.join(known)}.{hint}")
    module, _, attribute = context.players[name].partition(":")
    player = getattr(importlib.import_module(module), attribute)(context.env_arguments)
    return PlayerAgent(player, name)


def _from_module(module: str, attribute: str, context: AgentContext) -> AnyAgent:
    try:
        found: Any = import_user_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.split(".")[0] and error.name != module:
            raise UsageError(f"Importing {module!r} failed: {error}.") from error
        raise UnknownName(
            f"There is no agent {module}:{attribute}; no module {module!r} is installed or in this folder, "
            f"and the kinds are: {', '.join(KINDS)}.{did_you_mean(module, KINDS)}"
        ) from error
    except Exception as error:
        raise UsageError(f"Importing {module!r} failed: {type(error).__name__}: {error}.") from error
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise UnknownName(f"The module {module!r} has no {part!r}.{did_you_mean(part, dir(found))}")
        found = getattr(found, part)
    limits = [name for name, value in context.limits.items() if value is not None]
    if (context.options or limits) and not is_factory(found):
        names = ", ".join(sorted([*context.options, *limits]))
        raise UsageError(
            f"{module}:{attribute} is no factory, so nothing would read {names}: leave that out, or give a function or class "
            "whose one parameter is `context` and that reads context.options and context.limits."
        )
    try:
        return as_agent(found(context) if is_factory(found) else found)
    except TurnBenchError:
        raise
    except Exception as error:
        raise UsageError(f"Building the agent {module}:{attribute} failed: {type(error).__name__}: {error}.") from error


def is_factory(found: Any) -> bool:
    """True for a callable whose only required parameter is called `context` (or annotated AgentContext)."""
    if not callable(found) or isinstance(found, (Agent, AsyncAgent)):
        return False
    try:
        parameters = list(inspect.signature(found).parameters.values())
    except (TypeError, ValueError):
        return False
    required = [
        p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    return len(required) == 1 and (required[0].name == "context" or "AgentContext" in str(required[0].annotation))
