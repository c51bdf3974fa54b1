"""What a generated function must do: a base behaviour and rules, each as words, as a Python function, and as program text.

A family's functions all run the same way: the arguments, then every rule on what comes in (BEFORE), the base's first half,
in whose loop some rules may have a say (INSIDE), the rules on what it made (MIDDLE), its second half, the rules on the result
(AFTER). `function_of` does that with our own functions and gives the expected outputs; `program` writes it down and is what a
scripted player answers with. Both halves of every rule stand side by side in its family and are tested against each other.

Within a stage, rules have steps: the words of a later step say that it comes later ("the finished list"). Rules of one
step may be read in any order, so hidden tests are only inputs on which the order makes no difference (see `generate`).
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from string import Template
from typing import Any

from turnbench.envs.sharded.wording import Phrasebook
from turnbench.randomness import RandomStream

Slots = Mapping[str, Any]
Draw = Callable[[RandomStream], dict[str, Any]]


class Stage(IntEnum):
    """When a rule applies."""

    BEFORE = 0
    INSIDE = 1
    MIDDLE = 2
    AFTER = 3


@dataclass(frozen=True)
class Final:
    """What a rule returns to end the function there."""

    value: Any


class NoOutput(Exception):
    """The function has no output for an input that nothing was said about."""


def nothing(rng: RandomStream) -> dict[str, Any]:
    """Of a rule without gaps."""
    return {}


def number(low: int, high: int, name: str = "n") -> Draw:
    """A whole number from `low` to `high`."""
    return lambda rng: {name: low + rng.below(high - low + 1)}


def pick(name: str, *values: Any) -> Draw:
    """One of a few."""
    return lambda rng: {name: rng.choice(values)}


def both(*draws: Draw) -> Draw:
    """The gaps of several draws."""
    return lambda rng: {name: value for draw in draws for name, value in draw(rng).items()}


@dataclass(frozen=True)
class Rule:
    """One fact about a function."""

    kind: str
    ways: tuple[str, ...]
    """Templates of `wording.Phrasebook`; whole sentences that stand on their own."""
    topics: tuple[str, ...]
    """Words by which someone would ask for it."""
    code: str
    """Lines of the program, `$n` for a gap's value. They change a variable named as the family names it."""
    do: Callable[..., Any]
    """The same: called with the value and the gaps, returns the new value or `Final`. INSIDE, called with what the base's
    loop offers, it returns what the loop takes, or None to skip the turn.
    """
    stage: Stage = Stage.BEFORE
    step: int = 0
    draw: Draw = nothing
    group: str = ""
    """At most one rule of a group is in a function."""
    never_with: tuple[str, ...] = ()
    """Kinds of rules that would not make sense beside it."""
    bases: tuple[str, ...] = ()
    """Kinds of bases it goes with; any where empty."""
    readings: tuple[Callable[..., Any], ...] = ()
    """`do` under other readings of the same words: no test may tell them apart."""
    rare: bool = False
    """Whether there are so few inputs on which it shows that one test must do."""
    small: bool = False
    """Whether the smallest difficulty uses it."""


@dataclass(frozen=True)
class Base:
    """What a function does before any rule: takes, makes and returns."""

    kind: str
    ways: tuple[str, ...]
    topics: tuple[str, ...]
    close_code: str
    close: Callable[..., Any]
    """Result from what `open` made and the gaps."""
    open_code: str = ""
    """`$inside` stands alone on the line where INSIDE rules go."""
    open: Callable[[Any, Sequence[Callable[..., Any]]], Any] = lambda value, inside: value
    draw: Draw = nothing
    small: bool = False


@dataclass(frozen=True)
class Setting:
    """Where a function is needed, which only changes the words."""

    function: str
    things: str
    place: str


