"""The scripted players of data-to-text."""

from turnbench.envs.sharded.players import players_of
from turnbench.envs.sharded.tasks.data2text.task import Data2TextTask

Reference, Hasty, Forgetful, Noisy, Random, Novice = players_of(Data2TextTask)
