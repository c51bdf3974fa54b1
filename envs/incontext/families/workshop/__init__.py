"""A workshop of gadgets that each do one thing to a row of letters."""

from turnbench.registration import register_env

_ENTRY = "turnbench.envs.incontext.families.workshop.env:RewriteWorkshop"

register_env("TurnBench/RewriteWorkshop-v0", _ENTRY)
# Each level moves one axis of RewriteWorkshop-v0.
register_env("TurnBench/RewriteWorkshop-Compact-v0", _ENTRY, wording="compact")
register_env("TurnBench/RewriteWorkshop-Shuffled-v0", _ENTRY, context="shuffled")
register_env("TurnBench/RewriteWorkshop-Wrong-v0", _ENTRY, burst=0.0)
register_env("TurnBench/RewriteWorkshop-None-v0", _ENTRY, context="none")
