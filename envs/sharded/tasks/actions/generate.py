"""Our own instances: the goal as the first shard, a shard for every argument that is told (`plan`), and the whole as prose."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import permutations
from typing import Any

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.tasks.actions.calls import Call
from turnbench.envs.sharded.tasks.actions.domains import Function, domains, functions
from turnbench.envs.sharded.tasks.actions.language import ORDINALS, Fact, Goal, Scope, ways_of_fact, ways_of_goal
from turnbench.envs.sharded.tasks.actions.plan import LEVELS, Level, calls_of, plan
from turnbench.envs.sharded.wording import shard_wordings
from turnbench.randomness import RandomStream, stable_hash

WORDS_OF_SMALL = 2
"""Ways to say a fact at difficulty `small`."""


def generate(rng: RandomStream, difficulty: str) -> Instance:
    """A new instance."""
    level = LEVELS[difficulty]
    goals, facts = plan(rng, level)
    calls = [call for goal in goals for call in calls_of(goal, facts)]
    content = sorted(json.dumps([call.name, _with_defaults(call)], sort_keys=True) for call in calls)
    return Instance(
        task="actions",
        name=f"actions-{stable_hash(content) >> 232:06x}",
        shards=_shards(rng, level, goals, facts),
        full=_prose(rng, level, goals, facts),
        truth={"calls": [{call.name: _accepted(call)} for call in calls]},
        context={"functions": _shown(rng, level, goals), **({"brief": True} if level.small else {})},
        content=content,
    )


def _with_defaults(call: Call) -> dict[str, Any]:
    """The arguments of a call, those left out included; a list's order says nothing and is left out."""
    whole = {p.name: p.default for p in functions()[call.name].parameters if not p.required} | dict(call.arguments)
    return {name: sorted(value) if isinstance(value, list) else value for name, value in whole.items()}


def _shards(rng: RandomStream, level: Level, goals: Sequence[Goal], facts: Sequence[Fact]) -> tuple[Shard, ...]:
    rest = list(facts)
    rng.shuffle(rest)
    counts = dict(goals)
    text, wordings = _drawn_first(rng, level, ways_of_goal(goals))
    shards = [Shard(1, text, wordings)]
    for fact in rest:
        text, wordings = _drawn_first(rng, level, ways_of_fact(fact, counts[fact.function]))
        shards.append(Shard(len(shards) + 1, text, wordings, _topics(fact)))
    return tuple(shards)


def _drawn_first(rng: RandomStream, level: Level, ways: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """One of the ways as the shard's text, so that CONCAT does not use the same template always, and the others."""
    some = list(ways[:WORDS_OF_SMALL] if level.small else ways)
    first = some.pop(rng.below(len(some)))
    return shard_wordings([first, *some])


def _topics(fact: Fact) -> tuple[str, ...]:
    function = functions()[fact.function]
    parameter = next(p for p in function.parameters if p.name == fact.parameter)
    place = (ORDINALS[fact.place], str(fact.place + 1)) if fact.scope in (Scope.ONE, Scope.EXCEPT) else ()
    return (*parameter.topics, parameter.name, *function.noun.split(), *place)


def _prose(rng: RandomStream, level: Level, goals: Sequence[Goal], facts: Sequence[Fact]) -> str:
    """The whole instruction as one paragraph: the goal, then call by call what is told of it, what is said of all in front."""
    ways = [ways_of_goal(goals)]
    for goal in goals:
        own = [fact for fact in facts if fact.function == goal.function]
        rng.shuffle(own)
        ways += [ways_of_fact(f, goal.calls) for f in sorted(own, key=lambda f: (f.scope is not Scope.ALL, f.place))]
    return " ".join(rng.choice(way[:WORDS_OF_SMALL] if level.small else way) for way in ways)


def _shown(rng: RandomStream, level: Level, goals: Sequence[Goal]) -> list[dict[str, Any]]:
    called = [functions()[goal.function] for goal in goals]
    shown: list[Function] = called if level.small else [*domains()[called[0].domain]]
    if level.decoys:
        shown += domains()[rng.choice([name for name in domains() if name != called[0].domain])]
        rng.shuffle(shown)
    return [function.schema(plain=level.small) for function in shown]


def _accepted(call: Call) -> dict[str, list[Any]]:
    """Accepted values of every parameter."""
    accepted = {}
    for parameter in functions()[call.name].parameters:
        value = call.arguments.get(parameter.name, parameter.default)
        if parameter.type == "array":
            values: list[Any] = [list(order) for order in permutations(value)]
        elif parameter.gap == "time":
            values = [value, value.removeprefix("0")] if value.startswith("0") else [value]
        else:
            values = [value]
        omissible = not parameter.required and value == parameter.default
        accepted[parameter.name] = [*values, ""] if omissible else values
    return accepted
