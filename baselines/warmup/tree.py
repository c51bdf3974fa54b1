"""Texts that branch: segments that see their parent up to a place, and themselves, and nobody else sees them.

A belief asked for after every answer, a fact, a verdict: each is learned in its place in the conversation, without
being visible to what follows, and the conversation is encoded once. All segments of a lesson go on from its beginning,
which carries no loss and is computed once for all lessons that share it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from turnbench.baselines.lm.llama import LlamaForward
from turnbench.baselines.lm.scoring import logits_before, micro_batches
from turnbench.baselines.lm.tree import Row, Segment, pack


@dataclass(frozen=True)
class Lesson:
    """A beginning, and segments in an order in which parents come first."""

    beginning: tuple[int, ...]
    segments: tuple[Segment, ...]

    @property
    def size(self) -> int:
        """Number of tokens, the beginning's once."""
        return len(self.beginning) + sum(len(s.tokens) for s in self.segments)

    @property
    def learned(self) -> int:
        """Number of tokens that carry loss."""
        return sum(len(s.learned) for s in self.segments)


def paths(lesson: Lesson) -> Iterator[tuple[list[int], list[int], str]]:
    """The lesson as ordinary texts: (tokens, learned positions, kind) for each segment that teaches something."""
    for segment in lesson.segments:
        if segment.learned:
            before = _before(lesson, segment)
            yield [*before, *segment.tokens], [len(before) + i for i in segment.learned], segment.kind


def _before(lesson: Lesson, segment: Segment) -> list[int]:
    if segment.parent < 0:
        return list(lesson.beginning)
    parent = lesson.segments[segment.parent]
    return [*_before(lesson, parent), *parent.tokens[: segment.at]]


def rows_of(lesson: Lesson) -> list[Row]:
    """A lesson's segments, cut into those that see nothing of each other."""
    rows: list[Row] = []
    place: list[tuple[int, int]] = []
    for s in lesson.segments:
        if s.parent < 0:
            rows.append([s])
            place.append((len(rows) - 1, 0))
        else:
            row, parent = place[s.parent]
            rows[row].append(Segment(s.tokens, s.learned, parent, s.at, s.kind))
            place.append((row, len(rows[row]) - 1))
    return rows


def losses(forward: Any, lessons: Sequence[Lesson], limit: int = 2048) -> Iterator[tuple[Tensor, list[str]]]:
    """Negative log-likelihood (N,) of the learned tokens with gradients, micro-batch by micro-batch, and their kinds.

    Args:
        forward: a `LlamaForward`, which packs; or any transformers model, for which each segment is a text of its own.
        lessons: what to learn. The first token of a lesson's first-level segments carries no loss.
        limit: padded tokens in a micro-batch.
    """
    if isinstance(forward, LlamaForward):
        together: dict[tuple[int, ...], list[Row]] = {}
        for lesson in lessons:
            together.setdefault(lesson.beginning, []).extend(rows_of(lesson))
        for beginning, rows in together.items():
            start = torch.tensor([beginning], device=forward.device)
            for batch in micro_batches([sum(len(s.tokens) for s in row) for row in rows], limit):
                packed = pack([rows[i] for i in batch], len(beginning)).to(forward.device)
                hidden = forward.hidden_at(
                    packed.tokens_RT, packed.positions_RT, forward.past(start), packed.mask_R1TS, packed.sources_N2
                )
                logits = forward.logits(hidden).float()
                yield functional.cross_entropy(logits, packed.targets_N, reduction="none"), packed.kinds_N
        return
    texts = [p for lesson in lessons for p in paths(lesson)]
    for batch in micro_batches([len(t) for t, _, _ in texts], limit):
        chosen = [texts[i] for i in batch]
        logits = logits_before(forward, [t for t, _, _ in chosen], [w for _, w, _ in chosen])
        targets = torch.tensor([t[p] for t, w, _ in chosen for p in w], device=logits.device)
        kinds = [k for _, w, k in chosen for _ in w]
        yield functional.cross_entropy(logits, targets, reduction="none"), kinds
