"""What is planted in a walk: one small class per preset, and the few functions that turn it into sentences.

The environment and its exact model both call `question`, `answer` and `Preset.chance` and nothing else, so they cannot
disagree. A preset has no state of its own: *rooms* are the instance, *flags* are what the past left behind.

Every class says Q, V and A (values, and advantage A = Q - V, in units of reward) for the *uniform* policy, which says
left or right with probability 1/2 each. All are sums of powers of 1/2, so floating point holds them exactly. Choices are
named by the thing chosen; its side is drawn. An invalid reply chooses nothing, and is worth as much as the thing that
does nothing, if there is one.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Final, NamedTuple

from turnbench.randomness import RandomStream

NOUNS: Final = (
    "stone", "feather", "coin", "rope", "shell", "candle", "button", "bottle", "basket", "hammer", "ribbon", "spoon",
    "mirror", "brick", "drum", "blanket", "bucket", "clock", "pencil", "glove", "lamp", "map", "needle", "bell", "bone",
    "kite", "ladder", "plate", "whistle", "barrel", "marble", "carpet",
)  # fmt: skip
"""What decoy rooms show two of. Choosing one never changes anything."""

WORDS: Final = ("left", "right")
"""The two answers to every room: the actions of the exact model, in this order."""

PARTNERS: Final[Mapping[str, str]] = {
    "door": "wall",
    "thin bridge": "wide bridge",
    "puddle": "path",
    "red lever": "blue lever",
}
"""What stands on the other side. Beside anything else that is planted stands a drawn noun."""

Flags = tuple[str, ...]
"""What the past left behind, as words in a fixed order; empty at the start."""

_WORD = re.compile(r"[^\W_]+")


class Room(NamedTuple):
    """The two things of one room, and the noun that stands `instead` of a thing hidden from those who did not earn it."""

    left: str
    right: str
    instead: str = ""


Rooms = tuple[Room, ...]


class Preset(ABC):
    """One planted structure."""

    name: ClassVar[str]
    decisive: ClassVar[tuple[str, ...]]
    """The things at which a choice can matter."""
    min_turns: ClassVar[int] = 2
    """Shorter walks have no place for what is planted, or too few instances for three disjoint splits."""
    hidden: ClassVar[tuple[str, ...]] = ()
    """The things that only some walkers see; the others see a noun instead, which is then part of the instance."""
    movable: ClassVar[bool] = False
    """Whether the argument `pivot` may fix the place of the one decisive room."""

    @abstractmethod
    def special(self, turns: int, rng: RandomStream) -> dict[int, str]:
        """Drawn places (0-based) of the things that are not decoys."""

    @abstractmethod
    def after(self, shown: tuple[str, str], flags: Flags, chosen: str) -> Flags:
        """The flags after `chosen`, one of the two things `shown` or "" for neither."""

    @abstractmethod
    def chance(self, flags: Flags) -> float:
        """Probability of success at the end of the walk."""

    def reminder(self, index: int, flags: Flags) -> str:
        """The sentence that says all of the past that matters, "" where nothing of it does."""
        return ""

    def shown(self, room: Room, flags: Flags) -> tuple[str, str]:
        """The left and the right thing, as a walker with these flags sees them."""
        return room.left, room.right

    def draw(self, turns: int, pivot: int, rng: RandomStream) -> Rooms:
        """A walk of `turns` rooms; `pivot` (1-based, 0 for a drawn place) is used by movable presets only."""
        places = self.special(turns, rng)
        if pivot:
            (thing,) = places.values()
            places = {pivot - 1: thing}
        rooms = []
        for i in range(turns):
            noun, other = rng.sample(NOUNS, 2)
            thing = places.get(i, other)
            partner = PARTNERS.get(thing, noun)
            left, right = (thing, partner) if rng.below(2) else (partner, thing)
            rooms.append(Room(left, right, other if thing in self.hidden else ""))
        return tuple(rooms)

    def pivotal(self, rooms: Rooms) -> tuple[int, ...]:
        """Indices (0-based) of the turns whose choice can matter."""
        return tuple(i for i, room in enumerate(rooms) if room.left in self.decisive or room.right in self.decisive)


class Pivot(Preset):
    """One room decides: success iff the crystal was chosen.

    Uniform: V = 1/2 up to the crystal; there Q = 1 (crystal), 0 (noun), A = +-1/2; then V is 1 or 0. Decoys: A = 0.
    """

    name = "pivot"
    decisive = ("crystal",)
    movable = True
    win, lose = 1.0, 0.0

    def special(self, turns: int, rng: RandomStream) -> dict[int, str]:
        return {rng.below(turns): "crystal"}

    def after(self, shown: tuple[str, str], flags: Flags, chosen: str) -> Flags:
        return ("crystal",) if chosen == "crystal" else flags

    def chance(self, flags: Flags) -> float:
        return self.win if flags else self.lose


class Lucky(Pivot):
    """As pivot, but the outcome is noisy: success with probability 3/4 with the crystal and 1/4 without.

    Uniform: V = 1/2 up to the crystal; there Q = 3/4 (crystal), 1/4 (noun), A = +-1/4; then V stays. The luck of the end
    belongs to no action: A = 0 at every decoy, the last one included.
    """

    name = "lucky"
    win, lose = 0.75, 0.25


class KeyDoor(Preset):
    """The first room shows a key, the last one a door and a wall: success iff the key and the door were chosen.

    Uniform: V = 1/4 at the key, Q = 1/2 (key), 0 (noun), A = +-1/4. Then V is 1/2 with the key and 0 without. At the
    door with the key Q = 1 (door), 0 (wall), A = +-1/2; without it A = 0.
    """

    name = "key-door"
    decisive = ("key", "door")
    min_turns = 3

    def special(self, turns: int, rng: RandomStream) -> dict[int, str]:
        return {0: "key", turns - 1: "door"}

    def after(self, shown: tuple[str, str], flags: Flags, chosen: str) -> Flags:
        if chosen == "key":
            return ("key",)
        return ("key", "door") if chosen == "door" and flags else flags

    def chance(self, flags: Flags) -> float:
        return float(flags == ("key", "door"))

    def reminder(self, index: int, flags: Flags) -> str:
        if index == 0:
            return ""
        return "You hold the key." if "key" in flags else "You hold nothing."


class Fatal(Preset):
    """A fatal mistake and a recoverable one: success iff not hurt (bridges) and with dry feet (puddle, fire) at the end.

    Uniform: V = b * d. Here b = 1 past the bridges unhurt, 1/2 before them, 0 if hurt; d = 3/4 before the puddle,
    1/2 with wet feet before the fire, 0 with wet feet past it, 1 with dry feet past the puddle. At the bridges
    Q = 0 (thin), d (wide), A = -+d/2. At the puddle Q = b/2 (puddle), b (path), A = -+b/4. At the fire with wet feet
    Q = b (fire), 0 (noun), A = +-b/2; with dry feet A = 0. Once hurt, A = 0 everywhere. Who chooses nothing is not
    hurt, but stumbles into the puddle and is not dried: always invalid replies fail.
    """

    name = "fatal"
    decisive = ("thin bridge", "puddle", "fire")
    min_turns = 4

    def special(self, turns: int, rng: RandomStream) -> dict[int, str]:
        bridge, *water = rng.sample(range(turns), 3)
        return {bridge: "thin bridge", min(water): "puddle", max(water): "fire"}

    def after(self, shown: tuple[str, str], flags: Flags, chosen: str) -> Flags:
        hurt = "hurt" in flags or chosen == "thin bridge"
        wet = ("wet" in flags or ("puddle" in shown and chosen != "path")) and chosen != "fire"
        return ("hurt",) * hurt + ("wet",) * wet

    def chance(self, flags: Flags) -> float:
        return float(not flags)

    def reminder(self, index: int, flags: Flags) -> str:
        said = {"hurt": "You are hurt.", "wet": "Your feet are wet."}
        return " ".join(said[flag] for flag in flags)


class Distractor(Pivot):
    """As pivot, the crystal in the first half; a later room shows a trophy iff the crystal was chosen.

    Choosing the trophy goes with success perfectly and causes nothing. Uniform: at the crystal A = +-1/2 as in pivot; at
    the trophy Q = V = 1 and A = 0, as at every decoy.
    """

    name = "distractor"
    hidden = ("trophy",)
    movable = False

    def special(self, turns: int, rng: RandomStream) -> dict[int, str]:
        half = turns // 2
        return {rng.below(half): "crystal", half + rng.below(turns - half): "trophy"}

    def shown(self, room: Room, flags: Flags) -> tuple[str, str]:
        if flags or not room.instead:
            return room.left, room.right
        return (room.instead, room.right) if room.left in self.hidden else (room.left, room.instead)


class Cooperate(Preset):
    """Two turns must agree: two levers in a room of each half of the walk, success iff the same colour was pulled.

    Uniform: V = 1/2 up to the second levers and A = 0 for both of the first, whichever is pulled; at the second Q = 1
    for the colour of the first and 0 for the other, A = +-1/2. If red is pulled second with probability p whatever came
    before, Q = p (red), 1 - p (blue) at the first: its worth depends on the policy. Who pulls none (Q = 0) fails.
    """

    name = "cooperate"
    decisive = ("red lever", "blue lever")
    min_turns = 3

    def special(self, turns: int, rng: RandomStream) -> dict[int, str]:
        half = turns // 2
        return {rng.below(half): "red lever", half + rng.below(turns - half): "red lever"}

    def after(self, shown: tuple[str, str], flags: Flags, chosen: str) -> Flags:
        if "red lever" not in shown:
            return flags
        if not flags:
            return (chosen or "no lever",)
        return (*flags, "same" if chosen == flags[0] else "other")

    def chance(self, flags: Flags) -> float:
        return float(flags[1] == "same")

    def reminder(self, index: int, flags: Flags) -> str:
        if not flags:
            return ""
        return "You pulled no lever." if flags[0] == "no lever" else f"You pulled the {flags[0]}."


PRESETS: Final[Mapping[str, Preset]] = {
    preset.name: preset for preset in (Pivot(), KeyDoor(), Fatal(), Lucky(), Distractor(), Cooperate())
}


def question(preset: Preset, rooms: Rooms, index: int, flags: Flags, remind: bool) -> str:
    """What room `index` (0-based) says, such as "Room 3 of 8. Left a crystal, right a stone. Left or right?"."""
    left, right = preset.shown(rooms[index], flags)
    reminder = preset.reminder(index, flags) if remind else ""
    space = " " if reminder else ""
    return f"Room {index + 1} of {len(rooms)}. {reminder}{space}Left a {left}, right a {right}. Left or right?"


def answer(preset: Preset, rooms: Rooms, index: int, flags: Flags, word: str) -> tuple[Flags, str]:
    """The flags after `word` was said in room `index`, and what the next observation begins with.

    After "", which chooses nothing, the next observation begins with "Invalid. ".
    """
    shown = preset.shown(rooms[index], flags)
    if not word:
        return preset.after(shown, flags, ""), "Invalid. "
    return preset.after(shown, flags, shown[WORDS.index(word)]), ""


def read_word(text: str) -> str:
    """The last whole word of `text` that is left or right, in lower case; "" where there is none. In linear time."""
    return next((w for w in reversed(_WORD.findall(text.lower())) if w in WORDS), "")
