"""A linear reader of questions: which property do these words ask about?

Where no known phrase has the same content words, a linear classifier over words and pairs of neighbouring words decides.
It was fitted once to the world's phrases (`python -m turnbench.envs.twentyq.language.fit WORLD`) and is committed as small
integers in `data/<world>/reader.npz`, so that every machine computes the same sum, whatever its libraries. It knows
nothing but those phrases.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from turnbench.envs.twentyq.language.vocabulary import FILLERS, NEGATIONS, STOPWORDS
from turnbench.envs.twentyq.language.words import stem

WEIGHT_SCALE = 64
"""Weights are stored as integers of 1/64."""
IMPORTANCE_SCALE = 16
"""So are the features' importances, in 1/16."""

_BITS = 32
_BIAS, _MASK = 1 << (_BITS - 1), (1 << _BITS) - 1
"""A class and its weight travel in one integer, class above: joining one array per feature takes half as long as two."""


class Reading(NamedTuple):
    """The property asked about, whether its opposite is asked, and how sure: a decision value around -1 (no) to 1."""

    property: str
    opposite: bool
    score: float


def features(words: Sequence[str]) -> set[str]:
    """Words, content words, and pairs of neighbours of each; negations are the caller's business."""
    words = [w for w in words if w not in NEGATIONS]
    stems = [stem(w) for w in words]
    content = [s for w, s in zip(words, stems, strict=True) if w not in STOPWORDS and w not in FILLERS]
    found = {f"c {s}" for s in content}
    found |= {f"w {s}" for s in stems}
    found |= {f"b {a} {b}" for a, b in zip(stems, stems[1:], strict=False)}
    found |= {f"d {a} {b}" for a, b in zip(content, content[1:], strict=False)}
    return found


class LinearReader:
    """The committed weights of one world.

    The arrays of the file: `features` (text, one a line), `importance` (int16, per feature), `start` (int32, where each
    feature's weights begin), `classes` (text, one a line; "!" in front for the opposite), `column` (int16) and `weight`
    (int8), `intercept` (int16), `fitted_to` (hash of the phrases).
    """

    def __init__(self, data: bytes) -> None:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            self.fitted_to = str(file["fitted_to"])
            names = bytes(file["features"]).decode().split("\n")
            self._classes = bytes(file["classes"]).decode().split("\n")
            importance, start = file["importance"].tolist(), file["start"].tolist()
            column, weight = file["column"].astype(np.int64), file["weight"].astype(np.int64)
            self._intercept = file["intercept"].astype(np.float64) / WEIGHT_SCALE
        sizes = np.repeat(np.array(importance, dtype=np.int64), np.diff(start))
        packed = (column << _BITS) + weight * sizes + _BIAS
        self._rows = {name: (importance[i], packed[start[i] : start[i + 1]]) for i, name in enumerate(names)}
        self._unknown = 2 * max(importance) ** 2 if importance else 0

    def read(self, words: Sequence[str]) -> Reading | None:
        """The likeliest property; None where no feature is known. Exact integer sums, so the same everywhere."""
        rows = []
        length = 0
        for name in features(words):
            row = self._rows.get(name)
            if row is not None:
                importance, packed = row
                rows.append(packed)
                length += importance * importance
            elif name[0] == "c":
                length += self._unknown  # a content word that no phrase has makes every reading less sure
        if not rows:
            return None
        every = np.concatenate(rows)
        # Whole numbers far below 2**53, so exact in any order.
        sums = np.bincount(every >> _BITS, (every & _MASK) - _BIAS, minlength=len(self._classes))
        scores = sums / (math.sqrt(length) * WEIGHT_SCALE) + self._intercept
        best = int(scores.argmax())
        name = self._classes[best]
        return Reading(name.lstrip("!"), name.startswith("!"), float(scores[best]))
