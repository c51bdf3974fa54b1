"""What is wanted and what is told: calls of functions, and facts that make up their arguments.

A fact tells one argument: of one call; of all calls of a function; or of one call otherwise than of all the others (`hard`).
Optional parameters are told only where the value is not the default, of all calls or of one; all others are left at it. So no fact
can be left out: without it a required argument is unknown, or the default (or what is said of the others) is wrong.
Calls of one function differ in at least one argument that is told of each, every time another value: nobody can tell which
call is "the first" but by that, which is why calls are matched in any order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from turnbench.envs.sharded.tasks.actions.calls import Call
from turnbench.envs.sharded.tasks.actions.domains import FLAG, Parameter, domains, functions
from turnbench.envs.sharded.tasks.actions.language import Fact, Goal, Scope
from turnbench.randomness import RandomStream

TRIES = 20
"""Plans for goals before other goals are drawn."""


class Level(NamedTuple):
    """What a difficulty is."""

    calls: tuple[int, int]
    functions: int
    """At most so many different ones are called."""
    shards: tuple[int, int]
    small: bool = False
    """Few functions, of which only those called are shown; the plainest words; nothing optional."""
    exceptions: bool = False
    decoys: bool = False
    """Shows the functions of another domain as well."""


LEVELS: Mapping[str, Level] = {
    "small": Level((2, 2), 1, (3, 4), small=True),
    "medium": Level((2, 3), 2, (4, 6)),
    "hard": Level((3, 4), 3, (6, 8), exceptions=True, decoys=True),
}


def plan(rng: RandomStream, level: Level) -> tuple[list[Goal], list[Fact]]:
    """Goals, and as many facts about them as the level has shards for, call by call of a function."""
    goals, steps = _steps_for(rng, level)
    return goals, [fact for step in steps for fact in _facts(rng, step)]


def calls_of(goal: Goal, facts: Sequence[Fact]) -> list[Call]:
    """The calls of one function that the facts describe; what nobody told is left out."""
    own = [fact for fact in facts if fact.function == goal.function]
    order = [parameter.name for parameter in functions()[goal.function].parameters]
    shared = {fact.parameter: fact.value for fact in own if fact.scope is Scope.ALL}
    calls = []
    for place in range(goal.calls):
        # What is said of one call outweighs what is said of all, in whatever order they come.
        told = shared | {f.parameter: f.value for f in own if f.scope is not Scope.ALL and f.place == place}
        calls.append(Call(goal.function, {name: told[name] for name in order if name in told}))
    return calls


def drawn(rng: RandomStream, parameter: Parameter, count: int, pool: Sequence[Any]) -> list[Any]:
    """Different values of a parameter; the pool has so many (of an array, elements for them)."""
    found: dict[Any, Any] = {}
    while len(found) < count:
        if parameter.type == "array":
            value = rng.sample(pool, 2 + rng.below(2))
            found.setdefault(tuple(sorted(value)), value)
        else:
            value = rng.choice(pool)
            found.setdefault(value, value)
    return list(found.values())


class _Manner(StrEnum):
    """How a parameter of a function's calls is told."""

    TOGETHER = "of all calls at once, or of the only one"
    APART = "of every call, each another value"
    ALONE = "of one call; the others have the default"
    EXCEPT = "of all calls, and of one otherwise"


class _Step(NamedTuple):
    """What will be told of a parameter."""

    goal: Goal
    parameter: Parameter
    manner: _Manner

    @property
    def facts(self) -> int:
        """How many facts tell it."""
        return {_Manner.APART: self.goal.calls, _Manner.EXCEPT: 2}.get(self.manner, 1)


def _steps_for(rng: RandomStream, level: Level) -> tuple[list[Goal], list[_Step]]:
    while True:
        goals = _goals(rng, level)
        # Other steps for the same goals, or functions that are told in few words would be drawn most.
        for _ in range(TRIES):
            steps = [step for goal in goals for step in _steps(rng, level, goal)]
            if level.shards[0] <= 1 + sum(step.facts for step in steps) <= level.shards[1]:
                return goals, steps


def _goals(rng: RandomStream, level: Level) -> list[Goal]:
    groups = [*domains().values()]
    if level.small:
        groups = [small for group in groups if (small := tuple(f for f in group if f.small))]
    group = rng.choice(groups)
    calls = level.calls[0] + rng.below(level.calls[1] - level.calls[0] + 1)
    chosen = rng.sample(group, 1 + rng.below(min(level.functions, calls, len(group))))
    counts = [1] * len(chosen)
    for _ in range(calls - len(chosen)):
        counts[rng.below(len(chosen))] += 1
    return [Goal(function.name, count) for function, count in zip(chosen, counts, strict=True)]


def _steps(rng: RandomStream, level: Level, goal: Goal) -> list[_Step]:
    """What is told of the calls of one function: one parameter at least of each call apart, where there are several."""
    parameters = functions()[goal.function].parameters
    differ = rng.choice([p for p in parameters if _can_differ(p, goal)])
    steps = []
    for parameter in parameters:
        if parameter.required or not (level.small or rng.below(3)):
            apart = parameter is differ or not parameter.share
            steps.append(_Step(goal, parameter, _manner(rng, level, goal, parameter, apart)))
    return steps


def _can_differ(parameter: Parameter, goal: Goal) -> bool:
    return parameter.required and parameter.gap != FLAG and len(parameter.pool) >= goal.calls


def _manner(rng: RandomStream, level: Level, goal: Goal, parameter: Parameter, apart: bool) -> _Manner:
    if goal.calls == 1:
        return _Manner.TOGETHER
    if not parameter.required and rng.below(2):
        return _Manner.ALONE
    if _can_differ(parameter, goal) and (apart or rng.below(2)):
        return _Manner.APART
    if level.exceptions and goal.calls > 2 and len(parameter.pool) > 1 and rng.below(2):
        return _Manner.EXCEPT
    return _Manner.TOGETHER


def _facts(rng: RandomStream, step: _Step) -> list[Fact]:
    """The facts of a step; what is said of all is never the default, or nobody would have to say it."""
    goal, parameter, manner = step
    told = [value for value in parameter.pool if parameter.required or value != parameter.default]

    def fact(scope: Scope, place: int, value: Any) -> Fact:
        return Fact(goal.function, parameter.name, scope, place, value)

    if manner is _Manner.APART:
        return [fact(Scope.ONE, i, value) for i, value in enumerate(drawn(rng, parameter, goal.calls, told))]
    (value,) = drawn(rng, parameter, 1, told)
    if manner is _Manner.ALONE:
        return [fact(Scope.ONE, rng.below(goal.calls), value)]
    facts = [fact(Scope.ONLY if goal.calls == 1 else Scope.ALL, 0, value)]
    if manner is _Manner.EXCEPT:
        other = next(v for v in drawn(rng, parameter, 2, parameter.pool) if not _same(v, value))
        facts.append(fact(Scope.EXCEPT, rng.below(goal.calls), other))
    return facts


def _same(one: Any, other: Any) -> bool:
    return sorted(one) == sorted(other) if isinstance(one, list) else bool(one == other)
