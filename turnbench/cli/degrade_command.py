"""`turnbench degrade`: the same instances in several settings, and what is lost between them."""

from __future__ import annotations

import re
import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("degrade")(degrade_command)


def degrade_command(
    agent: Annotated[str, typer.Option(help="As for `turnbench run`.")],
    tasks: Annotated[
        str,
        typer.Option(
            help="Worlds, by comma: ids or parts of their names (math,code); if not given, all that reveal a task bit by bit."
        ),
    ] = "",
    n: Annotated[int, typer.Option(help="Runs of each instruction in every setting.")] = 10,
    instances: Annotated[int, typer.Option(help="Instructions of each world.")] = 20,
    settings: Annotated[
        str, typer.Option(help="By comma; if not given, full,concat,sharded,recap,snowball,user-turns-only.")
    ] = "",
    also: Annotated[
        str,
        typer.Option(help="Further settings, by comma: shuffle-concat, or gradual (the pieces in 1, 2, ... messages)."),
    ] = "",
    split: Annotated[str, typer.Option(help="train, validation, test or all.")] = "test",
    seed: Annotated[int, typer.Option(help="First instance.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder; a stopped comparison goes on there. If not given, runs/degrade/AGENT.")
    ] = None,
    arg: Annotated[list[str] | None, typer.Option(help="Environment argument NAME=VALUE; may be repeated.")] = None,
    lock_in: Annotated[
        bool,
        typer.Option(
            "--lock-in/--no-lock-in", help="Also play conversations with a wrong answer put into the first turn."
        ),
    ] = False,
    published: Annotated[
        bool, typer.Option("--published", help="Add the published table of 15 models to the report.")
    ] = False,
    concurrency: Annotated[int, typer.Option("--concurrency", "--batch-size", help="Conversations in flight.")] = 64,
    name: Annotated[str | None, typer.Option(help="The agent's name in the report.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Where an openai: agent's server is, up to /v1.")] = None,
    agent_arg: Annotated[
        list[str] | None, typer.Option(help="Setting of the agent NAME=VALUE; may be repeated.")
    ] = None,
    max_cost: Annotated[float | None, typer.Option(help="Stop when so much is spent in all; needs prices.")] = None,
    max_tokens_total: Annotated[int | None, typer.Option(help="Stop when so many tokens are used in all.")] = None,
    price_in: Annotated[float | None, typer.Option(help="Price of a million prompt tokens.")] = None,
    price_out: Annotated[float | None, typer.Option(help="Price of a million completion tokens.")] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Play conversations that failed again.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> None:
    """Measure what an agent loses when a task is revealed bit by bit; stop it at any time, the same command goes on."""
    from turnbench.cli.common import console, parse_pairs, print_json
    from turnbench.cli.degrade_view import show_comparison
    from turnbench.cli.progress import degrade_display
    from turnbench.degradation.lockin import LockIn, can_lock_in
    from turnbench.degradation.lockin import lock_in as measure_lock_in
    from turnbench.degradation.plan import USUAL, degrade, plan, worlds_named
    from turnbench.degradation.report import as_json as report_json
    from turnbench.degradation.report import failures_in, markdown
    from turnbench.errors import EveryEpisodeFailed, UsageError
    from turnbench.registry import env_class
    from turnbench.result import write_atomically

    folder = out or Path("runs/degrade") / re.sub(r"[^\w.=]+", "_", name or agent)
    worlds = worlds_named(_parts(tasks))
    usual = [s for s in USUAL if any(s in env_class(world).reveals for world in worlds)]
    chosen = [*(_parts(settings) or usual), *_parts(also)]
    options = parse_pairs(agent_arg or [], "--agent-arg")
    if base_url is not None:
        options["base_url"] = base_url
    arguments = parse_pairs(arg or [], "--arg")
    limits = {"max_cost": max_cost, "max_tokens_total": max_tokens_total, "price_in": price_in, "price_out": price_out}
    warnings.simplefilter("ignore", EveryEpisodeFailed)  # the report says so
    jobs, _ = plan(worlds, chosen, instances=instances, n=n, split=split, first_seed=seed, arguments=arguments)
    with degrade_display(name or agent, len(jobs), instances * n, enabled=not quiet and not as_json) as show:
        played = degrade(
            agent, worlds, out=folder, settings=chosen, instances=instances, n=n, split=split, first_seed=seed,
            arguments=arguments, batch_size=concurrency, progress=show, name=name, agent_options=options, limits=limits,
            retry_failed=retry_failed,
        )  # fmt: skip
    locked: dict[str, LockIn] = {}
    if lock_in:
        for world in worlds:
            if not can_lock_in(world, split=split, **{**arguments, "reveal": "sharded"}):
                print(f"no lock-in in {world}: it has no wrong answer to commit to", file=sys.stderr)
                continue
            locked[world] = measure_lock_in(
                agent, world, out=folder, instances=instances, n=n, split=split, first_seed=seed, arguments=arguments,
                batch_size=concurrency, name=name, agent_options=options, limits=limits,
            )  # fmt: skip
    write_atomically(folder / "report.md", markdown(played, locked, published))
    drawn = _drawn(played, folder / "report.svg")
    if as_json:
        print_json(report_json(played, locked))
        return
    if sys.stdout.isatty():
        show_comparison(played, locked, console())
    else:
        print(markdown(played, locked, published))
    print(f"whole report: {folder / 'report.md'}{f', {drawn}' if drawn else ''}", file=sys.stderr)
    if failures_in(played):
        print("the same command with --retry-failed plays the failed conversations again", file=sys.stderr)
    if all(e.failure is not None for cell in played.cells.values() for e in cell.result.episodes):
        raise UsageError("every conversation failed, so nothing was measured.")


def _parts(listed: str) -> list[str]:
    return [part.strip() for part in listed.split(",") if part.strip()]


def _drawn(played: object, path: Path) -> Path | None:
    """The figure, where matplotlib is installed."""
    from turnbench.degradation.figure import draw

    try:
        draw(played, path)  # type: ignore[arg-type]
    except ModuleNotFoundError:
        print("no figure: it needs matplotlib (pip install matplotlib)", file=sys.stderr)
        return None
    return path
