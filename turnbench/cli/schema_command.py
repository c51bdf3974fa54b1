"""`turnbench schema`: the JSON Schema of result files."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("schema")(schema_command)


def schema_command() -> None:
    """Print the JSON Schema of result files."""
    from turnbench.cli.common import print_json
    from turnbench.result import json_schema

    print_json(json_schema())
