"""`turnbench run`: play episodes, with progress, and print the scorecard."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run_command)


def run_command(
    agent: Annotated[
        str,
        typer.Option(
            help="reference, random, scripted:FILE, package.module:name, or another of the environment's players."
        ),
    ],
    env: Annotated[str, typer.Option(help="Environment id, such as TurnBench/TwentyQ-v0.")],
    episodes: Annotated[int, typer.Option(help="Number of episodes.")] = 100,
    split: Annotated[str, typer.Option(help="train, validation, test or all.")] = "test",
    seed: Annotated[int, typer.Option(help="Seed of the first episode; the others follow.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(help="Run folder. A stopped run goes on there. [default: runs/ENV/AGENT-SPLIT-SEED-EPISODES]"),
    ] = None,
    arg: Annotated[list[str] | None, typer.Option(help="Environment argument NAME=VALUE; may be repeated.")] = None,
    target: Annotated[str | None, typer.Option(help="Fix the hidden answer of every episode.")] = None,
    batch_size: Annotated[int, typer.Option(help="Episodes in flight.")] = 64,
    turn_limit: Annotated[int | None, typer.Option(help="Cut episodes short after so many turns.")] = None,
    run_seed: Annotated[int, typer.Option(help="Another draw of a stochastic agent.")] = 0,
    salt: Annotated[str, typer.Option(help="Private salt for a hidden test set.", envvar="TURNBENCH_SALT")] = "",
    name: Annotated[str | None, typer.Option(help="The agent's name in the result.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress display.")] = False,
) -> None:
    """Play an environment with an agent and print a scorecard; stop it at any time, the same command goes on."""
    from turnbench.cli.common import parse_pairs, print_json
    from turnbench.cli.progress import progress_display
    from turnbench.cli.scorecard_command import print_scorecard
    from turnbench.errors import UsageError
    from turnbench.registry import full_id
    from turnbench.runner import Progress, run
    from turnbench.scorecard import build_scorecard

    env_id = full_id(env)
    if out is None:
        short = env_id.rpartition(":")[2].removeprefix("TurnBench/")
        parts = [name or agent, split, str(seed), str(episodes), *(arg or []), *([target] if target else [])]
        out = Path("runs") / short / "-".join(re.sub(r"[^\w.=]+", "_", part) for part in parts)
    played = 0
    with progress_display(f"{name or agent} on {env_id}", enabled=not quiet and not as_json) as show:

        def count(done: Progress) -> None:
            nonlocal played
            played += 1
            if show is not None:
                show(done)

        result = run(
            agent,
            env_id,
            episodes=episodes,
            split=split,
            first_seed=seed,
            out=out,
            arguments=parse_pairs(arg or [], "--arg"),
            options={"target": target} if target is not None else {},
            batch_size=batch_size,
            turn_limit=turn_limit,
            run_seed=run_seed,
            salt=salt,
            name=name,
            progress=count,
        )
    if not played:
        print(
            f"already complete, nothing was played: another --out (or another --seed) plays again; {out}",
            file=sys.stderr,
        )
    failures = [e for e in result.episodes if e.failure is not None]
    if failures and (first := failures[0].failure) is not None:
        print(
            f"{len(failures)} of {len(result.episodes)} episodes failed; the first in the {first.boundary} "
            f"after turn {first.turn}: {first.kind}: {first.message}",
            file=sys.stderr,
        )
    if len(failures) == len(result.episodes):
        raise UsageError(f"every episode failed, so there is no score; {out / 'result.json'} records how.")
    if as_json:
        print_json({"result": str(out / "result.json"), "summary": result.summary.model_dump(mode="json")})
        return
    print_scorecard(build_scorecard([result]))
    print(f"result: {out / 'result.json'}", file=sys.stderr if not sys.stdout.isatty() else sys.stdout)
