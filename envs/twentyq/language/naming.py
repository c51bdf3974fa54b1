"""Names: guesses of a thing, and questions about how the name is spelled."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

from turnbench.envs.twentyq.knowledge import NO, YES, World
from turnbench.envs.twentyq.language.query import Kind, Query
from turnbench.envs.twentyq.language.spelling import Speller
from turnbench.envs.twentyq.language.vocabulary import FILLERS, STOPWORDS
from turnbench.envs.twentyq.language.words import fold, plain

_SUBJECT = r"(?:it|this|that|they|the answer|the (?:secret |hidden |mystery )?(?:thing|object|item|word|animal|city|place|target|entity)|what you are thinking of|the one|your (?:thing|word|object|city|answer|secret)|you)"
_ARTICLE = r"(?:a|an|the|some|your|my|one|perhaps|maybe|possibly|simply|just|in fact|actually|probably|definitely|called|named|indeed|by any chance)"
_FRAMES = (
    re.compile(rf"^(?:is|are|was|(?:could|might|can|may|would)(?= \w+(?: \w+)* be )) {_SUBJECT}(?: (?:be|possibly|perhaps|maybe|actually|thinking of|think of|looking for|talking about))*(?: {_ARTICLE})* (?P<name>.+)$"),
    re.compile(rf"^(?:(?:my|the|so my|then my) )?(?:(?:final|best|last|next|first|educated|wild|only|official) )*(?:answer|guess|conclusion|solution)(?: (?:is|would be|will be|must be|has to be|that it is|it is|goes to))*(?: {_ARTICLE})* (?P<name>.+)$"),
    re.compile(rf"^(?:(?:i|we) (?:am going to |will |would |am |have to |want to |am ready to |can )?(?:(?:now|finally|also) )?(?:think|guess|believe|say|bet|suspect|answer|conclude|solve|know|go with|going with|suppose|choose|pick|am sure|am certain|am confident)(?: (?:that|with|it is|{_SUBJECT} (?:is|are|was|must be|has to be|might be|could be|may be|would be|should be)))*)(?: {_ARTICLE})* (?P<name>.+)$"),
    re.compile(rf"^{_SUBJECT} (?:is|are|must be|has to be|might be|could be|may be|would be|should be)(?: {_ARTICLE})* (?P<name>.+)$"),
    re.compile(rf"^(?:{_ARTICLE} )*(?P<name>.+)$"),
)  # fmt: skip
_HARMLESS = frozenset(
    [
        "big",
        "small",
        "large",
        "little",
        "real",
        "normal",
        "regular",
        "ordinary",
        "plain",
        "simple",
        "typical",
        "common",
        "whole",
        "single",
        "old",
        "new",
        "nice",
        "living",
        "adult",
        "city",
        "town",
        "of",
    ]
)
_LIST_WORDS = frozenset(["final", "answer", "answers", "guess", "guesses", "following", "list", "these", "not"])
_TRAILER = re.compile(
    r" (?:you are thinking of|that you are thinking of|you have in mind|you thought of|i guess|i think|i believe|final answer|is my (?:final )?(?:guess|answer))$"
)
_TRAILER_ENDS = frozenset(["of", "mind", "guess", "think", "believe", "answer"])

_LETTER = re.compile(
    r"(?P<place>start|starts|starting|begin|begins|beginning|first letter|initial|initial letter|end|ends|ending|last letter|final letter|contain|contains|containing|include|includes|have|has)"
    r"(?: (?:with|in|is|by|of|the|a|an|letter|letters|its|name|word|character|it|are|be))* (?P<letter>[a-z])$"
)
_VOWEL = re.compile(
    r"\b(?P<place>start|starts|starting|begin|begins|beginning|first letter|initial|end|ends|ending|last letter)\b.*\b(?P<kind>vowel|consonant)$"
)
_HALF = re.compile(
    r"\bfirst letter\b.*\b(?P<side>before|after) (?:the letter )?(?P<letter>[a-z])(?: in the alphabet| alphabetically)?$|\b(?P<half>first|second|last) half of the alphabet"
)
_RANGE = re.compile(
    r"\b(?:first letter|start|starts|begin|begins)\b.*\b(?:between|from) (?P<low>[a-z]) (?:and|to|through) (?P<high>[a-z])\b|\b(?:start|starts|begin|begins|first letter)\b.* (?P<low2>[a-z]) (?:to|through) (?P<high2>[a-z])$"
)
_COUNT = re.compile(
    r"\b(?:(?P<degree>more|fewer|less|longer|shorter|at least|at most|exactly|over|under)(?: than)? )?(?P<number>\d+|one|two|three|four|five|six|seven|eight|nine|ten|a single|single)(?: (?P<after>or more|or fewer|or less))? (?P<unit>letters?|words?|characters?|syllables?)\b(?: (?P<tail>long|or more|or fewer|or less))?"
)
_NUMBERS = {
    w: i + 1 for i, w in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])
} | {
    "single": 1,
    "a single": 1,
}
_TRIGGERS = frozenset(
    [
        "letter",
        "letters",
        "start",
        "starts",
        "starting",
        "begin",
        "begins",
        "beginning",
        "initial",
        "end",
        "ends",
        "ending",
        "alphabet",
        "word",
        "words",
        "name",
        "spelled",
        "characters",
        "contain",
        "contains",
        "vowel",
        "consonant",
    ]
)


class Naming:
    """Recognises the names of one world's things."""

    def __init__(self, world: World, speller: Speller) -> None:
        self._world = world
        self._speller = speller
        self._names: dict[str, int] = {}
        for name, i in world.index.items():
            spaced = _spaced(name).removeprefix("the ")
            for form in (spaced, spaced.replace(" ", ""), *_plurals(spaced), plain(f"x {fold(name)}")[2:]):
                self._names.setdefault(form, i)
        self._spaced = [_spaced(t.name) for t in world.things]
        self._letters = ["".join(c for c in n if c.isalpha()) for n in self._spaced]
        self._last_words = {n[n.rfind(" ") + 1 :] for n in self._names}
        self._names_speller = Speller(self._names)
        self._longest = max(len(n.split()) for n in self._names)

    @property
    def words(self) -> set[str]:
        """Every single word of every name."""
        return {w for name in self._names for w in name.split()}

    def guess(self, text: str) -> Query | None:
        """The guess that `text` (from `plain`) makes, or None. Misspelled names count where a word means nothing else."""
        last = text[text.rfind(" ") + 1 :]
        if last in _TRAILER_ENDS:
            text = _TRAILER.sub("", text)
            last = text[text.rfind(" ") + 1 :]
        if last not in self._last_words and last in self._speller:
            return None  # no name ends so, and it is no misspelled one
        named = [found["name"] for frame in _FRAMES if (found := frame.match(text))]
        for lookup in (self._exactly, self._misspelled):
            for name in named:
                if (i := lookup(name)) is not None:
                    return self.query(i)
        return None

    def query(self, thing: int) -> Query:
        """The guess of thing number `thing`."""
        answers = bytearray(len(self._world.things))
        answers[thing] = YES
        return Query(Kind.GUESS, f"guess {self._world.things[thing].name}", bytes(answers), thing)

    def _exactly(self, name: str) -> int | None:
        if (i := self._names.get(name)) is not None:
            return i
        words = name.split()
        while len(words) > 1 and words[0] in _HARMLESS:
            words = words[1:]
            if (i := self._names.get(" ".join(words))) is not None:
                return i
        return None

    def _misspelled(self, name: str) -> int | None:
        words = name.split()
        if len(words) > self._longest or self._speller.knows(words):
            return None
        return self._names.get(self._names_speller.mend(name) or "")

    def is_list(self, text: str) -> bool:
        """Whether `text` names two or more things and says little else."""
        words = text.split()
        found: set[int] = set()
        rest = at = 0
        while at < len(words):
            for size in range(min(self._longest, len(words) - at), 0, -1):
                i = self._names.get(" ".join(words[at : at + size]))
                if i is not None:
                    found.add(i)
                    at += size
                    break
            else:
                rest += words[at] not in STOPWORDS and words[at] not in FILLERS and words[at] not in _LIST_WORDS
                at += 1
        return len(found) > 1 and rest <= len(found) // 2

    def spelling(self, text: str, words: list[str]) -> Query | None:
        """A question about the letters or words of the name, or None; `words` are those of `text`."""
        if _TRIGGERS.isdisjoint(words):
            return None
        if "double letter" in text or "repeated letter" in text or "letter twice" in text:
            return self._ask("double letter", lambda n: any(a == b for a, b in itertools.pairwise(n)))
        if found := _HALF.search(text):
            if found["half"]:
                first = found["half"] == "first"
                return self._ask(f"letter half {first}", lambda n: (n[0] <= "m") == first)
            before, letter = found["side"] == "before", found["letter"]
            return self._ask(
                f"first letter {found['side']} {letter}", lambda n: n[0] < letter if before else n[0] > letter
            )
        if found := _RANGE.search(text):
            low, high = sorted((found["low"] or found["low2"], found["high"] or found["high2"]))
            return self._ask(f"first letter {low}-{high}", lambda n: low <= n[0] <= high)
        if found := _VOWEL.search(text):
            vowel, at = found["kind"] == "vowel", -1 if found["place"].startswith(("end", "last")) else 0
            return self._ask(f"letter {at} vowel {vowel}", lambda n: (n[at] in "aeiou") == vowel)
        if found := _COUNT.search(text):
            return self._count(found)
        if found := _LETTER.search(text):
            place, letter = found["place"], found["letter"]
            if place.startswith(("start", "begin", "first", "initial")):
                return self._ask(f"first letter {letter}", lambda n: n[0] == letter)
            if place.startswith(("end", "last", "final")):
                return self._ask(f"last letter {letter}", lambda n: n[-1] == letter)
            if "letter" in words or place.startswith(("contain", "includ")):
                return self._ask(f"has letter {letter}", lambda n: letter in n)
        return None

    def _count(self, found: re.Match[str]) -> Query | None:
        number = _NUMBERS.get(found["number"]) or int(found["number"])
        unit = found["unit"].rstrip("s")
        if unit == "syllable":
            return None
        degree = found["degree"] or {"or more": "at least", "or fewer": "at most", "or less": "at most"}.get(
            found["after"] or found["tail"] or "", "exactly"
        )
        tests: dict[str, Callable[[int], bool]] = {
            "more": lambda n: n > number, "longer": lambda n: n > number, "over": lambda n: n > number,
            "fewer": lambda n: n < number, "less": lambda n: n < number, "shorter": lambda n: n < number, "under": lambda n: n < number,
            "at least": lambda n: n >= number, "at most": lambda n: n <= number, "exactly": lambda n: n == number,
        }  # fmt: skip
        test = tests[degree]
        if unit == "word":
            return self._ask_name(f"words {degree} {number}", lambda name: test(len(name.split())))
        return self._ask(f"letters {degree} {number}", lambda n: test(len(n)))

    def _ask(self, meaning: str, test: Callable[[str], bool]) -> Query:
        """A test of the letters of the name alone."""
        return Query(Kind.ASK, meaning, bytes(YES if test(n) else NO for n in self._letters))

    def _ask_name(self, meaning: str, test: Callable[[str], bool]) -> Query:
        """A test of the name with its spaces."""
        return Query(Kind.ASK, meaning, bytes(YES if test(n) else NO for n in self._spaced))


def _spaced(name: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold(name)).split())


def _plurals(name: str) -> tuple[str, ...]:
    if name.endswith(("s", "x", "ch", "sh")):
        return (name + "es",)
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return (name[:-1] + "ies",)
    if name.endswith("fe"):
        return (name[:-2] + "ves",)
    return (name + "s",)
