"""Ideal scores of the workshop at its usual size: rows of four, two actions beyond the shortest way, no jams."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any, Final

import numpy as np

from turnbench.envs.incontext.families.workshop.env import VOCABULARIES, RewriteWorkshop
from turnbench.envs.incontext.families.workshop.game import FARTHEST, GADGETS, NEAREST
from turnbench.envs.incontext.families.workshop.operators import distances, moves, starts
from turnbench.envs.incontext.families.workshop.players import Nearest, Random, Reference, Replay
from turnbench.envs.incontext.ideal import EPISODES, Cell, exact, simulate, usual_contexts

LENGTH: Final = 4
SLACK: Final = 2

_SIMULATED: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    *usual_contexts((1, 4, 8, 16), wholes=(2, 4)),
    ("no records, no slack", {"context": "none", "slack": 0}),
    ("whole, no slack", {"slack": 0}),
    ("whole, first four operators", {"operators": "first"}),
    ("whole, last four operators", {"operators": "last"}),
)


def cells(episodes: int = EPISODES) -> Iterator[Cell]:
    """All cells; simulated ones over so many episodes each."""
    yield exact("gadgets known", 1.0)
    yield exact("whatever is shown", random_score(), "random")
    for vocabulary in VOCABULARIES:
        for name, arguments in _SIMULATED:
            given = {"vocabulary": vocabulary, **arguments}
            yield simulate(f"{vocabulary} letters, {name}", RewriteWorkshop, Reference, episodes, **given)
        for player in (Replay, Nearest, Random):
            for name, arguments in (("whole", {}), ("wrong level", {"burst": 0.0})):
                given = {"vocabulary": vocabulary, **arguments}
                yield simulate(f"{vocabulary} letters, {name}", RewriteWorkshop, player, episodes, **given)


def random_score(length: int = LENGTH, slack: int = SLACK) -> float:
    """Chance of any gadget in every turn to come to the target in time, over all levels and starts."""
    total = []
    for chosen in combinations(range(len(moves(length))), GADGETS):
        steps, far = moves(length)[list(chosen)], distances(length, chosen)
        reached = np.eye(far.shape[0])  # chance to have come from a row to a target in so many steps, [row, target]
        after = [reached]
        for _ in range(FARTHEST + slack):
            reached = reached[steps].mean(axis=0)
            np.fill_diagonal(reached, 1.0)
            after.append(reached)
        row, target = starts(length, chosen, NEAREST, FARTHEST).T
        total.append(float(np.array(after)[far[row, target] + slack, row, target].mean()))
    return sum(total) / len(total)
