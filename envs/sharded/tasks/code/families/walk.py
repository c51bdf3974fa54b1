"""Small simulations: a counter on a square grid that follows letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from turnbench.envs.sharded.tasks.code.rules.walk import RULES
from turnbench.envs.sharded.tasks.code.spec import Base, Family, Setting, Slots
from turnbench.randomness import RandomStream

Place = tuple[int, int]
_MOVES = {"N": (0, 1), "S": (0, -1), "E": (1, 0), "W": (-1, 0)}


def _inputs(rng: RandomStream, rules: Mapping[str, Slots]) -> str:
    letters = ["N", "S", "E", "W"]
    if rng.below(2):  # a longer way into one corner
        letters += [rng.choice("NS"), rng.choice("EW")] * 2
    if "others" in rules:
        letters += ["x", "?"]
    if "again" in rules:
        letters += ["R", "R"]
    if "small" in rules:
        letters += ["n", "s", "e", "w"]
    return "".join(rng.choice(letters) for _ in range(rng.below(15)))


def _walk(steps: str | Sequence[str], inside: Sequence[Callable[..., Any]]) -> list[Place]:
    trail = [(0, 0)]
    for step in steps:
        (x, y), (dx, dy) = trail[-1], _MOVES[step]
        to: Place | None = (x + dx, y + dy)
        for rule in inside:
            if to is not None:
                to = rule(trail, to)
        if to is not None:
            trail.append(to)
    return trail


_OPEN_CODE = """trail = [(0, 0)]
for step in steps:
    dx, dy = {'N': (0, 1), 'S': (0, -1), 'E': (1, 0), 'W': (-1, 0)}[step]
    x, y = trail[-1][0] + dx, trail[-1][1] + dy
    $inside
    trail.append((x, y))"""
_BASES = (
    Base(
        "place",
        (
            "It takes a string of commands, N and S to raise and lower the second coordinate by 1, E and W the first, starts at 0, 0 and returns the coordinates at the end as a list.",
            "Its argument is a string of the letters N, S, E and W, each one step from the place before, and it returns the list of the two final coordinates, where E adds 1 to the first, W takes 1 off, N adds 1 to the second, S takes 1 off, and both begin at 0.",
            "Given a string of commands, it gives back a list of two coordinates, both 0 at first, after E has added 1 to the first and W subtracted 1, N added 1 to the second and S subtracted 1, command by command.",
            "The input is a string of the letters N, S, E and W, and the output is the place they lead to from 0, 0, as a list whose first number goes up with E and down with W by 1 and whose second goes up with N and down with S.",
            "A string of commands goes in, and a list of two coordinates comes out, the place reached from 0, 0 when E and W change the first by 1 and -1, N and S the second.",
        ),
        ("input", "argument", "output", "return", "command", "place", "start"),
        "result = list(trail[-1])",
        lambda trail: [trail[-1][0], trail[-1][1]],
        _OPEN_CODE,
        _walk,
        small=True,
    ),
    Base(
        "distance",
        (
            "It takes a string of commands, N and S to raise and lower the second coordinate by 1, E and W the first, starts at 0, 0 and returns the sum of the absolute values of the final coordinates.",
            "Its argument is a string of the letters N, S, E and W, each one step from the place before, and it returns how many steps the end is away from the start at 0, 0 along the grid, where E adds 1 to the first coordinate, W takes 1 off, N adds 1 to the second and S takes 1 off.",
            "Given a string of commands, it gives back the distance from 0, 0 in steps along the grid, after E has added 1 to the first coordinate and W subtracted 1, N added 1 to the second and S subtracted 1, command by command.",
            "The input is a string of the letters N, S, E and W, and the output is the number of steps along the grid between 0, 0 and the place they lead to, the first coordinate going up with E and down with W by 1 and the second up with N and down with S.",
            "A string of commands goes in, and the distance of the place reached from the start at 0, 0 comes out, counted in steps along the grid, when E and W change the first coordinate by 1 and -1, N and S the second.",
        ),
        ("input", "argument", "output", "return", "command", "distance", "start"),
        "result = abs(trail[-1][0]) + abs(trail[-1][1])",
        lambda trail: sum(map(abs, trail[-1])),
        _OPEN_CODE,
        _walk,
        small=True,
    ),
    Base(
        "visited",
        (
            "It takes a string of commands, N and S to raise and lower the second coordinate by 1, E and W the first, starts at 0, 0 and returns how many different places it visits, the start among them.",
            "Its argument is a string of the letters N, S, E and W, each one step from the place before, and it returns the number of different places visited, with the start at 0, 0, where E adds 1 to the first coordinate, W takes 1 off, N adds 1 to the second and S takes 1 off.",
            "Given a string of commands, it gives back how many different places are visited including 0, 0, when E adds 1 to the first coordinate and W subtracts 1, N adds 1 to the second and S subtracts 1, command by command.",
            "The input is a string of the letters N, S, E and W, and the output is the number of different places on the way from 0, 0, which counts too, the first coordinate going up with E and down with W by 1 and the second up with N and down with S.",
            "A string of commands goes in, and the number of different places on the way comes out, the start at 0, 0 included, when E and W change the first coordinate by 1 and -1, N and S the second.",
        ),
        ("input", "argument", "output", "return", "command", "visited", "different", "start"),
        "result = len(set(trail))",
        lambda trail: len(dict.fromkeys(trail)),
        _OPEN_CODE,
        _walk,
    ),
    Base(
        "farthest",
        (
            "It takes a string of commands, N and S to raise and lower the second coordinate by 1, E and W the first, starts at 0, 0 and returns the greatest sum of the absolute coordinates on the way.",
            "Its argument is a string of the letters N, S, E and W, each one step from the place before, and it returns how far from the start at 0, 0 it gets at most, in steps along the grid, where E adds 1 to the first coordinate, W takes 1 off, N adds 1 to the second and S takes 1 off.",
            "Given a string of commands, it gives back the largest distance from 0, 0 that is reached at any time, in steps along the grid, when E adds 1 to the first coordinate and W subtracts 1, N adds 1 to the second and S subtracts 1, command by command.",
            "The input is a string of the letters N, S, E and W, and the output is the greatest number of steps along the grid that the place is ever away from 0, 0, the first coordinate going up with E and down with W by 1 and the second up with N and down with S.",
            "A string of commands goes in, and the largest distance from the start at 0, 0 on the way comes out, counted in steps along the grid, when E and W change the first coordinate by 1 and -1, N and S the second.",
        ),
        ("input", "argument", "output", "return", "command", "farthest", "distance", "start"),
        "result = max(abs(x) + abs(y) for x, y in trail)",
        lambda trail: max(sum(map(abs, place)) for place in trail),
        _OPEN_CODE,
        _walk,
    ),
)
FAMILY = Family(
    name="walk",
    settings=(
        Setting("steer_robot", "commands", "a lawn robot"),
        Setting("move_boat", "orders", "a toy boat"),
        Setting("guide_crane", "instructions", "the harbour crane"),
        Setting("drive_rover", "signals", "a school rover"),
        Setting("walk_dog", "calls", "our robot dog"),
        Setting("move_pen", "directions", "a drawing machine"),
    ),
    goals=(
        "I need a Python function called {function:id} that follows the {things:words} for {place:words}.",
        "Please write a Python function {function:id} to carry out the {things:words} for {place:words}.",
        "Write me a Python function with the name {function:id} which plays through the {things:words} for {place:words}.",
        "Where the {things:words} take {place:words} is what a Python function {function:id} should tell me.",
        "Make a function {function:id} in Python for simulating {place:words} with the {things:words} it gets.",
    ),
    topics=("goal", "purpose", "name"),
    parameter="steps",
    bases=_BASES,
    rules=RULES,
    inputs=_inputs,
)
