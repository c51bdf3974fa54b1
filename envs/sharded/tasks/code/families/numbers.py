"""Numbers by rules: a sum, an average, a spread."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from turnbench.envs.sharded.tasks.code.spec import Base, Family, Final, Rule, Setting, Slots, Stage, number, pick
from turnbench.randomness import RandomStream


def _inputs(rng: RandomStream, rules: Mapping[str, Slots]) -> list[int]:
    limits = [slots["n"] for kind, slots in rules.items() if kind in ("skip_multiples", "skip_above", "cap")]
    about_signs = {"skip_negative", "negative_as_zero", "absolute"} & rules.keys()
    made: list[int] = []
    for _ in range(rng.below(8)):
        value = rng.below(100)
        if limits and rng.below(3) == 0:
            value = rng.choice(limits) * (1 + rng.below(3)) + rng.below(3) - 1
        if rng.below(4 if about_signs else 15) == 0:
            value = -1 - rng.below(30)
        made.append(rng.choice(made) if "once" in rules and made and rng.below(4) == 0 else value)
    return made


def _half_up(value: float) -> int:
    return math.floor(Fraction(value) + Fraction(1, 2))


_RULES = (
    Rule(
        "skip_negative",
        (
            "Leave out {things:words} below zero.",
            "Negative {things:words} are ignored.",
            "Skip all {things:words} that are smaller than 0.",
            "Only {things:words} from zero upwards count.",
            "Whenever {things:words} are negative, pretend they are not there.",
        ),
        ("negative", "below", "zero", "minus"),
        "numbers = [n for n in numbers if n >= 0]",
        lambda numbers: [x for x in numbers if not x < 0],
        group="negative",
        small=True,
    ),
    Rule(
        "negative_as_zero",
        (
            "Negative {things:words} are treated as 0.",
            "Put 0 in the place of {things:words} below zero.",
            "Whenever {things:words} are negative, they count as 0.",
            "All {things:words} smaller than 0 become 0.",
            "Replace negative {things:words} with 0.",
        ),
        ("negative", "below", "zero", "minus"),
        "numbers = [max(n, 0) for n in numbers]",
        lambda numbers: [0 if x < 0 else x for x in numbers],
        group="negative",
        small=True,
    ),
    Rule(
        "absolute",
        (
            "The sign of the {things:words} does not matter, so take their absolute values.",
            "Drop the minus sign of negative {things:words}.",
            "Use the absolute values of the {things:words}.",
            "A minus in front of {things:words} was typed by mistake and is to be ignored.",
            "Negative {things:words} count as if they were positive.",
        ),
        ("negative", "sign", "absolute", "minus"),
        "numbers = [abs(n) for n in numbers]",
        lambda numbers: [-x if x < 0 else x for x in numbers],
        group="negative",
    ),
    Rule(
        "skip_multiples",
        (
            "Leave out {things:words} that can be divided by {n:int}.",
            "Multiples of {n:int} among the {things:words} are ignored.",
            "Skip {things:words} that are divisible by {n:int}.",
            "Only {things:words} that are no multiple of {n:int} count.",
            "If division by {n:int} leaves no remainder, such {things:words} are dropped.",
        ),
        ("multiple", "divisible", "divided"),
        "numbers = [n for n in numbers if n % $n != 0]",
        lambda numbers, n: [x for x in numbers if x % n],
        draw=pick("n", 3, 4, 5, 6, 7, 9, 11),
        small=True,
    ),
    Rule(
        "skip_above",
        (
            "Leave out {things:words} above {n:int}.",
            "Ignore {things:words} that are greater than {n:int}.",
            "Anything beyond {n:int} is a mistake, so drop such {things:words}.",
            "Only {things:words} up to {n:int}, this number included, count.",
            "Skip {things:words} larger than {n:int}.",
        ),
        ("large", "greater", "above", "outlier", "maximum"),
        "numbers = [n for n in numbers if n <= $n]",
        lambda numbers, n: [x for x in numbers if not x > n],
        draw=number(50, 90),
        group="high",
        small=True,
    ),
    Rule(
        "cap",
        (
            "All {things:words} above {n:int} count as exactly that.",
            "Treat {things:words} greater than {n:int} as if they were equal to it.",
            "Bring {things:words} that exceed {n:int} down to this number.",
            "Where {things:words} are larger than {n:int}, use this limit instead.",
            "Lower any {things:words} over {n:int} to this value.",
        ),
        ("large", "greater", "above", "cap", "maximum"),
        "numbers = [min(n, $n) for n in numbers]",
        lambda numbers, n: [n if x > n else x for x in numbers],
        draw=number(40, 80),
        group="high",
    ),
    Rule(
        "double_even",
        (
            "Even {things:words} count twice as much.",
            "Double the {things:words} that are even.",
            "Multiply even {things:words} by two.",
            "All even {things:words} are to be doubled, odd ones stay as they are.",
            "Where {things:words} are even, use twice their value.",
        ),
        ("even", "odd", "double", "twice"),
        "numbers = [2 * n if n % 2 == 0 else n for n in numbers]",
        lambda numbers: [x if x % 2 else x + x for x in numbers],
        group="parity",
        small=True,
    ),
    Rule(
        "odd_more",
        (
            "Odd {things:words} are raised by {n:int}.",
            "Add {n:int} to the {things:words} that are odd.",
            "Where {things:words} are odd, they count {n:int} more.",
            "Increase odd {things:words} by {n:int}, leave even ones as they are.",
            "For odd {things:words}, put {n:int} on top.",
        ),
        ("even", "odd", "add", "raise"),
        "numbers = [n + $n if n % 2 else n for n in numbers]",
        lambda numbers, n: [x + n * (x % 2) for x in numbers],
        draw=number(2, 9),
        group="parity",
    ),
    Rule(
        "once",
        (
            "If the same number comes several times among the {things:words}, it counts only once.",
            "Repeated {things:words} count a single time.",
            "Of equal {things:words} only one is used.",
            "Use each number among the {things:words} once, however often it appears.",
            "Duplicates among the {things:words} are ignored.",
        ),
        ("duplicate", "repeat", "same", "once", "equal"),
        "numbers = list(dict.fromkeys(numbers))",
        lambda numbers: [x for at, x in enumerate(numbers) if x not in numbers[:at]],
        small=True,
    ),
    Rule(
        "not_the_first",
        (
            "The first of the {things:words} is only a test and is left out.",
            "Ignore whichever of the {things:words} comes first in the list.",
            "Do not use the first of the {things:words} in the list.",
            "Start with the second of the {things:words}, the first one does not count.",
            "Skip the one at the very beginning of the {things:words}.",
        ),
        ("first", "beginning", "start", "test"),
        "numbers = numbers[1:]",
        lambda numbers: [x for at, x in enumerate(numbers) if at > 0],
    ),
    Rule(
        "not_the_highest",
        (
            "The highest of the {things:words} is left out, a single time if it is there more than once.",
            "Take one copy of the largest value out of the {things:words}.",
            "Do not use the biggest of the {things:words}; if several are equally big, remove one of them.",
            "Cross out the maximum of the {things:words}, but one occurrence only.",
            "One of the {things:words} is dropped, namely the largest or one of the largest.",
        ),
        ("highest", "largest", "maximum", "best", "outlier"),
        "numbers = sorted(numbers)[:-1]",
        lambda numbers: [x for at, x in enumerate(numbers) if at != numbers.index(max(numbers))],
    ),
    Rule(
        "if_none",
        (
            "If there are no {things:words} to work with, return {n:int} and leave it at that.",
            "Return {n:int} at once when none of the {things:words} are left or none were given.",
            "Without any {things:words} that count, the result is {n:int}, whatever else is done to results.",
            "In case no {things:words} remain, the function gives back {n:int} and does nothing further.",
            "When the list has no {things:words} that matter, the answer is just {n:int}, without further steps.",
        ),
        ("empty", "none", "nothing", "missing"),
        "if not numbers:\n    return $n",
        lambda numbers, n: numbers or Final(n),
        Stage.MIDDLE,
        rare=True,
        draw=pick("n", -1, -5, -99, 777, 1000),
        small=True,
    ),
    Rule(
        "round_up",
        (
            "Round the average to a whole number, and halves go up.",
            "The average is to be rounded to the nearest integer, with .5 rounded up.",
            "The average must be a whole number, rounded as usual, exact halves upwards.",
            "Give the average as an integer, rounding to the nearest and upwards from a half.",
            "Round the average half up, to an integer.",
        ),
        ("round", "decimal", "whole", "integer", "half"),
        "result = int((2 * result + 1) // 2)",
        _half_up,
        Stage.AFTER,
        bases=("average",),
        group="rounding",
    ),
    Rule(
        "round_down",
        (
            "Round the average down to a whole number.",
            "Decimals of the average are dropped by rounding down.",
            "The average must be a whole number, always rounded down.",
            "Give the average as the largest integer that is not above it.",
            "The average is rounded to the next lower integer if it is no integer already.",
        ),
        ("round", "decimal", "whole", "integer"),
        "result = int(result // 1)",
        math.floor,
        Stage.AFTER,
        bases=("average",),
        group="rounding",
    ),
    Rule(
        "bonus",
        (
            "At the end, {n:int} is added to the result.",
            "Put {n:int} on top of the result.",
            "The result is increased by {n:int} before it is returned.",
            "Add {n:int} to whatever the result is.",
            "The function returns the result plus {n:int}.",
        ),
        ("add", "bonus", "extra", "plus", "result"),
        "result = result + $n",
        lambda result, n: n + result,
        Stage.AFTER,
        step=1,
        draw=number(3, 30),
        small=True,
    ),
    Rule(
        "at_most",
        (
            "The result may not exceed {n:int}, so return this number if it would.",
            "A result above {n:int} is lowered to this limit.",
            "Never return more than {n:int}; a greater result is brought down to it.",
            "Limit the result to {n:int}, which is returned in the place of anything greater.",
            "The largest result possible is {n:int}, and it stands in for all results beyond it.",
        ),
        ("limit", "exceed", "maximum", "result"),
        "result = min(result, $n)",
        lambda result, n: n if result > n else result,
        Stage.AFTER,
        step=1,
        draw=number(60, 150),
    ),
    Rule(
        "unit",
        (
            "Return the finished result as a string followed by a space and {unit:quoted}.",
            "Give the finished result back as text, with a space and {unit:quoted} behind it.",
            "The finished result is turned into a string that ends in a space and {unit:quoted}.",
            "What is returned in the end is text: the result, a space, then {unit:quoted}.",
            "As the last step, make the result a string with a space and {unit:quoted} after the number.",
        ),
        ("unit", "text", "string", "format"),
        "result = str(result) + ' ' + $unit",
        lambda result, unit: f"{result} {unit}",
        Stage.AFTER,
        step=2,
        draw=pick("unit", "points", "cm", "EUR", "steps", "kg", "pages"),
        bases=("total", "spread"),
    ),
)
_BASES = (
    Base(
        "total",
        (
            "It takes a list of integers, the {things:words}, and returns their sum.",
            "Its only argument is a list with the {things:words} as integers, and it returns the total.",
            "Given the {things:words} as a list of integers, it gives back what they add up to.",
            "The input is a list of integers holding the {things:words}, and the output is their sum.",
            "A list of integers with the {things:words} goes in, and their total comes out.",
        ),
        ("input", "argument", "output", "return", "sum", "compute"),
        "result = sum(numbers)",
        lambda numbers: sum(numbers),
        small=True,
    ),
    Base(
        "average",
        (
            "It takes a list of integers, the {things:words}, and returns their average, the arithmetic mean.",
            "Its only argument is a list with the {things:words} as integers, and it returns the arithmetic mean.",
            "Given the {things:words} as a list of integers, it gives back their mean value.",
            "The input is a list of integers holding the {things:words}, and the output is their average, meaning the sum divided by how many there are.",
            "A list of integers with the {things:words} goes in, and their arithmetic mean comes out.",
        ),
        ("input", "argument", "output", "return", "average", "mean", "compute"),
        "result = sum(numbers) / len(numbers)",
        lambda numbers: math.fsum(numbers) / len(numbers),
    ),
    Base(
        "spread",
        (
            "It takes a list of integers, the {things:words}, and returns the difference between the largest and the smallest.",
            "Its only argument is a list with the {things:words} as integers, and it returns how far the highest is above the lowest.",
            "Given the {things:words} as a list of integers, it gives back the largest minus the smallest.",
            "The input is a list of integers holding the {things:words}, and the output is the distance from the lowest to the highest of them.",
            "A list of integers with the {things:words} goes in, and the maximum minus the minimum comes out.",
        ),
        ("input", "argument", "output", "return", "difference", "range", "compute"),
        "result = max(numbers) - min(numbers)",
        lambda numbers: sorted(numbers)[-1] - sorted(numbers)[0],
        small=True,
    ),
)
FAMILY = Family(
    name="numbers",
    settings=(
        Setting("total_points", "points", "a darts evening"),
        Setting("read_meter", "readings", "the water meter"),
        Setting("sum_up_prices", "prices", "a flea market"),
        Setting("rate_scores", "scores", "the diving contest"),
        Setting("count_steps", "step counts", "my pedometer"),
        Setting("check_weights", "weights", "the parcel counter"),
        Setting("sum_lengths", "lengths", "a timber yard"),
        Setting("daily_figures", "figures", "an ice cream van"),
    ),
    goals=(
        "I need a Python function called {function:id} that works out a figure from the {things:words} of {place:words}.",
        "Please write a Python function {function:id} to evaluate the {things:words} of {place:words}.",
        "Write me a Python function with the name {function:id} which boils the {things:words} of {place:words} down to one figure.",
        "For the {things:words} of {place:words} I want a Python function {function:id} that computes one number that matters.",
        "Make a function {function:id} in Python for evaluating the {things:words} of {place:words}.",
    ),
    topics=("goal", "purpose", "name"),
    parameter="numbers",
    bases=_BASES,
    rules=_RULES,
    inputs=_inputs,
)
