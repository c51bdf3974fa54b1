"""Published instances from a file: what the protocol's authors released, or a file in the same format.

A JSON array, or one JSON object a line. Every record has `task_id`, `task`, `shards` (a list of objects with `shard_id` and
`shard`, or `shard_text` as its README says) and what its task needs. Ids need not be positions. A record that cannot be
used is named with its number, from 1, and the reason, as a warning, and the others load.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from turnbench.env import hash_text
from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.task import BadRecord, Task
from turnbench.errors import WorldDataError
from turnbench.splits import split_of

SHOWN = 5
"""Bad records named in a warning; `DataFile.problems` has them all."""


@dataclass(frozen=True)
class DataFile:
    """The instances of one task in a file."""

    path: str
    instances: tuple[Instance, ...]
    problems: tuple[str, ...]
    """What was left out and why, such as "record 12 (sharded-GSM8K/7): its answer has no number after ####"."""
    content_hash: str
    splits: tuple[str, ...]
    """Of each instance."""

    @staticmethod
    def read(path: str, task: Task) -> DataFile:
        """Read and check a file; once per file and task while the file stays as it is.

        Raises:
            WorldDataError: no such file, not JSON, or no usable record of this task.
        """
        file = Path(path).expanduser()
        try:
            stamp = file.stat()
        except OSError as error:
            raise WorldDataError(f"Cannot read the data file {path!r}: {error.strerror}.") from error
        return _read(str(file), type(task), stamp.st_mtime_ns, stamp.st_size)

    def of_split(self, split: str) -> tuple[Instance, ...]:
        """The instances of a split.

        Raises:
            WorldDataError: there are none.
        """
        found = tuple(i for i, of in zip(self.instances, self.splits, strict=True) if split in ("all", of))
        if not found:
            raise WorldDataError(f"No instance in {self.path!r} falls into the split {split!r}: use split=all.")
        return found


@lru_cache(maxsize=16)
def _read(path: str, kind: type[Task], stamp: int, size: int) -> DataFile:
    task = kind()
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WorldDataError(f"Cannot read the data file {path!r}: {error}.") from error
    half_pairs = "\\ud" in text.lower()  # JSON can escape half a surrogate pair, which is no text
    instances: list[Instance] = []
    splits: list[str] = []
    problems: list[str] = []
    for number, record in _records(text, path, problems):
        if not isinstance(record, Mapping):
            problems.append(f"record {number}: not a JSON object")
            continue
        if record.get("task", task.name) != task.name:
            continue
        name = str(record.get("task_id") or f"record {number}")
        try:
            if half_pairs:
                _demand_text(record)
            instance = task.from_record(record, _shards(record))
            split = split_of(instance.key)
        except BadRecord as error:
            problems.append(f"record {number} ({name}): {error}")
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            problems.append(f"record {number} ({name}): {type(error).__name__}: {error}")
        else:
            instances.append(instance)
            splits.append(split)
    more = f"; and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
    shown = f"{'; '.join(problems[:SHOWN])}{more}"
    if not instances:
        why = f": {shown}" if problems else ""
        raise WorldDataError(f"{path!r} holds no usable instance of the task {task.name!r}{why}.")
    if problems:
        warnings.warn(f"{path}: left out {shown}", stacklevel=2)
    return DataFile(path, tuple(instances), tuple(problems), hash_text(text), tuple(splits))


def _records(text: str, path: str, problems: list[str]) -> Iterator[tuple[int, Any]]:
    """Number (from 1) and record; lines that are not JSON are put into `problems`."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        # Not splitlines: JSON strings may hold other line separators as they are.
        for number, line in enumerate((line for line in text.split("\n") if line.strip()), start=1):
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                problems.append(f"record {number}: not JSON")
                continue
            yield number, record
        return
    yield from enumerate(whole if isinstance(whole, list) else [whole], start=1)


def _demand_text(record: Mapping[str, Any]) -> None:
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BadRecord("it holds half a surrogate pair, which is no text") from None


def _shards(record: Mapping[str, Any]) -> tuple[Shard, ...]:
    raw = record.get("shards")
    if not isinstance(raw, list) or len(raw) < 2:
        raise BadRecord("it has no list of at least two shards")
    shards = []
    for place, piece in enumerate(raw, start=1):
        text = piece.get("shard", piece.get("shard_text")) if isinstance(piece, Mapping) else None
        if not isinstance(text, str):
            raise BadRecord(f"its shard {place} has no text")
        number = piece.get("shard_id", place)
        if isinstance(number, bool) or not isinstance(number, int):
            raise BadRecord(f"its shard {place} has the id {number!r}, which is no whole number")
        shards.append(Shard(number, text))
    if len({s.id for s in shards}) != len(shards):
        raise BadRecord("two of its shards have the same id")
    return tuple(shards)
