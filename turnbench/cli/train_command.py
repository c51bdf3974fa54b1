"""`turnbench train`: train a small language model with a credit method, or warm one up."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("train")(train_command)


def train_command(
    method: Annotated[
        str,
        typer.Option(
            help="sft (the warm-up), icl (in-context), ms-grpo, grpo, ... or yours as package.module:function."
        ),
    ],
    env: Annotated[
        list[str] | None,
        typer.Option(help="Environment id. sft and icl take several; sft every small world if none is named."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Run folder. A stopped run goes on there. [default: runs/train/ENV/METHOD-SEED]")
    ] = None,
    base: Annotated[
        str | None, typer.Option(help="What to start from: base (the committed warm-up) or a save_pretrained folder.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed is another draw of instances and tokens.")] = 0,
    updates: Annotated[int | None, typer.Option(help="Updates at most.")] = None,
    option: Annotated[
        list[str] | None, typer.Option("--set", help="Any setting of the run, NAME=VALUE; may be repeated.")
    ] = None,
    method_option: Annotated[
        list[str] | None, typer.Option("--method-set", help="A setting of the method, NAME=VALUE; may be repeated.")
    ] = None,
    arg: Annotated[list[str] | None, typer.Option(help="Environment argument NAME=VALUE; may be repeated.")] = None,
    threads: Annotated[int, typer.Option(help="Processor threads; 0 takes them all.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print where the result lies as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress display.")] = False,
) -> None:
    """Train; stop it at any time, the same command goes on. `turnbench run --agent baseline:FOLDER` plays the result."""
    from turnbench.agents.table import laboratory
    from turnbench.cli.common import parse_pairs, print_json
    from turnbench.cli.training_display import training_display

    options: dict[str, Any] = parse_pairs(option or [], "--set")
    options |= {k: v for k, v in (("base", base), ("updates", updates)) if v is not None}
    envs = env or []
    if out is None:
        short = envs[0].rpartition(":")[2].removeprefix("TurnBench/") if envs else "all"
        given = [f"{k}={v}" for k, v in (("base", base), ("updates", updates)) if v is not None]
        parts = [method, str(seed), *given, *(arg or []), *(option or []), *(method_option or [])]
        out = Path("runs/train") / short / "-".join(re.sub(r"[^\w.=]+", "_", p) for p in parts)
    with training_display(f"{method} on {', '.join(envs) or 'all small worlds'}", not quiet and not as_json) as show:
        done = laboratory("command").train_from_options(
            method=method,
            env=envs,
            out=out,
            options=options,
            settings=parse_pairs(method_option or [], "--method-set"),
            arguments=parse_pairs(arg or [], "--arg"),
            seed=seed,
            threads=threads,
            show=show,
        )
    if as_json:
        print_json(done)
        return
    print(
        f"policy: {done['policy']}\ncurve: {done['curve']}", file=sys.stderr if not sys.stdout.isatty() else sys.stdout
    )
