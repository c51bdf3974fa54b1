"""Whether a reply commits itself to a number: the protocol's answer attempts (arXiv:2505.06120, section 3), by rules.

It does with a marked answer (see `answers`) that is no question. Without a mark it has to end in a conclusion and ask for
nothing. A conclusion is the last statement, closing politeness left out, if it has a number and neither announces nor
misses anything ("I need", "Step 2", "so far"), and

    the number is none of the problem's own and stands in a sentence ("Nora pays $19."): it must have been calculated
    or a word says that it concludes ("So she needs 6 boxes.")
    or the number is the result of a calculation before it, or all there is

So facts that are merely repeated, and a calculation that says of no quantity what it is ("6 * 4 = 24"), are no answer.
Several answers under conditions are the business of `replies.classify`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from fractions import Fraction

from turnbench.envs.sharded.questions import LONGEST_READ, outside_code, questions, sentences
from turnbench.envs.sharded.tasks.math.answers import is_open, marked_answers
from turnbench.envs.sharded.tasks.math.numerals import last_numeral, numerals

_TAIL = 2000
"""Characters at the end of a reply in which an unmarked conclusion is looked for."""
_POLITE = re.compile(
    r"\b(?:let me know|feel free|hope|happy to|glad|thank|thanks|enjoy|anything (?:else|more|further))\b", re.IGNORECASE
)
_CONCLUDES = re.compile(
    r"\b(?:so|therefore|thus|hence|consequently|altogether|in total|the total|overall|in the end|in all|finally|makes|"
    r"comes to|amounts to|adds up to|equals|leaves|the result)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"^\W*(?:so far|step|first|next)\b|"
    r"\b(?:i|we)(?:'ll| will|'d| would| can| could| still)? (?:need|know|have to|must)\b|"
    r"\b(?:please|tell me|let me|let us|let's|provide|waiting|once|until|i will|i'll|not yet|still|unknown|missing)\b|"
    r"\bnot \W?[0-9]",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_WORDS_OF_A_STATEMENT = 3
"""Before the first number of a calculation: "The trip costs 3 * 45 = 135" is a statement, "Trip: 3 * 45 = 135" is none."""


def offers_answer(reply: str, given: Collection[Fraction] = ()) -> bool:
    """Whether a reply commits itself to a number.

    Args:
        reply: any text.
        given: the numbers that the problem states.
    """
    if any(not marked.asked for marked in marked_answers(reply[-LONGEST_READ:])):
        return True
    tail = outside_code(reply[-_TAIL:])
    if any(_POLITE.search(asked) is None for asked in questions(tail)):
        return False
    said = [one.text for one in sentences(tail) if not one.asks]
    while said and _POLITE.search(said[-1]):
        said.pop()
    return bool(said) and _concludes(said[:-1], said[-1], given)


def _concludes(earlier: list[str], last: str, given: Collection[Fraction]) -> bool:
    number = last_numeral(last)
    if number is None or number.value is None or _OPEN.search(last) or is_open(last, number.end):
        return False
    if _CONCLUDES.search(last):
        return True
    first = next(numerals(last))
    words = len(_WORD.findall(last))
    if "=" in last:
        return len(_WORD.findall(last[: first.start])) >= _WORDS_OF_A_STATEMENT and number.value not in given
    if number.value not in given:
        return words > 0 or not earlier
    return number.value in _results(earlier) or (words <= 1 and not earlier)


def _results(earlier: list[str]) -> list[Fraction | None]:
    """What the calculations in these sentences come to."""
    found = []
    for sentence in earlier:
        _, sign, right = sentence.rpartition("=")
        result = next(numerals(right), None) if sign else None
        if result is not None:
            found.append(result.value)
    return found
