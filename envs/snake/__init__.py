"""Snake in words, with a reward on every turn."""

from turnbench.registration import register_env

_ENTRY = "turnbench.envs.snake.env:Snake"

register_env("TurnBench/Snake-Dense-v0", _ENTRY)
register_env("TurnBench/Snake-Large-Dense-v0", _ENTRY, size=7)
