"""ShardedDraft: edit, bit by bit, a list that the assistant made up itself."""

from turnbench.registration import register_env

_ENTRY = "turnbench.envs.sharded.tasks.draft.env:ShardedDraft"

register_env("TurnBench/ShardedDraft-v0", _ENTRY)
register_env("TurnBench/ShardedDraft-Small-v0", _ENTRY, difficulty="small")
