"""What a person sees of a training run: a live table on a terminal, one line every ten seconds when piped."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.table import Table

_EVERY_S = 10.0
Show = Callable[[dict[str, Any]], None]


@contextmanager
def training_display(title: str, enabled: bool = True) -> Iterator[Show | None]:
    """Yields what `train` takes as `progress`; all of it goes to stderr."""
    if not enabled:
        yield None
        return
    board = _Board(title)
    if sys.stderr.isatty():
        with Live(board.table(), console=Console(stderr=True), refresh_per_second=4) as live:

            def show(row: dict[str, Any]) -> None:
                board.add(row)
                live.update(board.table())

            yield show
        return
    last = 0.0

    def line(row: dict[str, Any]) -> None:
        nonlocal last
        board.add(row)
        if time.monotonic() - last > _EVERY_S or board.share >= 1:
            last = time.monotonic()
            print(f"{title}: {board.line()}", file=sys.stderr)

    yield line


class _Board:
    """The last rows, and what follows from them."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.rows: list[dict[str, Any]] = []
        self.held_out: dict[str, float] | None = None
        self.started = time.monotonic()
        self.first: dict[str, Any] | None = None

    def add(self, row: dict[str, Any]) -> None:
        self.first = self.first or row
        self.rows = [*self.rows[-19:], row]
        self.held_out = row.get("held_out", self.held_out)

    @property
    def share(self) -> float:
        return float(self.rows[-1].get("share", 0.0)) if self.rows else 0.0

    def numbers(self) -> list[tuple[str, str]]:
        """(name, value) of what is shown now, means over the last twenty rows."""
        row = self.rows[-1]
        out: list[tuple[str, str]] = []
        if "loss" in row and isinstance(row["loss"], dict):
            out += [(f"loss of {k}", f"{v:.3f}") for k, v in row["loss"].items()]
            out += [(f"right in {k}", f"{v:.3f}") for k, v in row.get("right", {}).items()]
            out += [(f"held-out {k}", f"{v:.3f}") for k, v in (self.held_out or {}).items()]
        else:
            for name in ("reward", "success"):
                out.append((name, f"{self._mean(name):.3f}"))
            for name in ("score", "success"):
                held = "-" if self.held_out is None else f"{self.held_out[name]:.3f}"
                out.append((f"held-out {name}", held))
            for name in ("entropy", "kl", "clipped", "dead_groups"):
                out.append((name.replace("_", " "), f"{self._mean(name):.3f}"))
        seconds = self.rows[-1]["seconds"] - self.rows[0]["seconds"]
        tokens = "tokens" if "tokens" in row else "processed_tokens"
        rate = (row[tokens] - self.rows[0][tokens]) / seconds if seconds > 0 else 0.0
        out.append(("tokens/s", f"{rate:,.0f}" if rate else "-"))
        out.append(("time left", self._left()))
        return out

    def _mean(self, name: str) -> float:
        return float(sum(r[name] for r in self.rows) / len(self.rows))

    def _left(self) -> str:
        first, row = self.first, self.rows[-1]
        done = self.share - (first or {}).get("share", 0.0)
        if first is None or done <= 0:
            return "-"
        seconds = (row["seconds"] - first["seconds"]) / done * (1 - self.share)
        return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"

    def line(self) -> str:
        at = self.rows[-1].get("update", self.rows[-1].get("step"))
        return f"{at} ({self.share:.0%}), " + ", ".join(f"{k} {v}" for k, v in self.numbers())

    def table(self) -> Table:
        table = Table(title=self.title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
        table.add_column("done")
        if not self.rows:
            table.add_row("starting ...")
            return table
        numbers = self.numbers()
        for name, _ in numbers:
            table.add_column(name, justify="right")
        at = self.rows[-1].get("update", self.rows[-1].get("step"))
        table.add_row(f"{at} ({self.share:.0%})", *(v for _, v in numbers))
        return table
