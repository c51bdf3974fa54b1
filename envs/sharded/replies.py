"""Which kind of reply an assistant gave: the protocol's seven classes (after Herlihy et al. 2024, arXiv:2406.01633), by rules.

The protocol asks a model; these rules read the reply alone and are the same on every machine. They are tried in this order:

    missing         no letter and no digit, fences of empty code left out
    hedge           outside of code, two conditions or more (`_CONDITION`: "if", "assuming", "option A", "depending on", ...;
                    "let me know if ..." is none); one is enough where a function is written twice under the same name.
                    Where the task finds a complete answer as well, it is a hedge only if that is so, or

                        - queries or calls: there are two or more, and nothing is chosen after the last condition
                        - other answers than code: no sentence after the last condition states a number or chooses

    answer attempt  the task finds a complete, concrete answer in it; questions before or after it do not matter
    interrogation   asks for two things or more (`questions`)
    clarification   asks for exactly one thing, in less than a hundred words
    refuse          declines ("I cannot", "cannot be answered", "not enough information", in several languages) and asks
                    nothing; "I cannot ... yet" and "... until ..." only wait
    discussion      anything else

Agreement with replies labelled by the protocol's definitions is measured by `tests/envs/sharded/test_replies.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from enum import StrEnum

from turnbench.envs.sharded.questions import LONGEST_READ, Sentence, outside_code, questions, sentences

__all__ = ["LONGEST_CLARIFICATION", "ReplyClass", "classify", "questions"]

LONGEST_CLARIFICATION = 100
"""Words from which on a reply with one question is a discussion."""


def _cue(*ways: str) -> re.Pattern[str]:
    """Any of these ways to say it, as whole words."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)", re.IGNORECASE)


_SAYS_SOMETHING = re.compile(r"[^\W_]")
_FENCE = re.compile(r"```\w*")

# What makes an answer depend on something.
_CONDITION = _cue(
    r"(?<!see )(?<!check )(?<!ask )(?<!wonder )(?<!as )(?<!even )(?<!only )if",
    r"in case|assuming|suppose|supposing|provided that|(?:^|(?<=[;,:] ))provided|otherwise|else|alternatively|either",
    r"depend(?:s|ing) (?:on|what)|it depends|without knowing",
    r"(?:don't know|not sure|wasn't sure|unsure|unclear|not clear) (?:which|whether)",
    r"in the (?:first|second|third|former|latter|other) case",
    r"(?:case|option|version|variant|scenario|interpretation) (?:\d|[a-e])",
    r"(?:two|three|several|different) (?:\w+ )?(?:ways|versions|options|possibilities|cases|scenarios)",
    r"should (?:you|it|they|the \w+) \w+(?=[^?]{0,200}[,:])",
    r"wenn|falls|si (?=vous|tu|le|la|l'|quieres|el)\w+|dependiendo|selon",
)
_CONDITION_CJK = re.compile("\u5982\u679c|\u3082\u3057")
# What announces several answers by itself: as good as two conditions.
_SEVERAL_ANSWERS = _cue(
    r"(?:wrote|are|give|gave|show) both",
    r"(?:use|pick|choose|take) (?:the one|whichever)",
    r"(?:two|three|several|different) (?:\w+ )?(?:readings|interpretations|meanings)",
    r"or,? if",
)
_DEPENDS = _cue("depend(?:s|ing)?")
# The beginning of a sentence that names a case; counts where there are two, or where something "depends".
_CASE_LABEL = re.compile(
    r"(?:for|when|with|without) (?!example|instance|this|that|each|every|these|all)\b|"
    r"[^:]{1,50}:\s*(?:`?select\s|\[\w[\w.]*\()",
    re.IGNORECASE,
)
# "If you need more" is no condition, and in "let me know if ..." nothing is.
_POLITE = _cue(
    r"if you(?:'d| would)? (?:have|like|need|wish|prefer|want) "
    r"(?:any|more|anything|further|another|something|other|help|me to|to know)",
    r"if (?:needed|necessary|any|so|possible)",
)
_COURTESY = _cue("let me know", "tell me", "feel free", "hesitate", "happy to")
# After conditions, one of their answers is taken.
_CHOSEN = _cue(
    "so|therefore|thus|hence|in conclusion|final|finally",
    r"i(?:'ll| will) (?:go with|assume|take|use)",
    r"i(?:'d| would)? recommend",
)
# One query (a subquery is none), one list of calls, one function.
_QUERY_OR_CALLS = re.compile(
    r"(?<!\()(?<!\(\s)(?<!union\s)(?<!all\s)(?<!except\s)(?<!intersect\s)\bselect\s(?=[^;]{0,400}?\bfrom\b)|\[\s*\w[\w.]*\(",
    re.IGNORECASE,
)
_FUNCTION = re.compile(r"^[ \t]*def (\w+)", re.MULTILINE)
_NOT = r"(?:not|\w+n't|cannot)"
_REFUSAL = _cue(
    r"(?:i|we) (?:\w+ )?(?:cannot|can't|can not|won't|will not|refuse|decline|would rather not)",
    r"(?:i|we) (?:\w+ )?(?:don't|do not|have no|lack)(?: have)? "
    r"(?:tool|function|permission|know|do|write|help|answer|access|way|enough|idea|(?:an?|the) \w+)",
    r"i (?:only|just) (?:answer|do|help|talk)|i give up|(?:must|have to) decline",
    rf"unable to|{_NOT} (?:\w+ )?able to|{_NOT} .{{0,40}}able|not comfortable",
    rf"{_NOT} be (?:answered|solved|determined|done|calculated|computed|found|known|used)",
    rf"impossible|{_NOT} possible|sorry\W.{{0,60}}{_NOT}|(?:i'd|i would|we'd) rather not",
    r"no \w+ (?:is|are) possible|makes no sense|nothing (?:that )?i can",
    rf"{_NOT} (?:\w+ ){{0,2}}(?:enough|sufficient) (?:information|details?|data)|insufficient information|not enough information",
    r"none of the (?:\w+ ){0,3}(?:functions?|tools?)|no (?:\w+ )?can be|no (?:\w+ ){1,5}able to",
    r"(?:outside|beyond) (?:of )?(?:the (?:scope|reach)|my|what i)",
    r"ich (?:leider )?nicht|no puedo|ne (?:peux|puis) pas|non posso|n\u00e3o posso|\u043d\u0435 \u043c\u043e\u0433\u0443",
)
_REFUSAL_ALONE = re.compile(r"no[.!]?|.*(?:\u65e0\u6cd5|\u4e0d\u80fd|\u3067\u304d\u307e\u305b\u3093).*", re.IGNORECASE)
_WAITING = _cue("until|yet|before|as soon as|once")


