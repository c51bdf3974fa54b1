"""Scripted players. They know the rules and see what any agent sees: the map, or once the map and then their moves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from turnbench.envs.frozenlake.maps import ACTIONS, Lake, distances, slides
from turnbench.envs.frozenlake.words import read_map, read_move
from turnbench.episode import History
from turnbench.randomness import RandomStream


class _Player:
    """What the players share: where they stand, and randomness fixed by the history's seed."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self.slippery = bool(arguments["slippery"])
        self.blind = bool(arguments["blind"])
        self.budget = int(arguments["budget"])

    def forget(self, episode: str) -> None:
        """Nothing is kept of an episode."""

    @staticmethod
    def rng(history: History) -> RandomStream:
        return RandomStream.from_parts("player", history.agent_seed, len(history.turns))

    def where(self, history: History) -> tuple[Lake, int] | None:
        """Lake and cell, from what was said; None where no map was shown."""
        if not self.blind:
            return read_map(history.observation)
        seen = read_map(history.opening.observation)
        if seen is None:
            return None
        lake, position = seen
        for turn in history.turns:
            direction = read_move(turn.observation)
            if direction is not None:
                position = lake.move(position, direction)
        return lake, position


class RandomWalker(_Player):
    """Any of the four moves."""

    def reply(self, history: History) -> str:
        return self.rng(history).choice(ACTIONS)


class Novice(_Player):
    """Deliberately mediocre: it heads down and right, shuns most holes beside it and never plans.

    One move in four is any of the four. Otherwise, of down and right where they stay on the map, it drops each that
    leads into a hole with probability 1/2 and takes any of the rest; with none left, any move that neither leaves the
    map nor leads into a hole.
    """

    def reply(self, history: History) -> str:
        rng = self.rng(history)
        seen = self.where(history)
        if seen is None or rng.below(4) == 0:
            return rng.choice(ACTIONS)
        lake, position = seen
        open_cells = {d: cell for d in ACTIONS if (cell := lake.neighbour(position, d)) is not None}
        holes = [d for d, cell in open_cells.items() if lake.cells[cell] == "H"]
        ahead = [d for d in ("down", "right") if d in open_cells and not (d in holes and rng.below(2))]
        return rng.choice(ahead or [d for d in open_cells if d not in holes] or ACTIONS)


class Reference(_Player):
    """Plans on the map: a shortest path, and on slippery ice the plan that most often arrives in the moves left."""

    def reply(self, history: History) -> str:
        seen = self.where(history)
        if seen is None:
            return self.rng(history).choice(ACTIONS)
        lake, position = seen
        if self.slippery:
            return best_moves(lake, self.budget)[max(self.budget - len(history.turns), 1)][position]
        far = distances(lake)
        steps = [
            (far[cell], d) for d in ACTIONS if (cell := lake.neighbour(position, d)) is not None and far[cell] >= 0
        ]
        return min(steps, key=lambda step: step[0])[1] if steps else ACTIONS[0]


@lru_cache(maxsize=64)
def best_moves(lake: Lake, budget: int) -> tuple[tuple[str, ...], ...]:
    """For every number of moves left (0 to budget) the best move in every cell of slippery ice, shape (budget + 1,
    cells). Value iteration backward from the last move; of equal moves the first counts.
    """
    return _plan(lake, budget)[0]


def best_chance(lake: Lake, budget: int) -> float:
    """Probability that the best plan crosses this slippery lake within `budget` moves."""
    return _plan(lake, budget)[1]


def _plan(lake: Lake, budget: int) -> tuple[tuple[tuple[str, ...], ...], float]:
    inside = range(len(lake.cells))
    ends = [[[lake.move(cell, way) for way in slides(d, True)] for d in ACTIONS] for cell in inside]
    chance = [1.0 if lake.cells[cell] == "G" else 0.0 for cell in inside]
    plan = [tuple(ACTIONS[0] for _ in inside)]
    for _ in range(budget):
        moves, better = [], list(chance)
        for cell in inside:
            values = [(chance[a] + chance[b] + chance[c]) / 3 for a, b, c in ends[cell]]
            moves.append(ACTIONS[values.index(max(values))])
            if lake.cells[cell] in "SF":
                better[cell] = max(values)
        plan.append(tuple(moves))
        chance = better
    return tuple(plan), chance[0]
