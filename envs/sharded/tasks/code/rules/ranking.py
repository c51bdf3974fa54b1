"""Rules of the family `ranking`: putting named things in order by their points."""

from __future__ import annotations

from typing import Any

from turnbench.envs.sharded.tasks.code.spec import Final, Rule, Stage, both, number, pick

Rows = list[list[Any]]

NAMES = (
    "Ada", "Bo", "Cleo", "Dag", "Edda", "Finn", "Gia", "Hugo", "Ines", "Jon", "Kit", "Lea", "Milo", "Nora", "Otto", "Pia",
    "Quinn", "Rosa", "Sam", "Tove", "Uma", "Vito", "Wanda", "Yara",
)  # fmt: skip


def _merged(rows: Rows, join: Any) -> Rows:
    found: dict[str, int] = {}
    for name, points in rows:
        found[name] = join(found[name], points) if name in found else points
    return [[name, points] for name, points in found.items()]


def _short_first(rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: len(row[0]))


RULES = (
    Rule(
        "capitals",
        (
            "The names of the {things:words} are compared and returned in capital letters.",
            "Write all names of the {things:words} in capitals before anything else is done.",
            "First of all, turn the names of the {things:words} into upper case.",
            "Upper and lower case in the names of the {things:words} mean the same, and all are written in capitals.",
            "Names of the {things:words} that differ in case only are the same name, and each is given in upper case.",
        ),
        ("case", "capital", "uppercase", "lowercase", "spelling"),
        "rows = [[name.upper(), points] for name, points in rows]",
        lambda rows: [[name.upper(), points] for name, points in rows],
        step=-1,
        never_with=("bonus", "banned"),
    ),
    Rule(
        "unnamed",
        (
            "Leave out {things:words} whose name is an empty string.",
            "Ignore {things:words} without a name, that is, with an empty one.",
            "Skip {things:words} if the name is empty.",
            "Only {things:words} that have a name count, and an empty string is none.",
            "When the name is the empty string, such {things:words} are dropped.",
        ),
        ("empty", "name", "missing", "unnamed", "anonymous"),
        "rows = [[name, points] for name, points in rows if name]",
        lambda rows: [row for row in rows if row[0] != ""],
        small=True,
    ),
    Rule(
        "at_least",
        (
            "Leave out {things:words} with fewer than {n:int} points.",
            "Pairs with less than {n:int} points are ignored, whichever of the {things:words} they belong to.",
            "Only pairs of the {things:words} with {n:int} or more points count.",
            "Drop {things:words} whose points in a pair are below {n:int}.",
            "The {things:words} need {n:int} points or more in a pair, or it is skipped.",
        ),
        ("minimum", "few", "least", "below", "points"),
        "rows = [[name, points] for name, points in rows if points >= $n]",
        lambda rows, n: [row for row in rows if not row[1] < n],
        draw=number(8, 30),
        small=True,
    ),
    Rule(
        "no_negative",
        (
            "Negative points of {things:words} count as 0.",
            "Put 0 for the points of {things:words} where they are below zero.",
            "The {things:words} cannot have less than 0 points, so raise negative ones to 0.",
            "If the points of {things:words} are negative, take them as 0.",
            "Points of {things:words} that are smaller than 0 become 0.",
        ),
        ("negative", "zero", "below", "minus"),
        "rows = [[name, max(points, 0)] for name, points in rows]",
        lambda rows: [[name, 0 if points < 0 else points] for name, points in rows],
        never_with=("at_least",),
        bases=("pairs",),
    ),
    Rule(
        "bonus",
        (
            "A bonus of {n:int} points goes to {who:name} for each pair.",
            "In every pair, {n:int} points are added for {who:name}.",
            "Add {n:int} points wherever the name is {who:name}.",
            "To each pair with the name {who:name} come {n:int} extra points.",
            "Wherever {who:name} is named, the points are {n:int} higher than written.",
        ),
        ("bonus", "extra", "add", "advantage"),
        "rows = [[name, points + $n if name == $who else points] for name, points in rows]",
        lambda rows, n, who: [[name, points + n * (name == who)] for name, points in rows],
        draw=both(number(3, 12), pick("who", *NAMES)),
    ),
    Rule(
        "banned",
        (
            "Any pair with the name {who:name} is left out.",
            "Ignore {who:name} altogether.",
            "Do not count {who:name}, who is disqualified.",
            "Pairs named {who:name} are not considered.",
            "Skip {who:name} wherever this name appears.",
        ),
        ("disqualified", "exclude", "banned", "except"),
        "rows = [[name, points] for name, points in rows if name != $who]",
        lambda rows, who: [row for row in rows if row[0] != who],
        draw=pick("who", *NAMES),
        never_with=("bonus",),
        small=True,
    ),
    Rule(
        "add_up",
        (
            "If a name occurs in several pairs, the points of these {things:words} are added up.",
            "The same name more than once among the {things:words} means that the points are summed up.",
            "Equal names among the {things:words} are one and the same, and their points are added together.",
            "Add together the points of {things:words} that have the same name.",
            "All points of {things:words} with the same name are put together, as a sum.",
        ),
        ("several", "twice", "same", "duplicate", "repeat"),
        "totals = {}\nfor name, points in rows:\n    totals[name] = totals.get(name, 0) + points\nrows = list(totals.items())",
        lambda rows: _merged(rows, lambda a, b: a + b),
        step=1,
        group="merge",
        small=True,
    ),
    Rule(
        "best_of",
        (
            "If a name occurs in several pairs, only the highest points of these {things:words} count.",
            "The same name more than once among the {things:words} means that its highest points are used and the others are not.",
            "Equal names among the {things:words} are one and the same, and the best points of the name count.",
            "Where {things:words} have the same name, keep the pair with the most points.",
            "Of all points of {things:words} with the same name only the highest count.",
        ),
        ("several", "twice", "same", "duplicate", "repeat"),
        "best = {}\nfor name, points in rows:\n    best[name] = max(points, best.get(name, points))\nrows = list(best.items())",
        lambda rows: _merged(rows, max),
        step=1,
        group="merge",
    ),
    Rule(
        "first_of",
        (
            "If a name occurs in several pairs, only the first pair of these {things:words} counts.",
            "The same name more than once among the {things:words} means that later pairs with it are ignored.",
            "Equal names among the {things:words} are one and the same, and all pairs but the earliest are dropped.",
            "Where {things:words} have the same name, keep the pair that comes first in the list.",
            "Of all pairs of {things:words} with the same name only the earliest is used.",
        ),
        ("several", "twice", "same", "duplicate", "repeat"),
        "first = {}\nfor name, points in rows:\n    first.setdefault(name, points)\nrows = list(first.items())",
        lambda rows: _merged(rows, lambda a, b: a),
        step=1,
        group="merge",
    ),
    Rule(
        "ties_by_name",
        (
            "When {things:words} have equally many points, the alphabetical order of their names decides.",
            "Ties between {things:words} are broken by name, from A to Z.",
            "If the points of {things:words} are equal, the name that comes first in the alphabet goes first.",
            "For the same number of points, {things:words} are in alphabetical order.",
            "Equal points of {things:words} are sorted by name alphabetically.",
        ),
        ("tie", "equal", "same points", "draw"),
        "rows = sorted(rows)",
        lambda rows: sorted(rows, key=lambda row: row[0]),
        step=2,
        group="ties",
        readings=(lambda rows: sorted(rows, key=lambda row: row[0].lower()),),
        small=True,
    ),
    Rule(
        "ties_later_first",
        (
            "When {things:words} have equally many points, the one listed later goes first.",
            "Ties between {things:words} are broken in favour of what stands further back in the list.",
            "If the points of {things:words} are equal, the later one in the list comes before the earlier one.",
            "For the same number of points, {things:words} are in the reverse order of the list.",
            "Equal points of {things:words} mean that the one further down in the input is named first.",
        ),
        ("tie", "equal", "same points", "draw"),
        "rows = rows[::-1]",
        lambda rows: list(reversed(rows)),
        step=2,
        group="ties",
        never_with=("add_up", "best_of", "first_of"),
    ),
    Rule(
        "ties_short_first",
        (
            "When {things:words} have equally many points, the one with the shorter name goes first.",
            "Ties between {things:words} are broken by the length of the name, short names first.",
            "If the points of {things:words} are equal, the name with fewer letters comes first.",
            "For the same number of points, {things:words} are ordered from the shortest name to the longest.",
            "Equal points of {things:words} are sorted by how long the name is, the shortest first.",
        ),
        ("tie", "equal", "same points", "draw"),
        "rows = sorted(rows, key=lambda row: len(row[0]))",
        lambda rows: _short_first(rows),
        step=2,
        group="ties",
        # Names of the same length are still tied: nothing is said about their order.
        readings=(lambda rows: _short_first(rows[::-1]),),
    ),
    Rule(
        "limit",
        (
            "Return the best {n:int} only.",
            "Those who are not among the best {n:int} are left out of the result.",
            "Only the top {n:int} are returned.",
            "No more than {n:int} make it into the result, namely the best ones.",
            "The result is limited to the best {n:int}.",
        ),
        ("many", "top", "limit", "most", "all"),
        "result = result[:$n]",
        lambda result, n: result[:n],
        Stage.AFTER,
        draw=number(2, 3),
        bases=("names", "pairs"),
    ),
    Rule(
        "reverse",
        (
            "The finished list is turned around, so that the best comes last.",
            "Once the list is finished, reverse it as a whole.",
            "At the very end, turn the whole list around.",
            "The finished list is returned backwards, with the best at its end.",
            "As the last step, the list is reversed, so that it ends with the best.",
        ),
        ("reverse", "ascending", "worst", "direction", "backwards"),
        "result = result[::-1]",
        lambda result: list(reversed(result)),
        Stage.AFTER,
        step=1,
        bases=("names", "pairs"),
    ),
    Rule(
        "if_none",
        (
            "If nobody is left, return the string {text:quoted}.",
            "When there is nobody to rank, the result is the string {text:quoted}.",
            "With not a single pair to rank, give back the string {text:quoted}.",
            "Should nobody remain, or the input be empty, the result is the string {text:quoted}.",
            "In case nobody remains to be ranked, return the string {text:quoted}.",
        ),
        ("nobody", "empty", "none", "nothing"),
        "if not rows:\n    return $text",
        lambda rows, text: rows or Final(text),
        Stage.MIDDLE,
        rare=True,
        draw=pick("text", "nobody", "none", "no result", "cancelled"),
        small=True,
    ),
)
