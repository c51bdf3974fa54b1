"""A Python function, specified bit by bit."""

from turnbench.registration import register_env

_ENTRY = "turnbench.envs.sharded.tasks.code.env:ShardedCode"

register_env("TurnBench/ShardedCode-v0", _ENTRY)
register_env("TurnBench/ShardedCode-Small-v0", _ENTRY, difficulty="small")
