"""`turnbench show` and `turnbench verify`: read a run as a person would, and check that it is what it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from turnbench.result import EpisodeRecord, Result


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("show")(show_command)
    app.command("verify")(verify_command)


def show_command(
    file: Annotated[Path, typer.Argument(help="result.json, or the folder it is in.")],
    episode: Annotated[int | None, typer.Option(help="Index of one episode.")] = None,
    ending: Annotated[str | None, typer.Option(help="Only episodes with this ending.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many episodes.")] = 1,
    reasoning: Annotated[
        bool, typer.Option("--reasoning", help="Print what the agent thought before each reply, where it is recorded.")
    ] = False,
    salt: Annotated[str, typer.Option(help="The private salt the run was made with.", envvar="TURNBENCH_SALT")] = "",
    svg: Annotated[Path | None, typer.Option(help="Write the transcripts as a picture.")] = None,
) -> None:
    """Print transcripts. The observations are replayed, so what is shown is also what was checked."""
    from turnbench.cli.common import console, picture_console, save_picture
    from turnbench.errors import UsageError
    from turnbench.result import read_result

    result = read_result(file)
    chosen = [
        r for r in result.episodes if (episode is None or r.index == episode) and (ending is None or r.ending == ending)
    ]
    if not chosen:
        endings = ", ".join(result.summary.endings)
        raise UsageError(f"No such episode: it has 0 to {len(result.episodes) - 1}, with endings {endings}.")
    consoles = [console()] if svg is None else [console(), picture_console()]
    for out in consoles:
        for record in chosen[:limit]:
            _print_episode(out, result, record, salt, reasoning)
    if svg is not None:
        save_picture(consoles[1], svg, f"turnbench show {file}")


def _print_episode(out: Console, result: Result, record: EpisodeRecord, salt: str, reasoning: bool) -> None:
    from rich.markup import escape

    from turnbench.replay import environment_of, replay_episode

    if record.observations is not None:
        opening, observations = record.observations[0], record.observations[1:]
    else:
        opening, turns = replay_episode(environment_of(result, salt), record)
        observations = [t.observation for t in turns]
    out.print(
        f"[bold]{result.environment.id}[/] episode {record.index}, seed {record.seed}, "
        f"agent {escape(result.agent.name)}: [bold]{escape(record.ending)}[/], score {record.score:g}"
    )
    out.print(f"[dim]{escape(opening)}[/]\n")
    metas = record.reply_meta or [{}] * record.turns
    for k, (action, observation, meta) in enumerate(zip(record.actions, observations, metas, strict=True), start=1):
        if thought := str(meta.get("reasoning") or ""):
            folded = f"({len(thought):,} characters of reasoning: --reasoning shows them)"
            out.print(f"[dim]{k:>3}  thought  {escape(thought if reasoning else folded)}[/]")
        out.print(f"[cyan]{k:>3}  agent[/]  {escape(action)}")
        out.print(f"     [green]world[/]  {escape(observation)}")
    if record.failure is not None:
        f = record.failure
        out.print(f"[red]failed in the {f.boundary} after turn {f.turn}: {escape(f.kind)}: {escape(f.message)}[/]")
    out.print()


def verify_command(
    files: Annotated[list[Path], typer.Argument(help="result.json files, or the folders they are in.")],
    salt: Annotated[str, typer.Option(help="The private salt the run was made with.", envvar="TURNBENCH_SALT")] = "",
) -> None:
    """Replay every episode without the agent and recompute the summary; exit code 2 at the first difference."""
    from turnbench.replay import verify
    from turnbench.result import read_result

    for file in files:
        result = read_result(file)
        turns = sum(r.turns for r in verify(result, salt))
        print(f"{file}: verified, {len(result.episodes)} episodes and {turns} turns replayed identically")
