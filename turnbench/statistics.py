"""Intervals and comparisons. Pure functions on arrays; the random generator is always passed in.

Scores of episodes that played the same instance are not independent, so whole instances are resampled (cluster
bootstrap; Cameron, Gelbach and Miller 2008). Where every score is the same 0 or 1 a bootstrap would claim certainty;
there the exact binomial interval on the number of instances is used instead (Clopper and Pearson 1934).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
_Z_975, _Z_80 = 1.959964, 0.841621


class Estimate(NamedTuple):
    """A mean with its interval, and how the interval was made."""

    mean: float
    low: float
    high: float
    method: str


class PairedDifference(NamedTuple):
    """Mean of a - b over paired episodes; `resolvable` is the smallest true difference that this many pairs detect
    with 80 % power at the 5 % level (two-sided, normal approximation).
    """

    mean: float
    low: float
    high: float
    pairs: int
    instances: int
    resolvable: float


def _clusters(values: NDArray[np.float64], instances: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Per instance: sum of values and number of episodes."""
    _, inverse = np.unique(np.asarray(instances), return_inverse=True)
    return np.bincount(inverse, weights=values).astype(np.float64), np.bincount(inverse).astype(np.float64)


def bootstrap_means(
    values: Sequence[float], instances: Sequence[str], rng: np.random.Generator, resamples: int = RESAMPLES
) -> NDArray[np.float64]:
    """Means of `resamples` cluster resamples, shape (resamples,)."""
    sums, counts = _clusters(np.asarray(values, dtype=float), instances)
    n = len(sums)
    means = np.empty(resamples)
    for start in range(0, resamples, 1000):  # in blocks: a run of 100,000 instances must not need gigabytes
        stop = min(start + 1000, resamples)
        draw = rng.integers(n, size=(stop - start, n))
        means[start:stop] = sums[draw].sum(axis=1) / counts[draw].sum(axis=1)
    return means


def mean_with_interval(
    values: Sequence[float], instances: Sequence[str], rng: np.random.Generator, level: float = 0.95
) -> Estimate:
    """Mean of per-episode values and its interval at `level`. Raises ValueError on no values or unequal lengths."""
    if not values or len(values) != len(instances):
        raise ValueError(f"{len(values)} values and {len(instances)} instances")
    mean = float(np.mean(values))
    tail = (1 - level) / 2
    if len(set(values)) == 1 and values[0] in (0.0, 1.0):
        n = len(set(instances))
        edge = tail ** (1 / n)  # Clopper-Pearson at k = n, in closed form
        low, high = (edge, 1.0) if values[0] == 1.0 else (0.0, 1 - edge)
        return Estimate(mean, low, high, "exact binomial over instances")
    low, high = np.quantile(bootstrap_means(values, instances, rng), [tail, 1 - tail])
    return Estimate(mean, float(low), float(high), f"percentile bootstrap over instances, {RESAMPLES} resamples")


def paired_difference(
    a: Sequence[float],
    b: Sequence[float],
    instances: Sequence[str],
    rng: np.random.Generator,
    level: float = 0.95,
) -> PairedDifference:
    """Difference a - b of episodes played on the same seeds. Raises ValueError on no pairs or unequal lengths."""
    if not a or not len(a) == len(b) == len(instances):
        raise ValueError(f"{len(a)}, {len(b)} values and {len(instances)} instances")
    differences = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    tail = (1 - level) / 2
    means = bootstrap_means(differences.tolist(), instances, rng)
    low, high = np.quantile(means, [tail, 1 - tail])
    n = len(set(instances))
    spread = float(means.std())
    return PairedDifference(float(differences.mean()), float(low), float(high), len(a), n, (_Z_975 + _Z_80) * spread)
