"""`turnbench degrade`: the same instances in several settings, and what is lost between them."""

from __future__ import annotations

import hashlib
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

_USUAL_NUMBERS = {"instances": 20, "n": 10, "split": "test", "seed": 0, "run_seed": 0}
_LONGEST_NAME = 100


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
    run_seed: Annotated[int, typer.Option(help="Another draw of a stochastic agent.")] = 0,
    out: Annotated[
        str | None,
        typer.Option(
            help="Folder; a stopped comparison goes on there, and one of further worlds or settings uses what is there. If not given, "
            "runs/degrade/AGENT and what is not as usual. A report of some worlds or settings has their names in its own."
        ),
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
    from turnbench.degradation.budget import Budget
    from turnbench.degradation.comparison import short_name
    from turnbench.degradation.instructions import shortfall
    from turnbench.degradation.lockin import LockIn, can_lock_in
    from turnbench.degradation.lockin import lock_in as measure_lock_in
    from turnbench.degradation.plan import USUAL, degrade, plan, worlds_named
    from turnbench.degradation.report import failures_in, markdown
    from turnbench.degradation.report_json import as_json as report_json
    from turnbench.degradation.tally import Tally
    from turnbench.errors import EveryEpisodeFailed, UsageError
    from turnbench.registry import env_class
    from turnbench.result import write_atomically

    numbers = {"instances": instances, "n": n, "split": split, "seed": seed, "run_seed": run_seed}
    folder = _folder(out, name or agent, numbers, [*(arg or []), *(agent_arg or [])])
    worlds = worlds_named(_parts(tasks))
    usual = [s for s in USUAL if any(s in env_class(world).reveals for world in worlds)]
    chosen = [*(_parts(settings) or usual), *_parts(also)]
    options = parse_pairs(agent_arg or [], "--agent-arg")
    if base_url is not None:
        options["base_url"] = base_url
    arguments = parse_pairs(arg or [], "--arg")
    if "reveal" in arguments:
        raise UsageError(
            f"--arg reveal is what is compared, so it cannot be fixed: name the settings, as --settings {arguments['reveal']}."
        )
    budget = Budget(
        {"max_cost": max_cost, "max_tokens_total": max_tokens_total, "price_in": price_in, "price_out": price_out}
    )
    played_alike: dict[str, Any] = {
        "out": folder, "instances": instances, "n": n, "split": split, "first_seed": seed, "arguments": arguments,
        "batch_size": concurrency, "name": name, "agent_options": options, "limits": budget, "run_seed": run_seed,
    }  # fmt: skip
    locked: dict[str, LockIn] = {}
    with _plain_warnings():
        warnings.simplefilter("ignore", EveryEpisodeFailed)  # the report says so
        jobs, _ = plan(worlds, chosen, instances=instances, n=n, split=split, first_seed=seed, arguments=arguments)
        for world, found in {job.env_id: len(job.places) for job in jobs}.items():
            if line := shortfall(short_name(world), found, instances, split, arguments.get("data")):
                print(f"warning: {line}", file=sys.stderr)
        begun = Tally(jobs, folder, retry_failed).whole
        try:
            with degrade_display(name or agent, begun, enabled=not quiet and not as_json) as show:
                played = degrade(
                    agent, worlds, settings=chosen, progress=show, retry_failed=retry_failed, **played_alike
                )
            for world in worlds if lock_in else ():
                if not can_lock_in(world, split=split, **{**arguments, "reveal": "sharded"}):
                    print(f"no lock-in in {world}: it has no wrong answer to commit to", file=sys.stderr)
                    continue
                locked[world] = measure_lock_in(agent, world, **played_alike)
        except KeyboardInterrupt:
            now = Tally(jobs, folder).whole
            where = f"at {now.done}/{now.total}" if now.done < now.total else "in lock-in"
            print(f"stopped {where}; the same command goes on", file=sys.stderr)
            raise typer.Exit(130) from None
    report = folder / f"{_report_name(tasks, settings, also, lock_in, published)}.md"
    write_atomically(report, markdown(played, locked, published))
    drawn = _drawn(played, report.with_suffix(".svg"))
    if as_json:
        print_json(report_json(played, locked))
        return
    if sys.stdout.isatty():
        show_comparison(played, locked, console())
    else:
        print(markdown(played, locked, published))
    if begun.done == begun.total and not lock_in:
        print("already complete, nothing was played: another --run-seed or --seed plays again", file=sys.stderr)
    print(f"whole report: {report}{f', {drawn}' if drawn else ''}", file=sys.stderr)
    if failures_in(played):
        print("the same command with --retry-failed plays the failed conversations again", file=sys.stderr)
    if all(e.failure is not None for cell in played.cells.values() for e in cell.result.episodes):
        raise UsageError("every conversation failed, so nothing was measured.")


def _parts(listed: str) -> list[str]:
    return [part.strip() for part in listed.split(",") if part.strip()]


def _folder(out: str | None, agent: str, numbers: Mapping[str, Any], arguments: Sequence[str]) -> Path:
    """Conversations of other numbers or arguments are others, so they have another folder."""
    from turnbench.errors import UsageError

    if out is not None:
        if not out.strip():
            raise UsageError("--out names a folder: leave it out for one in runs/degrade.")
        return Path(out)
    unusual = [f"{name}={value}" for name, value in numbers.items() if value != _USUAL_NUMBERS[name]]
    return Path("runs/degrade") / _name_of([agent, *unusual, *arguments])


def _report_name(tasks: str, settings: str, also: str, lock_in: bool, published: bool) -> str:
    """Reports of different parts of a folder stand beside each other."""
    parts = ["_".join(_parts(listed)) for listed in (tasks, settings, also)]
    return _name_of(["report", *parts, *(["lock_in"] if lock_in else []), *(["published"] if published else [])])


def _name_of(parts: Sequence[str]) -> str:
    """For a file; the end of a long one is a hash."""
    name = "-".join(re.sub(r"[^\w.=-]+", "_", part) for part in parts if part)
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[:_LONGEST_NAME]}-{hashlib.sha256(' '.join(parts).encode()).hexdigest()[:8]}"


@contextmanager
def _plain_warnings() -> Iterator[None]:
    """A warning is a line, without the place in our code that gives it."""
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: print(f"warning: {message}", file=sys.stderr)
        yield


def _drawn(played: object, path: Path) -> Path | None:
    """The figure, where matplotlib is installed."""
    from turnbench.degradation.figure import draw

    try:
        draw(played, path)  # type: ignore[arg-type]
    except ModuleNotFoundError:
        print("no figure: it needs matplotlib (pip install matplotlib)", file=sys.stderr)
        return None
    return path
