"""Function calls whose arguments are told one by one."""

from turnbench.registration import register_env

_ENTRY = "turnbench.envs.sharded.tasks.actions.env:ShardedActions"

register_env("TurnBench/ShardedActions-v0", _ENTRY)
register_env("TurnBench/ShardedActions-Small-v0", _ENTRY, difficulty="small")
