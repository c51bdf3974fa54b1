"""What is to be played and what was: a world in a setting, before (`Job`) and after (`Cell`), and all of them (`Comparison`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from turnbench.degradation.metrics import Array
from turnbench.result import EpisodeRecord, Result


@dataclass(frozen=True)
class Job:
    """A run folder's worth: one world in one setting; `merge` counts the messages of `gradual`, 0 elsewhere."""

    env_id: str
    setting: str
    arguments: Mapping[str, Any]
    places: tuple[int, ...]
    """Of the distinct instructions, counted from the first seed; at least one. It is played up to the last of them."""
    n: int
    """Runs of each."""
    merge: int = 0

    @property
    def episodes(self) -> int:
        """Conversations."""
        return (self.places[-1] + 1) * self.n

    @property
    def folder(self) -> str:
        """Its name."""
        return f"{short_name(self.env_id)}-{self.arm}"

    @property
    def arm(self) -> str:
        """The setting, with the number of messages where it is `gradual`."""
        return f"{self.setting}-{self.merge}" if self.merge else self.setting


@dataclass(frozen=True)
class Cell:
    """One world in one setting."""

    env_id: str
    setting: str
    result: Result
    places: tuple[int, ...]
    """As `Job.places`; all else that was played repeats one of these."""

    @property
    def episodes(self) -> list[EpisodeRecord]:
        """Runs of the distinct instructions, one instruction after the other."""
        n = self.result.run.repeats
        return [e for place in self.places for e in self.result.episodes[place * n : (place + 1) * n]]

    @property
    def task(self) -> str:
        """The world's id without namespace and version."""
        return short_name(self.env_id)

    @property
    def scores_IN(self) -> Array:
        """Scores in [0, 100], shape (instances, runs of each)."""
        return self._by_instance([e.score for e in self.episodes])

    def attempts_IN(self, which: int) -> Array:
        """Scores of the first (0) or the last (-1) attempt, 0 where a conversation had none; shape (instances, runs)."""
        found = []
        for episode in self.episodes:
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
    asked: int
    """Instructions of each world that were asked for; a cell may hold fewer."""
    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)
    gradual: dict[tuple[str, int], Cell] = field(default_factory=dict)
    """By world and number of messages, from 1 to one less than the longest instruction has pieces."""
    pieces: dict[str, list[int]] = field(default_factory=dict)
    """Of every distinct instruction, where `gradual` was played."""

    @property
    def every_cell(self) -> list[Cell]:
        """Those of `gradual` last."""
        return [*self.cells.values(), *self.gradual.values()]

    @property
    def worlds(self) -> list[str]:
        """Ids, in the order they were named."""
        return list(dict.fromkeys(env for env, _ in self.cells))

    @property
    def settings(self) -> list[str]:
        """In the order they were named."""
        return list(dict.fromkeys(setting for _, setting in self.cells))

    def of(self, setting: str, worlds: Sequence[str] | None = None) -> list[Cell]:
        """Cells of these worlds (of all) in a setting."""
        chosen = self.worlds if worlds is None else worlds
        return [self.cells[w, setting] for w in chosen if (w, setting) in self.cells]

    def shared(self, a: str, b: str) -> list[str]:
        """Worlds that have both settings."""
        return [w for w in self.worlds if (w, a) in self.cells and (w, b) in self.cells]


def short_name(env_id: str) -> str:
    """ "TurnBench/ShardedMath-v0" as "ShardedMath"."""
    return env_id.rpartition("/")[2].rpartition("-v")[0]
