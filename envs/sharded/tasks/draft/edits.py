"""What a user can ask to be done to a list: what each edit does, for which lists, and how many items it needs and
leaves.

Rules that settle what the words leave open stand in the task's system prompt: places count from the top, of several
equal items the one nearest the top is meant, and sorting keeps the order of equals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from turnbench.envs.sharded.tasks.draft.kinds import DraftKind, Slots, fresh
from turnbench.envs.sharded.tasks.draft.words import COUNTS, NUMERALS, PLACES
from turnbench.randomness import RandomStream

UNDO = "undo"
NEW = "new-initial"
"""The only edit whose result is free: it can only come last. What it adds is written as NEW_ITEM and the letter."""
NEW_ITEM = "\0"
FEWEST = 3
"""Items that are left by every edit that says itself how many go; those in `PICKS` may leave any number."""
_Draw = Callable[[RandomStream, int, DraftKind, Slots], dict[str, Any]]


@dataclass(frozen=True)
class Edit:
    """A kind of edit. `n` is the number of items there are at least."""

    types: str
    """Types of lists that it suits."""
    apply: Callable[[list[str], Slots], list[str]]
    """The list after it; needs at least `needs` items."""
    draw: _Draw = lambda rng, n, kind, slots: {}
    """What stands in its gaps."""
    needs: Callable[[Slots], int] = lambda s: 2
    left: Callable[[int, Slots], int] = lambda n, s: n
    """Items left at least."""


def follow(items: Sequence[str], edits: Sequence[Sequence[Any]]) -> list[str] | None:
    """The list after all edits (pairs of name and slots); None where one of them cannot be done."""
    versions = [list(items)]
    for name, slots in edits:
        if name == UNDO:
            if len(versions) > 1:
                versions.pop()
            continue
        edit, now = EDITS[name], versions[-1]
        if len(now) < edit.needs(slots):
            return None
        versions.append(edit.apply(now, slots))
    return versions[-1]


def place(slots: Slots, name: str = "place") -> int:
    """Index of "second" and the like."""
    return PLACES.index(slots[name])


# Gaps ----------------------------------------------------------------------------------------------------------------


def _a_place(rng: RandomStream, n: int, kind: DraftKind, slots: Slots) -> dict[str, Any]:
    return {"place": PLACES[rng.below(n)]}


def _two_places(rng: RandomStream, n: int, kind: DraftKind, slots: Slots) -> dict[str, Any]:
    a, b = sorted(rng.sample(range(n), 2))
    return {"a": PLACES[a], "b": PLACES[b]}


def _place_and_number(rng: RandomStream, n: int, kind: DraftKind, slots: Slots) -> dict[str, Any]:
    return {"place": PLACES[rng.below(n)], "n": 2 + rng.below(30)}


def _place_and_item(rng: RandomStream, n: int, kind: DraftKind, slots: Slots) -> dict[str, Any]:
    return {"place": PLACES[rng.below(n)], "item": fresh(kind, rng, slots)}


def _an_item(rng: RandomStream, n: int, kind: DraftKind, slots: Slots) -> dict[str, Any]:
    return {"item": fresh(kind, rng, slots)}


def _a_number(rng: RandomStream, n: int, kind: DraftKind, slots: Slots) -> dict[str, Any]:
    return {"n": 2 + rng.below(40)}


def _another_number(rng: RandomStream, n: int, kind: DraftKind, slots: Slots) -> dict[str, Any]:
    return {"n": slots["high"] + 1 + rng.below(200)}


def _a_middle(rng: RandomStream, n: int, kind: DraftKind, slots: Slots) -> dict[str, Any]:
    """A limit that about half of the numbers asked for are below."""
    low, high = slots["low"], slots["high"]
    return {"n": low + (high - low) * (40 + rng.below(30)) // 100}


def _a_part(rng: RandomStream, n: int, kind: DraftKind, slots: Slots) -> dict[str, Any]:
    return {"count": NUMERALS[FEWEST + rng.below(max(1, n - FEWEST))]}


def _a_letter(rng: RandomStream, n: int, kind: DraftKind, slots: Slots) -> dict[str, Any]:
    """One that is spoken with a vowel first, so that "an" is right before it."""
    return {"letter": rng.choice("aeilnors")}


def _hours(rng: RandomStream, n: int, kind: DraftKind, slots: Slots) -> dict[str, Any]:
    return {"hours": rng.choice(tuple(_HOURS))}


def _early_hour(rng: RandomStream, n: int, kind: DraftKind, slots: Slots) -> dict[str, Any]:
    return {"n": slots["low"] + 2 + rng.below(3)}


# Effects -------------------------------------------------------------------------------------------------------------

_HOURS = {"an hour": 1, "two hours": 2, "three hours": 3}


def _swap(items: list[str], a: int, b: int) -> list[str]:
    items = list(items)
    items[a], items[b] = items[b], items[a]
    return items


def _put(items: list[str], at: int, item: str) -> list[str]:
    return [*items[:at], item.casefold(), *items[at + 1 :]]


def _change(items: list[str], at: int, by: Callable[[int], int]) -> list[str]:
    return _put(items, at, str(by(int(items[at]))))


def _without(items: list[str], at: int) -> list[str]:
    return [*items[:at], *items[at + 1 :]]


def _at(items: list[str], best: Callable[..., str], key: Callable[[str], int]) -> int:
    """Index of the first largest (`max`) or smallest (`min`) item."""
    return items.index(best(items, key=key))


def _to_front(items: list[str], at: int) -> list[str]:
    return [items[at], *_without(items, at)]


def _later(items: list[str], by: int) -> list[str]:
    return [f"{_hour(i) + by} {_subject(i)}" for i in items]


def _hour(entry: str) -> int:
    return int(entry.split()[0])


def _subject(entry: str) -> str:
    return entry.split()[1]


def _swap_subjects(items: list[str], slots: Slots) -> list[str]:
    first, last = items[0], items[-1]
    return [f"{_hour(first)} {_subject(last)}", *items[1:-1], f"{_hour(last)} {_subject(first)}"]


def _new_subject(items: list[str], slots: Slots) -> list[str]:
    at = place(slots)
    return _put(items, at, f"{_hour(items[at])} {slots['item']}")


def _one_less(n: int, slots: Slots) -> int:
    return n - 1


def _one_more(n: int, slots: Slots) -> int:
    return n + 1


def _none(n: int, slots: Slots) -> int:
    return 0


def _up_to_place(slots: Slots) -> int:
    return place(slots) + 1


def _count(slots: Slots) -> int:
    return COUNTS[slots["count"]]


def _counted(n: int, slots: Slots) -> int:
    return _count(slots)


def _four(slots: Slots) -> int:
    return 4


def _nothing(slots: Slots) -> int:
    return 0


def _kept(keep: Callable[[str, Slots], bool], types: str, draw: _Draw) -> Edit:
    """An edit that may leave any number of items, none included."""
    return Edit(types, lambda i, s: [x for x in i if keep(x, s)], draw, _four, _none)


EDITS: Mapping[str, Edit] = {
    # Any list
    "swap-ends": Edit("NWFS", lambda i, s: _swap(i, 0, -1)),
    "swap": Edit("NWFS", lambda i, s: _swap(i, place(s, "a"), place(s, "b")), _two_places, lambda s: place(s, "b") + 1),
    "first-to-end": Edit("NWFS", lambda i, s: [*i[1:], i[0]]),
    "last-to-front": Edit("NWFS", lambda i, s: _to_front(i, len(i) - 1)),
    "reverse": Edit("NWFS", lambda i, s: i[::-1], needs=_nothing),
    "remove": Edit("NWFSE", lambda i, s: _without(i, place(s)), _a_place, _up_to_place, _one_less),
    "keep-first": Edit("NWFSE", lambda i, s: i[: _count(s)], _a_part, lambda s: _count(s) + 1, _counted),
    "keep-last": Edit("NWFSE", lambda i, s: i[-_count(s) :], _a_part, lambda s: _count(s) + 1, _counted),
    "every-other": Edit("NWFS", lambda i, s: i[::2], needs=lambda s: 5, left=lambda n, s: math.ceil(n / 2)),
    "repeat-first": Edit("NWF", lambda i, s: [*i, i[0]], left=_one_more),
    UNDO: Edit("NWFSE", lambda i, s: i, needs=_nothing),
    # Numbers
    "double": Edit("N", lambda i, s: _change(i, place(s), lambda x: 2 * x), _a_place, _up_to_place),
    "add-to": Edit("N", lambda i, s: _change(i, place(s), lambda x: x + s["n"]), _place_and_number, _up_to_place),
    "add-all": Edit("N", lambda i, s: [str(int(x) + s["n"]) for x in i], _a_number, _nothing),
    "ascending": Edit("N", lambda i, s: sorted(i, key=int), needs=_nothing),
    "descending": Edit("N", lambda i, s: sorted(i, key=int, reverse=True), needs=_nothing),
    "remove-largest": Edit("N", lambda i, s: _without(i, _at(i, max, int)), left=_one_less),
    "remove-smallest": Edit("N", lambda i, s: _without(i, _at(i, min, int)), left=_one_less),
    "largest-front": Edit("N", lambda i, s: _to_front(i, _at(i, max, int))),
    "sum": Edit("N", lambda i, s: [*i, str(int(i[0]) + int(i[-1]))], left=_one_more),
    "add-number": Edit("N", lambda i, s: [*i, str(s["n"])], _another_number, _nothing, _one_more),
    "even": _kept(lambda x, s: int(x) % 2 == 0, "N", lambda rng, n, kind, slots: {}),
    "odd": _kept(lambda x, s: int(x) % 2 == 1, "N", lambda rng, n, kind, slots: {}),
    "below": _kept(lambda x, s: int(x) < s["n"], "N", _a_middle),
    # Words and file names
    "add-end": Edit("WFS", lambda i, s: [*i, s["item"].casefold()], _an_item, _nothing, _one_more),
    "add-front": Edit("WFS", lambda i, s: [s["item"].casefold(), *i], _an_item, _nothing, _one_more),
    "rename": Edit("WFS", lambda i, s: _put(i, place(s), s["item"]), _place_and_item, _up_to_place),
    "alphabetical": Edit("WF", lambda i, s: sorted(i), needs=_nothing),
    "from-z": Edit("WF", lambda i, s: sorted(i, reverse=True), needs=_nothing),
    "by-length": Edit("WF", lambda i, s: sorted(i, key=len), needs=_nothing),
    "remove-longest": Edit("WF", lambda i, s: _without(i, _at(i, max, len)), left=_one_less),
    "remove-shortest": Edit("WF", lambda i, s: _without(i, _at(i, min, len)), left=_one_less),
    "longest-front": Edit("WF", lambda i, s: _to_front(i, _at(i, max, len))),
    "with-letter": _kept(lambda x, s: s["letter"] in x, "W", _a_letter),
    "without-letter": _kept(lambda x, s: s["letter"] not in x, "W", _a_letter),
    NEW: Edit("W", lambda i, s: [*i, NEW_ITEM + i[0][0]], left=_one_more),
    # Timetables
    "later": Edit("E", lambda i, s: _later(i, _HOURS[s["hours"]]), _hours, _nothing),
    "earlier": Edit("E", lambda i, s: _later(i, -_HOURS[s["hours"]]), _hours, _nothing),
    "swap-subjects": Edit("E", _swap_subjects),
    "subject": Edit("E", _new_subject, _place_and_item, _up_to_place),
    "add-entry": Edit("E", lambda i, s: [*i, f"{_hour(i[-1]) + 1} {s['item']}"], _an_item, left=_one_more),
    "not-before": _kept(lambda x, s: _hour(x) >= s["n"], "E", _early_hour),
}
SORTS = ("ascending", "descending", "alphabetical", "from-z", "by-length")
"""At most one in an instance: a second one would make the first pointless."""
PICKS = ("even", "odd", "below", "with-letter", "without-letter", "not-before")
"""Edits that choose among the items."""
