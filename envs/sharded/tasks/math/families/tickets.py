"""The takings of an evening: two ticket prices, free seats, sales in the interval and the hall."""

from __future__ import annotations

from collections.abc import Mapping

from turnbench.envs.sharded.tasks.math.family import Draw, Family, needed, number, optional, scene
from turnbench.envs.sharded.tasks.math.working import Value, Working
from turnbench.randomness import RandomStream

_SCENES = (
    ("school play", ("programmes", "cups of tea", "cookies")),
    ("choir concert", ("song sheets", "recordings", "glasses of juice")),
    ("magic show", ("packs of cards", "balloons", "bags of popcorn")),
    ("puppet theatre", ("finger puppets", "picture books", "ice creams")),
    ("film night", ("bags of popcorn", "posters", "bottles of lemonade")),
    ("poetry evening", ("booklets", "bookmarks", "cups of coffee")),
    ("dance gala", ("ribbons", "programmes", "slices of cake")),
    ("circus evening", ("red noses", "balloons", "toffee apples")),
)

_REASONS = ("helpers", "members of the club", "winners of a raffle", "relatives of the organisers")
_COSTS = ("the hall", "light and sound", "the cleaning", "the costumes")
_DONORS = ("a local bank", "the town", "a retired teacher", "an old friend of the house")


class Tickets(Family):
    """(adults + door - free) x price, plus children likewise, sales and donation, minus the hall."""

    name = "tickets"
    goals = (
        "How much money is there in the end from the {event:words}?",
        "What is left over from the {event:words} when everything is counted?",
        "I have to report how many dollars remain from the {event:words}.",
        "What sum do the organisers of the {event:words} end up with?",
        "Please calculate how much money is left when the {event:words} is over.",
    )
    facts = (
        needed(
            "adults", "adults attend attended attendance many number audience visitors tickets sold booked booking",
            "There are {adults:int} adults with a ticket for the {event:words}.",
            "Booked for the {event:words} are {adults:int} adults.",
            "In advance, {adults:int} adults reserve a ticket for the {event:words}.",
            "The {event:words} is booked by {adults:int} adults.",
            "On the booking list of the {event:words} there are {adults:int} adults.",
        ),
        needed(
            "adult_price", "price cost costs ticket each pay entrance charge",
            "An adult ticket costs ${adult_price:int}.",
            "Adults pay ${adult_price:int} each to get in.",
            "The price of a ticket for adults is ${adult_price:int}.",
            "For an adult, the entrance fee is ${adult_price:int}.",
            "Each adult is charged ${adult_price:int} for a ticket.",
        ),
        optional(
            "children", "children child kids young reduced pupils",
            "Then {children:int} children come, and a child's ticket costs ${child_price:int}.",
            "There are also {children:int} children, who pay ${child_price:int} each.",
            "At ${child_price:int} each, {children:int} tickets for children are sold as well.",
            "The children's tickets, {children:int} of them, cost ${child_price:int} each.",
            "Besides the adults, {children:int} children buy tickets at ${child_price:int} apiece.",
        ),
        optional(
            "free", "free helpers nothing exempt complimentary invited guests",
            "Of the adults, {free:int} are {reason:words} and get in without paying.",
            "As {reason:words}, {free:int} of the adults pay nothing.",
            "Nothing is asked of {free:int} of the adults, who are {reason:words}.",
            "Free tickets go to {free:int} of the adults, since they are {reason:words}.",
            "The adults include {free:int} {reason:words}, who do not pay.",
        ),
        optional(
            "door", "door evening late more last spontaneous",
            "At the door, {door:int} more adults buy a ticket at the usual price.",
            "Another {door:int} adults come without booking and pay the same at the door as the others.",
            "On the evening itself, {door:int} further adults buy a ticket at the door for the same price.",
            "Just before the start, {door:int} additional adults pay for a normal ticket at the door.",
            "At the door, normal tickets are sold to another {door:int} adults.",
        ),
        optional(
            "sales", "goods sold stall refreshments snacks snack merchandise interval food drinks",
            "Besides the tickets, {sales:int} {goods:words} are sold at ${sale_price:int} each.",
            "A stall sells {sales:int} {goods:words} for ${sale_price:int} apiece.",
            "The audience also buys {sales:int} {goods:words}, which cost ${sale_price:int} each.",
            "At ${sale_price:int} apiece, {sales:int} {goods:words} find a buyer as well.",
            "Selling {goods:words} brings in more, since {sales:int} of them go at ${sale_price:int} each.",
        ),
        optional(
            "hall", "hall rent costs expenses cost room venue deducted",
            "From the takings, ${hall:int} has to be paid for {cost:words}.",
            "Out of what comes in, ${hall:int} goes on {cost:words}.",
            "The organisers pay ${hall:int} for {cost:words} out of the takings.",
            "Expenses of ${hall:int} for {cost:words} come off the takings.",
            "What is taken in has to cover ${hall:int} for {cost:words}.",
        ),
        optional(
            "donation", "donation donate donated donations gift sponsor support",
            "The {event:words} gets a donation of ${donation:int} from {donor:words}.",
            "There is also a donation of ${donation:int} to the {event:words} from {donor:words}.",
            "The {event:words} is supported by {donor:words} with ${donation:int}.",
            "With ${donation:int}, {donor:words} supports the {event:words}.",
            "A gift of ${donation:int} for the {event:words} comes from {donor:words}.",
        ),
    )  # fmt: skip

    def draw(self, rng: RandomStream, level: int, stated: frozenset[str]) -> Draw:
        """Children pay less than adults."""
        event, goods = scene(rng, level, _SCENES)
        adults = number(rng, level, 12, 25, 90, 180)
        adult_price = number(rng, level, 4, 10, 15, 24)
        numbers = {
            "adults": adults,
            "adult_price": adult_price,
            "children": number(rng, level, 8, 15, 60, 150),
            "child_price": 2 + rng.below(adult_price - 2),
            "free": number(rng, level, 2, 6, 11, 25),
            "door": number(rng, level, 3, 9, 15, 40),
            "sales": number(rng, level, 8, 25, 50, 120),
            "sale_price": number(rng, level, 2, 3, 4, 6),
            "hall": number(rng, level, 20, 45, 90, 300, step=5),
            "donation": number(rng, level, 20, 60, 120, 250, step=5),
        }
        words = {
            "event": event, "goods": rng.choice(goods), "reason": scene(rng, level, _REASONS),
            "cost": rng.choice(_COSTS), "donor": rng.choice(_DONORS),
        }  # fmt: skip
        return Draw(words, numbers)

    def solve(self, v: Mapping[str, Value], do: Working) -> Value:
        """Dollars."""
        paying = do.minus(do.plus(v["adults"], v.get("door")), v.get("free"))
        money = do.times(paying, v["adult_price"])
        if "children" in v:
            money = do.plus(money, do.times(v["children"], v["child_price"]))
        if "sales" in v:
            money = do.plus(money, do.times(v["sales"], v["sale_price"]))
        return do.minus(do.plus(money, v.get("donation")), v.get("hall"))
