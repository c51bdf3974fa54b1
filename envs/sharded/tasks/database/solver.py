"""Reads what a user said about one of our databases and writes the query, everything looked up by subqueries."""

from __future__ import annotations

import re
from collections.abc import Sequence

from turnbench.envs.sharded.task import Solver
from turnbench.envs.sharded.tasks.database.catalogue import domain_of
from turnbench.envs.sharded.tasks.database.domains import AMOUNT, CATEGORY, LEVEL, Domain
from turnbench.envs.sharded.tasks.database.phrases import GOALS, read
from turnbench.envs.sharded.tasks.database.question import Condition, Query, query_of
from turnbench.envs.sharded.tasks.database.sql import with_lookups
from turnbench.randomness import RandomStream

_TABLE = re.compile(r'CREATE TABLE\s+(?:IF NOT EXISTS\s+)?["`\[]?(\w+)', re.IGNORECASE)


class DatabaseSolver(Solver):
    """Answers generated questions; of others it knows no more than the name of a table."""

    def answer(self, system_prompt: str, messages: Sequence[str]) -> str | None:
        """The query that all messages together ask for; None while what to return is not known."""
        domain = domain_of(system_prompt)
        query = None if domain is None else _heard(domain, messages)
        return _reply(with_lookups(query)) if query is not None and query.complete else None

    def guess(self, system_prompt: str, messages: Sequence[str], rng: RandomStream) -> str:
        """A query about the right things where they were named, whatever is missing drawn."""
        domain = domain_of(system_prompt)
        if domain is None:
            tables = _TABLE.findall(system_prompt)
            return _reply(f"SELECT * FROM {rng.choice(tables)}" if tables else "SELECT 1")
        query = _heard(domain, messages) or _drawn(domain, rng)
        _fill(query, rng)
        return _reply(with_lookups(query))


def _heard(domain: Domain, messages: Sequence[str]) -> Query | None:
    return query_of(domain, [statement for message in messages for statement in read(message)])


def _drawn(domain: Domain, rng: RandomStream) -> Query:
    """A goal, and things that can be asked for it: a figure needs something that is counted or measured."""
    goal = rng.choice(list(GOALS))
    views = [v for v in domain.views.values() if goal != "figure" or v.of_kind(AMOUNT, LEVEL)]
    return Query(goal, rng.choice(views))


def _reply(sql: str) -> str:
    return f"```sql\n{sql};\n```"


def _fill(query: Query, rng: RandomStream) -> None:
    """Draw what the query cannot do without, and a filter where it has none."""
    view = query.view
    if query.goal == "list" and not query.show:
        query.show = rng.sample(view.attributes, min(1 + rng.below(2), len(view.attributes)))
    if query.goal == "breakdown":
        query.group = query.group or rng.choice(view.of_kind(CATEGORY) or list(view.attributes))
        query.figure = query.figure or ("number", None)
    if query.goal == "figure" and query.figure is None:
        numbers = view.of_kind(AMOUNT, LEVEL)
        query.figure = rng.choice(("total", "average", "smallest", "largest")), rng.choice(numbers)
    if not query.where and (fitting := view.of_kind(CATEGORY)):
        attribute = rng.choice(fitting)
        query.where = [Condition("is", attribute, (rng.choice(attribute.column.words[0]),))]
    if not query.complete:  # only an order can be missing now, or a figure to sort by
        query.order, query.limit = None, 0
