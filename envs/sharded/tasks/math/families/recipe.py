"""Scaling a recipe: grams to buy for more people than it was written for, told by the cook."""

from __future__ import annotations

from collections.abc import Mapping

from turnbench.envs.sharded.tasks.math.family import Draw, Family, needed, number, optional, scene
from turnbench.envs.sharded.tasks.math.working import Value, Working
from turnbench.randomness import RandomStream

_SCENES = (
    ("pancakes", "flour"),
    ("mushroom risotto", "rice"),
    ("plum cake", "flour"),
    ("potato soup", "potatoes"),
    ("lentil stew", "lentils"),
    ("noodle salad", "noodles"),
    ("apple crumble", "apples"),
    ("bean chili", "beans"),
    ("fruit porridge", "oats"),
)

_SOURCES = ("neighbours", "colleagues", "cousins", "friends of my sister", "members of the choir")


class Recipe(Family):
    """amount / serves x (guests - absent + more) x helpings, plus spare, minus what is at home."""

    name = "recipe"
    goals = (
        "How many grams of {food:words} do I have to buy for my {dish:words}?",
        "I'm making {dish:words} and need to know how many grams of {food:words} to buy.",
        "What amount of {food:words}, in grams, must I get for the {dish:words}?",
        "What weight of {food:words} should I buy for the {dish:words}, in grams?",
        "Could you tell me how many grams of {food:words} to put on my shopping list for the {dish:words}?",
    )
    facts = (
        needed(
            "serves", "serves servings portions written feeds recipe many",
            "My recipe for the {dish:words} is written for {serves:int} people.",
            "The recipe makes enough {dish:words} for {serves:int} people.",
            "According to the cookbook, the {dish:words} will feed {serves:int} people.",
            "The quantities in the recipe for the {dish:words} are meant for {serves:int} people.",
            "The cookbook gives the {dish:words} for {serves:int} people.",
        ),
        needed(
            "amount", "amount grams recipe calls needs takes ingredient",
            "The recipe calls for {amount:int} grams of {food:words}.",
            "In the list of ingredients I read {amount:int} grams of {food:words}.",
            "The cookbook wants {amount:int} grams of {food:words} for the recipe as it stands.",
            "As printed, the recipe takes {amount:int} grams of {food:words}.",
            "For the recipe as it is, {amount:int} grams of {food:words} are needed.",
        ),
        needed(
            "guests", "guests people many persons coming cooking planned cook invite",
            "I planned the meal for {guests:int} people.",
            "At first I meant to cook for {guests:int} people.",
            "The table was laid for {guests:int} people.",
            "My plan was a dinner for {guests:int} people.",
            "I was going to have {guests:int} people at the table.",
        ),
        optional(
            "absent", "absent cancelled cancel fewer ill",
            "Of the people I planned for, {absent:int} have cancelled.",
            "Since then, {absent:int} of the people have told me that they cannot come.",
            "Sadly, {absent:int} of the people I counted on have cancelled.",
            "I hear that {absent:int} of the people will not come after all.",
            "A message says that {absent:int} of the people will have to miss the meal.",
        ),
        optional(
            "more", "more extra additional unexpected guests coming invited",
            "I have just invited {more:int} {source:words} as well.",
            "Then {more:int} {source:words} asked whether they could come too, and I said yes.",
            "On top of my plan, {more:int} {source:words} will eat with us.",
            "I had not planned for the {more:int} {source:words} who will come as well.",
            "There will also be {more:int} {source:words}, who were not in my plan.",
        ),
        optional(
            "helpings", "helpings helping hungry twice seconds times",
            "Everybody is to get {helpings:int} helpings, and the recipe reckons with one.",
            "We are hungry, so I count {helpings:int} helpings for each person instead of the one in the recipe.",
            "Each person will eat {helpings:int} helpings, while the recipe allows one per person.",
            "The recipe gives one helping per person, but I want {helpings:int} for each.",
            "I make {helpings:int} helpings per person, not one as in the recipe.",
        ),
        optional(
            "spare", "spare reserve spill extra safety",
            "I want {spare:int} grams of {food:words} to spare, in case something goes wrong.",
            "To be safe, I add {spare:int} grams of {food:words} to what is needed.",
            "When I shop, I get {spare:int} grams of {food:words} more than I need.",
            "As a reserve, I buy another {spare:int} grams of {food:words}.",
            "On top of what we eat, I want {spare:int} grams of {food:words} as a reserve.",
        ),
        optional(
            "home", "home cupboard already left have pantry stock",
            "In my cupboard there are still {home:int} grams of {food:words}, which I will use.",
            "I have {home:int} grams of {food:words} at home already and will use them up.",
            "There is no need to buy everything, for I still have {home:int} grams of {food:words}.",
            "My cupboard still holds {home:int} grams of {food:words} for this.",
            "Of the {food:words} for the meal, {home:int} grams are in my cupboard already.",
        ),
    )  # fmt: skip

    def draw(self, rng: RandomStream, level: int, stated: frozenset[str]) -> Draw:
        """The amount is a multiple of the number of people the recipe serves."""
        dish, food = scene(rng, level, _SCENES)
        serves = number(rng, level, 2, 6, 8)
        guests = number(rng, level, 6, 15, 24)
        numbers = {
            "serves": serves,
            "amount": serves * number(rng, level, 20, 90, 120, step=5),
            "guests": guests,
            "absent": 2 + rng.below(guests // 2 - 1),
            "more": number(rng, level, 2, 6, 9),
            "helpings": number(rng, level, 2, 3, 3),
            "spare": number(rng, level, 20, 150, 250, step=10),
            "home": number(rng, level, 30, 300, 450, step=10),
        }
        return Draw({"dish": dish, "food": food, "source": rng.choice(_SOURCES)}, numbers)

    def solve(self, v: Mapping[str, Value], do: Working) -> Value:
        """Grams to buy."""
        each = do.over(v["amount"], v["serves"])
        people = do.plus(do.minus(v["guests"], v.get("absent")), v.get("more"))
        need = do.times(do.times(people, v.get("helpings")), each)
        return do.minus(do.plus(need, v.get("spare")), v.get("home"))
