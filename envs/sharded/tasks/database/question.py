"""What a question asks, put together from the statements that were made about it.

Generator and solver share this page: the one to know what a question means, the other to know what it was told so far.
How a query is then written differs between them (see `sql`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from turnbench.envs.sharded.tasks.database.domains import Attribute, Domain, Ref, Table, View
from turnbench.envs.sharded.tasks.database.phrases import GOALS
from turnbench.envs.sharded.wording import Statement

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
AGGREGATES = ("total", "average", "smallest", "largest", "different", "number")
DESCENDING = {
    "low first": False, "high first": True, "a to z": False, "z to a": True, "old first": False, "new first": True,
    "figure up": False, "figure down": True,
}  # fmt: skip
"""Kinds of orderings, and whether they go down."""
DAYS = ("since", "after", "until", "before")
Value = str | int | float


@dataclass(frozen=True)
class Condition:
    """A filter: its kind, the attribute it is about, and its values; or how many children a row must have."""

    kind: str
    attribute: Attribute | None
    values: tuple[Value, ...] = ()
    child: tuple[Table, Ref] | None = None

    @cached_property
    def key(self) -> str:
        """The same for the same filter of a view."""
        about = self.attribute.phrases[0] if self.attribute else self.child[1].children if self.child else ""
        return f"{self.kind} {about} {self.values}"


@dataclass
class Query:
    """A question about the rows of one table. Incomplete while something is missing that it cannot do without."""

    goal: str
    view: View
    show: list[Attribute] = field(default_factory=list)
    where: list[Condition] = field(default_factory=list)
    distinct: bool = False
    figure: tuple[str, Attribute | None] | None = None
    group: Attribute | None = None
    having: list[Condition] = field(default_factory=list)
    order: tuple[Attribute | None, bool] | None = None
    """Attribute (None: the figure) and whether it goes down."""
    limit: int = 0

    @property
    def complete(self) -> bool:
        """True where a query can be written that answers just what was said."""
        if self.limit and self.order is None:
            return False
        if self.order is not None and self.order[0] is None and self.figure is None:
            return False
        if self.goal == "list":
            return bool(self.show)
        if self.goal == "figure":
            return self.figure is not None
        return self.goal == "count" or (self.group is not None and self.figure is not None)


class Part(NamedTuple):
    """What one statement adds to a question: the field of `Query`, and what goes into it."""

    place: str
    value: Any


def query_of(domain: Domain, statements: Iterable[Statement]) -> Query | None:
    """The question that statements add up to, repetitions counted once; None where no goal is among them.

    Statements that make no sense in this database are passed over. The result may be incomplete.
    """
    said = list(statements)
    for kind, slots in said:
        if kind in GOALS and (view := domain.views.get(slots["things"])) is not None:
            return assembled(kind, view, [part_of(view, statement) for statement in said])
    return None


def assembled(goal: str, view: View, parts: Iterable[Part | None]) -> Query:
    """A question of a goal from what its statements add; None adds nothing."""
    query = Query(goal, view)
    for part in parts:
        if part is None:
            continue
        place, value = part
        if place == "show":
            query.show += [a for a in value if a not in query.show]
        elif place == "where":
            query.where += [value] if value not in query.where else []
        elif place == "having":
            query.having += [value] if value not in query.having else []
        else:
            setattr(query, place, value)
    return query


def part_of(view: View, statement: Statement) -> Part | None:
    """What a statement adds to a question about the rows of `view`; None for a goal, and for what makes no sense there."""
    kind, slots = statement
    named = [view.by_phrase.get(slots[gap]) for gap in ("a", "b") if gap in slots]
    if None in named or kind in GOALS:
        return None
    attributes = [a for a in named if a is not None]
    first = attributes[0] if attributes else None
    if kind.startswith("show"):
        return Part("show", attributes)
    if kind == "distinct":
        return Part("distinct", True)
    if kind in AGGREGATES:
        return Part("figure", (kind, first))
    if kind == "group":
        return Part("group", first)
    if kind in DESCENDING:
        return Part("order", (first, DESCENDING[kind]))
    if kind in ("limit", "only first"):
        return Part("limit", slots.get("n", 1))
    condition = _condition(view, kind, first, slots)
    if condition is None:
        return None
    return Part("having" if kind in ("group size", "figure above") else "where", condition)


def _condition(view: View, kind: str, attribute: Attribute | None, slots: dict[str, Any]) -> Condition | None:
    child = None
    if "children" in slots:
        child = next((c for c in view.children if c[1].children == slots["children"]), None)
        if child is None:
            return None
    if kind in DAYS:
        if slots["month"] not in MONTHS:
            return None
        day = f"{slots['year']:04}-{MONTHS.index(slots['month']) + 1:02}-{slots['day']:02}"
        return Condition(kind, attribute, (day,))
    values = [slots[gap] for gap in ("value", "first", "second", "n", "low", "high", "year") if gap in slots]
    return Condition(kind, attribute, tuple(map(plain, values)), child)


def plain(value: Value) -> Value:
    """Whole numbers as int: 300.0 is 300."""
    return int(value) if isinstance(value, float) and value == int(value) else value
