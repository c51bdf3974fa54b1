"""Our own questions: a new database each, and a question whose every shard changes the result on it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.tasks.database.catalogue import DOMAINS, SMALL
from turnbench.envs.sharded.tasks.database.compare import same
from turnbench.envs.sharded.tasks.database.domains import Domain
from turnbench.envs.sharded.tasks.database.draft import Draft
from turnbench.envs.sharded.tasks.database.evaluate import Evaluation
from turnbench.envs.sharded.tasks.database.phrases import TOPICS, ways_to_say
from turnbench.envs.sharded.tasks.database.question import Query, query_of
from turnbench.envs.sharded.tasks.database.rows import draw_rows
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
_TWINS = {"since": "after", "after": "since", "until": "before", "before": "until"}
"""Kinds that differ in their boundary alone."""
_NUDGES = {
    "at least": (("n", 0.01),), "above": (("n", -0.01),), "at most": (("n", -0.01),), "below": (("n", 0.01),),
    "between": (("low", 0.01), ("high", -0.01)), "group size": (("n", 0.01),), "with children": (("n", 0.01),),
}  # fmt: skip
"""How to move a boundary to the other side of itself: all numbers are multiples of a quarter."""


def generate(rng: RandomStream, difficulty: str) -> Instance:
    """An instance of a difficulty ("small", "medium" or "hard")."""
    goal, _, parts = rng.choice(PLANS[difficulty]).partition(": ")
    while True:
        domain = rng.choice(SMALL if difficulty == "small" else DOMAINS)
        rows = draw_rows(domain, rng)
        views = [v for v in domain.views.values() if "join" not in parts or any(a.path for a in v.attributes)]
        evaluations = [Evaluation(view, rows) for view in views]
        for _ in range(_DRAWS):
            evaluation = rng.choice(evaluations)
            draft = Draft(domain, evaluation, goal, rng)
            drawn = all(draft.add(part) for part in parts.split())
            if drawn and every_shard_decides(domain, evaluation, draft.statements):
                return _instance(domain, json.dumps(rows), draft.statements, difficulty, rng)


def every_shard_decides(domain: Domain, rows: Evaluation, statements: Sequence[Statement]) -> bool:
    """True where no part of the statements gives the result of all, nor do all with the boundary of a filter included
    instead of excluded or the reverse.
    """
    whole = query_of(domain, statements)
    if whole is None or not whole.complete:
        return False
    wanted = rows.result(whole)
    if len(wanted.rows) < (1 if whole.limit or whole.goal in ("count", "figure") else 2) or None in wanted.rows[0]:
        return False
    goal, rest = statements[0], list(statements[1:])
    others = [[*rest[:i], moved, *rest[i + 1 :]] for i, statement in enumerate(rest) for moved in _moved(statement)]
    for size in range(len(rest) - 1, -1, -1):
        others += map(list, combinations(rest, size))
    for other in others:
        query = query_of(domain, [goal, *other])
        if query is not None and query.complete and same(wanted, rows.result(query), whole.order is not None):
            return False
    return True


def _moved(statement: Statement) -> list[Statement]:
    kind, slots = statement
    if kind in _TWINS:
        return [Statement(_TWINS[kind], slots)]
    return [Statement(kind, {**slots, gap: slots[gap] + by}) for gap, by in _NUDGES.get(kind, ())]


def _instance(domain: Domain, rows: str, drawn: Sequence[Statement], difficulty: str, rng: RandomStream) -> Instance:
    query = query_of(domain, drawn)
    assert query is not None
    statements = _arranged(drawn, rng)
    content = [domain.name, _canonical(query)]
    return Instance(
        task="database",
        name=f"database-{stable_hash(content) >> 232:06x}",
        shards=tuple(_shard(i, s, domain, difficulty) for i, s in enumerate(statements, start=1)),
        full=_prose(domain, drawn, difficulty, rng),
        truth={"sql": with_joins(query), "schema": domain.schema, "rows": rows},
        context={"schema": domain.schema},
        content=content,
    )


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


def _ways(statement: Statement, domain: Domain, difficulty: str) -> list[str]:
    """All ways to say it, first those with the first nouns; for small models, three."""
    kind, slots = statement
    ways = list(ways_to_say(kind, **slots))
    if difficulty == "small":
        return ways[:3]
    known = domain.views[slots["things"]].by_phrase
    renamed: dict[str, Any] = {gap: known[slots[gap]].phrases[1] for gap in ("a", "b") if gap in slots}
    return [*ways, *ways_to_say(kind, **(slots | renamed))] if renamed else ways


def _shard(number: int, statement: Statement, domain: Domain, difficulty: str) -> Shard:
    kind, slots = statement
    text, wordings = shard_wordings(_ways(statement, domain, difficulty))
    known = domain.views[slots["things"]].by_phrase
    nouns = [noun for gap in ("a", "b") if gap in slots for noun in known[slots[gap]].phrases]
    return Shard(number, text, wordings, (*TOPICS.get(kind, ()), *nouns))


def _prose(domain: Domain, drawn: Sequence[Statement], difficulty: str, rng: RandomStream) -> str:
    """One paragraph, in the order in which the question was drawn: filters before what is to be shown of what is left."""
    return " ".join(rng.choice(_ways(statement, domain, difficulty)) for statement in drawn)
