"""A harvest that is packed into crates: only full ones sell as such, and something is left over."""

from __future__ import annotations

from collections.abc import Mapping

from turnbench.envs.sharded.tasks.math.family import Draw, Family, names, needed, number, optional
from turnbench.envs.sharded.tasks.math.working import Value, Working
from turnbench.randomness import RandomStream

_CROPS = (
    "apples", "pears", "pumpkins", "lemons", "onions", "cabbages", "peaches", "melons", "oranges", "artichokes", "mangoes",
    "cucumbers",
)  # fmt: skip

_SOURCES = ("a neighbour", "a cousin", "an uncle", "an old friend")
_RUINS = ("frost", "wasps", "worms", "hail", "mice")
_AIMS = ("the kitchen at home", "the school", "the children next door", "a wedding", "an aunt")
_PURPOSES = ("the stall", "the transport", "a licence", "a helper")


class Harvest(Family):
    """Full crates of (picked + more - bad - kept) x price, plus the loose rest, minus the fee."""

    name = "harvest"
    goals = (
        "How much money does {who:name} have in the end from the {crop:words}?",
        "What does {who:name} take home from selling the {crop:words}?",
        "I'd like to know how much money {who:name} is left with after selling the {crop:words}.",
        "How many dollars do the {crop:words} bring {who:name} when everything is counted?",
        "Work out how much money {who:name} gets out of the {crop:words} in the end.",
    )
    facts = (
        needed(
            "picked", "pick picks picked harvest many number gather gathered",
            "{who:name} picks {picked:int} {crop:words}.",
            "The harvest of {who:name} comes to {picked:int} {crop:words}.",
            "This year, {who:name} brings in {picked:int} {crop:words}.",
            "After a day's work, {who:name} has gathered {picked:int} {crop:words}.",
            "From the garden, {who:name} gets {picked:int} {crop:words}.",
        ),
        optional(
            "more", "more neighbour additional another gift adds",
            "From {source:words}, {who:name} gets another {more:int} {crop:words} to sell as well.",
            "As a present from {source:words}, {who:name} has {more:int} more {crop:words} for the market.",
            "On top of the harvest, {who:name} has {more:int} {crop:words} from {source:words} to sell.",
            "There are also {more:int} {crop:words} that {who:name} got from {source:words} and sells with the rest.",
            "To what grew at home, {who:name} can add {more:int} {crop:words} from {source:words}.",
        ),
        optional(
            "bad", "bad rotten spoiled damaged worms wasps thrown",
            "Of the {crop:words}, {bad:int} are spoiled by {ruin:words} and thrown away.",
            "Because of {ruin:words}, {bad:int} of the {crop:words} have to be thrown away.",
            "There are {bad:int} {crop:words} spoiled by {ruin:words} that nobody wants.",
            "Before packing, {bad:int} {crop:words} spoiled by {ruin:words} are sorted out.",
            "Spoiled by {ruin:words}, {bad:int} of the {crop:words} cannot be sold.",
        ),
        optional(
            "kept", "keep keeps kept family himself herself kitchen eat",
            "Before packing, {who:name} puts aside {kept:int} of the {crop:words} for {aim:words}.",
            "{who:name} does not sell {kept:int} of the {crop:words} but keeps them for {aim:words}.",
            "Not to be sold are {kept:int} {crop:words} that {who:name} has set aside for {aim:words}.",
            "For {aim:words}, {who:name} sets {kept:int} of the {crop:words} aside.",
            "{who:name} wants {kept:int} of the {crop:words} for {aim:words} and does not sell those.",
        ),
        needed(
            "crate", "crate crates box boxes pack packed fit hold holds per",
            "A crate holds {crate:int} {crop:words}.",
            "It takes {crate:int} {crop:words} to fill a crate.",
            "Every crate is packed with {crate:int} {crop:words}.",
            "The crates are made for {crate:int} {crop:words} each.",
            "In each crate there is room for {crate:int} {crop:words}.",
        ),
        needed(
            "price", "price sell sells sold cost costs worth pay crate full",
            "A full crate sells for ${price:int}, and a crate that is not full is not sold.",
            "Buyers pay ${price:int} for a full crate and take no crate that is not full.",
            "For each crate that is full, and for no other, the market pays ${price:int}.",
            "Crates are sold when they are full and not otherwise, at a price of ${price:int} each.",
            "Each full crate brings in ${price:int}, while a crate with gaps brings nothing.",
        ),
        optional(
            "loose", "loose leftover rest remaining single singly remainder over",
            "The {crop:words} that do not fill a crate are sold one by one for ${loose:int} each.",
            "What is left when the crates are full is sold loose, at ${loose:int} for each of the {crop:words}.",
            "Single {crop:words} that are left over without a crate find buyers at ${loose:int} apiece.",
            "Passers-by buy the remaining {crop:words}, too few for a crate, at ${loose:int} apiece.",
            "The rest of the {crop:words}, which fills no crate, sells for ${loose:int} apiece.",
        ),
        optional(
            "fee", "fee fees stall rent costs expense charge market",
            "From the takings, {who:name} has to pay ${fee:int} for {purpose:words}.",
            "Out of the earnings, {who:name} pays ${fee:int} for {purpose:words}.",
            "Selling costs {who:name} ${fee:int} for {purpose:words}, which comes off the earnings.",
            "What {who:name} takes in is reduced by ${fee:int} for {purpose:words}.",
            "The takings also have to cover ${fee:int} that {who:name} pays for {purpose:words}.",
        ),
    )  # fmt: skip

    def draw(self, rng: RandomStream, level: int, stated: frozenset[str]) -> Draw:
        """More is picked than is lost."""
        (who,) = names(rng, level, 1)
        picked = number(rng, level, 60, 300, 600)
        numbers = {
            "picked": picked,
            "more": number(rng, level, 10, 80, 150),
            "bad": number(rng, level, 4, 40, 80),
            "kept": number(rng, level, 5, 30, 60),
            "crate": number(rng, level, 6, 15, 24),
            "price": number(rng, level, 4, 20, 36),
            "loose": number(rng, level, 2, 3, 4),
            "fee": number(rng, level, 5, 25, 45),
        }
        words = {
            "who": who, "crop": rng.choice(_CROPS), "source": rng.choice(_SOURCES), "ruin": rng.choice(_RUINS),
            "aim": rng.choice(_AIMS), "purpose": rng.choice(_PURPOSES),
        }  # fmt: skip
        return Draw(words, numbers)

    def solve(self, v: Mapping[str, Value], do: Working) -> Value:
        """Dollars."""
        sold = do.minus(do.minus(do.plus(v["picked"], v.get("more")), v.get("bad")), v.get("kept"))
        full, left = do.packs(sold, v["crate"])
        money = do.times(full, v["price"])
        if "loose" in v:
            money = do.plus(money, do.times(left, v["loose"]))
        return do.minus(money, v.get("fee"))
