"""Putting named things in order by their points."""

from __future__ import annotations

from collections.abc import Mapping

from turnbench.envs.sharded.tasks.code.rules.ranking import NAMES, RULES, Rows
from turnbench.envs.sharded.tasks.code.spec import Base, Family, Setting, Slots
from turnbench.randomness import RandomStream


def _inputs(rng: RandomStream, rules: Mapping[str, Slots]) -> Rows:
    pool = rng.sample(NAMES, 6)
    pool[:0] = [rules[kind]["who"] for kind in ("bonus", "banned") if kind in rules]
    limits = [slots["n"] for kind, slots in rules.items() if kind == "at_least"]
    merging, tying = {"add_up", "best_of", "first_of"} & rules.keys(), [k for k in rules if k.startswith("ties")]
    names = pool[: 2 + rng.below(5)]
    rng.shuffle(names)
    if merging:
        names = [rng.choice(names) for _ in range(rng.below(7))]
    rows: Rows = []
    for name in names[rng.below(6) :] if rng.below(8) == 0 else names:
        if "capitals" in rules and rng.below(3) == 0:
            name = rng.choice((name.upper(), name.lower()))
        if "unnamed" in rules and rng.below(5) == 0:
            name = ""
        points = rng.below(80)
        if limits and rng.below(3) == 0:
            points = rng.choice(limits) + rng.below(5) - 3
        if "no_negative" in rules and rng.below(4) == 0:
            points = -1 - rng.below(9)
        if tying and rows and rng.below(2) == 0:
            points = rng.choice(rows)[1]
        rows.append([name, points])
    return rows


_SORTED = "rows = sorted(rows, key=lambda row: -row[1])\n"
_BASES = (
    Base(
        "names",
        (
            "It takes a list of pairs of a name and points, and returns the names of the {things:words} as a list, most points first.",
            "Its only argument is a list of pairs, each the name of one of the {things:words} and its points, and it returns a list of the names from the most points to the fewest.",
            "Given pairs of name and points for the {things:words}, in a list, it gives back the list of names, sorted by points with the most first.",
            "The input is a list of pairs, name and integer points of the {things:words}, and the output is the list of names in descending order of points.",
            "A list of pairs of name and points of the {things:words} goes in, and the list of names comes out, the one with the most points at its head.",
        ),
        ("input", "argument", "output", "return", "list"),
        _SORTED + "result = [name for name, points in rows]",
        lambda rows: [row[0] for row in sorted(rows, key=lambda row: row[1], reverse=True)],
        small=True,
    ),
    Base(
        "pairs",
        (
            "It takes a list of pairs of a name and points, and returns the pairs of the {things:words} as a list, most points first.",
            "Its only argument is a list of pairs, each the name of one of the {things:words} and its points, and it returns the list of pairs from the most points to the fewest.",
            "Given pairs of name and points for the {things:words}, in a list, it gives back the list of pairs, sorted by points with the most first.",
            "The input is a list of pairs, name and integer points of the {things:words}, and the output is the list of pairs in descending order of points.",
            "A list of pairs of name and points of the {things:words} goes in, and the list of pairs comes out, the one with the most points at its head.",
        ),
        ("input", "argument", "output", "return", "list"),
        _SORTED + "result = [[name, points] for name, points in rows]",
        lambda rows: sorted(([name, points] for name, points in rows), key=lambda row: row[1], reverse=True),
    ),
    Base(
        "winner",
        (
            "It takes a list of pairs of a name and points, and returns the name of the one with the most points among the {things:words}.",
            "Its only argument is a list of pairs, each the name of one of the {things:words} and its points, and it returns the winner's name, the one with the most points.",
            "Given pairs of name and points for the {things:words}, in a list, it gives back the single name that has the most points.",
            "The input is a list of pairs, name and integer points of the {things:words}, and the output is the name with the highest points.",
            "A list of pairs of name and points of the {things:words} goes in, and the name with the most points comes out.",
        ),
        ("input", "argument", "output", "return", "winner"),
        _SORTED + "result = rows[0][0]",
        lambda rows: max(rows, key=lambda row: row[1])[0],
    ),
)
FAMILY = Family(
    name="ranking",
    settings=(
        Setting("rank_players", "players", "our quiz night"),
        Setting("rank_bakers", "bakers", "the village cake contest"),
        Setting("order_teams", "teams", "a school tournament"),
        Setting("rank_riders", "riders", "the bicycle race"),
        Setting("order_singers", "singers", "a song contest"),
        Setting("rank_gardeners", "gardeners", "the pumpkin show"),
        Setting("rank_helpers", "helpers", "the youth hostel"),
    ),
    goals=(
        "I need a Python function called {function:id} that ranks the {things:words} of {place:words}.",
        "Please write a Python function {function:id} to rank the {things:words} of {place:words}.",
        "Write me a Python function with the name {function:id} which puts the {things:words} of {place:words} in order of merit.",
        "I want to know who is ahead among the {things:words} of {place:words}, with a Python function {function:id}.",
        "Make a function {function:id} in Python for ranking the {things:words} of {place:words}.",
    ),
    topics=("goal", "purpose", "name"),
    parameter="rows",
    bases=_BASES,
    rules=RULES,
    inputs=_inputs,
    open_groups=("merge", "ties"),
)
