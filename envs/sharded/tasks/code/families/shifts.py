"""Times of day: from and to, in minutes and hours."""

from __future__ import annotations

from collections.abc import Mapping

from turnbench.envs.sharded.tasks.code.rules.shifts import DAY, RULES, minutes
from turnbench.envs.sharded.tasks.code.spec import Base, Family, Setting, Slots
from turnbench.randomness import RandomStream

Spans = list[list[int]]


def _inputs(rng: RandomStream, rules: Mapping[str, Slots]) -> list[list[str]]:
    lengths = [slots["n"] for kind, slots in rules.items() if kind in ("skip_short", "longest_paid", "pause")]
    edges = [minutes(rules[kind]["time"]) for kind in ("not_before", "not_after") if kind in rules]
    made = []
    for _ in range(rng.below(6)):
        start, length = 360 + rng.below(700), 15 + rng.below(370)
        if lengths and rng.below(2):
            length = max(5, rng.choice(lengths) + rng.below(41) - 20)
        if edges and rng.below(2):
            start = rng.choice(edges) - rng.below(length + 20)
        if rng.below(4) == 0:
            start, length = start // 15 * 15, length // 15 * 15 or 15
        pair = [_clock(start), _clock(min(start + length, DAY - 1))]
        if "overnight" in rules and rng.below(3) == 0:
            start = DAY - 1 - rng.below(length)
            pair = [_clock(start), _clock((start + length) % DAY)]
        if "no_overnight" in rules and rng.below(3) == 0:
            pair.reverse()
        made.append(pair)
    return [pair for pair in made if pair[0] != pair[1]]


def _clock(time: int) -> str:
    return f"{time // 60:02d}:{time % 60:02d}"


def _read(shifts: list[list[str]]) -> Spans:
    return [[minutes(start), minutes(end)] for start, end in shifts]


_OPEN_CODE = "lengths = [end - start for start, end in spans]"
_BASES = (
    Base(
        "total",
        (
            "It takes a list of pairs of times like 08:30, start and end of the {things:words}, and returns how many minutes they last together.",
            "Its argument is a list of pairs of strings such as 08:30, when the {things:words} start and end, and it returns the sum of their lengths in minutes.",
            "Given start and end of the {things:words} as a list of pairs of times in the form 08:30, it gives back the total number of minutes.",
            "The input is a list of pairs, start and end of the {things:words} as strings like 08:30, and the output is the total time in minutes.",
            "A list of pairs of times in the 24-hour form 08:30 goes in, from when to when the {things:words} go, and the sum of the minutes comes out.",
        ),
        ("input", "argument", "output", "return", "total", "format"),
        "result = sum(lengths)",
        lambda lengths: sum(lengths),
        _OPEN_CODE,
        lambda spans, inside: [end - start for start, end in spans],
        small=True,
    ),
    Base(
        "each",
        (
            "It takes a list of pairs of times like 08:30, start and end of the {things:words}, and returns a list of their lengths in minutes.",
            "Its argument is a list of pairs of strings such as 08:30, when the {things:words} start and end, and it returns a list with the minutes of each.",
            "Given start and end of the {things:words} as a list of pairs of times in the form 08:30, it gives back the list of their lengths in minutes.",
            "The input is a list of pairs, start and end of the {things:words} as strings like 08:30, and the output is a list of the minutes each of them takes.",
            "A list of pairs of times in the 24-hour form 08:30 goes in, from when to when the {things:words} go, and a list of minutes comes out.",
        ),
        ("input", "argument", "output", "return", "list", "format"),
        "result = lengths",
        lambda lengths: lengths,
        _OPEN_CODE,
        lambda spans, inside: [end - start for start, end in spans],
    ),
    Base(
        "longest",
        (
            "It takes a list of pairs of times like 08:30, start and end of the {things:words}, and returns the length of the longest in minutes.",
            "Its argument is a list of pairs of strings such as 08:30, when the {things:words} start and end, and it returns how many minutes the longest takes.",
            "Given start and end of the {things:words} as a list of pairs of times in the form 08:30, it gives back the greatest length in minutes.",
            "The input is a list of pairs, start and end of the {things:words} as strings like 08:30, and the output is the maximum of the lengths in minutes.",
            "A list of pairs of times in the 24-hour form 08:30 goes in, from when to when the {things:words} go, and the minutes of the longest come out.",
        ),
        ("input", "argument", "output", "return", "longest", "format"),
        "result = max(lengths)",
        lambda lengths: sorted(lengths)[-1],
        _OPEN_CODE,
        lambda spans, inside: [end - start for start, end in spans],
    ),
)
FAMILY = Family(
    name="shifts",
    settings=(
        Setting("add_shifts", "shifts", "a bakery"),
        Setting("count_lessons", "lessons", "the music school"),
        Setting("sum_visits", "visits", "a dog groomer"),
        Setting("measure_trips", "trips", "the ferry"),
        Setting("time_rehearsals", "rehearsals", "our theatre group"),
        Setting("add_sessions", "sessions", "the repair workshop"),
        Setting("time_bookings", "bookings", "a tennis court"),
    ),
    goals=(
        "I need a Python function called {function:id} that works out how long the {things:words} of {place:words} take.",
        "Please write a Python function {function:id} to compute times for the {things:words} of {place:words}.",
        "Write me a Python function with the name {function:id} which finds out how much time goes into the {things:words} of {place:words}.",
        "For the {things:words} of {place:words} I want a Python function {function:id} that adds up or compares times.",
        "Make a function {function:id} in Python for working with the times of the {things:words} of {place:words}.",
    ),
    topics=("goal", "purpose", "name"),
    parameter="shifts",
    read_code="spans = [[int(a[:2]) * 60 + int(a[3:]), int(b[:2]) * 60 + int(b[3:])] for a, b in shifts]",
    read=_read,
    bases=_BASES,
    rules=RULES,
    inputs=_inputs,
    open_groups=("overnight",),
)
