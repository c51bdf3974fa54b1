"""A corridor of rooms with levers: a code to be read off a record."""

from turnbench.registration import register_env

_ENTRY = "turnbench.envs.incontext.families.corridor.env:LeverCorridor"

register_env("TurnBench/LeverCorridor-v0", _ENTRY)
# Each level moves one axis of LeverCorridor-v0.
register_env("TurnBench/LeverCorridor-Aliased-v0", _ENTRY, rooms="aliased")
register_env("TurnBench/LeverCorridor-Compact-v0", _ENTRY, wording="compact")
register_env("TurnBench/LeverCorridor-Shuffled-v0", _ENTRY, context="shuffled")
# Without a record of one's level nobody gets through six rooms, so what can be done without is measured in a small corridor.
_SMALL = {"length": 4, "levers": 2}
register_env("TurnBench/LeverCorridor-Small-v0", _ENTRY, **_SMALL)
register_env("TurnBench/LeverCorridor-Small-Wrong-v0", _ENTRY, **_SMALL, burst=0.0)
register_env("TurnBench/LeverCorridor-Small-None-v0", _ENTRY, **_SMALL, context="none")
