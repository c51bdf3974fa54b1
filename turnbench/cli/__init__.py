"""The command line. A command parses, calls one function that is also public Python, and prints.

One file per command (or two that belong together) in this folder; the modules are found by name, so adding a command
edits nothing. Each has a `register(app)`. What a command needs beyond typer and rich is imported inside it, so that
`turnbench --help` stays quick.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Annotated

import typer

from turnbench.version import __version__

app = typer.Typer(
    name="turnbench",
    help="Multi-turn text environments, a harness for language-model agents, and a laboratory for turn-level credit.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"turnbench {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """What stands before a command."""


for _module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
    if _module.endswith("_command"):
        importlib.import_module(f"{__name__}.{_module}").register(app)
