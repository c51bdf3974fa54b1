"""The task "actions": function calls that carry out an instruction (arXiv:2505.06120, section 4; BFCL v3, "parallel")."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.task import Solver, Task
from turnbench.envs.sharded.tasks.actions.calls import list_text, read_calls
from turnbench.envs.sharded.tasks.actions.generate import generate
from turnbench.envs.sharded.tasks.actions.matching import all_match
from turnbench.envs.sharded.tasks.actions.record import functions_of, question_of, reference_of
from turnbench.envs.sharded.tasks.actions.solver import LIST_BEGINS, ActionsSolver, signature
from turnbench.randomness import RandomStream

_SYSTEM = """\
You carry out what a user asks for by calling functions. These are the functions, as a JSON list:{begin}{functions}
]
Answer with the calls that are needed and nothing else, as a list of this form:
[first_function(name=value, name=value), second_function(name=value)]
Every argument is named and its value written as in Python. If the user has not said something that a call needs, do not \
call: point out what is missing by asking for it."""
_BRIEF = "Answer with a list of calls, or ask for what is missing. You can call:\n"


class ActionsTask(Task):
    """Exactly scored: 1 for calls that match the reference, else 0."""

    name = "actions"
    answer_form = "a list of function calls, [name(parameter=value, ...), ...], and nothing else, no value left open"

    def generate(self, rng: RandomStream, difficulty: str) -> Instance:
        """See `generate`."""
        return generate(rng, difficulty)

    def from_record(self, record: Mapping[str, Any], shards: Sequence[Shard]) -> Instance:
        """See `record`."""
        question = question_of(record)
        functions = functions_of(record)
        return Instance(
            task=self.name,
            name=str(record.get("task_id", "")),
            shards=tuple(shards),
            full=question,
            truth={"calls": reference_of(record, functions)},
            context={"functions": functions},
        )

    def system_prompt(self, instance: Instance) -> str:
        """The function list and the form of an answer; for the small difficulty in a few words, as small models do not see what
        a user says behind many.
        """
        functions = instance.context["functions"]
        if instance.context.get("brief"):
            return _BRIEF + "\n".join(signature(function) for function in functions)
        lines = ",\n".join(json.dumps(function, ensure_ascii=False) for function in functions)
        return _SYSTEM.format(begin=LIST_BEGINS, functions=lines)

    def offers_answer(self, reply: str, instance: Instance) -> bool:
        """True for a list of calls and nothing else, at least one of a function that there is."""
        known = {function["name"] for function in instance.context["functions"]}
        return any(call.name in known for call in read_calls(reply) or ())

    def extract(self, reply: str, instance: Instance) -> str:
        """The whole reply, without fence or backticks, if it is a list of calls."""
        return "" if read_calls(reply) is None else list_text(reply)

    def score(self, answer: str, instance: Instance) -> float:
        """1 if the calls match the reference, else 0."""
        calls = read_calls(answer)
        return float(calls is not None and all_match(calls, instance.truth["calls"], instance.context["functions"]))

    @property
    def solver(self) -> Solver:
        """Reads generated instances."""
        return ActionsSolver()
