"""When two results are the same: the rules of execution match.

After Zhong, Yu and Klein 2020, "Semantic evaluation for text-to-SQL with distilled test suites" (arXiv:2010.02840), by
our own code. Columns may be permuted, their names do not matter; rows are a bag, or a sequence where the gold query has an
ORDER BY. Numbers are compared as numbers (1 is 1.0), and where one of them is no whole number within a relative 1e-6;
text is compared exactly, and never equals a number. Two results of no rows are the same if they have as many columns
(published: always).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

RELATIVE, ABSOLUTE = 1e-6, 1e-9
_SEARCH = 2_000_000
"""Rows looked at while columns are matched; a match not found by then is none."""


class Result(NamedTuple):
    """What a query returned: the number of columns, and rows of int, float, str, bytes and None."""

    width: int
    rows: list[tuple[Any, ...]]


def same(gold: Result, answer: Result, ordered: bool) -> bool:
    """True where the results are the same; `ordered` where the order of the rows matters."""
    if gold.width != answer.width or len(gold.rows) != len(answer.rows):
        return False
    if not gold.rows:
        return True
    number = _numbers(gold.rows, answer.rows)
    ours = [tuple(map(number, column)) for column in zip(*gold.rows, strict=True)]
    theirs = [tuple(map(number, column)) for column in zip(*answer.rows, strict=True)]
    if ordered:
        return Counter(ours) == Counter(theirs)
    return _Matching(ours, theirs).found()


def _numbers(*results: Sequence[tuple[Any, ...]]) -> Callable[[Any], Any]:
    """What stands for a value: all numbers that count as the same have one.

    Neighbours among all numbers of both results that are close enough are one number. That makes sameness transitive,
    so that rows can be compared as bags.
    """
    values = sorted({v for rows in results for row in rows for v in row if isinstance(v, (int, float))})
    stands_for: dict[Any, Any] = {}
    for low, high in zip(values, values[1:], strict=False):
        if _close(low, high):
            stands_for[high] = stands_for.get(low, low)
    return lambda value: stands_for.get(value, value)


def _close(low: float, high: float) -> bool:
    if isinstance(low, int) and isinstance(high, int):
        return False
    if max(abs(low), abs(high)) > 1e300:  # infinities are near nothing
        return False
    return high - low <= max(ABSOLUTE, RELATIVE * max(abs(low), abs(high)))


class _Matching:
    """Looks for an order of the answer's columns that makes both bags of rows equal."""

    def __init__(self, ours: list[tuple[Any, ...]], theirs: list[tuple[Any, ...]]) -> None:
        self._ours, self._theirs = ours, theirs
        bags = [Counter(column) for column in theirs]
        wanted = [Counter(column) for column in ours]
        self._candidates = [[j for j, bag in enumerate(bags) if bag == one] for one in wanted]
        self._left = _SEARCH

    def found(self) -> bool:
        """True where there is one."""
        return all(self._candidates) and self._extend([])

    def _extend(self, chosen: list[int]) -> bool:
        """True where the columns chosen for our first ones can be completed; wrong beginnings are given up at once."""
        if chosen:
            self._left -= len(self._ours[0])
            width = len(chosen)
            if Counter(zip(*self._ours[:width], strict=True)) != Counter(
                zip(*(self._theirs[j] for j in chosen), strict=True)
            ):
                return False
            if width == len(self._ours):
                return True
        tried: list[tuple[Any, ...]] = []
        for j in self._candidates[len(chosen)]:
            if j in chosen or self._theirs[j] in tried:  # equal columns are interchangeable
                continue
            tried.append(self._theirs[j])
            if self._left <= 0:
                return False
            if self._extend([*chosen, j]):
                return True
        return False
