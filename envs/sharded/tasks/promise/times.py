"""Choices of a day and of a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from turnbench.envs.sharded.tasks.promise.forms import DATE, TIME, Form, Value, date_of, day_of
from turnbench.envs.sharded.tasks.promise.kind import ASK, BAN, CHOOSE, Fact, Kind, Slots
from turnbench.randomness import RandomStream

_OCCASIONS = (
    "the summer party", "the school concert", "the flea market", "the chess tournament", "the village run",
    "the open day",
    "the theatre evening", "the club meeting",
)  # fmt: skip
_MEETINGS = (
    "the morning session", "the training day", "the rehearsal", "the seminar", "the guided walk", "the cooking course",
    "the committee meeting", "the reading group",
)  # fmt: skip


def _moment(slots: Slots, h: str, m: str) -> int:
    """Minutes of a time whose hour and minutes are in these slots, the minutes as written or as read."""
    return 60 * int(slots[h]) + int(slots[m])


def _clock(h: str, m: str, at: int) -> dict[str, Any]:
    return {h: at // 60, m: f"{at % 60:02d}"}


def _day(slots: Slots, d: str, m: str) -> int:
    found = day_of(slots[d], slots[m])
    assert found is not None
    return found


def _calendar(d: str, m: str, at: int) -> dict[str, Any]:
    day, month = date_of(at)
    return {d: day, m: month}


class Day(Kind):
    """A day between spring and autumn, and where it is moved."""

    noun: ClassVar[str] = "day"
    form: ClassVar[Form] = DATE
    answer_form: ClassVar[Form] = DATE
    examples: ClassVar[tuple[str, str]] = "2 January", "30 December"
    intros: ClassVar[tuple[str, ...]] = ("There is a lot to plan.", "I am sorting out our calendar.", "")
    facts: ClassVar[Mapping[str, int]] = {"later": 3, "earlier": 2, "weeks": 2}
    ways: ClassVar[Mapping[str, tuple[str, ...]]] = {
        CHOOSE: (
            "Pick a day for {event:words} from {d1:int} {m1:name} to {d2:int} {m2:name}, but not {a:int} {ma:name} or "
            "{b:int} "
            "{mb:name}.",
            "Please choose the date of {event:words}: no earlier than {d1:int} {m1:name}, no later than {d2:int} "
            "{m2:name}, and "
            "neither {a:int} {ma:name} nor {b:int} {mb:name}.",
            "On which day should {event:words} be, between {d1:int} {m1:name} and {d2:int} {m2:name} but on neither "
            "{a:int} "
            "{ma:name} nor {b:int} {mb:name}?",
            "You decide when {event:words} takes place, any day from {d1:int} {m1:name} until {d2:int} {m2:name} "
            "other than {a:int} "
            "{ma:name} and {b:int} {mb:name}.",
        ),
        BAN: (
            "It cannot be before {d:int} {m:name} after all, so choose another day if yours is.",
            "If the day you chose is earlier than {d:int} {m:name}, please choose another.",
            "I am away until {d:int} {m:name} and can only come from then on, so choose another day if yours is "
            "before it.",
            "Nothing before {d:int} {m:name}, please: take another day if you have to.",
        ),
        "later": (
            "It has to be put off by {n:int} days.", "The hall is only free {n:int} days after that.",
            "Then it moves to {n:int} days later.", "We need {n:int} more days before we can start.",
        ),
        "earlier": (
            "It has to take place {n:int} days earlier than that.", "The hall is only free {n:int} days before that.",
            "Then it moves to {n:int} days earlier.", "We can do it {n:int} days sooner than that.",
        ),
        "weeks": (
            "It has to be put off by {n:int} whole weeks.", "The band can only come {n:int} weeks after that.",
            "Then it moves to {n:int} weeks later.", "We need {n:int} more weeks before we can start.",
        ),
        ASK: ("Which date is that now?", "What day are we at now?", "So when is it?", "Which day does that make it?",
              "On what date is it then?"),
    }  # fmt: skip

    def limits(self, rng: RandomStream) -> dict[str, Any]:
        """Of an occasion, with two days ruled out."""
        first, last = 90 + rng.below(31), 200 + rng.below(41)
        a, b = sorted(rng.sample(range(first + 1, last), 2))
        days = {"1": first, "2": last}
        slots: dict[str, Any] = {"event": rng.choice(_OCCASIONS)}
        for name, day in days.items():
            slots |= _calendar(f"d{name}", f"m{name}", day)
        return slots | _calendar("a", "ma", a) | _calendar("b", "mb", b)

    def fits(self, choice: Value, limits: Slots) -> bool:
        """A day in the range and not ruled out."""
        if not isinstance(choice, int) or choice in (_day(limits, "a", "ma"), _day(limits, "b", "mb")):
            return False
        return _day(limits, "d1", "m1") <= choice <= _day(limits, "d2", "m2")

    def any(self, rng: RandomStream, limits: Slots) -> Value:
        """A day in the range."""
        first = _day(limits, "d1", "m1")
        return first + rng.below(_day(limits, "d2", "m2") - first + 1)

    def ban(self, rng: RandomStream, limits: Slots) -> dict[str, Any]:
        """Of early days."""
        first, last = _day(limits, "d1", "m1"), _day(limits, "d2", "m2")
        return _calendar("d", "m", first + (last - first) * (25 + rng.below(26)) // 100)

    def banned(self, choice: Value, gaps: Slots) -> bool:
        """Too early."""
        return isinstance(choice, int) and choice < _day(gaps, "d", "m")

    def gaps(self, rng: RandomStream, fact: str) -> dict[str, Any]:
        """Days or weeks, two or more."""
        return {"n": 2 + rng.below(3 if fact == "weeks" else 11)}

    def result(self, choice: Value, facts: Sequence[Fact]) -> Value:
        """The day after all moves."""
        assert isinstance(choice, int)
        factor = {"later": 1, "earlier": -1, "weeks": 7}
        return choice + sum(factor[fact] * int(gaps["n"]) for fact, gaps in facts)


class Start(Kind):
    """A time to begin, and when it will be over."""

    noun: ClassVar[str] = "time"
    form: ClassVar[Form] = TIME
    answer_form: ClassVar[Form] = TIME
    examples: ClassVar[tuple[str, str]] = "5:02", "23:58"
    convention: ClassVar[str] = "Times are those of a 24-hour clock."
    intros: ClassVar[tuple[str, ...]] = ("I am making the programme.", "The poster has to be printed.", "")
    facts: ClassVar[Mapping[str, int]] = {"lasts": 2, "break": 1, "late": 1, "each": 2, "shorter": 1}
    first: ClassVar[str] = "lasts"
    ways: ClassVar[Mapping[str, tuple[str, ...]]] = {
        CHOOSE: (
            "Choose when {event:words} starts, to the minute, from {h1:int}:{m1:int} to {h2:int}:{m2:int}, but not "
            "{ha:int}:{ma:int} "
            "or {hb:int}:{mb:int}.",
            "Please set a time for the start of {event:words}, any minute between {h1:int}:{m1:int} and "
            "{h2:int}:{m2:int} except "
            "{ha:int}:{ma:int} and {hb:int}:{mb:int}.",
            "At what time should {event:words} begin, no earlier than {h1:int}:{m1:int}, no later than "
            "{h2:int}:{m2:int} and neither "
            "at {ha:int}:{ma:int} nor at {hb:int}:{mb:int}?",
            "You decide on the minute at which {event:words} begins: from {h1:int}:{m1:int} until {h2:int}:{m2:int}, "
            "other than "
            "{ha:int}:{ma:int} and {hb:int}:{mb:int}.",
        ),
        BAN: (
            "It cannot start before {h:int}:{m:int} after all, so choose another time if yours is earlier.",
            "If you chose a time before {h:int}:{m:int}, please choose again, no earlier than that.",
            "The doors only open at {h:int}:{m:int}, so choose another start if yours is before that.",
            "Nothing before {h:int}:{m:int}, please: take another start if you have to.",
        ),
        "lasts": ("There is a talk of {n:int} minutes.", "A film of {n:int} minutes is part of it.",
                  "We practise for {n:int} minutes.", "There is a lecture that takes {n:int} minutes."),
        "break": ("There is a break of {n:int} minutes.", "Everybody gets {n:int} minutes for a coffee.",
                  "We stop for {n:int} minutes to eat something.", "A pause of {n:int} minutes is needed as well."),
        "late": ("Everything begins {n:int} minutes late.", "The first guest keeps us waiting for {n:int} minutes.",
                 "We lose {n:int} minutes at the door.", "The bus is {n:int} minutes late, and we wait for it."),
        "each": ("Then {k:int} people speak for {n:int} minutes each.",
        "There are {k:int} short reports of {n:int} minutes each.",
                 "After that {k:int} groups have {n:int} minutes each.",
                 "We hear {k:int} songs of {n:int} minutes each."),
        "shorter": ("We leave out {n:int} minutes of it.", "It turns out {n:int} minutes shorter than I said.",
                    "We save {n:int} minutes, as nobody asks anything.",
                    "Somebody hurries, which saves {n:int} minutes."),
        ASK: ("At what time is it over?", "When does it end?", "What time will it be then?", "So when are we done?"),
    }  # fmt: skip

    def limits(self, rng: RandomStream) -> dict[str, Any]:
        """Of a morning, with two times ruled out."""
        first, last = 415 + 5 * rng.below(10), 600 + 5 * rng.below(24)
        a, b = sorted(rng.sample(range(first + 1, last), 2))
        times = _clock("h1", "m1", first) | _clock("h2", "m2", last) | _clock("ha", "ma", a) | _clock("hb", "mb", b)
        return {"event": rng.choice(_MEETINGS), **times}

    def fits(self, choice: Value, limits: Slots) -> bool:
        """A time in the range and not ruled out."""
        if not isinstance(choice, int) or choice in (_moment(limits, "ha", "ma"), _moment(limits, "hb", "mb")):
            return False
        return _moment(limits, "h1", "m1") <= choice <= _moment(limits, "h2", "m2")

    def any(self, rng: RandomStream, limits: Slots) -> Value:
        """A minute in the range."""
        first = _moment(limits, "h1", "m1")
        return first + rng.below(_moment(limits, "h2", "m2") - first + 1)

    def ban(self, rng: RandomStream, limits: Slots) -> dict[str, Any]:
        """Of early times."""
        first, last = _moment(limits, "h1", "m1"), _moment(limits, "h2", "m2")
        return _clock("h", "m", first + (last - first) * (25 + rng.below(26)) // 100)

    def banned(self, choice: Value, gaps: Slots) -> bool:
        """Too early."""
        return isinstance(choice, int) and choice < _moment(gaps, "h", "m")

    def gaps(self, rng: RandomStream, fact: str) -> dict[str, Any]:
        """Minutes, and how many people."""
        if fact == "each":
            return {"k": 2 + rng.below(4), "n": 4 + rng.below(9)}
        return {"n": 20 + rng.below(50) if fact == "lasts" else 3 + rng.below(13)}

    def result(self, choice: Value, facts: Sequence[Fact]) -> Value:
        """The end."""
        assert isinstance(choice, int)
        sign = {"shorter": -1}
        return choice + sum(sign.get(fact, 1) * int(gaps["n"]) * int(gaps.get("k", 1)) for fact, gaps in facts)
