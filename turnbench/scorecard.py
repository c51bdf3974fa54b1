"""Results side by side: one row per run, and what the data can and cannot tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from turnbench.errors import UsageError
from turnbench.result import EpisodeRecord, Result
from turnbench.statistics import PairedDifference, paired_difference


@dataclass(frozen=True)
class Row:
    """One run."""

    agent: str
    environment: str
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
    names = _unique_names(results)
    order = {key: i for i, key in enumerate(dict.fromkeys(_environment_key(r) for r in results))}
    pairs = sorted(zip(names, results, strict=True), key=lambda p: order[_environment_key(p[1])])
    rows = [_row(name, r) for name, r in pairs]
    comparisons = []
    for i, (name_a, a) in enumerate(pairs):
        for name_b, b in pairs[i + 1 :]:
            if _all_failed(a) or _all_failed(b):
                continue
            if _environment_key(a) == _environment_key(b) and (found := _compare(a, b)) is not None:
                comparisons.append(Comparison(name_a, name_b, environment_label(a), found))
    return Scorecard(rows, comparisons)


def environment_label(result: Result) -> str:
    """Id without the namespace."""
    return result.environment.id.rpartition(":")[2].removeprefix("TurnBench/")


def _environment_key(result: Result) -> str:
    """Runs are comparable when everything about the environment agrees, content included."""
    return result.environment.model_dump_json()


def _unique_names(results: Sequence[Result]) -> list[str]:
    names: list[str] = []
    for r in results:
        name, n = r.agent.name, 2
        taken = {m for m, other in zip(names, results, strict=False) if _environment_key(other) == _environment_key(r)}
        while name in taken:
            name, n = f"{r.agent.name} ({n})", n + 1
        names.append(name)
    return names


def _row(name: str, r: Result) -> Row:
    s, none = r.summary, _all_failed(r)
    return Row(
        agent=name,
        environment=environment_label(r),
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
