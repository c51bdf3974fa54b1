"""The protocol's four diagnostics (arXiv:2505.06120, section 6), from what results hold. Correlations, not interventions.

first attempt   performance by when the first answer was tried. The paper does not say what its position is relative
                to; with the turns actually taken an early success lies in the last bin by construction, so here
                it is the number of shards, and the other is `by_turns`
answer length   characters of the extracted answers, by attempt
middle turns    where the sources named in an answer were first shown; only worlds whose notes hold `citations`
verbosity       performance by how much was said a turn, ranked within every instruction
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from turnbench.degradation.comparison import Cell

BINS = 5


class Bin(NamedTuple):
    """Mean score in [0, 100] of what falls into one of the equal bins, None where nothing does, and how much does."""

    score: float | None
    conversations: int


def by_first_attempt(cells: Sequence[Cell], by_turns: bool = False) -> list[Bin]:
    """Performance of conversations by the relative position of their first attempt (0 at the first turn, 1 at the last), in
    five bins of 20 %.
    """
    scores: list[list[float]] = [[] for _ in range(BINS)]
    for cell in cells:
        for episode in cell.episodes:
            notes = episode.notes or {}
            if notes.get("attempts"):
                of = episode.turns if by_turns else notes["groups"]
                place = (notes["attempts"][0]["turn"] - 1) / max(1, of - 1)
                scores[min(BINS - 1, int(place * BINS))].append(100 * episode.score)
    return [Bin(float(np.mean(s)) if s else None, len(s)) for s in scores]


def by_verbosity(cells: Sequence[Cell]) -> list[Bin]:
    """Performance by quintile of characters said a turn, the briefest first; runs are ranked within their instruction.

    Needs at least five runs of each; empty otherwise.
    """
    scores: list[list[float]] = [[] for _ in range(BINS)]
    for cell in cells:
        n = cell.result.run.repeats
        if n < BINS:
            continue
        episodes = cell.episodes
        for start in range(0, len(episodes), n):
            runs = episodes[start : start + n]
            said = [sum(map(len, e.actions)) / max(1, e.turns) for e in runs]
            for rank, i in enumerate(np.argsort(said, kind="stable")):
                scores[rank * BINS // n].append(100 * runs[i].score)
    return [Bin(float(np.mean(s)) if s else None, len(s)) for s in scores] if any(scores) else []


class Length(NamedTuple):
    """Mean characters of the extracted answers of one attempt number, and of the right ones among them."""

    attempt: int
    mean: float
    right: float | None
    answers: int


def answer_lengths(cells: Sequence[Cell], most: int = 6) -> list[Length]:
    """By number of the attempt within its conversation, from 1; answers of no length are left out."""
    every: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for cell in cells:
        for episode in cell.episodes:
            for number, attempt in enumerate((episode.notes or {}).get("attempts", ()), start=1):
                if attempt["length"]:
                    every[number].append((attempt["length"], attempt["score"]))
    out = []
    for number in sorted(every)[:most]:
        right = [length for length, score in every[number] if score >= 1.0]
        out.append(
            Length(
                number,
                float(np.mean([length for length, _ in every[number]])),
                float(np.mean(right)) if right else None,
                len(every[number]),
            )
        )
    return out


def middle_turns(cells: Sequence[Cell]) -> dict[int, list[float]]:
    """Turn t to the shares of the sources cited at turn t that were first shown at turn 1, 2, ..., t; empty where no
    world tells. Sources that were never shown are left out.
    """
    counts: dict[int, Any] = {}
    for cell in cells:
        for episode in cell.episodes:
            for turn, row in enumerate((episode.notes or {}).get("citations", ()), start=1):
                have = counts.setdefault(turn, np.zeros(turn))
                have += np.asarray(row[:turn], dtype=float)
    return {t: (c / c.sum()).tolist() for t, c in sorted(counts.items()) if c.sum()}
