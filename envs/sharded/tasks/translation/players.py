"""The scripted players of translation."""

from turnbench.envs.sharded.players import players_of
from turnbench.envs.sharded.tasks.translation.task import TranslationTask

Reference, Hasty, Forgetful, Noisy, Random, Novice = players_of(TranslationTask)
