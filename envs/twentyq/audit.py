"""Checks a world's knowledge for contradictions: `python -m turnbench.envs.twentyq.audit [WORLD ...]`.

What it can find: broken hierarchies (a bird that is no animal), properties that exclude each other, things that cannot
be told apart, properties that tell nothing apart, names that collide, measures that contradict properties, canonical
questions the reader does not take for their own property. What it cannot find is a plausible wrong fact; for that every
fact was judged twice independently (`results/twentyq/README.md`). The rules themselves are data, in `rules.toml`.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from importlib.resources import files

import numpy as np

from turnbench.envs.twentyq.knowledge import NO, SOMETIMES, YES, World, load_world
from turnbench.envs.twentyq.language.query import Kind
from turnbench.envs.twentyq.language.understanding import understanding_of

LEAST_DIFFERENCES = 2
"""Any two things differ in at least so many definite properties (yes against no) and measures (ranges that do not meet)."""
LEAST_MEMBERS = 1
"""A property that is yes or sometimes for fewer things, or no for fewer, says nothing."""


def findings(world: World) -> Iterator[str]:
    """Every contradiction as one sentence; none means the world is consistent."""
    yield from _rules(world)
    yield from _indistinct(world)
    yield from _unbalanced(world)
    yield from _measures(world)
    yield from _unreadable(world)


def _rules(world: World) -> Iterator[str]:
    path = files(__package__) / "data" / world.name / "rules.toml"
    rules = tomllib.loads(path.read_text(encoding="utf-8"))
    columns = {p.id: world.facts[:, i] for i, p in enumerate(world.properties)}
    names = [t.name for t in world.things]
    for part, wholes in rules.get("implies", {}).items():
        for whole in wholes:
            for i in np.flatnonzero((columns[part] == YES) & (columns[whole] == NO)):
                yield f"{names[i]}: {part} is yes, so {whole} cannot be no."
    for a, others in rules.get("excludes", {}).items():
        for b in others:
            for i in np.flatnonzero((columns[a] == YES) & (columns[b] == YES)):
                yield f"{names[i]}: {a} and {b} exclude each other, but both are yes."
    for group, wanted in rules.get("groups", {}).items():
        for rule in wanted:
            value = NO if rule.startswith("!") else YES
            for k, thing in enumerate(world.things):
                if thing.group == group and columns[rule.lstrip("!")][k] not in (value, SOMETIMES):
                    yield f"{thing.name}: everything in the group {group!r} should have {rule}."
    for name in rules.get("only_for", {}):
        allowed = rules["only_for"][name]
        any_of = np.maximum.reduce([columns[a] for a in allowed])
        for i in np.flatnonzero((columns[name] == YES) & (any_of == NO)):
            yield f"{names[i]}: {name} is yes, but none of {', '.join(allowed)} is."


def _indistinct(world: World) -> Iterator[str]:
    yes, no = (world.facts == YES).astype(np.int32), (world.facts == NO).astype(np.int32)
    differences = yes @ no.T + no @ yes.T
    for measure in world.measures:  # ranges that do not meet are told apart by "is it more than ..."
        spans = [t.measures[measure.id] for t in world.things]
        low = np.array([np.nan if s is None else s[0] for s in spans])
        high = np.array([np.nan if s is None else s[1] for s in spans])
        differences += (low[:, None] > high[None, :]) | (low[None, :] > high[:, None])
    for i, j in zip(*np.where(np.triu(differences < LEAST_DIFFERENCES, k=1)), strict=True):
        yield (
            f"{world.things[i].name} and {world.things[j].name} differ in only {differences[i, j]} definite "
            f"properties and measures, fewer than {LEAST_DIFFERENCES}."
        )


def _unbalanced(world: World) -> Iterator[str]:
    for p, prop in enumerate(world.properties):
        for values, word in (((YES, SOMETIMES), "yes or sometimes"), ((NO,), "no")):
            count = int(np.isin(world.facts[:, p], values).sum())
            if count < LEAST_MEMBERS:
                yield f"{prop.id} is {word} for only {count} of {len(world.things)} things."


def _measures(world: World) -> Iterator[str]:
    for thing in world.things:
        for measure, span in thing.measures.items():
            if span is not None and span[0] > 0 and span[1] / span[0] > 10_000:
                yield f"{thing.name}: its {measure} {span[0]:g} to {span[1]:g} is too wide to say anything."


def _unreadable(world: World) -> Iterator[str]:
    reader = understanding_of(world.name)
    for rule in world.rules:
        query = reader.read(rule.question)
        if query.kind is not Kind.ASK or query.meaning != rule.id:
            yield f"{rule.id}: its own question {rule.question!r} is read as {query.meaning or query.reason!r}."
    for i, thing in enumerate(world.things):
        for name in (thing.name, *thing.aliases):
            query = (
                reader.read(f"Is it {name}?")
                if world.wording.get("article") == "no"
                else reader.read(f"Is it a {name}?")
            )
            if query.kind is not Kind.GUESS or query.thing != i:
                yield f"{thing.name}: the guess of {name!r} is read as {query.meaning or query.reason!r}."


def describe(world: World) -> str:
    """Size and balance of a world in a few lines."""
    shares = [float((world.facts == v).mean()) for v in (YES, SOMETIMES, NO)]
    return (
        f"{world.name} version {world.version} ({world.content_hash}): {len(world.things)} things, "
        f"{len(world.properties)} judged properties, {len(world.thresholds) + len(world.derived)} computed ones, "
        f"{len(world.measures)} measures, {len(world.phrases)} phrases; "
        f"{shares[0]:.1%} yes, {shares[1]:.1%} sometimes, {shares[2]:.1%} no"
    )


def main(names: list[str]) -> int:
    """Print every finding; returns 1 if there is any."""
    found = 0
    for name in names or ["things", "cities"]:
        world = load_world(name)
        print(describe(world))
        for finding in findings(world):
            print(f"  {finding}")
            found += 1
    print(f"{found} findings" if found else "no contradictions")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
