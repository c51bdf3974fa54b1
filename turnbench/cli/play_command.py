"""`turnbench play`: a person at the keyboard."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("play")(play_command)


def play_command(
    env: Annotated[str, typer.Argument(help="Environment id.")] = "TurnBench/TwentyQ-v0",
    seed: Annotated[int | None, typer.Option(help="Seed of the episode; drawn if not given.")] = None,
    split: Annotated[str, typer.Option(help="train, validation, test or all.")] = "all",
    target: Annotated[str | None, typer.Option(help="Fix the hidden answer (for a demonstration).")] = None,
    arg: Annotated[list[str] | None, typer.Option(help="Environment argument NAME=VALUE; may be repeated.")] = None,
) -> None:
    """Play an environment yourself; an empty line or Ctrl-D gives up."""
    from turnbench.cli.common import parse_pairs
    from turnbench.play import play
    from turnbench.registry import full_id, make_env

    env_id = full_id(env)
    world = make_env(env_id, split=split, **parse_pairs(arg or [], "--arg"))
    play(world, seed, {"target": target} if target is not None else {})
