"""The nonsense words all families share, so that what a word means can only come from the level and its demonstrations.

Families take their actions from the front of `ACTIONS`: a model trained on some families then knows every action word of
one it never saw, as a word that can be done, and nothing else about it.
"""

from __future__ import annotations

from typing import Final

ACTIONS: Final = ("bim", "dovo", "gup", "kez", "lirt", "morn", "pesk", "tib")
"""Names of things to do (levers, ways to walk, gadgets, buttons)."""

THINGS: Final = (
    "blick", "cazo", "dulf", "emmo", "fenk", "gansi", "holm", "irbu", "jask", "krel", "lunto", "mib",
    "nelk", "ospa", "prav", "quon", "rilf", "suvo", "trenk", "ulba", "varg", "wesp", "yorn", "zalt",
)  # fmt: skip
"""Names of things to see (rooms, symbols, letters)."""

NEW: Final = "new"
"""Begins every piece of a record, and one's own game, in the compact wording."""
END: Final = ";"
"""Ends an action in the compact wording: the end of a reply."""
