"""Which property a question means: the nearest known phrasing, by the content words they share.

Every phrase of the world is reduced to a set of stems. A stem weighs the more, the fewer properties use it (inverse
document frequency, Sparck Jones 1972); two sets are as near as the cosine of their weighted indicator vectors. A
question is understood when its nearest phrase is near enough and clearly nearer than any other property's. A word
that no phrase knows counts as a stem of the greatest weight, so "does it live in the Amazon" is not mistaken for
"does it live".
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from turnbench.envs.twentyq.language.vocabulary import FILLERS, NEGATIONS, STOPWORDS
from turnbench.envs.twentyq.language.words import negations, plain, stem

NEAR_ENOUGH = 0.74
"""Least cosine of an accepted phrase. This and MARGIN were set on the development questions, never on the published ones."""
MARGIN = 0.06
"""Least lead over the nearest phrase of another property."""
FAMILIAR = 0.7
"""Discount on a question's words that the phrase lacks but other phrases of the same property have."""
SAME = 0.999
"""From here on two sets of stems are the same."""
_RARE = 200
"""Candidates are the phrases that share a stem used by at most so many phrases (by any stem if there is none)."""
_MEMORY = 100_000
_NOTHING = ("", False, 0.0, "", 0.0)
_ROLES = frozenset({"act", "pas"})
_GENERIC = _ROLES | frozenset(
    map(
        stem,
        [
            "use",
            "have",
            "make",
            "find",
            "keep",
            "see",
            "go",
            "put",
            "need",
            "work",
            "thing",
            "person",
            "people",
            "human",
            "place",
            "time",
            "get",
            "take",
        ],
    )
)
"""A phrase of only such stems ("is it used by one person") is known word for word and in no other way."""

_STATES = frozenset(["is", "are", "was", "were", "be", "has", "have", "can", "could", "will", "would", "may", "might"])
_AUXILIARIES = frozenset(["does", "do", "did", "can", "could", "will", "would", "might", "may", "should", "must"])


class Match(NamedTuple):
    """The property meant, whether its opposite is asked, and how near the nearest phrase and its best rival are."""

    property: str
    opposite: bool
    nearness: float
    rival: str
    rival_nearness: float
    unknown: tuple[str, ...]


class _Word(NamedTuple):
    """What a word adds to a question: nothing at all, a stem or none, and whether no phrase knows it."""

    ignored: bool
    stem: str | None
    unknown: bool


class Content(NamedTuple):
    """Content stems of a question, the number of negations, and the words no phrase knows."""

    stems: frozenset[str]
    negations: int
    unknown: tuple[str, ...]


def role(words: Sequence[str]) -> str | None:
    """Who acts: "act" when the hidden thing does it ("does it eat"), "pas" when it is done to it ("is it eaten").

    Bags of words cannot tell "does it eat people" from "do people eat it"; this one extra feature can.
    """
    for i, word in enumerate(words):
        if word in ("it", "this", "that", "they"):
            before = words[i - 1] if i else ""
            after = words[i + 1 : i + 3]
            if before in ("is", "are", "was", "were", "be"):
                return None
            if not i:  # "it lives in water", "they eat meat"; but "it is eaten"
                return "act" if after and after[0] not in _STATES else None
            if after[:1] == ["be"]:  # "can it be eaten", but "might it be an animal"
                return "pas" if len(after) > 1 and after[1] not in ("a", "an", "the", "some", "made") else None
            return "act" if before in _AUXILIARIES and after else "pas"
    return None


def _spread(places: NDArray[np.int32], weight: float, size: int) -> NDArray[np.float32]:
    weights = np.zeros(size, dtype=np.float32)
    weights[places] = weight
    return weights


