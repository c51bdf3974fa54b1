"""Scanning a rectangle of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from turnbench.envs.sharded.tasks.code.rules.grid import RULES
from turnbench.envs.sharded.tasks.code.spec import Base, Family, Setting, Slots
from turnbench.randomness import RandomStream


class Cell(NamedTuple):
    """A number and where it stands, counted from 0."""

    r: int
    c: int
    v: int
    bottom: int
    """Index of the last row."""
    right: int

    def on_border(self) -> bool:
        return self.r in (0, self.bottom) or self.c in (0, self.right)


Cells = list[Cell]


def _inputs(rng: RandomStream, rules: Mapping[str, Slots]) -> list[list[int]]:
    least = 3 if "no_border" in rules else 1
    height, width = least + rng.below(4), least + rng.below(4)
    if rng.below(8) == 0:
        height, width = rng.below(3), 1 + rng.below(2)
    limits = [slots["n"] for kind, slots in rules.items() if kind in ("blocked", "cap")]

    def value() -> int:
        if "skip_negative" in rules and rng.below(4) == 0:
            return -1 - rng.below(9)
        return rng.choice(limits) + rng.below(3) - 1 if limits and rng.below(3) == 0 else rng.below(40)

    return [[value() for _ in range(width)] for _ in range(height)]


def _read(grid: list[list[int]]) -> Cells:
    return [Cell(r, c, v, len(grid) - 1, len(row) - 1) for r, row in enumerate(grid) for c, v in enumerate(row)]


def _row_sums(cells: Cells) -> list[int]:
    sums: dict[int, int] = {}
    for cell in cells:
        sums[cell.r] = sums.get(cell.r, 0) + cell.v
    return [sums[r] for r in sorted(sums)]


def _place(cells: Cells) -> list[int]:
    best = max(cell.v for cell in cells)
    if sum(cell.v == best for cell in cells) > 1:
        raise ValueError("which of several largest is meant is not said")
    return next([cell.r, cell.c] for cell in cells if cell.v == best)


_BASES = (
    Base(
        "total",
        (
            "It takes a grid as a list of rows, each a list of integers, the {things:words}, and returns the sum of all of them.",
            "Its argument is a list of rows of equal length with the {things:words} as integers, and it returns the total.",
            "Given the {things:words} as a list of lists of integers, row by row, it gives back what they add up to.",
            "The input is a rectangle of integers, a list of rows that hold the {things:words}, and the output is their sum.",
            "A list of rows of integers with the {things:words} goes in, and the total over the whole grid comes out.",
        ),
        ("input", "argument", "output", "return", "sum", "compute"),
        "result = sum(v for r, c, v in cells)",
        lambda cells: sum(cell.v for cell in cells),
        small=True,
    ),
    Base(
        "count",
        (
            "It takes a grid as a list of rows, each a list of integers, the {things:words}, and returns how many of them are greater than {k:int}.",
            "Its argument is a list of rows of equal length with the {things:words} as integers, and it returns the number of those above {k:int}.",
            "Given the {things:words} as a list of lists of integers, row by row, it gives back how many exceed {k:int}.",
            "The input is a rectangle of integers, a list of rows that hold the {things:words}, and the output is the number of those larger than {k:int}.",
            "A list of rows of integers with the {things:words} goes in, and the count of all that are over {k:int} comes out.",
        ),
        ("input", "argument", "output", "return", "count", "compute"),
        "result = sum(1 for r, c, v in cells if v > $k)",
        lambda cells, k: len([cell for cell in cells if cell.v > k]),
        draw=lambda rng: {"k": rng.choice((-3, 0, 5, 10, 12))},
    ),
    Base(
        "rows",
        (
            "It takes a grid as a list of rows, each a list of integers, the {things:words}, and returns the list of the sums of its rows, without rows that have nothing to sum.",
            "Its argument is a list of rows of equal length with the {things:words} as integers, and it returns one sum for each row in which anything counts.",
            "Given the {things:words} as a list of lists of integers, row by row, it gives back the list of row sums from top to bottom, rows with nothing that counts left out.",
            "The input is a rectangle of integers, a list of rows that hold the {things:words}, and the output is a list with the sum of every row that has something to add.",
            "A list of rows of integers with the {things:words} goes in, and the list of sums of its rows comes out, where rows without anything that counts have no sum.",
        ),
        ("input", "argument", "output", "return", "sums", "rows", "compute"),
        "result = [sum(v for r, c, v in cells if r == row) for row in sorted({r for r, c, v in cells})]",
        _row_sums,
    ),
    Base(
        "place",
        (
            "It takes a grid as a list of rows, each a list of integers, the {things:words}, and returns row and column of the largest as a list, counted from 0 unless I say otherwise.",
            "Its argument is a list of rows of equal length with the {things:words} as integers, and it returns a list of two numbers, the row and the column of the largest, counting from 0 unless told otherwise.",
            "Given the {things:words} as a list of lists of integers, row by row, it gives back where the greatest stands, as a list of row and column, with 0 for the first unless I want it differently.",
            "The input is a rectangle of integers, a list of rows that hold the {things:words}, and the output is a list, row and column of the maximum, numbered from 0 if I say nothing else.",
            "A list of rows of integers with the {things:words} goes in, and the row and column of the largest come out as a list, both counted from 0 unless something else is said.",
        ),
        ("input", "argument", "output", "return", "position", "largest", "compute"),
        "top = max(v for r, c, v in cells)\nresult = [[r, c] for r, c, v in cells if v == top][0]",
        _place,
    ),
)
FAMILY = Family(
    name="grid",
    settings=(
        Setting("scan_plots", "harvests", "the community garden"),
        Setting("read_heights", "heights", "a hiking map"),
        Setting("check_panel", "readings", "a solar roof"),
        Setting("survey_depths", "depths", "the harbour"),
        Setting("inspect_seats", "seat prices", "a small theatre"),
        Setting("scan_tiles", "tile values", "a board game"),
    ),
    goals=(
        "I need a Python function called {function:id} that scans the {things:words} of {place:words}.",
        "Please write a Python function {function:id} to look through the {things:words} of {place:words}.",
        "Write me a Python function with the name {function:id} which examines the {things:words} of {place:words} on a grid.",
        "The {things:words} of {place:words} form a grid, and I want a Python function {function:id} that scans it.",
        "Make a function {function:id} in Python for scanning the {things:words} of {place:words}.",
    ),
    topics=("goal", "purpose", "name"),
    parameter="grid",
    read_code="cells = [(r, c, v) for r, row in enumerate(grid) for c, v in enumerate(row)]",
    read=_read,
    bases=_BASES,
    rules=RULES,
    inputs=_inputs,
)
