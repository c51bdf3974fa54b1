"""Reads what a user said and calculates; what was not said yet it can only guess."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from turnbench.envs.sharded.task import Solver
from turnbench.envs.sharded.tasks.math.families import FAMILIES
from turnbench.envs.sharded.tasks.math.family import Family
from turnbench.envs.sharded.tasks.math.generate import GOALS, numbers_of
from turnbench.envs.sharded.tasks.math.working import Value, shown
from turnbench.randomness import RandomStream

_BY_NAME = {family.name: family for family in FAMILIES}
_TRIES = 20
"""Guesses that make no sense beside what was said, before an arbitrary number is given."""


class Heard(NamedTuple):
    """What messages said: the family of the problem, which of its facts, and their numbers."""

    family: Family
    kinds: frozenset[str]
    numbers: dict[str, Value]


class MathSolver(Solver):
    """Answers once the family's needed facts were said. Further facts may change the answer: then it answers anew."""

    def answer(self, system_prompt: str, messages: Sequence[str]) -> str | None:
        """The calculation, line by line, and "Answer: 18"; None while no answer follows."""
        heard = read(messages)
        if heard is None or not heard.family.core <= heard.kinds:
            return None
        found = heard.family.answer(heard.numbers)
        if found is None:
            return None
        value, working = found
        return "\n".join([*working.lines(), f"Answer: {shown(value)}"])

    def guess(self, system_prompt: str, messages: Sequence[str], rng: RandomStream) -> str:
        """The answer of a problem that agrees with what was said; any number where the problem is none of ours."""
        heard = read(messages)
        for _ in range(_TRIES if heard is not None else 0):
            assert heard is not None
            found = _imagined(heard, rng)
            if found is not None:
                return f"Answer: {shown(found)}"
        return f"Answer: {1 + rng.below(400)}"


def read(messages: Sequence[str]) -> Heard | None:
    """What was said, in all messages together; None without a request that a family knows."""
    text = "\n".join(messages)
    goals = GOALS.read(text)
    if not goals:
        return None
    family = _BY_NAME[goals[0].kind]
    said = family.book.read(text)
    return Heard(family, frozenset(statement.kind for statement in said), family.numbers_of(said))


def _imagined(heard: Heard, rng: RandomStream) -> Value | None:
    family = heard.family
    facts = [fact for fact in family.facts if fact.needed or fact.kind in heard.kinds or rng.below(2)]
    level = rng.below(3) if family.simple else 1 + rng.below(2)
    draw = family.draw(rng, level, frozenset(fact.kind for fact in facts))
    found = family.answer({**numbers_of(family, facts, draw), **heard.numbers})
    return found[0] if found is not None else None
