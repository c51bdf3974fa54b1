"""Our own questions: a new database each, and a question whose every shard changes the result on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

from turnbench.envs.sharded.instance import Instance, Shard, key_of
from turnbench.envs.sharded.tasks.database.catalogue import DOMAINS, SMALL
from turnbench.envs.sharded.tasks.database.compare import same
from turnbench.envs.sharded.tasks.database.domains import Domain
from turnbench.envs.sharded.tasks.database.draft import Draft
from turnbench.envs.sharded.tasks.database.evaluate import Evaluation
from turnbench.envs.sharded.tasks.database.phrases import TOPICS, number_of_ways, ways_to_say
from turnbench.envs.sharded.tasks.database.question import Query, assembled, part_of, query_of
from turnbench.envs.sharded.tasks.database.rows import Rows, draw_rows
from turnbench.envs.sharded.tasks.database.sql import with_joins, with_lookups
from turnbench.envs.sharded.wording import Statement, shard_wordings
from turnbench.randomness import RandomStream, stable_hash

PLANS = {
    "small": (
        "list: filter show",
        "list: filter show order",
        "list: join filter show",
        "list: join show too",
        "count: filter join",
        "count: filter filter filter",
        "figure: filter measure",
        "figure: join filter measure",
    ),
    "medium": (
        "list: filter join show order",
        "list: filter join show order limit",
        "list: special filter show too",
        "list: filter values_shown distinct order_shown",
        "list: filter filter join show too",
        "count: filter join special",
        "count: filter filter join filter",
        "figure: filter join measure",
        "figure: filter join special measure",
        "breakdown: group figure filter",
        "breakdown: group figure filter having",
        "breakdown: group figure filter order_figure limit",
        "breakdown: group figure filter order_shown",
    ),
    "hard": (
        "list: filter join special show too order",
        "list: filter join filter show too order limit",
        "list: special join filter show too order limit",
        "list: filter join special pairs_shown distinct",
        "list: filter join filter special show too",
        "count: filter join filter join special",
        "figure: filter join filter special measure",
        "breakdown: group figure filter join having order_figure",
        "breakdown: group figure filter join having order_figure limit",
        "breakdown: group figure filter special having order_shown",
        "breakdown: group figure filter join order_figure limit",
    ),
}
"""For each difficulty, a goal and the parts of which each becomes a shard, in the order in which they are drawn."""
_DRAWS = 12
"""Questions tried on one database."""
_FIRST = ("show", "show two", "group", "total", "average", "smallest", "largest", "different", "number")
"""Kinds that come soon after the goal, as they would in a conversation."""
_NEEDED = {
    "list": frozenset({"show"}), "count": frozenset[str](), "figure": frozenset({"figure"}), "breakdown": frozenset({"group", "figure"}),
}  # fmt: skip
"""Fields without which a question of a goal is not complete."""
_TWINS = {"since": "after", "after": "since", "until": "before", "before": "until"}
"""Kinds that differ in their boundary alone."""
_NUDGES = {
    "at least": (("n", 0.01),), "above": (("n", -0.01),), "at most": (("n", -0.01),), "below": (("n", 0.01),),
    "between": (("low", 0.01), ("high", -0.01)), "group size": (("n", 0.01),), "with children": (("n", 0.01),),
}  # fmt: skip
"""How to move a boundary to the other side of itself: all numbers are multiples of a quarter."""


def generate(rng: RandomStream, difficulty: str, wanted: Callable[[str], bool] = lambda key: True) -> Instance:
    """An instance of a difficulty ("small", "medium" or "hard") whose key is `wanted`.

    Drawn is the same whatever is wanted: what is not is only never put into words, because most of what is drawn for a split
    belongs to another.
    """
    while True:
        domain, rows, drawn = _question(rng, difficulty)
        query = query_of(domain, drawn)
        assert query is not None
        content = [domain.name, _canonical(query)]
        arranged = _arranged(drawn, rng)
        prose = [rng.below(_count_of_ways(statement, difficulty)) for statement in drawn]
        if wanted(key_of("database", content)):
            break
    ways = {id(statement): _ways(statement, domain, difficulty) for statement in drawn}
    return Instance(
        task="database",
        name=f"database-{stable_hash(content) >> 232:06x}",
        shards=tuple(_shard(i, s, ways[id(s)], domain) for i, s in enumerate(arranged, start=1)),
        # One paragraph, in the order in which the question was drawn: filters before what is to be shown of what is left.
        full=" ".join(ways[id(statement)][at] for statement, at in zip(drawn, prose, strict=True)),
        truth={"sql": with_joins(query), "schema": domain.schema, "rows": json.dumps(rows)},
        context={"schema": domain.schema, **({"outline": domain.outline} if difficulty == "small" else {})},
        content=content,
    )


def _question(rng: RandomStream, difficulty: str) -> tuple[Domain, Rows, list[Statement]]:
    goal, _, parts = rng.choice(PLANS[difficulty]).partition(": ")
    while True:
        domain = rng.choice(SMALL if difficulty == "small" else DOMAINS)
        rows = draw_rows(domain, rng, few=difficulty == "small")
        views = [v for v in domain.views.values() if "join" not in parts or any(a.path for a in v.attributes)]
        evaluations = [Evaluation(view, rows) for view in views]
        for _ in range(_DRAWS):
            evaluation = rng.choice(evaluations)
            draft = Draft(evaluation, goal, rng)
            drawn = all(draft.add(part) for part in parts.split())
            if drawn and every_shard_decides(evaluation, draft.statements):
                return domain, rows, draft.statements


def every_shard_decides(rows: Evaluation, statements: Sequence[Statement]) -> bool:
    """True where no part of the statements (a goal about these rows, and more) gives the result of all, nor do all with the
    boundary of a filter included instead of excluded or the reverse.
    """
    goal, *rest = statements
    parts = [part_of(rows.view, statement) for statement in rest]
    whole = assembled(goal.kind, rows.view, parts)
    if not whole.complete:
        return False
    wanted = rows.result(whole)
    if len(wanted.rows) < (1 if whole.limit or whole.goal in ("count", "figure") else 2) or None in wanted.rows[0]:
        return False
    others = [
        [*parts[:i], part_of(rows.view, moved), *parts[i + 1 :]]
        for i, statement in enumerate(rest)
        for moved in _moved(statement)
    ]
    for size in range(len(rest) - 1, -1, -1):
        others += map(list, combinations(parts, size))
    needed = _NEEDED[goal.kind]
    for other in others:
        if not needed <= {part.place for part in other if part is not None}:
            continue
        query = assembled(goal.kind, rows.view, other)
        if query.complete and same(wanted, rows.result(query), whole.order is not None):
            return False
    return True


def _moved(statement: Statement) -> list[Statement]:
    kind, slots = statement
    if kind in _TWINS:
        return [Statement(_TWINS[kind], slots)]
    return [Statement(kind, {**slots, gap: slots[gap] + by}) for gap, by in _NUDGES.get(kind, ())]


def _canonical(query: Query) -> str:
    """The same for questions that differ only in the order of their filters and columns."""
    in_order = Query(**vars(query))
    in_order.show = sorted(query.show, key=lambda a: a.phrases[0])
    in_order.where = sorted(query.where, key=lambda c: c.key)
    return with_lookups(in_order)


def _arranged(statements: Sequence[Statement], rng: RandomStream) -> list[Statement]:
    goal, *rest = statements
    rng.shuffle(rest)
    return [goal, *sorted(rest, key=lambda s: s.kind not in _FIRST)]


def _count_of_ways(statement: Statement, difficulty: str) -> int:
    """Of `_ways`."""
    count = number_of_ways(statement.kind)
    if difficulty == "small":
        return min(3, count)
    return count * (1 + any(gap in statement.slots for gap in ("a", "b")))


def _ways(statement: Statement, domain: Domain, difficulty: str) -> list[str]:
    """All ways to say it, first those with the first nouns; for small models, three."""
    kind, slots = statement
    ways = list(ways_to_say(kind, **slots))
    if difficulty == "small":
        return ways[:3]
    known = domain.views[slots["things"]].by_phrase
    renamed: dict[str, Any] = {gap: known[slots[gap]].phrases[1] for gap in ("a", "b") if gap in slots}
    return [*ways, *ways_to_say(kind, **(slots | renamed))] if renamed else ways


def _shard(number: int, statement: Statement, ways: Sequence[str], domain: Domain) -> Shard:
    kind, slots = statement
    text, wordings = shard_wordings(ways)
    known = domain.views[slots["things"]].by_phrase
    nouns = [noun for gap in ("a", "b") if gap in slots for noun in known[slots[gap]].phrases]
    return Shard(number, text, wordings, (*TOPICS.get(kind, ()), *nouns))
