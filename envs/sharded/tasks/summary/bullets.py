"""A summary as bullets with citations, cut to its length, as in Summary of a Haystack (Laban et al. 2024, arXiv:2407.01370).

Every line that is not blank is a bullet. A summary of more than `MOST_WORDS` words is cut in proportion: every bullet keeps the
same share of its words, at least one, from its beginning; so it is citations that are lost first.
"""

from __future__ import annotations

import re

MOST_WORDS = 300
MOST_BULLETS = 300
"""Further lines are not read: each would keep a word, and together more than `MOST_WORDS`."""
_BRACKETS = re.compile(r"\[([^\[\]]{1,400})\]")
_LIST = re.compile(r"(?:\bdocuments?\b|\bdocs?\b\.?|\band\b|[\d,;&#\s])+", re.IGNORECASE)
_LONGEST_NUMBER = 6


def bullets_of(summary: str) -> list[str]:
    """The bullets of a summary, cut where it is too long."""
    lines = [line.split() for line in summary.splitlines() if line.strip()][:MOST_BULLETS]
    total = sum(map(len, lines))
    if total > MOST_WORDS:
        lines = [words[: max(1, len(words) * MOST_WORDS // total)] for words in lines]
    return [" ".join(words) for words in lines]


def citations_of(bullet: str) -> frozenset[int]:
    """Document numbers cited in square brackets: [3], [1, 4], [2; 5 and 7], [Document 6]. Anything else is no citation."""
    cited = [int(n) for inside in _lists(bullet) for n in re.findall(r"\d+", inside) if len(n) <= _LONGEST_NUMBER]
    return frozenset(cited)


def without_citations(bullet: str) -> str:
    """The bullet's text alone, so that a document's number states no fact."""
    return _BRACKETS.sub(lambda hit: " " if _LIST.fullmatch(hit[1]) else hit[0], bullet)


def _lists(bullet: str) -> list[str]:
    return [inside for inside in _BRACKETS.findall(bullet) if _LIST.fullmatch(inside)]
