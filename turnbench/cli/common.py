"""What the commands share: arguments as NAME=VALUE, plain or rich output, one console."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.terminal_theme import SVG_EXPORT_THEME

from turnbench.errors import UsageError
from turnbench.result import write_atomically


def console() -> Console:
    """Rich on a terminal; plain text of full width when piped."""
    if sys.stdout.isatty():
        return Console(highlight=False, emoji=False)
    return Console(highlight=False, emoji=False, no_color=True, width=200, soft_wrap=True)


def parse_pairs(pairs: Sequence[str], option: str) -> dict[str, Any]:
    """["budget=10", "candidates=true"] as a dict; a value is JSON (or Python's True, False, None) where it parses, else text.

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
            out[name.replace("-", "_")] = {"True": True, "False": False, "None": None}.get(value, value)
    return out


def print_json(data: Any) -> None:
    """JSON on stdout for programs."""
    print(json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False))


def picture_console(width: int = 110) -> Console:
    """A console that records what would be on a terminal of this width, for `save_picture`."""
    return Console(
        record=True,
        width=width,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        highlight=False,
        emoji=False,
    )


def save_picture(recorded: Console, path: Path, title: str) -> None:
    """What a `picture_console` recorded, as an SVG that needs nothing from the network."""
    plain = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    write_atomically(
        path, recorded.export_svg(title=title, theme=SVG_EXPORT_THEME, code_format=plain, unique_id="turnbench")
    )


def print_rows(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: Sequence[str] = (),
    to: Console | None = None,
) -> None:
    """A table on a terminal (or on `to`); tab-separated lines under a header when piped."""
    if to is None and not sys.stdout.isatty():
        print("\t".join(columns))
        for row in rows:
            print("\t".join(row))
        return
    table = Table(
        title=title, title_justify="left", title_style="bold", header_style="bold", pad_edge=False, box=SIMPLE_HEAD
    )
    for column in columns:
        table.add_column(column, justify="right" if column in numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    (to or console()).print(table)
