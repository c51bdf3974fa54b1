"""Data-to-text: one sentence about the highlighted cells of a table that is explained bit by bit."""

from turnbench.registration import register_env

_ENTRY = "turnbench.envs.sharded.tasks.data2text.env:ShardedData2Text"
register_env("TurnBench/ShardedData2Text-v0", _ENTRY)
register_env("TurnBench/ShardedData2Text-Small-v0", _ENTRY, difficulty="small")
