"""Rules of the family `walk`: small simulations: a counter on a square grid that follows letters."""

from __future__ import annotations

from turnbench.envs.sharded.tasks.code.spec import Rule, Stage, number, pick


def _repeated(steps: str) -> str:
    out = ""
    for step in steps:
        if step != "R":
            out += step
        elif out:
            out += out[-1]
    return out


RULES = (
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
