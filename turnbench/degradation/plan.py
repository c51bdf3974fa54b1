"""Which worlds, settings and instances are played, and playing them: a run folder for every world and setting.

Every setting plays the same instances with the same seeds, so that settings differ in nothing but how the task is posed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from turnbench.agents.base import AnyAgent
from turnbench.degradation.metrics import Array
from turnbench.drivers import Progress
from turnbench.errors import UnknownName, UsageError, did_you_mean
from turnbench.registry import env_class, env_ids, full_id
from turnbench.result import Result
from turnbench.runner import DEFAULT_BATCH, run

USUAL = ("full", "concat", "sharded", "recap", "snowball", "user-turns-only")
"""Settings played where none are named, as far as a world has them."""


@dataclass(frozen=True)
class Cell:
    """One world in one setting."""

    env_id: str
    setting: str
    result: Result

    @property
    def task(self) -> str:
        """The world's id without namespace and version."""
        return short_name(self.env_id)

    @property
    def scores_IN(self) -> Array:
        """Scores in [0, 100], shape (instances, runs of each)."""
        return self._by_instance([e.score for e in self.result.episodes])

    def attempts_IN(self, which: int) -> Array:
        """Scores of the first (0) or the last (-1) attempt, 0 where a conversation had none; shape (instances, runs)."""
        found = []
        for episode in self.result.episodes:
            attempts = (episode.notes or {}).get("attempts")
            if attempts is None:  # a world that does not tell its attempts has one: the whole episode
                found.append(episode.score)
            else:
                found.append(attempts[which]["score"] if attempts else 0.0)
        return self._by_instance(found)

    def _by_instance(self, values: Sequence[float]) -> Array:
        return 100.0 * np.asarray(values, dtype=float).reshape(-1, self.result.run.repeats)


@dataclass(frozen=True)
class Comparison:
    """Everything that was played: cells by world and setting."""

    agent: str
    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)

    @property
    def worlds(self) -> list[str]:
        """Ids, in the order they were named."""
        return list(dict.fromkeys(env for env, _ in self.cells))

    @property
    def settings(self) -> list[str]:
        """In the order they were named."""
        return list(dict.fromkeys(setting for _, setting in self.cells))

    def of(self, setting: str, worlds: Sequence[str] | None = None) -> list[Cell]:
        """The setting's cells of these worlds (of all)."""
        chosen = self.worlds if worlds is None else worlds
        return [self.cells[w, setting] for w in chosen if (w, setting) in self.cells]

    def shared(self, a: str, b: str) -> list[str]:
        """Worlds that have both settings."""
        return [w for w in self.worlds if (w, a) in self.cells and (w, b) in self.cells]


def short_name(env_id: str) -> str:
    """ "TurnBench/ShardedMath-v0" as "ShardedMath"."""
    return env_id.rpartition("/")[2].rpartition("-v")[0]


def reveal_worlds() -> list[str]:
    """Ids of every registered world that can pose its task in several settings; levels of a world are left out."""
    found = [i for i in env_ids() if env_class(i).reveals]
    return [i for i in found if "-" not in short_name(i)]


def worlds_named(names: Sequence[str]) -> list[str]:
    """Ids from names: an id, with or without namespace and version, or a part of one that fits a single world.

    Raises:
        UnknownName, UsageError: none or several fit, or the world has no settings.
    """
    if not names:
        return reveal_worlds()
    every = [i for i in env_ids() if env_class(i).reveals]
    found = []
    for name in names:
        if ":" in name or name in every:
            found.append(full_id(name))
            continue
        exact = [i for i in every if name.casefold() in (i.rpartition("/")[2].casefold(), short_name(i).casefold())]
        near = [i for i in reveal_worlds() if name.casefold() in short_name(i).casefold()]
        fits = exact or near
        if len(fits) > 1:
            raise UsageError(f"{name!r} fits several worlds: {', '.join(map(short_name, fits))}; name one.")
        if not fits:
            known = [short_name(i) for i in reveal_worlds()]
            raise UnknownName(
                f"No world with settings is called {name!r}; there is: {', '.join(known)}.{did_you_mean(name, known)}"
            )
        found += fits
    for env_id in found:
        if not env_class(env_id).reveals:
            raise UsageError(f"{env_id} cannot reveal its task bit by bit: it has no settings to compare.")
    return list(dict.fromkeys(found))


