"""What a fork of the zygote may not do, put on once and for good before it sees a program.

Everywhere: resource limits. On Linux: `no_new_privs` and the filter of `syscalls`, which the kernel holds whatever the
program does. Where there is none (another system or processor, a container that forbids it) an audit hook (PEP 578) refuses
everything that is not on a short list of harmless events; that keeps out a careless program and most malicious ones, but a
hook inside the interpreter is not a wall, and `Sandbox.isolation` says which of the two holds.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import sys
from typing import Any

syscalls = importlib.import_module("syscalls")

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38  # linux/prctl.h
_SECCOMP_MODE_FILTER = 2  # linux/seccomp.h
_STACK_MB = 64


class KernelFilter:
    """The filter, made ready before forking so that a fork only hands it over.

    Raises:
        OSError: the kernel has none, or this processor is not in `syscalls.MACHINES`.
    """

    def __init__(self, descriptor: int) -> None:
        machine = syscalls.MACHINES.get(os.uname().machine)
        if sys.platform != "linux" or sys.maxsize < 1 << 32 or machine is None:
            raise OSError("there is no filter for this system")
        import ctypes

        self._errno = ctypes.get_errno
        self._prctl = ctypes.CDLL(None, use_errno=True).prctl
        self._prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
        code = syscalls.filter_for(machine, descriptor)
        self._code = ctypes.create_string_buffer(code, len(code))

        class Program(ctypes.Structure):  # struct sock_fprog, linux/filter.h
            _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))

        self._program = Program(len(code) // 8, ctypes.addressof(self._code))
        self._address = ctypes.addressof(self._program)

    def put_on(self) -> None:
        """For this process, from now on. Raises OSError."""
        self._call(_PR_SET_NO_NEW_PRIVS, 1)
        self._call(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, self._address)

    def die_with(self, parent: int) -> None:
        """Be killed when the parent process ends, which may be already. Raises OSError."""
        self._call(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    def _call(self, option: int, *arguments: int) -> None:
        if self._prctl(option, *arguments, *[0] * (4 - len(arguments))) != 0:
            raise OSError(self._errno(), "prctl")


def kernel_filter(descriptor: int) -> KernelFilter | None:
    """The filter, None where it cannot be had: tried out in a fork, which must then fail to open a file."""
    try:
        ready = KernelFilter(descriptor)
    except (OSError, ImportError):
        return None
    child = os.fork()
    if child == 0:
        try:
            ready.put_on()
            try:
                os.open(os.devnull, os.O_RDONLY)
            except PermissionError:
                os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return ready if status == 0 else None


def limit(memory_mb: int, processor_seconds: int, descriptors: int) -> None:
    """Resource limits, soft and hard alike, so that none can be raised again. (Root could; the filter and the hook stop it.)

    Args:
        memory_mb: address space.
        processor_seconds: at whose end the kernel kills.
        descriptors: open now, numbered from 0; no further one can be opened.
    """
    limits = {
        "RLIMIT_CPU": processor_seconds,
        "RLIMIT_AS": memory_mb << 20,
        "RLIMIT_STACK": _STACK_MB << 20,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_NPROC": 0,  # not held for root; the filter forbids new processes to everybody
        "RLIMIT_NOFILE": descriptors,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
    }
    for name, value in limits.items():
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        _, most = resource.getrlimit(kind)
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        try:
            resource.setrlimit(kind, (value, value))
        except (OSError, ValueError):
            if sys.platform == "linux":
                raise
            # macOS refuses limits on address space; its programs are held by the other limits and the clock.


def audit() -> None:
    """The hook, for where the kernel has no filter. (A fork whose zygote is killed then lives on until its processor time is
    used up, since nothing else of the kernel is asked for.)
    """

    def refuse(event: str, arguments: Any) -> None:
        # What is harmless stands here and not in a variable: a program could change one without causing an event.
        if event not in {
            "array.__new__", "builtins.id", "compile", "exec", "import", "object.__getattr__", "object.__setattr__",
            "sys._getframe", "sys._getframemodulename", "sys.excepthook", "sys.unraisablehook", "time.sleep",
        }:  # fmt: skip
            raise PermissionError(f"not allowed here: {event}")
        if event == "import" and arguments[1] is not None:  # a file: loads machine code
            raise PermissionError("not allowed here: loading a library")
        if event == "object.__setattr__" and arguments[1] == "__code__":  # would undo this function
            raise PermissionError("not allowed here: changing a function")

    sys.addaudithook(refuse)
