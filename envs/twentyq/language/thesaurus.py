"""Everyday English words under the concepts they express: "a rodent" has to do with gnawing, "attire" with clothes.

`thesaurus.csv` was written by hand from general English and the definitions of the properties: one concept a line, then
words and short phrases that a player may use for it. A word may stand under several concepts. The reader only takes from
it that two words are related; what a concept has to do with a property it learns from the world's phrases.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from turnbench.envs.twentyq.language.words import stem


class Thesaurus(NamedTuple):
    """Concepts by the stem of a single word, and by the first two stems of a phrase: what must follow, and its concepts."""

    words: dict[str, list[str]]
    phrases: dict[tuple[str, str], list[tuple[tuple[str, ...], list[str]]]]


@cache
def thesaurus() -> Thesaurus:
    """The thesaurus, read once."""
    text = (files(__package__) / "thesaurus.csv").read_text(encoding="utf-8")
    found: dict[tuple[str, ...], list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        for entry in (row["concept"], *row["words"].split(" | ")):
            under = found.setdefault(tuple(map(stem, entry.split())), [])
            if row["concept"] not in under:
                under.append(row["concept"])
    out = Thesaurus({}, {})
    for stems, under in found.items():
        if len(stems) == 1:
            out.words[stems[0]] = under
        else:
            out.phrases.setdefault((stems[0], stems[1]), []).append((stems[2:], under))
    return out


def phrase_concepts(stems: Sequence[str]) -> list[str]:
    """The concepts that phrases of two and more of these stems express, in order of appearance."""
    phrases = thesaurus().phrases
    found: list[str] = []
    for i, pair in enumerate(itertools.pairwise(stems)):
        if pair not in phrases:
            continue
        for rest, under in phrases[pair]:
            if tuple(stems[i + 2 : i + 2 + len(rest)]) == rest:
                found += under
    return found
