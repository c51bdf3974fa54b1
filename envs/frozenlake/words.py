"""What the world and its player say to each other, in both directions."""

from __future__ import annotations

import re
from typing import Final

from turnbench.envs.frozenlake.maps import ACTIONS, SIZES, Lake, distances
from turnbench.episode import Fact

SAY: Final = "Say up, down, left or right."
GOAL: Final = "You reach the goal."
HOLE: Final = "You fall into a hole."
OVER: Final = "You are out of moves."
BUMPED: Final = "You bumped into the edge."

_NAMES = {"S": "ice", "F": "ice", "H": "hole", "G": "goal"}
_ACTION = re.compile(rf"(?<!\w)(?:{'|'.join(ACTIONS)})(?!\w)")
_ROW = re.compile(r"Row \d: ([a-z ]+)\.")
_MOVED = re.compile(rf"You moved ({'|'.join(ACTIONS)})\.")


def read_action(text: str) -> str | None:
    """The last whole word that is a direction, in small letters; None where there is none. Linear in the length."""
    found = _ACTION.findall(text.lower())
    return found[-1] if found else None


def moved(direction: str) -> str:
    """What a blind player hears of a move that left its cell."""
    return f"You moved {direction}."


def map_text(lake: Lake, position: int) -> str:
    """The lake in words, "you" where the player stands: "Row 1: you ice hole ice. Row 2: ..."."""
    words = [_NAMES[cell] for cell in lake.cells]
    words[position] = "you"
    n = lake.size
    return " ".join(f"Row {row + 1}: {' '.join(words[row * n : row * n + n])}." for row in range(n))


def read_map(text: str) -> tuple[Lake, int] | None:
    """Lake and position from an observation; None where it shows no whole map."""
    rows = [row.split() for row in _ROW.findall(text)]
    size = len(rows)
    words = [word for row in rows for word in row]
    if size not in SIZES or any(len(row) != size for row in rows) or words.count("you") != 1:
        return None
    inner = "".join("H" if word == "hole" else "F" for word in words[1:-1])
    return Lake(size, f"S{inner}G"), words.index("you")


def read_move(text: str) -> str | None:
    """The direction that a blind player was told it moved; None where it did not move."""
    found = _MOVED.fullmatch(text)
    return found[1] if found else None


def facts_at(lake: Lake, position: int) -> tuple[Fact, ...]:
    """Where the player stands, how far the goal is over the ice, and what is on its four sides."""
    row, column = divmod(position, lake.size)
    sides = []
    for direction in ACTIONS:
        cell = lake.neighbour(position, direction)
        sides.append(
            Fact(f"{direction.capitalize()} of you is", f"{'edge' if cell is None else _NAMES[lake.cells[cell]]}.")
        )
    far = distances(lake)[position]
    return (
        Fact("You are in", f"row {row + 1} column {column + 1}."),
        Fact("The goal is", f"{far} move{'s' * (far != 1)} away."),
        *sides,
    )
