"""The scripted way to answer: read the goal and the facts in what the user said, and write down the calls."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from turnbench.envs.sharded.task import Solver
from turnbench.envs.sharded.tasks.actions.calls import Call, write_calls
from turnbench.envs.sharded.tasks.actions.domains import Function, functions
from turnbench.envs.sharded.tasks.actions.language import read_facts, read_goals
from turnbench.envs.sharded.tasks.actions.plan import calls_of, drawn
from turnbench.randomness import RandomStream

LIST_BEGINS = "\n[\n"
"""What stands in front of the first function in the system prompt."""
_GUESSED = {
    "string": "unknown", "integer": 1, "float": 0.5, "boolean": True, "array": [], "tuple": [], "dict": {}, "any": "unknown",
}  # fmt: skip


class ActionsSolver(Solver):
    """Reads generated instances; of published ones it can only guess calls from the function list."""

    def answer(self, system_prompt: str, messages: Sequence[str]) -> str | None:
        """The calls, once every required argument of each was told."""
        calls = _calls(messages)
        if not calls or any(_missing(call) for call in calls):
            return None
        return write_calls(calls)

    def guess(self, system_prompt: str, messages: Sequence[str], rng: RandomStream) -> str:
        """The calls that are wanted, what is missing drawn from all that could be said."""
        calls = _calls(messages)
        return write_calls([_filled(call, rng) for call in calls or _any_calls(system_prompt, rng)])


def _calls(messages: Sequence[str]) -> list[Call]:
    """What was said, as calls that may lack arguments."""
    # The latest word counts where a goal or a fact is repeated.
    goals = {goal.function: goal for message in messages for goal in read_goals(message)}
    calls = []
    for goal in goals.values():
        facts = [fact for message in messages for fact in read_facts(message, goal.function)]
        calls += calls_of(goal, facts)
    return calls


def _missing(call: Call) -> list[str]:
    return [p.name for p in _function(call).parameters if p.required and p.name not in call.arguments]


def _filled(call: Call, rng: RandomStream) -> Call:
    if call.name not in functions():
        return call
    missing, arguments = _missing(call), dict(call.arguments)
    for parameter in _function(call).parameters:
        if parameter.name in missing:
            arguments[parameter.name] = drawn(rng, parameter, 1, parameter.pool)[0]
    return Call(call.name, arguments)


def _function(call: Call) -> Function:
    return functions()[call.name]


def _any_calls(system_prompt: str, rng: RandomStream) -> list[Call]:
    """Two calls of functions in the system prompt's list, without arguments if they are ours."""
    listed = _listed(system_prompt)
    return [_plainest(rng.choice(listed)) for _ in range(2)] if listed else [Call("unknown", {})]


def _plainest(function: Mapping[str, Any]) -> Call:
    """A call of a published function, with the plainest values of the declared types; nothing is known of what it takes."""
    if function["name"] in functions():
        return Call(function["name"], {})
    parameters = function["parameters"]
    properties = parameters["properties"]
    return Call(function["name"], {n: _GUESSED[properties[n]["type"]] for n in parameters.get("required", ())})


def signature(function: Mapping[str, Any]) -> str:
    """A function in one line: "weather.forecast(place: string, days: integer)"."""
    properties = function["parameters"]["properties"]
    parameters = [f"{name}: {shown['type']}" for name, shown in properties.items()]
    return f"{function['name']}({', '.join(parameters)})"


def _listed(system_prompt: str) -> list[Mapping[str, Any]]:
    """The functions that a system prompt lists, as JSON or one signature a line; of the latter only ours, with their names."""
    at = system_prompt.find(LIST_BEGINS)
    if at < 0:
        names = [line.partition("(")[0] for line in system_prompt.splitlines()]
        return [{"name": name} for name in names if name in functions()]
    found, _ = json.JSONDecoder().raw_decode(system_prompt, at + 1)
    return list(found)
