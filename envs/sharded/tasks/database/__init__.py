"""Questions over small SQLite databases, revealed bit by bit."""

from turnbench.registration import register_env

_ENTRY = "turnbench.envs.sharded.tasks.database.env:ShardedDatabase"

register_env("TurnBench/ShardedDatabase-v0", _ENTRY)
register_env("TurnBench/ShardedDatabase-Small-v0", _ENTRY, difficulty="small")
