"""Gradual revealing: the same instructions told in 1, 2, ... messages (arXiv:2505.06120, section on gradual sharding, figure 5c).

An instruction of k pieces is told in m <= k messages by merging neighbouring pieces; with m = k it is the sharded setting, which
is not played again for that. The paper merges 31 instructions of eight pieces; here instructions may differ in their number of
pieces, so a row m holds those that have at least m, and is compared with one message on these alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from turnbench.degradation.comparison import Cell, Comparison
from turnbench.degradation.metrics import Array, Metrics, Paired, metrics_of, paired
from turnbench.degradation.plan import ALL_PIECES


class Step(NamedTuple):
    """Instructions told in so many messages."""

    messages: int
    metrics: Metrics
    worlds: int
    """That have instructions of so many pieces."""
    less_one: Paired | None
    """Against the same instructions in one message; None for one message."""


class _Scores(NamedTuple):
    """Of the instructions of a world that have enough pieces, each of shape (I, N)."""

    all: Array
    first: Array
    last: Array
    in_one_message: Array


def gradual_steps(played: Comparison, worlds: Sequence[str] | None = None) -> list[Step]:
    """A step for every number of messages, averaged over worlds that each weigh the same; empty where none was played so."""
    chosen = [w for w in (played.worlds if worlds is None else worlds) if (w, 1) in played.gradual]
    steps = []
    for messages in range(1, max((max(played.pieces[w]) for w in chosen), default=0) + 1):
        found = [_scores(played, w, messages) for w in chosen if max(played.pieces[w]) >= messages]
        steps.append(
            Step(
                messages,
                metrics_of([s.all for s in found], [s.first for s in found], [s.last for s in found]),
                len(found),
                None if messages == 1 else paired([s.all for s in found], [s.in_one_message for s in found]),
            )
        )
    return steps


def _scores(played: Comparison, world: str, messages: int) -> _Scores:
    pieces_I = np.asarray(played.pieces[world])
    sharded, one = played.cells[world, ALL_PIECES], played.gradual[world, 1]
    merged = played.gradual.get((world, messages), sharded)
    complete_I1 = (pieces_I == messages)[:, None]
    enough_I = pieces_I >= messages

    def of(which: int | None) -> Array:
        part, whole = (_of(cell, which) for cell in (merged, sharded))
        return np.where(complete_I1, whole, part)[enough_I]

    return _Scores(of(None), of(0), of(-1), one.scores_IN[enough_I])


def _of(cell: Cell, which: int | None) -> Array:
    return cell.scores_IN if which is None else cell.attempts_IN(which)
