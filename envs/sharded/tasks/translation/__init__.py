"""Translation of a German news text that arrives two sentences at a time: the control that loses nothing."""

from turnbench.registration import register_env

register_env("TurnBench/ShardedTranslation-v0", "turnbench.envs.sharded.tasks.translation.env:ShardedTranslation")
