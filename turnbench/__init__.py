"""TurnBench: multi-turn text environments, an honest harness, and a laboratory for turn-level credit.

Importing this package registers the environments with Gymnasium and loads none of them:

    import gymnasium, turnbench
    env = gymnasium.make("TurnBench/TwentyQ-v0")

In one breath: `gymnasium.make("turnbench:TurnBench/TwentyQ-v0")`.
"""

from turnbench.env import TextEnv
from turnbench.episode import Ending, Episode, History, Opening, Outcome, Reply, Turn
from turnbench.errors import TurnBenchError
from turnbench.registry import env_ids, make_env, register_builtin, register_env
from turnbench.version import __version__

__all__ = [
    "Ending",
    "Episode",
    "History",
    "Opening",
    "Outcome",
    "Reply",
    "TextEnv",
    "Turn",
    "TurnBenchError",
    "__version__",
    "env_ids",
    "make_env",
    "register_builtin",
    "register_env",
]

register_builtin()
