"""Scanning a rectangle of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from turnbench.envs.sharded.tasks.code.spec import Base, Family, Final, Rule, Setting, Slots, Stage, number, pick
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


_RULES = (
    Rule(
        "no_border",
        (
            "The {things:words} on the border are left out, that is, the first and last row and the first and last column.",
            "Only the inside counts, so ignore {things:words} in the first or last row or column.",
            "Skip {things:words} that stand on the outer edge.",
            "Drop the outermost {things:words} on all four sides.",
            "The {things:words} at the rim do not count, neither at the top and bottom nor at the left and right.",
        ),
        ("border", "edge", "rim", "outer", "inside"),
        "cells = [(r, c, v) for r, c, v in cells if 0 < r < len(grid) - 1 and 0 < c < len(grid[0]) - 1]",
        lambda cells: [cell for cell in cells if not cell.on_border()],
        small=True,
    ),
    Rule(
        "odd_rows_only",
        (
            "Every second row is skipped, beginning with the second.",
            "Use the first row, the third, the fifth and so on, and none of the rows in between.",
            "Leave out the second row, the fourth, the sixth and so on.",
            "Only every other row counts, starting with the top one.",
            "Counting rows from 1, those with an even number are ignored.",
        ),
        ("row", "rows", "second", "every", "line"),
        "cells = [(r, c, v) for r, c, v in cells if r % 2 == 0]",
        lambda cells: [cell for cell in cells if cell.r not in range(1, 99, 2)],
    ),
    Rule(
        "no_first_column",
        (
            "The first column holds numbers of the rows and is ignored.",
            "Do not use the leftmost column.",
            "Skip whatever stands in the first column.",
            "Leave the first column out.",
            "Start with the second column, because the first one means something else.",
        ),
        ("column", "columns", "left", "first"),
        "cells = [(r, c, v) for r, c, v in cells if c > 0]",
        lambda cells: [cell for cell in cells if cell.c != 0],
        small=True,
    ),
    Rule(
        "skip_negative",
        (
            "Negative {things:words} are ignored.",
            "Leave out {things:words} below zero.",
            "Skip all {things:words} that are smaller than 0.",
            "Whenever {things:words} are negative, act as if they were not there.",
            "Only {things:words} from zero upwards count.",
        ),
        ("negative", "below", "zero", "minus"),
        "cells = [(r, c, v) for r, c, v in cells if v >= 0]",
        lambda cells: [cell for cell in cells if not cell.v < 0],
        small=True,
    ),
    Rule(
        "blocked",
        (
            "The number {n:int} marks an empty place, so it is ignored wherever it stands among the {things:words}.",
            "Skip {things:words} that are exactly {n:int}.",
            "Wherever {things:words} are equal to {n:int}, nothing was measured, so leave that out.",
            "The number {n:int} among the {things:words} means that there is nothing, and it does not count.",
            "Act as if {things:words} with the value {n:int} were not there.",
        ),
        ("empty", "missing", "marker", "blocked", "nothing"),
        "cells = [(r, c, v) for r, c, v in cells if v != $n]",
        lambda cells, n: [cell for cell in cells if cell.v != n],
        draw=number(1, 9),
    ),
    Rule(
        "cap",
        (
            "All {things:words} above {n:int} count as exactly that.",
            "Treat {things:words} greater than {n:int} as if they were equal to it.",
            "Bring {things:words} that exceed {n:int} down to this number.",
            "Where {things:words} are larger than {n:int}, use this limit instead.",
            "Lower any {things:words} over {n:int} to this value.",
        ),
        ("large", "greater", "above", "cap", "maximum"),
        "cells = [(r, c, min(v, $n)) for r, c, v in cells]",
        lambda cells, n: [cell._replace(v=n) if cell.v > n else cell for cell in cells],
        draw=number(15, 30),
        bases=("total", "rows"),
        small=True,
    ),
    Rule(
        "diagonal_twice",
        (
            "On the diagonal that begins in the upper left corner, {things:words} count twice.",
            "Double the {things:words} whose row and column have the same number.",
            "Where {things:words} stand as many rows down as columns to the right, they count double.",
            "The {things:words} on the main diagonal, from the upper left downwards, are doubled.",
            "Multiply {things:words} by two if they stand on the main diagonal, first in the first row, second in the second and so on.",
        ),
        ("diagonal", "double", "twice", "corner"),
        "cells = [(r, c, 2 * v if r == c else v) for r, c, v in cells]",
        lambda cells: [cell._replace(v=cell.v + cell.v * (cell.r == cell.c)) for cell in cells],
        bases=("total", "rows", "place"),
    ),
    Rule(
        "bottom_more",
        (
            "Each of the {things:words} in the last row is raised by {n:int}.",
            "In the bottom row, {things:words} count {n:int} more than written.",
            "Add {n:int} to all {things:words} of the lowest row.",
            "The {things:words} of the last row get {n:int} on top, every one of them.",
            "For {things:words} in the bottom row, put {n:int} on each.",
        ),
        ("bottom", "last row", "lowest", "add"),
        "cells = [(r, c, v + $n if r == len(grid) - 1 else v) for r, c, v in cells]",
        lambda cells, n: [cell._replace(v=cell.v + n * (cell.r == cell.bottom)) for cell in cells],
        draw=number(3, 12),
        bases=("total", "rows", "place"),
    ),
    Rule(
        "from_one",
        (
            "Rows and columns are counted from 1 in the result.",
            "In the result, the first row and the first column have the number 1.",
            "Number rows and columns from one, not from zero.",
            "Counting of rows and columns begins with 1.",
            "The upper left corner is row 1, column 1.",
        ),
        ("count", "zero", "one", "number", "index"),
        "result = [result[0] + 1, result[1] + 1]",
        lambda result: [each + 1 for each in result],
        Stage.AFTER,
        bases=("place",),
    ),
    Rule(
        "column_first",
        (
            "In the result, the column comes first and then the row.",
            "Give the column before the row.",
            "The result has the column in front and the row behind it.",
            "The two numbers of the result change places, column first.",
            "Swap the two numbers, so that the column leads.",
        ),
        ("order", "swap", "first", "column"),
        "result = result[::-1]",
        lambda result: [result[1], result[0]],
        Stage.AFTER,
        bases=("place",),
    ),
    Rule(
        "largest_row",
        (
            "Of the list of sums only the largest is returned, as a number.",
            "Instead of all the sums, return the greatest one.",
            "Not the list itself but its maximum is the result.",
            "The result is the highest of the sums and no list.",
            "Return the largest sum instead of the list.",
        ),
        ("largest", "maximum", "only", "greatest"),
        "result = max(result)",
        lambda result: sorted(result)[-1],
        Stage.AFTER,
        bases=("rows",),
    ),
    Rule(
        "if_none",
        (
            "If there are no {things:words} to look at, return {n:int} and leave it at that.",
            "Return {n:int} at once when none of the {things:words} are left or the grid is empty.",
            "Without any {things:words} that count, the result is {n:int}, whatever else is done to results.",
            "In case no {things:words} remain, the function gives back {n:int} and does nothing further.",
            "When the grid has no {things:words} that matter, the answer is just {n:int}, without further steps.",
        ),
        ("empty", "none", "nothing", "missing"),
        "if not cells:\n    return $n",
        lambda cells, n: cells or Final(n),
        Stage.MIDDLE,
        rare=True,
        draw=pick("n", -1, -7, -100, 555, 999),
        small=True,
    ),
    Rule(
        "worth",
        (
            "The result is multiplied by {n:int} at the end.",
            "At the end, take the result {n:int} times.",
            "Return {n:int} times the result.",
            "Multiply the finished result by {n:int}.",
            "What is returned is the result times {n:int}.",
        ),
        ("multiply", "times", "factor"),
        "result = result * $n",
        lambda result, n: n * result,
        Stage.AFTER,
        draw=number(2, 5),
        bases=("total", "count"),
        small=True,
    ),
)


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
    rules=_RULES,
    inputs=_inputs,
)
