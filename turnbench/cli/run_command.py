"""`turnbench run`: play episodes, with progress, and print the scorecard."""

from __future__ import annotations

import re
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from turnbench.result import Usage


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run_command)


def run_command(
    agent: Annotated[
        str,
        typer.Option(
            help="reference, random, openai:MODEL, hf:PATH, baseline:NAME, scripted:FILE, package.module:name, or another "
            "of the environment's players."
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
    batch_size: Annotated[
        int,
        typer.Option(
            "--batch-size", "--concurrency", help="Episodes in flight: a batch, or requests to a server at once."
        ),
    ] = 64,
    turn_limit: Annotated[int | None, typer.Option(help="Cut episodes short after so many turns.")] = None,
    episode_seconds: Annotated[float | None, typer.Option(help="Cut episodes short after so many seconds.")] = None,
    repeats: Annotated[
        int, typer.Option(help="Play every instance so many times, in worlds that can repeat one; 0 for none.")
    ] = 0,
    run_seed: Annotated[int, typer.Option(help="Another draw of a stochastic agent.")] = 0,
    salt: Annotated[str, typer.Option(help="Private salt for a hidden test set.", envvar="TURNBENCH_SALT")] = "",
    name: Annotated[str | None, typer.Option(help="The agent's name in the result.")] = None,
    base_url: Annotated[
        str | None, typer.Option(help="Where an openai: agent's server is, up to /v1; its key is in OPENAI_API_KEY.")
    ] = None,
    agent_arg: Annotated[
        list[str] | None,
        typer.Option(
            help="Setting of an openai:, hf: or own agent NAME=VALUE, such as temperature=0; may be repeated."
        ),
    ] = None,
    max_cost: Annotated[float | None, typer.Option(help="Stop when so much is spent; needs prices.")] = None,
    max_tokens_total: Annotated[int | None, typer.Option(help="Stop when so many tokens are used.")] = None,
    price_in: Annotated[float | None, typer.Option(help="Price of a million prompt tokens.")] = None,
    price_out: Annotated[float | None, typer.Option(help="Price of a million completion tokens.")] = None,
    price_cached: Annotated[float | None, typer.Option(help="Price of a million cached prompt tokens.")] = None,
    retry_failed: Annotated[
        bool,
        typer.Option(
            "--retry-failed",
            help="Play the run's failed episodes again; what they were stays in failed.jsonl, and the result says how many.",
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Estimate requests, tokens and cost; ask nobody.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress display.")] = False,
) -> None:
    """Play an environment with an agent and print a scorecard; stop it at any time, the same command goes on."""
    from turnbench.cli.common import parse_pairs, print_json
    from turnbench.cli.progress import progress_display
    from turnbench.cli.scorecard_command import print_scorecard
    from turnbench.drivers import Progress
    from turnbench.errors import EveryEpisodeFailed, UsageError
    from turnbench.registry import full_id
    from turnbench.runner import run
    from turnbench.scorecard import build_scorecard

    env_id = full_id(env)
    if out is None:
        short = env_id.rpartition(":")[2].removeprefix("TurnBench/")
        parts = [
            name or agent,
            split,
            str(seed),
            str(episodes),
            *(arg or []),
            *(agent_arg or []),
            *([target] if target else []),
            *([f"repeats={repeats}"] if repeats else []),
        ]
        out = Path("runs") / short / "-".join(re.sub(r"[^\w.=]+", "_", part) for part in parts)
    options = {"target": target} if target is not None else {}
    limits = {"max_cost": max_cost, "max_tokens_total": max_tokens_total}
    limits |= {"price_in": price_in, "price_out": price_out, "price_cached": price_cached}
    agent_options = parse_pairs(agent_arg or [], "--agent-arg")
    if base_url is not None:
        agent_options["base_url"] = base_url
    arguments = parse_pairs(arg or [], "--arg")
    if dry_run:
        from turnbench.estimate import estimate

        print_estimate(
            estimate(agent, env_id, episodes, split, seed, arguments, options, agent_options, limits, salt), as_json
        )
        return
    played = 0
    warnings.simplefilter("ignore", EveryEpisodeFailed)  # said below
    with progress_display(f"{name or agent} on {env_id}", episodes, enabled=not quiet and not as_json) as show:

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
            arguments=arguments,
            options=options,
            batch_size=batch_size,
            turn_limit=turn_limit,
            episode_seconds=episode_seconds,
            agent_options=agent_options,
            limits=limits,
            run_seed=run_seed,
            repeats=repeats,
            salt=salt,
            name=name,
            progress=count,
            retry_failed=retry_failed,
        )
    if not played:
        print(
            f"already complete, nothing was played: another --out (or another --seed) plays again; {out}",
            file=sys.stderr,
        )
    failures = [e for e in result.episodes if e.failure is not None]
    again = "the same command with --retry-failed plays them again"
    if failures and (first := failures[0].failure) is not None:
        print(
            f"{len(failures)} of {len(result.episodes)} episodes failed; the first in the {first.boundary} "
            f"after turn {first.turn}: {first.kind}: {first.message.rstrip('.')}; {again}",
            file=sys.stderr,
        )
    if len(failures) == len(result.episodes):
        raise UsageError(f"every episode failed, so there is no score; {out / 'result.json'} records how, and {again}.")
    if as_json:
        usage = result.usage and result.usage.model_dump(mode="json")
        summary = result.summary.model_dump(mode="json")
        print_json({"result": str(out / "result.json"), "summary": summary, "usage": usage})
        return
    print_scorecard(build_scorecard([result]))
    for line in (
        retried(result.provenance.retried),
        noted_replies(result.summary.replies),
        used(result.usage),
        used(result.environment_usage, "the world asked: "),
    ):
        if line:
            print(line)
    print(f"result: {out / 'result.json'}", file=sys.stderr if not sys.stdout.isatty() else sys.stdout)


def retried(episodes: int) -> str:
    """That a result does not hold the first try of some episodes."""
    return f"{episodes:,} episodes had failed and were played again (--retry-failed)" if episodes else ""


def noted_replies(replies: dict[str, int]) -> str:
    """Replies that say something about the agent's settings rather than its skill."""
    words = {"cut": "were cut by the length limit", "empty": "were empty", "refused": "were refused"}
    return "; ".join(f"{n:,} replies {words[kind]}" for kind, n in replies.items() if n)


def used(usage: Usage | None, who: str = "") -> str:
    """One line on what a server was asked for."""
    if usage is None:
        return ""
    thought = f" ({usage.reasoning_tokens:,} of them reasoning)" if usage.reasoning_tokens else ""
    parts = [
        f"{who}{usage.requests:,} requests, {usage.prompt_tokens:,} tokens in, {usage.completion_tokens:,} out{thought}"
    ]
    if usage.reasoned:
        parts.append(f"{usage.reasoned:,} replies reasoned first, {usage.reasoning_characters:,} characters in all")
    if usage.latency_s["p50"] is not None:
        parts.append("latency " + ", ".join(f"{k} {v:.3g} s" for k, v in usage.latency_s.items() if v is not None))
    if usage.retries or usage.failures:
        parts.append(f"{usage.retries:,} tries repeated, {usage.failures:,} requests given up")
    if usage.cost is not None:
        parts.append(f"cost {usage.cost:.4g}")
    return "; ".join(parts)


def print_estimate(rows: dict[str, Any], as_json: bool) -> None:
    """What a dry run found."""
    from turnbench.cli.common import print_json, print_rows

    if as_json:
        print_json(rows)
        return
    columns = ("", "requests", "tokens in", "tokens out", "cost")
    table = []
    for name, row in rows["estimates"].items():
        cost = "-" if row["cost"] is None else f"{row['cost']:.4g}"
        table.append((name, f"{row['requests']:,}", f"{row['prompt_tokens']:,}", f"{row['completion_tokens']:,}", cost))
    print_rows(f"{rows['episodes']:,} episodes of {rows['environment']}", columns, table, columns[1:])
    for name, limit in rows["limits"].items():
        within = [f"{row['episodes_within_limits']:,} ({how})" for how, row in rows["estimates"].items()]
        option = f"--{name.replace('_', '-')}"
        print(f"Within {option} {limit:,} about this many of {rows['episodes']:,} episodes: {', '.join(within)}.")
    print(rows["note"])