def _union(lists: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    """All numbers of the ascending `lists`, ascending and each once; shape (n,)."""
    if len(lists) == 1:
        return lists[0]
    rows = np.concatenate(lists)
    rows.sort()
    first = np.empty(len(rows), dtype=np.bool_)
    first[0] = True
    np.not_equal(rows[1:], rows[:-1], out=first[1:])
    return rows[first]


class PhraseBook:
    """All phrases of a world, indexed by stem."""

    def __init__(self, phrases: Iterable[tuple[str, str]], synonyms: Mapping[str, str]) -> None:
        self._synonyms = {stem(k): stem(v) for k, v in synonyms.items()}
        self._canonical_forms: dict[str, str] = {}
        self.vocabulary: Counter[str] = Counter()
        self._verbatim: dict[str, tuple[str, bool]] = {}
        found: list[tuple[str, bool, frozenset[str]]] = []
        for prop, phrase in phrases:
            text = plain(phrase.lstrip("!").lower())
            words = text.split()
            self.vocabulary.update(words)
            stems, denials = self._stems(words)
            self._verbatim.setdefault(text, (prop, phrase.startswith("!")))
            if stems:
                found.append((prop, phrase.startswith("!") ^ bool(denials % 2), stems))
        rows = self._undisputed([row for row in found if not row[2] <= _GENERIC])
        users: dict[str, set[str]] = {}
        for prop, _, stems in rows:
            for s in stems:
                users.setdefault(s, set()).add(prop)
        self._asked_with = users
        total = len({prop for prop, _, _ in rows})
        self._same = {stems: (prop, opposite) for prop, opposite, stems in reversed(rows)}
        self._weight = {s: math.log((total + 1) / len(props)) ** 2 for s, props in users.items()}
        self._unknown_weight = math.log(total + 1) ** 2
        self._properties = sorted({prop for prop, _, _ in rows})
        number = {p: i for i, p in enumerate(self._properties)}
        self._owner = np.array([number[prop] for prop, _, _ in rows], dtype=np.int32)
        self._opposite = [opposite for _, opposite, _ in rows]
        norms = [math.sqrt(sum(self._weight[s] for s in sorted(stems))) for _, _, stems in rows]
        self._inverse_norm = np.array([1.0 / n if n else 0.0 for n in norms], dtype=np.float32)
        postings: dict[str, list[int]] = {}
        for i, (_, _, stems) in enumerate(rows):
            for s in stems:
                postings.setdefault(s, []).append(i)
        self._postings = {s: np.array(p, dtype=np.int32) for s, p in postings.items()}
        self._nearest: dict[frozenset[str], tuple[str, bool, float, str, float]] = {}
        self._users = {s: np.array([number[p] for p in sorted(props)], dtype=np.int32) for s, props in users.items()}
        # Of stems that many phrases have: what they add to every phrase, their weight or 0.
        self._common = {s: _spread(p, self._weight[s], len(rows)) for s, p in self._postings.items() if len(p) > _RARE}
        self._words: dict[str, _Word] = {}

    @staticmethod
    def _undisputed(
        rows: Sequence[tuple[str, bool, frozenset[str]]],
    ) -> list[tuple[str, bool, frozenset[str]]]:
        """Where phrases of several properties reduce to the same stems, those of the property that came first stay.

        Canonical questions come before all other phrases, so a property keeps the stems of its own question.
        """
        owner: dict[frozenset[str], str] = {}
        return [row for row in rows if owner.setdefault(row[2], row[0]) == row[0]]

    def verbatim(self, text: str) -> tuple[str, bool] | None:
        """(property, opposite) of a phrase that is known word for word, or None. `text` comes from `plain`."""
        return self._verbatim.get(text)

    def _stems(self, words: Sequence[str]) -> tuple[frozenset[str], int]:
        stems = {self._canonical(w) for w in words if w not in STOPWORDS and w not in NEGATIONS}
        return self._with_role(stems, words), negations(words)

    def _with_role(self, stems: set[str], words: Sequence[str]) -> frozenset[str]:
        if (who := role(words)) is not None:
            stems.add(who)
        if stems <= _ROLES:
            # A question of stop words only ("is it a person?") still has a content word: keep what there is.
            stems |= {
                self._canonical(w)
                for w in words
                if w in ("person", "people", "human", "man", "woman", "thing", "object")
            }
        return frozenset(stems)

    def _canonical(self, word: str) -> str:
        known = self._canonical_forms.get(word)
        if known is None:
            s = stem(word)
            known = self._synonyms.get(s, s)
            if len(self._canonical_forms) < _MEMORY:
                self._canonical_forms[word] = known
        return known

    def content(self, words: Sequence[str]) -> Content:
        """Stems, negations and unknown words of a question that `plain` has prepared."""
        kept, stems, unknown = [], set(), []
        for word in words:
            ignored, s, strange = self._words.get(word) or self._of_word(word)
            if ignored:
                continue
            kept.append(word)
            if s is not None:
                stems.add(s)
                if strange:
                    unknown.append(word)
        return Content(self._with_role(stems, kept), negations(kept), tuple(unknown))

    def _of_word(self, word: str) -> _Word:
        known = self._canonical(word) in self._weight
        s = None if word in STOPWORDS or word in NEGATIONS else self._canonical(word)
        found = _Word(word in FILLERS and not known, s, not known)
        if len(self._words) < _MEMORY:
            self._words[word] = found
        return found

    def strangers(self, content: Content, prop: str) -> int:
        """Number of content words that no phrase of `prop` uses: many where the question is about more."""
        return sum(prop not in self._asked_with.get(s, ()) for s in content.stems - _ROLES)

    def nearest(self, content: Content) -> Match | None:
        """The nearest property and its best rival; None where no stem is known."""
        same = self._same.get(content.stems)
        if same is not None:
            return Match(same[0], same[1] ^ bool(content.negations % 2), 1.0, "", 0.0, content.unknown)
        found = self._nearest.get(content.stems)
        if found is None:
            found = self._search(content.stems)
            if len(self._nearest) >= _MEMORY:
                self._nearest.clear()
            self._nearest[content.stems] = found
        if found is _NOTHING:
            return None
        prop, opposite, nearness, rival, rival_nearness = found
        return Match(prop, opposite ^ bool(content.negations % 2), nearness, rival, rival_nearness, content.unknown)

    def _search(self, stems: frozenset[str]) -> tuple[str, bool, float, str, float]:
        # In one order on every machine: the sums below are in floating point. Roles only matter for equal stems.
        known = sorted(s for s in stems if s in self._postings and s not in _ROLES)
        if not known:
            return _NOTHING
        rare = [s for s in known if s not in self._common] or known
        rows = _union([self._postings[s] for s in rare])
        hit, familiar = np.zeros(len(rows), dtype=np.float32), np.zeros(len(self._properties), dtype=np.float32)
        total = sum(self._unknown_weight for s in stems if s not in self._weight and s not in _ROLES)
        for s in known:
            weight = self._weight[s]
            total += weight
            if s in rare:  # all its phrases are candidates
                hit[rows.searchsorted(self._postings[s])] += weight
            else:
                hit += self._common[s].take(rows)
            familiar[self._users[s]] += weight
        owners = self._owner.take(rows)
        # Words beyond the phrase that other phrases of its property use count little.
        length = total - FAMILIAR * (familiar.take(owners) - hit)
        scores = hit * self._inverse_norm.take(rows) / np.sqrt(np.maximum(length, 1e-6))
        best = int(scores.argmax())
        owner, nearness = owners[best], float(scores[best])
        scores[owners == owner] = 0.0
        rival = int(scores.argmax())
        return (
            self._properties[owner],
            self._opposite[rows[best]],
            nearness,
            self._properties[owners[rival]],
            float(scores[rival]),
        )
