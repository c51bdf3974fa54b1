"""Scripted players of the dark room."""

from turnbench.envs.incontext.families.keydoor.bayes import BayesPlayer
from turnbench.envs.incontext.families.keydoor.env import game_of
from turnbench.envs.incontext.players import players_of

Reference, Random, Replay, Nearest = players_of(game_of, BayesPlayer)
