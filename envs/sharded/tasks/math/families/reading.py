"""A reading plan: pages, pages a day, what need not be read, and days without reading."""

from __future__ import annotations

from collections.abc import Mapping

from turnbench.envs.sharded.tasks.math.family import Draw, Family, names, needed, number, optional, scene
from turnbench.envs.sharded.tasks.math.working import Value, Working
from turnbench.randomness import RandomStream

_BOOKS = (
    "novel", "travel book", "history book", "biography", "book of legends", "adventure story", "volume of letters",
    "astronomy book", "chess manual", "garden encyclopedia",
)  # fmt: skip

_PARTS = ("pictures", "maps", "notes", "tables")
_ENDS = ("a report", "a talk", "a review", "a poster", "an essay")


class Reading(Family):
    """(pages - read - skipped + booklet) / (daily + bus), plus days of rest and of writing."""

    name = "reading"
    goals = (
        "How many days does {who:name} need for the project about the {book:words}?",
        "After how many days is {who:name} done with the {book:words} and all that belongs to it?",
        "I want to know how many days the project with the {book:words} keeps {who:name} busy.",
        "How many days will pass until {who:name} has finished everything about the {book:words}?",
        "Please tell me how many days {who:name} has to plan for the {book:words}.",
    )
    facts = (
        needed(
            "pages", "pages page long length thick book many",
            "The {book:words} has {pages:int} pages.",
            "There are {pages:int} pages in the {book:words}.",
            "The last page of the {book:words} is page {pages:int}.",
            "From cover to cover, the {book:words} runs to {pages:int} pages.",
            "With {pages:int} pages, the {book:words} is not to be read in a day.",
        ),
        needed(
            "daily", "daily day per each read reads speed fast rate home",
            "{who:name} reads {daily:int} pages at home every day.",
            "At home, {who:name} gets through {daily:int} pages a day.",
            "A reading day at home means {daily:int} pages for {who:name}.",
            "Each day, {who:name} manages {daily:int} pages at home.",
            "The number of pages that {who:name} reads at home per day is {daily:int}.",
        ),
        optional(
            "already", "already begun started read before finished progress",
            "{who:name} has read {already:int} pages of the {book:words} already and goes on from there.",
            "The first {already:int} pages of the {book:words} are known to {who:name} and not read again.",
            "Before the project began, {who:name} read {already:int} pages of the {book:words}, which count.",
            "Of the {book:words}, {who:name} has read {already:int} pages before and need not repeat them.",
            "A bookmark shows that {who:name} has {already:int} pages of the {book:words} done.",
        ),
        optional(
            "skip", "skip skips skipped leave leaves omit pictures appendix",
            "{who:name} leaves out {skip:int} pages of the {book:words} that hold nothing but {part:words}.",
            "In the {book:words} there are {skip:int} pages of {part:words}, which {who:name} does not read.",
            "Further on in the {book:words}, {who:name} skips {skip:int} pages of {part:words}.",
            "{who:name} does not have to read {skip:int} pages of the {book:words} that show only {part:words}.",
            "The {book:words} has {skip:int} pages of {part:words} towards its end, and {who:name} skips these.",
        ),
        optional(
            "booklet", "booklet second book another additional else other article extra",
            "A booklet of {booklet:int} pages has to be read as well, at the same speed.",
            "A booklet with {booklet:int} pages more belongs to the reading.",
            "The reading list also names a booklet, which has {booklet:int} pages.",
            "There is a booklet to be read too, another {booklet:int} pages.",
            "On top of the book comes a booklet of {booklet:int} pages.",
        ),
        optional(
            "bus", "bus train way school travel commute morning",
            "On the bus, {who:name} reads another {bus:int} pages on each reading day.",
            "Each reading day, the bus ride gives {who:name} time for {bus:int} pages more.",
            "The way to school by bus adds {bus:int} pages to every reading day of {who:name}.",
            "Every day with reading also has a bus ride, during which {who:name} reads {bus:int} pages.",
            "Besides, {who:name} reads {bus:int} pages on the bus every day that is a reading day.",
        ),
        optional(
            "rest", "rest pause break without weekend off idle",
            "In between there are {rest:int} days on which {who:name} does not read at all.",
            "{who:name} takes {rest:int} days off in the middle and reads nothing.",
            "There will be {rest:int} days in between that {who:name} spends without reading.",
            "In the middle, {who:name} has {rest:int} days without any reading.",
            "{who:name} interrupts the reading for {rest:int} days.",
        ),
        optional(
            "report", "report write writing essay review afterwards summary talk",
            "When all is read, {who:name} spends {report:int} more days on {end:words}.",
            "After the last page, {who:name} needs {report:int} days for {end:words}.",
            "Once the reading is over, {end:words} takes {who:name} another {report:int} days.",
            "To finish, {who:name} works on {end:words} for {report:int} days after the reading.",
            "The project ends with {report:int} days in which {who:name} works on {end:words} and reads no more.",
        ),
    )  # fmt: skip

    def draw(self, rng: RandomStream, level: int, stated: frozenset[str]) -> Draw:
        """The book is as long as makes the days come out even."""
        (who,) = names(rng, level, 1)
        daily = number(rng, level, 6, 20, 30, 40)
        bus = number(rng, level, 2, 6, 9, 15)
        numbers = {
            "daily": daily,
            "bus": bus,
            "already": number(rng, level, 8, 30, 60, 120),
            "skip": number(rng, level, 5, 15, 30, 60),
            "booklet": number(rng, level, 10, 30, 50, 80),
            "rest": number(rng, level, 2, 6, 9, 14),
            "report": number(rng, level, 2, 5, 8, 12),
        }
        read = number(rng, level, 6, 30, 40, 60) * (daily + bus * ("bus" in stated))
        unread = numbers["already"] * ("already" in stated) + numbers["skip"] * ("skip" in stated)
        numbers["pages"] = read + unread - numbers["booklet"] * ("booklet" in stated)
        words = {
            "who": who, "book": scene(rng, level, _BOOKS), "part": scene(rng, level, _PARTS), "end": rng.choice(_ENDS),
        }  # fmt: skip
        return Draw(words, numbers)

    def solve(self, v: Mapping[str, Value], do: Working) -> Value:
        """Days."""
        pages = do.minus(do.minus(v["pages"], v.get("already")), v.get("skip"))
        days = do.over(do.plus(pages, v.get("booklet")), do.plus(v["daily"], v.get("bus")))
        return do.plus(do.plus(days, v.get("rest")), v.get("report"))
