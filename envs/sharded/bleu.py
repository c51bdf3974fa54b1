"""BLEU of one text against its references, as the protocol's released code computes it for tables and translations.

Corpus BLEU (Papineni et al. 2002) of a corpus of one segment, with sacrebleu's defaults (Post 2018): its 13a tokens, n-grams
up to four, exponential smoothing where an order has no match, no shorter orders for short texts. So an answer of fewer than
four tokens scores 0, and one without a single word of a reference exactly 0. Two things differ from calling the library: a very
long answer is cut (`LONGEST`), and the score is rounded, so that a replay on another machine has the same number.
"""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 5
"""An answer longer than this many times the longest reference is cut there. Uncut it could have scored 1/5 at most, unless
its tail were a few huge words, so next to nothing changes; and it is judged in milliseconds, whatever was sent."""


def bleu(answer: str, references: Sequence[str]) -> float:
    """BLEU in [0, 1], to six digits; white space around the texts does not count.

    Args:
        answer: any text.
        references: one or more texts, none of them blank.
    """
    from sacrebleu.metrics.bleu import BLEU  # a tenth of a second, so only where a BLEU is computed

    wanted = [reference.strip() for reference in references]
    given = answer.strip()[: LONGEST * max(map(len, wanted))]
    found = BLEU(force=True).corpus_score([given], [[reference] for reference in wanted])
    return min(1.0, round(float(found.score) / 100, 6))
