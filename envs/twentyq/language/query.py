"""What a player's words turn into."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """An understood question, a guess, or neither."""

    ASK = "ask"
    GUESS = "guess"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Query:
    """`meaning` is the same for every phrasing of one question; `answers[i]` is the answer for thing i (0, 1 or 2)."""

    kind: Kind
    meaning: str
    answers: bytes = b""
    thing: int = -1
    """The thing guessed; -1 for one outside the world."""
    reason: str = ""
    """For UNCLEAR: what to do, as a sentence."""


def flipped(query: Query) -> Query:
    """The opposite question: yes and no change places, sometimes stays."""
    meaning = query.meaning.removeprefix("not ") if query.meaning.startswith("not ") else f"not {query.meaning}"
    return Query(query.kind, meaning, bytes(2 - a for a in query.answers), reason=query.reason)


def combined(name: str, answers: Mapping[str, bytes]) -> Query:
    """The question that a property or a combination asks: "id", "a|b" for either, "a&!b" for both, from left to right."""
    first, *rest = re.split(r"([|&])", name)
    query = _single(first, answers)
    for sign, part in zip(rest[::2], rest[1::2], strict=True):
        other = _single(part, answers)
        pick, word = (max, "or") if sign == "|" else (min, "and")
        meanings = sorted((query.meaning, other.meaning), key=lambda m: (m.startswith("not "), m))
        query = Query(Kind.ASK, f" {word} ".join(meanings), bytes(map(pick, query.answers, other.answers)))
    return query


def _single(name: str, answers: Mapping[str, bytes]) -> Query:
    query = Query(Kind.ASK, name.strip().lstrip("! "), answers[name.strip().lstrip("! ")])
    return flipped(query) if name.strip().startswith("!") else query


def unclear(reason: str) -> Query:
    """A reply that asks nothing that can be answered."""
    return Query(Kind.UNCLEAR, "", reason=reason)
