"""Cleaning up a list of strings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from turnbench.envs.sharded.tasks.code.rules.words import MARKS, RULES
from turnbench.envs.sharded.tasks.code.spec import Base, Family, Setting, Slots, pick
from turnbench.randomness import RandomStream

_TEXTS = (
    "plum", "fig jam", "rose hip", "oak", "salt", "red onion", "tea", "moss", "river", "old map", "kite", "lamp oil", "bell",
    "snow", "cup", "iron nail", "drum", "gate", "pear", "sea shell", "wool", "clock", "ant", "dusk",
)  # fmt: skip


def _inputs(rng: RandomStream, rules: Mapping[str, Slots]) -> list[str]:
    marks = [rules[kind]["mark"] for kind in ("drop_starting", "replace") if kind in rules] or [rng.choice(MARKS)]
    pool = rng.sample(_TEXTS, 2 + rng.below(4))
    made: list[str] = []
    for _ in range(rng.below(8)):
        text = rng.choice(pool)
        if rng.below(5) == 0:
            text = text.upper() if rng.below(2) else text.title()
        if "no_digits" in rules and rng.below(3) == 0:
            text = text[:3] + str(rng.below(30)) + text[3:]
        if rng.below(4) == 0:
            mark, at = rng.choice(marks), rng.below(3)
            text = mark + text if at == 0 else text[:2] + mark + text[2:] if at == 1 else text + mark
        if "trim" in rules and rng.below(3) == 0:
            text = rng.choice((" ", "  ", "")) + text + rng.choice((" ", ""))
        if rng.below(4 if "drop_blank" in rules else 12) == 0:
            text = rng.choice(("", " ", "   "))
        made.append(text)
    return made


_BASES = (
    Base(
        "keep",
        (
            "It takes a list of strings, the {things:words}, and returns a list of strings, in the same order unless I say otherwise.",
            "Its only argument is a list with the {things:words} as strings, and it returns a list of strings in that order if I ask for no other.",
            "Given the {things:words} as a list of strings, it gives back a list of strings in an order that only changes if I say so.",
            "The input is a list of strings holding the {things:words}, and the output is again a list of strings, in the input's order unless told otherwise.",
            "A list of strings with the {things:words} goes in, and a list of strings comes out, in the order given if no other is asked for.",
        ),
        ("input", "argument", "output", "return", "list"),
        "result = words",
        lambda words: words,
        small=True,
    ),
    Base(
        "join",
        (
            "It takes a list of strings, the {things:words}, and returns one string in which they are joined by {glue:quoted}.",
            "Its only argument is a list with the {things:words} as strings, and it returns a single string with {glue:quoted} between one and the next.",
            "Given the {things:words} as a list of strings, it gives back a single string made of them, with {glue:quoted} in between.",
            "The input is a list of strings holding the {things:words}, and the output is one string that joins them with {glue:quoted}.",
            "A list of strings with the {things:words} goes in, and one string comes out, the parts joined by {glue:quoted}.",
        ),
        ("input", "argument", "output", "return", "separator"),
        "result = $glue.join(words)",
        lambda words, glue: glue.join(words),
        draw=pick("glue", ", ", "; ", " / ", "+", "-", " and "),
    ),
    Base(
        "count",
        (
            "It takes a list of strings, the {things:words}, and returns a dictionary from each text among them to how often it occurs.",
            "Its only argument is a list with the {things:words} as strings, and it returns a dictionary that says how many times each text occurs.",
            "Given the {things:words} as a list of strings, it gives back a dictionary with every text as a key and its number of occurrences as the value.",
            "The input is a list of strings holding the {things:words}, and the output is a dictionary with the count of each text.",
            "A list of strings with the {things:words} goes in, and a dictionary from text to number of occurrences comes out.",
        ),
        ("input", "argument", "output", "return", "dictionary"),
        "result = {word: words.count(word) for word in words}",
        lambda words: dict(Counter(words)),
    ),
)
FAMILY = Family(
    name="words",
    settings=(
        Setting("tidy_labels", "labels", "the jam stall"),
        Setting("clean_tags", "tags", "my photo albums"),
        Setting("clean_names", "nicknames", "our chess club"),
        Setting("prepare_keywords", "keywords", "the school library"),
        Setting("polish_titles", "titles", "a record shop"),
        Setting("fix_captions", "captions", "the village museum"),
        Setting("normalize_codes", "codes", "the lost property office"),
        Setting("tidy_list", "entries", "a shopping list"),
    ),
    goals=(
        "I need a Python function called {function:id} that cleans up the {things:words} of {place:words}.",
        "Please write a Python function {function:id} to tidy the {things:words} of {place:words}.",
        "Write me a Python function with the name {function:id} which cleans the {things:words} of {place:words}.",
        "The {things:words} of {place:words} are a mess, so I want a Python function {function:id} that cleans them.",
        "Make a function {function:id} in Python for tidying up the {things:words} of {place:words}.",
    ),
    topics=("goal", "purpose", "name"),
    parameter="words",
    bases=_BASES,
    rules=RULES,
    inputs=_inputs,
)
