"""Tables as HTML, the way the published data shows them, and back."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

_TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
_MARK = "highlighted"


class Table(NamedTuple):
    """A table that was read."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: tuple[tuple[int, int], ...]
    """Highlighted cells as (row, column), from 0, the header not counted."""


def html(header: Sequence[str], rows: Sequence[Sequence[str]], marked: Collection[tuple[int, int]] = ()) -> str:
    """A row a line; cells hold plain words and numbers, which need no escapes."""
    lines = ["<table>", "<tr>" + "".join(f"<th>{cell}</th>" for cell in header) + "</tr>"]
    for r, row in enumerate(rows):
        cells = (f'<td class="{_MARK}">{c}</td>' if (r, k) in marked else f"<td>{c}</td>" for k, c in enumerate(row))
        lines.append("<tr>" + "".join(cells) + "</tr>")
    return "\n".join([*lines, "</table>"])


def read_tables(text: str) -> list[Table]:
    """All tables in a text that `html` wrote, in order."""
    return [_read(body) for body in _TABLE.findall(text)]


def _read(body: str) -> Table:
    lines = [line for line in body.splitlines() if line.startswith("<tr>")]
    header = tuple(re.findall(r"<th>([^<]*)</th>", lines[0])) if lines else ()
    cells = [re.findall(r'<td( class="highlighted")?>([^<]*)</td>', line) for line in lines[1:]]
    marked = tuple((r, k) for r, row in enumerate(cells) for k, (mark, _) in enumerate(row) if mark)
    return Table(header, tuple(tuple(cell for _, cell in row) for row in cells), marked)
