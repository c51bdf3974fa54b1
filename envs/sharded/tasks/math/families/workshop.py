"""What a team produces until a fair: people, days, a machine, and what goes wrong."""

from __future__ import annotations

from collections.abc import Mapping

from turnbench.envs.sharded.tasks.math.family import Draw, Family, needed, number, optional, scene
from turnbench.envs.sharded.tasks.math.working import Value, Working
from turnbench.randomness import RandomStream

_SCENES = (
    ("pottery", ("bowls", "jugs", "vases")),
    ("joinery", ("stools", "picture frames", "trays")),
    ("candle workshop", ("candles", "lanterns")),
    ("toy workshop", ("puppets", "wooden trains", "kites")),
    ("sewing room", ("aprons", "cushions", "scarves")),
    ("print shop", ("posters", "calendars", "greeting cards")),
    ("basket workshop", ("baskets", "straw hats", "doormats")),
    ("instrument workshop", ("flutes", "small drums", "whistles")),
)

_REASONS = ("ill", "on leave", "away on a course", "on strike")
_CAUSES = ("public holidays", "a power cut", "repairs", "a burst pipe")


class Workshop(Family):
    """((workers - ill) x rate + machine) x (days - closed), minus faulty, plus what was in store."""

    name = "workshop"
    goals = (
        "How many {goods:words} can the {place:words} take to the fair?",
        "What number of {goods:words} will the {place:words} have ready for the fair?",
        "I would like to know how many {goods:words} the {place:words} can send to the fair.",
        "Please find out how many {goods:words} are there for the {place:words} to show at the fair.",
        "With how many {goods:words} does the {place:words} arrive at the fair?",
    )
    facts = (
        needed(
            "workers", "workers people staff team many employees persons size work",
            "There are {workers:int} people at work in the {place:words}.",
            "The {place:words} employs {workers:int} people.",
            "The team of the {place:words} numbers {workers:int} people.",
            "In the {place:words}, {workers:int} people do the work.",
            "The staff of the {place:words} is {workers:int} strong.",
        ),
        needed(
            "rate", "rate output per daily makes produce productive person each",
            "Each person makes {rate:int} {goods:words} a day.",
            "A worker finishes {rate:int} {goods:words} per day.",
            "In one day, one person gets {rate:int} {goods:words} done.",
            "Everyone who works there makes {rate:int} {goods:words} each day.",
            "The output of one worker is {rate:int} {goods:words} a day.",
        ),
        needed(
            "days", "days time deadline until long period when",
            "There are {days:int} working days until the fair.",
            "The fair is {days:int} working days away.",
            "Until the fair opens, the calendar shows {days:int} working days.",
            "The time left before the fair is {days:int} working days.",
            "It takes another {days:int} working days for the fair to come round.",
        ),
        optional(
            "ill", "ill sick absent missing leave away",
            "Until the fair, {ill:int} of the workers are {reason:words}.",
            "All the time until the fair, {ill:int} of the workers will be {reason:words}.",
            "Of the workers, {ill:int} are {reason:words} until the fair.",
            "It seems that {ill:int} of the workers are {reason:words} the whole time until the fair.",
            "Until the fair, work has to go on without {ill:int} of the workers, who are {reason:words}.",
        ),
        optional(
            "machine", "machine machines robot automatic equipment",
            "A machine turns out another {machine:int} {goods:words} every working day.",
            "On each working day, a machine makes {machine:int} more {goods:words}.",
            "There is also a machine, and it adds {machine:int} {goods:words} per working day.",
            "Besides the people, a machine produces {machine:int} {goods:words} each working day.",
            "Every working day, {machine:int} further {goods:words} come from a machine.",
        ),
        optional(
            "closed", "closed shut holiday holidays stop closing",
            "Because of {cause:words}, nothing at all is made in the {place:words} on {closed:int} of the working days.",
            "On {closed:int} of the working days, nothing is made, as the {place:words} is closed because of {cause:words}.",
            "For {closed:int} of the working days, all production in the {place:words} has to stop because of {cause:words}.",
            "Of the working days, {closed:int} are lost completely to {cause:words} in the {place:words}.",
            "On account of {cause:words}, the {place:words} is shut and makes nothing on {closed:int} of the working days.",
        ),
        optional(
            "faulty", "faulty broken defective damaged thrown waste quality",
            "Of the new {goods:words}, {faulty:int} are faulty and thrown away.",
            "A check finds {faulty:int} faulty {goods:words} among the new ones, which are thrown away.",
            "There are {faulty:int} faulty {goods:words} among the new ones, and these are thrown away.",
            "Because of faults, {faulty:int} of the new {goods:words} end up in the bin.",
            "Quality control sorts out {faulty:int} of the new {goods:words} and throws them away.",
        ),
        optional(
            "stock", "stock store stored already left last storage earlier",
            "From last year, {stock:int} {goods:words} are still in store and go to the fair as well.",
            "In the store room, {stock:int} {goods:words} from last year are waiting to be taken along.",
            "Last year left {stock:int} {goods:words} over, and they are taken to the fair too.",
            "There are {stock:int} older {goods:words} in stock that join the new ones at the fair.",
            "To the new ones, {stock:int} {goods:words} kept from last year are added.",
        ),
    )  # fmt: skip

    def draw(self, rng: RandomStream, level: int, stated: frozenset[str]) -> Draw:
        """At least half of the people are at work on at least half of the days."""
        place, goods = scene(rng, level, _SCENES)
        workers = number(rng, level, 4, 14, 24)
        days = number(rng, level, 5, 15, 24)
        numbers = {
            "workers": workers,
            "rate": number(rng, level, 2, 9, 12),
            "days": days,
            "ill": 2 + rng.below(workers // 2 - 1),
            "machine": number(rng, level, 5, 40, 60),
            "closed": 2 + rng.below(days // 2 - 1),
            "faulty": number(rng, level, 3, 30, 60),
            "stock": number(rng, level, 5, 60, 120),
        }
        words = {
            "place": place, "goods": rng.choice(goods), "reason": rng.choice(_REASONS), "cause": rng.choice(_CAUSES),
        }  # fmt: skip
        return Draw(words, numbers)

    def solve(self, v: Mapping[str, Value], do: Working) -> Value:
        """Pieces at the fair."""
        daily = do.times(do.minus(v["workers"], v.get("ill")), v["rate"])
        daily = do.plus(daily, v.get("machine"))
        made = do.times(daily, do.minus(v["days"], v.get("closed")))
        return do.plus(do.minus(made, v.get("faulty")), v.get("stock"))
