"""Mends typing errors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from rapidfuzz.distance import OSA

from turnbench.envs.twentyq.language.words import stem

_DOUBLED = re.compile(r"(.)\1")


class Speller:
    """Mends typing errors against a fixed vocabulary: one edit from four letters on, two from eight on.

    An edit is an insertion, deletion, substitution or swap of neighbours (optimal string alignment); the first letter
    must agree, or be the second one of a swap. Of several equally close words those come first that differ only in doubled
    letters ("realy"); of the rest one must be at least twice as frequent in `vocabulary` as the others, or there is no
    correction.
    """

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._known = Counter(vocabulary)
        self._words = frozenset(self._known)
        self._by_shape: dict[tuple[str, int], list[str]] = {}
        for word in sorted(self._known):
            if len(word) >= 4:
                self._by_shape.setdefault((word[0], len(word)), []).append(word)
        self._cache: dict[str, str | None] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._known

    def knows(self, words: Iterable[str]) -> bool:
        """Whether each of `words` is known."""
        return self._words.issuperset(words)

    def mend(self, word: str) -> str | None:
        """The word itself if known, the one closest known word, or None."""
        if word in self._known:
            return word
        if word in self._cache:
            return self._cache[word]
        found = self._search(word)
        if len(self._cache) < 100_000:
            self._cache[word] = found
        return found

    def _search(self, word: str) -> str | None:
        if len(word) < 4 or not word.replace(" ", "").isalpha():
            return None
        reach = 1 if len(word) < 8 else 2
        best: list[str] = []
        best_distance = reach + 1
        for first in {word[0], word[1]}:
            for size in range(len(word) - reach, len(word) + reach + 1):
                for candidate in self._by_shape.get((first, size), ()):
                    if first != word[0] and candidate[1] != word[0]:
                        continue
                    distance = OSA.distance(word, candidate, score_cutoff=reach)
                    if distance < best_distance:
                        best, best_distance = [candidate], distance
                    elif distance == best_distance <= reach:
                        best.append(candidate)
        if len(best) > 1:
            best = [b for b in best if _DOUBLED.sub(r"\1", b) == _DOUBLED.sub(r"\1", word)] or best
        if len(best) > 1 and len({stem(b) for b in best}) > 1:
            best.sort(key=lambda b: -self._known[b])
            if self._known[best[0]] < 2 * self._known[best[1]]:
                return None
        return best[0] if best else None
