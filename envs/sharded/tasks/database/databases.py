"""Where the databases of an instance are, and how they are opened: images in memory of our own, files of the published ones."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from turnbench.envs.sharded.task import BadRecord
from turnbench.envs.sharded.tasks.database.rows import image
from turnbench.envs.sharded.tasks.database.sandbox import LARGE, SMALL, Limits

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
    return [partial(_open_image, truth["schema"], truth["rows"])], SMALL


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


def _open_image(schema: str, rows: str) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(image(schema, rows))
    return connection


def _open_file(path: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(path)}?mode=ro&immutable=1", uri=True, isolation_level=None)
