"""Scripted players of the workshop."""

from turnbench.envs.incontext.families.workshop.bayes import BayesPlayer
from turnbench.envs.incontext.families.workshop.env import game_of
from turnbench.envs.incontext.players import players_of

Reference, Random, Replay, Nearest = players_of(game_of, BayesPlayer)
