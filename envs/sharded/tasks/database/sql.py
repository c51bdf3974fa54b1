"""SQL from a question, in two styles that must agree: joins (the gold query) and lookups by subquery (the solver's).

Only how an attribute is reached differs between them; that the rest says what the question means is tested against
`evaluate`.
"""

from __future__ import annotations

from collections.abc import Callable

from turnbench.envs.sharded.tasks.database.domains import Attribute, Ref
from turnbench.envs.sharded.tasks.database.question import Condition, Query, Value

_COMPARED = {
    "is": "=", "is not": "<>", "at least": ">=", "above": ">", "at most": "<=", "below": "<", "since": ">=", "after": ">",
    "until": "<=", "before": "<",
}  # fmt: skip
_AGGREGATES = {"total": "SUM", "average": "AVG", "smallest": "MIN", "largest": "MAX"}
Express = Callable[[Attribute], str]


def with_joins(query: Query) -> str:
    """The query with one JOIN for every foreign key that is followed. `query` must be complete."""
    base = query.view.table.name
    joins: dict[tuple[Ref, ...], str] = {}

    def owner(path: tuple[Ref, ...]) -> str:
        if not path:
            return base
        left, ref = owner(path[:-1]), path[-1]
        alias = "_".join(r.role.replace(" ", "_") for r in path) + "_row"
        key = query.view.tables[ref.table].key
        joins.setdefault(path, f" JOIN {ref.table} AS {alias} ON {left}.{ref.name} = {alias}.{key}")
        return alias

    select, rest = _parts(query, lambda a: f"{owner(a.path)}.{a.column.name}")
    return f"{select} FROM {base}{''.join(joins.values())}{rest}"


def with_lookups(query: Query) -> str:
    """The query over its own table alone, everything else looked up by scalar subqueries. `query` must be complete."""
    base = query.view.table.name

    def express(attribute: Attribute) -> str:
        written, owner = attribute.column.name, attribute.table
        for place in range(len(attribute.path) - 1, -1, -1):
            ref, left = attribute.path[place], base if place == 0 else attribute.path[place - 1].table
            key = query.view.tables[ref.table].key
            inner = written if written.startswith("(") else f"{owner}.{written}"
            written = f"(SELECT {inner} FROM {ref.table} WHERE {ref.table}.{key} = {left}.{ref.name})"
        return written if written.startswith("(") else f"{base}.{written}"

    select, rest = _parts(query, express)
    return f"{select} FROM {base}{rest}"


def _parts(query: Query, express: Express) -> tuple[str, str]:
    """What stands before FROM and what stands after the tables."""
    columns = []
    figure = ""
    if query.goal == "list":
        columns = [express(a) for a in query.show]
    elif query.goal == "count":
        columns = ["COUNT(*)"]
    else:
        assert query.figure is not None
        figure = _figure(*query.figure, express)
        columns = [figure] if query.group is None else [express(query.group), figure]
    rest = _clause(" WHERE ", [_condition(c, query, express, figure) for c in query.where])
    if query.group is not None:
        rest += f" GROUP BY {express(query.group)}"
        rest += _clause(" HAVING ", [_condition(c, query, express, figure) for c in query.having])
    if query.order is not None:
        by, down = query.order
        rest += f" ORDER BY {figure if by is None else express(by)}{' DESC' if down else ''}"
    if query.limit:
        rest += f" LIMIT {query.limit}"
    return f"SELECT {'DISTINCT ' if query.distinct else ''}{', '.join(columns)}", rest


def _clause(word: str, conditions: list[str]) -> str:
    return word + " AND ".join(conditions) if conditions else ""


def _figure(kind: str, attribute: Attribute | None, express: Express) -> str:
    if attribute is None:
        return "COUNT(*)"
    if kind == "different":
        return f"COUNT(DISTINCT {express(attribute)})"
    return f"{_AGGREGATES[kind]}({express(attribute)})"


def _condition(condition: Condition, query: Query, express: Express, figure: str) -> str:
    table = query.view.table
    kind, values = condition.kind, [_literal(v) for v in condition.values]
    if condition.child is not None:
        child, ref = condition.child
        counted = f"(SELECT COUNT(*) FROM {child.name} WHERE {child.name}.{ref.name} = {table.name}.{table.key})"
        return f"{counted} = 0" if kind == "without children" else f"{counted} >= {values[0]}"
    if kind == "group size":
        return f"COUNT(*) >= {values[0]}"
    if kind == "figure above":
        return f"{figure} > {values[0]}"
    assert condition.attribute is not None
    left = express(condition.attribute)
    if kind in _COMPARED:
        return f"{left} {_COMPARED[kind]} {values[0]}"
    if kind == "either":
        return f"{left} IN ({values[0]}, {values[1]})"
    if kind == "between":
        return f"{left} BETWEEN {values[0]} AND {values[1]}"
    if kind == "in year":
        return f"{left} BETWEEN '{values[0]}-01-01' AND '{values[0]}-12-31'"
    if kind == "begins":
        return f"{left} LIKE {_literal(f'{condition.values[0]}%')}"
    if kind == "above average":
        return f"{left} > (SELECT AVG({condition.attribute.column.name}) FROM {table.name})"
    return f"{left} IS {'NULL' if kind == 'missing' else 'NOT NULL'}"


def _literal(value: Value) -> str:
    return str(value) if not isinstance(value, str) else "'" + value.replace("'", "''") + "'"
