"""Texts that branch, side by side in one batch: segments see their parent up to a place, and themselves.

A row begins with one segment; others go on from a place in one of the row's earlier segments, as several replies to one
prompt do. What two segments share is computed once, and neither sees the other. All rows of a batch may go on from one
beginning, which is computed once for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Segment:
    """A run of tokens that goes on from place `at` of segment `parent`, or from the lesson's beginning (-1).

    `learned` are the indices of the tokens that carry loss; `kind` names what they teach, for the curves.
    """

    tokens: tuple[int, ...]
    learned: tuple[int, ...]
    parent: int = -1
    at: int = 0
    kind: str = "reply"


Row = list[Segment]
"""Segments that hang together: the first goes on from the beginning, parents are indices within the row."""


@dataclass
class Packed:
    """Rows of one beginning as a padded batch."""

    tokens_RT: Tensor
    positions_RT: Tensor
    mask_R1TS: Tensor
    """True where a token (row) sees another (column); the beginning's P tokens come first, all seen."""
    sources_N2: Tensor
    """Row and index of the token that predicts each learned token."""
    targets_N: Tensor
    kinds_N: list[str]

    def to(self, device: torch.device) -> Packed:
        """The same on a device."""
        return Packed(
            self.tokens_RT.to(device),
            self.positions_RT.to(device),
            self.mask_R1TS.to(device),
            self.sources_N2.to(device),
            self.targets_N.to(device),
            self.kinds_N,
        )


def pack(rows: Sequence[Row], beginning: int) -> Packed:
    """Lay rows out side by side, after a beginning of that many tokens."""
    T = max(sum(len(s.tokens) for s in row) for row in rows)
    tokens = np.zeros((len(rows), T), dtype=np.int64)
    positions = np.zeros((len(rows), T), dtype=np.int64)
    mask = np.zeros((len(rows), T, beginning + T), dtype=bool)
    mask[:, :, :beginning] = True
    mask[:, np.arange(T), beginning + np.arange(T)] = True  # padding sees itself, so that no row is empty
    triangle = np.tril(np.ones((T, T), dtype=bool))
    sources, targets, kinds = [], [], []
    for r, row in enumerate(rows):
        sees = mask[r, :, beginning:]
        starts: list[int] = []
        firsts: list[int] = []  # position of each segment's first token
        at = 0
        for s in row:
            n, first, origin = len(s.tokens), beginning, 0
            if s.parent >= 0:
                origin = starts[s.parent]
                first = firsts[s.parent] + s.at
                sees[at : at + n, :origin] = sees[origin, :origin]  # what the parent's first token saw before it
                sees[at : at + n, origin : origin + s.at] = True
            starts.append(at)
            firsts.append(first)
            tokens[r, at : at + n] = s.tokens
            positions[r, at : at + n] = np.arange(first, first + n)
            sees[at : at + n, at : at + n] = triangle[:n, :n]
            for i in s.learned:
                sources.append((r, at + i - 1 if i else origin + s.at - 1))
                targets.append(s.tokens[i])
                kinds.append(s.kind)
            at += n
    return Packed(
        torch.from_numpy(tokens),
        torch.from_numpy(positions),
        torch.from_numpy(mask[:, None]),
        torch.tensor(sources),
        torch.tensor(targets),
        kinds,
    )
