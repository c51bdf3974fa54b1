"""What a question's answer is, worked out in Python: how the generator knows that every shard matters.

It gives the same result whatever the version of SQLite: where SQL leaves an order open, rows come in the order of their
keys and groups in the order of their names. That the gold queries return the same is tested.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from turnbench.envs.sharded.tasks.database.compare import Result
from turnbench.envs.sharded.tasks.database.domains import Attribute, View
from turnbench.envs.sharded.tasks.database.question import Condition, Query
from turnbench.envs.sharded.tasks.database.rows import Rows

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda value, n: value == n,
    "is not": lambda value, n: value != n,
    "begins": lambda value, n: value.startswith(n),
    "at least": lambda value, n: value >= n,
    "above": lambda value, n: value > n,
    "at most": lambda value, n: value <= n,
    "below": lambda value, n: value < n,
    "in year": lambda value, n: value[:4] == str(n),
}  # fmt: skip
_COMPARED |= {"since": _COMPARED["at least"], "after": _COMPARED["above"]}
_COMPARED |= {"until": _COMPARED["at most"], "before": _COMPARED["below"]}
_FIGURES: dict[str, Callable[[list[Any]], Any]] = {
    "total": sum,
    "average": lambda values: sum(values) / len(values),
    "smallest": min,
    "largest": max,
    "different": lambda values: len(set(values)),
    "number": len,
}


class Evaluation:
    """Questions about the rows of one table.

    Args:
        view: the table, and what can be said of it.
        rows: all rows of its database.
    """

    def __init__(self, view: View, rows: Rows) -> None:
        self.view = view
        self._rows = rows
        self._own = rows[view.table.name]
        self._values: dict[str, list[Any]] = {}
        self._everything = (1 << len(self._own)) - 1
        self._holding: dict[str, int] = {}
        self._places: dict[int, list[int]] = {}

    def values(self, attribute: Attribute) -> list[Any]:
        """The attribute of every row, in the order of keys."""
        name = attribute.phrases[0]
        if name not in self._values:
            at = list(range(len(self._own)))
            table = self.view.table
            for ref in attribute.path:
                rows, place = self._rows[table.name], table.place[ref.name]
                at = [rows[i][place] - 1 for i in at]  # keys count from 1
                table = self.view.tables[ref.table]
            rows, place = self._rows[table.name], table.place[attribute.column.name]
            self._values[name] = [rows[i][place] for i in at]
        return self._values[name]

    def kept(self, query: Query) -> int:
        """The rows that pass the query's filters; as a set of bits, as below."""
        passed = self._everything
        for condition in query.where:
            passed &= self.holds(condition)
        return passed

    def holds(self, condition: Condition) -> int:
        """The rows of which it is true: bit i is set for the row with key i + 1."""
        name = condition.key
        if name not in self._holding:
            self._holding[name] = sum(1 << row for row in self._judged(condition))
        return self._holding[name]

    def places(self, kept: int) -> list[int]:
        """Places of rows in the order of keys; not to be changed."""
        if kept not in self._places:
            self._places[kept] = [row for row in range(len(self._own)) if kept >> row & 1]
        return self._places[kept]

    def result(self, query: Query) -> Result:
        """What a complete query returns."""
        passed = self.kept(query)
        if query.goal == "count":
            return Result(1, [(passed.bit_count(),)])
        kept = self.places(passed)
        if query.goal == "figure":
            return Result(1, [(self._figure(query, kept),)])
        lines = self._listed(query, kept) if query.goal == "list" else self._grouped(query, kept)
        if query.distinct:
            lines = list(dict.fromkeys(lines))
        width = len(query.show) if query.goal == "list" else 2
        return Result(width, lines[: query.limit or None])

    def _listed(self, query: Query, kept: list[int]) -> list[tuple[Any, ...]]:
        if query.order is not None and query.order[0] is not None:
            by = self.values(query.order[0])
            kept = sorted(kept, key=lambda row: by[row], reverse=query.order[1])
        columns = [self.values(a) for a in query.show]
        return [tuple(column[row] for column in columns) for row in kept]

    def _grouped(self, query: Query, kept: list[int]) -> list[tuple[Any, ...]]:
        assert query.group is not None
        name = self.values(query.group)
        groups: dict[Any, list[int]] = {}
        for row in kept:
            groups.setdefault(name[row], []).append(row)
        lines = [(group, self._figure(query, groups[group]), len(groups[group])) for group in sorted(groups)]
        for condition in query.having:
            least: Any = condition.values[0]
            lines = [g for g in lines if (g[2] >= least if condition.kind == "group size" else g[1] > least)]
        if query.order is not None:
            by, down = query.order
            lines.sort(key=lambda line: line[1] if by is None else line[0], reverse=down)
        return [line[:2] for line in lines]

    def _figure(self, query: Query, rows: list[int]) -> Any:
        assert query.figure is not None
        kind, attribute = query.figure
        if attribute is None:
            return len(rows)
        values = self.values(attribute)
        return _FIGURES[kind]([values[row] for row in rows]) if rows else None

    def _judged(self, condition: Condition) -> Sequence[int]:
        kind = condition.kind
        given: Sequence[Any] = condition.values
        if condition.child is not None:
            child, ref = condition.child
            place = child.place[ref.name]
            counts = [0] * len(self._own)
            for row in self._rows[child.name]:
                counts[row[place] - 1] += 1
            return [i for i, n in enumerate(counts) if (n == 0 if kind == "without children" else n >= given[0])]
        assert condition.attribute is not None
        values = self.values(condition.attribute)
        if kind in ("missing", "present"):
            return [i for i, v in enumerate(values) if (v is None) == (kind == "missing")]
        if kind == "above average":
            average = sum(values) / len(values)
            return [i for i, v in enumerate(values) if v > average]
        if kind == "either":
            return [i for i, v in enumerate(values) if v in given]
        if kind == "between":
            return [i for i, v in enumerate(values) if given[0] <= v <= given[1]]
        compared = _COMPARED[kind]
        return [i for i, v in enumerate(values) if v is not None and compared(v, given[0])]
