"""A dark room with a key and a door, and words for the compass."""

from turnbench.registration import register_env

_ENTRY = "turnbench.envs.incontext.families.keydoor.env:DarkKeyDoor"

register_env("TurnBench/DarkKeyDoor-v0", _ENTRY)
# Each level moves one axis of DarkKeyDoor-v0.
register_env("TurnBench/DarkKeyDoor-Aliased-v0", _ENTRY, key="hidden")
register_env("TurnBench/DarkKeyDoor-Small-v0", _ENTRY, size=5)
register_env("TurnBench/DarkKeyDoor-Compact-v0", _ENTRY, wording="compact")
register_env("TurnBench/DarkKeyDoor-Shuffled-v0", _ENTRY, context="shuffled")
# Without records nobody wins often, the less the larger the room: these two move an axis of DarkKeyDoor-Small-v0.
register_env("TurnBench/DarkKeyDoor-Small-Wrong-v0", _ENTRY, size=5, burst=0.0)
register_env("TurnBench/DarkKeyDoor-Small-None-v0", _ENTRY, size=5, context="none")
