"""A linear reader of questions: which property do these words ask about?

Where no known phrase has the same content words, a bag of features decides: words, pairs of neighbouring words, pieces of
words, and the concepts that the thesaurus puts words under. Every feature is a short vector; their sum, brought to unit
length, is compared with one vector per property (Joulin et al. 2016, "Bag of tricks for efficient text classification").
It was fitted once to the world's phrases (`python -m turnbench.envs.twentyq.language.fit WORLD`) and is committed as small
integers in `data/<world>/reader.npz`; all that is added up are whole numbers, so every machine reads the same.
"""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from turnbench.envs.twentyq.language.thesaurus import phrase_concepts, thesaurus
from turnbench.envs.twentyq.language.vocabulary import FILLERS, STOPWORDS
from turnbench.envs.twentyq.language.words import denials, stem

IMPORTANCE_SCALE = 16
"""Importances of features are stored in 1/16."""
UNIT = 127
"""The sum of a question's features is brought to this length, and rounded: its parts are whole numbers up to it."""
PIECE = 4
"""Letters in a piece of a word."""
_SURE_BITS = 20
_TABLE, _RANGE = 4096, 16
_MEMORY = 100_000


class _Word(NamedTuple):
    """Rows of the vectors of a word's features, the sum of the squares of their importances, and what makes up pairs."""

    rows: list[int]
    length: int
    stem: str
    content: bool


class Reading:
    """The property asked about, whether its opposite is asked, and how sure the reader is."""

    __slots__ = ("_belief", "_scores", "opposite", "property")

    def __init__(
        self,
        prop: str,
        opposite: bool,
        scores: NDArray[np.float32],
        belief: Callable[[NDArray[np.float32]], float],
    ) -> None:
        self.property, self.opposite = prop, opposite
        self._scores, self._belief = scores, belief

    @property
    def score(self) -> float:
        """Share of belief in this reading, 0 to 1; worked out when asked for."""
        return self._belief(self._scores)


def is_content(word: str) -> bool:
    """Whether a word says something by itself."""
    return word not in STOPWORDS and word not in FILLERS


@lru_cache(maxsize=65536)
def word_features(word: str) -> tuple[str, ...]:
    """What a word tells by itself: its stem ("w" of a function word, "c" of a content word), its pieces ("g"), its
    concepts ("t").
    """
    s = stem(word)
    under = tuple(f"t {c}" for c in thesaurus().words.get(s, ()))
    if not is_content(word):
        return (f"w {s}", *under)
    padded = f"<{word}>"
    return (f"c {s}", *(f"g {padded[k : k + PIECE]}" for k in range(len(padded) - PIECE + 1)), *under)


def joint_features(stems: Sequence[str], content: Sequence[str]) -> list[str]:
    """What several words tell together, given their stems and those of the content words among them: pairs of neighbours
    ("b"), of content words only ("d"), concepts of phrases ("t").
    """
    found = [f"b {a} {b}" for a, b in itertools.pairwise(stems)]
    found += [f"d {a} {b}" for a, b in itertools.pairwise(content)]
    found += [f"t {c}" for c in phrase_concepts(stems)]
    return found


def affirmative(words: Sequence[str]) -> Sequence[str]:
    """`words` without what denies the question itself: that is the caller's business."""
    denied = denials(words)
    return [w for i, w in enumerate(words) if i not in denied] if denied else words


def features(words: Sequence[str]) -> list[str]:
    """All features of a question; one that two words share comes twice."""
    words = affirmative(words)
    joint = joint_features([stem(w) for w in words], [stem(w) for w in words if is_content(w)])
    return [*itertools.chain.from_iterable(map(word_features, words)), *joint]


class LinearReader:
    """The committed numbers of one world.

    The arrays of the file: `features` (text, one a line), `importance` (int16, per feature), `vector` (int8, features x
    size), `classes` (text, one a line; "!" in front for the opposite), `class_vector` (int8, classes x size), `bias`
    (int32, in units of the products), `gain` (float, brings sums to UNIT), `temperature` (float, units of the products per unit of log odds), `fitted_to`
    (hash of what it was fitted to).
    """

    def __init__(self, data: bytes) -> None:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            self.fitted_to = str(file["fitted_to"])
            names = bytes(file["features"]).decode().split("\n")
            classes = bytes(file["classes"]).decode().split("\n")
            self._squares = [i**2 for i in file["importance"].tolist()]
            # float32 holds whole numbers below 2**24 exactly: sums of a few hundred int8, and of int8 times int8.
            self._vector = file["vector"].astype(np.float32)
            self._class_vector = file["class_vector"].astype(np.float32)
            self._bias = file["bias"].astype(np.float32)
            gain, temperature = float(file["gain"]), float(file["temperature"])
        self._classes = [(name.lstrip("!"), name.startswith("!")) for name in classes]
        self._words: dict[str, _Word] = {}
        self._index = {name: i for i, name in enumerate(names)}
        self._unknown = max(self._squares, default=0)
        self._gain = gain * IMPORTANCE_SCALE
        self._steps = np.float32(_TABLE / (_RANGE * temperature))
        self._odds = np.array([round(math.exp(-_RANGE * i / _TABLE) * (1 << _SURE_BITS)) for i in range(_TABLE + 1)])

    def _of_word(self, word: str) -> _Word:
        names = word_features(word)
        known = [i for name in names if (i := self._index.get(name)) is not None]
        length = sum([self._squares[i] for i in known])
        if names[0][0] == "c" and names[0] not in self._index:
            length += self._unknown  # a content word that no phrase has makes every reading less sure
        found = _Word(known, length, stem(word), is_content(word))
        if len(self._words) < _MEMORY:
            self._words[word] = found
        return found

    def read(self, words: Sequence[str]) -> Reading | None:
        """The likeliest property; None where no feature is known."""
        words = affirmative(words)
        squares = self._squares
        of_words = [self._words.get(word) or self._of_word(word) for word in words]
        joint = joint_features([w.stem for w in of_words], [w.stem for w in of_words if w.content])
        known = [i for i in map(self._index.get, joint) if i is not None]
        length = sum([squares[i] for i in known])
        for of_word in of_words:
            known += of_word.rows
            length += of_word.length
        if not known:
            return None
        total = np.add.reduce(self._vector.take(known, axis=0))
        if not np.count_nonzero(total):
            return None
        unit = np.rint(total.astype(np.float64) * (self._gain / math.sqrt(length))).astype(np.float32)
        scores = self._class_vector @ unit
        scores += self._bias
        return Reading(*self._classes[int(scores.argmax())], scores, self._belief)

    def _belief(self, scores: NDArray[np.float32]) -> float:
        """Softmax of the best of `scores`, over a table of powers so that it is the same everywhere."""
        behind = np.minimum((scores.max() - scores) * self._steps, _TABLE)
        return (1 << _SURE_BITS) / int(self._odds[behind.astype(np.int64)].sum())
