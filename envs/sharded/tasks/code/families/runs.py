"""Runs of equal characters in a string."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from turnbench.envs.sharded.tasks.code.rules.runs import RULES, Runs
from turnbench.envs.sharded.tasks.code.spec import Base, Family, Setting, Slots
from turnbench.randomness import RandomStream


def _inputs(rng: RandomStream, rules: Mapping[str, Slots]) -> str:
    letters = rng.sample("abcxyz", 3)
    lengths = [slots["n"] for kind, slots in rules.items() if "n" in slots and kind not in ("limit",)] or [2]
    extra = [rules[kind]["mark"] for kind in ("without", "up_to") if kind in rules]
    text = ""
    for _ in range(rng.below(8)):
        letter = rng.choice(letters)
        length = max(1, rng.choice(lengths) + rng.below(3) - 1) if rng.below(2) else 1 + rng.below(4)
        run = letter * length
        if rng.below(5) == 0:
            run = run.upper() if rng.below(2) else run[:1].upper() + run[1:]
        if rng.below(5) == 0:
            run += rng.choice((" ", "7", "42", "  "))
        if extra and rng.below(4) == 0:
            run = run[:1] + rng.choice(extra) + run[1:]
        text += run
    return text


def _runs(text: str) -> Runs:
    return [(char, sum(1 for _ in same)) for char, same in itertools.groupby(text)]


_BASES = (
    Base(
        "code",
        (
            "It takes a string with the {things:words} and returns a list with one short string for each run of equal characters: the character and the run's length.",
            "Its argument is a string, the {things:words}, and it returns a list of strings, each made of a character and how many times in a row it stands there.",
            "Given the {things:words} as one string, it gives back a list in which every run of the same character is written as the character followed by the length.",
            "The input is a string holding the {things:words}, and the output is a list with a string for every run of equal characters, such as b4 for four times b in a row.",
            "A string with the {things:words} goes in, and a list of strings comes out, one for each run of equal characters, with the character in front and the length behind it.",
        ),
        ("input", "argument", "output", "return", "list"),
        "result = [char + str(n) for char, n in runs]",
        lambda runs: [f"{char}{length}" for char, length in runs],
        "runs = [(char, len(list(same))) for char, same in groupby(text)]",
        lambda text, inside: _runs(text),
        small=True,
    ),
    Base(
        "pairs",
        (
            "It takes a string with the {things:words} and returns a list with a pair for each run of equal characters, the character and the run's length.",
            "Its argument is a string, the {things:words}, and it returns a list of pairs, each made of a character and how many times in a row it stands there.",
            "Given the {things:words} as one string, it gives back a list of pairs with the character and the length of every run of the same character.",
            "The input is a string holding the {things:words}, and the output is a list of pairs, character and length, for all runs of equal characters.",
            "A string with the {things:words} goes in, and a list of pairs comes out, one for each run of equal characters, with the character first and the length second.",
        ),
        ("input", "argument", "output", "return", "pairs", "list"),
        "result = [[char, n] for char, n in runs]",
        lambda runs: [[char, length] for char, length in runs],
        "runs = [(char, len(list(same))) for char, same in groupby(text)]",
        lambda text, inside: _runs(text),
    ),
    Base(
        "longest",
        (
            "It takes a string with the {things:words} and returns the length of the longest run of equal characters.",
            "Its argument is a string, the {things:words}, and it returns how often the same character stands in a row at most.",
            "Given the {things:words} as one string, it gives back the length of the longest run of the same character.",
            "The input is a string holding the {things:words}, and the output is the greatest number of equal characters in a row.",
            "A string with the {things:words} goes in, and the length of its longest run of equal characters comes out.",
        ),
        ("input", "argument", "output", "return", "longest"),
        "result = max(n for char, n in runs)",
        lambda runs: max(length for _, length in runs),
        "runs = [(char, len(list(same))) for char, same in groupby(text)]",
        lambda text, inside: _runs(text),
    ),
)
FAMILY = Family(
    name="runs",
    settings=(
        Setting("encode_beads", "beads", "a necklace"),
        Setting("shorten_pattern", "stitches", "a knitting pattern"),
        Setting("read_weather", "weather marks", "my diary"),
        Setting("encode_signals", "signals", "a lighthouse"),
        Setting("shorten_tape", "symbols", "a punched tape"),
        Setting("encode_tiles", "tiles", "a bathroom wall"),
    ),
    goals=(
        "I need a Python function called {function:id} that finds runs in the {things:words} of {place:words}.",
        "Please write a Python function {function:id} to describe the runs in the {things:words} of {place:words}.",
        "Write me a Python function with the name {function:id} which looks for repetition in the {things:words} of {place:words}.",
        "The {things:words} of {place:words} repeat a lot, so I want a Python function {function:id} that looks at their runs.",
        "Make a function {function:id} in Python for examining runs in the {things:words} of {place:words}.",
    ),
    topics=("goal", "purpose", "name"),
    parameter="text",
    bases=_BASES,
    rules=RULES,
    inputs=_inputs,
    imports="from itertools import groupby",
)
