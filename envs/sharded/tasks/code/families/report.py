"""Writing lines of text from labels and amounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from turnbench.envs.sharded.tasks.code.rules.report import RULES
from turnbench.envs.sharded.tasks.code.spec import Base, Family, Setting, Slots, number
from turnbench.randomness import RandomStream

Rows = list[list[Any]]
_LABELS = (
    "rent", "bus fare", "milk", "concert", "stamps", "new shoes", "water", "gift", "haircut", "bread", "fuel", "cinema", "rope",
    "insurance", "pen", "umbrella",
)  # fmt: skip


def _inputs(rng: RandomStream, rules: Mapping[str, Slots]) -> Rows:
    limits = [slots["n"] for kind, slots in rules.items() if kind in ("small_ones",)] or [30]
    rows: Rows = []
    for _ in range(rng.below(6)):
        label = rng.choice(_LABELS)
        if rng.below(8) == 0:
            label = ""
        amount = rng.choice(limits) + rng.below(7) - 3 if rng.below(3) == 0 else rng.below(180) - 40
        if rng.below(9) == 0:
            amount = rng.choice((0, 1200 + rng.below(9000)))
        rows.append([label, amount])
    return rows


_OPEN_CODE = "parts = [[label, str(amount)] for label, amount in rows]"


def _parts(rows: Rows, inside: Sequence[Callable[..., Any]]) -> list[list[str]]:
    return [[label, f"{amount}"] for label, amount in rows]


_BASES = (
    Base(
        "colon",
        (
            "It takes a list of pairs of a label and a whole amount, and returns a list of lines, for all {things:words} the label, a colon, a space and the amount.",
            "Its argument is a list of pairs, label and integer amount of the {things:words}, and it returns a list of strings that consist of label, colon, space and amount.",
            "Given labels and integer amounts of the {things:words} as a list of pairs, it gives back a list of strings such as tea: 5.",
            "The input is a list of pairs, a string and an integer for all {things:words}, and the output is a list of lines, first the string, then a colon and a space, then the integer.",
            "A list of pairs of label and amount of the {things:words} goes in, and a list of strings comes out, in which a colon and a space stand between the two.",
        ),
        ("input", "argument", "output", "return", "format", "line"),
        "result = [label + ': ' + amount for label, amount in parts]",
        lambda parts: [f"{label}: {amount}" for label, amount in parts],
        _OPEN_CODE,
        _parts,
        small=True,
    ),
    Base(
        "dots",
        (
            "It takes a list of pairs of a label and a whole amount, and returns a list of lines, for all {things:words} the label, filled up with dots to {k:int} characters, and right after it the amount.",
            "Its argument is a list of pairs, label and integer amount of the {things:words}, and it returns a list of strings, where the label has dots behind it up to {k:int} characters and then the amount follows.",
            "Given labels and integer amounts of the {things:words} as a list of pairs, it gives back a list of strings, each the label with dots added until it has {k:int} characters, directly followed by the amount.",
            "The input is a list of pairs, a string and an integer for all {things:words}, and the output is a list of lines, first the string padded with dots on its right to a width of {k:int}, then the integer.",
            "A list of pairs of label and amount of the {things:words} goes in, and a list of strings comes out, with the label brought to {k:int} characters by dots at its end and the amount after that.",
        ),
        ("input", "argument", "output", "return", "format", "line", "dots"),
        "result = [label.ljust($k, '.') + amount for label, amount in parts]",
        lambda parts, k: [label + "." * (k - len(label)) + amount for label, amount in parts],
        _OPEN_CODE,
        _parts,
        draw=number(10, 14, "k"),
    ),
    Base(
        "column",
        (
            "It takes a list of pairs of a label and a whole amount, and returns a list of lines, for all {things:words} the amount, moved to the right by spaces to fill {k:int} characters, then a space and the label.",
            "Its argument is a list of pairs, label and integer amount of the {things:words}, and it returns a list of strings, where the amount has spaces before it up to {k:int} characters and after a further space the label follows.",
            "Given labels and integer amounts of the {things:words} as a list of pairs, it gives back a list of strings, each the amount flush right in {k:int} characters, a space and the label.",
            "The input is a list of pairs, a string and an integer for all {things:words}, and the output is a list of lines, first the integer padded with spaces on its left to a width of {k:int}, then a space, then the string.",
            "A list of pairs of label and amount of the {things:words} goes in, and a list of strings comes out, with the amount brought to {k:int} characters by spaces in front of it, a space after it, and then the label.",
        ),
        ("input", "argument", "output", "return", "format", "line", "column"),
        "result = [amount.rjust($k) + ' ' + label for label, amount in parts]",
        lambda parts, k: [" " * (k - len(amount)) + amount + f" {label}" for label, amount in parts],
        _OPEN_CODE,
        _parts,
        draw=number(6, 9, "k"),
    ),
)
FAMILY = Family(
    name="report",
    settings=(
        Setting("write_lines", "expenses", "my household"),
        Setting("list_bookings", "bookings", "the savings club"),
        Setting("print_balance", "entries", "a cash book"),
        Setting("format_items", "items", "our travel fund"),
        Setting("show_costs", "costs", "the street party"),
        Setting("list_accounts", "accounts", "a model railway club"),
    ),
    goals=(
        "I need a Python function called {function:id} that writes out the {things:words} of {place:words}.",
        "Please write a Python function {function:id} to lay out the {things:words} of {place:words} as text.",
        "Write me a Python function with the name {function:id} which makes readable lines from the {things:words} of {place:words}.",
        "The {things:words} of {place:words} should be nice to read, for which I want a Python function {function:id}.",
        "Make a function {function:id} in Python for printing the {things:words} of {place:words}.",
    ),
    topics=("goal", "purpose", "name"),
    parameter="rows",
    bases=_BASES,
    rules=RULES,
    inputs=_inputs,
)
