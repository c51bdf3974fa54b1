"""Key facts: names and numbers that a bullet states or does not, compared as canonical tokens.

A text becomes a sequence of tokens: words without case and endings (Snowball's stemmer), without a possessive 's; numbers in
digits, without commas, leading zeros, trailing zeros after the point or an ordinal's ending, and those up to ninety-nine also
from words. A fact is a list of accepted variants; it is stated where the tokens of one of them stand in the text one after
another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock

import snowballstemmer

LONGEST_WORD = 30
"""Characters; a longer word is nobody's name and is not stemmed."""
_TOKEN = re.compile(r"(\d[\d,]*(?:\.\d+)?)(?:st|nd|rd|th)?|([^\W\d_]+)(?:['\u2019]s\b)?")
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SPELLED = {word: n for n, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, start=2)}


def canonical(text: str) -> str:
    """The tokens of a text with a space around each, so that one text is in another where it is a substring."""
    tokens: list[str] = []
    open_ten = False  # the last token is a spelled twenty, thirty, ..., which a unit may follow
    for number, word in _TOKEN.findall(text):
        if number:
            tokens.append(_plain(number))
            open_ten = False
            continue
        value = _SPELLED.get(word.casefold())
        if value is None:
            tokens.append(_stem(word))
        elif open_ten and 0 < value < 10:
            tokens[-1] = str(int(tokens[-1]) + value)
        else:
            tokens.append(str(value))
        open_ten = value is not None and value >= 20
    return f" {' '.join(tokens)} "


def states(tokens: str, variants: Sequence[str]) -> bool:
    """Whether a text, given as its `canonical` tokens, states a fact."""
    return any(_canonical_once(variant) in tokens for variant in variants)


def derived(sentence: str, most: int = 8) -> list[list[str]]:
    """Key facts of a sentence that comes without any: its numbers and its names (words with a capital, the first word left
    out); where these are fewer than two, its words of seven letters or more as well. At most `most`, in the order of the text.
    """
    found: list[tuple[int, str]] = []
    long_words: list[tuple[int, str]] = []
    for place, hit in enumerate(_TOKEN.finditer(sentence)):
        number, word = hit.groups()
        if number or (place and word[:1].isupper()):
            found.append((place, number or word))
        elif len(word) >= 7:
            long_words.append((place, word))
    if len(found) < 2:
        found = sorted(found + long_words)
    return [[fact] for fact in dict.fromkeys(fact for _, fact in found)][:most]


def _plain(number: str) -> str:
    whole, _, part = number.replace(",", "").partition(".")
    part = part.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{part}" if part else "")


_stemmer = snowballstemmer.stemmer("english")
_stemming = Lock()  # the stemmer keeps what it works on, and environments may step in threads


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    folded = word.casefold()
    if len(folded) > LONGEST_WORD:
        return folded
    with _stemming:
        return str(_stemmer.stemWord(folded))


@lru_cache(maxsize=50_000)
def _canonical_once(variant: str) -> str:
    return canonical(variant)
