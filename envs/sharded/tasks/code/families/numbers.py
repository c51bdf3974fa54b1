"""Numbers by rules: a sum, an average, a spread."""

from __future__ import annotations

import math
from collections.abc import Mapping

from turnbench.envs.sharded.tasks.code.rules.numbers import RULES
from turnbench.envs.sharded.tasks.code.spec import Base, Family, Setting, Slots
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
    rules=RULES,
    inputs=_inputs,
)