@dataclass(frozen=True)
class Family:
    """Functions of one kind."""

    name: str
    settings: tuple[Setting, ...]
    goals: tuple[str, ...]
    """Templates with the gaps of `Setting`; nothing needed to compute stands in them."""
    topics: tuple[str, ...]
    parameter: str
    """Name of the argument in programs."""
    bases: tuple[Base, ...]
    rules: tuple[Rule, ...]
    inputs: Callable[[RandomStream, Mapping[str, Slots]], Any]
    """Draws an argument that the rules, given as kind to gaps, have a bearing on."""
    read_code: str = ""
    read: Callable[[Any], Any] = lambda value: value
    """What is done to the argument before anything else, such as times into minutes."""
    imports: str = ""
    open_groups: tuple[str, ...] = ()
    """Groups that stand for a question which the base leaves open (what of ties?): while no rule of the group answers it, no
    test may depend on it.
    """
    book: Phrasebook = field(init=False)
    """How the base and the rules are said."""

    def __post_init__(self) -> None:
        ways = {base.kind: base.ways for base in self.bases} | {rule.kind: rule.ways for rule in self.rules}
        object.__setattr__(self, "book", Phrasebook(ways))

    def base(self, kind: str) -> Base | None:
        """By kind."""
        return next((base for base in self.bases if base.kind == kind), None)

    def in_order(self, kinds: Mapping[str, Slots]) -> list[tuple[Rule, Slots]]:
        """Rules with their gaps, in the order in which they apply; kinds of no rule are passed over."""
        found = [(rule, kinds[rule.kind]) for rule in self.rules if rule.kind in kinds]
        return sorted(found, key=lambda pair: (pair[0].stage, pair[0].step))


@dataclass(frozen=True)
class Spec:
    """One function: a family, a base, rules."""

    family: Family
    base: Base
    base_slots: Slots
    rules: tuple[tuple[Rule, Slots], ...]
    """In the order in which they apply."""

    def content(self) -> dict[str, Any]:
        """What makes two functions the same, whatever they are called."""
        return {
            "family": self.family.name,
            "base": {self.base.kind: _told(self.base_slots)},
            "rules": {rule.kind: _told(slots) for rule, slots in self.rules},
        }

    def with_rules(self, rules: Sequence[tuple[Rule, Slots]]) -> Spec:
        """The same with other rules, or with these in another order."""
        return Spec(self.family, self.base, self.base_slots, tuple(rules))


def _told(slots: Slots) -> dict[str, Any]:
    """The gaps that mean something: how things are called does not."""
    return {name: value for name, value in slots.items() if name not in ("things", "place", "function")}


def function_of(spec: Spec) -> Callable[[Any], Any]:
    """The function itself: gives the output for an argument, which it leaves as it is.

    It raises NoOutput where nothing was said about such an argument, for example what the largest of nothing is.
    """
    stages: dict[Stage, list[Callable[..., Any]]] = {stage: [] for stage in Stage}
    for rule, slots in spec.rules:
        told = _told(slots)
        stages[rule.stage].append(partial(rule.do, **told) if told else rule.do)
    told, inside = _told(spec.base_slots), stages[Stage.INSIDE]
    close = partial(spec.base.close, **told) if told else spec.base.close

    def half(value: Any) -> Any:
        return spec.base.open(value, inside)

    steps: tuple[Callable[..., Any], ...] = (
        *stages[Stage.BEFORE],
        half,
        *stages[Stage.MIDDLE],
        close,
        *stages[Stage.AFTER],
    )

    def run(argument: Any) -> Any:
        try:
            value = spec.family.read(argument)
            for do in steps:
                value = do(value)
                if type(value) is Final:
                    return value.value
        except (ValueError, IndexError, KeyError, ZeroDivisionError) as error:
            raise NoOutput from error
        return value

    return run


def program(spec: Spec, function: str) -> str:
    """The text of a program that defines the function."""
    codes: dict[Stage, list[str]] = {stage: [] for stage in Stage}
    for rule, slots in spec.rules:
        codes[rule.stage].append(_filled(rule.code, slots))
    body = [
        spec.family.read_code,
        *codes[Stage.BEFORE],
        _with_inside(spec.base.open_code, codes[Stage.INSIDE]),
        *codes[Stage.MIDDLE],
        _filled(spec.base.close_code, spec.base_slots),
        *codes[Stage.AFTER],
        "return result",
    ]
    lines = textwrap.indent("\n".join(part for part in body if part), "    ")
    head = f"{spec.family.imports}\n\n\n" if spec.family.imports else ""
    return f"{head}def {function}({spec.family.parameter}):\n{lines}\n"


def _filled(code: str, slots: Slots) -> str:
    return Template(code).substitute({name: repr(value) for name, value in slots.items()})


def _with_inside(code: str, inside: Sequence[str]) -> str:
    lines = []
    for line in code.splitlines():
        if line.strip() == "$inside":
            indent = line[: line.index("$")]
            lines += [textwrap.indent(each, indent) for each in inside]
        else:
            lines.append(line)
    return "\n".join(lines)
