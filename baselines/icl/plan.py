"""What an in-context study consists of, read from its TOML file.

    name = "..."
    note = "..."
    [train]                 # fields of IclConfig, the same for every model
    [[models]]              # one kind of training
    name = "named/whole"    # its group, and what is special about it
    seeds = 5
    worlds = [...]          # and other fields of IclConfig, which override [train]
    tests = ["named"]       # groups of test cells every one of its runs plays
    [tests.named]
    world = "TurnBench/LeverCorridor-v0"
    episodes = 400
    arguments = {...}       # of the environment, the same for all cells
    [tests.named.cells]     # what differs, by name
    whole = {}
    none = {context = "none"}

Example: results/incontext/study.toml.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from turnbench.baselines.icl.train import COMPACT, IclConfig
from turnbench.env import hash_text
from turnbench.errors import UsageError, did_you_mean
from turnbench.registry import full_id

_PARTS = ("name", "note", "train", "models", "tests")
_MODEL = ("name", "seeds", "tests")
_TEST = ("world", "episodes", "arguments", "cells", "split")


class Job(NamedTuple):
    """One training run and all its tests."""

    model: str
    seed: int


@dataclass(frozen=True)
class Test:
    """A group of test cells on one world."""

    world: str
    episodes: int
    split: str
    cells: Mapping[str, Mapping[str, Any]]
    """Arguments of each, those of the group included."""


@dataclass(frozen=True)
class Model:
    """One kind of training."""

    name: str
    seeds: int
    tests: tuple[str, ...]
    config: IclConfig


@dataclass(frozen=True)
class IclPlan:
    """A study."""

    name: str
    models: Mapping[str, Model]
    tests: Mapping[str, Test]
    note: str = ""

    def jobs(self) -> Iterator[Job]:
        """All models with a first seed, then all with a second: a study that is stopped has something of everything."""
        for seed in range(max(m.seeds for m in self.models.values())):
            for model in self.models.values():
                if seed < model.seeds:
                    yield Job(model.name, seed)

    def settings(self, model: str) -> str:
        """Hash of everything that decides a model's runs but their seed (and how often they are saved): lines of other settings are not this study's."""
        m = self.models[model]
        config = {k: v for k, v in asdict(m.config).items() if k not in ("seed", "save_every")}
        tests = {t: asdict(self.tests[t]) for t in m.tests}
        return hash_text(json.dumps([config, tests], sort_keys=True))


def read_icl_plan(path: Path) -> IclPlan:
    """A study from its file.

    Raises:
        UsageError: the file is not there, not TOML, or says something no study has.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"Cannot read {path}: {error.strerror}.") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}.") from error
    _known(path, "A study", said, _PARTS)
    tests = {}
    for name, group in said.get("tests", {}).items():
        _known(path, f"tests.{name}", group, _TEST)
        shared = {**COMPACT, **group.get("arguments", {})}
        cells = {cell: {**shared, **own} for cell, own in group["cells"].items()}
        tests[name] = Test(full_id(group["world"]), group.get("episodes", 400), group.get("split", "test"), cells)
    models = {}
    trainable = [f.name for f in fields(IclConfig) if f.name != "seed"]  # the study gives every run its own
    for each in said.get("models", []):
        _known(path, f"The model {each.get('name')!r}", each, (*_MODEL, *trainable))
        options = {**said.get("train", {}), **{k: v for k, v in each.items() if k not in _MODEL}}
        _known(path, "[train]", options, trainable)
        for t in each["tests"]:
            if t not in tests:
                raise UsageError(
                    f"{path}: there is no group of tests {t!r}; there is: {', '.join(tests)}.{did_you_mean(t, tests)}"
                )
        chosen: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
        config = IclConfig(**chosen)
        models[each["name"]] = Model(each["name"], each.get("seeds", 3), tuple(each["tests"]), config)
    if not models:
        raise UsageError(f"{path} has no models: add a [[models]] table.")
    return IclPlan(said.get("name", path.parent.name), models, tests, said.get("note", ""))


def _known(path: Path, what: str, said: Mapping[str, Any], parts: Any) -> None:
    for part in said:
        if part not in parts:
            raise UsageError(
                f"{path}: {what} has no part {part!r}; there is: {', '.join(parts)}.{did_you_mean(part, parts)}"
            )
