"""The system calls a program may make, as a classic BPF filter for seccomp (Linux, seccomp(2), filter mode).

An allow-list: what pure computation in CPython needs (memory, clocks, its own signal handlers, ending itself) and `write` to
the one descriptor on which values are sent. Everything else fails with EPERM: opening any path, sockets, new
processes and threads, signals to anybody, tracing, limits, new descriptors. A call under another architecture's numbers
kills the process. Numbers: the kernel's tables arch/x86/entry/syscalls/syscall_64.tbl (whose x32 numbers are on no
list) and include/uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

import errno
import struct
from typing import NamedTuple

# Instruction codes of linux/bpf_common.h: load a word, jump if equal, return.
_LOAD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
# Offsets in struct seccomp_data (linux/seccomp.h); the low half of the first argument comes first, both machines being
# little-endian, and the kernel takes a file descriptor's low half only.
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000


class Machine(NamedTuple):
    """How the kernel of one architecture counts."""

    architecture: int
    """AUDIT_ARCH_*, linux/audit.h."""
    write: int
    allowed: tuple[int, ...]


MACHINES = {
    "x86_64": Machine(
        0xC000003E,
        1,
        (
            9, 10, 11, 12, 25, 28,  # mmap mprotect munmap brk mremap madvise
            13, 14, 15, 131,  # rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack
            35, 230, 219, 24, 202,  # nanosleep clock_nanosleep restart_syscall sched_yield futex
            96, 201, 228, 229,  # gettimeofday time clock_gettime clock_getres
            39, 186, 318, 3, 60, 231,  # getpid gettid getrandom close exit exit_group
        ),
    ),
    "aarch64": Machine(
        0xC00000B7,
        64,
        (
            222, 226, 215, 214, 216, 233,  # mmap mprotect munmap brk mremap madvise
            134, 135, 139, 132,  # rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack
            101, 115, 128, 124, 98,  # nanosleep clock_nanosleep restart_syscall sched_yield futex
            169, 113, 114,  # gettimeofday clock_gettime clock_getres
            172, 178, 278, 57, 93, 94,  # getpid gettid getrandom close exit exit_group
        ),
    ),
}  # fmt: skip
"""By `os.uname().machine`."""


def filter_for(machine: Machine, descriptor: int) -> bytes:
    """An array of struct sock_filter (linux/filter.h) that allows `machine.allowed`, and `write` to `descriptor`."""
    return b"".join(
        [
            _instruction(_LOAD, _ARCHITECTURE),
            _instruction(_JUMP_EQUAL, machine.architecture, 1, 0),
            _instruction(_RETURN, _KILL),
            _instruction(_LOAD, _NUMBER),
            *(step for number in machine.allowed for step in _allow(number)),
            _instruction(_JUMP_EQUAL, machine.write, 0, 3),
            _instruction(_LOAD, _FIRST_ARGUMENT),
            _instruction(_JUMP_EQUAL, descriptor, 0, 1),
            _instruction(_RETURN, _ALLOW),
            _instruction(_RETURN, _REFUSE),
        ]
    )


def _allow(number: int) -> tuple[bytes, bytes]:
    return _instruction(_JUMP_EQUAL, number, 0, 1), _instruction(_RETURN, _ALLOW)


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
