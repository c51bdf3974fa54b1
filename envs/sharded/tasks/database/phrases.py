"""All that a user says, in every way it can be said; read by the same templates (see `sharded.wording`).

Attributes stand after "the" or "each", things in the plural. The order of the kinds matters where a sentence could be read
in two ways: "the genre and the price" would pass for one attribute, and "the figure" for another.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from turnbench.envs.sharded.tasks.database.filters import FILTERS
from turnbench.envs.sharded.wording import Phrasebook, Statement

GOALS: dict[str, tuple[str, ...]] = {
    "list": (
        "I want a list of {things:words}.",
        "Please look up certain {things:words} for me.",
        "Can you find some {things:words} in our database?",
        "I am looking for particular {things:words}.",
        "A list of {things:words} is what I need.",
        "Get me some of our {things:words}.",
    ),
    "count": (
        "How many {things:words} are there?",
        "I need to know how many {things:words} we have.",
        "Please count our {things:words}.",
        "What is the number of {things:words}?",
        "Tell me how many {things:words} it comes to.",
        "A count of {things:words}, please.",
    ),
    "figure": (
        "I need one figure about our {things:words}.",
        "Work out a single number from the {things:words}.",
        "There is one number I need about our {things:words}.",
        "Calculate something over the {things:words} for me.",
        "Please boil our {things:words} down to one value.",
        "Help me get one value out of our {things:words}.",
    ),
    "breakdown": (
        "I want a breakdown of our {things:words}.",
        "Give me an overview of the {things:words}, group by group.",
        "Please summarise the {things:words} in groups.",
        "Make me a small table that sums up our {things:words}.",
        "I need our {things:words} grouped.",
        "Put together a grouped summary of the {things:words}.",
    ),
}
"""What shard 1 says: what kind of answer, and about what."""

_COLUMNS: dict[str, tuple[str, ...]] = {
    "show two": (
        "Show the {a:words} and the {b:words} of each one.",
        "What I want to see is the {a:words} together with the {b:words}.",
        "Both the {a:words} and the {b:words} should be in the output.",
        "Put the {a:words} and the {b:words} in the result.",
        "Return the {a:words} as well as the {b:words}.",
        "I want the {a:words} and the {b:words} displayed.",
    ),
    "show": (
        "Show the {a:words} of each one.",
        "What I want to see is the {a:words}.",
        "The {a:words} should be in the output.",
        "Put the {a:words} in the result.",
        "Return the {a:words} for every hit.",
        "I want the {a:words} displayed.",
    ),
    "show too": (
        "Every line should have the {a:words} in it, too.",
        "Add the {a:words} as a further column.",
        "I also need to see the {a:words}.",
        "Next to the rest, print the {a:words}.",
        "Do not forget the {a:words} in the output.",
        "Include the {a:words} besides.",
    ),
    "distinct": (
        "Identical lines should appear only once.",
        "No duplicate lines in the result, please.",
        "Do not repeat a line that is already there.",
        "Each line of the result has to be different.",
        "Print repeated lines a single time.",
        "I do not want to see the same line twice.",
    ),
}
_FIGURES: dict[str, tuple[str, ...]] = {
    "total": (
        "Calculate the total of the {a:words}.",
        "Add up the {a:words}.",
        "The figure I mean is the sum of the {a:words}.",
        "Take the {a:words} and sum it up.",
        "What I need worked out is the {a:words} in total.",
        "Sum the {a:words} to get the figure.",
    ),
    "average": (
        "Calculate the average of the {a:words}.",
        "Take the mean of the {a:words}.",
        "The figure I mean is the average {a:words}.",
        "What I need worked out is the {a:words} on average.",
        "Average the {a:words} to get the figure.",
        "How much the {a:words} is on average is the figure.",
    ),
    "smallest": (
        "Determine the lowest {a:words}.",
        "The figure I mean is the minimum of the {a:words}.",
        "What I need worked out is how low the {a:words} gets.",
        "Take the smallest value of the {a:words}.",
        "The minimum of the {a:words} is the figure.",
        "Pick the lowest value that the {a:words} has.",
    ),
    "largest": (
        "Determine the highest {a:words}.",
        "The figure I mean is the maximum of the {a:words}.",
        "What I need worked out is how high the {a:words} gets.",
        "Take the largest value of the {a:words}.",
        "The maximum of the {a:words} is the figure.",
        "Pick the highest value that the {a:words} has.",
    ),
    "different": (
        "Count the different values of the {a:words}.",
        "The figure I mean is how many different values the {a:words} has.",
        "Count every {a:words} once, however often it occurs.",
        "How often the {a:words} repeats is irrelevant: count distinct values.",
        "What I need worked out is the number of distinct values of the {a:words}.",
        "The figure is the count of the {a:words} without repetitions.",
    ),
    "number": (
        "Count the {things:words} in each group.",
        "The figure I mean is how many {things:words} the group has.",
        "For every group, tell me how many {things:words} it has.",
        "Put the number of {things:words} next to each group.",
        "What I need worked out is the number of {things:words} per group.",
        "Each group should come with its count of {things:words}.",
    ),
}
_GROUPS: dict[str, tuple[str, ...]] = {
    "group": (
        "Make one line for each {a:words}, and name it there.",
        "Group by the {a:words} and show it.",
        "One line per {a:words}, which should be printed as well.",
        "The groups are formed by the {a:words}, shown in a column of its own.",
        "I want a separate line for every {a:words}, with that in it.",
        "Split by the {a:words}, which belongs in the output as well.",
    ),
    "group size": (
        "Leave out groups with fewer than {n:int} {things:words}.",
        "A group needs {n:int} or more {things:words} to be shown.",
        "Only groups of at least {n:int} {things:words} matter.",
        "Groups that do not reach {n:int} {things:words} can go.",
        "Skip any group unless it has at least {n:int} {things:words}.",
        "I want groups with {n:int} {things:words} or more.",
    ),
    "figure above": (
        "Only groups with a figure above {n:number} matter.",
        "Leave out groups whose figure is {n:number} or less.",
        "The figure has to be more than {n:number} for a group to be shown.",
        "Skip any group unless its figure exceeds {n:number}.",
        "Groups whose figure does not exceed {n:number} can go.",
        "I want groups with a figure greater than {n:number}.",
    ),
}
_ORDER: dict[str, tuple[str, ...]] = {
    "figure up": (
        "Sort by the figure, the lowest first.",
        "Put the groups in order of their figure, from low to high.",
        "The group with the lowest figure comes first, and so on up.",
        "Order the groups by increasing figure.",
    ),
    "figure down": (
        "Sort by the figure, the highest first.",
        "Put the groups in order of their figure, from high to low.",
        "The group with the highest figure comes first, and so on down.",
        "Order the groups by decreasing figure.",
    ),
    "low first": (
        "Sort by the {a:words}, the lowest first.",
        "Put them in order of the {a:words}, from low to high.",
        "The result should start with the lowest {a:words} and go up.",
        "Order everything by increasing {a:words}.",
    ),
    "high first": (
        "Sort by the {a:words}, the highest first.",
        "Put them in order of the {a:words}, from high to low.",
        "The result should start with the highest {a:words} and go down.",
        "Order everything by decreasing {a:words}.",
    ),
    "a to z": (
        "Sort by the {a:words}, from A to Z.",
        "Put them in alphabetical order of the {a:words}.",
        "The result should be alphabetical by the {a:words}.",
        "Order everything alphabetically by the {a:words}.",
    ),
    "z to a": (
        "Sort by the {a:words}, from Z to A.",
        "Put them in reverse alphabetical order of the {a:words}.",
        "The result should run backwards through the alphabet by the {a:words}.",
        "Order everything alphabetically by the {a:words}, but the other way round.",
    ),
    "old first": (
        "Sort by the {a:words}, the earliest first.",
        "Put them in order of the {a:words}, from the oldest to the newest.",
        "The result should start with the earliest {a:words}.",
        "Order everything by the {a:words}, oldest on top.",
    ),
    "new first": (
        "Sort by the {a:words}, the latest first.",
        "Put them in order of the {a:words}, from the newest to the oldest.",
        "The result should start with the latest {a:words}.",
        "Order everything by the {a:words}, newest on top.",
    ),
    "only first": (
        "Only the very first line is of interest.",
        "Just give me the line at the top.",
        "One line is enough, the first one.",
        "Cut the result off after the first line.",
        "I need nothing but the top line.",
    ),
    "limit": (
        "Only the first {n:int} lines are of interest.",
        "Just give me the {n:int} lines at the top.",
        "Stop after {n:int} lines.",
        "Cut the result off after {n:int} lines.",
        "I need no more than the top {n:int} lines.",
    ),
}

SAYS = {**GOALS, **_COLUMNS, **FILTERS, **_FIGURES, **_GROUPS, **_ORDER}
"""Kind to templates."""

_SHOWN = ("column", "columns", "field", "fields", "show", "output", "display", "return", "select", "attributes")
_FILTERED = ("filter", "filters", "condition", "conditions", "criteria", "criterion", "restrict", "restriction")
_SORTED = ("sort", "sorted", "order", "ordering", "ascending", "descending", "rank")
TOPICS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_COLUMNS, _SHOWN),
    "distinct": ("duplicate", "duplicates", "distinct", "unique", "repeated"),
    **dict.fromkeys(FILTERS, _FILTERED),
    **dict.fromkeys(_FIGURES, ("figure", "calculate", "calculation", "aggregate", "measure", "statistic", "computed")),
    "group": ("group", "grouped", "grouping", "per", "category"),
    "group size": ("group", "groups", "minimum", "threshold", "size", "having"),
    "figure above": ("groups", "threshold", "having", "cutoff"),
    **dict.fromkeys(_ORDER, _SORTED),
    "only first": ("limit", "top", "rows", "lines", "maximum"),
    "limit": ("limit", "top", "rows", "lines", "maximum"),
}
"""Words by which an assistant would ask for a statement of that kind."""


_BARE = " (bare)"
"""Marks, within the phrasebook, the templates of a kind that do not name the things: a kind's gaps must agree there."""


@lru_cache(maxsize=1)
def _phrasebook() -> Phrasebook:
    templates: dict[str, list[str]] = {}
    for kind, ways in SAYS.items():
        for way in ways:
            templates.setdefault(kind if "{things:" in way else kind + _BARE, []).append(way)
    return Phrasebook(templates)


def ways_to_say(kind: str, **slots: Any) -> tuple[str, ...]:
    """Every way to say it. `slots` are what the kind's gaps hold, and `things`."""
    book = _phrasebook()
    return tuple(way for name in (kind, kind + _BARE) if name in book.templates for way in book.ways(name, **slots))


@cache
def number_of_ways(kind: str) -> int:
    """How many ways there are to say it."""
    book = _phrasebook()
    return sum(len(book.templates.get(name, ())) for name in (kind, kind + _BARE))


def read(message: str) -> list[Statement]:
    """What a message says; sentences of no kind are passed over."""
    return [Statement(kind.removesuffix(_BARE), slots) for kind, slots in _phrasebook().read(message)]
