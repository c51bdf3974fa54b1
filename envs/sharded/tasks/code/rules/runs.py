"""Rules of the family `runs`: runs of equal characters in a string."""

from __future__ import annotations

import itertools

from turnbench.envs.sharded.tasks.code.spec import Final, Rule, Stage, number, pick

Runs = list[tuple[str, int]]


def _merged(runs: Runs) -> Runs:
    """Another reading of dropping runs: what then stands side by side becomes one."""
    return [(char, sum(length for _, length in same)) for char, same in itertools.groupby(runs, lambda run: run[0])]


def _first_runs(runs: Runs) -> Runs:
    lengths: dict[str, int] = {}
    for char, length in runs:
        lengths.setdefault(char, length)
    return list(lengths.items())


RULES = (
    Rule(
        "fold",
        (
            "Capital letters in the {things:words} are turned into small ones first.",
            "Upper and lower case make no difference in the {things:words}, and small letters are returned.",
            "Before the {things:words} are looked at, all their letters become small ones.",
            "Read the {things:words} as if they were all written in small letters.",
            "Start by converting the {things:words} to lower case.",
        ),
        ("case", "capital", "uppercase", "lowercase"),
        "text = text.lower()",
        lambda text: "".join(char.lower() for char in text),
        step=-1,
        small=True,
    ),
    Rule(
        "no_spaces",
        (
            "Spaces in the {things:words} are ignored, as if the characters around them stood side by side.",
            "Take all spaces out of the {things:words} beforehand.",
            "There may be spaces in the {things:words}, which have to be removed at the start.",
            "Delete the spaces in the {things:words} before looking for anything.",
            "Spaces do not count in the {things:words} and do not separate anything either.",
        ),
        ("space", "spaces", "blank", "gap"),
        "text = text.replace(' ', '')",
        lambda text: "".join(char for char in text if char != " "),
        small=True,
    ),
    Rule(
        "no_digits",
        (
            "Digits in the {things:words} are ignored, as if the characters around them stood side by side.",
            "Take all digits out of the {things:words} beforehand.",
            "There may be digits in the {things:words}, which have to be removed at the start.",
            "Delete the digits in the {things:words} before looking for anything.",
            "Digits do not count in the {things:words} and do not separate anything either.",
        ),
        ("digit", "digits", "number", "numerals"),
        "text = ''.join(c for c in text if c not in '0123456789')",
        lambda text: text.translate(dict.fromkeys(range(48, 58))),
        small=True,
    ),
    Rule(
        "without",
        (
            "The character {mark:quoted} is taken out of the {things:words} before anything else happens to them.",
            "Remove each {mark:quoted} from the {things:words} at the start.",
            "A {mark:quoted} in the {things:words} means nothing and is deleted beforehand.",
            "First delete all {mark:quoted} from the {things:words}.",
            "Act as if there were no {mark:quoted} in the {things:words} at all.",
        ),
        ("character", "symbol", "special", "remove", "punctuation"),
        "text = text.replace($mark, '')",
        lambda text, mark: "".join(text.split(mark)),
        draw=pick("mark", "-", "_", "*", "+"),
    ),
    Rule(
        "up_to",
        (
            "Everything from the first {mark:quoted} on is ignored in the {things:words}.",
            "The {things:words} end before the first {mark:quoted}, if there is one.",
            "If {mark:quoted} occurs in the {things:words}, cut them off right before it.",
            "Read the {things:words} only up to the first {mark:quoted}, which does not belong to them any more.",
            "A {mark:quoted} marks the end of the {things:words}, and what follows does not count, nor does the mark.",
        ),
        ("end", "stop", "terminator", "finish", "mark"),
        "text = text.split($mark)[0]",
        lambda text, mark: text[: text.index(mark)] if mark in text else text,
        draw=pick("mark", "/", "#", "!", "|"),
    ),
    Rule(
        "backwards",
        (
            "The {things:words} are read from right to left.",
            "Begin at the last character of the {things:words} and go backwards.",
            "Read the {things:words} backwards.",
            "The {things:words} have to be reversed to begin with.",
            "Go through the {things:words} from their end to their beginning.",
        ),
        ("direction", "backwards", "reverse", "right", "left"),
        "text = text[::-1]",
        lambda text: "".join(reversed(text)),
        never_with=("up_to",),
    ),
    Rule(
        "long_only",
        (
            "Runs shorter than {n:int} are left out.",
            "Only runs of at least {n:int} characters count.",
            "Ignore every run with a length below {n:int}.",
            "Drop runs that have fewer than {n:int} characters.",
            "A run needs {n:int} characters or more to be counted.",
        ),
        ("short", "minimum", "length", "least"),
        "runs = [(char, n) for char, n in runs if n >= $n]",
        lambda runs, n: [run for run in runs if not run[1] < n],
        Stage.MIDDLE,
        draw=pick("n", 2, 3),
        readings=(lambda runs, n: _merged([run for run in runs if run[1] >= n]),),
        small=True,
    ),
    Rule(
        "short_only",
        (
            "Runs longer than {n:int} are left out.",
            "Only runs of at most {n:int} characters count.",
            "Ignore every run with a length above {n:int}.",
            "Drop runs that have more than {n:int} characters.",
            "A run with more than {n:int} characters is not counted.",
        ),
        ("long", "maximum", "length", "most"),
        "runs = [(char, n) for char, n in runs if n <= $n]",
        lambda runs, n: [run for run in runs if not run[1] > n],
        Stage.MIDDLE,
        draw=number(3, 5),
        group="many",
        readings=(lambda runs, n: _merged([run for run in runs if run[1] <= n]),),
    ),
    Rule(
        "capped",
        (
            "A length above {n:int} is given as exactly that.",
            "No length is given as more than {n:int}, even if the run is longer.",
            "Lengths are capped at {n:int}.",
            "For a run longer than {n:int}, write this number as its length.",
            "The greatest length that may appear is {n:int}, which stands for all longer runs as well.",
        ),
        ("long", "maximum", "length", "cap", "most"),
        "runs = [(char, min(n, $n)) for char, n in runs]",
        lambda runs, n: [(char, n if length > n else length) for char, length in runs],
        Stage.MIDDLE,
        draw=number(3, 5),
        group="many",
        bases=("code", "pairs"),
        small=True,
    ),
    Rule(
        "first_time",
        (
            "Of several runs of the same character only the first one counts.",
            "A character gets one run at most, its first, and later runs of it are ignored.",
            "Ignore a run if there was a run of the same character before.",
            "Each character is listed once only, for its first run.",
            "Later runs of a character that had a run already are skipped.",
        ),
        ("repeat", "again", "same", "once", "duplicate"),
        "runs = [run for i, run in enumerate(runs) if run[0] not in [char for char, n in runs[:i]]]",
        _first_runs,
        Stage.MIDDLE,
    ),
    Rule(
        "longest_first",
        (
            "The runs are ordered by length, the longest first, and runs of equal length stay in their order.",
            "Sort the runs from long to short, keeping the order of the text among equally long ones.",
            "Longer runs come before shorter ones, and for equal lengths the earlier run comes first.",
            "Put the longest run first and go on in descending order of length, equal lengths in text order.",
            "List the runs by decreasing length, where runs of the same length keep the order they had.",
        ),
        ("sort", "order", "longest"),
        "runs = sorted(runs, key=lambda run: -run[1])",
        lambda runs: sorted(runs, key=lambda run: run[1], reverse=True),
        Stage.MIDDLE,
        step=1,
        bases=("code", "pairs"),
        never_with=("capped",),
    ),
    Rule(
        "no_ones",
        (
            "The length is not written if it is 1.",
            "For a length of 1 write the character alone.",
            "Single characters appear without a length.",
            "Leave the number away where a run is just one character long.",
            "A run of one character is written without a 1.",
        ),
        ("single", "one", "alone", "omit"),
        "result = [part[:1] if part[1:] == '1' else part for part in result]",
        lambda result: [part[0] if part[1:] == "1" else part for part in result],
        Stage.AFTER,
        bases=("code",),
        small=True,
    ),
    Rule(
        "if_none",
        (
            "If there is no run at all, return the string {text:quoted}.",
            "When no run is left, the result is the string {text:quoted}.",
            "Without any run that counts, give back the string {text:quoted}.",
            "Should the text be empty or no run remain, the result is the string {text:quoted}.",
            "In case there are no runs, return the string {text:quoted}.",
        ),
        ("empty", "none", "nothing"),
        "if not runs:\n    return $text",
        lambda runs, text: runs or Final(text),
        Stage.MIDDLE,
        step=2,
        rare=True,
        draw=pick("text", "none", "empty", "no runs", "?"),
        small=True,
    ),
    Rule(
        "joined",
        (
            "The parts of the finished list are joined to one string, with {glue:quoted} in between.",
            "Return one string instead of the list, its parts separated by {glue:quoted}.",
            "Instead of a list, the result is a single string in which {glue:quoted} stands between the parts.",
            "Join the finished list to a string with {glue:quoted}.",
            "What is returned is not the list but one string, the parts divided by {glue:quoted}.",
        ),
        ("join", "separator", "string", "format"),
        "result = $glue.join(result)",
        lambda result, glue: glue.join(result),
        Stage.AFTER,
        step=1,
        draw=pick("glue", "-", "/", ", ", "+", "|"),
        bases=("code",),
    ),
    Rule(
        "limit",
        (
            "The result is based on the first {n:int} runs only, all others are dropped at the end.",
            "Once the runs are found and in order, keep the first {n:int} of them and no more.",
            "From the finished runs take the first {n:int}.",
            "All runs after the first {n:int} that are left in the end are dropped.",
            "No more than {n:int} of the finished runs are used, the first ones.",
        ),
        ("limit", "many", "first", "most"),
        "runs = runs[:$n]",
        lambda runs, n: runs[:n],
        Stage.MIDDLE,
        step=3,
        draw=number(2, 4),
        bases=("code", "pairs"),
    ),
)
