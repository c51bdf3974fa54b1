"""Walks with a planted structure, in which the true worth of every turn is known exactly."""

from turnbench.registration import register_env

_ENTRY = "turnbench.envs.creditprobe.env:CreditProbe"

register_env("TurnBench/CreditProbe-v0", _ENTRY)
# Each level moves one axis of CreditProbe-v0: the length of the walk, or what is planted in it.
register_env("TurnBench/CreditProbe-Short-v0", _ENTRY, turns=4)
register_env("TurnBench/CreditProbe-Long-v0", _ENTRY, turns=32)
register_env("TurnBench/CreditProbe-KeyDoor-v0", _ENTRY, preset="key-door")
register_env("TurnBench/CreditProbe-Fatal-v0", _ENTRY, preset="fatal")
register_env("TurnBench/CreditProbe-Lucky-v0", _ENTRY, preset="lucky")
register_env("TurnBench/CreditProbe-Distractor-v0", _ENTRY, preset="distractor")
register_env("TurnBench/CreditProbe-Cooperate-v0", _ENTRY, preset="cooperate")
