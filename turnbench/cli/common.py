"""What the commands share: arguments as NAME=VALUE, plain or rich output, one console."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from turnbench.errors import UsageError


def console() -> Console:
    """Rich on a terminal; plain text of full width when piped."""
    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(highlight=False, no_color=True, width=200, soft_wrap=True)


def parse_pairs(pairs: Sequence[str], option: str) -> dict[str, Any]:
    """["budget=10", "candidates=true"] as a dict; a value is JSON where it parses, else text.

    Raises:
        UsageError: an entry without "=".
    """
    out: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"{option} takes NAME=VALUE, not {pair!r}.")
        try:
            out[name.replace("-", "_")] = json.loads(value)
        except json.JSONDecodeError:
            out[name.replace("-", "_")] = value
    return out


def print_json(data: Any) -> None:
    """JSON on stdout for programs."""
    print(json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False))


def print_rows(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[str] = ()) -> None:
    """A table on a terminal; tab-separated lines under a header when piped."""
    if not sys.stdout.isatty():
        print("\t".join(columns))
        for row in rows:
            print("\t".join(row))
        return
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console().print(table)
