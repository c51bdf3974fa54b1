"""What records and own pulls say about the levers of the rooms.

A room is known by its name where rooms are named, else by its number where that follows from the record: counted from the first room
in whole games and beginnings, after a clunk, and backwards from the exit. Steps whose room stays unknown are *loose*: `bag.py` weighs them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from turnbench.envs.incontext.context import Fragment
from turnbench.envs.incontext.families.corridor.game import CLICK, CLUNK, EXIT, LOST, SLIP, Corridor
from turnbench.envs.incontext.words import THINGS

FROM_THE_FIRST_ROOM: Final = ("whole", "prefix")
Room = str | int
Vector = tuple[float, ...]
"""By lever: how likely what was seen is if that lever is the right one, up to a factor."""


class Loose(NamedTuple):
    """Numbers of steps in unknown rooms, by lever."""

    clicks: tuple[int, ...]
    clunks: tuple[int, ...]
    slips: tuple[int, ...]


class Piece(NamedTuple):
    """What one record, or one's own game, says."""

    levers: dict[Room, Vector]
    names: dict[int, str]
    """Names of the rooms whose number is known."""
    order: tuple[str, ...]
    """Names in the order seen, without immediate repetition."""


class Walk(NamedTuple):
    """Where one's own game stands."""

    room: int
    wrong: int
    """Clunks so far."""
    passed: tuple[int, ...]
    """Right levers of the rooms 0, 1, ... that were ever passed, by number."""
    tried: frozenset[int]
    """Wrong levers of the room after those."""


def rooms_of(game: Corridor, record: Fragment, first: int | None) -> list[int | None]:
    """Number of the room of every step; None where nothing tells it."""
    rooms: list[int | None] = []
    room = first
    for seen in record.seen[1:]:
        rooms.append(room)
        if seen.event in (CLUNK, LOST):
            room = 0
        elif seen.event in (CLICK, EXIT) and room is not None:
            room += 1
    last: int | None = None
    for i in reversed(range(len(rooms))):
        event = record.seen[i + 1].event
        if event == EXIT:
            last = game.length - 1
        elif last is not None and event == CLICK:
            last -= 1
        elif event in (CLUNK, LOST):
            last = None
        if rooms[i] is None and last is not None and 0 <= last < game.length:
            rooms[i] = last
    return rooms


def weigh(game: Corridor, action: str, event: str, noise: float) -> Vector:
    """A click settles the lever and a clunk rules one out; a slip shows what the expert wanted, as far as its hand is firm.

    Args:
        game: the rules.
        action: the lever pulled.
        event: what happened.
        noise: chance that the lever was any; 1 for one's own pulls.
    """
    any_lever = noise / len(game.actions)
    if event in (CLICK, EXIT):
        return tuple(float(a == action) for a in game.actions)
    if event in (CLUNK, LOST):
        return tuple(float(a != action) for a in game.actions)
    if event == SLIP:
        return tuple((1.0 - noise) * (a == action) + any_lever for a in game.actions)
    return (1.0,) * len(game.actions)


def read(game: Corridor, record: Fragment, first: int | None, noise: float) -> tuple[Piece, list[tuple[str, str]]]:
    """A record's piece of evidence, and its loose steps (lever, event), of aliased rooms only."""
    rooms = rooms_of(game, record, first)
    levers: dict[Room, Vector] = {}
    names: dict[int, str] = {}
    order: list[str] = []
    loose = []
    for i, (action, room) in enumerate(zip(record.actions, rooms, strict=True)):
        event, view = record.seen[i + 1].event, record.seen[i].view
        slot: Room | None = view[0] if game.named and view else room
        if slot is None:
            loose.append((action, event))
        else:
            levers[slot] = times(levers.get(slot), weigh(game, action, event, noise))
        if game.named and view:
            order += [view[0]] if order[-1:] != [view[0]] else []
            if room is not None:
                names[room] = view[0]
    last = record.seen[-1].view
    if game.named and last:
        order += [last[0]] if order[-1:] != [last[0]] else []
        room = first if not rooms else rooms[-1]
        if room is not None:
            event = record.seen[-1].event
            room = 0 if event == CLUNK else room + (event == CLICK)
            names[room] = last[0]
    return Piece(levers, names, tuple(order)), loose


