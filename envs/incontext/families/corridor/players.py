"""Scripted players of the corridor."""

from turnbench.envs.incontext.families.corridor.bayes import BayesPlayer
from turnbench.envs.incontext.families.corridor.env import game_of
from turnbench.envs.incontext.players import players_of

Reference, Random, Replay, Nearest = players_of(game_of, BayesPlayer)
