"""What a study consists of, read from its TOML file.

Parts: `name`, `base`, `seeds`, `methods`, `test_episodes`, and tables: `[shared]`, settings of every run (fields of
`TrainConfig`, `budget_tokens` among them); `[environments."ID"]`, what differs there; `[settings.METHOD]`, a method's own;
`[tuning]` with `learning_rate` (tried for every method and environment alike, the best on validation is taken), `seeds` and
`share` (of the budget). Example: results/laboratory/pilot/study.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from turnbench.baselines.method import load_method
from turnbench.baselines.train import TrainConfig
from turnbench.errors import UsageError, did_you_mean
from turnbench.registry import full_id

CONTROLS = ("none", "sft")
"""What a study may compare methods with: the base as it is, and going on imitating with `imitation_tokens`."""
_PARTS = (
    "compare",
    "imitation_tokens",
    "name",
    "base",
    "seeds",
    "methods",
    "test_episodes",
    "tuning",
    "shared",
    "environments",
    "settings",
    "note",
)


@dataclass(frozen=True)
class Job:
    """One training run of a study."""

    phase: str
    """"tuning" or "main"."""
    env: str
    method: str
    seed: int
    learning_rate: float

    @property
    def name(self) -> str:
        """Folder of the run, below the study's."""
        env = self.env.removeprefix("TurnBench/").replace("/", "_").replace(":", "_")
        return f"{self.phase}/{env}/{self.method.replace(':', '_')}/lr{self.learning_rate:g}-seed{self.seed}"


@dataclass(frozen=True)
class Plan:
    """A study."""

    name: str
    base: str
    methods: tuple[str, ...]
    seeds: tuple[int, ...]
    environments: dict[str, dict[str, Any]]
    shared: dict[str, Any]
    test_episodes: int = 400
    imitation_tokens: int = 0
    """Budget of the control "sft": tokens of lessons, each computed forward and backward."""
    rates: tuple[float, ...] = ()
    """Learning rates tried in tuning, the same for every method."""
    tuning_seeds: tuple[int, ...] = ()
    tuning_share: float = 1.0
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    compare: tuple[tuple[str, str], ...] = ()
    """Pairs of methods whose difference, paired by seed, the report gives."""

    def tuning_jobs(self) -> Iterator[Job]:
        """The runs that choose learning rates; none where there is nothing to choose."""
        if len(self.rates) < 2:
            return
        for env in self.environments:
            for method in (m for m in self.methods if m not in CONTROLS):
                for rate in self.rates:
                    for seed in self.tuning_seeds:
                        yield Job("tuning", env, method, seed, rate)

    def main_jobs(self, chosen: dict[tuple[str, str], float]) -> Iterator[Job]:
        """The runs that count, all methods of a seed before the next seed."""
        for seed in self.seeds:
            for env in self.environments:
                for method in self.methods:
                    yield Job("main", env, method, seed, chosen[env, method])

    def config(self, job: Job) -> TrainConfig:
        """The training run of a job."""
        options = {**self.shared, **self.environments[job.env], "learning_rate": job.learning_rate}
        if job.phase == "tuning" and options.get("budget_tokens"):
            options["budget_tokens"] = int(options["budget_tokens"] * self.tuning_share)
        return TrainConfig(
            method=job.method,
            env=job.env,
            base=self.base,
            seed=job.seed,
            settings=self.settings.get(job.method, {}),
            **options,
        )


def read_plan(path: Path) -> Plan:
    """The study in a TOML file.

    Raises:
        UsageError: anything unknown or missing, before a run begins.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"Cannot read the study {path}: {error}.") from error
    for part in data:
        if part not in _PARTS:
            raise UsageError(f"{path.name} has a part {part!r} no study has.{did_you_mean(part, _PARTS)}")
    for part in ("name", "methods", "seeds", "environments", "shared"):
        if not data.get(part):
            raise UsageError(f"{path.name} lacks {part!r}.")
    known = {f.name for f in fields(TrainConfig)} - {"method", "env", "base", "seed", "settings"}
    tables = [data["shared"], *data["environments"].values()]
    for name in (n for table in tables for n in table):
        if name not in known:
            raise UsageError(f"{path.name}: a training run has no setting {name!r}.{did_you_mean(name, known)}")
    settings = data.get("settings", {})
    if "sft" in data["methods"] and not data.get("imitation_tokens"):
        raise UsageError(f"{path.name} compares with 'sft' and lacks imitation_tokens, its budget.")
    for method in (m for m in data["methods"] if m not in CONTROLS):
        load_method(method, settings.get(method, {}))
    tuning = data.get("tuning", {})
    rates = tuple(float(r) for r in tuning.get("learning_rate", [data["shared"].pop("learning_rate", 1e-3)]))
    if len(rates) > 1 and not tuning.get("seeds"):
        raise UsageError(f"{path.name} tunes between {len(rates)} learning rates and lacks the seeds to do it with.")
    if any("learning_rate" in options for options in data["environments"].values()):
        raise UsageError(f"{path.name}: learning rates stand in [tuning] or [shared], not with an environment.")
    plan = Plan(
        name=data["name"],
        base=data.get("base", "base"),
        methods=tuple(data["methods"]),
        seeds=tuple(data["seeds"]),
        environments={full_id(e): dict(options) for e, options in data["environments"].items()},
        shared=data["shared"],
        test_episodes=int(data.get("test_episodes", 400)),
        imitation_tokens=int(data.get("imitation_tokens", 0)),
        rates=rates,
        tuning_seeds=tuple(tuning.get("seeds", ())),
        tuning_share=float(tuning.get("share", 1.0)),
        settings=settings,
        compare=tuple((a, b) for a, b in data.get("compare", ())),
    )
    for env in plan.environments:  # wrong values are refused now, not in the tenth hour
        for method in plan.methods:
            plan.config(Job("main", env, method, 0, rates[0]))
    return plan
