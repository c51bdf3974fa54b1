"""Environments by name, in Gymnasium's own registry.

Nothing is listed here. Every folder in `envs` registers itself with `register_env` when it is imported, and
`register_builtin` imports whatever folders there are. Entry points are strings, so no world is loaded until made.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any, cast

import gymnasium
from gymnasium.envs.registration import EnvSpec, registry

from turnbench.env import TextEnv
from turnbench.errors import UnknownName, UsageError, did_you_mean

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
    import turnbench.envs as worlds

    for module in pkgutil.iter_modules(worlds.__path__):
        if module.ispkg:
            importlib.import_module(f"turnbench.envs.{module.name}")


def env_ids() -> list[str]:
    """Every registered TurnBench id, third-party ones in the namespace included, sorted."""
    return sorted(spec.id for spec in registry.values() if spec.namespace == NAMESPACE)


def find_spec(env_id: str) -> EnvSpec:
    """Gymnasium's spec of an id, with or without the "TurnBench/" in front; "module:id" imports the module first.

    Raises:
        UnknownName: nobody registered it; the message names the closest that exists.
    """
    module, _, name = env_id.rpartition(":")
    if module:
        try:
            importlib.import_module(module)
        except ImportError as error:
            raise UnknownName(f"Cannot import {module!r} for {env_id!r}: {error}.") from error
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
        raise UsageError(f"{spec.id} does not take these arguments: {error}.") from error
    if not isinstance(env, TextEnv):
        raise UsageError(f"{spec.id} is not a turnbench.TextEnv: subclass TextEnv to use it here.")
    return env


def env_class(env_id: str) -> type[TextEnv]:
    """The class behind an id, imported but not constructed."""
    entry = find_spec(env_id).entry_point
    if isinstance(entry, str):
        module, _, name = entry.partition(":")
        entry = getattr(importlib.import_module(module), name)
    return cast("type[TextEnv]", entry)
