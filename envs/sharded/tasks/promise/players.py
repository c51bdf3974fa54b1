"""Scripted players of ShardedPromise."""

from turnbench.envs.sharded.own_output import own_players_of
from turnbench.envs.sharded.tasks.promise.task import PromiseTask

Reference, Hasty, Forgetful, Noisy, Random, Novice, Memoryless, Habitual = own_players_of(PromiseTask)
