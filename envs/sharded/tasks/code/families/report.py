"""Writing lines of text from labels and amounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from turnbench.envs.sharded.tasks.code.spec import Base, Family, Rule, Setting, Slots, Stage, number, pick
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


_RULES = (
    Rule(
        "no_zero",
        (
            "Leave out {things:words} with an amount of 0.",
            "There is no line for {things:words} whose amount is 0.",
            "Skip {things:words} if the amount is zero.",
            "Only {things:words} with an amount other than 0 get a line.",
            "Zero amounts are not reported, so drop such {things:words}.",
        ),
        ("zero", "nothing", "empty amount"),
        "rows = [[label, amount] for label, amount in rows if amount != 0]",
        lambda rows: [row for row in rows if row[1]],
        small=True,
    ),
    Rule(
        "small_ones",
        (
            "Leave out {things:words} whose amount is smaller than {n:int}, not looking at its sign.",
            "There is no line for {things:words} if the amount without its sign is below {n:int}.",
            "Skip {things:words} when the absolute amount is less than {n:int}.",
            "Only {things:words} with an absolute amount of at least {n:int} get a line.",
            "Plus or minus, amounts under {n:int} are too small to report, so drop such {things:words}.",
        ),
        ("small", "minor", "minimum", "absolute"),
        "rows = [[label, amount] for label, amount in rows if abs(amount) >= $n]",
        lambda rows, n: [row for row in rows if not -n < row[1] < n],
        draw=number(3, 25),
        never_with=("no_zero",),
    ),
    Rule(
        "unnamed",
        (
            "Where the label of {things:words} is an empty string, write {text:quoted} instead.",
            "Use {text:quoted} as the label of {things:words} that have an empty one.",
            "An empty label among the {things:words} is replaced by {text:quoted}.",
            "If {things:words} come with an empty label, call them {text:quoted}.",
            "Put {text:quoted} in the place of empty labels of {things:words}.",
        ),
        ("empty", "label", "missing", "unnamed", "name"),
        "rows = [[label or $text, amount] for label, amount in rows]",
        lambda rows, text: [[text if label == "" else label, amount] for label, amount in rows],
        draw=pick("text", "other", "unknown", "???", "misc", "no name"),
        small=True,
    ),
    Rule(
        "capitals",
        (
            "Labels of {things:words} are written in capital letters.",
            "Turn the labels of the {things:words} into upper case.",
            "All letters in the labels of {things:words} become capitals.",
            "Write the labels of {things:words} in upper case only.",
            "Use capital letters throughout in the labels of {things:words}.",
        ),
        ("case", "capital", "uppercase", "letters"),
        "rows = [[label.upper(), amount] for label, amount in rows]",
        lambda rows: [[label.upper(), amount] for label, amount in rows],
        group="case",
        never_with=("unnamed",),
        small=True,
    ),
    Rule(
        "initial",
        (
            "Labels of {things:words} begin with a capital letter, the rest stays as it is.",
            "Turn the first letter of the labels of {things:words} into a capital, and only that.",
            "The first letter in each label of the {things:words} is made a capital one.",
            "Start the labels of {things:words} with a capital letter without changing the others.",
            "Write a capital at the beginning of each label of the {things:words}.",
        ),
        ("case", "capital", "uppercase", "first letter"),
        "rows = [[label[:1].upper() + label[1:], amount] for label, amount in rows]",
        lambda rows: [["".join(c if i else c.upper() for i, c in enumerate(label)), amount] for label, amount in rows],
        group="case",
        never_with=("unnamed",),
    ),
    Rule(
        "short_labels",
        (
            "Labels are cut off after {n:int} characters.",
            "Use only the first {n:int} characters of a label.",
            "A label has {n:int} characters at most, so cut off the rest.",
            "Shorten long labels to their first {n:int} characters.",
            "There is room for {n:int} characters of a label and no more.",
        ),
        ("long", "length", "shorten", "cut", "width"),
        "rows = [[label[:$n], amount] for label, amount in rows]",
        lambda rows, n: [["".join(list(label)[:n]), amount] for label, amount in rows],
        draw=number(3, 6),
        never_with=("unnamed",),
    ),
    Rule(
        "largest_first",
        (
            "The {things:words} are listed from the largest amount to the smallest, equal amounts in the order given.",
            "Sort the {things:words} by amount with the largest on top, keeping the order where amounts are equal.",
            "Larger amounts come before smaller ones among the {things:words}, and equal ones stay in their order.",
            "Put the {things:words} in descending order of amount, without changing the order of equal amounts.",
            "Begin with the largest amount of the {things:words} and go down, equal amounts as they come.",
        ),
        ("sort", "order", "largest", "first"),
        "rows = sorted(rows, key=lambda row: -row[1])",
        lambda rows: sorted(rows, key=lambda row: row[1], reverse=True),
        group="order",
        small=True,
    ),
    Rule(
        "smallest_first",
        (
            "The {things:words} are listed from the smallest amount to the largest, equal amounts in the order given.",
            "Sort the {things:words} by amount with the smallest on top, keeping the order where amounts are equal.",
            "Smaller amounts come before larger ones among the {things:words}, and equal ones stay in their order.",
            "Put the {things:words} in ascending order of amount, without changing the order of equal amounts.",
            "Begin with the smallest amount of the {things:words} and go up, equal amounts as they come.",
        ),
        ("sort", "order", "smallest", "first"),
        "rows = sorted(rows, key=lambda row: row[1])",
        lambda rows: sorted(rows, key=lambda row: row[1]),
        group="order",
    ),
    Rule(
        "brackets",
        (
            "A negative amount is written without its minus and in round brackets, such as (25) for -25.",
            "Write -25 as (25), and so with all negative amounts.",
            "Negative amounts stand in parentheses and have no minus sign, so that -25 becomes (25).",
            "Instead of a minus sign, use round brackets around the number, as in (25) for -25.",
            "For amounts below zero, put the number between parentheses and leave the minus away, like (25) for -25.",
        ),
        ("negative", "minus", "sign", "brackets"),
        "parts = [[label, '(' + amount[1:] + ')' if amount[0] == '-' else amount] for label, amount in parts]",
        lambda parts: [[label, f"({amount[1:]})" if amount.startswith("-") else amount] for label, amount in parts],
        Stage.MIDDLE,
        group="sign",
    ),
    Rule(
        "plus",
        (
            "A positive amount gets a plus sign in front.",
            "Write + before amounts that are greater than 0.",
            "Put a plus sign in front of all amounts above zero, not of 0 itself.",
            "Amounts greater than zero are written with a leading +.",
            "Where the amount is positive, it begins with a plus sign.",
        ),
        ("positive", "plus", "sign"),
        "parts = [[label, amount if amount[0] == '-' or amount == '0' else '+' + amount] for label, amount in parts]",
        lambda parts: [[label, amount if amount[0] in "-0" else f"+{amount}"] for label, amount in parts],
        Stage.MIDDLE,
        group="sign",
        small=True,
    ),
    Rule(
        "currency",
        (
            "After each amount comes a space and {unit:quoted}.",
            "Write {unit:quoted} behind every amount, with a space before it.",
            "Amounts are followed by a space and {unit:quoted}.",
            "Put a space and {unit:quoted} after the amounts.",
            "The unit is {unit:quoted} and stands behind each amount after a space.",
        ),
        ("unit", "currency", "money", "symbol"),
        "parts = [[label, amount + ' ' + $unit] for label, amount in parts]",
        lambda parts, unit: [[label, f"{amount} {unit}"] for label, amount in parts],
        Stage.MIDDLE,
        step=1,
        draw=pick("unit", "EUR", "USD", "kr", "points", "coins", "CHF"),
        bases=("colon", "dots"),
        small=True,
    ),
    Rule(
        "numbered",
        (
            "The lines are numbered, with 1. and a space at the beginning of the first, and so on.",
            "Put the number of the line, a dot and a space in front of each line, beginning with 1.",
            "Each line begins with its number, counted from 1, followed by a dot and a space.",
            "Number the lines from 1 on, in front, with a dot and a space after the number.",
            "In front of every line stand its number, a dot and a space, the first line having number 1.",
        ),
        ("number", "count", "index", "list"),
        "result = [str(i) + '. ' + line for i, line in enumerate(result, start=1)]",
        lambda result: [f"{at + 1}. {line}" for at, line in enumerate(result)],
        Stage.AFTER,
        never_with=("heading",),
    ),
    Rule(
        "heading",
        (
            "Above all other lines stands one that says {text:quoted}.",
            "The first line is {text:quoted}, and the others follow.",
            "Put a line with {text:quoted} on top, as a heading.",
            "Begin with a line that is just {text:quoted}.",
            "There is a heading, a first line which reads {text:quoted}.",
        ),
        ("heading", "title", "top", "first line"),
        "result = [$text] + result",
        lambda result, text: [text, *result],
        Stage.AFTER,
        draw=pick("text", "Report", "Overview", "This month", "Summary", "Accounts"),
        small=True,
    ),
    Rule(
        "one_string",
        (
            "The finished lines are returned as a single string, with {glue:quoted} from each to the next.",
            "At the very end, join all lines to one string with {glue:quoted} in between.",
            "Instead of a list of lines, the result is one string in which {glue:quoted} separates them.",
            "Return one string, namely all finished lines with {glue:quoted} between them.",
            "As the last step, the lines are put together to one string, divided by {glue:quoted}.",
        ),
        ("string", "join", "separator", "one"),
        "result = $glue.join(result)",
        lambda result, glue: glue.join(result),
        Stage.AFTER,
        step=1,
        draw=pick("glue", " | ", "; ", " / ", ", "),
    ),
)
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
    rules=_RULES,
    inputs=_inputs,
)
