"""Draws the statements of a question so that each of them takes part in deciding the result.

Filters are drawn from values that survived the filters before: each leaves something out and something over, and a
boundary is a value that occurs, so that "more than" and "at least" differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from turnbench.envs.sharded.tasks.database.domains import AMOUNT, CATEGORY, DATE, LABEL, LEVEL, Attribute
from turnbench.envs.sharded.tasks.database.evaluate import Evaluation
from turnbench.envs.sharded.tasks.database.question import MONTHS, Part, Query, assembled, part_of, plain
from turnbench.envs.sharded.wording import Statement
from turnbench.randomness import RandomStream

FEWEST_ROWS = 3
"""That all filters together leave."""
_MOST_LINES = 6
"""Of a result with a limit."""
_PLENTY = 20
"""Rows from which on a filter may leave only a small part."""
_TRIES = 8
"""Draws of one part before the whole question is given up."""
_UP_DOWN = {
    AMOUNT: ("low first", "high first"), LEVEL: ("low first", "high first"), LABEL: ("a to z", "z to a"),
    CATEGORY: ("a to z", "z to a"), DATE: ("old first", "new first"),
}  # fmt: skip


class Draft:
    """A question in the making.

    Args:
        rows: the rows asked about, and what they point to.
        goal: kind of question.
        rng: where every draw comes from.
    """

    def __init__(self, rows: Evaluation, goal: str, rng: RandomStream) -> None:
        self._goal, self._rows, self._rng = goal, rows, rng
        self._view = rows.view
        self._things = self._view.table.things
        self.statements = [Statement(goal, {"things": self._things})]
        self._parts: list[Part | None] = []
        self._used: list[Attribute] = []
        self._kept = rows.kept(self._query())

    def add(self, part: str) -> bool:
        """Draw a statement for a part of a plan ("filter", "show", ...); False where none was found."""
        draw: Callable[[], Statement | None] = getattr(self, f"_{part}")
        for _ in range(_TRIES):
            if (statement := draw()) is not None:
                self.statements.append(statement)
                self._parts.append(part_of(self._view, statement))
                return True
        return False

    # Filters ---------------------------------------------------------------------------------------------------------

    def _filter(self) -> Statement | None:
        """About any attribute; every other time one of another table, where there is one."""
        near, far = self._unused(0), self._unused(1)
        among = far if far and self._rng.below(2) else near
        return self._narrowed(self._rng.choice(among)) if among else None

    def _join(self) -> Statement | None:
        """About an attribute of another table."""
        far = self._unused(1)
        return self._narrowed(self._rng.choice(far)) if far else None

    def _special(self) -> Statement | None:
        """One that takes a subquery or a NULL: above average, with or without children, still missing."""
        options: list[Callable[[], Statement | None]] = []
        if numbers := [a for a in self._unused(0) if a.column.kind in (AMOUNT, LEVEL)]:
            options.append(lambda: self._keep("above average", self._rng.choice(numbers)))
        if self._view.children:
            options += [self._children] * 2
        if optional := [a for a in self._unused(0) if a.column.optional]:
            options.append(lambda: self._keep(self._rng.choice(("missing", "present")), optional[0]))
        return self._rng.choice(options)() if options else None

    def _children(self) -> Statement | None:
        _, ref = self._rng.choice(self._view.children)
        kind = self._rng.choice(("with children", "without children"))
        number = {"n": 1 + self._rng.below(3)} if kind == "with children" else {}
        return self._keep(kind, None, children=ref.children, **number)

    def _unused(self, steps: int) -> list[Attribute]:
        """Attributes not spoken of yet: own ones (0), or those that take a join (1)."""
        return [a for a in self._view.attributes if (len(a.path) > 0) == bool(steps) and a not in self._used]

    def _narrowed(self, attribute: Attribute) -> Statement | None:
        values = self._values(attribute)
        if len(values) < 2:
            return None
        if attribute.column.kind == CATEGORY:
            return self._category(attribute, values)
        if attribute.column.kind == LABEL and self._left > _PLENTY:
            return self._keep("begins", attribute, value=str(self._rng.choice(values))[0])
        if len(values) < 4 or attribute.column.kind == LABEL:
            return None
        if attribute.column.kind == DATE:
            return self._date(attribute, values)
        return self._number(attribute, values)

    def _category(self, attribute: Attribute, values: Sequence[Any]) -> Statement | None:
        kind = self._rng.choice(("is", "is not", "either") if self._left > _PLENTY else ("is not", "either"))
        if kind == "either" and len(values) > 2:
            first, second = sorted(self._rng.sample(values, 2))
            return self._keep(kind, attribute, first=first, second=second)
        return self._keep("is not" if kind == "is not" else "is", attribute, value=self._rng.choice(values))

    def _number(self, attribute: Attribute, values: Sequence[Any]) -> Statement | None:
        kind = self._rng.choice(("at least", "above", "at most", "below", "between"))
        if kind != "between":
            return self._keep(kind, attribute, n=self._boundary(kind, values))
        quarter = len(values) // 4
        low, high = 1 + self._rng.below(quarter), len(values) - 2 - self._rng.below(quarter)
        return self._keep(kind, attribute, low=values[low], high=values[high]) if low < high else None

    def _date(self, attribute: Attribute, values: Sequence[Any]) -> Statement | None:
        kind = self._rng.choice(("since", "after", "until", "before", "in year"))
        if kind == "in year":
            return self._keep(kind, attribute, year=int(self._rng.choice(values)[:4]))
        year, month, day = map(int, self._boundary(kind, values).split("-"))
        return self._keep(kind, attribute, day=day, month=MONTHS[month - 1], year=year)

    def _boundary(self, kind: str, values: Sequence[Any]) -> Any:
        """A value that leaves more than half, and neither all nor nothing."""
        some = 1 + self._rng.below(max(1, len(values) // 2))
        return values[some] if kind in ("at least", "above", "since", "after") else values[-1 - some]

    def _keep(self, kind: str, attribute: Attribute | None, **slots: Any) -> Statement | None:
        """The filter, if it leaves something out and enough over."""
        statement = self._statement(kind, attribute, **slots)
        part = part_of(self._view, statement)
        kept = self._kept if part is None else self._kept & self._rows.holds(part.value)
        if not FEWEST_ROWS <= kept.bit_count() < self._left:
            return None
        self._kept = kept
        if attribute is not None:
            self._used.append(attribute)
        return statement

    # Columns, figures and groups -------------------------------------------------------------------------------------

    def _show(self) -> Statement | None:
        fitting = [a for a in self._shown_of(CATEGORY, LABEL, DATE, AMOUNT, LEVEL) if len(a.path) < 2]
        count = min(1 + self._rng.below(2), len(fitting))
        return self._showing(self._rng.sample(fitting, count)) if fitting else None

    def _values_shown(self) -> Statement | None:
        """One column in which values repeat."""
        fitting = self._shown_of(CATEGORY)
        return self._showing([self._rng.choice(fitting)]) if fitting else None

    def _pairs_shown(self) -> Statement | None:
        """Two columns in which pairs of values repeat."""
        fitting = self._shown_of(CATEGORY)
        return self._showing(self._rng.sample(fitting, 2)) if len(fitting) > 1 else None

    def _too(self) -> Statement | None:
        """A further column, of another table where there is one."""
        fitting = self._shown_of(CATEGORY, LABEL, DATE, AMOUNT, LEVEL)
        chosen = self._rng.choice([a for a in fitting if a.path] or fitting) if fitting else None
        if chosen is None:
            return None
        self._used.append(chosen)
        return self._statement("show too", chosen)

    def _shown_of(self, *kinds: str) -> list[Attribute]:
        return [a for a in self._view.of_kind(*kinds) if a not in self._used]

    def _showing(self, attributes: Sequence[Attribute]) -> Statement:
        self._used += attributes
        if len(attributes) == 1:
            return self._statement("show", attributes[0])
        first, second = attributes
        return self._statement("show two", first, b=second.phrases[0])

    def _distinct(self) -> Statement | None:
        return self._statement("distinct", None)

    def _measure(self) -> Statement | None:
        """The figure of a question for one number."""
        kind = self._rng.choice(("total", "average", "smallest", "largest", "different"))
        kinds = {"total": (AMOUNT,), "different": (CATEGORY, LABEL)}.get(kind, (AMOUNT, LEVEL))
        fitting = self._shown_of(*kinds)
        if not fitting:
            return None
        attribute = self._rng.choice(fitting)
        self._used.append(attribute)
        return self._statement(kind, attribute)

    def _figure(self) -> Statement | None:
        """The figure of a breakdown."""
        return self._measure() if self._rng.below(3) else self._statement("number", None)

    def _group(self) -> Statement | None:
        names = [a for a in self._view.of_kind(LABEL) if len(a.path) == 1]
        fitting = [a for a in (*self._view.of_kind(CATEGORY), *names) if a not in self._used]
        if not fitting:
            return None
        attribute = self._rng.choice(fitting)
        self._used.append(attribute)
        return self._statement("group", attribute)

    def _having(self) -> Statement | None:
        """A condition on the groups."""
        if self._rng.below(2):
            sizes, kind = self._lines("number"), "group size"
        else:
            sizes, kind = self._lines(), "figure above"
        values = sorted({row[-1] for row in sizes})
        if len(values) < 3:
            return None
        if kind == "group size":
            return self._statement(kind, None, n=values[1 + self._rng.below(len(values) - 2)])
        return self._statement(kind, None, n=int(values[self._rng.below(len(values) - 2)]))

    # Order and limit -------------------------------------------------------------------------------------------------

    def _order(self) -> Statement | None:
        """By an attribute none of whose values occurs twice."""
        fitting = self._view.of_kind(AMOUNT, LEVEL, DATE, LABEL)
        attribute = self._rng.choice(fitting)
        if len(self._values(attribute)) < self._left:
            return None
        return self._statement(self._rng.choice(_UP_DOWN[attribute.column.kind]), attribute)

    def _order_shown(self) -> Statement | None:
        """By the one column that is shown, or the one that forms the groups."""
        query = self._query()
        attribute = query.group or query.show[0]
        return self._statement(self._rng.choice(_UP_DOWN[attribute.column.kind]), attribute)

    def _order_figure(self) -> Statement | None:
        figures = [row[-1] for row in self._lines()]
        if len(set(figures)) < len(figures):
            return None
        return self._statement(self._rng.choice(("figure up", "figure down")), None)

    def _limit(self) -> Statement | None:
        most = min(_MOST_LINES, len(self._lines()) - 1)
        if most < 1:
            return None
        n = 1 + self._rng.below(most)
        return self._statement("only first", None) if n == 1 else self._statement("limit", None, n=n)

    # The rows --------------------------------------------------------------------------------------------------------

    def _statement(self, kind: str, attribute: Attribute | None, **slots: Any) -> Statement:
        named = {} if attribute is None else {"a": attribute.phrases[0]}
        return Statement(kind, {"things": self._things, **named, **{gap: plain(value) for gap, value in slots.items()}})

    @property
    def _left(self) -> int:
        """How many rows pass all filters so far."""
        return self._kept.bit_count()

    def _query(self) -> Query:
        return assembled(self._goal, self._view, self._parts)

    def _values(self, attribute: Attribute) -> list[Any]:
        """What the attribute is in the rows that are left, sorted, each value once and without NULL."""
        values = self._rows.values(attribute)
        return sorted({v for row in self._rows.places(self._kept) if (v := values[row]) is not None})

    def _lines(self, figure: str = "") -> list[tuple[Any, ...]]:
        """The result so far, with another figure if one is given; none while it is not complete."""
        query = self._query()
        if figure:
            query.figure = figure, None
        return self._rows.result(query).rows if query.complete else []
