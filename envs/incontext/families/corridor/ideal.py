"""Ideal scores of the corridor at its usual size: six rooms, six levers, three lives, twelve pulls, slips of 0.1."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from turnbench.envs.incontext.families.corridor.bag import Belief, bags, orders
from turnbench.envs.incontext.families.corridor.env import ROOMS, LeverCorridor
from turnbench.envs.incontext.families.corridor.plan import Plan, chance_knowing
from turnbench.envs.incontext.families.corridor.players import Nearest, Random, Reference, Replay
from turnbench.envs.incontext.ideal import EPISODES, Cell, exact, simulate

LENGTH: Final = 6
LEVERS: Final = 6
LIVES: Final = 3
PULLS: Final = 2 * LENGTH
SLIP: Final = 0.1

_SIMULATED: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("no records", {"context": "none"}),
    ("wrong level", {"burst": 0.0}),
    ("whole", {}),
    ("two whole", {"demonstrations": 2}),
    ("prefixes, share 5/6", {"context": "prefix", "share": 5 / 6}),
    ("prefixes, share 4/6", {"context": "prefix", "share": 4 / 6}),
    ("prefixes, share 3/6", {"context": "prefix", "share": 3 / 6}),
    ("suffixes, share 3/6", {"context": "suffix", "share": 3 / 6}),
    *((f"{n} isolated", {"context": "isolated", "steps": n}) for n in (1, 6, 12, 24)),
    ("shuffled", {"context": "shuffled"}),
    ("whole, half of them of wrong levels", {"burst": 0.5}),
)


def cells(episodes: int = EPISODES) -> Iterator[Cell]:
    """All cells; simulated ones over so many episodes each."""
    for rooms in ROOMS:
        yield exact(f"{rooms}, no records", knowing(0))
        yield exact(f"{rooms}, whole", knowing(LENGTH))
        for n in (5, 4, 3, 1):
            yield exact(f"{rooms}, first {n} of {LENGTH} rooms", knowing(n))
        for n in (5, 4, 3, 1):
            yield exact(f"{rooms}, last {n} of {LENGTH} rooms", knowing(n, last=True))
    for n in (1, 6, 12, 24):
        yield exact(f"named, {n} isolated", isolated(n))
    yield exact("named, shuffled", knowing(LENGTH))
    yield exact("aliased, shuffled", shuffled())
    yield exact("aliased, shuffled, exit unseen", shuffled(exit_seen=False))
    yield exact("replay of a whole record, no slips", 1.0, "replay")
    for rooms in ROOMS:
        for name, arguments in _SIMULATED:
            yield simulate(f"{rooms}, {name}", LeverCorridor, Reference, episodes, rooms=rooms, **arguments)
        for player in (Replay, Nearest, Random):
            yield simulate(f"{rooms}, whole", LeverCorridor, player, episodes, rooms=rooms)
            yield simulate(f"{rooms}, wrong level", LeverCorridor, player, episodes, rooms=rooms, burst=0.0)


def knowing(rooms: int, last: bool = False) -> float:
    """Chance to win of a player who knows the levers of the first (or last) rooms and nothing of the others."""
    known = tuple(i >= LENGTH - rooms if last else i < rooms for i in range(LENGTH))
    return chance_knowing(known, LEVERS, LIVES, PULLS, SLIP)


def isolated(steps: int) -> float:
    """Named rooms: every isolated step, a slip as well, tells the lever of a room, any room alike."""
    total = 0.0
    for known in itertools.product((False, True), repeat=LENGTH):
        n = sum(known)
        # Chance that the steps fall in exactly these rooms, by inclusion and exclusion.
        exactly = sum((-1) ** (n - k) * math.comb(n, k) * (k / LENGTH) ** steps for k in range(n + 1))
        total += exactly * chance_knowing(known, LEVERS, LIVES, PULLS, SLIP)
    return total


def shuffled(exit_seen: bool = True) -> float:
    """Aliased rooms: the bag of levers is known, its order is not; the step to the exit tells the last one unless it is unseen."""
    rooms = LENGTH - 1 if exit_seen else LENGTH
    rows = bags(LEVERS, LENGTH - 1)
    where = {tuple(row): i for i, row in enumerate(rows.tolist())}
    total = 0.0
    for counts in _partitions(rooms, rooms):
        if len(counts) > LEVERS:
            continue
        bag = (*counts, *(0,) * (LEVERS - len(counts)))
        named = math.factorial(LEVERS) / math.prod(map(math.factorial, Counter(bag).values()))
        share = orders(bag) * named / LEVERS**rooms
        for last in range(LEVERS):
            if exit_seen:
                weights = np.zeros((len(rows), LEVERS))
                weights[where[bag], last] = 1.0
                total += share / LEVERS * Plan(Belief(LENGTH, weights), LIVES, SLIP).worth(PULLS)
        if not exit_seen:
            weights = np.zeros((len(rows), LEVERS))
            for last in (a for a in range(LEVERS) if bag[a]):
                weights[where[tuple(n - (a == last) for a, n in enumerate(bag))], last] = bag[last] / LENGTH
            total += share * Plan(Belief(LENGTH, weights), LIVES, SLIP).worth(PULLS)
    return total


def _partitions(n: int, most: int) -> Iterator[tuple[int, ...]]:
    """Ways to write n as a sum of positive numbers, the largest first."""
    if n == 0:
        yield ()
    for first in range(min(n, most), 0, -1):
        for rest in _partitions(n - first, first):
            yield (first, *rest)
