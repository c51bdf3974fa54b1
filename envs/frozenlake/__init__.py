"""A frozen lake in words: cross it and stay out of the holes."""

from turnbench.registration import register_env

_ENTRY = "turnbench.envs.frozenlake.env:FrozenLake"

register_env("TurnBench/FrozenLake-v0", _ENTRY)
# Each level moves one axis of FrozenLake-v0.
register_env("TurnBench/FrozenLake-Slippery-v0", _ENTRY, slippery=True)
register_env("TurnBench/FrozenLake-Large-v0", _ENTRY, size=8)
register_env("TurnBench/FrozenLake-Blind-v0", _ENTRY, blind=True)
