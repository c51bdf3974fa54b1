"""In-context decision tasks: demonstrations first, then a game of one's own. Every folder in `families` registers its own ids."""

from turnbench.registration import register_folders

register_folders("turnbench.envs.incontext.families")
