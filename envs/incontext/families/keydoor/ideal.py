"""Ideal scores of the dark room, by size and by what is shown of the key; slips of 0.1.

Exact ones are over all levels. With a known compass the test split holds few (125 in rooms of five), so that what is simulated there may
lie above what is possible on average.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

from turnbench.envs.incontext.families.keydoor.env import DarkKeyDoor
from turnbench.envs.incontext.families.keydoor.game import KeyDoor
from turnbench.envs.incontext.families.keydoor.players import Nearest, Random, Reference, Replay
from turnbench.envs.incontext.ideal import EPISODES, Cell, exact, simulate, usual_contexts

SLIP: Final = 0.1
SIZES: Final = (7, 5)

_VIEWS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("key shown", {}),
    ("key hidden", {"key": "hidden"}),
    ("key hidden, no jingle", {"key": "hidden", "jingle": False}),
)
_SIMULATED: Final = usual_contexts((1, 8, 16, 24))


def cells(episodes: int = EPISODES) -> Iterator[Cell]:
    """All cells; simulated ones over so many episodes each."""
    for size in SIZES:
        yield exact(f"{size} x {size}, level known", knowing_all(size))
        yield exact(f"{size} x {size}, no records, compass known: at most", knowing_nothing(size))
        for view, shown in _VIEWS:
            for name, arguments in _SIMULATED:
                given = {"size": size, **shown, **arguments}
                yield simulate(f"{size} x {size}, {view}, {name}", DarkKeyDoor, Reference, episodes, **given)
        given = {"size": size, "context": "none", "vocabulary": "fixed"}
        yield simulate(f"{size} x {size}, no records, compass known", DarkKeyDoor, Reference, episodes, **given)
        for player in (Replay, Nearest, Random):
            for name, arguments in (("whole", {}), ("wrong level", {"burst": 0.0})):
                given = {"size": size, **arguments}
                yield simulate(f"{size} x {size}, key shown, {name}", DarkKeyDoor, player, episodes, **given)


def firm(steps: int, slip: float) -> list[float]:
    """Probability that n of so many steps do not slip, by n."""
    return [math.comb(steps, n) * (1 - slip) ** n * slip ** (steps - n) for n in range(steps + 1)]


def knowing_all(size: int, slip: float = SLIP) -> float:
    """Who knows the level walks the shortest way: the chance to get there in time, over all three cells."""
    chances = firm(KeyDoor(size, True, True, True).longest, slip)
    enough = [sum(chances[n:]) for n in range(len(chances))]
    cells = [divmod(cell, size) for cell in range(size * size)]
    total = count = 0.0
    for key in cells:
        near = [abs(key[0] - row) + abs(key[1] - column) for row, column in cells]
        for door, ahead in enumerate(near):
            for start, before in enumerate(near):
                if before and ahead and start != door:
                    total += enough[before + ahead]
                    count += 1
    return total / count


def knowing_nothing(size: int, slip: float = SLIP) -> float:
    """No player wins more often who is shown nothing. A step that does not slip tries one cell at most, for the key first and then,
    from the step after it was found, for the door: of n steps n(n - 1)/2 pairs, each right with probability 1 / ((c - 1)(c - 2)) in a
    room of c cells, since the start is neither.
    """
    cells = size * size
    pairs = (cells - 1) * (cells - 2)
    return sum(
        p * min(n * (n - 1) / 2 / pairs, 1.0) for n, p in enumerate(firm(KeyDoor(size, True, True, True).longest, slip))
    )
