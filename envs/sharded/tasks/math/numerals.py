r"""Numbers as people and models write them, read as exact values.

Read are: digits with thousands separators (comma, apostrophe, no-break or thin space, LaTeX's `{,}`, always before three
digits), a decimal point ("18.0", ".5"; a comma is never a decimal sign), a currency sign before, a per cent sign after
(a unit like any other: "3.5%" is 3.5), fractions ("1/2", "3 1/2", `\frac{1}{2}`), and a minus ("-4", "-$4", U+2212) that
stands directly before the number and not after another one, where it is a subtraction or a range. Not read are numbers in
words, digits that continue a word ("x2"), and powers of ten ("1e9"): these have no value and equal nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

LONGEST = 40
"""Characters of the longest number that has a value: no answer is longer, and long integers are slow."""
_GROUP = r"(?:,|\{,\}|\\,|['\u2019\u00a0\u2009\u202f])[0-9]{3}"
_NUMBER = re.compile(
    rf"""
    (?=[-\u2212\\$\u00a3\u20ac.0-9]) (?<![A-Za-z0-9])
    (?P<minus> (?<![)\]%]) [-\u2212] )?
    (?: \\? [$\u00a3\u20ac] \s? (?P<late_minus> [-\u2212] )? )?
    (?: \\ [dt]? frac \s? \{{ (?P<above> [0-9]++ ) \}} \s? \{{ (?P<below> [0-9]++ ) \}}
      | (?: (?P<whole> [0-9]++ ) [ ] )? (?P<over> [0-9]++ ) \s? / \s? (?P<under> [0-9]++ )
      | (?P<digits> [0-9]{{1,3}} (?: {_GROUP} )++ (?![0-9]) | [0-9]++ )? (?P<decimals> \.[0-9]++ )?
        (?<=[0-9]) (?P<power> [eE] [-+]? [0-9]++ )?
    )
    (?: \s? \\? % )?
    """,
    re.VERBOSE,
)
_NOT_DIGITS = re.compile(r"[^0-9]")


class Numeral(NamedTuple):
    """A number in a text."""

    value: Fraction | None
    """None where it is written in a way that is not read, or is no number (1/0)."""
    start: int
    end: int


def numerals(text: str, start: int = 0, end: int | None = None) -> Iterator[Numeral]:
    """The numbers between two positions of a text, from left to right; what stands before `start` still counts as context."""
    for hit in _NUMBER.finditer(text, start, len(text) if end is None else end):
        yield _numeral(hit)


def numeral_at(text: str, start: int, end: int) -> Numeral | None:
    """The number that begins exactly at `start`."""
    hit = _NUMBER.match(text, start, end)
    return None if hit is None else _numeral(hit)


def last_numeral(text: str, start: int = 0, end: int | None = None) -> Numeral | None:
    """The last number, if there is one."""
    found = None
    for hit in _NUMBER.finditer(text, start, len(text) if end is None else end):
        found = hit
    return None if found is None else _numeral(found)


def _numeral(hit: re.Match[str]) -> Numeral:
    return Numeral(_value(hit), hit.start(), hit.end())


def _value(hit: re.Match[str]) -> Fraction | None:
    if hit["power"] or hit.end() - hit.start() > LONGEST:
        return None
    if hit["digits"] or hit["decimals"]:
        value = Fraction((_NOT_DIGITS.sub("", hit["digits"] or "") or "0") + (hit["decimals"] or ""))
    else:
        below = int(hit["below"] or hit["under"])
        if below == 0:
            return None
        value = int(hit["whole"] or 0) + Fraction(int(hit["above"] or hit["over"]), below)
    return -value if hit["minus"] or hit["late_minus"] else value
