"""Performance, aptitude and unreliability of repeated runs (arXiv:2505.06120, section 4.2). Pure functions on arrays.

For one instruction with scores S_1..S_N in [0, 100]: performance is their mean, aptitude A90 their 90th percentile,
unreliability U the 90th less the 10th percentile, reliability 100 - U. All are taken per instruction and then averaged.
The paper does not say how percentiles between two scores are taken; here linearly. They move in steps that depend on N
(with ten binary scores, nine successes give A 100 and U 10, eight give A 100 and U 100), so values of different N are
never compared.

Intervals resample instructions within every task. Where all instructions of every task agree that would claim certainty, so there
the exact one takes its place (`_exact`). Differences are tested by Fisher's randomisation test (`paired`).

Axis suffixes: `_I` instruction, `_N` run of it, `_B` bootstrap sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from turnbench.statistics import RESAMPLES

Array = NDArray[np.float64]
TEST = "two-sided sign-flip randomisation test over instructions (Fisher 1935)"
"""What every p-value here comes from."""
_ALL_SIGNS = 13
"""Up to so many instructions all assignments of signs are counted, 2**13 = 8192; for more, `RESAMPLES` are drawn."""
_TAIL = 0.025


class Range(NamedTuple):
    """A value and its 95 % interval."""

    value: float
    low: float
    high: float


class Metrics(NamedTuple):
    """Of one task in one setting, or averaged over tasks; all but the counts in [0, 100]."""

    performance: Range
    aptitude: Range
    unreliability: Range
    reliability: Range
    first: float
    """Mean score of the first attempt of a conversation, 0 without one."""
    last: float
    """Mean score of the last attempt."""
    instructions: int
    runs: int
    """Of every instruction."""


def per_instruction(scores_IN: Array) -> tuple[Array, Array, Array]:
    """(performance, aptitude, unreliability) of every instruction, each of shape (I,)."""
    high_I = np.percentile(scores_IN, 90, axis=1, method="linear")
    low_I = np.percentile(scores_IN, 10, axis=1, method="linear")
    return scores_IN.mean(axis=1), high_I, high_I - low_I


def metrics_of(tasks: Sequence[Array], first: Sequence[Array], last: Sequence[Array], seed: int = 0) -> Metrics:
    """Metrics averaged over tasks, each task weighing the same.

    Args:
        tasks: scores of shape (I, N) per task.
        first: scores of the first attempts, of the same shapes.
        last: scores of the last attempts.
        seed: of the bootstrap.

    Raises:
        ValueError: no task, or tasks with different numbers of runs, whose aptitudes cannot be averaged.
    """
    if not tasks or len({t.shape[1] for t in tasks}) != 1:
        raise ValueError("metrics need at least one task, and the same number of runs in all")
    values = [per_instruction(t) for t in tasks]
    draws = [_draws(len(t), seed, i) for i, t in enumerate(tasks)]

    def averaged(which: int) -> Range:
        value = float(np.mean([v[which].mean() for v in values]))
        if all(np.ptp(v[which]) == 0 for v in values):
            return _exact([float(v[which][0]) for v in values], min(len(t) for t in tasks))
        samples_B = np.mean([v[which][d].mean(axis=1) for v, d in zip(values, draws, strict=True)], axis=0)
        low, high = np.quantile(samples_B, [0.025, 0.975])
        return Range(value, float(low), float(high))

    unreliability = averaged(2)
    return Metrics(
        averaged(0),
        averaged(1),
        unreliability,
        Range(100 - unreliability.value, 100 - unreliability.high, 100 - unreliability.low),
        float(np.mean([f.mean() for f in first])),
        float(np.mean([x.mean() for x in last])),
        sum(len(t) for t in tasks),
        tasks[0].shape[1],
    )


def _exact(values: Sequence[float], instructions: int) -> Range:
    """Interval of the mean over tasks, where in each of them every instruction has the same value in [0, 100].

    Clopper and Pearson 1934 for the share of instructions that have it: seeing nothing else in all of them has a probability of 2.5 % when
    the share is 0.025 ** (1 / their number). The others may lie anywhere, in the tasks where that moves the mean most. For one task
    at 0 or 100 it is the interval of a binomial proportion.

    Args:
        values: of every task.
        instructions: the fewest of a task.
    """
    tasks = len(values)
    mean = float(np.mean(values))
    elsewhere = tasks * (1 - _TAIL ** (1 / (tasks * instructions)))

    def at_most(moves: Sequence[float]) -> float:
        left, total = elsewhere, 0.0
        for move in sorted(moves, reverse=True):
            total += move * min(1.0, left)
            left = max(0.0, left - 1.0)
        return total / tasks

    return Range(mean, max(0.0, mean - at_most(values)), min(100.0, mean + at_most([100 - v for v in values])))


def ratio(part: Sequence[Array], whole: Sequence[Array], seed: int = 0) -> Range | None:
    """Mean over tasks of (mean of `part` / mean of `whole`), in percent: the paper's headline. None where a whole is 0.

    The bootstrap draws the same instructions for both, because they were played on the same ones.
    """
    if any(w.mean() == 0 for w in whole):
        return None
    pairs = [(p.mean(axis=1), w.mean(axis=1)) for p, w in zip(part, whole, strict=True)]
    samples = []
    for i, (p_I, w_I) in enumerate(pairs):
        draws = _draws(len(p_I), seed, i)
        below_B = w_I[draws].mean(axis=1)
        samples.append(np.divide(p_I[draws].mean(axis=1), below_B, out=np.full(len(draws), np.nan), where=below_B > 0))
    low, high = np.nanquantile(np.mean(samples, axis=0), [0.025, 0.975])
    return Range(100 * float(np.mean([p.mean() / w.mean() for p, w in pairs])), 100 * float(low), 100 * float(high))


class Paired(NamedTuple):
    """A setting less another on the same instructions: mean difference of performance, and a two-sided p-value."""

    difference: Range
    p_value: float
    instructions: int
    """Of all tasks together."""


def paired(part: Sequence[Array], whole: Sequence[Array], seed: int = 0) -> Paired:
    """`part` less `whole`, each task weighing the same.

    The test flips the signs of the instructions' differences (Fisher's randomisation test): where no difference is, each
    instruction's could as well have come out the other way round. All assignments are counted where there are few; else drawn
    ones are, and the observed one among them.
    """
    differences = [p.mean(axis=1) - w.mean(axis=1) for p, w in zip(part, whole, strict=True)]
    value = float(np.mean([d.mean() for d in differences]))
    samples_B = np.mean([d[_draws(len(d), seed, i)].mean(axis=1) for i, d in enumerate(differences)], axis=0)
    low, high = np.quantile(samples_B, [_TAIL, 1 - _TAIL])
    return Paired(
        Range(value, float(low), float(high)),
        _p_value(differences, abs(value) - 1e-12, seed),
        sum(len(d) for d in differences),
    )


def _p_value(differences: Sequence[Array], least: float, seed: int) -> float:
    """Share of the assignments of signs whose mean is at least so far from 0."""
    weighed_I = np.concatenate([d / len(d) for d in differences]) / len(differences)
    if len(weighed_I) <= _ALL_SIGNS:
        bits = np.arange(2 ** len(weighed_I))[:, None] >> np.arange(len(weighed_I)) & 1
        return float((np.abs((1.0 - 2.0 * bits) @ weighed_I) >= least).mean())
    rng = np.random.default_rng(seed)
    flipped_B = np.mean(
        [(d * rng.choice((-1.0, 1.0), size=(RESAMPLES, len(d)))).mean(axis=1) for d in differences], axis=0
    )
    return (int((np.abs(flipped_B) >= least).sum()) + 1) / (RESAMPLES + 1)


def smallest_p(instructions: int) -> float:
    """The smallest p-value that so many instructions can give: all differences alike, in either direction."""
    return (
        2.0 ** (1 - instructions) if instructions <= _ALL_SIGNS else max(2.0 ** (1 - instructions), 1 / (RESAMPLES + 1))
    )


def _draws(instructions: int, seed: int, task: int) -> NDArray[np.int64]:
    """Indices of resampled instructions, shape (B, I)."""
    return np.random.default_rng([seed, task]).integers(instructions, size=(RESAMPLES, instructions))
