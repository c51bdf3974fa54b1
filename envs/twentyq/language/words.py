"""From raw text to the stems of its content words: folding, contractions, padding, negation, spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import snowballstemmer

from turnbench.envs.twentyq.language import forms
from turnbench.envs.twentyq.language.vocabulary import IRREGULAR, LAST_OF_PADDING, NEGATIONS, SLANG, VERBS

# "isn't it X" expects a yes and asks X; "is it not X" asks the opposite of X. So "n't" after an opening auxiliary is
# dropped, and elsewhere it becomes "not".
_TAG_QUESTION = re.compile(r"^(is|are|was|were|does|do|did|could|would|has|have|should|ca|wo)(?:n't|nt)\b")
_NOT = re.compile(r"\b(can|could|would|will|do|does|did|is|are|was|were|has|have|should|wo|ca)n'?t\b")
_CANNOT = re.compile(r"\bcannot\b")
_CONTRACTIONS = (
    (
        re.compile(
            r"\b(it|that|this|what|he|she|there|who|which|answer|object|thing)'?s\b(?! (?:name|size|weight|colou?r))"
        ),
        r"\1 is",
    ),
    (re.compile(r"\b(you|we|they|people)'d\b"), r"\1 would"),
    (re.compile(r"\bi'd\b"), "i would"),
    (re.compile(r"\b(you|we|they)'re\b"), r"\1 are"),
    (re.compile(r"\bi'm\b"), "i am"),
    (re.compile(r"\b(\w+)'ll\b"), r"\1 will"),
    (re.compile(r"\b(\w+)'ve\b"), r"\1 have"),
    (re.compile(r"(\w)'s\b"), r"\1"),
)
# What follows a comma at the end only asks for agreement ("it flies, no?"); an opening clause only apologises.
_ASKS_AGREEMENT = re.compile(
    r"[,;]\s*(?:no|yes|right|correct|eh|huh|true|yeah|yea|ok|okay|please|innit|isn'?t it|tho|though|then|or (?:not|no|nah)|and"
    r"|(?:my )?(?:dear|dearie|love|darling|mate|matey|sir|madam|friend|honey|sweetie|buddy|pal|bro|dude|man|sweetheart|duck)"
    r"|(?:i|do you|would you|you) (?:wonder|suppose|guess|presume|assume|think|reckon|say|know|believe|see|imagine|take it)"
    r"|by any chance|if i may(?: ask)?|in your opinion|generally speaking|in general|typically|usually|normally|ordinarily"
    r"|generally|as a rule|on the whole|for the most part|in most cases|perhaps|maybe|possibly|give or take|roughly|if so|at all"
    r"|(?:is|are|does|do|can|has|have|was|would|will|could|did|wo|ca)(?:n'?t| not)? (?:it|they|you|that|there|we|i|one)(?: not)?)[\s?!.]*$"
)
_ASIDE = re.compile(r"\([^()]*\)")
_APOLOGY = re.compile(
    r"^(?:(?:if (?:you|i|it)|sorry|excuse|pardon|forgive|please|i beg|i do beg|i hate|i am sorry|i'm sorry)\b[^,:]*"
    r"|(?:let's|let us|just|now|well|so|okay|ok|hmm+|um+|uh+|oh|ah|alright|right|wait|hold on|technically|honestly|basically)\b(?:\s+[^\s,:]+){0,2})"
    r"[,:]\s*(?:but |and |so )?(?=\S+ \S)"
)
_OR_NOT = re.compile(
    r"\b(?:,? or (?:is it |does it |can it |are they )?not\b.*|(?:,? as opposed to|,? rather than|,? instead of|,? (?:and|but) not (?:only|just|merely|necessarily)|,? not counting|,? i mean|,? you know)\b.*)$"
)
# Reasoning comes first and the question after a comma, colon or dash: "it is small - does it fly".
_LEAD_IN = re.compile(
    r"^.*[,:;\-]\s*(?:\*\*\s*)?(?:(?:but|and|so|then) )?(?=(?:is|are|does|do|can|could|would|will|has|have|did|was|were|might|may) (?:it|they|you|people|i|we|this|there|one|kids|children)\b)"
)
_SERIES = re.compile(
    r"\b((?:(?:an?|the) )?[a-z-]+(?: [a-z-]+)?), (?=(?:(?:an?|the) )?[a-z-]+(?: [a-z-]+)?,? (?:or|and) )"
)
_IN_PART = re.compile(
    r"\b(?:in )?(?:one or both|one or more|whole or in part|whole or part|some or all|part or all)(?: of)?\b"
)
_LIKE = re.compile(
    r",(?<!\bthan,)\s*(?:like|such as|counting|for example|for instance|e\.?g\.?|i\.?e\.?|that is|meaning|say|either|if any|including|especially|particularly|whether|as in)\b.*$"
)
_VAGUE_END = re.compile(
    r",?\s+(?:or|and) (?:something|smth|sth|stuff|things?|whatever|anything|similar|such|so|some such|the like|what)(?: (?:like|similar to|of) (?:that|this|the sort|the kind|it)| similar| else| not)?[\s?!.]*$"
)
_DICTATED = re.compile(r"\s+(?:question mark|full stop|period|exclamation mark|exclamation point)$")
_OTHER_THAN = re.compile(r"\b(?:something |anything )?other than\b")
_NEITHER = re.compile(r"\bneither\b(.*)\bnor\b")
_THE_THING = re.compile(r"\bthe (?:object|thing|item|entity)\b(?! (?:you|that|which|of|people|one|it))")
# Openings that the padding patterns never match.
_NEVER_PADDING = (
    "does it ",
    "does the ",
    "is it a ",
    "is it an ",
    "is it made",
    "is it used",
    "is it usually",
    "has it ",
    "do people ",
    "do you use",
    "can it ",
    "would it have",
)
_INVERSIONS = (
    (re.compile(r"^(?:be|becomes) it\b"), "is it"),
    (re.compile(r"^(?:there is|there are|has it|has it got|have it)\b(?!.* than )"), "does it have"),
)
_INVERTED = ("be it", "becomes it", "there is", "there are", "has it", "have it")

_QUOTES = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "`": "'", "\u2013": "-", "\u2014": " "}
)
_MONEY = re.compile(r"\$\s?(\d[\d,.]*)|(\d[\d,.]*)\s?\$")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_NOT_WORDS = re.compile(r"[^a-z0-9'%.]+")
_SPACES = bytes(32 if _NOT_WORDS.match(chr(c)) or chr(c) == "'" else c for c in range(256))
_LOOSE_POINT = re.compile(r"(?<!\d)\.|\.(?!\d)")


_SLANG_WORDS = frozenset(SLANG)

# Openers and closers that carry no question of their own. Longest first; applied repeatedly at the start.
_PADDING_START = re.compile(
    r"^(?:"
    r"(?:ok|okay|alright|all right|omg|lol|wow|yay|ooh|haha|ugh|hm+|um+|uh|er|well|so|now|then|right|great|good|nice|thanks|thank you|got it|cool|perfect|hi|hello|hey|and|but|yes|next|first|firstly|please|sorry|oh|aha|interesting|maybe|perhaps|just|also|actually)\b(?! (?:to|for|at|known)\b)"
    r"|(?:my |the |here is my |here is the )?(?:next |first |second |third |last |final |current )?(?:yes no |yes or no )?question(?: \d+| number \d+)?(?: is)?(?: whether| if)?"
    r"|q ?\d*\b(?! \w+ \w+ than)|\d+(?= (?:is|are|does|do|can|could|would|will|has|have|did|was))"
    r"|(?:can|could|may|might|will|would) (?:you|i)(?: please)?(?: kindly)? (?:tell me|ask|confirm|clarify|say|let me know|know)(?: (?:you|me))?(?: (?:if|whether|that))?"
    r"|(?:please )?(?:tell me|let me ask|let me know|let us say|confirm)(?: (?:you|me))?(?: (?:if|whether|that))?"
    r"|i (?:wonder|am wondering|would like to know|want to know|was wondering|need to know|would like to ask|want to ask|am curious|am going to ask|will ask)(?: about)?(?: (?:if|whether))?"
    r"|i (?:am )?(?:guess|guessing|assume|assuming|suppose|supposing|presume|presuming|bet|betting|take it|suspect|suspecting|gather|expect|imagine)(?: that)?(?= (?:it|this|that|they|you|we|people|there)\b)"
    r"|i am curious(?: (?:if|whether))?"
    r"|(?:would|do|could) you (?:say|think|consider|believe|agree|suppose|reckon|describe|call|classify)(?: (?:that|if|whether))?"
    r"|(?:would|do|could) (?:most )?people (?:say|think|agree)(?: that)?"
    r"|(?:is|would) it (?:be )?(?:true|correct|right|fair|accurate|safe)(?: to (?:say|assume|think))?(?: (?:that|if))?"
    r"|(?:is it|would it be) the case(?: that)?|am i (?:right|correct)(?: (?:that|in (?:thinking|assuming|saying)))?(?: that)?"
    r"|(?:by any chance|generally speaking|in general|generally|typically|in your opinion|for example|if so|if not|speaking of which|out of curiosity|more specifically|specifically|to narrow (?:it|this|things) down)"
    r")(?:\s+|$)"
)
_PADDING_END = re.compile(
    r"\s+(?:please|thanks|thank you|by any chance|right|correct|yes or no|or not|is it|does it|can it|is it not|is not it|is that right|is that correct|do you think|would you say|i wonder|perhaps|maybe|at all|then|though|or no|true or false|in your opinion|in general|generally speaking)$"
)


_stem = snowballstemmer.stemmer("english").stemWord


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Stem of one folded word."""
    known = IRREGULAR.get(word)
    return known if known is not None else _stem(word)


