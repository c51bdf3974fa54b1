"""Rows for a domain's tables, and the database they make."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from functools import lru_cache
from typing import Any

from turnbench.envs.sharded.tasks.database.domains import CATEGORY, DATE, LABEL, Column, Domain, Ref
from turnbench.randomness import RandomStream

Rows = dict[str, list[list[Any]]]
"""Table to rows, in the order of CREATE TABLE."""
FEW = 12
"""Different values of a column at most, of numbers and days that a small model can learn one by one."""
_GAPS = 4
"""Of a nullable column, one value in so many is missing."""


def draw_rows(domain: Domain, rng: RandomStream, few: bool = False) -> Rows:
    """Rows for every table; keys count from 1, foreign keys point to rows that exist, labels hardly ever repeat.

    With `few`, numbers and days are the same `FEW` everywhere, evenly spread over their column's range.
    """
    rows: Rows = {}
    for table in domain.tables:
        count = table.size[0] + rng.below(table.size[1] - table.size[0] + 1)
        columns = [_values(column, count, rows, rng, few) for column in table.columns]
        rows[table.name] = [list(row) for row in zip(range(1, count + 1), *columns, strict=True)]
    return rows


@lru_cache(maxsize=64)
def image(schema: str, rows: str) -> bytes:
    """The bytes of the database that a schema and `rows` (JSON) make. For what this package generated: nothing is guarded."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(f"BEGIN; {schema}")
        for table, values in json.loads(rows).items():
            connection.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(values[0]))})", values)
        connection.execute("COMMIT")
        return connection.serialize()


def _values(column: Column | Ref, count: int, rows: Rows, rng: RandomStream, few: bool) -> list[Any]:
    if isinstance(column, Ref):
        parents = len(rows[column.table])
        return [1 + rng.below(parents) for _ in range(count)]
    if column.kind == LABEL:
        return _labels(column, count, rng)
    if column.kind == CATEGORY:
        return [rng.choice(column.words[0]) for _ in range(count)]
    if column.kind == DATE:
        years = column.high - column.low + 1
        # Two draws in one: a day that every month has, and the year.
        days = _places(years * 12 * 28, count, rng, few)
        values: list[Any] = [f"{column.low + d // 336}-{d // 28 % 12 + 1:02}-{d % 28 + 1:02}" for d in days]
        if column.optional:
            return [None if rng.below(_GAPS) == 0 else v for v in values]
        return values
    span = column.high - column.low + 1
    return [(column.low + place) * column.step for place in _places(span, count, rng, few)]


def _places(span: int, count: int, rng: RandomStream, few: bool) -> list[int]:
    """`count` draws below `span`."""
    apart = max(1, span // FEW) if few else 1
    return [apart * rng.below(span // apart) for _ in range(count)]


def _labels(column: Column, count: int, rng: RandomStream) -> list[Any]:
    """No label twice: every pair of pools holds far more than a table has rows."""
    first, last = column.words
    total = len(first) * len(last)
    taken: dict[int, None] = {}
    while len(taken) < count:
        taken[rng.below(total)] = None
    return [f"{first[n % len(first)]} {last[n // len(first)]}" for n in taken]
