"""Scripted players of the code task."""

from turnbench.envs.sharded.players import players_of
from turnbench.envs.sharded.tasks.code.task import CodeTask

Reference, Hasty, Forgetful, Noisy, Random, Novice = players_of(CodeTask)
