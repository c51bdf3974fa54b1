"""Results side by side: one row per run, and what the data can and cannot tell apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from turnbench.errors import UsageError
from turnbench.result import EpisodeRecord, Result
from turnbench.statistics import PairedDifference, paired_difference

SHOWN = 4
"""Differing settings that a row names."""


@dataclass(frozen=True)
class Row:
    """One run."""

    agent: str
    environment: str
    environment_settings: str
    """What tells its world apart from others of this name on the scorecard: " (budget=5)"; "" where there are none."""
    split: str
    episodes: int
    instances: int
    mean_score: float | None
    """None where every episode failed: then there is nothing to say about the agent."""
    low: float | None
    high: float | None
    mean_turns: float
    failed: int
    ranked: bool


@dataclass(frozen=True)
class Comparison:
    """Two runs of one environment on the same seeds: mean of a - b."""

    a: str
    b: str
    environment: str
    environment_settings: str
    difference: PairedDifference

    @property
    def verdict(self) -> str:
        """What the interval allows to say."""
        if self.difference.low > 0:
            return f"{self.a} is better"
        if self.difference.high < 0:
            return f"{self.b} is better"
        return "not told apart"


@dataclass(frozen=True)
class Scorecard:
    """Rows in the order given, grouped by environment, and every pair that shares seeds."""

    rows: list[Row]
    comparisons: list[Comparison]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON for programs."""
        return {
            "rows": [asdict(r) for r in self.rows],
            "comparisons": [
                {
                    "a": c.a,
                    "b": c.b,
                    "environment": c.environment,
                    "environment_settings": c.environment_settings,
                    "verdict": c.verdict,
                    **c.difference._asdict(),
                }
                for c in self.comparisons
            ],
        }


def build_scorecard(results: Sequence[Result]) -> Scorecard:
    """The scorecard of one or more results.

    Raises:
        UsageError: no results.
    """
    if not results:
        raise UsageError("A scorecard needs at least one result file.")
    names, worlds = _agent_names(results), _world_settings(results)
    order = {key: i for i, key in enumerate(dict.fromkeys(_environment_key(r) for r in results))}
    pairs = sorted(zip(names, worlds, results, strict=True), key=lambda p: order[_environment_key(p[2])])
    rows = [_row(name, world, r) for name, world, r in pairs]
    comparisons = []
    for i, (name_a, world, a) in enumerate(pairs):
        for name_b, _, b in pairs[i + 1 :]:
            if _all_failed(a) or _all_failed(b):
                continue
            if _environment_key(a) == _environment_key(b) and (found := _compare(a, b)) is not None:
                comparisons.append(Comparison(name_a, name_b, environment_label(a), world, found))
    return Scorecard(rows, comparisons)


def environment_label(result: Result) -> str:
    """Id without the namespace."""
    return result.environment.id.rpartition(":")[2].removeprefix("TurnBench/")


def _environment_key(result: Result) -> str:
    """Runs are comparable when everything about the environment agrees, content included."""
    return result.environment.model_dump_json()


def _agent_names(results: Sequence[Result]) -> list[str]:
    """Agents by name; those of one name on one environment with what differs between them, or else numbered."""
    names: list[str] = []
    for r in results:
        rivals = [o for o in results if o.agent.name == r.agent.name and _environment_key(o) == _environment_key(r)]
        first = name = r.agent.name + _difference([_settings(o) for o in rivals], _settings(r))
        taken = {m for m, other in zip(names, results, strict=False) if _environment_key(other) == _environment_key(r)}
        n = 2
        while name in taken:
            name, n = f"{first} ({n})", n + 1
        names.append(name)
    return names


def _world_settings(results: Sequence[Result]) -> list[str]:
    """What differs between environments of one label; the split has a column of its own."""

    def fields(r: Result) -> dict[str, Any]:
        return _leaves(
            {**r.environment.arguments, "content": r.environment.content_hash, "salt": r.environment.salt_hash}
        )

    labels = [environment_label(r) for r in results]
    return [
        _difference([fields(o) for o, other in zip(results, labels, strict=True) if other == label], fields(r))
        for r, label in zip(results, labels, strict=True)
    ]


def _settings(r: Result) -> dict[str, Any]:
    """What makes another agent, or another way of asking it, of one name: no more than can differ on one environment."""
    run = r.run
    asked = {
        "run_seed": run.run_seed, "turn_limit": run.turn_limit, "episode_seconds": run.episode_seconds,
        "repeats": run.repeats, "options": run.options,
    }  # fmt: skip
    return _leaves({**r.agent.details, **asked})


def _leaves(data: Any, path: str = "") -> dict[str, Any]:
    """Leaves of nested JSON by dotted path, empty ones left out."""
    if not isinstance(data, dict):
        return {path: data}
    return {k: v for name, x in data.items() for k, v in _leaves(x, f"{path}.{name}" if path else str(name)).items()}


def _difference(all_: Sequence[dict[str, Any]], one: dict[str, Any]) -> str:
    """The fields of `one` that are not the same in all, in brackets; "" where none differs."""
    fields = dict.fromkeys(name for each in all_ for name in each)
    differing = [f for f in fields if any(each.get(f) != one.get(f) for each in all_)]
    shown = [f"{f.rpartition('.')[2]}={_short(one.get(f))}" for f in differing[:SHOWN]]
    return f" ({', '.join(shown)}{', ...' if len(differing) > SHOWN else ''})" if shown else ""


def _short(value: Any) -> str:
    text = "none" if value is None else value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 24 else f"{text[:21]}..."


def _row(name: str, world: str, r: Result) -> Row:
    s, none = r.summary, _all_failed(r)
    return Row(
        agent=name,
        environment=environment_label(r),
        environment_settings=world,
        split=r.environment.split,
        episodes=s.episodes,
        instances=s.instances,
        mean_score=None if none else s.mean_score,
        low=None if none else s.interval.low,
        high=None if none else s.interval.high,
        mean_turns=s.mean_turns,
        failed=sum(s.failed.values()),
        ranked=r.environment.ranked,
    )


def _all_failed(r: Result) -> bool:
    return sum(r.summary.failed.values()) == r.summary.episodes


def _compare(a: Result, b: Result) -> PairedDifference | None:
    def by_key(r: Result) -> dict[tuple[int, str], EpisodeRecord]:
        return {(e.seed, e.instance): e for e in r.episodes}

    of_a, of_b = by_key(a), by_key(b)
    shared = sorted(of_a.keys() & of_b.keys())
    if not shared:
        return None
    return paired_difference(
        [of_a[k].score for k in shared],
        [of_b[k].score for k in shared],
        [k[1] or f"seed {k[0]}" for k in shared],
        np.random.default_rng(0),
    )
