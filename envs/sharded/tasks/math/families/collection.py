"""What friends own together: how much each has is told by comparison with another."""

from __future__ import annotations

from collections.abc import Mapping

from turnbench.envs.sharded.tasks.math.family import Draw, Family, names, needed, number, optional, scene
from turnbench.envs.sharded.tasks.math.working import Value, Working
from turnbench.randomness import RandomStream

_ITEMS = (
    "stickers", "marbles", "shells", "postcards", "badges", "stamps", "foreign coins", "comics", "trading cards", "minerals",
    "feathers", "model cars",
)  # fmt: skip

_RECEIVERS = ("a children's hospital", "a school", "a museum", "a youth club", "an old neighbour")


class Collection(Family):
    """first + first x times + (first + more) + (first x times - fewer) + tin + aunt - lost - given."""

    name = "collection"
    goals = (
        "How many {items:words} do the friends have altogether?",
        "What is the total number of {items:words} that the friends own?",
        "I want to know how many {items:words} there are when the friends put everything together.",
        "If the friends lay out all they have, how many {items:words} are on the table?",
        "Count up for me how many {items:words} the friends can show at their exhibition.",
    )
    facts = (
        needed(
            "first", "many number collection first",
            "{one:name} has {first:int} {items:words}.",
            "In {one:name}'s collection there are {first:int} {items:words}.",
            "{one:name} owns {first:int} {items:words}.",
            "The collection of {one:name} consists of {first:int} {items:words}.",
            "By now, {one:name} has collected {first:int} {items:words}.",
        ),
        needed(
            "times", "times multiple compared second",
            "{two:name} has {times:int} times as many {items:words} as {one:name}.",
            "For every one of the {items:words} of {one:name}, {two:name} has {times:int}.",
            "Compared with {one:name}, {two:name} has {times:int} times the number of {items:words}.",
            "The {items:words} of {two:name} number {times:int} times those of {one:name}.",
            "Take the {items:words} of {one:name} {times:int} times, and you get as many as {two:name} has.",
        ),
        optional(
            "more", "more third ahead",
            "{three:name} is one of the friends too and has {more:int} more {items:words} than {one:name}.",
            "The friends include {three:name}, whose collection is {more:int} {items:words} larger than {one:name}'s.",
            "Then there is their friend {three:name}, ahead of {one:name} by {more:int} {items:words}.",
            "If you add {more:int} to the {items:words} of {one:name}, you get those of {three:name}, another friend.",
            "Their friend {three:name} has as many {items:words} as {one:name} and {more:int} besides.",
        ),
        optional(
            "tin", "tin box shared common drawer",
            "A shared tin of the friends holds another {tin:int} {items:words}.",
            "There are {tin:int} {items:words} in a tin that belongs to all the friends.",
            "In a tin, the friends keep {tin:int} further {items:words} that they own in common.",
            "Together the friends bought a tin with {tin:int} {items:words}, which are not counted with anybody's own.",
            "The friends also have a common tin, with {tin:int} {items:words} inside.",
        ),
        optional(
            "fewer", "fewer less fourth behind",
            "{four:name}, who is also one of the friends, has {fewer:int} {items:words} fewer than {two:name}.",
            "The friends include {four:name}, whose collection is {fewer:int} {items:words} smaller than {two:name}'s.",
            "Then there is their friend {four:name}, behind {two:name} by {fewer:int} {items:words}.",
            "If {two:name} had {fewer:int} {items:words} fewer, it would be as many as {four:name} has, another friend.",
            "Their friend {four:name} would need {fewer:int} {items:words} more to have as many as {two:name}.",
        ),
        optional(
            "aunt", "aunt gift present get receive gets new",
            "An aunt has just given the friends {aunt:int} new {items:words} to add to all the others.",
            "From an aunt, the friends get {aunt:int} {items:words} more for all of them together.",
            "There is also a present from an aunt, {aunt:int} {items:words} for the friends.",
            "The friends are given {aunt:int} extra {items:words} by an aunt.",
            "An aunt leaves the friends {aunt:int} {items:words} in addition to their own.",
        ),
        optional(
            "lost", "lose lost loses missing disappeared",
            "After all that, the friends lose {lost:int} of their {items:words}.",
            "Of all these {items:words}, {lost:int} are lost in the end.",
            "In the end, {lost:int} of all the {items:words} disappear for good.",
            "Unluckily, {lost:int} of the friends' {items:words} get lost in the end.",
            "Out of everything, {lost:int} {items:words} are lost for good.",
        ),
        optional(
            "given", "give gives given away donate donated charity",
            "Out of everything, the friends give {given:int} {items:words} to {whom:words}.",
            "The friends part with {given:int} of all their {items:words} and give them to {whom:words}.",
            "From all they own, the friends donate {given:int} {items:words} to {whom:words}.",
            "As a present, {given:int} of the friends' {items:words} go to {whom:words}.",
            "The friends let {whom:words} have {given:int} of their {items:words} for good.",
        ),
    )  # fmt: skip

    def draw(self, rng: RandomStream, level: int, stated: frozenset[str]) -> Draw:
        """Four different names."""
        one, two, three, four = names(rng, level, 4)
        first = number(rng, level, 6, 20, 60, 90)
        numbers = {
            "first": first,
            "times": number(rng, level, 2, 6, 7, 9),
            "more": number(rng, level, 3, 10, 30, 60),
            "fewer": 3 + rng.below(2 * first - 4),
            "tin": number(rng, level, 5, 15, 60, 120),
            "aunt": number(rng, level, 5, 15, 30, 60),
            "lost": number(rng, level, 2, 9, 14, 30),
            "given": number(rng, level, 4, 10, 25, 50),
        }
        words = {
            "one": one, "two": two, "three": three, "four": four,
            "items": scene(rng, level, _ITEMS), "whom": rng.choice(_RECEIVERS),
        }  # fmt: skip
        return Draw(words, numbers)

    def solve(self, v: Mapping[str, Value], do: Working) -> Value:
        """Pieces."""
        second = do.times(v["first"], v["times"])
        total = do.plus(v["first"], second)
        if "more" in v:
            total = do.plus(total, do.plus(v["first"], v["more"]))
        if "fewer" in v:
            total = do.plus(total, do.minus(second, v["fewer"]))
        total = do.plus(do.plus(total, v.get("tin")), v.get("aunt"))
        return do.minus(do.minus(total, v.get("lost")), v.get("given"))
