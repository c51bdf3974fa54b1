"""Questions about measures: "bigger than a car?", "heavier than 10 kg?", "fits in a shoebox?", "is it heavy?"."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from turnbench.envs.twentyq.knowledge import NO, SOMETIMES, YES, Measure, Range, World
from turnbench.envs.twentyq.language.query import Kind, Query
from turnbench.envs.twentyq.language.references import References
from turnbench.envs.twentyq.language.spelling import Speller

_ARTICLES = r"(?:(?:a|an|the|your|my|me|our|his|her|their|average|typical|normal|standard|regular|adult|full grown|of|that of|size of|weight of|population of)\s+)*"
_WRONG_AS = re.compile(r"\b(\w+er|more \w+|less \w+) as\b(?! \w+ as\b)")
"""Some second-language players compare with "as": "bigger as a chair"."""
_OF_ANY_MEASURE = frozenset(["greater", "higher", "larger", "bigger", "lower", "smaller"])
_SLACK = 1e-6
_SAME_FACTOR, _DIFFERENT_FACTOR = 1.5, 2.5
"""Two ranges are of the same size when their middles differ by less than the first factor, not when by more than the second."""


def comparatives(adjective: str) -> tuple[str, ...]:
    """Its comparative as it may be spelled: "bigger" and "biger" from "big"."""
    if adjective.endswith("e"):
        return (adjective + "r",)
    if adjective.endswith("y"):
        return (adjective[:-1] + "ier",)
    return (adjective + "er", adjective + adjective[-1] + "er")


def _middle(span: Range) -> float:
    low, high = span
    return (low * high) ** 0.5 if low > 0 else (low + high) / 2


class Comparisons:
    """Understands the measures of one world."""

    def __init__(self, world: World, names: Speller) -> None:
        self._world = world
        self._references = References(world, names)
        self._measures = {m.id: m for m in world.measures}
        self._direction: dict[str, tuple[Measure, bool]] = {}
        for measure in world.measures:
            for words, up in ((measure.more, True), (measure.less, False)):
                for word in words:
                    self._direction.setdefault(word, (measure, up))
                    for comparative in comparatives(word):
                        self._direction.setdefault(comparative, (measure, up))
        self._logarithmic: set[str] = set()
        self._ranges: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
        for measure in world.measures:
            spans = [t.measures[measure.id] or (np.nan, np.nan) for t in world.things]
            low, high = np.array(spans, dtype=float).T
            if np.nanmin(low) > 0:
                self._logarithmic.add(measure.id)
                low, high = _logs(low), _logs(high)
            self._ranges[measure.id] = low, high
        every = "|".join(sorted(map(re.escape, self._direction), key=len, reverse=True))
        self._than = re.compile(
            rf"(?:\b(?P<degree>more|less|fewer)\s+)?(?:\b(?P<word>{every})\s+)?(?:in size |in weight |in length |in height )?(?:than|then)\s+{_ARTICLES}(?P<reference>.+)$"
        )
        self._of = re.compile(rf"\b(?P<word>{every}) of\s+{_ARTICLES}(?P<reference>.+)$")
        self._limit = re.compile(
            rf"\b(?P<degree>over|above|under|below|at least|at most|exceed|exceeds|exceeding|up to)\s+(?P<reference>.+?)(?:\s+(?P<word>{every}|size|length|height|weight))?$"
        )
        self._as = re.compile(rf"\bas (?P<word>{every}) as\s+{_ARTICLES}(?P<reference>.+)$")
        self._same = re.compile(
            rf"\b(?:same|similar|roughly|about|around|approximately|close) (?:in |to )?(?:the )?(?:same |similar )?(?P<word>size|weight|height|length)(?: as| to| of| with)?\s+{_ARTICLES}(?P<reference>.+)$"
        )
        self._fits = re.compile(
            rf"\bfits? (?:it |one )?(?:easily |comfortably |inside |into |in |within |entirely |completely |on |the back of |the palm of )+{_ARTICLES}(?P<reference>.+)$"
        )
        self._holds = re.compile(
            rf"^(?:would|could|can|does|do|will) {_ARTICLES}(?P<reference>.+?) (?:be able to )?fit (?:in|inside|into|on|within) it$"
        )
        self._absolute = re.compile(
            rf"^(?:(?:is|are|does) )?(?:it|this|they) (?:is |are )?(?:(?:a|an|something|considered|really|very|quite|relatively|pretty|fairly|usually|generally|typically|rather|physically|that is|which is|kind of|the|thing|object) )*(?P<word>{every})(?: (?:thing|object|item|in size|sized|city|place|size))?$"
        )

        # Each construction with the words without which it cannot be there.
        self._constructions = (
            (frozenset(("than", "then")), self._than, self._read_than),
            (frozenset(("as",)), self._as, self._read_as),
            (frozenset(("size", "weight", "height", "length")), self._same, self._read_same),
            (frozenset(self._direction), self._of, self._read_of),
            (frozenset(("fit", "fits")), self._fits, self._read_fits),
            (frozenset(("fit",)), self._holds, self._read_holds),
            (
                frozenset(["over", "above", "under", "below", "least", "most", "exceed", "exceeds", "exceeding", "up"]),
                self._limit,
                self._read_limit,
            ),
        )
        self._triggers = frozenset().union(*(triggers for triggers, _, _ in self._constructions))

    def read(self, text: str, words: list[str]) -> Query | None:
        """The question about a measure that `text` (from `plain`) asks, or None; `words` are those of `text`."""
        if self._triggers.isdisjoint(words):
            return None
        if " as" in text:
            text = _WRONG_AS.sub(r"\1 than", text)
            words = text.split()
        for triggers, pattern, reader in self._constructions:
            if triggers.isdisjoint(words):
                continue
            if (found := pattern.search(text)) and (query := reader(found, text)) is not None:
                return query
        if len(words) <= 9 and not self._direction.keys().isdisjoint(words) and (found := self._absolute.match(text)):
            measure, up = self._direction[found["word"]]
            if measure.absolute is not None:
                return self._query(f"{measure.id} {'big' if up else 'small'}", measure, measure.absolute, up)
        return None

    def is_comparison(self, text: str) -> bool:
        """Whether `text` compares by a measure's adjective or with an amount, understood or not."""
        found = self._than.search(text)
        return found is not None and (
            found["word"] is not None or self._implied(text, found["reference"])[0] is not None
        )

    def _read_than(self, found: re.Match[str], text: str) -> Query | None:
        degree, word = found["degree"], found["word"]
        measure, up = self._direction[word] if word else self._implied(text, found["reference"])
        if measure is None:
            return None
        if degree in ("less", "fewer"):
            up = not up if word else False
        elif not word and degree is None:
            return None
        query = self._against(measure, found["reference"], up)
        if query is None and word in _OF_ANY_MEASURE:  # "its mass is greater than 10 kg": the unit says what is meant
            implied, _ = self._implied(text, found["reference"])
            query = None if implied is None else self._against(implied, found["reference"], up)
        return query

    def _read_of(self, found: re.Match[str], text: str) -> Query | None:
        # "North of Paris"; nobody says "big of".
        measure, up = self._direction[found["word"]]
        return self._against(measure, found["reference"], up)

    def _read_as(self, found: re.Match[str], text: str) -> Query | None:
        # "As big as a car": at least about that size. "Not as big as" is the negation, which the caller handles.
        measure, up = self._direction[found["word"]]
        return self._against(measure, found["reference"], up, inclusive=True)

    def _read_same(self, found: re.Match[str], text: str) -> Query | None:
        measure = self._measures.get({"weight": "weight"}.get(found["word"], "size"))
        span = measure and self._references.find(measure, found["reference"])
        if measure is None or not span or span[0] <= 0:
            return None
        middle = _middle(span)
        answers = bytearray()
        for thing in self._world.things:
            own = thing.measures[measure.id]
            ratio = 0.0 if own is None else _middle(own) / middle
            factor = max(ratio, 1 / ratio) if ratio else _SAME_FACTOR + 1e-9
            answers.append(YES if factor <= _SAME_FACTOR else NO if factor >= _DIFFERENT_FACTOR else SOMETIMES)
        return Query(Kind.ASK, f"{measure.id} same as {span[0]:g}~{span[1]:g}", bytes(answers))

    def _read_fits(self, found: re.Match[str], text: str) -> Query | None:
        measure = self._measures.get("size")
        span = measure and self._references.find(measure, found["reference"])
        if measure is None or not span:
            return None
        return self._query(f"size fits {span[0]:g}~{span[1]:g}", measure, span, up=False)

    def _read_holds(self, found: re.Match[str], text: str) -> Query | None:
        # "Would a laptop fit in it?": it is larger than one.
        measure = self._measures.get("size")
        return None if measure is None else self._against(measure, found["reference"], up=True)

    def _read_limit(self, found: re.Match[str], text: str) -> Query | None:
        measure, _ = self._direction.get(found["word"] or "", (None, True))
        if measure is None:
            measure, _ = self._implied(text, found["reference"])
        if measure is None:
            return None
        up = found["degree"] not in ("under", "below", "at most", "up to")
        span = self._references.amount(measure, found["reference"])
        return (
            None if span is None else self._query(f"{measure.id} {'>' if up else '<'} {span[0]:g}", measure, span, up)
        )

    def _implied(self, text: str, reference: str) -> tuple[Measure | None, bool]:
        """The measure meant by a verb ("weigh more than") or by the unit ("more than 3 meters")."""
        before = text[: text.find(reference)]
        for measure in self._world.measures:
            if any(verb in before for verb in measure.verbs):
                return measure, True
        for measure in self._world.measures:
            if self._references.amount(measure, reference) is not None:
                return measure, True
        return None, True

    def _against(self, measure: Measure, reference: str, up: bool, inclusive: bool = False) -> Query | None:
        span = self._references.find(measure, reference)
        if span is None:
            return None
        sign = (">=" if inclusive else ">") if up else ("<=" if inclusive else "<")
        return self._query(f"{measure.id} {sign} {span[0]:g}~{span[1]:g}", measure, span, up, inclusive)

    def _query(self, meaning: str, measure: Measure, span: Range, up: bool, inclusive: bool = False) -> Query:
        """Yes where a thing's whole range lies on the asked side of `span`, no on the other side. Ranges that overlap
        are judged by the share of (thing, reference) pairs on the asked side, uniform on the log scale: yes from 85 %,
        no up to 15 %, else sometimes. So is a thing that has no such measure.
        """
        low, high = self._ranges[measure.id]
        a, b = _logs(np.array(span)) if measure.id in self._logarithmic else np.array(span, dtype=float)
        above = _share_above(low, high, a, b)
        share = above if up else 1.0 - above
        answers = np.full(len(low), SOMETIMES, dtype=np.uint8)
        answers[share >= 0.85 - _SLACK] = YES
        answers[share <= 0.15 + _SLACK] = NO
        own = [t.measures[measure.id] == span for t in self._world.things]
        answers[own] = YES if inclusive else NO
        return Query(Kind.ASK, meaning, answers.tobytes())


def _logs(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Natural logarithms to nine digits, so that the last bit of a machine's library decides nothing."""
    return np.round(np.log(values), 9).astype(np.float64)


def _share_above(al: NDArray[np.float64], ah: NDArray[np.float64], bl: float, bh: float) -> NDArray[np.float64]:
    """Probability that a uniform draw from [al, ah] exceeds one from [bl, bh]; shape of `al`, nan where that is nan.

    Points are ranges of no width: both are widened by the same small amount, which gives one half for equal points.
    """
    al, ah, bl, bh = al - _SLACK, ah + _SLACK, bl - _SLACK, bh + _SLACK

    def below(x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Integral up to x of the share of [bl, bh] that lies below."""
        inside = np.clip(x, bl, bh)
        area: NDArray[np.float64] = (inside - bl) ** 2 / 2 / (bh - bl) + np.maximum(x - bh, 0.0)
        return area

    share: NDArray[np.float64] = (below(ah) - below(al)) / (ah - al)
    return share