def degrade(
    agent: str | AnyAgent | Callable[..., Any],
    worlds: Sequence[str] = (),
    *,
    out: str | Path,
    settings: Sequence[str] = (),
    instances: int = 20,
    n: int = 10,
    split: str = "test",
    first_seed: int = 0,
    arguments: Mapping[str, Any] | None = None,
    batch_size: int = DEFAULT_BATCH,
    progress: Callable[[str, str, Progress], None] | None = None,
    name: str | None = None,
    agent_options: Mapping[str, Any] | None = None,
    limits: Mapping[str, Any] | None = None,
) -> Comparison:
    """Play the same instances in every setting; what is finished in `out` is not played again.

    Args:
        agent: as `turnbench.run` takes it.
        worlds: names of worlds (`worlds_named`); all with settings by default.
        out: folder with a run folder per world and setting.
        settings: `USUAL` by default; a world without one of them goes without it.
        instances: instructions of each world.
        n: runs of each instruction.
        split: of the worlds.
        first_seed: number of the first instance.
        arguments: of the worlds, beside `reveal`.
        batch_size: conversations in flight.
        progress: told about every finished conversation, with world and setting.
        name: the agent's name.
        agent_options: of an agent given by name.
        limits: the same; `max_tokens_total` and `max_cost` are of all that is played together.

    Raises:
        UsageError: before anything is played.
        RunStopped: as `turnbench.run`; the same call goes on.
    """
    if instances < 1 or n < 1:
        raise UsageError(f"instances and n are 1 or more, not {instances} and {n}.")
    ids = worlds_named(worlds)
    if not ids:
        raise UsageError("No world that reveals its task bit by bit is registered.")
    known = list(dict.fromkeys(s for i in ids for s in env_class(i).reveals))
    for setting in settings:
        if setting not in known:
            raise UnknownName(
                f"There is no setting {setting!r}; there is: {', '.join(known)}.{did_you_mean(setting, known)}"
            )
    played = Comparison(name or (agent if isinstance(agent, str) else str(getattr(agent, "__name__", "agent"))))
    for env_id in ids:
        for setting in settings or USUAL:
            if setting not in env_class(env_id).reveals:
                continue
            result = run(
                agent,
                env_id,
                out=Path(out) / f"{short_name(env_id)}-{setting}",
                batch_size=batch_size,
                progress=None if progress is None else _told(progress, env_id, setting),
                name=name,
                agent_options=agent_options,
                limits=_left(limits or {}, played),
                episodes=instances * n,
                repeats=n,
                split=split,
                first_seed=first_seed,
                arguments={**(arguments or {}), "reveal": setting},
            )
            played.cells[env_id, setting] = Cell(env_id, setting, result)
    return played


def _left(limits: Mapping[str, Any], played: Comparison) -> dict[str, Any]:
    """The limits less what the cells so far have used: a run folder is told what is left."""
    usages = [cell.result.usage for cell in played.cells.values() if cell.result.usage is not None]
    used = {
        "max_tokens_total": sum(u.prompt_tokens + u.completion_tokens for u in usages),
        "max_cost": sum(u.cost or 0.0 for u in usages),
    }
    return {k: v if v is None or k not in used else max(0, v - used[k]) for k, v in limits.items()}


def _told(progress: Callable[[str, str, Progress], None], env_id: str, setting: str) -> Callable[[Progress], None]:
    return lambda done: progress(env_id, setting, done)
