"""Sentence forms: the many ways of putting one question, reduced to its plainest before anything is matched.

"The object in question, can it be described as non-living?" becomes "is it not living". Every rule is a form of English,
never a word of some world; each is looked for only where one of its trigger words stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from turnbench.envs.twentyq.language.vocabulary import HEDGES

_AUXILIARY = r"(?:is|are|was|were|does|do|did|can|could|would|will|has|have|might|may|should)"
_THING = r"(?:object|thing|item|entity|word|answer|secret|one|subject|target|noun|creature|article|stuff)"

# Pauses still stand here. "Is it, as a whole, round?"; "is it round, that is, like a ball?" keeps what precedes.
_INSET = re.compile(rf"^({_AUXILIARY} (?:it|they|you|people)), [^,?]{{2,60}}, (?=\w)")

_NAMED = (
    re.compile(
        rf"\b(?:the|this|that|your|our|my) (?:\w+ )?{_THING} (?:(?:which |that )?(?:you|u) (?:are|were|have|had|re) (?:\w+ )?"
        r"(?:thinking of|thinking about|think of|thought of|in mind|chosen|picked|imagining|looking for|selected)|in question|at hand|itself|you (?:chose|picked|mean|selected|think of))\b"
    ),
    re.compile(
        r"\b(?:what|whatever) (?:you|u) (?:are|were|have) (?:\w+ )?(?:thinking of|thinking about|thinking|in mind|chosen)\b"
    ),
    re.compile(rf"\b(?:the|this|that|your) (?:secret|mystery|mysterious|hidden|unknown|target|chosen) {_THING}\b"),
)
_OPENING = re.compile(
    rf"^({_AUXILIARY} )(?:this|that|the|your) {_THING}\b(?! (?:of|is|are|was|which|that|who|with|for)\b)"
)
SUBJECT_WORDS = frozenset(["the", "this", "that", "your", "our", "my", "what", "whatever"])
"""Words without which `subject` changes nothing."""

_NAMED_WORDS = frozenset(
    [
        "chose", "chosen", "hand", "hidden", "imagining", "itself", "looking", "mean", "mind", "mysterious", "mystery",
        "picked", "question", "secret", "selected", "target", "think", "thinking", "thought", "unknown",
    ]
)  # fmt: skip
"""Words without which no pattern of `_NAMED` matches."""


def _rule(triggers: str, pattern: str, replacement: str) -> tuple[frozenset[str], re.Pattern[str], str]:
    return frozenset(triggers.split()), re.compile(pattern), replacement


_DEGREE = r"(?:big|large|heavy|bulky|long|wide|tall|massive|huge|hefty|unwieldy|hot|hard|dangerous)"
_SOMEBODY = r"(?:me|you|us|it|one|someone|anyone|people|most people|(?:an?|one|the) (?:\w+ )?(?:person|man|woman|adult|child|human|kid))"
_RULES = (
    _rule("this that", r"^(is|was) (?:this|that) (?=(?:an?|the|something) )", r"\1 it "),
    # What is denied. "Is it not true that it flies?" expects a yes, as "isn't it true" does.
    _rule("true case correct right fact fair", r"^(?:is|was) it not (?:true|the case|correct|right|a fact|fair to say)(?: that)? (?=\w+ \w)", ""),
    _rule("false untrue incorrect wrong", r"^(?:is|would) it (?:be )?(?:false|untrue|incorrect|wrong)(?: to say)? that (?=\w)", "not "),
    _rule("non", r"\bnon (?=[a-z]{4})", "not "),
    _rule("anything", r"\banything but (?=[a-z])", "not "),
    _rule("free devoid", r"\b(?:is|are) it (?:completely |entirely |totally )?(?:free of|free from|devoid of) ", "does it not have "),
    _rule("too", rf"^(?:is|are|would) it (?:be )?(?:far |much |just |way )?too {_DEGREE}(?: or \w+)?(?: for {_SOMEBODY})? to (?:be )?fit (.+)$", r"does it not fit \1"),
    _rule("too", rf"^(?:is|are|would) it (?:be )?(?:far |much |just |way )?too {_DEGREE}(?: or \w+)?(?: for {_SOMEBODY})? to (?:be )?(\w+)(?: it)?(.*)$", r"can you not \1 it\2"),
    # Who asks, and how: none of it changes the question.
    _rule("answer say state", r"^is (?:the|your) answer (?:yes|no) (?:to|if) ", ""),
    _rule("described classed classified categorised categorized regarded considered counted thought seen", rf"^{_AUXILIARY} it (?:fairly |properly |best |reasonably |usually |generally |correctly )?(?:be )?(?:described|classed|classified|categori[sz]ed|regarded|counted|thought of) as (?=\w)", "is it "),
    _rule("function purpose use job role aim", r"^is (?:its|the) (?:\w+ ){0,2}?(?:function|purpose|use|job|role|aim) (?:of it )?(?:to (?:be )?|for |in |that of )?(?=\w)", "is it used for "),
    _rule("serve serves purpose", r"^does it (?:\w+ )?serve (?:mainly |chiefly |primarily )?(?:the purpose of|to|for) ", "is it used for "),
    _rule("employed utilised utilized", r"\b(is|are) it ((?:\w+ )?)(?:employed|utili[sz]ed) ", r"\1 it \2used "),
    _rule("composed wholly partly entirely fully", r"\b(?:wholly|partly|fully|entirely)(?: or (?:wholly|partly|fully|entirely|mostly))? (?=(?:of|from|out|made|composed|by|in|a)\b)", ""),
    _rule("wholly partly entirely fully", r"\b(?:wholly|partly|fully|entirely) or (?:wholly|partly|fully|entirely|mostly) ", ""),
    _rule("composed consist consists comprised constructed fashioned", r"^(?:is|does|would) it (?:be )?(?:composed|consist|comprised|constructed|fashioned) (?:mainly |chiefly |mostly |primarily |largely )?(?:of|out of|from) ", "is it made of "),
    # Asides of place in the sentence.
    _rule("purposes sense game context matter", r"\b(?:for the purposes? of (?:this|the|our) (?:game|question)|in the (?:\w+ )?sense(?: of the (?:word|term))?|in this (?:game|context)|as a matter of fact)\b", ""),
    _rule("means way extent circumstances conditions point life", r"\b(?:by any means|in any (?:way|sense|form)|to (?:some|any|a (?:large|great|certain)) (?:extent|degree)|under (?:normal|ordinary|usual) (?:circumstances|conditions)|in (?:everyday|normal|ordinary|real|daily) (?:life|use)|at (?:some|any) point(?: in time)?)\b", ""),
    _rule("large part time rule whole average form", r"\b(?:by and large|for the most part|most of the time|much of the time|as a (?:general )?rule|as a whole|on the whole|on average|in (?:its|the) (?:most )?(?:common|usual|normal|typical|ordinary|standard|basic) form)\b", ""),
    _rule("lol lmao haha hehe xd tbh imo imho btw ngl rn", r"\b(?:lol|lmao|haha|hehe|xd|tbh|imo|imho|btw|ngl|rn)\b", ""),
)  # fmt: skip

_TRIGGERS = frozenset().union(*(triggers for triggers, _, _ in _RULES))

_OPENS = re.compile(rf"{_AUXILIARY} \w")
# A question at the end of chatter: "alright not edible does it plug in".
_CHATTER = re.compile(
    r"^(?P<before>(?:\S+ ){1,25}?)(?P<question>(?:is|are|does|do|can|could|would|will|has|did|was) (?:it|its|they|you|people)\b(?: \S+){2,})$"
)
_INSIDE = re.compile(r" (?:is|are|does|do|can|could|would|will|has|did|was) (?:it|its|they|you|people) ")
_OPEN_WORDS = ("what ", "where ", "when ", "why ", "who ", "how ", "which ")
_BELONGS = frozenset(
    [
        "a", "about", "and", "as", "but", "either", "even", "because", "how", "if", "in", "it",
        "its", "like", "not", "of", "on", "or", "so", "than", "that", "the", "there", "they",
        "thing", "things", "to", "what", "when", "where", "whether", "which", "who", "why", "with", "wonder",
        "wondering", "ask", "asking", "know", "say", "think", "case", "you", "for", "something", "also",
    ]
)  # fmt: skip
"""Last words of something that goes on: what follows them is no question of its own."""

_INVERTED = re.compile(
    rf"{_AUXILIARY} (?:it|its|they|you|people|i|we|one|someone|the|this|that|an?|my|your|kids|children)\b"
)
_NUMBERS = frozenset(
    [
        "a", "an", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "fifteen", "twenty",
        "thirty", "forty", "fifty", "sixty", "hundred", "thousand",
    ]
)  # fmt: skip
_REFUSAL = re.compile(
    r"^(?:(?:sorry|unfortunately|well|okay|ok|hmm|but|as an? \w+(?: language)?(?: model)?) )*i (?:am (?:sorry|afraid|unable|not able)|apologi[sz]e|(?:can|will|could|would|do|am) not|refuse|decline)\b.*"
    r"\b(?:help|assist|comply|answer|continue|play|provide|discuss|respond|engage|fulfil|fulfill|do that|do this|request|participate|know|understand|guess|generate|tell)\b"
)


def inset(text: str) -> str:
    """`text`, punctuation still in it, without an aside between the subject and what is asked of it."""
    found = _INSET.match(text)
    return text if found is None else f"{found[1]} {text[found.end() :]}"


def subject(text: str, words: Sequence[str]) -> str:
    """`text` (folded `words`) with "it" for every way to name what the answerer thinks of."""
    if not _NAMED_WORDS.isdisjoint(words) or "%" in text:  # "%" may stick to a word
        for pattern in _NAMED:
            text = pattern.sub("it", text, count=1)
    if (found := _OPENING.match(text)) is not None:
        text = f"{found[1]}it{text[found.end() :]}"
    if text.startswith("it "):
        text = text.replace("it is it ", "is it ", 1) if text.startswith("it is it ") else text
        text = text[3:] if _DOUBLED_SUBJECT.match(text) else text
    return text


_DOUBLED_SUBJECT = re.compile(rf"^it (?={_AUXILIARY} it\b)")


def kernel(text: str) -> str:
    """`text` (folded words without padding) in the plainest form of the same question."""
    kept = text.split()
    if not HEDGES.isdisjoint(kept):
        kept = [w for w in kept if w not in HEDGES]
        text = " ".join(kept) or text
    if _TRIGGERS.isdisjoint(kept):
        return text
    words = set(kept)
    for triggers, pattern, replacement in _RULES:
        if not triggers.isdisjoint(words):
            shorter = pattern.sub(replacement, text)
            if shorter != text and (shorter := " ".join(shorter.split())):
                text, words = shorter, set(shorter.split())
    return text


def question_in(text: str) -> str:
    """The question at the end of chatter, or all of `text`."""
    if _OPENS.match(text) is not None or _INSIDE.search(text) is None:
        return text
    found = None if text.startswith(_OPEN_WORDS) else _CHATTER.match(text)
    if found is None or found["before"].split()[-1] in _BELONGS:
        return text
    return found["question"]


def first_of_comparison(words: list[str]) -> list[str]:
    """What a question asks about that sets one thing against another: "is it seen more in winter than in summer"."""
    if "than" not in words[2:-1]:
        return words
    at = words.index("than", 2)
    if words[at + 1] in _NUMBERS or words[at + 1][0].isdigit():
        return words
    return [w for w in words[:at] if w != "more"]


def asks(text: str) -> bool:
    """Whether `text` (folded words) has the word order of a question."""
    return _INVERTED.match(text) is not None


def refuses(words: Sequence[str]) -> bool:
    """Whether a sentence refuses to play or to answer instead of asking."""
    return "i" in words[:12] and _REFUSAL.match(" ".join(words)) is not None