def fold(text: str) -> str:
    """Lower case, plain quotes and dashes, accents removed."""
    if text.isascii():
        return text.replace("`", "'").lower()
    text = text.translate(_QUOTES)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in text if not unicodedata.combining(c))
    return text.lower()


def _only_words(text: str) -> str:
    """`text` with a space for everything that is no part of a word or number."""
    if text.isascii():
        return text.encode().translate(_SPACES).decode()
    return _NOT_WORDS.sub(" ", text).replace("'", " ")


def _pauses(text: str) -> bool:
    return "," in text or "-" in text or ":" in text or ";" in text


def _without_agreement(text: str) -> str:
    """`text` without a request to agree, which can only begin at the last pause."""
    at = max(text.rfind(","), text.rfind(";"))
    return text[:at] if at >= 0 and _ASKS_AGREEMENT.match(text, at) else text


def _without_start(pattern: re.Pattern[str], text: str) -> str:
    """`text` without what an anchored pattern matches: one try, where a substitution would try at every letter."""
    found = pattern.match(text)
    return text if found is None else text[found.end() :]


def plain(sentence: str) -> str:
    """A folded sentence without contractions, punctuation and polite padding: words joined by single spaces."""
    text = sentence.strip().lstrip("-*>#:.\"' ")
    if "(" in text:
        text = _ASIDE.sub(" ", text)
    if _pauses(text):
        if "," in text or ";" in text:
            shorter = _without_agreement(text)
            text = _without_agreement(shorter) if shorter != text and "," in shorter else shorter
        if "," in text or ":" in text:
            text = _without_start(_APOLOGY, text)
        if _pauses(text):
            text = _without_start(_LEAD_IN, text)
        if "," in text:
            text = forms.inset(text)
        if "," in text:
            text = _LIKE.sub("", text)
        if ", " in text and " or " in text:
            text = _SERIES.sub(r"\1 or ", text).replace(", or ", " or ")
    if " or " in text:
        text = _IN_PART.sub("", text)
    if " or " in text or " and " in text:
        text = _VAGUE_END.sub("", text)
    denied = "nt" in text or "n't" in text
    if denied:
        text = _TAG_QUESTION.sub(lambda m: {"ca": "can", "wo": "will"}.get(m[1], m[1]), text)
    if (
        " not " in text
        or (" or " in text and "not" in text)
        or "opposed" in text
        or "rather than" in text
        or "instead of" in text
        or "i mean" in text
        or "you know" in text
    ):
        text = _OR_NOT.sub("", text)
    if text.endswith(("mark", "stop", "period", "point")):
        text = _DICTATED.sub("", text)
    if "neither" in text:
        text = _NEITHER.sub(r" not \1 or ", text)
    if denied:
        text = _NOT.sub(lambda m: {"wo": "will", "ca": "can"}.get(m[1], m[1]) + " not", text)
    if "other than" in text:
        text = _OTHER_THAN.sub("not ", text)
    if "'" in text:
        for pattern, replacement in _CONTRACTIONS:
            text = pattern.sub(replacement, text)
    if "cannot" in text:
        text = _CANNOT.sub("can not", text)
    if "$" in text:
        text = _MONEY.sub(lambda m: f"{m[1] or m[2]} dollars", text)
    if "," in text:
        text = _THOUSANDS.sub("", text)
    text = _only_words(text)
    if "." in text:
        text = _LOOSE_POINT.sub(" ", text)
    words = text.split()
    if not _SLANG_WORDS.isdisjoint(words):
        words = [SLANG.get(w, w) for w in words]
    text = " ".join(words)
    if not forms.SUBJECT_WORDS.isdisjoint(words):
        text = forms.subject(text, words)
    while not text.startswith(_NEVER_PADDING):
        shorter = _without_start(_PADDING_START, text)
        if shorter == text or not shorter:
            break
        text = shorter
    while text[text.rfind(" ") + 1 :] in LAST_OF_PADDING:
        shorter = _PADDING_END.sub("", text)
        if shorter == text or not shorter:
            break
        text = shorter
    text = forms.kernel(forms.question_in(text))
    if text.startswith(_INVERTED):
        for pattern, replacement in _INVERSIONS:
            text = pattern.sub(replacement, text, count=1)
    if "the object" in text or "the thing" in text or "the item" in text or "the entity" in text:
        text = _THE_THING.sub("it", text, count=1)
    return text


def denials(words: Sequence[str]) -> list[int]:
    """Places of the negations of the question itself: early in it, or right behind a verb.

    "A single word with no hyphens" and "if you do not cool it" deny something else.
    """
    if NEGATIONS.isdisjoint(words):
        return []
    main = words[: words.index("if")] if "if" in words[2:] else words
    return [i for i, w in enumerate(main) if w in NEGATIONS and (i <= 4 or main[i - 1] in VERBS)]


def negations(words: Sequence[str]) -> int:
    """Number of negations of the question itself."""
    return len(denials(words))
