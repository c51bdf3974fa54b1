"""A panel with symbols and buttons: a table to be read off a record, one turn independent of the other."""

from turnbench.registration import register_env

_ENTRY = "turnbench.envs.incontext.families.vending.env:VendingPanel"

register_env("TurnBench/VendingPanel-v0", _ENTRY)
# Each level moves one axis of VendingPanel-v0.
register_env("TurnBench/VendingPanel-Compact-v0", _ENTRY, wording="compact")
register_env("TurnBench/VendingPanel-Shuffled-v0", _ENTRY, context="shuffled")
# Where no symbol comes twice, nothing can be learned without a record; in a small panel it can.
_SMALL = {"symbols": 4, "turns": 16, "repeats": True}
register_env("TurnBench/VendingPanel-Small-v0", _ENTRY, **_SMALL)
register_env("TurnBench/VendingPanel-Small-Wrong-v0", _ENTRY, **_SMALL, burst=0.0)
register_env("TurnBench/VendingPanel-Small-None-v0", _ENTRY, **_SMALL, context="none")
# The bandit: one symbol, pay by chance, and records of somebody who presses anything.
_BANDIT = {"symbols": 1, "buttons": 5, "turns": 24, "repeats": True, "payout": "uncertain"}
register_env("TurnBench/VendingPanel-Bandit-v0", _ENTRY, **_BANDIT, demo_noise=1.0)
