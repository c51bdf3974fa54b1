"""Puts environments into Gymnasium's own registry. Imported with the package, so it imports next to nothing.

Nothing is listed here. Every folder in `envs` registers itself with `register_env` when it is imported, and
`register_builtin` imports whatever folders there are. Entry points are strings, so no world is loaded until made.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

import gymnasium

NAMESPACE = "TurnBench"


def register_env(env_id: str, entry_point: str, **arguments: Any) -> None:
    """Register `env_id` ("TurnBench/<Family>[-<Level>]-vN") with a string entry point "package.module:Class".

    `arguments` are the level's keyword arguments. Registering the same id twice with the same content is harmless.
    `gymnasium.make_vec(env_id)` then gives the in-process batch of `turnbench.vector` unless another mode is asked for.
    """
    gymnasium.register(
        id=env_id,
        entry_point=entry_point,
        vector_entry_point=f"turnbench.vector:{env_id}",
        kwargs=arguments,
        disable_env_checker=True,  # `turnbench check` is stricter, and the wrapper slows every step
    )


def register_builtin() -> None:
    """Import every family folder of `turnbench.envs` once, so that it registers its ids."""
    register_folders("turnbench.envs")


def register_folders(package: str) -> None:
    """Import every folder of a package, so that it registers its ids."""
    for root in importlib.import_module(package).__path__:
        for entry in sorted(os.scandir(root), key=lambda e: e.name):
            if entry.is_dir() and os.path.exists(os.path.join(entry.path, "__init__.py")):  # noqa: PTH110, PTH118 - pathlib costs milliseconds
                importlib.import_module(f"{package}.{entry.name}")
