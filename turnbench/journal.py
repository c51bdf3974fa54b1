"""The run folder: what makes a run survive `kill -9` at any moment.

    run.json          what was asked for; a second run with other settings may not use the folder
    episodes.jsonl    one line per finished episode, appended, flushed at once and synced about once a second
    failed.jsonl      failed episodes that were set aside to be played again, as they were; never part of a result
    result.json       written whole at the end, and again whenever the finished run is summarised

A killed run leaves at most a broken last line, which is cut off when the run goes on. Corruption anywhere else is
reported with its line and never repaired by guessing.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from pydantic import ValidationError

from turnbench.errors import JournalError, ResultError
from turnbench.result import EpisodeRecord, write_atomically

SYNC_EVERY_S = 1.0


class Journal:
    """Exclusive access to one run folder, as a context manager.

    Args:
        folder: created where missing.
        settings: JSON that identifies the run; must equal what the folder already holds.
        retry_failed: set failed episodes aside, so that they count as not yet played.

    Raises (on entering):
        JournalError: unwritable folder, a folder of another run, one in use by another process, or a corrupt journal.
    """

    def __init__(self, folder: str | Path, settings: Mapping[str, Any], retry_failed: bool = False) -> None:
        self.folder = Path(folder)
        self.retry_failed = retry_failed
        self.settings = json.loads(json.dumps(settings))
        self.finished: set[int] = set()
        """Indices of the finished episodes, which themselves are on disk; `records` reads them."""
        self.totals: tuple[float, int, int] = (0.0, 0, 0)
        """Sum of scores, failed episodes and turns of the episodes that were there when the journal was opened."""
        self.set_aside = 0
        """Failed episodes that were set aside, in all sessions of the run."""
        self.sessions: dict[str, Any] = {"started": time.time(), "wall_s": 0.0, "cpu_s": 0.0, "count": 0}
        """What earlier sessions spent, and how many there were."""
        self._file: IO[str] | None = None
        self._lock: IO[str] | None = None
        self._synced = 0.0

    def __enter__(self) -> Journal:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = (self.folder / ".lock").open("w")
        except OSError as error:
            raise JournalError(
                f"Cannot write to {str(self.folder)!r}: {error.strerror}; choose another --out."
            ) from error
        try:
            _lock_exclusively(self._lock)
        except OSError:
            self._lock.close()
            raise JournalError(
                f"{str(self.folder)!r} is in use by another run: wait for it, or choose another --out."
            ) from None
        try:
            self._check_settings()
            self._read_sessions()
            score, failed, turns = 0.0, 0, 0
            if self.retry_failed:
                self._set_failed_aside()
            self.set_aside = len(_lines(self.folder / "failed.jsonl"))
            for record in iterate_journal(self.folder, repair=True):
                self.finished.add(record.index)
                score, turns = score + record.score, turns + record.turns
                failed += record.failure is not None
            self.totals = score, failed, turns
            self._file = (self.folder / "episodes.jsonl").open("a", encoding="utf-8")
        except BaseException:
            self._lock.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._sync()
            self._file.close()
        if self._lock is not None:
            self._lock.close()

    def _check_settings(self) -> None:
        path = self.folder / "run.json"
        if not path.exists():
            if (self.folder / "episodes.jsonl").exists():
                raise JournalError(f"{str(self.folder)!r} has episodes but no run.json: choose another --out.")
            try:
                write_atomically(path, json.dumps(self.settings, indent=1) + "\n")
            except ResultError as error:
                raise JournalError(f"Cannot write to {str(self.folder)!r}: choose another --out.") from error
            return
        try:
            before = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise JournalError(f"{str(path)!r} cannot be read: {error}; choose another --out.") from error
        if before != self.settings:
            name, old, new = _first_difference(before, self.settings)
            raise JournalError(
                f"{str(self.folder)!r} holds another run ({name} was {old!r}, now {new!r}): choose another --out, "
                "or repeat that run's command to continue it."
            )

    def _set_failed_aside(self) -> None:
        """Move failed episodes to `failed.jsonl`. Killed at any moment, the same again ends the same: a line is written
        there before it is taken out here, and written once.
        """
        failed = {r.index for r in iterate_journal(self.folder, repair=True) if r.failure is not None}
        if not failed:
            return
        path, aside = self.folder / "episodes.jsonl", self.folder / "failed.jsonl"
        lines = {record.index: line for record, line in zip(iterate_journal(self.folder), _lines(path), strict=True)}
        (self.folder / "result.json").unlink(missing_ok=True)  # until they are played, the run has no result
        there = _lines(aside)
        write_atomically(aside, "".join([*there, *(lines[i] for i in lines if i in failed and lines[i] not in there)]))
        write_atomically(path, "".join(line for i, line in lines.items() if i not in failed))

    def _read_sessions(self) -> None:
        path = self.folder / "sessions.json"
        if path.exists():
            try:
                self.sessions.update(json.loads(path.read_text(encoding="utf-8")))
            except (OSError, ValueError):
                return  # only timings: a damaged file must not stop the run

    def note_session(self, wall_s: float, cpu_s: float, **counted: Mapping[str, Any]) -> None:
        """Keep the time spent so far by all sessions (absolute values), and what the agent and a world that asks a server
        count (`Agent.spent`, `TextEnv.spent`).
        """
        now = {**self.sessions, "wall_s": wall_s, "cpu_s": cpu_s, "count": self.sessions["count"] + 1, **counted}
        write_atomically(self.folder / "sessions.json", json.dumps(now) + "\n")

    def append(self, record: EpisodeRecord) -> None:
        """Add a finished episode. Raises JournalError when it is already there or the disk refuses."""
        if record.index in self.finished:
            raise JournalError(f"episode {record.index} is already in {str(self.folder)!r}")
        if self._file is None:
            raise AssertionError("the journal is not open")
        try:
            self._file.write(record.model_dump_json() + "\n")
            self._file.flush()
            if time.monotonic() - self._synced > SYNC_EVERY_S:
                self._sync()
        except OSError as error:
            raise JournalError(
                f"Writing to {str(self.folder)!r} failed: {error.strerror}; make room and repeat the command to go on."
            ) from error
        self.finished.add(record.index)

    def _sync(self) -> None:
        if self._file is not None:
            os.fsync(self._file.fileno())
            self._synced = time.monotonic()


def _first_difference(old: Any, new: Any, path: str = "") -> tuple[str, Any, Any]:
    """Dotted path and both values of the first leaf in which two JSON documents differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            if old.get(key) != new.get(key):
                return _first_difference(old.get(key), new.get(key), f"{path}.{key}" if path else key)
    return path or "settings", old, new


