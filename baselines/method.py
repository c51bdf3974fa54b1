"""A credit method by name: a page in `turnbench.baselines.credit`, or a user's "package.module:function".

A page holds `credit(group, config)`, which returns one array per member of the group: a number per span. The module
around it may say more; everything has a default:

    NEEDS    names of modules in `turnbench.baselines.gather` that run before it ("values", "branches", ...)
    RECORD   what the rollout must record for it: "states" (keys of the true state), "snapshots"
    SPANS    "turn" (one number per turn; the default) or "token" (one per policy token)
    RATIO    "token" (the default) or "turn": the unit of the policy ratio and its clipping
    CONTEXT  "state" or "history" where the method fixes what the policy sees; None leaves it to the run
    Config   a frozen dataclass of the method's own settings, every field with a default
    select(groups, credits, config, rng) -> weights   weight of each episode in the update, list of (G,), 0 = left out
    targets(group, config) -> arrays                  what the critic is fitted to, shaped like the credits
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from turnbench.baselines.trajectory import Floats, Group
from turnbench.env import hash_text
from turnbench.errors import UnknownName, UsageError, did_you_mean
from turnbench.registry import import_user_module

Credit = Callable[[Group, Any], list[Floats]]


@dataclass(frozen=True)
class NoConfig:
    """For methods without settings."""


@dataclass(frozen=True)
class Method:
    """A credit method, ready for the loop."""

    name: str
    credit: Credit
    config: Any
    needs: tuple[str, ...] = ()
    record: tuple[str, ...] = ()
    spans: str = "turn"
    ratio: str = "token"
    context: str | None = None
    select: Callable[..., list[Floats]] | None = None
    targets: Callable[[Group, Any], list[Floats]] | None = None
    code_hash: str = ""

    def describe(self) -> dict[str, Any]:
        """JSON that identifies the method, its settings and its source."""
        return {"name": self.name, "config": asdict(self.config), "code_hash": self.code_hash}


def method_names() -> list[str]:
    """The pages in `turnbench.baselines.credit`, as the command line spells them (ms-grpo for ms_grpo.py)."""
    from turnbench.baselines import credit

    pages = (p.stem for root in credit.__path__ for p in Path(root).glob("*.py"))
    return sorted(p.replace("_", "-") for p in pages if not p.startswith("_"))


def load_method(name: str, settings: Mapping[str, Any] | None = None) -> Method:
    """The method called `name`, with `settings` for its Config.

    Raises:
        UnknownName: no such method; the message names the closest that exists.
        UsageError: a setting the method does not have, or a value of the wrong kind.
    """
    module_name, colon, attribute = name.partition(":")
    if colon:
        try:
            module = import_user_module(module_name)
        except ImportError as error:
            raise UnknownName(
                f"Cannot import the method {name!r}: {error}; its module must be installed or in this folder."
            ) from error
        if not callable(getattr(module, attribute, None)):
            raise UnknownName(f"The module {module_name!r} has no function {attribute!r}.")
    else:
        if name not in method_names():
            known = method_names()
            raise UnknownName(f"There is no method {name!r}; there is: {', '.join(known)}.{did_you_mean(name, known)}")
        module, attribute = importlib.import_module(f"turnbench.baselines.credit.{name.replace('-', '_')}"), "credit"
    config_class = getattr(module, "Config", NoConfig)
    source = inspect.getsource(module)
    return Method(
        name=name,
        credit=getattr(module, attribute),
        config=_configured(name, config_class, settings or {}),
        needs=tuple(getattr(module, "NEEDS", ())),
        record=tuple(getattr(module, "RECORD", ())),
        spans=_one_of(name, "SPANS", getattr(module, "SPANS", "turn"), ("turn", "token")),
        ratio=_one_of(name, "RATIO", getattr(module, "RATIO", "token"), ("token", "turn")),
        context=_one_of(name, "CONTEXT", getattr(module, "CONTEXT", None), (None, "state", "history")),
        select=getattr(module, "select", None),
        targets=getattr(module, "targets", None),
        code_hash=hash_text(source),
    )


def _one_of(method: str, what: str, value: Any, allowed: tuple[Any, ...]) -> Any:
    if value not in allowed:
        raise UsageError(f"{what} of the method {method!r} is {value!r}; it must be one of {allowed}.")
    return value


def _configured(name: str, config_class: Any, settings: Mapping[str, Any]) -> Any:
    sound = isinstance(config_class, type) and is_dataclass(config_class)
    if not sound or any(f.default is MISSING for f in fields(config_class)):
        raise UsageError(f"Config of the method {name!r} must be a dataclass whose fields have defaults.")
    known = {f.name: f for f in fields(config_class)}
    for key, value in settings.items():
        if key not in known:
            has = ", ".join(known) or "none"
            raise UsageError(f"The method {name!r} has no setting {key!r}; it has: {has}.{did_you_mean(key, known)}")
        default = known[key].default
        if isinstance(default, bool) != isinstance(value, bool) or not isinstance(
            value, (int, float) if isinstance(default, float) else type(default)
        ):
            raise UsageError(
                f"The setting {key!r} of the method {name!r} is like {default!r}, so {value!r} is no value."
            )
    return config_class(**settings)