def loose_of(game: Corridor, steps: Sequence[tuple[str, str]]) -> Loose:
    """Counts of loose steps."""

    def count(*events: str) -> tuple[int, ...]:
        return tuple(sum(a == action and e in events for a, e in steps) for action in game.actions)

    return Loose(count(CLICK), count(CLUNK, LOST), count(SLIP))


def walk(game: Corridor, steps: Sequence[tuple[str, str]]) -> Walk:
    """One's own game from its pulls (lever, event)."""
    room, wrong = 0, 0
    passed: list[int] = []
    tried: set[int] = set()
    for action, event in steps:
        if event in (CLICK, EXIT) and action in game.actions and room < game.length:
            if room == len(passed):
                passed.append(game.actions.index(action))
                tried.clear()
            room += 1
        elif event in (CLUNK, LOST):
            if room == len(passed) and action in game.actions:
                tried.add(game.actions.index(action))
            room, wrong = 0, wrong + 1
    return Walk(room, wrong, tuple(passed), frozenset(tried))


def times(one: Vector | None, other: Vector) -> Vector:
    """Product by lever."""
    return other if one is None else tuple(a * b for a, b in zip(one, other, strict=True))


def same_level(game: Corridor, pieces: Sequence[Piece], numbered: bool, known: int = 0) -> float:
    """How much likelier the pieces are if all are of one level than if each is of a level of its own; 0 where they contradict.

    Levers are exact; so are names where all rooms are numbered. Otherwise a name is taken to be any of the level's, as if every
    piece fell anywhere, which is what isolated steps do.

    Args:
        game: the rules.
        pieces: records, and one's own game last.
        numbered: whether the number of every room is known.
        known: how many of the first pieces are of one level anyway.
    """
    ratio = 1.0
    for slot in {slot for piece in pieces for slot in piece.levers}:
        vectors = [piece.levers[slot] for piece in pieces[known:] if slot in piece.levers]
        together: Vector | None = None
        for piece in pieces[:known]:
            if slot in piece.levers:
                together = times(together, piece.levers[slot])
        vectors += [together] if together is not None else []
        joint = (1.0,) * len(game.actions)
        for vector in vectors:
            joint = times(joint, vector)
        apart = math.prod(sum(v) / len(v) for v in vectors)
        ratio *= sum(joint) / len(joint) / apart if apart else 0.0
    if game.named and game.permuted and ratio:
        ratio *= _numbered_names(pieces) if numbered else _any_names(game, pieces, known)
    return ratio


def _numbered_names(pieces: Sequence[Piece]) -> float:
    """Names are drawn without repetition: n of them are any of (24)(23)... ordered choices."""
    level: dict[int, str] = {}
    ratio = 1.0
    for piece in pieces:
        for room, name in piece.names.items():
            if level.setdefault(room, name) != name:
                return 0.0
        ratio *= math.perm(len(THINGS), len(piece.names))
    return 0.0 if len(set(level.values())) < len(level) else ratio / math.perm(len(THINGS), len(level))


def _any_names(game: Corridor, pieces: Sequence[Piece], known: int) -> float:
    after: dict[str, str] = {}
    seen: set[str] = set()
    ratio = 1.0
    for number, piece in enumerate(pieces):
        for i, name in enumerate(piece.order):
            before = piece.order[i - 1] if i else ""
            new = name not in seen
            seen.add(name)
            if before and name != piece.order[0]:  # the first room comes again after a clunk
                if after.setdefault(before, name) != name:
                    return 0.0
                if not new:
                    ratio *= len(THINGS) if number >= known else 1.0
                    continue
            if number >= known:
                room_left = (game.length - len(seen) + 1) / (len(THINGS) - len(seen) + 1)
                ratio *= len(THINGS) / game.length * (room_left if new else 1.0)
            if len(seen) > game.length:
                return 0.0
    return ratio
