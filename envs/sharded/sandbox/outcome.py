"""What a program may use up, and what a call of its function came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Failure = Literal["error", "timeout", "memory", "output", "killed"]
FAILURES: tuple[Failure, ...] = ("error", "timeout", "memory", "output", "killed")


@dataclass(frozen=True)
class Limits:
    """Of one program.

    Wall-clock limits are generous for what they let through, since the machine may be busy with other things: they are
    there to end what would not end.
    """

    seconds: float = 6.0
    """Wall clock for defining the program and its first call, and for every later call."""
    total_seconds: float = 60.0
    """Wall clock for everything; rounded up, one second more is the limit on processor time."""
    memory_mb: int = 512
    """Address space, the interpreter's own (some 30 MB) included."""
    program_bytes: int = 100_000
    """Of the program's text in UTF-8."""
    output_bytes: int = 1_000_000
    """Of all that is sent back, as JSON; no single value may have more than this many items and characters."""


@dataclass(frozen=True)
class Outcome:
    """Of one call: a value, or why there is none."""

    value: Any = None
    """None, bool, int, float, str, list, tuple, dict or frozenset, nested; of exactly these types."""
    failure: Failure | None = None
    """None: the call returned `value`. "error": it raised, or the program cannot be defined. "timeout", "memory": a
    limit. "output": what it returned is no plain data, or too much. "killed": the process ended without an answer.
    """
    message: str = ""
    """Why, in a line; written by the program in part, so it is shown to nobody who could believe it."""
