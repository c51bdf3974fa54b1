"""Scripted players of Snake. They see what any agent sees."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from turnbench.envs.snake.board import MOVES, NOWHERE, Board, neighbours, read_board
from turnbench.episode import History
from turnbench.randomness import RandomStream

_ALL = range(len(MOVES))


class _Player(ABC):
    """Reads the board from the last observation; randomness is fixed by the history's seed."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self.apples = int(arguments["apples"])

    def reply(self, history: History) -> str:
        board = read_board(history.observation)
        if board is None:
            return MOVES[0]  # the world never says so before the end
        rng = RandomStream.from_parts("player", history.agent_seed, len(history.turns))
        return MOVES[self.move(board, rng)]

    @abstractmethod
    def move(self, board: Board, rng: RandomStream) -> int:
        """Which of MOVES."""

    def forget(self, episode: str) -> None:  # noqa: B027 - no player of this file remembers anything
        """Nothing is kept."""


class RandomMover(_Player):
    """Any of the four moves."""

    def move(self, board: Board, rng: RandomStream) -> int:
        return rng.below(len(MOVES))


class Novice(_Player):
    """Goes toward the apple, often looks where it steps, never plans, and now and then moves at random."""

    slip = 0.15
    """Probability of any move at all."""
    care = 0.7
    """Probability of dropping a move toward the apple that kills."""

    def move(self, board: Board, rng: RandomStream) -> int:
        if rng.random() < self.slip:
            return rng.below(len(MOVES))
        toward = board.toward_apple()
        if toward:
            chosen = rng.choice(toward)
            if not board.deadly(chosen) or rng.random() >= self.care:
                return chosen
        safe = [m for m in _ALL if not board.deadly(m)]
        return rng.choice(safe or list(_ALL))


class Reference(_Player):
    """Takes the shortest way to the apple after which it can still reach its own tail; without one, the move that
    keeps its tail in reach and the most space free.

    Ways go round the moving body: a cell that a segment leaves in time is free. A snake that can reach its tail can
    follow it for ever. The last apple needs no such care.
    """

    def move(self, board: Board, rng: RandomStream) -> int:
        last = len(board.snake) - 2 == self.apples - 1  # it was born with two segments
        ways = [(len(way), way) for m in _ALL if (way := self._way_after(board, m))]
        for _, way in sorted(ways):
            if last or _reaches_tail(_walked(board, way)):
                return way[0]
        return max(_ALL, key=lambda m: self._worth(board, m))

    @staticmethod
    def _way_after(board: Board, move: int) -> list[int]:
        """The shortest way to the apple that begins with this move; empty where there is none."""
        if board.deadly(move):
            return []
        then = board.after(move)
        if then.apple == NOWHERE:
            return [move]
        rest = shortest_way(then, then.apple)
        return [move, *rest] if rest else []

    @staticmethod
    def _worth(board: Board, move: int) -> tuple[bool, bool, int]:
        """Whether the move lives, whether the tail stays in reach, and how many cells do."""
        if board.deadly(move):
            return False, False, 0
        then = board.after(move)
        return True, _reaches_tail(then), _space(then)


def shortest_way(board: Board, goal: int) -> list[int]:
    """Fewest moves from the head to a cell, breadth first; empty where there is no way.

    Segment i of n (head 0) has left its cell after n - i moves, so the t-th move may enter it from t = n - i on.
    The apple counts as an empty cell, so a way through it is right only as its end.
    """
    free_from = {cell: len(board.snake) - i for i, cell in enumerate(board.snake)}
    came: dict[int, tuple[int, int]] = {}  # cell: the cell before, and the move
    layer, t = [board.head], 0
    while layer and goal not in came:
        t += 1
        following = []
        for cell in layer:
            for move, reached in enumerate(neighbours(board.size)[cell]):
                if reached != NOWHERE and reached not in came and free_from.get(reached, 0) <= t:
                    came[reached] = cell, move
                    following.append(reached)
        layer = following
    if goal not in came:
        return []
    way: list[int] = []
    cell = goal
    while not way or cell != board.head:
        cell, move = came[cell]
        way.append(move)
    return way[::-1]


def _walked(board: Board, way: list[int]) -> Board:
    for move in way:
        board = board.after(move)
    return board


def _reaches_tail(board: Board) -> bool:
    return bool(shortest_way(board, board.snake[-1]))


def _space(board: Board) -> int:
    """Number of empty cells that the head can reach around the body as it lies."""
    seen = dict.fromkeys(board.snake)
    stack = [board.head]
    while stack:
        for reached in neighbours(board.size)[stack.pop()]:
            if reached != NOWHERE and reached not in seen:
                seen[reached] = None
                stack.append(reached)
    return len(seen) - len(board.snake)
