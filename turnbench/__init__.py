"""TurnBench: multi-turn text environments, an honest harness, and a laboratory for turn-level credit.

Importing this package registers the environments with Gymnasium and loads nothing else:

    import gymnasium, turnbench
    env = gymnasium.make("TurnBench/TwentyQ-v0")

In one breath: `gymnasium.make("turnbench:TurnBench/TwentyQ-v0")`. The public names below are imported when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from turnbench.registration import register_builtin, register_env
from turnbench.version import __version__

if TYPE_CHECKING:
    from turnbench.agents.base import Agent, AsyncAgent
    from turnbench.check import check_env
    from turnbench.env import TextEnv
    from turnbench.episode import Ending, Episode, History, Opening, Outcome, Reply, Turn
    from turnbench.errors import TurnBenchError
    from turnbench.randomness import RandomStream
    from turnbench.registry import env_ids, make_env
    from turnbench.result import Result, read_result
    from turnbench.runner import RunSettings, run

_HOME = {
    **dict.fromkeys(("Agent", "AsyncAgent"), "agents.base"),
    "check_env": "check",
    "TextEnv": "env",
    **dict.fromkeys(("Ending", "Episode", "History", "Opening", "Outcome", "Reply", "Turn"), "episode"),
    "TurnBenchError": "errors",
    **dict.fromkeys(("env_ids", "make_env"), "registry"),
    **dict.fromkeys(("Result", "read_result"), "result"),
    **dict.fromkeys(("RunSettings", "run"), "runner"),
    "RandomStream": "randomness",
}

__all__ = [
    "Agent",
    "AsyncAgent",
    "Ending",
    "Episode",
    "History",
    "Opening",
    "Outcome",
    "RandomStream",
    "Reply",
    "Result",
    "RunSettings",
    "TextEnv",
    "Turn",
    "TurnBenchError",
    "__version__",
    "check_env",
    "env_ids",
    "make_env",
    "read_result",
    "register_builtin",
    "register_env",
    "run",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


register_builtin()
