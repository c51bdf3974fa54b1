"""`turnbench check`: does an environment keep the contract?"""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check_command)


def check_command(
    env: Annotated[str, typer.Argument(help="Environment id, or package.module:id for one of your own.")],
    seed: Annotated[int, typer.Option(help="First seed tried.")] = 0,
) -> None:
    """Check an environment against every clause of the contract; exit code 2 at the first that does not hold."""
    from turnbench.check import check_env
    from turnbench.registry import full_id

    report = check_env(full_id(env), seed)
    for clause in report.passed:
        print(f"ok  {clause}")
    print(f"{report.env} keeps the contract.")
