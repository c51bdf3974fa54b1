"""How a reply shows lists: one item a line, between a line DRAFT or LIST and a line END."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST_ITEMS = 50
"""A longer list than any that is asked for; what follows in a block is not read."""
LONGEST_ITEM = 60
"""Longer items are cut, and are then no item that is asked for."""
DRAFT, LIST, END = "DRAFT", "LIST", "END"
_MARKS = " \t*_#`:>"
_QUOTES = " \t\"'`*_,;\u201c\u201d\u2018\u2019"
_BULLET = re.compile(r"(?:[-*\u2022]|\d{1,2}[.)])\s+")


def blocks(reply: str) -> dict[str, tuple[str, ...]]:
    """The items of the last complete block of each name, as written but for bullets, numbering, quotes and capitals.

    A name or END stands alone on its line, capitals or not, with or without markdown; empty lines are no items.
    A block that is begun again before its END counts from there.
    """
    found: dict[str, tuple[str, ...]] = {}
    name, lines = "", list[str]()
    for line in reply.splitlines():
        word = line.strip(_MARKS)
        if not word:
            continue
        mark = word.upper() if len(word) <= len(DRAFT) else ""
        if mark in (DRAFT, LIST):
            name, lines = mark, []
        elif mark == END:
            if name:
                found[name] = tuple(filter(None, map(item, lines)))
            name = ""
        elif name and len(lines) < MOST_ITEMS:
            lines.append(line)
    return found


def item(line: str) -> str:
    """An item in the form in which items are compared: lower case, single spaces."""
    text = line[: 2 * LONGEST_ITEM].strip()
    if (bullet := _BULLET.match(text)) is not None:
        text = text[bullet.end() :]
    text = text.strip(_QUOTES).rstrip(".").rstrip(_QUOTES)
    return " ".join(text.split()).casefold()[: LONGEST_ITEM + 1]


def block(name: str, items: Iterable[str]) -> str:
    """A block as a reply shows it."""
    return "\n".join([name, *items, END])
