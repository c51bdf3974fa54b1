"""What a family of word problems is: goals, facts to choose from, a way to draw numbers, and the calculation.

A family is written once and used in both directions: the generator says its sentences, the solver reads them.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import ClassVar, NamedTuple, TypeVar

from turnbench.envs.sharded.tasks.math.working import UnnaturalError, Value, Working, plain
from turnbench.envs.sharded.wording import Phrasebook, Statement
from turnbench.randomness import RandomStream

T = TypeVar("T")
_NUMBER_GAP = re.compile(r"\{(\w+):(?:int|number)\}")
_NAMES = (
    "Nora", "Emil", "Rosa", "Jonah", "Ayla", "Bruno", "Clara", "Davit", "Elena", "Farid", "Greta", "Hugo", "Imani",
    "Jasper", "Keiko", "Liam", "Mira", "Nadim", "Olga", "Pavel", "Quinn", "Ravi", "Sofia", "Tomas", "Uma", "Viktor",
    "Wanda", "Yusuf", "Zoe", "Amara", "Boris", "Celia", "Dario", "Esther", "Felix", "Gita", "Hanna", "Ivan", "Judith",
    "Kofi",
)  # fmt: skip
_FEW_NAMES = 6
"""Of the small difficulty."""
DISCOUNTS = {10: 10, 20: 5, 25: 4, 50: 2}
"""Discounts in percent, and of what a price is a multiple so that the reduced one is whole."""


class Fact(NamedTuple):
    """One thing a problem can say."""

    kind: str
    needed: bool
    """Without it the family has no answer at all; the others change the answer."""
    topics: tuple[str, ...]
    """Words by which someone would ask for it."""
    ways: tuple[str, ...]
    """Templates, see `wording`. Number gaps have names of their own within a family."""


def needed(kind: str, topics: str, *ways: str) -> Fact:
    """A fact that every problem of the family states; `topics` are separated by spaces."""
    return Fact(kind, True, tuple(topics.split()), ways)


def optional(kind: str, topics: str, *ways: str) -> Fact:
    """A fact that a problem may state."""
    return Fact(kind, False, tuple(topics.split()), ways)


class Draw(NamedTuple):
    """What fills the gaps."""

    words: Mapping[str, str]
    numbers: Mapping[str, Value]


class Family(ABC):
    """A kind of story with a quantity that is asked for."""

    name: ClassVar[str]
    goals: ClassVar[tuple[str, ...]]
    """Templates of the request; no numbers."""
    facts: ClassVar[tuple[Fact, ...]]
    """In the order in which a story would tell them."""
    parts: ClassVar[int] = 1
    """Quantities are multiples of 1/parts."""

    @abstractmethod
    def draw(self, rng: RandomStream, level: int, stated: frozenset[str]) -> Draw:
        """Words and numbers for at least the facts `stated`. `level` is 1 (medium), 2 (hard), or 0 (small) where `simple`.

        Draws that make no sense are allowed; `answer` rejects them.
        """

    @abstractmethod
    def solve(self, v: Mapping[str, Value], do: Working) -> Value:
        """The quantity, from the numbers of the facts that were stated."""

    def answer(self, numbers: Mapping[str, Value]) -> tuple[Value, Working] | None:
        """The quantity and how it was found; None where a step makes no sense."""
        working = Working(self.parts)
        try:
            return self.solve(numbers, working), working
        except UnnaturalError:
            return None

    @cached_property
    def book(self) -> Phrasebook:
        """Of the facts."""
        return Phrasebook({fact.kind: fact.ways for fact in self.facts})

    @cached_property
    def gaps(self) -> dict[str, tuple[str, ...]]:
        """Fact to the names of its gaps that hold numbers."""
        return {fact.kind: tuple(_NUMBER_GAP.findall(fact.ways[0])) for fact in self.facts}

    @property
    def simple(self) -> bool:
        """Whether two facts are enough for a problem: only these families have a small level."""
        return len(self.core) == 2

    @cached_property
    def core(self) -> frozenset[str]:
        """The facts without which there is no answer."""
        return frozenset(fact.kind for fact in self.facts if fact.needed)

    def numbers_of(self, statements: Sequence[Statement]) -> dict[str, Value]:
        """The numbers that were read, exact; of a fact said twice the last ones."""
        found: dict[str, Value] = {}
        for statement in statements:
            for gap in self.gaps[statement.kind]:
                found[gap] = plain(Fraction(str(statement.slots[gap])))
        return found


# Draws ---------------------------------------------------------------------------------------------------------------


def names(rng: RandomStream, level: int, count: int) -> list[str]:
    """Different first names; few to choose from on level 0."""
    return rng.sample(_NAMES if level else _NAMES[:_FEW_NAMES], count)


def scene(rng: RandomStream, level: int, scenes: Sequence[T]) -> T:
    """One of the scenes; of the first two on level 0."""
    return rng.choice(scenes if level else scenes[:2])


def number(rng: RandomStream, level: int, low: int, *highs: int, step: int = 1) -> int:
    """From `low` to the level's upper end, in steps. `highs` are those of levels 0, 1, 2, or of 1 and 2."""
    return low + step * rng.below((highs[level - 3] - low) // step + 1)
