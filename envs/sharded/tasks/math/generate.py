"""Problems of our own: facts chosen, numbers drawn, and kept only if no fact can be spared.

Beside what a family's calculation demands of its steps, a problem is rejected if leaving out any of its facts, or any
number of them, gives the same answer: so nothing is solved before the deciding fact was said, in whatever order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.tasks.math.families import FAMILIES
from turnbench.envs.sharded.tasks.math.family import Draw, Fact, Family
from turnbench.envs.sharded.tasks.math.working import Value, shown
from turnbench.envs.sharded.wording import Phrasebook
from turnbench.randomness import RandomStream, stable_hash

GOALS = Phrasebook({family.name: family.goals for family in FAMILIES})
"""All requests: the kind is the family's name."""
_GOAL_TOPICS = ("goal", "problem", "task", "find", "calculate")


SMALL_FAMILIES = ("trip", "savings", "tickets", "collection")
"""Of the simple ones, those whose facts are told in small numbers."""


class Difficulty(NamedTuple):
    """How long problems are and how large their numbers."""

    level: int
    least: int
    most: int
    """Facts beside the goal."""
    families: tuple[Family, ...]
    choice: int
    """From so many of a family's optional facts is chosen, at most."""
    gaps: int = 2
    """Numbers that one of these facts may tell."""


DIFFICULTIES = {
    "small": Difficulty(0, 2, 3, tuple(family for family in FAMILIES if family.name in SMALL_FAMILIES), 2, 1),
    "medium": Difficulty(1, 3, 5, FAMILIES, 6),
    "hard": Difficulty(2, 5, 7, FAMILIES, 6),
}


def generate(rng: RandomStream, difficulty: str) -> Instance:
    """A new problem.

    Args:
        rng: the only source of chance.
        difficulty: a key of `DIFFICULTIES`.
    """
    rules = DIFFICULTIES[difficulty]
    family = rng.choice(rules.families)
    facts = _chosen(family, rules, rng)
    stated = frozenset(fact.kind for fact in facts)
    while True:
        draw = family.draw(rng, rules.level, stated)
        found = family.answer(numbers_of(family, facts, draw))
        if found is not None and all(answer != found[0] for answer in _without_some(family, facts, draw)):
            return _worded(family, facts, draw, found[0], rng)


def numbers_of(family: Family, facts: Sequence[Fact], draw: Draw) -> dict[str, Value]:
    """The numbers that these facts of the family state."""
    return {gap: draw.numbers[gap] for fact in facts for gap in family.gaps[fact.kind]}


def _chosen(family: Family, rules: Difficulty, rng: RandomStream) -> list[Fact]:
    """All needed facts and some optional ones, in the order of the story."""
    count = rules.least + rng.below(rules.most - rules.least + 1)
    optional = [f.kind for f in family.facts if not f.needed and len(family.gaps[f.kind]) <= rules.gaps]
    chosen = rng.sample(optional[: rules.choice], count - len(family.core))
    return [fact for fact in family.facts if fact.needed or fact.kind in chosen]


def _without_some(family: Family, facts: Sequence[Fact], draw: Draw) -> Iterator[Value]:
    """The answers that leave out one optional fact or more; a needed one cannot be left out."""
    needed = [fact for fact in facts if fact.needed]
    optional = [fact for fact in facts if not fact.needed]
    for count in range(len(optional)):
        for some in combinations(optional, count):
            found = family.answer(numbers_of(family, [*needed, *some], draw))
            if found is not None:
                yield found[0]


def _worded(family: Family, facts: Sequence[Fact], draw: Draw, answer: Value, rng: RandomStream) -> Instance:
    """The shards in a drawn order after the goal; FULL as a story, in other words, with the request at its end."""
    slots = {**draw.words, **{gap: shown(value) for gap, value in draw.numbers.items()}}
    goal, other_goals, request = _two_ways(GOALS.ways(family.name, **slots), rng)
    pieces, story = [], []
    for fact in facts:
        text, others, retold = _two_ways(family.book.ways(fact.kind, **slots), rng)
        pieces.append((text, others, fact.topics))
        story.append(retold)
    rng.shuffle(pieces)
    shards = [Shard(1, goal, other_goals, _GOAL_TOPICS)]
    shards += [Shard(number, *piece) for number, piece in enumerate(pieces, start=2)]
    content = _content(family, facts, draw)
    return Instance(
        task="math",
        name=f"math-{stable_hash(content) >> 232:06x}",
        shards=tuple(shards),
        full=" ".join([*story, request]),
        truth={"answer": shown(answer)},
        content=content,
    )


def _two_ways(ways: Sequence[str], rng: RandomStream) -> tuple[str, tuple[str, ...], str]:
    """One way to say it, all others, and one of the others."""
    first = rng.below(len(ways))
    others = (*ways[:first], *ways[first + 1 :])
    return ways[first], others, rng.choice(others)


def _content(family: Family, facts: Sequence[Fact], draw: Draw) -> list[object]:
    """Family, facts and numbers: the same problem about somebody or something else is the same problem."""
    said: Mapping[str, Value] = numbers_of(family, facts, draw)
    return [family.name, [[gap, shown(value)] for gap, value in said.items()]]
