"""The functions that our own instances call: a file of `data/` for each domain, read once.

A function says how it is asked for ("send a parcel", "send {n} parcels") and what a call of it is called ("parcel"); a parameter
says what values are drawn from and every way to tell one. In these sentences {v} is the value, {S} and {s} the call that it
is about, at the beginning of the sentence and elsewhere; they are true of one call and of "every parcel" alike.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

FLAG = "flag"
"""The gap of parameters that are told by a sentence for yes or for no."""
_TIMES = tuple(f"{hour:02d}:{minute:02d}" for hour in range(8, 21) for minute in (0, 15, 30, 45))


@dataclass(frozen=True)
class Parameter:
    """A parameter of a function, and how a user tells its value."""

    name: str
    type: str
    """As BFCL calls it: string, integer, float, boolean or array (of strings)."""
    description: str
    gap: str
    """What the value is in a sentence: a kind of gap of `wording`, "time", or FLAG."""
    pool: tuple[Any, ...]
    """What is drawn from; for an array, its elements; for a flag, what there are sentences for."""
    required: bool
    default: Any
    """None where `required`."""
    enum: bool
    share: bool
    """False where no two calls have the same value, such as two lamps in one room."""
    sayings: Mapping[str, tuple[str, ...]]
    """Sentences; under "yes" and "no" for a flag, under "" for all others."""
    topics: tuple[str, ...]
    """Words and phrases by which an assistant would ask for it."""

    def schema(self, plain: bool = False) -> dict[str, Any]:
        """The parameter as the function list shows it; where it is `plain`, without its description."""
        shown: dict[str, Any] = {"type": self.type} if plain else {"type": self.type, "description": self.description}
        if self.type == "array":
            shown["items"] = {"type": "string"}
        if self.enum:
            shown["enum"] = list(self.pool)
        if not self.required:
            shown["default"] = self.default
        return shown


@dataclass(frozen=True)
class Function:
    """A function with what is said of its calls."""

    domain: str
    name: str
    description: str
    noun: str
    """What one call is: "parcel"."""
    one: str
    """What is wanted: "send a parcel"."""
    many: str
    """The same of {n}, a number word: "send {n} parcels"."""
    parameters: tuple[Parameter, ...]
    small: bool
    """True for those of difficulty `small`."""

    def schema(self, plain: bool = False) -> dict[str, Any]:
        """The function in BFCL's format; where it is `plain`, without optional parameters, and without descriptions of the others."""
        shown = [p for p in self.parameters if p.required or not plain]
        return {
            "name": self.name,
            "description": self.description,
            "parameters": {
                "type": "dict",
                "properties": {p.name: p.schema(plain) for p in shown},
                "required": [p.name for p in self.parameters if p.required],
            },
        }


@lru_cache(maxsize=1)
def domains() -> Mapping[str, tuple[Function, ...]]:
    """Every domain with its functions, in the order of their names and of the files."""
    folder = files(__package__) / "data"
    found = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name, _, kind = file.name.rpartition(".")
        if kind == "toml":
            found[name] = tuple(_function(name, raw) for raw in tomllib.loads(file.read_text("utf-8"))["function"])
    return found


@lru_cache(maxsize=1)
def functions() -> Mapping[str, Function]:
    """Every function by its name, which no other domain has."""
    return {function.name: function for group in domains().values() for function in group}


def _function(domain: str, raw: Mapping[str, Any]) -> Function:
    return Function(
        domain=domain,
        name=raw["name"],
        description=raw["description"],
        noun=raw["noun"],
        one=raw["one"],
        many=raw["many"],
        parameters=tuple(map(_parameter, raw["parameter"])),
        small=raw.get("small", False),
    )


def _parameter(raw: Mapping[str, Any]) -> Parameter:
    flag = raw["type"] == "boolean"
    sayings = {way: tuple(raw[way]) for way in ("yes", "no") if way in raw} if flag else {"": tuple(raw["says"])}
    return Parameter(
        name=raw["name"],
        type=raw["type"],
        description=raw["description"],
        gap=FLAG if flag else raw["gap"],
        pool=tuple(way == "yes" for way in sayings) if flag else _pool(raw),
        required="default" not in raw,
        default=raw.get("default"),
        enum=raw.get("enum", False),
        share=raw.get("share", True),
        sayings=sayings,
        topics=tuple(raw["topics"]),
    )


def _pool(raw: Mapping[str, Any]) -> tuple[Any, ...]:
    if raw["gap"] == "time":
        return _TIMES
    if "values" in raw:
        return tuple(raw["values"])
    low, high, step = raw["range"]
    return tuple(low + i * step for i in range(round((high - low) / step) + 1))
