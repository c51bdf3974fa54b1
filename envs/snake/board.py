"""The board of Snake: its geometry, its text, and both directions between them.

A cell is a number, row * size + column, both counted from 0 at the top left. A move is an index into `MOVES`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

MOVES = ("up", "down", "left", "right")
_STEPS = ((-1, 0), (1, 0), (0, -1), (0, 1))  # (rows, columns) of each move
NOWHERE = -1
"""Stands for a cell beyond the edge, for an apple that is not there, and for a text that names no move."""

# Letters and digits on either side make another word of it; punctuation and underscores do not.
_MOVE = re.compile(r"(?<![^\W_])(?:up|down|left|right)(?![^\W_])")
# The lengths are bounded, so that no text however long is worth reading for long.
_ROW = re.compile(r"\bRow \d{1,2}: ([a-z0-9 ]{1,200})\.")


class Board(NamedTuple):
    """What is where: the snake's cells, head first, and the apple's cell (or NOWHERE)."""

    size: int
    snake: tuple[int, ...]
    apple: int

    @property
    def head(self) -> int:
        """Cell of the head."""
        return self.snake[0]

    def beside(self, move: int) -> int:
        """Cell that the head would move to, NOWHERE beyond the edge."""
        return neighbours(self.size)[self.head][move]

    def deadly(self, move: int) -> bool:
        """Whether the move kills. The tail's cell does not: the tail leaves it in the same move, and an apple, which
        would hold the tail back, never lies there.
        """
        cell = self.beside(move)
        return cell == NOWHERE or cell in self.snake[:-1]

    def after(self, move: int) -> Board:
        """The board after a move that does not kill; an apple eaten is gone and the snake one longer."""
        cell = self.beside(move)
        if cell == self.apple:
            return Board(self.size, (cell, *self.snake), NOWHERE)
        return Board(self.size, (cell, *self.snake[:-1]), self.apple)

    def toward_apple(self) -> list[int]:
        """The moves (one or two) that come nearer to the apple as if nothing were in the way; none without an apple."""
        if self.apple == NOWHERE:
            return []
        rows = self.apple // self.size - self.head // self.size
        columns = self.apple % self.size - self.head % self.size
        return [m for m, (r, c) in enumerate(_STEPS) if r * rows + c * columns > 0]

    def word(self, cell: int) -> str:
        """What the observation calls a cell."""
        if cell == NOWHERE:
            return "edge"
        if cell == self.apple:
            return "apple"
        if cell not in self.snake:
            return "empty"
        segment = self.snake.index(cell)
        return str(segment + 1) if segment else "head"

    def text(self) -> str:
        """A sentence per row, a word per cell: "Row 1: empty head 2 apple. Row 2: ..."; the whole state is in it."""
        words = ["empty"] * self.size**2
        if self.apple != NOWHERE:
            words[self.apple] = "apple"
        for segment, cell in enumerate(self.snake):
            words[cell] = str(segment + 1) if segment else "head"
        n = self.size
        return " ".join(f"Row {r + 1}: {' '.join(words[r * n : r * n + n])}." for r in range(n))


def read_board(text: str) -> Board | None:
    """The board whose `text` stands in this one; None where there is no sound one."""
    rows = [row.split() for row in _ROW.findall(text)]
    size = len(rows)
    if size == 0 or any(len(row) != size for row in rows):
        return None
    words = [word for row in rows for word in row]
    at = {word: cell for cell, word in enumerate(words) if word != "empty"}
    if len(at) + words.count("empty") != len(words):
        return None  # a word that may come once came twice
    apple = at.pop("apple", NOWHERE)
    names = ["head", *(str(k) for k in range(2, len(at) + 1))]
    if any(name not in at for name in names):
        return None  # a word that is none, or a segment without the one before it
    return Board(size, tuple(at[name] for name in names), apple)


def read_move(text: str) -> int:
    """The last move named in a text of any length, NOWHERE if it names none."""
    found = NOWHERE
    for match in _MOVE.finditer(text.lower()):
        found = MOVES.index(match[0])
    return found


@lru_cache(maxsize=16)
def neighbours(size: int) -> tuple[tuple[int, ...], ...]:
    """For every cell the four cells that the moves lead to, NOWHERE beyond the edge."""
    table = []
    for row in range(size):
        for column in range(size):
            reached = [(row + r, column + c) for r, c in _STEPS]
            table.append(tuple(r * size + c if 0 <= r < size and 0 <= c < size else NOWHERE for r, c in reached))
    return tuple(table)


@lru_cache(maxsize=16)
def symmetries(size: int) -> tuple[tuple[int, ...], ...]:
    """The eight turns and mirrorings of the square; each says for every cell where it goes."""
    images = []
    for swap in (False, True):
        for flip_rows in (False, True):
            for flip_columns in (False, True):
                image = []
                for cell in range(size**2):
                    row, column = divmod(cell, size)
                    row, column = (
                        (size - 1 - row if flip_rows else row),
                        (size - 1 - column if flip_columns else column),
                    )
                    image.append(column * size + row if swap else row * size + column)
                images.append(tuple(image))
    return tuple(images)


def canonical(board: Board) -> str:
    """Text that is the same for all eight images of a board: the cells of the lexicographically smallest image."""
    least = min((*(image[c] for c in board.snake), image[board.apple]) for image in symmetries(board.size))
    return f"{board.size} by {board.size}: snake {' '.join(map(str, least[:-1]))}, apple {least[-1]}"
