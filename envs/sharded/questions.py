"""What a reply asks for: its questions and requests, and the words in them that mean something.

Read are sentences outside of fenced code (a question in a comment is asked of nobody), of very long replies the last ones.
Asked for is what stands in

    a question         "Which year?"; several where "and what", "or how" joins them
    a request          "Please tell me the price.", "I need to know which columns"; several where "and the" joins them
    a list under one   "I need the following:" and its items

but not in a question that is vague (no word in it says about what: "Anything else?", "Could you give me more details?",
where "When?" does), nor in one that its author answers himself ("Why a stack? Because ..."). Linear in the reply's length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

LONGEST_READ = 20_000
"""Characters at the end of a longer reply that are read for questions."""
_FUNCTION_WORDS = (
    "a about after again all also am an and any anybody anyone anything are as at away be because been before being both "
    "but by can cannot could d did do does doing done down each either else etc every everything few for from further had "
    "has have having he her here hers him his how i if in instead into is it its itself just let like ll long lot m many "
    "may me might mine more most much must my next no nor not now of off on once one only onto or other our ours out over "
    "own per perhaps rather re s shall she should since so some something such t than that the their theirs them then there "
    "these they thing things this those though through to too until up upon us using ve very via was we were what whatever "
    "when where whether which while who whom whose why will with would yes yet you your yours"
)
_ASKING_WORDS = (
    "able actually ahead anyway ask assist assistance assume aware certain certainly clarification clarifications clarify clear "
    "confirm consider context correctly describe desired detail details elaborate enough exactly expand explain explanation "
    "feel fine fully get give glad go going good great happy hello help helpful hi hope information keep kind kindly know look "
    "looking matter mean meant mention mind moment need needed needs ok okay please possible prefer preferred proceed provide "
    "question questions ready requirement requirements say see sense solve something specific specifically specifics specify "
    "still sure tell thank thanks think today try turn understand use want wish wondering"
)
_VAGUE_WORDS = frozenset((*_FUNCTION_WORDS.split(), *_ASKING_WORDS.split()))
_WORD = re.compile(r"[^\W_]+")
_LINE_START = re.compile(r"\s*(?:[-*+\u2022]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+|\s*#+\s+|\s+")
_ITEM = re.compile(r"\s*(?:[-*+\u2022]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s")
_SENTENCE_END = re.compile(r"(?<=[.!?\u061f])[\"')\]*_]*\s+|(?<=[\u3002\uff01\uff1f])")
_CLOSING = " \t\"')]*_`\u00bb\u201d"
_WH = r"(?:how|what|which|when|where|who|whom|whose|why|whether)\b"
_NEXT_QUESTION = re.compile(
    rf"(?:,\s?(?:and |or )?|\b(?:and|or) )(?:(?:in|at|on|to|from|for|by|with|until) )?(?={_WH})|"
    r", (?:and|or) (?=(?:is|are|was|do|does|did|has|have|should|shall|can|may|will|would|must)\b)",
    re.IGNORECASE,
)
_NEXT_THING = re.compile(r"(?:,\s?(?:and )?|\band )(?=(?:the|your|its|his|her|their)\b)", re.IGNORECASE)
_REQUEST = re.compile(
    r"\b(?:please|kindly|could you|can you|would you|need you to) (?:\w+ )?(?:tell|give|provide|specify|share|state|confirm|"
    r"clarify|indicate|supply|let me know)\b|"
    rf"\b(?:tell me|let me know) (?:{_WH}|the\b|your\b)",
    re.IGNORECASE,
)
_NEED = re.compile(
    r"\bi(?:'d| would|'ll| will)? (?:\w+ )?need to know\b|\bi (?:\w+ )?need (?:the following|your)\b|"
    r"\bi (?:still|also|only|just) need (?:the|one|two|three)\b",
    re.IGNORECASE,
)
_LIST_HEADER = re.compile(
    r"\b(?:i(?:'ll|'d)? (?:\w+ )?need|to know|missing|provide|tell me|questions?|clarify|specify)\b", re.IGNORECASE
)
_INVITATION = re.compile(
    r"\b(?:how|what) (?:else )?(?:can|could|may) i\b|\b(?:let me know|tell me) (?:what|how) (?:else )?(?:you(?:'d| would)|i can)\b|"
    r"\b(?:makes? sense|sounds? (?:good|right|ok|okay|fair)|looks? (?:good|right|ok|okay|correct))\b|"
    r"\b(?:this|that|it) (?:help|work|answer)\b|"
    r"\bis (?:this|that|it) (?:ok|okay|right|correct|fine|clear|what you)\b",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r"\b(?:i|me to) (?:go (?:ahead|on) (?:and|with) )?(?:start|begin|continue|write|show|make|walk|explain|implement|elaborate|"
    r"provide|give|help|complete|finish|work|change|add)\b(?: (?:it|this|that|on|out|up|now)\b)*",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\W*(?:(?:and|but|so|then) )?(?:when|where|who|whom|whose|how (?:long|far|many|much|often|old|big|large|soon))\b"
    r"(?:\W+\w+){0,2}\W*",
    re.IGNORECASE,
)
"""A question whose only content is its question word."""
_SUGGESTION = re.compile(r"(?:or|the|an?|just|only|maybe)\b(?:\W+\w+){1,4}\W*", re.IGNORECASE)
"""What follows a question to help with the answer: "What share of it? The first half?"."""
_ADDRESSED = re.compile(r"\b(?:you|your|i|me)\b", re.IGNORECASE)
_OWN_ANSWER = re.compile(
    r"\s*(?:because|since|yes|no|well|simply|only|not|it|they|one|every|we|an?|the (?:answer|idea|key|point|reason|trick|usual))\b",
    re.IGNORECASE,
)
_LACK = re.compile(
    r"\b(?:missing|lacks?|requires?|required|needs?|unknown|unclear|not (?:\w+ )?(?:given|mentioned|specified|clear|said)|"
    r"(?:doesn't|does not|didn't|did not|don't|do not) (?:\w+ )?(?:mention|say|specify|give|include|contain|state|know|tell))\b",
    re.IGNORECASE,
)
_WHICH = re.compile(r"\W*(?:and |so )?which\b", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:both|these|those|them)\b", re.IGNORECASE)
_LISTED = re.compile(r",|\band\b", re.IGNORECASE)


class Sentence(NamedTuple):
    """One sentence of a reply."""

    text: str
    asks: bool
    """It ends with a question mark."""
    item: bool
    """It begins an item of a list."""


def outside_code(reply: str) -> str:
    """A reply without fenced code; of a fence that is never closed, all that follows is code."""
    return "\n".join(reply.split("```")[::2])


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text, bullets and headings taken off."""
    for line in text.replace("\u2019", "'").splitlines():
        item = _ITEM.match(line) is not None
        start = _LINE_START.match(line)
        for said in _SENTENCE_END.split(line[start.end() :] if start else line):
            bare = said.rstrip(_CLOSING)
            if bare:
                yield Sentence(said.strip(), bare[-1] in "?\uff1f\u061f", item)
                item = False


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case; "_" joins no words."""
    return _WORD.findall(text.lower())


def content_words(text: str) -> list[str]:
    """Those of its words that say what it is about."""
    return [word for word in words_of(text) if word not in _VAGUE_WORDS]


def questions(reply: str) -> list[str]:
    """Everything a reply asks for, one text each, in order."""
    asked: list[str] = []
    needed: list[str] = []
    listing = False
    before = Sentence("", False, False)
    read = list(sentences(outside_code(reply)[-LONGEST_READ:]))
    for one, after in pairwise([*read, before]):
        if not one.item:
            listing = one.text.endswith(":") and _LIST_HEADER.search(one.text) is not None
        if one.asks:
            if before.asks and asked and _SUGGESTION.fullmatch(one.text):
                asked[-1] += f" {one.text}"
            elif not _answers_itself(one, after):
                asked += _asked(one.text, before.text)
        elif listing and one.item:
            asked += _specific([one.text])
        elif _REQUEST.search(one.text):
            asked += _asked(one.text, before.text)
        elif _NEED.search(one.text):
            needed += _things(one.text)
        before = one
    return asked or needed  # "I need to know the price. What does it cost?" asks for one thing


def _specific(asked: list[str]) -> list[str]:
    return [each.strip() for each in asked if _says_about_what(each)]


def _says_about_what(asked: str) -> bool:
    if _INVITATION.search(asked) is not None:
        return False
    return bool(content_words(_OFFER.sub("", asked))) or (len(asked) < 80 and _BARE.fullmatch(asked) is not None)


def _answers_itself(one: Sentence, after: Sentence) -> bool:
    return not after.asks and _ADDRESSED.search(one.text) is None and _OWN_ANSWER.match(after.text) is not None


def _asked(text: str, before: str) -> list[str]:
    """What a question or request is for: "Could you provide it?" for what the sentence before says is missing, "Which one?" for
    what it speaks of.
    """
    lack = _LACK.search(before) is not None
    request = _REQUEST.search(text) is not None
    if request and lack and _SEVERAL.search(text):
        return _specific(_LISTED.split(before))
    if (lack or _WHICH.match(text)) and not content_words(text):
        return _specific([before])
    return _things(text) if request else _joined(text)


def _joined(text: str) -> list[str]:
    """Questions joined in one sentence; the later ones may lean on the first: "How many fit in, and how many are in it?"."""
    first, *others = _NEXT_QUESTION.split(text)
    return _specific([first]) + [each.strip() for each in others if each.strip() and _INVITATION.search(each) is None]


def _things(text: str) -> list[str]:
    """What one request is for: "which year and which city", "the price and the number", but "whether the price and the ..."."""
    parts = _joined(text)
    if len(parts) == 1 and re.search(_WH, text, re.IGNORECASE) is None:
        return _specific(_NEXT_THING.split(text))
    return parts
