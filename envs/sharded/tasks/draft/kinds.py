"""What the assistant is asked to make up: nine kinds of lists, how each is asked for, and which drafts keep to it.

A draft is a list of items in the form of `blocks.item` (lower case); `read` brings numbers and times of day into one
form. What can be done to a list depends on its `type`: N numbers, W words, F file names, S guests in a row, E entries
of a timetable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from turnbench.envs.sharded.tasks.draft import words
from turnbench.randomness import RandomStream

Slots = Mapping[str, Any]
LETTERS = "abcdefg"
_WORD = re.compile(r"[a-z]{2,20}")
_NUMBER = re.compile(r"[0-9][0-9,]{0,8}")
_ENTRY = re.compile(r"(?:([01]?[0-9]|2[0-3])(?:[:.]00)?(?: o'clock)?) ?[-:,]? ?([a-z]{2,20})")


@dataclass(frozen=True)
class DraftKind:
    """A kind of list."""

    type: str
    intros: tuple[str, ...]
    """Sentences before the request which say nothing that matters."""
    ways: tuple[str, ...]
    """The request; `{count:words}` is the number of items (guests are named instead, see `with_guests`)."""
    slots: Callable[[RandomStream], dict[str, Any]]
    """What stands in the gaps of the request beside the count."""
    valid: Callable[[Sequence[str], Slots], bool]
    """Whether distinct items of the right number are what was asked for."""
    draw: Callable[[RandomStream, Slots, int], list[str]]
    """A valid draft, from the slots and the number of items."""
    more: tuple[str, ...] = ()
    """Items that a user may add."""


def read(kind: DraftKind, item: str) -> str:
    """The item in the one form in which this kind writes it; unchanged where it is none of the kind."""
    if kind.type == "N" and _NUMBER.fullmatch(item):
        return str(int(item.replace(",", "")))
    if kind.type == "E" and (entry := _ENTRY.fullmatch(item)):
        return f"{int(entry[1])} {entry[2]}"
    return item


def is_draft(kind: DraftKind, items: Sequence[str], slots: Slots) -> bool:
    """Whether `items` are what the request with these slots asks for."""
    return len(items) == size(slots) == len(set(items)) and kind.valid(items, slots)


def size(slots: Slots) -> int:
    """Number of items asked for: the count, or the guests named."""
    return words.COUNTS[slots["count"]] if "count" in slots else sum(letter in slots for letter in LETTERS)


def guests(slots: Slots) -> list[str]:
    """The guests named in a request."""
    return [slots[letter] for letter in LETTERS if letter in slots]


def fresh(kind: DraftKind, rng: RandomStream, slots: Slots) -> str:
    """An item that a user adds."""
    return rng.choice(kind.more) + str(slots.get("ending", ""))


# Numbers -------------------------------------------------------------------------------------------------------------


def _numbers(low: Sequence[int], high: Sequence[int]) -> Callable[[RandomStream], dict[str, Any]]:
    return lambda rng: {"low": rng.choice(low), "high": rng.choice(high)}


def _are_numbers(items: Sequence[str], slots: Slots) -> bool:
    if not all(i.isascii() and i.isdecimal() and slots["low"] <= int(i) <= slots["high"] for i in items):
        return False
    values = [int(i) for i in items]
    return values not in (sorted(values), sorted(values, reverse=True))


def _draw_numbers(rng: RandomStream, slots: Slots, count: int) -> list[str]:
    while True:
        items = [str(slots["low"] + rng.below(slots["high"] - slots["low"] + 1)) for _ in range(count)]
        if len(set(items)) == count and _are_numbers(items, slots):
            return items


# Words ---------------------------------------------------------------------------------------------------------------


def _are_words(items: Sequence[str], slots: Slots) -> bool:
    return all(_WORD.fullmatch(i) for i in items)


def _start_apart(items: Sequence[str], slots: Slots) -> bool:
    return _are_words(items, slots) and len({i[0] for i in items}) == len(items)


def _draw_names(rng: RandomStream, slots: Slots, count: int) -> list[str]:
    while True:
        items = rng.sample(words.NAMES, count)
        if len({i[0] for i in items}) == count:
            return items


def _are_files(items: Sequence[str], slots: Slots) -> bool:
    return all(i.endswith(slots["ending"]) and _WORD.fullmatch(i.removesuffix(slots["ending"])) for i in items)


def _are_guests(items: Sequence[str], slots: Slots) -> bool:
    return sorted(items) == sorted(g.casefold() for g in guests(slots))


def _are_entries(items: Sequence[str], slots: Slots) -> bool:
    found = [_ENTRY.fullmatch(i) for i in items]
    hours = [int(entry[1]) for entry in found if entry]
    subjects = {entry[2] for entry in found if entry}
    ascending = hours == sorted(set(hours)) and len(hours) == len(items) == len(subjects)
    return ascending and slots["low"] <= hours[0] and hours[-1] <= slots["high"]


def _draw_entries(rng: RandomStream, slots: Slots, count: int) -> list[str]:
    hours = sorted(rng.sample(range(slots["low"], slots["high"] + 1), count))
    subjects = rng.sample(words.SUBJECTS, count)
    return [f"{hour} {subject}" for hour, subject in zip(hours, subjects, strict=True)]


def _words(
    intros: tuple[str, ...], ways: tuple[str, ...], purposes: Sequence[str], known: Sequence[str], more: tuple[str, ...]
) -> DraftKind:
    """A list of things, one word each."""
    return DraftKind(
        "W", intros, ways, lambda rng: {"purpose": rng.choice(purposes)}, _are_words,
        lambda rng, slots, count: rng.sample(known, count), more,
    )  # fmt: skip


KINDS: dict[str, DraftKind] = {
    "numbers": DraftKind(
        "N",
        ("I am testing something.", "This is for a little game.", "I need some numbers to play with.", ""),
        (
            "Pick {count:words} different whole numbers between {low:int} and {high:int}, mixed up and not in order "
            "of size.",
            "Please give me {count:words} whole numbers from {low:int} to {high:int}, all different and not sorted by "
            "size.",
            "Choose {count:words} different whole numbers, none under {low:int} and none over {high:int}, in a mixed "
            "order.",
            "Make up a list of {count:words} different whole numbers from {low:int} to {high:int}, in no order of "
            "size.",
            "I would like {count:words} whole numbers of your choice, from {low:int} to {high:int}, all different and "
            "well mixed.",
        ),
        _numbers((10, 11, 12, 15, 20), (79, 85, 90, 95, 99)), _are_numbers, _draw_numbers,
    ),
    "raffle": DraftKind(
        "N",
        ("Our club is holding a raffle.", "The summer fair has a tombola.", "We draw prizes tonight.", ""),
        (
            "Draw {count:words} different raffle numbers between {low:int} and {high:int}, not in order of size.",
            "Please make up {count:words} winning numbers, all different, from {low:int} to {high:int} and not sorted.",
            "Choose {count:words} ticket numbers that win, each another one from {low:int} to {high:int}, in mixed "
            "order.",
            "Let {count:words} different tickets between number {low:int} and number {high:int} win, named in mixed "
            "order.",
        ),
        _numbers((100, 120, 150, 200), (799, 850, 900, 999)), _are_numbers, _draw_numbers,
    ),
    "packing": _words(
        ("We are leaving tomorrow.", "My bag is still empty.", "Holidays at last.", ""),
        (
            "Invent a packing list of {count:words} things for {purpose:words}, one word each.",
            "Please make up a packing list for {purpose:words}: {count:words} different things, each in one word.",
            "Think of {count:words} different things to pack for {purpose:words}, one word for each.",
            "What could I pack for {purpose:words}, if I take just {count:words} different things of one word each?",
            "Write me a packing list for {purpose:words} with {count:words} different things, a single word for each.",
        ),
        words.TRIPS, words.THINGS, words.MORE_THINGS,
    ),
    "animals": _words(
        ("I like animals.", "The children will be pleased.", "I have paint and brushes ready.", ""),
        (
            "Choose {count:words} different animals for {purpose:words}, one word each.",
            "Please think of {count:words} animals for {purpose:words}, all different and each a single word.",
            "Which {count:words} different animals would you take for {purpose:words}, in one word each?",
            "Make up a list of {count:words} different animals for {purpose:words}, with one word for each.",
        ),
        words.ZOOS, words.ANIMALS, words.MORE_ANIMALS,
    ),
    "menu": _words(
        ("Many people are coming.", "The kitchen is all ours.", "I am in charge of the food.", ""),
        (
            "Plan a menu of {count:words} different dishes for {purpose:words}, one word each.",
            "Please invent a menu for {purpose:words} with {count:words} different dishes, each in a single word.",
            "Think of {count:words} different dishes for {purpose:words}, one word for each.",
            "Name {count:words} different dishes that we could cook for {purpose:words}, in one word each.",
        ),
        words.FEASTS, words.DISHES, words.MORE_DISHES,
    ),
    "team": DraftKind(
        "W",
        ("I am writing a story.", "We are short of people.", "I need some made-up people.", ""),
        (
            "Name a team of {count:words} for {purpose:words}: first names only, each starting with another letter.",
            "Please invent a team for {purpose:words} with {count:words} first names that all start with different "
            "letters.",
            "Make up {count:words} first names for {purpose:words}, no two of them starting with the same letter.",
            "Who could be in the team for {purpose:words}, if I need {count:words} first names with different first "
            "letters?",
        ),
        lambda rng: {"purpose": rng.choice(words.TEAMS)}, _start_apart, _draw_names, words.MORE_NAMES,
    ),
    "files": DraftKind(
        "F",
        ("I am tidying up my computer.", "My folder is a mess.", "I have a new hard disk.", ""),
        (
            "Write {count:words} short file names for {purpose:words}, each one word and the ending {ending:quoted}.",
            "Please make up {count:words} different file names for {purpose:words}, one word each and then "
            "{ending:quoted}.",
            "Think of {count:words} different file names for {purpose:words}: a single word each, ending in "
            "{ending:quoted}.",
            "Suggest {count:words} different names for files about {purpose:words}, each a word followed by "
            "{ending:quoted}.",
        ),
        lambda rng: {"purpose": rng.choice(words.PURPOSES), "ending": rng.choice(words.ENDINGS)}, _are_files,
        lambda rng, slots, count: [w + slots["ending"] for w in rng.sample(words.FILES, count)], words.MORE_FILES,
    ),
    "seating": DraftKind(
        "S",
        ("The chairs are in place.", "They will be here soon.", "I never know who should sit where.", ""),
        (
            "Propose a seating order for {purpose:words}: GUESTS.",
            "Please decide in which order they sit at {purpose:words}: GUESTS.",
            "For {purpose:words}, put these people into an order of your choice: GUESTS.",
            "Choose who sits where at {purpose:words}, from the left to the right: GUESTS.",
        ),
        lambda rng: {"purpose": rng.choice(words.TABLES)}, _are_guests,
        lambda rng, slots, count: rng.sample(guests(slots), count), words.MORE_GUESTS,
    ),
    "timetable": DraftKind(
        "E",
        ("The teachers are waiting for it.", "The rooms are booked.", "I have to print it today.", ""),
        (
            "Make up a timetable with {count:words} entries for {purpose:words}, at different full hours from "
            "{low:int} to "
            "{high:int}, earliest first, each entry like 9 maths.",
            "Please invent a timetable for {purpose:words}: {count:words} different subjects of one word, each with "
            "its full hour "
            "from {low:int} to {high:int} in front, in the order of the day.",
            "Plan {purpose:words} with {count:words} different subjects of one word, written like 10 music, no two at "
            "the same "
            "full hour and all between {low:int} and {high:int}, the earliest on top.",
            "Write a timetable for {purpose:words} that starts no earlier than {low:int} and has its last entry no "
            "later than "
            "{high:int}: {count:words} different subjects of one word in the order of the day, each after its full "
            "hour.",
        ),
        lambda rng: {"purpose": rng.choice(words.DAYS), "low": rng.choice((7, 8)), "high": rng.choice((15, 16, 17))},
        _are_entries, _draw_entries, words.MORE_SUBJECTS,
    ),
}  # fmt: skip


def with_guests(way: str, count: int) -> str:
    """A request for a seating order with gaps for `count` guests: "{a:name}, {b:name} and {c:name}"."""
    gaps = [f"{{{letter}:name}}" for letter in LETTERS[:count]]
    return way.replace("GUESTS", f"{', '.join(gaps[:-1])} and {gaps[-1]}")
