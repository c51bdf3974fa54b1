r"""Where a reply states its answer.

The protocol has a model copy the answer out of a reply (arXiv:2505.06120, section 3); here rules do, which read the reply
alone. A *marked* answer is preferred, the last one if there are several:

    #### 18        Answer: 18        the (final) answer is 18        \boxed{18}

Of the words after the mark, up to the end of the sentence or a reason ("because ..."), a number that stands first is the
answer, unless it begins a calculation ("Answer: 3 * 6 = 18"); then, and where words come first, it is the last number.
After #### only a number and its unit count, since a heading looks the same ("#### Step 2"). Without a mark it is the last
number of the reply. What is extracted ends with that number, so that the rule of the published scorer, the last number
of the extracted answer, reads it. Of very long replies only the end is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from turnbench.envs.sharded.questions import LONGEST_READ
from turnbench.envs.sharded.tasks.math.numerals import Numeral, last_numeral, numeral_at

_MOST_MARKS = 20
"""Of more marks only the last so many are looked at, so that the time for any reply stays proportional to its length."""
_CLAUSE = 300
"""Characters after a mark that may belong to the answer."""
_MARK = re.compile(
    r"(?P<hashes>\#{4,8})|(?P<box>\\boxed\s?\{)|\bfinal\s+answer[*_]{0,3}\s*\n"
    r"|\banswer[*_]{0,3}(?:\sto\s[a-z' ]{1,30}?)?\s?(?::|=|is\b|comes\s+to\b|(?:must|should|would|will)\s+be\b)"
    r"|\b(?:antwort|r\u00e9ponse|respuesta|risposta|resposta)\s?(?::|(?:ist|est|es|\u00e8|\u00e9)\b)",
    re.IGNORECASE,
)
_LEAD = re.compile(r"(?:[\s*_:=\"'`\[({<~\u2248]|\\[(\[])*")
_CLAUSE_END = re.compile(r"\n|[.!?;:](?=\s|$)|\(|\s(?:because|since|if|assuming|given|when)\b")
_VOID = re.compile(r"^not\b|\b(?:unknown|unclear|missing|impossible)\b", re.IGNORECASE)
_REST_OF_LINE = re.compile(r"[*_`$ \t]*(?:[^\W\d_]+[*_`$ \t]*){0,3}\.?[ \t]*(?=[\r\n]|$)")
_CALCULATION = re.compile(
    r"\s?(?:[-\u2212+*/\u00d7\u00b7\u00f7=^]\s?[$(]?[0-9]|[+*/\u00d7\u00b7\u00f7]\s?[A-Za-z(]|\\times|\\cdot)"
)
_UNKNOWN_FACTOR = re.compile(r"(?:\s[+*\u00d7\u00b7]\s|[+*\u00d7\u00b7])[A-Za-z]")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n")


class Marked(NamedTuple):
    """An answer after a mark."""

    start: int
    numeral: Numeral
    asked: bool
    """The sentence ends with a question mark."""


def extract(reply: str) -> str:
    """The answer in a reply, ending with its number; "" where there is no number at all."""
    reply = reply[-LONGEST_READ:]
    for marked in marked_answers(reply):
        return reply[marked.start : marked.numeral.end]
    last = last_numeral(reply)
    return "" if last is None else reply[last.start : last.end]


def marked_answers(reply: str) -> Iterator[Marked]:
    """The marked answers, the last one first."""
    for mark in reversed(list(_MARK.finditer(reply))[-_MOST_MARKS:]):
        found = _boxed(reply, mark.end()) if mark["box"] else _stated(reply, mark.end(), bool(mark["hashes"]))
        if found is not None:
            yield found


def is_open(text: str, after: int) -> bool:
    """Whether a number that ends here is multiplied by, or added to, something unknown ("6 * p")."""
    return _UNKNOWN_FACTOR.match(text, after) is not None


def _boxed(reply: str, start: int) -> Marked | None:
    depth = 1
    for end in range(start, min(len(reply), start + _CLAUSE)):
        depth += {"{": 1, "}": -1}.get(reply[end], 0)
        if not depth:
            last = last_numeral(reply, start, end)
            return None if last is None else Marked(start, last, False)
    return None


def _stated(reply: str, after: int, alone: bool) -> Marked | None:
    """The answer in the words from `after` on; where `alone`, only if it is all there is on the line."""
    limit = min(len(reply), after + _CLAUSE)
    lead = _LEAD.match(reply, after, limit)
    start = after if lead is None else lead.end()
    stop = _CLAUSE_END.search(reply, start, limit)
    end = limit if stop is None else stop.start()
    found = numeral_at(reply, start, end)
    if alone:
        return Marked(start, found, False) if found is not None and _REST_OF_LINE.match(reply, found.end) else None
    if _VOID.search(reply[start:end]):
        return None
    if found is None or _CALCULATION.match(reply, found.end):
        found = last_numeral(reply, start, end)
    if found is None or is_open(reply, found.end):
        return None
    asked = _SENTENCE_END.search(reply, found.end, limit)
    return Marked(start, found, asked is not None and reply[asked.start()] == "?")
