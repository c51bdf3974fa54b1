"""Conversations in which the task is revealed bit by bit: every folder in `tasks` registers its own ids."""

from turnbench.registration import register_folders

register_folders("turnbench.envs.sharded.tasks")
