"""The rules of the dark room: walk over the key's cell, then to the door's; neither can be seen.

A level is (key cell, door cell, compass): cells are numbered row by row, and the compass tells, for every walking word, its direction in
`DIRECTIONS`. A state is (cell, whether the key is held, 0 or 1).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from turnbench.envs.incontext.game import Game, Observation
from turnbench.envs.incontext.words import ACTIONS
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream

SIZES: Final = (5, 7)
DIRECTIONS: Final = ((-1, 0), (0, 1), (1, 0), (0, -1))
"""Up, right, down, left, as steps in rows and columns."""
UP, RIGHT, DOWN, LEFT = range(4)
JINGLE, DOOR, SLIP, NOTHING = "jingle", "door", "slip", "nothing"
HELD, EMPTY = "key", "empty"
"""Last word of a view where holding the key is shown."""

Compass = tuple[int, ...]
Level = tuple[int, int, Compass]
State = tuple[int, int]

_BEFORE: Final = {
    "": "",
    JINGLE: "Something jingles. ",
    SLIP: "You slip and stay. ",
    NOTHING: "That is no way to walk. ",
}
_DOOR: Final = "The door opens: you are out."
_HOLDS: Final = {HELD: " You hold the key.", EMPTY: " Your hands are empty."}


@lru_cache
def walks(size: int) -> tuple[tuple[int, ...], ...]:
    """The cell reached from every cell in every direction; a wall keeps one where one is."""
    return tuple(
        tuple(
            min(max(cell // size + down, 0), size - 1) * size + min(max(cell % size + right, 0), size - 1)
            for down, right in DIRECTIONS
        )
        for cell in range(size * size)
    )


def toward(size: int, cell: int, goal: int) -> int:
    """The direction of the expert: first to the goal's row, then along it. The goal must be another cell."""
    (row, column), (goal_row, goal_column) = divmod(cell, size), divmod(goal, size)
    if row != goal_row:
        return DOWN if row < goal_row else UP
    return RIGHT if column < goal_column else LEFT


class KeyDoor(Game[Level, State]):
    """Rules at one setting.

    Args:
        size: rows and columns, 5 or 7.
        shown: whether every view tells if the key is held.
        jingle: whether picking it up is heard.
        permuted: every level has a compass of its own; otherwise the words are up, right, down and left, in this order.
    """

    actions = ACTIONS[: len(DIRECTIONS)]
    events = ("", JINGLE, DOOR, SLIP, NOTHING)

    def __init__(self, size: int, shown: bool, jingle: bool, permuted: bool) -> None:
        if size not in SIZES:
            raise UsageError(f"size is 5 or 7, not {size!r}.")
        self.size, self.shown, self.jingle, self.permuted = size, shown, jingle, permuted
        self.cells = size * size

    def draw_level(self, rng: RandomStream) -> Level:
        """Two different cells, and a compass."""
        key, door = rng.sample(range(self.cells), 2)
        compass = list(range(len(DIRECTIONS)))
        if self.permuted:
            rng.shuffle(compass)
        return key, door, tuple(compass)

    def key(self, level: Level) -> str:
        """Both cells; where the compass is permuted the compass as well."""
        key, door, compass = level
        return ".".join(map(str, (key, door, *(compass if self.permuted else ()))))

    def start(self, level: Level, rng: RandomStream) -> State:
        """Any cell but the key's and the door's."""
        return rng.choice([cell for cell in range(self.cells) if cell not in level[:2]]), 0

    def budget(self, level: Level, start: State) -> int:
        """Enough for the longest way there can be, if nothing slips."""
        return self.longest

    @property
    def longest(self) -> int:
        """Twice from corner to corner: 16 or 24."""
        return 4 * (self.size - 1)

    def act(self, level: Level, state: State, action: str, slip: bool) -> tuple[State, str]:
        """A slip keeps one in place, and so do a wall (of which nothing is said) and a text that is no way to walk."""
        cell, held = state
        key, door, compass = level
        if not action:
            return state, NOTHING
        if slip:
            return state, SLIP
        cell = walks(self.size)[cell][compass[self.actions.index(action)]]
        if held:
            return (cell, held), DOOR if cell == door else ""
        if cell == key:
            return (cell, 1), JINGLE if self.jingle else ""
        return (cell, held), ""

    def over(self, level: Level, state: State) -> bool:
        """At the door with the key."""
        return state == (level[1], 1)

    def score(self, level: Level, state: State) -> float:
        """1 for getting out."""
        return float(self.over(level, state))

    def progress(self, level: Level, state: State) -> float:
        """Half for the key."""
        return 1.0 if self.over(level, state) else state[1] / 2

    def expert(self, level: Level, state: State) -> str:
        """The shortest way to the key, then to the door, rows before columns."""
        key, door, compass = level
        return self.actions[compass.index(toward(self.size, state[0], door if state[1] else key))]

    def view(self, level: Level, state: State) -> tuple[str, ...]:
        """Row and column, and where it is shown whether the key is held."""
        if self.over(level, state):
            return ()
        row, column = divmod(state[0], self.size)
        return (f"r{row + 1}", f"c{column + 1}", *((HELD if state[1] else EMPTY,) if self.shown else ()))

    def read_view(self, view: tuple[str, ...]) -> tuple[int, bool | None] | None:
        """The cell of a view and whether it says that the key is held (None where it does not say); None for any other words."""
        place = re.fullmatch(r"r([1-9]) c([1-9])", " ".join(view[:2]))
        if place is None or len(view) != 2 + self.shown or (self.shown and view[2] not in (HELD, EMPTY)):
            return None
        row, column = int(place[1]) - 1, int(place[2]) - 1
        if row >= self.size or column >= self.size:
            return None
        return row * self.size + column, view[2] == HELD if self.shown else None

    def rules(self, slip: float) -> str:
        """In plain English."""
        slips = f" With probability {slip:g} you slip and stay where you are." if slip else ""
        compass = (
            "Each leads one cell in one direction of the compass, always the same within a level; which word is which direction "
            "differs between levels."
            if self.permuted
            else "They mean up, right, down and left, in this order."
        )
        heard = " It jingles when you do." if self.jingle else ""
        told = " You are told whether you hold it." if self.shown else ""
        return (
            f"You are in a dark room of {self.size} rows and {self.size} columns; row 1 is at the top, column 1 at the left. You walk by "
            f"one of the words {', '.join(self.actions[:-1])} and {self.actions[-1]}. {compass} At a wall you stay where you are.{slips} "
            f"Somewhere a key lies, which you pick up by walking over it.{heard}{told} Somewhere else is a door, which nobody "
            f"notices without the key. Both stay where they are within a level, and you begin anywhere. Get to the door with the key "
            f"within {self.longest} moves."
        )

    def sentence(self, seen: Observation) -> str:
        """Where one is, after what happened."""
        if seen.event == DOOR:
            return _DOOR
        row, column, *held = seen.view
        holds = _HOLDS[held[0]] if held else ""
        return f"{_BEFORE[seen.event]}You are at row {row[1:]}, column {column[1:]}.{holds}"

    def read_sentence(self, text: str) -> Observation | None:
        """The other way round."""
        if text == _DOOR:
            return Observation(DOOR, ())
        found = re.fullmatch(r"(.*?)You are at row (\d), column (\d)\.(.*)", text)
        if found is None:
            return None
        events = [event for event, before in _BEFORE.items() if before == found[1]]
        held = [word for word, holds in _HOLDS.items() if holds == found[4]]
        if not events or len(held) != self.shown or (not self.shown and found[4]):
            return None
        return Observation(events[0], (f"r{found[2]}", f"c{found[3]}", *held))
