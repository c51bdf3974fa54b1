"""`turnbench scorecard`: results side by side with intervals and paired differences."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from turnbench.scorecard import Scorecard


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("scorecard")(scorecard_command)


def scorecard_command(
    files: Annotated[list[Path], typer.Argument(help="result.json files, or the folders they are in.")],
    as_json: Annotated[bool, typer.Option("--json", help="JSON for programs.")] = False,
    svg: Annotated[Path | None, typer.Option(help="Write the tables as a picture.")] = None,
) -> None:
    """Compare runs: means with 95 % intervals, and paired differences of runs that share seeds."""
    from turnbench.cli.common import picture_console, print_json, save_picture
    from turnbench.errors import UsageError
    from turnbench.journal import is_unfinished
    from turnbench.result import read_result
    from turnbench.scorecard import build_scorecard

    finished = [f for f in files if not is_unfinished(f)]
    if not finished:
        raise UsageError("None of these runs is finished: repeat their commands to go on.")
    for folder in files:
        if folder not in finished:
            print(f"left out: the run in {str(folder)!r} is not finished; repeat its command to go on", file=sys.stderr)
    card = build_scorecard([read_result(f) for f in finished])
    if svg is not None:
        recorded = picture_console()
        print_scorecard(card, recorded)
        save_picture(recorded, svg, "turnbench scorecard")
    if as_json:
        print_json(card.as_json())
    else:
        print_scorecard(card)


def print_scorecard(card: Scorecard, to: Console | None = None) -> None:
    """The scorecard as tables, on `to` or on stdout."""
    from turnbench.cli.common import print_rows

    numeric = ("score", "95 % interval", "turns", "episodes", "instances", "failed", "difference", "resolves")
    print_rows(
        "Scorecard",
        (
            "environment",
            "agent",
            "split",
            "score",
            "95 % interval",
            "turns",
            "episodes",
            "instances",
            "failed",
        ),
        [
            (
                r.environment + r.environment_settings + ("" if r.ranked else " (unranked)"),
                r.agent,
                r.split,
                "-" if r.mean_score is None else f"{r.mean_score:.3f}",
                "every episode failed" if r.low is None else f"{r.low:.3f} to {r.high:.3f}",
                f"{r.mean_turns:.1f}",
                str(r.episodes),
                str(r.instances),
                str(r.failed),
            )
            for r in card.rows
        ],
        numeric,
        to,
    )
    if card.comparisons:
        print_rows(
            "Paired differences (same seeds)",
            ("environment", "a", "b", "difference", "95 % interval", "resolves", "verdict"),
            [
                (
                    c.environment + c.environment_settings,
                    c.a,
                    c.b,
                    f"{c.difference.mean:+.3f}",
                    f"{c.difference.low:+.3f} to {c.difference.high:+.3f}",
                    f"{c.difference.resolvable:.3f}",
                    c.verdict,
                )
                for c in card.comparisons
            ],
            numeric,
            to,
        )
