"""`turnbench degrade`: the same instances in several settings, and what is lost between them."""

from __future__ import annotations

import re
import sys
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
            help="Worlds, by comma: ids or parts of their names (math,code). [default: all that reveal a task bit by bit]"
        ),
    ] = "",
    n: Annotated[int, typer.Option(help="Runs of each instruction in every setting.")] = 10,
    instances: Annotated[int, typer.Option(help="Instructions of each world.")] = 20,
    settings: Annotated[
        str, typer.Option(help="By comma. [default: full,concat,sharded,recap,snowball,user-turns-only]")
    ] = "",
    split: Annotated[str, typer.Option(help="train, validation, test or all.")] = "test",
    seed: Annotated[int, typer.Option(help="First instance.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder; a stopped comparison goes on there. [default: runs/degrade/AGENT]")
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
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> None:
    """Measure what an agent loses when a task is revealed bit by bit; stop it at any time, the same command goes on."""
    from turnbench.cli.common import console, parse_pairs, print_json
    from turnbench.cli.progress import degrade_display
    from turnbench.degradation.lockin import LockIn, can_lock_in
    from turnbench.degradation.lockin import lock_in as measure_lock_in
    from turnbench.degradation.plan import USUAL, degrade, worlds_named
    from turnbench.degradation.report import as_json as report_json
    from turnbench.degradation.report import markdown
    from turnbench.registry import env_class
    from turnbench.result import write_atomically

    folder = out or Path("runs/degrade") / re.sub(r"[^\w.=]+", "_", name or agent)
    worlds = worlds_named([t.strip() for t in tasks.split(",") if t.strip()])
    chosen = [s.strip() for s in settings.split(",") if s.strip()]
    options = parse_pairs(agent_arg or [], "--agent-arg")
    if base_url is not None:
        options["base_url"] = base_url
    arguments = parse_pairs(arg or [], "--arg")
    limits = {"max_cost": max_cost, "max_tokens_total": max_tokens_total, "price_in": price_in, "price_out": price_out}
    cells = sum(len([s for s in chosen or USUAL if s in env_class(w).reveals]) for w in worlds)
    with degrade_display(name or agent, cells, instances * n, enabled=not quiet and not as_json) as show:
        played = degrade(
            agent, worlds, out=folder, settings=chosen, instances=instances, n=n, split=split, first_seed=seed,
            arguments=arguments, batch_size=concurrency, progress=show, name=name, agent_options=options, limits=limits,
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
    from rich.markdown import Markdown

    if sys.stdout.isatty():
        console().print(Markdown(markdown(played, locked, published)))
    else:
        print(markdown(played, locked, published))
    print(f"report: {folder / 'report.md'}{f', {drawn}' if drawn else ''}", file=sys.stderr)


def _drawn(played: object, path: Path) -> Path | None:
    """The figure, where matplotlib is installed."""
    from turnbench.degradation.figure import draw

    try:
        draw(played, path)  # type: ignore[arg-type]
    except ModuleNotFoundError:
        print("no figure: it needs matplotlib (pip install matplotlib)", file=sys.stderr)
        return None
    return path
