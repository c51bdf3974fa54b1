"""Choices that are sums: a price, a number to play with, a rule that makes points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from turnbench.envs.sharded.tasks.promise.forms import RULE, WHOLE, Form, Value
from turnbench.envs.sharded.tasks.promise.kind import ASK, BAN, CHOOSE, PEOPLE, Fact, Kind, Slots
from turnbench.randomness import RandomStream

_ITEMS = (
    "a concert ticket", "a handmade mug", "a garden chair", "a music lesson", "a day in the climbing hall",
    "a crate of apples",
    "a boat trip", "a school bag", "a board game", "a guided tour", "a woollen scarf", "a place at the workshop",
)  # fmt: skip


class _Number(Kind):
    """A whole number from `low` to `high`, three of them ruled out."""

    form: ClassVar[Form] = WHOLE
    answer_form: ClassVar[Form] = WHOLE
    lows: ClassVar[range]
    span: ClassVar[range]

    def limits(self, rng: RandomStream) -> dict[str, Any]:
        low = rng.choice(self.lows)
        high = low + rng.choice(self.span)
        a, b, c = sorted(rng.sample(range(low + 1, high), 3))
        return {"low": low, "high": high, "a": a, "b": b, "c": c}

    def fits(self, choice: Value, limits: Slots) -> bool:
        if not isinstance(choice, int) or choice in (limits["a"], limits["b"], limits["c"]):
            return False
        return bool(limits["low"] <= choice <= limits["high"])

    def any(self, rng: RandomStream, limits: Slots) -> Value:
        return int(limits["low"] + rng.below(limits["high"] - limits["low"] + 1))

    def ban(self, rng: RandomStream, limits: Slots) -> dict[str, Any]:
        low, high = limits["low"], limits["high"]
        return {"n": low + (high - low) * (25 + rng.below(26)) // 100}

    def banned(self, choice: Value, gaps: Slots) -> bool:
        return isinstance(choice, int) and bool(choice < gaps["n"])


class Price(_Number):
    """A price, and what an order comes to."""

    noun: ClassVar[str] = "price"
    lows: ClassVar[range] = range(14, 40)
    span: ClassVar[range] = range(45, 75)
    examples: ClassVar[tuple[str, str]] = "3", "4400"
    intros: ClassVar[tuple[str, ...]] = (
        "I want to know what I will have to pay.",
        "I am ordering something today.",
        "",
    )
    first: ClassVar[str] = "quantity"
    facts: ClassVar[Mapping[str, int]] = {"quantity": 1, "more": 2, "fee": 2, "voucher": 2, "twice": 1}
    ways: ClassVar[Mapping[str, tuple[str, ...]]] = {
        CHOOSE: (
            "Choose a price for {item:words} in whole euros, from {low:int} to {high:int}, but not {a:int}, {b:int} "
            "or {c:int}.",
            "Please set a price for {item:words} between {low:int} and {high:int} euros, without cents, and not "
            "{a:int}, {b:int} "
            "or {c:int}.",
            "What should {item:words} cost, if it is a whole number of euros from {low:int} to {high:int} and none of "
            "{a:int}, "
            "{b:int} and {c:int}?",
            "You decide what {item:words} costs: whole euros, at least {low:int}, at most {high:int}, and not "
            "{a:int}, {b:int} or "
            "{c:int}.",
        ),
        BAN: (
            "Nothing under {n:int} euros, please, and if your price is lower, choose another one.",
            "The price must be {n:int} euros or more after all, so choose another if it is not.",
            "If you chose less than {n:int} euros, please choose again, with at least that.",
            "I just heard that {n:int} euros is the lowest price allowed, so choose another one if yours is below.",
        ),
        "quantity": (
            "I need {n:int} of them.", "Put me down for {n:int} of them.", "We are going to take {n:int}.",
            "Order {n:int} of them for me.",
            "I would like {n:int} of them, please.",
        ),
        "more": (
            "{who:name} wants {n:int} more of them.", "Add {n:int} more of them for {who:name}.",
            "For {who:name} we need another {n:int}.", "{who:name} would like {n:int} as well, on top of that.",
        ),
        "fee": (
            "Delivery costs {n:int} euros on top.", "There is a fee of {n:int} euros for the whole order.",
            "They charge {n:int} euros extra for the lot.", "A tip of {n:int} euros comes on top of it all.",
        ),
        "voucher": (
            "I have a voucher for {n:int} euros.", "Take {n:int} euros off the whole bill, as I have a coupon.",
            "There is a discount of {n:int} euros on the whole order.", "A friend pays {n:int} euros of it.",
        ),
        "twice": (
            "Then double the whole bill, because we order all of it twice.",
            "Our neighbours want exactly the same as all of that, so double the bill.",
            "All that I have said so far is wanted two times, so double the bill.",
            "Please make it the whole order twice, with everything that I have said.",
        ),
        ASK: (
            "What do I pay in all?", "How much is the whole bill now?", "What does it come to?",
            "So what is the total in euros?",
            "How much money is that?",
        ),
    }  # fmt: skip

    def limits(self, rng: RandomStream) -> dict[str, Any]:
        """Of an item for sale."""
        return {"item": rng.choice(_ITEMS), **super().limits(rng)}

    def gaps(self, rng: RandomStream, fact: str) -> dict[str, Any]:
        """Numbers of pieces and euros."""
        if fact == "more":
            return {"n": 2 + rng.below(5), "who": rng.choice(PEOPLE)}
        return {} if fact == "twice" else {"n": 2 + rng.below(8 if fact == "quantity" else 13)}

    def result(self, choice: Value, facts: Sequence[Fact]) -> Value:
        """Pieces times price, fees and vouchers once each."""
        assert isinstance(choice, int)
        pieces = euros = 0
        for fact, gaps in facts:
            if fact == "twice":
                pieces, euros = 2 * pieces, 2 * euros
            elif fact in ("quantity", "more"):
                pieces += gaps["n"]
            else:
                euros += gaps["n"] if fact == "fee" else -gaps["n"]
        return pieces * choice + euros


class Game(_Number):
    """A number thought of, and what becomes of it."""

    noun: ClassVar[str] = "number"
    lows: ClassVar[range] = range(30, 60)
    span: ClassVar[range] = range(50, 120)
    examples: ClassVar[tuple[str, str]] = "7", "8800"
    intros: ClassVar[tuple[str, ...]] = ("Let us play a game with numbers.", "I know a trick with numbers.", "")
    facts: ClassVar[Mapping[str, int]] = {"add": 3, "subtract": 2, "double": 1, "times": 1, "own": 1}
    ways: ClassVar[Mapping[str, tuple[str, ...]]] = {
        CHOOSE: (
            "Think of a whole number from {low:int} to {high:int}, but not {a:int}, {b:int} or {c:int}, and tell me.",
            "Choose a whole number between {low:int} and {high:int} for me, anything but {a:int}, {b:int} and {c:int}.",
            "Please take a whole number that is at least {low:int} and at most {high:int}, and not {a:int}, {b:int} "
            "or {c:int}.",
            "Which whole number do you choose, from {low:int} to {high:int} and other than {a:int}, {b:int} and "
            "{c:int}?",
        ),
        BAN: (
            "I forgot that it must be {n:int} or more, so choose another number if yours is not.",
            "If you chose a number under {n:int}, please choose again, with at least that.",
            "Nothing below {n:int} is allowed after all: take another number if yours is.",
            "The trick only works from {n:int} on, so choose another number if yours is lower.",
        ),
        "add": ("Add {n:int}.", "Now put {n:int} on top.", "Make it {n:int} more.", "Please add {n:int} to that."),
        "subtract": ("Take {n:int} away.", "Now subtract {n:int}.", "Make it {n:int} less.",
        "Please take {n:int} off that."),
        "double": ("Double it.", "Now multiply it by two.", "Make it twice as much.", "Please take that two times."),
        "times": ("Multiply it by {n:int}.", "Now take that {n:int} times.", "Make it {n:int} times as much.",
                  "Please multiply that by {n:int}."),
        "own": (
            "Add the number that you chose once more.", "Now add your own number to it.",
            "Make it more by the number you have chosen.", "Please put the number that you chose on top again.",
        ),
        ASK: (
            "What is it now?", "Which number is that?", "What do you get?", "So where are we?", "What comes out?",
        ),
    }  # fmt: skip

    def gaps(self, rng: RandomStream, fact: str) -> dict[str, Any]:
        """Small numbers."""
        if fact in ("double", "own"):
            return {}
        return {"n": 3 + rng.below(3) if fact == "times" else 2 + rng.below(13)}

    def result(self, choice: Value, facts: Sequence[Fact]) -> Value:
        """Step by step."""
        assert isinstance(choice, int)
        value = choice
        for fact, gaps in facts:
            if fact == "double":
                value *= 2
            elif fact == "times":
                value *= gaps["n"]
            else:
                value += choice if fact == "own" else gaps["n"] if fact == "add" else -gaps["n"]
        return value


class Quiz(Kind):
    """A rule that makes points of numbers, and the points of those who say some."""

    noun: ClassVar[str] = "rule"
    form: ClassVar[Form] = RULE
    answer_form: ClassVar[Form] = WHOLE
    examples: ClassVar[tuple[str, str]] = "times 1 plus 2", "7700"
    intros: ClassVar[tuple[str, ...]] = ("We play a quiz with numbers tonight.", "I am in charge of a party game.", "")
    facts: ClassVar[Mapping[str, int]] = {"says": 4, "counts-double": 2, "bonus": 1, "fine": 1}
    first: ClassVar[str] = "says"
    ways: ClassVar[Mapping[str, tuple[str, ...]]] = {
        CHOOSE: (
            "Make up a rule that turns the number somebody says into points: times a whole number from {low:int} to "
            "{high:int}, "
            "then plus a whole number from {least:int} to {most:int}, but not {a:int}.",
            "Choose the rule for the points: the number that somebody says times something from {low:int} to "
            "{high:int}, plus "
            "something from {least:int} to {most:int} other than {a:int}, both whole.",
            "Please invent the rule by which a number that is said makes points: multiply by a whole number from "
            "{low:int} to "
            "{high:int} and add a whole number from {least:int} to {most:int}, only not {a:int}.",
            "Which rule for points do you choose, with a whole number from {low:int} to {high:int} to multiply by and "
            "then one "
            "from {least:int} to {most:int}, except {a:int}, to add?",
        ),
        BAN: (
            "What is added must be at least {n:int} after all, so choose another rule if it is not.",
            "If your rule adds less than {n:int}, please choose another rule.",
            "I forgot that nothing under {n:int} may be added: choose another rule if yours does that.",
            "The host wants {n:int} or more to be added, so choose another rule if yours adds less.",
        ),
        "says": ("{who:name} says {n:int}.", "The number of {who:name} is {n:int}.", "Then {who:name} shouts {n:int}.",
                 "From {who:name} we hear {n:int}."),
        "counts-double": (
            "{who:name} says {n:int}, and those points count double.",
            "The number of {who:name} is {n:int} and counts double.",
            "Then {who:name} shouts {n:int}, for twice the points.",
            "From {who:name} we hear {n:int}, which earns double points.",
        ),
        "bonus": ("There are {n:int} extra points for everybody together.",
        "They get a bonus of {n:int} points in all.",
                  "Add {n:int} points for good manners.", "The host gives {n:int} points on top."),
        "fine": ("Somebody cheated, so take {n:int} points away.", "There is a fine of {n:int} points.",
                 "Take off {n:int} points for the noise.", "The host takes back {n:int} points."),
        ASK: ("How many points have they got together?", "What are all the points together?",
        "What is the score of them all?",
              "So how many points is that in all?"),
    }  # fmt: skip

    def limits(self, rng: RandomStream) -> dict[str, Any]:
        """Of what is multiplied by and what is added."""
        low, least = 2 + rng.below(2), 11 + rng.below(10)
        high, most = low + 5 + rng.below(3), least + 25 + rng.below(20)
        return {"low": low, "high": high, "least": least, "most": most, "a": least + 1 + rng.below(most - least)}

    def fits(self, choice: Value, limits: Slots) -> bool:
        """Both numbers in their ranges."""
        if not isinstance(choice, tuple) or choice[1] == limits["a"]:
            return False
        return bool(limits["low"] <= choice[0] <= limits["high"] and limits["least"] <= choice[1] <= limits["most"])

    def any(self, rng: RandomStream, limits: Slots) -> Value:
        """Both numbers drawn."""
        factor = limits["low"] + rng.below(limits["high"] - limits["low"] + 1)
        return factor, limits["least"] + rng.below(limits["most"] - limits["least"] + 1)

    def ban(self, rng: RandomStream, limits: Slots) -> dict[str, Any]:
        """Of low numbers to add."""
        return {"n": limits["least"] + (limits["most"] - limits["least"]) * (25 + rng.below(26)) // 100}

    def banned(self, choice: Value, gaps: Slots) -> bool:
        """Too little is added."""
        return isinstance(choice, tuple) and bool(choice[1] < gaps["n"])

    def gaps(self, rng: RandomStream, fact: str) -> dict[str, Any]:
        """A player and a number, or points."""
        if fact in ("says", "counts-double"):
            return {"who": rng.choice(PEOPLE), "n": 2 + rng.below(11)}
        return {"n": 3 + rng.below(15)}

    def result(self, choice: Value, facts: Sequence[Fact]) -> Value:
        """All points together."""
        assert isinstance(choice, tuple)
        points = 0
        for fact, gaps in facts:
            if fact in ("says", "counts-double"):
                points += (choice[0] * gaps["n"] + choice[1]) * (2 if fact == "counts-double" else 1)
            else:
                points += gaps["n"] if fact == "bonus" else -gaps["n"]
        return points
