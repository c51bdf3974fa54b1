"""A comparison on a terminal: a screenful, 80 characters wide; everything else is in the report."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from turnbench.degradation.comparison import Comparison, short_name
from turnbench.degradation.gradual import gradual_steps
from turnbench.degradation.lockin import LockIn
from turnbench.degradation.report import against_full, failures_in, metrics_in, shortfalls_in, used_in


def show_comparison(played: Comparison, locked: Mapping[str, LockIn], out: Console) -> None:
    """Settings over all worlds, performance by world, by number of messages, and lock-in, as far as they were played."""
    out.print(_settings(played))
    out.print(
        "[dim]in percent. P: mean performance and its 95 % interval; A90: an instruction's runs at their best; U: from there to "
        "their worst;\nfirst, last: of a conversation's attempts; p: that chance alone makes it differ as much from FULL.[/]"
    )
    for line in shortfalls_in(played):
        out.print(f"[bold yellow]{escape(line)}[/]")
    for who, used in used_in(played, locked).items():
        out.print(f"[dim]used by the {who}: {used}[/]")
    if len(played.worlds) > 1:
        out.print(_worlds(played))
    if played.gradual:
        out.print(_messages(played))
    if locked:
        out.print(_lock_in(locked))
    for line in failures_in(played):
        out.print(f"[red]{escape(line)}[/]")


def _table(title: str, first: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(first, no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", vertical="bottom")
    return table


def _settings(played: Comparison) -> Table:
    table = _table(escape(played.agent), "setting", "P", "95 %", "A90", "U", "first", "last", "of FULL", "p")
    for setting in played.settings:
        m, versus = metrics_in(played.of(setting)), against_full(played, setting)
        share = versus[0] if versus is not None else None
        table.add_row(
            setting,
            f"{m.performance.value:.1f}",
            f"{m.performance.low:.0f}-{m.performance.high:.0f}",
            f"{m.aptitude.value:.0f}",
            f"{m.unreliability.value:.0f}" if m.runs > 1 else "-",
            f"{m.first:.0f}",
            f"{m.last:.0f}",
            "" if share is None else f"{share.value:.0f} %",
            "" if versus is None else f"{versus[1].p_value:.4f}",
        )
    return table


def _worlds(played: Comparison) -> Table:
    table = _table("\nP by world", "world", *(s.replace("-", " ") for s in played.settings))
    for world in played.worlds:
        cells = [played.cells.get((world, setting)) for setting in played.settings]
        table.add_row(
            short_name(world), *("-" if c is None else f"{metrics_in([c]).performance.value:.1f}" for c in cells)
        )
    return table


def _messages(played: Comparison) -> Table:
    steps = gradual_steps(played)
    table = _table("\nP by number of messages", "world", *(str(step.messages) for step in steps))
    rows = {"all": steps, **{short_name(w): gradual_steps(played, [w]) for w in played.pieces}}
    if len(played.pieces) == 1:
        del rows["all"]
    for world, found in rows.items():
        table.add_row(world, *(f"{step.metrics.performance.value:.1f}" for step in found))
    return table


def _lock_in(locked: Mapping[str, LockIn]) -> Table:
    table = _table("\nLock-in: P after a wrong first answer", "world", "with", "without", "difference", "p")
    for world, x in locked.items():
        d = x.difference
        row = (f"{x.committed:.1f}", f"{x.uncommitted:.1f}", f"{d.difference.value:+.1f}", f"{d.p_value:.4f}")
        table.add_row(short_name(world), *row)
    return table
