"""Small simulations: a counter on a square grid that follows letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from turnbench.envs.sharded.tasks.code.spec import Base, Family, Rule, Setting, Slots, Stage, number, pick
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


def _repeated(steps: str) -> str:
    out = ""
    for step in steps:
        if step != "R":
            out += step
        elif out:
            out += out[-1]
    return out


_RULES = (
    Rule(
        "small",
        (
            "Small letters mean the same as capital ones.",
            "Commands may be in lower case, which makes no difference.",
            "Treat n, s, e and w like N, S, E and W.",
            "Whether a command is a small or a capital letter does not matter.",
            "Read the commands without regard to case.",
        ),
        ("case", "lower", "capital", "small"),
        "steps = steps.upper()",
        lambda steps: "".join(step.upper() for step in steps),
        step=-2,
        never_with=("others",),
        small=True,
    ),
    Rule(
        "others",
        (
            "Characters other than N, S, E and W are no commands and are ignored, except where I give one a meaning.",
            "Skip all characters that are no command.",
            "Whatever is no command among the characters has no effect.",
            "There may be characters that mean nothing, so drop all that are no command.",
            "Ignore characters that do not stand for a command.",
        ),
        ("other", "unknown", "invalid", "else", "characters"),
        "steps = ''.join(step for step in steps if step in 'NSEWR')",
        lambda steps: "".join(step for step in steps if step in ("N", "S", "E", "W", "R")),
        step=-1,
        small=True,
    ),
    Rule(
        "again",
        (
            "The command R repeats the command before it, and does nothing at the very beginning.",
            "An R stands for the same command as the one before, or for nothing if there is none.",
            "There is also the command R, which means that the previous command is done again, if there was one.",
            "Beside the four directions, R can be given, and it does what the last command did, or nothing without one.",
            "Read R as a copy of the command in front of it, and drop it where none is in front.",
        ),
        ("repeat", "again", "command", "R"),
        "kept = ''\nfor step in steps:\n    kept += step if step != 'R' else kept[-1:]\nsteps = kept",
        _repeated,
    ),
    Rule(
        "first_only",
        (
            "Only the first {n:int} commands are carried out.",
            "The battery lasts for {n:int} commands, and all further ones are lost.",
            "Stop after {n:int} commands.",
            "Commands beyond the first {n:int} have no effect.",
            "There is time for {n:int} commands, so forget about the rest.",
        ),
        ("limit", "many", "battery", "stop", "first"),
        "steps = steps[:$n]",
        lambda steps, n: "".join(step for at, step in enumerate(steps) if at < n),
        draw=number(5, 9),
        small=True,
    ),
    Rule(
        "mirrored",
        (
            "East and west are mixed up, so E leads to the west and W to the east.",
            "By mistake, E and W are exchanged and have to be read the other way round.",
            "Read every E as W and every W as E.",
            "E means a step to the west and W one to the east, contrary to custom.",
            "The letters E and W were swapped in the commands, so swap them back.",
        ),
        ("east", "west", "direction", "swap", "mirror"),
        "steps = steps.translate({69: 'W', 87: 'E'})",
        lambda steps: "".join({"E": "W", "W": "E"}.get(step, step) for step in steps),
        bases=("place",),
        small=True,
    ),
    Rule(
        "backwards",
        (
            "The commands are carried out from the last to the first.",
            "Begin with the last command and go backwards through the text.",
            "Take the commands in the reverse order.",
            "Follow the commands from right to left.",
            "The text of commands has to be read from its end to its beginning.",
        ),
        ("order", "reverse", "backwards", "right", "left"),
        "steps = steps[::-1]",
        lambda steps: "".join(reversed(steps)),
        never_with=("first_only", "again"),
    ),
    Rule(
        "fence",
        (
            "A fence keeps both coordinates between -{n:int} and that number without the minus, and a command that would lead over it is ignored.",
            "Neither coordinate can go beyond {n:int} in either direction from 0, so commands that would do so have no effect.",
            "The area ends {n:int} steps from the start to each of the four sides, and commands that lead out of it are skipped.",
            "If a command would make the absolute value of a coordinate greater than {n:int}, do not carry it out.",
            "Stay within {n:int} steps of the start in each direction by ignoring commands that lead further out.",
        ),
        ("fence", "border", "edge", "wall", "boundary", "outside"),
        "if abs(x) > $n or abs(y) > $n:\n    continue",
        lambda trail, to, n: None if max(abs(to[0]), abs(to[1])) > n else to,
        Stage.INSIDE,
        draw=number(1, 3),
        group="edge",
        small=True,
    ),
    Rule(
        "no_south",
        (
            "The second coordinate never falls below 0, since commands that would lead there are ignored.",
            "A wall stands south of the start, so commands that would make the second coordinate negative have no effect.",
            "If the second coordinate would become negative, skip the command.",
            "Below a second coordinate of 0 there is water, and commands that lead into it are not carried out.",
            "Do not carry out commands after which the second coordinate would be less than 0.",
        ),
        ("wall", "south", "negative", "boundary", "water"),
        "if y < 0:\n    continue",
        lambda trail, to: None if to[1] < 0 else to,
        Stage.INSIDE,
        group="edge",
        small=True,
    ),
    Rule(
        "blocked",
        (
            "The place with first coordinate {a:int} and second coordinate {b:int} is blocked, and a command that leads onto it is ignored.",
            "A rock lies at first coordinate {a:int}, second coordinate {b:int}, so skip commands that would end there.",
            "It is impossible to step on the place whose coordinates are {a:int} and {b:int}, in this order, so such commands have no effect.",
            "Do not carry out a command if it leads to the coordinates {a:int} (the first) and {b:int} (the second).",
            "At the coordinates {a:int} and {b:int}, the first and the second, stands a tree, and commands that lead into it are ignored.",
        ),
        ("blocked", "obstacle", "rock", "tree", "impossible"),
        "if (x, y) == ($a, $b):\n    continue",
        lambda trail, to, a, b: None if to == (a, b) else to,
        Stage.INSIDE,
        draw=lambda rng: dict(
            zip("ab", rng.choice(((0, 1), (1, 0), (-1, 0), (1, 1), (-1, 1), (0, 2), (2, 0))), strict=True)
        ),
    ),
    Rule(
        "never_twice",
        (
            "No place is entered twice, so a command that leads back to a place visited before is ignored.",
            "Skip commands that lead to a place where one has been already, the start included.",
            "A place can be visited only once, the start counts as visited, and commands that would break this have no effect.",
            "Commands leading to a place that was visited earlier, such as the start, are not carried out.",
            "Ignore a command whenever it would lead to an old place, the start being one as well.",
        ),
        ("twice", "again", "visited", "return", "once"),
        "if (x, y) in trail:\n    continue",
        lambda trail, to: None if to in trail else to,
        Stage.INSIDE,
        bases=("place", "distance"),
    ),
    Rule(
        "swapped",
        (
            "In the result, the second coordinate comes first.",
            "Return the two coordinates in the opposite order, the second one in front.",
            "The coordinates in the result change places.",
            "Give the second coordinate before the first one in the result.",
            "The result has its two coordinates the other way round.",
        ),
        ("order", "swap", "coordinates", "first"),
        "result = result[::-1]",
        lambda result: [result[1], result[0]],
        Stage.AFTER,
        bases=("place",),
    ),
    Rule(
        "as_text",
        (
            "The finished result is a string, the two numbers with {glue:quoted} in between.",
            "Return a string instead of the list in the end, its numbers separated by {glue:quoted}.",
            "Write the two numbers of the finished result into one string with {glue:quoted} between them.",
            "As the last step, join the two numbers to a string by {glue:quoted}.",
            "In the end the result is text, with {glue:quoted} from one number to the other.",
        ),
        ("string", "text", "format", "separator"),
        "result = $glue.join(str(n) for n in result)",
        lambda result, glue: f"{result[0]}{glue}{result[1]}",
        Stage.AFTER,
        step=1,
        draw=pick("glue", ",", "/", " : ", ";", " and "),
        bases=("place",),
        small=True,
    ),
    Rule(
        "times",
        (
            "The result is multiplied by {n:int}, the length of a step in metres.",
            "A step is {n:int} metres long, and the result is to be in metres.",
            "Return the result in metres, where each step is {n:int} metres.",
            "Multiply the result by {n:int}, since a step has that many metres.",
            "The result counts metres and not steps, {n:int} metres to a step.",
        ),
        ("metres", "length", "unit", "step"),
        "result = result * $n",
        lambda result, n: n * result,
        Stage.AFTER,
        draw=number(2, 9),
        bases=("distance", "farthest"),
        small=True,
    ),
)
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
    rules=_RULES,
    inputs=_inputs,
)
