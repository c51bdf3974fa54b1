"""Scripted players of the panel."""

from turnbench.envs.incontext.families.vending.bayes import BayesPlayer
from turnbench.envs.incontext.families.vending.env import game_of
from turnbench.envs.incontext.players import players_of

Reference, Random, Replay, Nearest = players_of(game_of, BayesPlayer)
