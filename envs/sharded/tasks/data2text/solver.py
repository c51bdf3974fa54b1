"""Reads a table, where it stands and how others were described, and describes the highlighted cells in the same way."""

from __future__ import annotations

from collections.abc import Sequence

from turnbench.envs.sharded.task import Solver
from turnbench.envs.sharded.tasks.data2text.families import BY_HEADER, TITLES, book
from turnbench.envs.sharded.tasks.data2text.family import Family, fill, kind
from turnbench.envs.sharded.tasks.data2text.tables import Table, read_tables
from turnbench.randomness import RandomStream


class Describer(Solver):
    """See the module."""

    def answer(self, system_prompt: str, messages: Sequence[str]) -> str | None:
        """The sentence, once table, highlighted cells, page and section are known. Without examples the first style is
        used; a note is taken up where it was said.
        """
        text = "\n".join(messages)
        marked = [table for table in read_tables(text) if table.marked]
        family = BY_HEADER.get(marked[-1].header) if marked else None
        if family is None:
            return None
        where = _where(family, text)
        number = _focus(family, marked[-1])
        if number is None or not {"title", "section"} <= where.keys():
            return None
        rows = sorted({row for row, _ in marked[-1].marked})
        first, last = (dict(zip(family.columns, marked[-1].rows[row], strict=True)) for row in (rows[0], rows[-1]))
        slots = {**first, **{f"{key}2": cell for key, cell in last.items()}, **where}
        return fill(book(family), kind(family.name, number, _style(family, number, text), "note" in where), slots)

    def guess(self, system_prompt: str, messages: Sequence[str], rng: RandomStream) -> str:
        """About two cells of a row of the table, taken at random; about made-up numbers where no table was shown."""
        tables = read_tables("\n".join(messages))
        if not tables or not tables[0].rows or len(tables[0].header) < 2:
            return f"One entry has {rng.below(1000)} as its first value next to {rng.below(1000)} as its last."
        header, row = tables[0].header, rng.choice(tables[0].rows)
        left, right = rng.sample(range(min(len(header), len(row))), 2)
        return (
            f"One entry has {row[left]} for {header[left].lower()} next to {row[right]} as its {header[right].lower()}."
        )


def _where(family: Family, text: str) -> dict[str, str]:
    """What of title, section and note was said, as it stands in a sentence."""
    said = book(family)
    found = {}
    for statement in TITLES.read(text):
        for inner in said.read(statement.slots["text"]):
            if inner.kind == {"page": "title"}.get(statement.kind, statement.kind):
                found[inner.kind] = str(inner.slots[inner.kind])
    for statement in said.read(text):
        if statement.kind == "note":
            found["note"] = str(statement.slots["note"])
    return found


def _focus(family: Family, table: Table) -> int | None:
    columns = tuple(key for place, key in enumerate(family.columns) if any(k == place for _, k in table.marked))
    rows = len({row for row, _ in table.marked})
    for number, focus in enumerate(family.focuses):
        if rows == focus.rows and set(focus.columns) == set(columns):
            return number
    return None


def _style(family: Family, number: int, text: str) -> int:
    for statement in book(family).read(text):
        if statement.kind.startswith(f"{family.name} {number} "):
            return int(statement.kind.split()[2])
    return 0
