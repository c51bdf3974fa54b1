"""Word problems with a number as their answer, revealed fact by fact."""

from turnbench.registration import register_env

_ENTRY = "turnbench.envs.sharded.tasks.math.env:ShardedMath"

register_env("TurnBench/ShardedMath-v0", _ENTRY)
register_env("TurnBench/ShardedMath-Small-v0", _ENTRY, difficulty="small")
