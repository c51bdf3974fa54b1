"""Times of day: from and to, in minutes and hours."""

from __future__ import annotations

from collections.abc import Mapping

from turnbench.envs.sharded.tasks.code.spec import Base, Family, Final, Rule, Setting, Slots, Stage, both, pick
from turnbench.randomness import RandomStream

Spans = list[list[int]]
_DAY = 24 * 60


def _inputs(rng: RandomStream, rules: Mapping[str, Slots]) -> list[list[str]]:
    lengths = [slots["n"] for kind, slots in rules.items() if kind in ("skip_short", "longest_paid", "pause")]
    edges = [_minutes(rules[kind]["time"]) for kind in ("not_before", "not_after") if kind in rules]
    made = []
    for _ in range(rng.below(6)):
        start, length = 360 + rng.below(700), 15 + rng.below(370)
        if lengths and rng.below(2):
            length = max(5, rng.choice(lengths) + rng.below(41) - 20)
        if edges and rng.below(2):
            start = rng.choice(edges) - rng.below(length + 20)
        if rng.below(4) == 0:
            start, length = start // 15 * 15, length // 15 * 15 or 15
        pair = [_clock(start), _clock(min(start + length, _DAY - 1))]
        if "overnight" in rules and rng.below(3) == 0:
            start = _DAY - 1 - rng.below(length)
            pair = [_clock(start), _clock((start + length) % _DAY)]
        if "no_overnight" in rules and rng.below(3) == 0:
            pair.reverse()
        made.append(pair)
    return [pair for pair in made if pair[0] != pair[1]]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _read(shifts: list[list[str]]) -> Spans:
    return [[_minutes(start), _minutes(end)] for start, end in shifts]


