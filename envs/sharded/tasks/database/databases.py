"""Where the databases of an instance are, and how they are opened: images in memory of our own, files of the published ones."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from turnbench.envs.sharded.task import BadRecord
from turnbench.envs.sharded.tasks.database.compare import Result
from turnbench.envs.sharded.tasks.database.rows import image
from turnbench.envs.sharded.tasks.database.sandbox import LARGE, SMALL, Limits, run

VARIABLE = "TURNBENCH_SPIDER"
"""Names the folder that holds `<db_id>/*.sqlite`, or `databases/<db_id>/*.sqlite`."""
_NAME = re.compile(r"\w+")


def databases(truth: Mapping[str, Any]) -> tuple[list[Callable[[], sqlite3.Connection]], Limits]:
    """How to open each database on which an answer has to be right, and what a query may use there.

    Args:
        truth: of a generated instance (`schema` and `rows`) or of a published one (`files`).
    """
    if "files" in truth:
        return [partial(_open_file, path) for path in truth["files"]], LARGE
    return [_Image(truth["schema"], truth["rows"])], SMALL


def result_of_gold(place: Callable[[], sqlite3.Connection], sql: str, limits: Limits) -> Result | None:
    """What the right query returns; once for each image, whose rows never change, as files may."""
    if not isinstance(place, _Image):
        return run(place, sql, limits)
    try:
        return _result_on_image(place, sql, limits)
    except _NoResult:
        return None


def files_of(db_id: str) -> list[str]:
    """Paths of all databases of that name.

    Raises:
        BadRecord: the folder is not known, or holds none.
    """
    if not _NAME.fullmatch(db_id):
        raise BadRecord(f"its db_id {db_id[:60]!r} is not a plain name")
    folder = os.environ.get(VARIABLE, "")
    if not folder:
        raise BadRecord(
            f"its database {db_id} is not at hand: set {VARIABLE} to the folder that holds {db_id}/*.sqlite"
        )
    for place in (Path(folder), Path(folder, "databases")):
        if found := sorted(str(p) for p in (place / db_id).glob("*.sqlite")):
            return found
    raise BadRecord(
        f"its database {db_id} is not in {folder!r}: set {VARIABLE} to the folder that holds {db_id}/*.sqlite"
    )


@dataclass(frozen=True)
class _Image:
    """A database of ours; every call opens a copy."""

    schema: str
    rows: str

    def __call__(self) -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.deserialize(image(self.schema, self.rows))
        return connection


class _NoResult(Exception):
    """Not to be remembered: a machine that was too slow once need not be so again."""


@lru_cache(maxsize=64)
def _result_on_image(place: _Image, sql: str, limits: Limits) -> Result:
    found = run(place, sql, limits)
    if found is None:
        raise _NoResult
    return found


def _open_file(path: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(path)}?mode=ro&immutable=1", uri=True, isolation_level=None)
