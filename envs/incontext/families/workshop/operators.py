"""What gadgets do to a row of letters, and how far one row is from another.

A row is a tuple of letters 0, 1, 2; its number is read off as in base three, the first letter counting most.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

Row = tuple[int, ...]
LETTERS: Final = 3
FAR: Final = 255
"""Distance of what cannot be reached."""


def _bump(letter: int) -> int:
    """The next letter of the ring."""
    return (letter + 1) % LETTERS


OPERATORS: Final[dict[str, Callable[[Row], Row]]] = {
    "moves the first letter to the end": lambda r: (*r[1:], r[0]),
    "reverses the row": lambda r: r[::-1],
    "swaps the first two letters": lambda r: (r[1], r[0], *r[2:]),
    "bumps the first letter": lambda r: (_bump(r[0]), *r[1:]),
    "moves the last letter to the front": lambda r: (r[-1], *r[:-1]),
    "swaps the last two letters": lambda r: (*r[:-2], r[-1], r[-2]),
    "bumps the last letter": lambda r: (*r[:-1], _bump(r[-1])),
    "bumps every letter": lambda r: tuple(map(_bump, r)),
}
"""Each half holds different ones of a kind, so that one half can be kept for testing."""
NAMES: Final = tuple(OPERATORS)
BUMPS: Final = frozenset(i for i, name in enumerate(NAMES) if name.startswith("bumps"))
CHOICES: Final[dict[str, tuple[int, ...]]] = {
    "all": tuple(range(8)),
    "first": tuple(range(4)),
    "last": tuple(range(4, 8)),
}
"""Which operators may occur, by the argument `operators`."""


@lru_cache
def rows(length: int) -> tuple[Row, ...]:
    """All rows, by number."""
    return tuple(product(range(LETTERS), repeat=length))


def number(row: Row) -> int:
    """A row's number."""
    value = 0
    for letter in row:
        value = LETTERS * value + letter
    return value


@lru_cache
def moves(length: int) -> NDArray[np.intp]:
    """Number of the row that operator i makes of row j, [8, 3**length]."""
    return np.array([[number(do(row)) for row in rows(length)] for do in OPERATORS.values()])


@lru_cache(maxsize=256)
def distances(length: int, operators: tuple[int, ...]) -> NDArray[np.uint8]:
    """Fewest steps from row i to row j with these operators (in ascending order), [3**length, 3**length]; `FAR` where none do."""
    steps = moves(length)[list(operators)]
    found = np.full((steps.shape[1], steps.shape[1]), FAR, dtype=np.int16)
    np.fill_diagonal(found, 0)
    while True:
        shorter = np.minimum(found, np.minimum(FAR, 1 + found[steps].min(axis=0)))
        if np.array_equal(shorter, found):
            return found.astype(np.uint8)
        found = shorter


@lru_cache(maxsize=256)
def starts(length: int, operators: tuple[int, ...], nearest: int, farthest: int) -> NDArray[np.intp]:
    """Pairs (row, target) at such a distance, that together show all three letters, [n, 2], in ascending order."""
    far = distances(length, operators)
    shown = np.array([[letter in row for letter in range(LETTERS)] for row in rows(length)])
    all_three = (shown[:, None] | shown[None, :]).all(axis=2)
    return np.argwhere((far >= nearest) & (far <= farthest) & all_three)
