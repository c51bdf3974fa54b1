"""One program in one fork: defines it, calls its function on every input, sends a line of JSON for each call.

Nothing here decides anything. The program can patch all of it, and then sends something else or nothing, which the other
side reads as such. References to what is needed for sending are taken before the program runs, so that an honest
program with its own `json` or `str` does not trip over them.

A line is {"value": ...}, {"failure": kind, "message": text}, or the latter with "all": true for what concerns every call.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import io
import json
import os
import random
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

wire = importlib.import_module("wire")

MODULE = "__program__"
"""`__name__` of a program: not "__main__", so that what stands under the usual test at its end is not run."""
RECURSION = 20_000
"""Instead of the usual 1,000, since stacks have room for it here and published references go deep."""
_LONGEST_MESSAGE = 300


class _Nowhere(io.TextIOBase):
    """Where prints go."""

    def write(self, text: str) -> int:
        return len(text)

    def writable(self) -> bool:
        return True


def run(job: Mapping[str, Any], descriptor: int, importable: frozenset[str]) -> None:
    """Run a job.

    Args:
        job: `program`, `function` (its name, or "Class.method" of a class that is made without arguments), `inputs` (a
            list of arguments a call, wire-encoded), `output_bytes`.
        descriptor: where to write.
        importable: names of the top-level modules a program may import.
    """
    send = _sender(descriptor, job["output_bytes"])
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), _Nowhere(), _Nowhere()
    sys.meta_path.clear()
    builtins.__import__ = _guarded(builtins.__import__, importable)
    sys.setrecursionlimit(RECURSION)
    random.seed(0)
    try:
        function = _defined(job["program"], job["function"])
    except BaseException as error:
        send(_failure(error) | {"all": True})
        return
    for inputs in job["inputs"]:
        try:
            send({"value": wire.encode(function(*wire.decode(inputs)), job["output_bytes"])})
        except BaseException as error:
            send(_failure(error))


def _defined(program: str, function: str) -> Callable[..., Any]:
    module = types.ModuleType(MODULE)
    sys.modules[MODULE] = module  # where dataclasses and typing look names up
    exec(compile(program, "<program>", "exec", dont_inherit=True), module.__dict__)
    owner, _, name = function.rpartition(".")
    found: Any = module.__dict__[owner]() if owner else module
    called: Callable[..., Any] = getattr(found, name)
    return called


def _guarded(original: Callable[..., Any], importable: frozenset[str]) -> Callable[..., Any]:
    """`__import__` that knows no other modules, asked from a program; what library code imports later is left to it.

    For honest programs, which see the same error as for a module that is not installed; containment is not its business.
    """

    def __import__(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        root = name.partition(".")[0]
        if root not in importable and (globals or {}).get("__name__") == MODULE:
            raise ModuleNotFoundError(f"No module named {root!r}", name=root)
        return original(name, globals, locals, fromlist, level)

    return __import__


def _failure(error: BaseException) -> dict[str, Any]:
    kind = "error"
    if isinstance(error, MemoryError):
        kind = "memory"
    elif isinstance(error, wire.NotPlain):
        kind = "output"
    message = type(error).__name__
    with contextlib.suppress(BaseException):  # its __str__ may be the program's
        message = f"{message}: {error}"[:_LONGEST_MESSAGE]
    return {"failure": kind, "message": message}


def _sender(descriptor: int, most: int) -> Callable[[dict[str, Any]], None]:
    write, encode = os.write, json.JSONEncoder(ensure_ascii=True, check_circular=False).encode
    left = most

    def send(message: dict[str, Any]) -> None:
        nonlocal left
        line = encode(message).encode() + b"\n"
        if len(line) > left:
            line = b'{"failure": "output", "message": "too much in all"}\n'
        left -= len(line)
        while line:
            line = line[write(descriptor, line) :]

    return send
