"""New instances: something to choose, and facts that follow from it, some with a change of the choice.

Every shard after the first is a fact, or asks for another choice (`again`). A fact's shard may also rule out some
choices (`ban`), which matters only to those who made one of them. Shards have no topics: nobody can ask for them, as
they keep their order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.tasks.promise.amounts import Game, Price, Quiz
from turnbench.envs.sharded.tasks.promise.codes import Hiding, Word
from turnbench.envs.sharded.tasks.promise.kind import AGAIN, ASK, BAN, CHOOSE, Kind
from turnbench.envs.sharded.tasks.promise.small import SMALL
from turnbench.envs.sharded.tasks.promise.times import Day, Start
from turnbench.randomness import RandomStream, stable_hash

KINDS: Mapping[str, Kind] = {
    "price": Price(), "game": Game(), "quiz": Quiz(), "day": Day(), "start": Start(), "hiding": Hiding(),
    "word": Word(),
}  # fmt: skip
_LENGTH = {"small": (2, 3), "medium": (3, 5), "hard": (5, 7)}
"""Shards after the first."""
_CHANGES = {"small": 0, "medium": 35, "hard": 60}
"""Per cent of instances that ask for another choice, and, drawn apart, of those that rule out some."""
_WORDINGS = 5


def generate(rng: RandomStream, difficulty: str) -> Instance:
    """An instance of a difficulty: "small", "medium" or "hard"."""
    kinds = SMALL if difficulty == "small" else KINDS
    name = rng.choice(tuple(kinds))
    kind = kinds[name]
    limits = kind.limits(rng)
    fewest, most = _LENGTH[difficulty]
    length = fewest + rng.below(most - fewest + 1)
    again = rng.below(100) < _CHANGES[difficulty]
    ban = rng.below(100) < _CHANGES[difficulty]
    steps: list[dict[str, Any]] = [{"fact": [f, gaps]} for f, gaps in kind.some_facts(rng, length - again)]
    # Never last: what is chosen in the last reply stands beside its answer, and nothing has to be remembered.
    if ban:
        rng.choice(steps[:-1])["ban"] = kind.ban(rng, limits)
    if again:
        steps.insert(rng.below(len(steps)), {"again": True})
    return _written(rng, name, limits, steps, {"brief": True} if difficulty == "small" else {})


def _written(
    rng: RandomStream, name: str, limits: dict[str, Any], steps: list[dict[str, Any]], context: Mapping[str, Any]
) -> Instance:
    kind = KINDS[name]
    asked = list(kind.book.ways(CHOOSE, **limits))
    rng.shuffle(asked)
    intro = rng.choice(kind.intros)
    shards = [Shard(1, f"{intro} {asked[0]}".strip(), tuple(asked[1:]))]
    prose = [rng.choice([i for i in kind.intros if i != intro]), asked[-1]]
    for number, step in enumerate(steps, start=2):
        last = number == len(steps) + 1
        ways = _ways(rng, kind, step, last or rng.below(2) == 0)
        shards.append(Shard(number, ways[0], tuple(ways[1:])))
        prose += _ways(rng, kind, step, last)[:1]
    truth = {"kind": name, "limits": limits, "steps": steps}
    return Instance(
        task="promise",
        name=f"promise-{stable_hash(truth) >> 232:06x}",
        shards=tuple(shards),
        full=" ".join(filter(None, prose)),
        truth=truth,
        context=context,
        content=truth,
    )


def _ways(rng: RandomStream, kind: Kind, step: Mapping[str, Any], asks: bool) -> list[str]:
    """Ways to say a step: what is ruled out, the fact or the wish for another choice, and a question."""
    parts = []
    if "ban" in step:
        parts.append(kind.book.ways(BAN, **step["ban"]))
    parts.append(kind.book.ways(step["fact"][0], **step["fact"][1]) if "fact" in step else kind.book.ways(AGAIN))
    if asks:
        parts.append(kind.book.ways(ASK))
    orders = []
    for part in parts:
        order = list(part)
        rng.shuffle(order)
        orders.append(order)
    return list(dict.fromkeys(" ".join(o[i % len(o)] for o in orders) for i in range(_WORDINGS)))
