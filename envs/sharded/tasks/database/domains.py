"""How a domain is described: its tables, what can be said of their columns, and the schema a player is shown.

A domain is a small database from some walk of life. Users do not speak of columns but of attributes as seen from the
things they ask about: a loan has a "genre of the book", and that it takes a join to get there is for the assistant to see.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

LABEL, CATEGORY, AMOUNT, LEVEL, DATE = "label", "category", "amount", "level", "date"
"""Kinds of columns: names that are nearly unique; few values that repeat; numbers that can be added up; numbers that
cannot (a year, an age); days, as text in the form YYYY-MM-DD.
"""
_DAY = "YYYY-MM-DD"


@dataclass(frozen=True)
class Column:
    """A column that can be spoken of."""

    name: str
    kind: str
    nouns: tuple[str, ...]
    """Ways to name it after "the", singular; at least two."""
    words: tuple[tuple[str, ...], ...] = ()
    """Labels: pools whose words are joined, one from each. Categories: one pool, the values."""
    low: int = 0
    high: int = 0
    """Numbers: both ends, counted in steps. Days: first and last year."""
    step: float = 1
    """Numbers: size of a step; not a whole number for sums of money and the like."""
    optional: bool = False
    """May be NULL (days only)."""

    @property
    def sql(self) -> str:
        """Its line in CREATE TABLE without comma and comment."""
        if self.kind in (AMOUNT, LEVEL):
            return f"{self.name} {'INTEGER' if self.step == int(self.step) else 'REAL'}"
        return f"{self.name} TEXT"

    @property
    def comment(self) -> str:
        """What a reader of the schema could not know."""
        if self.kind != DATE:
            return ""
        return f"{_DAY} or NULL" if self.optional else _DAY


@dataclass(frozen=True)
class Ref:
    """A foreign key, and how both sides speak of each other."""

    name: str
    table: str
    role: str
    """What the row it points to is to this one: "book", "home team"."""
    children: str
    """What these rows are to the one pointed to, plural: "loans"."""
    comment: ClassVar[str] = ""

    @property
    def sql(self) -> str:
        """Its line in CREATE TABLE without comma."""
        return f"{self.name} INTEGER NOT NULL REFERENCES {self.table}"


@dataclass(frozen=True, eq=False)
class Table:
    """A table; `name` is the SQL name, `things` what its rows are called, plural."""

    name: str
    things: str
    key: str
    columns: tuple[Column | Ref, ...]
    size: tuple[int, int] = (20, 30)
    """Fewest and most rows."""

    @cached_property
    def place(self) -> dict[str, int]:
        """Where the value of a column stands in a row; the key comes first."""
        return {c.name: i for i, c in enumerate(self.columns, start=1)}

    @property
    def sql(self) -> str:
        """Its CREATE TABLE statement."""
        lines = [(f"{self.key} INTEGER PRIMARY KEY", ""), *((c.sql, c.comment) for c in self.columns)]
        last = len(lines) - 1
        written = [
            f"  {line}{'' if i == last else ','}{f' -- {comment}' if comment else ''}"
            for i, (line, comment) in enumerate(lines)
        ]
        return "\n".join([f"CREATE TABLE {self.name} (", *written, ");"])


@dataclass(frozen=True, eq=False)
class Attribute:
    """A column as seen from the rows of a table: its own, or one reached through foreign keys."""

    path: tuple[Ref, ...]
    table: str
    column: Column

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """Ways to name it after "the"."""
        if not self.path:
            return self.column.nouns
        owner = "'s ".join(ref.role for ref in self.path)
        return tuple(f"{noun} of the {owner}" for noun in self.column.nouns)


@dataclass(frozen=True, eq=False)
class Domain:
    """A database of some walk of life; tables stand after those they point to."""

    name: str
    tables: tuple[Table, ...]

    @cached_property
    def schema(self) -> str:
        """All CREATE TABLE statements, as players see them."""
        return "\n".join(table.sql for table in self.tables)

    @cached_property
    def outline(self) -> str:
        """Tables and columns in a few words, a line each: "fields (field_id, field_name, soil)"."""
        return "\n".join(f"{t.name} ({', '.join([t.key, *(c.name for c in t.columns)])})" for t in self.tables)

    @cached_property
    def views(self) -> dict[str, View]:
        """How the database looks from each table, by what its rows are called."""
        return {t.things: View(t, tuple(self._reachable(t, ())), self._children(t), self._named) for t in self.tables}

    @cached_property
    def _named(self) -> dict[str, Table]:
        return {t.name: t for t in self.tables}

    def _reachable(self, table: Table, path: tuple[Ref, ...]) -> list[Attribute]:
        own = [Attribute(path, table.name, c) for c in table.columns if isinstance(c, Column)]
        for ref in (c for c in table.columns if isinstance(c, Ref)):
            own += self._reachable(self._named[ref.table], (*path, ref))
        return own

    def _children(self, of: Table) -> tuple[tuple[Table, Ref], ...]:
        refs = ((t, c) for t in self.tables for c in t.columns if isinstance(c, Ref))
        return tuple((t, ref) for t, ref in refs if ref.table == of.name)


@dataclass(frozen=True, eq=False)
class View:
    """What can be said of the rows of one table."""

    table: Table
    attributes: tuple[Attribute, ...]
    children: tuple[tuple[Table, Ref], ...]
    """Tables that point here, and by which key."""
    tables: dict[str, Table]
    """All tables of the database by SQL name."""

    @cached_property
    def by_phrase(self) -> dict[str, Attribute]:
        """Attributes by every way to name them."""
        return {phrase: a for a in self.attributes for phrase in a.phrases}

    def of_kind(self, *kinds: str) -> list[Attribute]:
        """Attributes of these kinds that are never NULL."""
        return [a for a in self.attributes if a.column.kind in kinds and not a.column.optional]
