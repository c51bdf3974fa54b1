"""The fork server, run as a script by a bare interpreter: imports once what programs may import, then forks for every job.

Conversation over a Unix socket, the parent's turn first except for the greeting:

    -> one byte, "K" or "A": forks are held by the kernel's filter, or by an audit hook
    <- one byte and, as ancillary data, two descriptors: where a fork reads its job (8 bytes, the length, and JSON), and
       where it writes what comes of it
    -> 8 bytes, the fork's process id
    <- one byte: the parent has killed the fork (or seen it end); until then it stays a zombie, so its id means nobody else
    -> two numbers: its wait status, its processor seconds

A job never passes through the zygote, so no fork can find an earlier one in its memory. The end of the conversation, which
is also how the parent's death looks, ends the fork and the zygote.
"""

from __future__ import annotations

import codecs
import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import struct
import sys
import tempfile
from pathlib import Path
from typing import Any

SENDING = 3
"""The descriptor a fork writes to; 0 to 2 are the null device and nothing else is open."""
_BEYOND_ALL = 256
"""No descriptor of a zygote is as large, but that of the conversation, which keeps its number from the parent."""
IMPORTABLE = (
    "__future__", "abc", "array", "base64", "binascii", "bisect", "builtins", "calendar", "cmath", "collections",
    "contextlib", "copy", "copyreg", "dataclasses", "datetime", "decimal", "difflib", "enum", "fnmatch", "fractions", "functools",
    "graphlib", "hashlib", "heapq", "html", "io", "itertools", "json", "keyword", "math", "numbers", "operator", "pprint",
    "queue", "random", "re", "reprlib", "statistics", "string", "struct", "sys", "textwrap", "time", "types", "typing",
    "unicodedata", "warnings", "weakref", "zlib", "_strptime",
)  # fmt: skip
"""What a program may import: what computes in memory. (What else `io` and `sys` can do is refused to a fork.) `_strptime` is
imported by `datetime` in the name of whoever parses a date first.
"""
_LATER = ("collections.abc", "json.decoder", "json.encoder", "html.entities")
"""Submodules of these."""
_CODECS = (
    "ascii", "latin-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "unicode-escape", "raw-unicode-escape", "hex", "rot13",
)  # fmt: skip
"""What `str.encode` looks up when it is first asked for, beside UTF-8."""


def main() -> None:
    """Serve until the conversation ends."""
    here, descriptor = str(Path(__file__).resolve().parent), int(sys.argv[1])
    sys.path.insert(0, here)
    lockdown, job = importlib.import_module("lockdown"), importlib.import_module("job")
    sys.path.remove(here)
    _load()
    _live_nowhere()
    held = None if sys.argv[2:] == ["audit"] else lockdown.kernel_filter(SENDING)
    with socket.socket(fileno=descriptor) as parent:
        parent.sendall(b"A" if held is None else b"K")
        gc.collect()
        gc.freeze()  # forks then copy fewer pages
        while len(descriptors := socket.recv_fds(parent, 1, 2)[1]) == 2:
            zygote, fork = os.getpid(), os.fork()
            if fork == 0:
                try:
                    task = _enter(parent.detach(), *descriptors)
                    _work(task, zygote, held, lockdown, job)
                    os._exit(0)
                finally:
                    os._exit(1)
            for each in descriptors:
                os.close(each)
            if not _accompanied(parent, fork):
                return


def _work(task: dict[str, Any], zygote: int, held: Any, lockdown: Any, job: Any) -> None:
    """In the fork: lock down, then run the job."""
    lockdown.limit(task["memory_mb"], task["processor_seconds"], SENDING + 1)
    if held is not None:
        held.die_with(zygote)
        held.put_on()
    else:
        lockdown.audit()
    job.run(task, SENDING, frozenset(IMPORTABLE))


def _enter(conversation: int, reading: int, sending: int) -> dict[str, Any]:
    """In the fork: a process group of its own, and no descriptor but those for nothing and for sending. Returns the job."""
    os.setsid()
    os.close(conversation)
    with open(reading, "rb") as stream:
        (length,) = struct.unpack("!q", stream.read(8))
        task: dict[str, Any] = json.loads(stream.read(length))
    if sending != SENDING:
        os.dup2(sending, SENDING)
    os.closerange(SENDING + 1, _BEYOND_ALL)
    return task


def _accompanied(parent: socket.socket, fork: int) -> bool:
    """Tell the parent of a fork, and bury the fork when told to; False where the parent is gone."""
    told = False
    with contextlib.suppress(OSError):
        parent.sendall(struct.pack("!q", fork))
        told = parent.recv(1) != b""
    if not told:
        for kill in (os.kill, os.killpg):
            with contextlib.suppress(OSError):
                kill(fork, signal.SIGKILL)
    _, status, used = os.wait4(fork, 0)
    if told:
        with contextlib.suppress(OSError):
            parent.sendall(struct.pack("!qd", status, used.ru_utime + used.ru_stime))
            return True
    return False


def _load() -> None:
    for name in (*IMPORTABLE, *_LATER):
        importlib.import_module(name)
    for name in _CODECS:
        codecs.lookup(name)


def _live_nowhere() -> None:
    """Work in an empty folder that has no name any more (nothing can be made in it), with no environment."""
    folder = Path(tempfile.mkdtemp())
    os.chdir(folder)
    folder.rmdir()
    os.environ.clear()


if __name__ == "__main__":
    main()
