"""`turnbench list`: what can be played."""

from __future__ import annotations

from typing import Annotated, Any

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("list")(list_command)


def list_command(
    pattern: Annotated[str, typer.Argument(help="Only ids that contain this text.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="JSON for programs.")] = False,
) -> None:
    """List the environments with their arguments, players and capability tags."""
    from turnbench.cli.common import print_json, print_rows
    from turnbench.registry import env_class, env_ids, find_spec

    rows: list[dict[str, Any]] = []
    for env_id in env_ids():
        if pattern.casefold() in env_id.casefold():
            cls = env_class(env_id)
            summary = (cls.__doc__ or "").strip().splitlines()[0]
            rows.append(
                {
                    "id": env_id,
                    "arguments": dict(find_spec(env_id).kwargs),
                    "players": sorted(cls.players),
                    "tags": list(cls.tags),
                    "summary": summary,
                }
            )
    if as_json:
        print_json(rows)
        return
    print_rows(
        "Environments",
        ("id", "arguments", "players", "tags"),
        [
            (
                r["id"],
                ", ".join(f"{k}={v}" for k, v in r["arguments"].items()),
                ", ".join(r["players"]),
                ", ".join(r["tags"]),
            )
            for r in rows
        ],
    )
