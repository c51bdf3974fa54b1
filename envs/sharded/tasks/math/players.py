"""The scripted players of all sharded tasks, for this one."""

from __future__ import annotations

from turnbench.envs.sharded.players import players_of
from turnbench.envs.sharded.tasks.math.task import MathTask

Reference, Hasty, Forgetful, Noisy, Random, Novice = players_of(MathTask)
