"""The near side of the sandbox: keeps the zygote running, holds the clock over its forks, and reads what they send."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from turnbench.envs.sharded.sandbox.outcome import FAILURES, Limits, Outcome
from turnbench.envs.sharded.sandbox.wire import NotPlain, decode, encode
from turnbench.errors import TurnBenchError

_ANSWERS_WITHIN = 20.0
"""Seconds in which a zygote starts, forks or buries; one that needs longer is given up."""
_MOST_INPUT = 1 << 26
"""Items and characters of an argument."""
USUAL = Limits()
_ENVIRONMENT = {"PYTHONHASHSEED": "0", "TZ": "UTC0"}
_KEPT = ("LD_LIBRARY_PATH", "PYTHONHOME")
"""Without which some interpreters do not start; a zygote forgets them before its first fork."""


class SandboxUnavailable(TurnBenchError, RuntimeError):
    """Programs cannot be run here."""


class _ZygoteLost(Exception):
    """The conversation with the zygote broke off."""


class Sandbox:
    """A zygote, started when first needed and started again when it dies. Calls from several threads wait for each other.

    Args:
        audit: do without the kernel's filter, as on systems that have none.
    """

    def __init__(self, audit: bool = False) -> None:
        self._audit = audit
        self._lock = threading.Lock()
        self._zygote: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._isolation = ""

    @property
    def isolation(self) -> str:
        """What holds programs beside resource limits: "kernel", a system-call filter, or "audit", a hook inside the interpreter.

        Raises:
            SandboxUnavailable: see `run`.
        """
        with self._lock:
            self._start()
            return self._isolation

    def run(
        self, program: str, function: str, inputs: Sequence[Sequence[Any]], limits: Limits = USUAL
    ) -> list[Outcome]:
        """Define a program in a fresh process and call one of its functions on each input, in order.

        Args:
            program: any text.
            function: name of a function in it, or "Class.method" of a class that is made without arguments.
            inputs: the arguments of each call: plain data (see `wire`).
            limits: of everything together.

        Returns:
            An outcome for each input.

        Raises:
            NotPlain: inputs that are no plain data.
            SandboxUnavailable: no bare interpreter can be started or forked on this system.
        """
        if not inputs:
            return []
        if len(program) > limits.program_bytes or len(program.encode(errors="replace")) > limits.program_bytes:
            return [Outcome(failure="error", message="the program is too long")] * len(inputs)
        job = json.dumps(
            {
                "program": program,
                "function": function,
                "inputs": [[encode(argument, _MOST_INPUT) for argument in each] for each in inputs],
                "output_bytes": limits.output_bytes,
                "memory_mb": limits.memory_mb,
                "processor_seconds": int(limits.total_seconds) + 2,
            }
        ).encode()
        with self._lock:
            for _ in range(2):  # the zygote may have been killed, by somebody or by a program that got through to it
                self._start()
                try:
                    return self._run(job, len(inputs), limits)
                except _ZygoteLost:
                    self._stop()
        return [Outcome(failure="killed", message="the sandbox went down with it")] * len(inputs)

    def close(self) -> None:
        """End the zygote. The next run starts another."""
        with self._lock:
            self._stop()

    def leave_to_parent(self) -> None:
        """In a fork of this process: forget the zygote, which is not ours."""
        self._lock = threading.Lock()
        if self._zygote is not None:
            self._zygote.returncode = 0  # nothing to wait for, as far as this process goes
            self._zygote = None
        if self._line is not None:
            self._line.close()
            self._line = None

    # The zygote ------------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        if self._zygote is not None:
            if self._zygote.poll() is None:
                return
            self._stop()
        if not hasattr(os, "fork") or not sys.executable:
            raise SandboxUnavailable("Model-written programs run in forks of a Python interpreter: use Linux or macOS.")
        ours, theirs = socket.socketpair()
        script = Path(__file__).with_name("zygote.py")
        # Bare as with -I and -S, but for the hash seed, which -I would ignore.
        command = [
            sys.executable,
            "-s",
            "-S",
            "-P",
            "-B",
            "-X",
            "utf8",
            "-W",
            "ignore",
            str(script),
            str(theirs.fileno()),
        ]
        with theirs:
            self._zygote = subprocess.Popen(
                [*command, "audit"] if self._audit else command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=_ENVIRONMENT | {name: os.environ[name] for name in _KEPT if name in os.environ},
                start_new_session=True,
            )
        ours.settimeout(_ANSWERS_WITHIN)
        self._line = ours
        greeting = b""
        with contextlib.suppress(OSError):
            greeting = ours.recv(1)
        self._isolation = {b"K": "kernel", b"A": "audit"}.get(greeting, "")
        if not self._isolation:
            self._stop()
            raise SandboxUnavailable(f"A bare interpreter for model-written programs does not start: {sys.executable}.")

    def _stop(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._zygote is not None:
            try:
                self._zygote.wait(0.5)  # it ends by itself, and its fork before it, when the line is closed
            except subprocess.TimeoutExpired:
                self._zygote.kill()
                self._zygote.wait()
            self._zygote = None

    # A job -----------------------------------------------------------------------------------------------------------

    def _run(self, job: bytes, calls: int, limits: Limits) -> list[Outcome]:
        assert self._line is not None
        fork = 0
        reading, giving = os.pipe()
        receiving, sending = os.pipe()
        try:
            try:
                with _lost_on_error():
                    socket.send_fds(self._line, [b"."], [reading, sending])
            finally:
                os.close(reading)
                os.close(sending)
            (fork,) = struct.unpack("!q", self._answer(8))
            with _lost_on_error():
                _write(giving, struct.pack("!q", len(job)) + job)
            outcomes, ended = _listen(receiving, calls, limits)
            _kill(fork)
            fork = 0  # once buried, the number may come to mean somebody else
            with _lost_on_error():
                self._line.sendall(b".")
            status, seconds = struct.unpack("!qd", self._answer(16))
        except BaseException:
            # Whatever it was, an interrupt included: no fork survives it, and no half conversation goes on.
            _kill(fork)
            self._stop()
            raise
        finally:
            os.close(giving)
            os.close(receiving)
        if len(outcomes) < calls:
            outcomes += [ended or _why(status, seconds, limits)] * (calls - len(outcomes))
        return outcomes

    def _answer(self, length: int) -> bytes:
        assert self._line is not None
        got = b""
        while len(got) < length:
            with _lost_on_error():
                piece = self._line.recv(length - len(got))
            if not piece:
                raise _ZygoteLost
            got += piece
        return got


def _write(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def _listen(receiving: int, calls: int, limits: Limits) -> tuple[list[Outcome], Outcome | None]:
    """What a fork sent of the calls, and what stopped the listening (None: the fork itself, by ending)."""
    outcomes: list[Outcome] = []
    poll = select.poll()
    poll.register(receiving, select.POLLIN | select.POLLHUP)
    start = time.monotonic()
    end, unread, total = start + limits.seconds, b"", 0
    while len(outcomes) < calls:
        left = min(end, start + limits.total_seconds) - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000 + 1):
            return outcomes, Outcome(failure="timeout", message="no answer in time")
        piece = os.read(receiving, 1 << 16)
        if not piece:
            return outcomes, None
        total += len(piece)
        if total > limits.output_bytes:
            return outcomes, Outcome(failure="output", message="too much output")
        *lines, unread = (unread + piece).split(b"\n")
        for line in lines:
            outcome, final = _outcome(line)
            if final:
                return outcomes, outcome
            outcomes.append(outcome)
            end = time.monotonic() + limits.seconds
            if len(outcomes) == calls:
                break
    return outcomes, None


def _outcome(line: bytes) -> tuple[Outcome, bool]:
    """What a line says, and whether it is said of all further calls. Written by whoever writes to the descriptor."""
    try:
        message = json.loads(line)
        if "value" in message:
            return Outcome(decode(message["value"])), False
        if message["failure"] in FAILURES:
            text = "".join(c if c.isprintable() else " " for c in str(message["message"])[:300])
            return Outcome(failure=message["failure"], message=text), message.get("all") is True
    except (ValueError, TypeError, KeyError, RecursionError, NotPlain):
        pass
    return Outcome(failure="output", message="something else than values was sent"), False


def _why(status: int, seconds: float, limits: Limits) -> Outcome:
    """Of a fork that ended too soon."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number in (signal.SIGKILL, signal.SIGXCPU) and seconds > limits.total_seconds:
            return Outcome(failure="timeout", message="no processor time left")
        return Outcome(failure="killed", message=f"ended by signal {number}")
    return Outcome(failure="killed", message=f"left with exit status {os.WEXITSTATUS(status)}")


def _kill(fork: int) -> None:
    """Kill a fork and its process group. It is not buried yet, so the number is still its own."""
    if fork:
        for kill in (os.kill, os.killpg):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(fork, signal.SIGKILL)


@contextlib.contextmanager
def _lost_on_error() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _ZygoteLost from error


_SHARED = Sandbox()
atexit.register(_SHARED.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_SHARED.leave_to_parent)


def shared_sandbox() -> Sandbox:
    """The one of this process."""
    return _SHARED


def run_program(program: str, function: str, inputs: Sequence[Sequence[Any]], limits: Limits = USUAL) -> list[Outcome]:
    """`Sandbox.run` of the process's own sandbox."""
    return _SHARED.run(program, function, inputs, limits)
