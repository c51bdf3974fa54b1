"""The scripted programmer: reads what the user said, sentence by sentence, and writes the program it adds up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from turnbench.envs.sharded.task import Solver
from turnbench.envs.sharded.tasks.code.families import FAMILIES
from turnbench.envs.sharded.tasks.code.generate import GOALS, RULES, draw_spec
from turnbench.envs.sharded.tasks.code.spec import Family, Slots, Spec, program
from turnbench.randomness import RandomStream

_BY_NAME = {family.name: family for family in FAMILIES}


class CodeSolver(Solver):
    """Knows the sentences of `families`, and nothing of any instance."""

    def answer(self, system_prompt: str, messages: Sequence[str]) -> str | None:
        """A program in a fenced block as soon as the goal and the base are known, with all rules known so far."""
        family, function, kinds = _read(messages)
        base = next((base for base in family.bases if base.kind in kinds), None) if family else None
        if family is None or base is None:
            return None
        return _reply(Spec(family, base, kinds[base.kind], tuple(family.in_order(kinds))), function)

    def guess(self, system_prompt: str, messages: Sequence[str], rng: RandomStream) -> str:
        """A program of the right name, with a base and rules of the family drawn at random and those known kept."""
        family, function, kinds = _read(messages)
        if family is None:
            family, function = rng.choice(FAMILIES), "solve"
        drawn = draw_spec(family, rng, rng.choice(tuple(RULES)))
        base = next((base for base in family.bases if base.kind in kinds), None)
        known: dict[str, Slots] = {rule.kind: slots for rule, slots in drawn.rules}
        known |= {kind: slots for kind, slots in kinds.items() if family.base(kind) is None}
        if base is None:
            return _reply(Spec(family, drawn.base, drawn.base_slots, tuple(family.in_order(known))), function)
        return _reply(Spec(family, base, kinds[base.kind], tuple(family.in_order(known))), function)


def _read(messages: Sequence[str]) -> tuple[Family | None, str, Mapping[str, Slots]]:
    """The family, the function's name, and the gaps of every kind of sentence that was said."""
    family, function = None, ""
    for message in messages:
        for goal in GOALS.read(message):
            family, function = _BY_NAME[goal.kind], str(goal.slots["function"])
    kinds: dict[str, Mapping[str, Any]] = {}
    if family is not None:
        for message in messages:
            for said in family.book.read(message):
                kinds[said.kind] = said.slots
    return family, function, kinds


def _reply(spec: Spec, function: str) -> str:
    return f"```python\n{program(spec, function)}```"
