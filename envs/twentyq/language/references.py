"""What a comparison compares with: an amount ("approximately 20 US dollars") or a thing of known size ("a grown man")."""

from __future__ import annotations

import re

from turnbench.envs.twentyq.knowledge import Measure, Range, World
from turnbench.envs.twentyq.language.spelling import Speller

_NUMBER = re.compile(
    r"^(?P<number>\d+(?:\.\d+)?|half an?|quarter of an?|a couple of|a dozen|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million)?(?P<scale>(?:\s+(?:hundred|thousand|million|billion))*)\s*(?P<unit>[a-z]+(?: [a-z]+)?)?$"
)
_WORD_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "half a": 0.5, "half an": 0.5, "quarter of a": 0.25, "quarter of an": 0.25, "a couple of": 2, "a dozen": 12,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000, "million": 1_000_000,
}  # fmt: skip
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_HEDGES = re.compile(
    r"^(?:(?:about|around|approximately|approx|roughly|circa|say|like|some|maybe|perhaps|just|only|almost|nearly|exactly|even|size of|weight of|that of|length of|height of) )+"
)
_QUALIFIERS = re.compile(
    r" (?:when|while|if|as|at|in|on|for|from|including|excluding|without|with|once|unless|is|are|was|does|do|can|would|"
    r"or so|or more|or less|each|usually|normally|typically|generally|by|per|that|which|who|standing|fully|new|"
    r"long|tall|high|wide|big|heavy|across|please|though|total|overall|i|you)\b.*$"
)
"""What follows such a word says under which circumstances: "than a person in the wild", "one metre in length"."""
_ADJECTIVES = frozenset(
    [
        "a",
        "an",
        "the",
        "one",
        "average",
        "adult",
        "typical",
        "normal",
        "standard",
        "regular",
        "ordinary",
        "common",
        "usual",
        "small",
        "large",
        "big",
        "medium",
        "little",
        "tiny",
        "young",
        "old",
        "new",
        "newborn",
        "grown",
        "full",
        "fully",
        "sized",
        "size",
        "human",
        "male",
        "female",
        "domestic",
        "household",
        "family",
        "healthy",
        "real",
        "actual",
        "your",
        "my",
        "our",
        "his",
        "her",
        "their",
        "of",
        "single",
        "two",
        "three",
        "storey",
        "storeyed",
        "story",
        "storied",
        "modern",
        "sheet",
        "piece",
    ]
)
"""Words before a name that hardly change the size meant."""


class References:
    """The yardsticks, things and units of one world."""

    def __init__(self, world: World, names: Speller) -> None:
        self._world = world
        self._names = names

    def find(self, measure: Measure, text: str) -> Range | None:
        """The range of `measure` that `text` stands for, or None."""
        text = _HEDGES.sub("", text.strip())
        found = self._exactly(measure, text)
        if found is None and (shorter := _QUALIFIERS.sub("", text, count=1)) != text:
            found = self._exactly(measure, shorter)
        return found

    def amount(self, measure: Measure, text: str) -> Range | None:
        """The amount with a unit that `text` states, or None."""
        text = _HEDGES.sub("", text)
        for candidate in (text, _QUALIFIERS.sub("", text, count=1)):
            if (found := _NUMBER.match(candidate)) and (value := _value(measure, found)) is not None:
                return (value, value)
        return None

    def _exactly(self, measure: Measure, text: str) -> Range | None:
        if (amount := self.amount(measure, text)) is not None:
            return amount
        words = text.split()
        for start in range(len(words)):
            if start and words[start - 1] not in _ADJECTIVES:
                break
            if (found := self._named(measure, " ".join(words[start:]))) is not None:
                return found
        whole, of, part = text.partition(" of ")
        return self._named(measure, f"{part} {whole}") if of else None  # "a bottle of wine" is a wine bottle

    def _named(self, measure: Measure, name: str) -> Range | None:
        for candidate in (name, self._names.mend(name) or "", name.removesuffix("s")):
            if measure.id in self._world.yardsticks.get(candidate, ()):
                return self._world.yardsticks[candidate][measure.id]
            thing = self._world.index.get(candidate)
            if thing is not None:
                return self._world.things[thing].measures[measure.id]
        return None


def _value(measure: Measure, found: re.Match[str]) -> float | None:
    """Number times unit, in the measure's own unit; None for a unit of another measure."""
    unit = (found["unit"] or "").removeprefix("us ").removeprefix("american ")
    first = unit.split(" ")[0]
    name = next((u for u in (unit, first, unit.removesuffix("s"), first.removesuffix("s")) if u in measure.units), None)
    if name is None:
        return None
    if not found["number"] and len(name) < 4:
        return None  # "a kilogram" has lost its article, but a lone "m" is no metre
    stated = found["number"] or "one"
    number = _WORD_NUMBERS.get(stated) or float(stated)
    for scale in found["scale"].split():
        number *= _SCALES[scale]
    return number * measure.units[name]
