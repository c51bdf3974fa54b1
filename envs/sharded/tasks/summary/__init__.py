"""Summary: what a growing pile of documents says about a question, with citations."""

from turnbench.registration import register_env

_ENTRY = "turnbench.envs.sharded.tasks.summary.env:ShardedSummary"
register_env("TurnBench/ShardedSummary-v0", _ENTRY)
register_env("TurnBench/ShardedSummary-Small-v0", _ENTRY, difficulty="small")