def _lock_exclusively(file: IO[str]) -> None:
    """Raises OSError while another process holds the lock; the system frees it however that process ends."""
    try:
        import fcntl
    except ImportError:  # Windows has no flock; there two runs into one folder are the user's to avoid
        return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def read_journal(folder: str | Path, repair: bool = False) -> list[EpisodeRecord]:
    """The finished episodes of a run folder, in the order they finished; see `iterate_journal`."""
    return list(iterate_journal(folder, repair))


def iterate_journal(folder: str | Path, repair: bool = False) -> Iterator[EpisodeRecord]:
    """One finished episode of a run folder after the other.

    A last line without its line break is what a killed run leaves: it is ignored, and with `repair` cut off.

    Raises:
        JournalError: any other line that is not an episode, or an episode that is there twice; names the line.
    """
    path = Path(folder) / "episodes.jsonl"
    if not path.exists():
        return
    seen: set[int] = set()
    with path.open("rb") as file:
        whole = 0
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            record = _record(path, number, line)
            if record.index in seen:
                raise JournalError(
                    f"{str(path)!r} line {number} repeats episode {record.index}: remove one of the two lines."
                )
            seen.add(record.index)
            yield record
    if repair and whole < path.stat().st_size:
        with path.open("r+b") as file:
            file.truncate(whole)
            os.fsync(file.fileno())


def _lines(path: Path) -> list[str]:
    """Whole lines of a file, none where it is missing."""
    return [f"{line}\n" for line in path.read_bytes().decode("utf-8").split("\n")[:-1]] if path.exists() else []


def _record(path: Path, number: int, line: bytes) -> EpisodeRecord:
    try:
        return EpisodeRecord.model_validate_json(line)
    except (ValidationError, UnicodeDecodeError) as error:
        raise JournalError(
            f"{str(path)!r} line {number} is not an episode: remove that line to play the episode again."
        ) from error


def is_unfinished(folder: str | Path) -> bool:
    """True for the folder of a run that has begun and has no result yet."""
    folder = Path(folder)
    return (folder / "run.json").exists() and not (folder / "result.json").exists()
