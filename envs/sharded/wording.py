"""Sentences with gaps, written once and used in both directions: a generator says them, a scripted player reads them.

A kind of statement has several templates that mean the same: `{price:int}` is a whole number, `{weight:number}` may have a
decimal point, `{who:name}` is one capitalised word or several, `{item:words}` is one or more lower-case words,
`{column:id}` is an identifier, `{text:quoted}` is anything between double quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from turnbench.randomness import RandomStream

_GAP = re.compile(r"\{(\w+):(int|number|name|words|id|quoted)\}")
_PATTERNS = {
    "int": r"-?\d[\d,]{0,17}",
    "number": r"-?\d[\d,]{0,17}(?:\.\d{1,12})?",
    "name": r"[A-Z][\w'-]*(?: [A-Z][\w'-]*)*",
    "words": r"[a-z][a-z'-]*(?: [a-z][a-z'-]*)*?",
    "id": r"[A-Za-z_]\w*",
    "quoted": r'"[^"]*"',
}
_BULLET = re.compile(r"^\s*(?:[-*\u2022]|\d+[.)])\s+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"(])")
ADDING = (
    "Also: ", "One more thing: ", "By the way: ", "Oh, and: ", "I should add: ", "Right, I forgot: ", "Btw: ",
    "Something else: ", "Oh: ", "And: ",
)  # fmt: skip
"""What a user says before a further piece that nobody asked for."""
ANSWERING = ("Sure: ", "Well: ", "Ok: ", "As for that: ", "Right: ")
"""What a user says before a piece that was asked for."""
FRAMES = (*ADDING, *ANSWERING)
"""What a reader leaves out."""


class Statement(NamedTuple):
    """A sentence that was read: its kind, and what stood in the gaps (whole numbers as int, others as float or text)."""

    kind: str
    slots: dict[str, Any]


class Phrasebook:
    """The templates of all kinds of statements of one family of instances.

    Args:
        templates: kind to templates; all templates of a kind have the same gaps.

    Raises:
        ValueError: templates of a kind that differ in their gaps.
    """

    def __init__(self, templates: Mapping[str, Sequence[str]]) -> None:
        self.templates = {kind: tuple(ways) for kind, ways in templates.items()}
        self._patterns: list[tuple[str, re.Pattern[str], dict[str, str]]] = []
        for kind, ways in self.templates.items():
            gaps = {frozenset(_GAP.findall(way)) for way in ways}
            if len(gaps) != 1:
                raise ValueError(f"templates of {kind!r} differ in their gaps: {sorted(map(sorted, gaps))}")
            for way in ways:
                self._patterns.append((kind, _pattern(way), dict(_GAP.findall(way))))

    def ways(self, kind: str, **slots: Any) -> tuple[str, ...]:
        """Every way to say it, in the order written."""
        return tuple(_GAP.sub(lambda gap: _written(slots[gap[1]], gap[2]), way) for way in self.templates[kind])

    def say(self, kind: str, rng: RandomStream, **slots: Any) -> str:
        """One way to say it."""
        return rng.choice(self.ways(kind, **slots))

    def read(self, message: str) -> list[Statement]:
        """The statements in a message, in order; sentences of no kind are passed over."""
        found = []
        for sentence in sentences(message):
            for kind, pattern, gaps in self._patterns:
                if (hit := pattern.fullmatch(sentence)) is not None:
                    found.append(Statement(kind, {name: _value(hit[name], of) for name, of in gaps.items()}))
                    break
        return found


def sentences(message: str) -> Iterator[str]:
    """Sentences of a message without bullets and frames."""
    for line in message.splitlines():
        line = _BULLET.sub("", line).strip()
        for sentence in _SENTENCE.split(line):
            sentence = sentence.strip()
            for frame in FRAMES:
                if sentence.startswith(frame):
                    sentence = sentence[len(frame) :]
                    break
            if sentence:
                yield sentence


def shard_wordings(texts: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """(text, wordings) of a shard from all the ways to say it: the first is the canonical one."""
    return texts[0], tuple(texts[1:])


def _pattern(way: str) -> re.Pattern[str]:
    parts, at = [], 0
    for gap in _GAP.finditer(way):
        parts += [re.escape(way[at : gap.start()]), f"(?P<{gap[1]}>{_PATTERNS[gap[2]]})"]
        at = gap.end()
    return re.compile("".join([*parts, re.escape(way[at:])]))


def _written(value: Any, of: str) -> str:
    return f'"{value}"' if of == "quoted" else str(value)


def _value(text: str, of: str) -> Any:
    if of == "int":
        return int(text.replace(",", ""))
    if of == "number":
        return float(text.replace(",", ""))
    return text[1:-1] if of == "quoted" else text
