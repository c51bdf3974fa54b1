"""The command line. A command parses, calls one function that is also public Python, and prints.

One file per command (or two that belong together) in this folder; the modules are found by name, so adding a command
edits nothing. Each has a `register(app)`. What a command needs beyond typer and rich is imported inside it, so that
`turnbench --help` stays quick.
"""

from __future__ import annotations

import importlib
import pkgutil

import typer

app = typer.Typer(
    name="turnbench",
    help="Multi-turn text environments, a harness for language-model agents, and a laboratory for turn-level credit.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.callback()
def _root() -> None:
    """Only there so that a single command stays a subcommand."""


for _module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
    if _module.endswith("_command"):
        importlib.import_module(f"{__name__}.{_module}").register(app)
