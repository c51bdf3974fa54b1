"""The lake: its cells, how a move goes, and how lakes are drawn.

A lake is a square of cells numbered row by row, 0 (the start, top left) to size * size - 1 (the goal, bottom right).
Each cell is one letter: S start, F ice, H hole, G goal. Start and goal are never holes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from turnbench.errors import UsageError
from turnbench.randomness import RandomStream
from turnbench.splits import split_of

SIZES = (4, 8)
ACTIONS = ("up", "down", "left", "right")
SIDEWAYS = {"up": ("left", "right"), "down": ("left", "right"), "left": ("up", "down"), "right": ("up", "down")}
_OFFSET = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}


@dataclass(frozen=True, slots=True)
class Lake:
    """A map. `cells` holds size * size letters, row by row."""

    size: int
    cells: str

    @property
    def goal(self) -> int:
        """Number of the goal's cell."""
        return self.size * self.size - 1

    @property
    def map(self) -> str:
        """The rows joined by "/", such as "SFFF/FHFH/FFFH/HFFG"."""
        return "/".join(self.cells[i : i + self.size] for i in range(0, len(self.cells), self.size))

    def content(self) -> str:
        """Canonical content: the smaller of the map and its mirror image about the diagonal from start to goal.

        Mirroring swaps down with right and up with left and nothing else, so both are one instance.
        """
        return min(self.map, self.mirrored().map)

    def mirrored(self) -> Lake:
        """The lake with rows and columns exchanged."""
        n = self.size
        return Lake(n, "".join(self.cells[column * n + row] for row in range(n) for column in range(n)))

    def neighbour(self, position: int, direction: str) -> int | None:
        """The cell in that direction, or None beyond the edge."""
        down, right = _OFFSET[direction]
        row, column = position // self.size + down, position % self.size + right
        return row * self.size + column if 0 <= row < self.size and 0 <= column < self.size else None

    def move(self, position: int, direction: str) -> int:
        """Where a move in that direction ends; against the edge it ends where it began."""
        cell = self.neighbour(position, direction)
        return position if cell is None else cell


def slides(direction: str, slippery: bool) -> tuple[str, ...]:
    """The directions a move may really take, all equally likely: only its own, or its own and the two sideways.

    As in FrozenLake of the Gymnasium library (`is_slippery`).
    """
    return (direction, *SIDEWAYS[direction]) if slippery else (direction,)


def distances(lake: Lake) -> list[int]:
    """Moves from every cell to the goal over ice, shape (cells,); -1 where there is no way, holes included."""
    far = [-1] * len(lake.cells)
    far[lake.goal] = 0
    front = [lake.goal]
    for cell in front:  # grows while it is read: breadth first
        for direction in ACTIONS:
            near = lake.neighbour(cell, direction)
            if near is not None and far[near] < 0 and lake.cells[near] != "H":
                far[near] = far[cell] + 1
                front.append(near)
    return far


def solvable(lake: Lake) -> bool:
    """Whether a path over ice leads from start to goal."""
    return distances(lake)[0] >= 0


def key_of(lake: Lake) -> str:
    """The instance key "size:content"."""
    return f"{lake.size}:{lake.content()}"


def draw_lake(rng: RandomStream, size: int, split: str) -> Lake:
    """A lake of the split ("all": any): every cell but the start and the goal is a hole with probability 1/5; drawn
    again until there is a path and the content is in the split.
    """
    while True:
        inner = "".join("F" if rng.below(5) else "H" for _ in range(size * size - 2))
        lake = Lake(size, f"S{inner}G")
        if solvable(lake) and (split == "all" or split_of(key_of(lake)) == split):
            return lake


def parse_map(text: object, size: int) -> Lake:
    """The lake that a map in the notation of `Lake.map` describes.

    Raises:
        UsageError: it is malformed, of another size, or has no path from start to goal.
    """
    rows = text.split("/") if isinstance(text, str) else []
    cells = "".join(rows)
    square = len(rows) == size and all(len(row) == size for row in rows)
    if not square or cells[0] != "S" or cells[-1] != "G" or cells[1:-1].strip("FH"):
        raise UsageError(
            f"The map is {size} rows of {size} letters joined by '/', S first, G last and F (ice) or H (hole) between "
            f"them, not {repr(text)[:100]}."
        )
    lake = Lake(size, cells)
    if not solvable(lake):
        raise UsageError(f"The map {lake.map!r} has no path from S to G: leave some ice between them.")
    return lake


def all_lakes(size: int) -> Iterable[Lake]:
    """Every solvable lake, each mirror image included: 2 ** (size * size - 2) are tried, so only for size 4."""
    inner = size * size - 2
    for holes in range(1 << inner):
        lake = Lake(size, "S" + "".join("H" if holes >> i & 1 else "F" for i in range(inner)) + "G")
        if solvable(lake):
            yield lake


def fixed_route_ceiling(size: int, maps: Sequence[Lake]) -> float:
    """Share of the maps crossed by the best route that is the same on every map, whatever the map shows.

    Exact over all routes of 2 * (size - 1) moves, which go down and right only. No longer route is better on maps as
    they are drawn: a route is safe with probability 0.8 ** (cells between start and goal), and those are the fewest.
    For maps that are not slippery.

    Raises:
        UsageError: there is no map.
    """
    if not maps:
        raise UsageError("The ceiling of fixed routes needs at least one map.")
    holes = [sum(1 << i for i, cell in enumerate(lake.cells) if cell == "H") for lake in maps]
    best = 0
    for downs in combinations(range(2 * (size - 1)), size - 1):
        position, cells = 0, 0
        for k in range(2 * (size - 1)):
            position += size if k in downs else 1
            cells |= 1 << position
        best = max(best, sum(not cells & each for each in holes))
    return best / len(maps)
