"""Aliased rooms, loose steps: which levers there are is known or nearly so, their order is not.

A loose step falls in any room alike, so the code matters to it only by how often each lever stands in it. Hypotheses are therefore bags:
how often each lever stands in all rooms but the last, together with the last lever (which a step to the exit gives away). Within a bag
every order is equally likely, which keeps the posterior small and exact.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from turnbench.envs.incontext.families.corridor.evidence import Loose, Vector

Floats = NDArray[np.float64]


@lru_cache(maxsize=8)
def bags(levers: int, rooms: int) -> NDArray[np.int64]:
    """All ways to fill `rooms` with levers, orders aside: rows of counts by lever."""
    rows = [np.bincount(c, minlength=levers) for c in itertools.combinations_with_replacement(range(levers), rooms)]
    return np.array([r[:levers] for r in rows], np.int64).reshape(-1, levers)


@lru_cache(maxsize=8)
def prior(levers: int, rooms: int) -> Floats:
    """Probability of every bag when every code is equally likely."""
    return np.array([orders(row) for row in bags(levers, rooms).tolist()]) / float(levers) ** rooms


def orders(counts: Sequence[int]) -> float:
    """Number of different orders of a bag."""
    return math.factorial(sum(counts)) / math.prod(map(math.factorial, counts))


class Belief(NamedTuple):
    """Weights of the hypotheses: a row for every bag of all rooms but the last, a column for every last lever."""

    length: int
    weights: Floats

    def ahead(self, passed: Sequence[int]) -> Floats:
        """By lever, how likely it is that the levers passed (numbers, fewer than rooms) come first and this one next, up to a factor."""
        levers, before = self.weights.shape[1], self.length - 1
        rows = bags(levers, before)
        used = np.bincount(np.array(passed, np.int64), minlength=levers)
        first = np.ones(len(rows))  # P(these come first | bag), up to a factor: falling factorials
        for lever, n in enumerate(used):
            for k in range(n):
                first *= np.maximum(rows[:, lever] - k, 0)
        if len(passed) == before:
            last: Floats = first @ self.weights
            return last
        return np.asarray((first * self.weights.sum(1)) @ np.maximum(rows - used, 0), float)


def believe(
    length: int,
    loose: Loose,
    exits: Sequence[Vector],
    *,
    games: tuple[int, ...],
    slip_counts: bool,
    noise: float,
    burst: float,
    together: bool,
) -> Belief:
    """Posterior of the hypotheses given loose steps.

    Args:
        length: number of rooms.
        loose: steps in unknown rooms.
        exits: likelihoods of the last room's lever, one for every step to the exit.
        games: for shuffled steps, the numbers of whole games they may come from, equally likely; () for steps of a game each.
        slip_counts: whether slips tell anything that the clicks do not.
        noise: chance that any lever was pulled.
        burst: chance that the records are of this level at all.
        together: whether the records, if of another level, are all of the same.
    """
    levers, before = len(loose.clicks), length - 1
    last = np.prod([np.ones(levers), *map(np.array, exits)], axis=0)
    rows = bags(levers, before)
    start = np.outer(prior(levers, before), np.full(levers, 1.0 / levers))
    like = np.outer(np.ones(len(rows)), last)
    clicks = np.array(loose.clicks)
    if games:  # drawn without replacement: every lever is clicked `g` times for every room it opens
        total = np.zeros(len(rows))
        for g in games:
            ways = np.ones(len(rows))
            for lever, k in enumerate(loose.clicks):
                ways *= np.array([math.comb(g * n, k) for n in range(before + 1)], float)[rows[:, lever]]
            total += ways / max(math.comb(g * before, int(clicks.sum())), 1) / len(games)
        like *= total[:, None] / orders(loose.clicks)
    elif before:
        like *= np.prod((rows / before) ** clicks, axis=1)[:, None]
    if any(loose.clunks) or (slip_counts and any(loose.slips)):
        everywhere = (rows[:, None, :] + np.eye(levers)[None, :, :]) / length  # bag, last lever, lever
        like *= np.prod((1 - everywhere) ** np.array(loose.clunks), axis=2)
        if slip_counts:
            like *= np.prod(((1 - noise) * everywhere + noise / levers) ** np.array(loose.slips), axis=2)
    same = start * like
    evidence = float(same.sum())
    if not evidence:
        return Belief(length, start)
    # A step of any other level has each lever alike.
    apart = evidence if together else float(np.prod([sum(v) / levers for v in exits]))
    if not together:
        apart *= levers ** -float(sum(loose.clicks) + sum(loose.slips)) * (1 - 1 / levers) ** sum(loose.clunks)
    return Belief(length, burst * same / apart + (1 - burst) * start)
