"""Performance, aptitude and unreliability of repeated runs (arXiv:2505.06120, section 4.2). Pure functions on arrays.

For one instruction with scores S_1..S_N in [0, 100]: performance is their mean, aptitude A90 their 90th percentile,
unreliability U the 90th less the 10th percentile, reliability 100 - U. All are taken per instruction and then averaged.
The paper does not say how percentiles between two scores are taken; here linearly. They move in steps that depend on N
(with ten binary scores, nine successes give A 100 and U 10, eight give A 100 and U 100), so values of different N are
never compared.

Axis suffixes: `_I` instruction, `_N` run of it, `_B` bootstrap sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from turnbench.statistics import RESAMPLES

Array = NDArray[np.float64]


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
        seed: of the bootstrap, which resamples instructions within every task (stratified).

    Raises:
        ValueError: no task, or tasks with different numbers of runs, whose aptitudes cannot be averaged.
    """
    if not tasks or len({t.shape[1] for t in tasks}) != 1:
        raise ValueError("metrics need at least one task, and the same number of runs in all")
    values = [per_instruction(t) for t in tasks]
    draws = [_draws(len(t), seed, i) for i, t in enumerate(tasks)]

    def averaged(which: int) -> Range:
        value = float(np.mean([v[which].mean() for v in values]))
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


def paired(part: Sequence[Array], whole: Sequence[Array], seed: int = 0) -> Paired:
    """`part` less `whole`, each task weighing the same.

    The test flips the signs of the instructions' differences at random (Fisher's randomisation test): where no difference is, each
    instruction's could as well have come out the other way round. The observed assignment counts among them.
    """
    rng = np.random.default_rng(seed)
    differences = [p.mean(axis=1) - w.mean(axis=1) for p, w in zip(part, whole, strict=True)]
    value = float(np.mean([d.mean() for d in differences]))
    samples_B = np.mean([d[_draws(len(d), seed, i)].mean(axis=1) for i, d in enumerate(differences)], axis=0)
    flipped_B = np.mean(
        [(d * rng.choice((-1.0, 1.0), size=(RESAMPLES, len(d)))).mean(axis=1) for d in differences], axis=0
    )
    as_great = int((np.abs(flipped_B) >= abs(value) - 1e-12).sum())
    low, high = np.quantile(samples_B, [0.025, 0.975])
    return Paired(Range(value, float(low), float(high)), (as_great + 1) / (RESAMPLES + 1))


def _draws(instructions: int, seed: int, task: int) -> NDArray[np.int64]:
    """Indices of resampled instructions, shape (B, I)."""
    return np.random.default_rng([seed, task]).integers(instructions, size=(RESAMPLES, instructions))
