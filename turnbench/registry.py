"""Environments by name: finding, describing and making what is in Gymnasium's registry."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import gymnasium
from gymnasium.envs.registration import EnvSpec, registry

from turnbench.env import TextEnv
from turnbench.errors import UnknownName, UsageError, did_you_mean
from turnbench.registration import NAMESPACE


def env_ids() -> list[str]:
    """Every registered TurnBench id, third-party ones in the namespace included, sorted."""
    return sorted(spec.id for spec in registry.values() if spec.namespace == NAMESPACE)


def import_user_module(name: str) -> ModuleType:
    """Import a user's module, installed or in the current folder (as `python -m` would). Raises ImportError."""
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    return importlib.import_module(name)


def full_id(env_id: str) -> str:
    """The registered id, with the module in front that registers it where one was given: enough to make it again."""
    module, _, _ = env_id.rpartition(":")
    found = find_spec(env_id).id
    return f"{module}:{found}" if module and module != "turnbench" else found


def find_spec(env_id: str) -> EnvSpec:
    """Gymnasium's spec of an id, with or without the "TurnBench/" in front; "module:id" imports the module first.

    Raises:
        UnknownName: nobody registered it; the message names the closest that exists.
    """
    module, _, name = env_id.rpartition(":")
    if module:
        try:
            import_user_module(module)
        except ImportError as error:
            raise UnknownName(
                f"Cannot import {module!r} for {env_id!r}: {error}; it must be installed or in this folder."
            ) from error
    for candidate in (name, f"{NAMESPACE}/{name}"):
        if candidate in registry:
            return registry[candidate]
    shorts = {i.removeprefix(f"{NAMESPACE}/"): i for i in env_ids()}
    hint = did_you_mean(name.removeprefix(f"{NAMESPACE}/"), shorts)
    raise UnknownName(f"There is no environment {env_id!r}; `turnbench list` shows all.{hint}")


def make_env(env_id: str, **kwargs: Any) -> TextEnv:
    """The bare TextEnv of an id, no wrappers.

    Raises:
        UnknownName: no such id.
        UsageError: keyword arguments the world does not take, or an environment that is not a `TextEnv`.
    """
    spec = find_spec(env_id)
    try:
        env = gymnasium.make(spec, **kwargs).unwrapped
    except TypeError as error:
        raise UsageError(f"{spec.id} does not take these arguments: {_unknown(spec, kwargs) or f'{error}.'}") from error
    if not isinstance(env, TextEnv):
        raise UsageError(f"{spec.id} is not a turnbench.TextEnv: subclass TextEnv to use it here.")
    return env


def _unknown(spec: EnvSpec, given: Mapping[str, Any]) -> str:
    """Which of the given arguments does not exist, and which do; "" where all exist."""
    parameters = inspect.signature(env_class(spec.id)).parameters
    known = [p for p in parameters if p not in ("split", "salt")]
    for name in given:
        if name not in parameters:
            return f"there is no {name!r}; it has: {', '.join(known) or 'none'}.{did_you_mean(name, known)}"
    return ""


def env_class(env_id: str) -> type[TextEnv]:
    """The class behind an id, imported but not constructed."""
    entry = find_spec(env_id).entry_point
    if isinstance(entry, str):
        module, _, name = entry.partition(":")
        entry = getattr(importlib.import_module(module), name)
    return cast("type[TextEnv]", entry)
