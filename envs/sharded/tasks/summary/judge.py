"""Planted-fact score: which findings a summary covers and cites, decided by the key facts planted in the documents.

The published score (Laban et al. 2024, arXiv:2407.01370) asks a model whether a bullet covers a finding fully, partly or not at
all (`official`). Here it is exact: fully (1) where one bullet states all key facts of the finding, partly (0.5) where it states the
first one, whom or what it is about, and half of all, else not (0). As published, that is multiplied by the F1 of the documents which
the bullet cites against those that report the finding, and averaged over all findings. Of several bullets that cover it equally
well the first counts, so saying a thing often with other citations is no use.

Two rules make copying worthless; both follow from what the request says (so many bullets, one finding a bullet):

    sharing   a bullet that states two planted findings in full, asked for or not, covers each by half; one that states more, none
    surplus   of the N bullets asked for, every further one that cites takes 1/N off the score; with 2 N bullets it is 0

What is not seen: whether a bullet denies the finding or mixes it up with words that are no key facts. The score is therefore
not the published one, and has its own name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from turnbench.envs.sharded.tasks.summary.bullets import bullets_of, citations_of, without_citations
from turnbench.envs.sharded.tasks.summary.keyfacts import canonical, states

PARTLY = 0.5
SHARE = {0: 1.0, 1: 1.0, 2: 0.5}
"""What is left of a bullet's coverage, by the findings it states in full; nothing where it states more."""


class Verdict(NamedTuple):
    """Of one finding."""

    coverage: float
    """1, 0.5, 0.25 or 0."""
    citation: float
    """F1 in [0, 1]; 0 where nothing is covered."""

    @property
    def joint(self) -> float:
        """The product."""
        return self.coverage * self.citation


def verdicts(
    summary: str, insights: Sequence[Mapping[str, Any]], others: Sequence[Sequence[Sequence[str]]] = ()
) -> list[Verdict]:
    """Of every finding, in order.

    Args:
        summary: any text.
        insights: each with `facts` (a list of lists of variants, see `keyfacts`) and `documents` (the numbers of those that
            report it).
        others: the facts of the findings that nobody asked for.
    """
    every = [*(insight["facts"] for insight in insights), *others]
    bullets = []
    for bullet in bullets_of(summary):
        tokens = canonical(without_citations(bullet))
        stated = sum(_coverage(tokens, facts) == 1.0 for facts in every)
        bullets.append((tokens, SHARE.get(stated, 0.0), citations_of(bullet)))
    found = []
    for insight in insights:
        best, cited = 0.0, frozenset[int]()
        for tokens, share, numbers in bullets:
            coverage = share * _coverage(tokens, insight["facts"])
            if coverage > best:
                best, cited = coverage, numbers
        found.append(Verdict(best, f1(cited, insight["documents"])))
    return found


def score(summary: str, insights: Sequence[Mapping[str, Any]], others: Sequence[Sequence[Sequence[str]]] = ()) -> float:
    """Mean of coverage times F1, less 1/N for each citing bullet beyond the N = len(insights) asked for; in [0, 1]."""
    asked = len(insights)
    surplus = max(0, sum(bool(citations_of(bullet)) for bullet in bullets_of(summary)) - asked)
    kept = max(0.0, 1.0 - surplus / asked)
    return round(kept * sum(verdict.joint for verdict in verdicts(summary, insights, others)) / asked, 6)


def f1(cited: Collection[int], wanted: Collection[int]) -> float:
    """Harmonic mean of precision and recall; 0 where nothing is shared."""
    shared = len(set(cited) & set(wanted))
    return 2 * shared / (len(set(cited)) + len(set(wanted))) if shared else 0.0


def _coverage(tokens: str, facts: Sequence[Sequence[str]]) -> float:
    stated = [states(tokens, variants) for variants in facts]
    if all(stated):
        return 1.0
    return PARTLY if stated[0] and 2 * sum(stated) >= len(stated) else 0.0
