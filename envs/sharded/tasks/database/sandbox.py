"""Runs SQL of unknown origin: reading only, within limits, so that whatever it is it ends soon and changes nothing.

    statements   one; SELECT, reading the database's own tables, recursion and the functions listed here. All else
                 (ATTACH, PRAGMA, temporary tables, table-valued functions, load_extension, ...) is refused by the
                 authorizer while the statement is prepared
    time         a number of steps of SQLite's machine and, behind it, a clock. Preparing cannot be interrupted, so its
                 cost is bounded by length, depth and number of copies of common table expressions (`tokens.expansions`)
    memory       length of a value, number of rows and of bytes fetched
    repeatable   no random numbers, no clock and no time zone: the date functions refuse "now", "localtime" and "utc"

Results of queries that SQLite leaves open (a bare column beside an aggregate, LIMIT without ORDER BY) or that only newer
versions understand may differ between versions of SQLite.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any, NamedTuple

from turnbench.envs.sharded.tasks.database.compare import Result
from turnbench.envs.sharded.tasks.database.tokens import expansions, first_word


class Limits(NamedTuple):
    """What one query may use."""

    steps: int
    """Instructions of SQLite's virtual machine."""
    seconds: float
    """By the clock; far more than the steps should take, so that a slow machine scores as a fast one does."""
    rows: int
    size: int
    """Characters fetched, any value counted as eight at least."""
    value: int
    """Bytes of one value or row, on the way to the result as well."""


SMALL = Limits(steps=1_000_000, seconds=5.0, rows=5_000, size=200_000, value=2_000)
"""For databases of a few dozen rows."""
LARGE = Limits(steps=100_000_000, seconds=10.0, rows=50_000, size=20_000_000, value=20_000)
"""For database files."""
LONGEST_SQL = 10_000
"""Characters."""
MOST_EXPANSIONS = 1_000
_TICK = 1_000
"""Steps between two looks at the clock."""
_FUNCTIONS = frozenset({
    "abs", "avg", "coalesce", "count", "cume_dist", "date", "datetime", "dense_rank", "first_value", "glob", "group_concat",
    "hex", "ifnull", "iif", "instr", "julianday", "lag", "last_value", "lead", "length", "like", "lower", "ltrim", "max", "min",
    "nth_value", "ntile", "nullif", "percent_rank", "rank", "replace", "round", "row_number", "rtrim", "sign", "strftime",
    "substr", "substring", "sum", "time", "total", "trim", "typeof", "unicode", "upper",
})  # fmt: skip
"""Neither printf, which can fill a string for seconds, nor anything that is random, tells of the machine or has effects."""
_DATES = ("date", "time", "datetime", "julianday", "strftime")
_ELSEWHERE = frozenset({"now", "localtime", "utc"})
_CAPS = {
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 4 * LONGEST_SQL,  # bytes, schemas of database files included
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 20,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 50_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 20,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}  # fmt: skip


def run(connect: Callable[[], sqlite3.Connection], sql: str, limits: Limits) -> Result | None:
    """What one SELECT returns.

    Args:
        connect: opens a connection of its own to the database; it is closed afterwards.
        sql: any text.
        limits: what it may use.

    Returns:
        None where it is refused, fails, or reaches a limit.
    """
    if len(sql) > LONGEST_SQL or first_word(sql) not in ("select", "with") or expansions(sql) > MOST_EXPANSIONS:
        return None
    try:
        with closing(connect()) as connection, closing(sqlite3.connect(":memory:")) as dates:
            _guard(connection, dates, limits)
            return _fetch(connection, sql, limits)
    # Refusals and failures of SQLite; texts that it cannot be given (NUL, no UTF-8); more memory than there is.
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError):
        return None


def is_grammatical(sql: str) -> bool:
    """True where SQLite's parser takes it for one statement, whatever tables it names."""
    if len(sql) > LONGEST_SQL or expansions(sql) > MOST_EXPANSIONS:
        return False
    try:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            connection.set_authorizer(_authorizer(frozenset()))
            connection.execute(f"EXPLAIN {sql}")
    except (sqlite3.ProgrammingError, sqlite3.Warning, ValueError):  # several statements, NUL, no UTF-8
        return False
    except sqlite3.OperationalError as error:
        return not any(sign in str(error) for sign in ("syntax error", "incomplete input", "unrecognized token"))
    except sqlite3.Error:  # parsed, and not allowed
        return True
    return True


def _fetch(connection: sqlite3.Connection, sql: str, limits: Limits) -> Result | None:
    cursor = connection.execute(sql)
    if cursor.description is None:
        return None
    rows: list[tuple[Any, ...]] = []
    size = 0
    for row in cursor:
        rows.append(row)
        size += sum(max(8, len(v)) if isinstance(v, (str, bytes)) else 8 for v in row)
        if len(rows) > limits.rows or size > limits.size:
            return None
    return Result(len(cursor.description), rows)


def _guard(connection: sqlite3.Connection, dates: sqlite3.Connection, limits: Limits) -> None:
    connection.text_factory = _text
    for limit, number in _CAPS.items():
        connection.setlimit(limit, number)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.value)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    tables = frozenset(name.lower() for (name,) in connection.execute("SELECT name FROM sqlite_master"))
    for name in _DATES:
        connection.create_function(name, -1, _date_function(name, dates), deterministic=True)
    deadline = time.monotonic() + limits.seconds
    ticks_left = limits.steps // _TICK

    def must_stop() -> bool:
        nonlocal ticks_left
        ticks_left -= 1
        return ticks_left < 0 or time.monotonic() > deadline

    connection.set_progress_handler(must_stop, _TICK)
    connection.set_authorizer(_authorizer(tables))


def _authorizer(tables: frozenset[str]) -> Callable[[int, str | None, str | None, str | None, str | None], int]:
    """Reading `tables` and calling listed functions, nothing else."""

    def authorize(action: int, first: str | None, second: str | None, database: str | None, inner: str | None) -> int:
        if action == sqlite3.SQLITE_READ:
            # COUNT(*) over a common table expression reads no column of something that is in no database.
            allowed = str(first).lower() in tables or (database is None and not second)
        elif action == sqlite3.SQLITE_FUNCTION:
            allowed = str(second).lower() in _FUNCTIONS
        else:
            allowed = action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE)
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    return authorize


def _date_function(name: str, dates: sqlite3.Connection) -> Callable[..., Any]:
    """SQLite's function of that name, which another connection computes, but never about the present moment."""
    values = 2 if name == "strftime" else 1

    def compute(*arguments: Any) -> Any:
        said = {str(a).strip().lower() for a in arguments}
        if len(arguments) < values or said & _ELSEWHERE:
            raise ValueError("depends on when or where it is run")
        marks = ",".join("?" * len(arguments))
        return dates.execute(f"SELECT {name}({marks})", arguments).fetchone()[0]

    return compute


def _text(raw: bytes) -> str:
    """Database files hold what somebody once put there, not always UTF-8."""
    return raw.decode("utf-8", "replace")
