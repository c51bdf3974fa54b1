"""A person plays one episode in the terminal, with the whole history on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape

from turnbench.env import TextEnv


def play(env: TextEnv, seed: int | None = None, options: Mapping[str, Any] | None = None) -> float | None:
    """Play until the end; returns the score, or None where the player gave up (empty line, Ctrl-D, Ctrl-C)."""
    console = Console(highlight=False)
    _, info = env.reset(seed=seed, options=options)
    if info["system_prompt"]:
        console.print(f"[dim]{escape(info['system_prompt'])}[/]\n")
    console.print(f"[green]{escape(info['user_message'])}[/]")
    total, terminated = 0.0, False
    while not terminated:
        try:
            action = console.input(f"[cyan]{env.turn + 1:>3} > [/]")
        except (EOFError, KeyboardInterrupt):
            action = ""
        if not action.strip():
            console.print(f"[dim]Given up. Seed {info['seed']} brings this episode back.[/]")
            return None
        observation, reward, terminated, _, _ = env.step(action)
        console.print(f"      [green]{escape(observation)}[/]")
        total += reward
    console.print(f"[bold]Score {total:g}[/] [dim](seed {info['seed']})[/]")
    return total
