"""Scripted players of ShardedDraft."""

from turnbench.envs.sharded.own_output import own_players_of
from turnbench.envs.sharded.tasks.draft.task import DraftTask

Reference, Hasty, Forgetful, Noisy, Random, Novice, Memoryless, Habitual = own_players_of(DraftTask)
