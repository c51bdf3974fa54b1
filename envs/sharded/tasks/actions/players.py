"""The scripted players of all sharded tasks, reading function calls."""

from turnbench.envs.sharded.players import players_of
from turnbench.envs.sharded.tasks.actions.task import ActionsTask

Reference, Hasty, Forgetful, Noisy, Random, Novice = players_of(ActionsTask)
