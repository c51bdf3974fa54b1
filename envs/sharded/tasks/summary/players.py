"""The scripted players of summary."""

from turnbench.envs.sharded.players import players_of
from turnbench.envs.sharded.tasks.summary.task import SummaryTask

Reference, Hasty, Forgetful, Noisy, Random, Novice = players_of(SummaryTask)
