"""A savings plan: so much a week, weeks that fail, gifts, a purchase and interest."""

from __future__ import annotations

from collections.abc import Mapping

from turnbench.envs.sharded.tasks.math.family import Draw, Family, names, needed, number, optional, scene
from turnbench.envs.sharded.tasks.math.working import Value, Working
from turnbench.randomness import RandomStream

_AIMS = (
    "a new bike", "a guitar", "a camera", "an aquarium", "a summer camp", "a trip to the sea", "an easel and paints",
    "a tent", "a telescope", "a pair of skates", "an electric piano", "a drawing course",
)  # fmt: skip

_GIVERS = ("a grandmother", "an uncle", "a neighbour", "a godfather", "an older cousin")
_USES = ("a bike repair", "a school trip", "a lost library book", "a broken window", "a present for a friend")


class Savings(Family):
    """(weekly + bonus) x (weeks - skipped), plus start and gift, minus what was spent; then interest."""

    name = "savings"
    goals = (
        "How much money will {who:name} have for {aim:words} when the savings plan is over?",
        "What sum can {who:name} spend on {aim:words} once the saving is done?",
        "I want to know how many dollars {who:name} has for {aim:words} at the end of the savings plan.",
        "At the end of the plan, how much is there in {who:name}'s savings for {aim:words}?",
        "Please work out how much money {who:name} will have put together for {aim:words}.",
    )
    facts = (
        needed(
            "weekly", "weekly amount week every each per save saves saving aside",
            "{who:name} puts aside ${weekly:int} every week.",
            "Each week, ${weekly:int} of {who:name}'s pocket money goes into savings.",
            "{who:name} saves ${weekly:int} a week.",
            "Week after week, {who:name} adds ${weekly:int} to the savings.",
            "Out of every week's pocket money, {who:name} keeps back ${weekly:int}.",
        ),
        needed(
            "weeks", "weeks plan long duration time run runs last lasts",
            "The plan runs for {weeks:int} weeks.",
            "The saving goes on for {weeks:int} weeks.",
            "All in all, {weeks:int} weeks are set for the saving.",
            "From the first week to the last, the plan covers {weeks:int} weeks.",
            "The whole plan is meant to last {weeks:int} weeks.",
        ),
        optional(
            "start", "start starts begin beginning already initial first",
            "{who:name} starts out with ${start:int} in the money box.",
            "At the beginning, the savings of {who:name} amount to ${start:int}.",
            "Before the plan begins, {who:name} already has ${start:int}.",
            "{who:name} already owns ${start:int}, which counts towards the savings.",
            "On the first day there is ${start:int} in {who:name}'s money box.",
        ),
        optional(
            "gift", "gift birthday present grandmother gets receives once",
            "For a birthday, {who:name} gets ${gift:int} from {giver:words} and adds it all to the savings.",
            "Once, on a birthday, {who:name} is given ${gift:int} by {giver:words}, which all goes into the savings.",
            "A birthday card from {giver:words} holds ${gift:int} for {who:name}'s savings.",
            "There is also a single birthday gift of ${gift:int} from {giver:words} to the savings of {who:name}.",
            "On a birthday, {giver:words} puts ${gift:int} into the savings of {who:name}.",
        ),
        optional(
            "skipped", "skip skipped misses missed holiday nothing without",
            "In {skipped:int} of the weeks, {who:name} puts nothing aside at all.",
            "{who:name} misses {skipped:int} of the weeks and saves nothing in them.",
            "For {skipped:int} of the weeks, {who:name} saves nothing.",
            "Nothing at all is put aside by {who:name} in {skipped:int} of the weeks.",
            "There are {skipped:int} weeks of the plan in which {who:name} saves nothing.",
        ),
        optional(
            "bonus", "bonus aunt reward extra top adds match",
            "An aunt adds ${bonus:int} for each week in which something is saved.",
            "In every week with savings, ${bonus:int} comes on top from an aunt.",
            "Whenever a week brings savings, an aunt puts in another ${bonus:int}.",
            "Each week in which money is put aside earns ${bonus:int} extra from an aunt.",
            "There is a reward from an aunt, ${bonus:int} for each week in which money is saved.",
        ),
        optional(
            "spent", "spend spends spent takes out buy buys withdraw expense",
            "{who:name} takes ${spent:int} out of the savings again for {use:words}.",
            "Before the plan ends, {who:name} spends ${spent:int} of the savings on {use:words}.",
            "Along the way, {who:name} uses ${spent:int} of the savings to pay for {use:words}.",
            "Out of the savings, {who:name} pays ${spent:int} for {use:words}.",
            "{who:name} has to withdraw ${spent:int} from the savings for {use:words}.",
        ),
        optional(
            "interest", "interest bank percent grows rate end",
            "On the very last day, the bank adds {interest:int}% of all that is there by then.",
            "When everything else is done, the savings grow by {interest:int}% through interest from the bank.",
            "At the very end, the bank pays interest of {interest:int}% on the final sum.",
            "The bank closes the plan by adding {interest:int}% to the final sum.",
            "After all else, the final sum is raised by {interest:int}%, as interest from the bank.",
        ),
    )  # fmt: skip

    def draw(self, rng: RandomStream, level: int, stated: frozenset[str]) -> Draw:
        """Interest is often rejected for not coming out even."""
        (who,) = names(rng, level, 1)
        weeks = number(rng, level, 5, 15, 26, 40)
        numbers = {
            "weekly": number(rng, level, 3, 12, 30, 50),
            "weeks": weeks,
            "start": number(rng, level, 5, 15, 80, 200),
            "gift": number(rng, level, 10, 25, 75, 150, step=5),
            "skipped": 2 + rng.below(weeks // 2 - 1),
            "bonus": number(rng, level, 2, 4, 6, 12),
            "spent": number(rng, level, 6, 15, 30, 60),
            "interest": rng.choice((5, 10, 20, 25, 50)),
        }
        words = {
            "who": who, "aim": scene(rng, level, _AIMS), "giver": scene(rng, level, _GIVERS), "use": rng.choice(_USES),
        }  # fmt: skip
        return Draw(words, numbers)

    def solve(self, v: Mapping[str, Value], do: Working) -> Value:
        """Dollars."""
        total = do.times(do.plus(v["weekly"], v.get("bonus")), do.minus(v["weeks"], v.get("skipped")))
        total = do.plus(do.plus(total, v.get("start")), v.get("gift"))
        total = do.minus(total, v.get("spent"))
        return do.plus(total, do.percent(v.get("interest"), total))
