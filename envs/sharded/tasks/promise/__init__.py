"""ShardedPromise: stay with what you chose in an early turn."""

from turnbench.registration import register_env

_ENTRY = "turnbench.envs.sharded.tasks.promise.env:ShardedPromise"

register_env("TurnBench/ShardedPromise-v0", _ENTRY)
register_env("TurnBench/ShardedPromise-Small-v0", _ENTRY, difficulty="small")