class ReplyClass(StrEnum):
    """What an assistant's reply is."""

    ANSWER = "answer attempt"
    CLARIFICATION = "clarification"
    INTERROGATION = "interrogation"
    DISCUSSION = "discussion"
    HEDGE = "hedge"
    REFUSE = "refuse"
    MISSING = "missing"

    @staticmethod
    def asking() -> tuple[ReplyClass, ...]:
        """The classes that ask for something."""
        return ReplyClass.CLARIFICATION, ReplyClass.INTERROGATION


def classify(reply: str, offers_answer: Callable[[str], bool]) -> ReplyClass:
    """The class of a reply.

    Args:
        reply: any text.
        offers_answer: the task's test for a complete answer.
    """
    if _SAYS_SOMETHING.search(_FENCE.sub("", reply)) is None:
        return ReplyClass.MISSING
    said = list(sentences(outside_code(reply)[-LONGEST_READ:]))
    offers = offers_answer(reply)
    if _hedges(reply, said, offers):
        return ReplyClass.HEDGE
    if offers:
        return ReplyClass.ANSWER
    asked = questions(reply)
    if len(asked) >= 2:
        return ReplyClass.INTERROGATION
    if asked and len(reply.split()) < LONGEST_CLARIFICATION:
        return ReplyClass.CLARIFICATION
    if not asked and any(_declines(s.text) for s in said):
        return ReplyClass.REFUSE
    return ReplyClass.DISCUSSION


def _declines(text: str) -> bool:
    return _WAITING.search(text) is None and bool(_REFUSAL.search(text) or _REFUSAL_ALONE.fullmatch(text))


def _hedges(reply: str, said: list[Sentence], offers: bool) -> bool:
    """Several answers, each under a condition."""
    stated = [s.text for s in said if not s.asks]
    labelled = [_CASE_LABEL.match(text) is not None for text in stated]
    if sum(labelled) < 2 and not any(map(_DEPENDS.search, stated)):
        labelled = [False] * len(stated)
    conditions = [_conditions(text) + label for text, label in zip(stated, labelled, strict=True)]
    functions = Counter(_FUNCTION.findall(reply))
    twice = max(functions.values(), default=0) >= 2
    if sum(conditions) < (1 if twice else 2):
        return False
    if not offers or twice:
        return True
    rest = stated[max(i for i, n in enumerate(conditions) if n) + 1 :]
    if any(map(_CHOSEN.search, rest)):
        return False
    formal = len(_QUERY_OR_CALLS.findall(reply)) or bool(functions)
    return formal >= 2 if formal else not any(map(_states_a_number, rest))


def _conditions(text: str) -> int:
    if _COURTESY.search(text):
        return 0
    conditions = len(_CONDITION.findall(text)) + len(_CONDITION_CJK.findall(text))
    return conditions + 2 * len(_SEVERAL_ANSWERS.findall(text)) - len(_POLITE.findall(text))


def _states_a_number(text: str) -> bool:
    """A number of its own; "Then it is 12" still belongs to the condition before."""
    return not text.lower().startswith("then ") and any(c.isdigit() for c in text)