_RULES = (
    Rule(
        "overnight",
        (
            "An end that is earlier than its start belongs to the next day, since some {things:words} go past midnight.",
            "Some {things:words} run through midnight, which shows in an end before the start.",
            "If {things:words} end at an earlier time of day than they start, they end on the following day.",
            "With {things:words} that cross midnight the end is smaller than the start, and then it means the day after.",
            "When the end is before the start, the {things:words} have gone on into the next day.",
        ),
        ("midnight", "night", "next day", "overnight", "earlier"),
        "spans = [[start, end if end > start else end + 1440] for start, end in spans]",
        lambda spans: [[start, end + _DAY * (end < start)] for start, end in spans],
        step=-1,
        group="overnight",
        never_with=("not_before", "not_after"),
        small=True,
    ),
    Rule(
        "no_overnight",
        (
            "An end that is earlier than its start is a mistake, and such {things:words} are ignored.",
            "Leave out {things:words} whose end is before their start.",
            "If {things:words} end at an earlier time of day than they start, skip them.",
            "There are {things:words} that were entered wrongly, with the end before the start, and they do not count.",
            "When the end is before the start, the {things:words} are invalid and dropped.",
        ),
        ("midnight", "mistake", "invalid", "wrong", "earlier"),
        "spans = [[start, end] for start, end in spans if start < end]",
        lambda spans: [span for span in spans if not span[1] < span[0]],
        step=-1,
        group="overnight",
        small=True,
    ),
    Rule(
        "not_before",
        (
            "What lies before {time:quoted} is not counted, so {things:words} that start earlier are taken to start then.",
            "Nothing counts before {time:quoted}, and the {things:words} begin at that time at the earliest.",
            "If {things:words} start before {time:quoted}, use that time as their start.",
            "Move earlier starts of {things:words} to {time:quoted}.",
            "The {things:words} cannot begin before {time:quoted}, so earlier starts are set to it.",
        ),
        ("before", "early", "opening", "earliest"),
        "opening = int($time[:2]) * 60 + int($time[3:])\nspans = [[max(start, opening), end] for start, end in spans if end > opening]",
        lambda spans, time: [[max(start, _minutes(time)), end] for start, end in spans if not end <= _minutes(time)],
        draw=pick("time", "07:00", "07:30", "08:00", "08:15", "09:00"),
        # Whether what lies outside altogether is listed with no minutes is not said.
        readings=(lambda spans, time: [[max(time_, _minutes(time)) for time_ in span] for span in spans],),
    ),
    Rule(
        "not_after",
        (
            "What lies after {time:quoted} is not counted, so {things:words} that end later are taken to end then.",
            "Nothing counts after {time:quoted}, and the {things:words} finish at that time at the latest.",
            "If {things:words} end after {time:quoted}, use that time as their end.",
            "Move later ends of {things:words} to {time:quoted}.",
            "The {things:words} cannot go on after {time:quoted}, so later ends are set to it.",
        ),
        ("after", "late", "closing", "latest"),
        "closing = int($time[:2]) * 60 + int($time[3:])\nspans = [[start, min(end, closing)] for start, end in spans if start < closing]",
        lambda spans, time: [[start, min(end, _minutes(time))] for start, end in spans if not start >= _minutes(time)],
        draw=pick("time", "17:00", "17:30", "18:00", "18:45", "20:00"),
        readings=(lambda spans, time: [[min(time_, _minutes(time)) for time_ in span] for span in spans],),
    ),
    Rule(
        "skip_short",
        (
            "Leave out {things:words} that take less than {n:int} minutes.",
            "Only {things:words} of {n:int} minutes or more count.",
            "Ignore {things:words} shorter than {n:int} minutes.",
            "Drop {things:words} if they last fewer than {n:int} minutes.",
            "The {things:words} have to last {n:int} minutes at least, or they are skipped.",
        ),
        ("short", "minimum", "least"),
        "lengths = [n for n in lengths if n >= $n]",
        lambda lengths, n: [length for length in lengths if not length < n],
        Stage.MIDDLE,
        draw=pick("n", 20, 30, 40, 45, 60, 90),
        small=True,
    ),
    Rule(
        "pause",
        (
            "A pause of {m:int} minutes is taken off {things:words} that last longer than {n:int} minutes.",
            "Subtract {m:int} minutes for a pause from {things:words} of more than {n:int} minutes.",
            "If {things:words} take more than {n:int} minutes, {m:int} minutes of that are a pause and do not count.",
            "From {things:words} exceeding {n:int} minutes, {m:int} minutes are deducted for a pause.",
            "All {things:words} over {n:int} minutes contain a pause, so count them {m:int} minutes shorter.",
        ),
        ("pause", "break", "rest", "lunch", "deduct"),
        "lengths = [n - $m if n > $n else n for n in lengths]",
        lambda lengths, n, m: [length - m * (length > n) for length in lengths],
        Stage.MIDDLE,
        draw=both(pick("n", 120, 180, 240, 300), pick("m", 10, 15, 20, 30)),
        small=True,
    ),
    Rule(
        "longest_paid",
        (
            "No more than {n:int} minutes are counted for any of the {things:words}.",
            "For {things:words} longer than {n:int} minutes, count only that long.",
            "Count {things:words} as {n:int} minutes if they take more.",
            "The most that any of the {things:words} can count is {n:int} minutes.",
            "Lengths of {things:words} are limited to {n:int} minutes each.",
        ),
        ("long", "maximum", "most", "cap"),
        "lengths = [min(n, $n) for n in lengths]",
        lambda lengths, n: [n if length > n else length for length in lengths],
        Stage.MIDDLE,
        draw=pick("n", 150, 200, 250, 320),
        small=True,
    ),
    Rule(
        "quarters_down",
        (
            "The length of the {things:words} is rounded down to a multiple of {n:int} minutes, one by one.",
            "Only full steps of {n:int} minutes count in the {things:words}, each on its own.",
            "Round the minutes of all {things:words} down to the next multiple of {n:int}, separately.",
            "In each of the {things:words}, minutes beyond the last full {n:int} are dropped.",
            "Every length among the {things:words} is cut down to a multiple of {n:int} minutes.",
        ),
        ("round", "multiple", "quarter", "step"),
        "lengths = [n // $n * $n for n in lengths]",
        lambda lengths, n: [length - length % n for length in lengths],
        Stage.MIDDLE,
        draw=pick("n", 5, 10, 15, 20),
        group="rounding",
    ),
    Rule(
        "quarters_up",
        (
            "The length of the {things:words} is rounded up to a multiple of {n:int} minutes, one by one.",
            "Every step of {n:int} minutes that has begun counts in full, in each of the {things:words} on its own.",
            "Round the minutes of all {things:words} up to the next multiple of {n:int}, separately, unless they are one.",
            "In each of the {things:words}, a part of {n:int} minutes at the end counts as a whole one.",
            "Every length among the {things:words} that is no multiple of {n:int} minutes is raised to the next one.",
        ),
        ("round", "multiple", "quarter", "step"),
        "lengths = [(n + $n - 1) // $n * $n for n in lengths]",
        lambda lengths, n: [length + -length % n for length in lengths],
        Stage.MIDDLE,
        draw=pick("n", 5, 10, 15, 20),
        group="rounding",
    ),
    Rule(
        "if_none",
        (
            "If there are no {things:words} that count, return the string {text:quoted}.",
            "When none of the {things:words} are left, the result is the string {text:quoted}.",
            "Without {things:words} to work with, give back the string {text:quoted}.",
            "Should no {things:words} be given or remain, the result is the string {text:quoted}.",
            "In case there are no {things:words}, return the string {text:quoted}.",
        ),
        ("empty", "none", "nothing"),
        "if not lengths:\n    return $text",
        lambda lengths, text: lengths or Final(text),
        Stage.MIDDLE,
        step=1,
        rare=True,
        draw=pick("text", "none", "free", "closed", "-"),
        small=True,
    ),
    Rule(
        "extra",
        (
            "In the end {n:int} minutes are added to the result.",
            "Put {n:int} minutes on top of the result.",
            "The result is increased by {n:int} minutes for setting up.",
            "Add {n:int} minutes to the result, for the way there.",
            "The result is to be {n:int} minutes more than computed.",
        ),
        ("add", "extra", "more"),
        "result = result + $n",
        lambda result, n: n + result,
        Stage.AFTER,
        draw=pick("n", 5, 10, 12, 25),
        bases=("total", "longest"),
        small=True,
    ),
    Rule(
        "as_clock",
        (
            "The finished result is written as hours, a colon, and minutes with two digits, such as 7:05.",
            "Return the finished result in the form h:mm as a string, so that 425 minutes are 7:05.",
            "Give the finished result as text with hours and two-digit minutes, for example 7:05.",
            "As the last step, turn the minutes into a string like 7:05, hours before the colon and two digits after it.",
            "What is returned in the end is a string of hours and minutes like 7:05, the minutes with two digits, the hours without a leading zero.",
        ),
        ("format", "hours", "text", "string", "clock"),
        "result = f'{result // 60}:{result % 60:02d}'",
        lambda result: str(result // 60) + ":" + str(result % 60).zfill(2),
        Stage.AFTER,
        step=1,
        bases=("total", "longest"),
    ),
)
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
    rules=_RULES,
    inputs=_inputs,
    open_groups=("overnight",),
)
