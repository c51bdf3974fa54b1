"""The scripted players of the database task."""

from turnbench.envs.sharded.players import players_of
from turnbench.envs.sharded.tasks.database.task import DatabaseTask

Reference, Hasty, Forgetful, Noisy, Random, Novice = players_of(DatabaseTask)
