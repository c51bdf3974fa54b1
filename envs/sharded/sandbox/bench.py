"""Cost of judging one program, beside two floors: `python -m turnbench.envs.sharded.sandbox.bench`.

A row is timed in turn with the floors, many times over, because a shared machine's clock rates wander; medians are printed.
The floors: a fork of this process that writes five bytes into a pipe, read and buried; and starting a bare interpreter
that does nothing, which is what judging would cost at least without the zygote.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from turnbench.envs.sharded.sandbox.process import run_program, shared_sandbox

REPEATS = 101
PROGRAM = "def double(number):\n    return number * 2\n"
INPUTS = [[1], [2], [3], [4], [5]]


def judged() -> None:
    """A trivial function, five inputs."""
    outcomes = run_program(PROGRAM, "double", INPUTS)
    assert [outcome.value for outcome in outcomes] == [2, 4, 6, 8, 10]


def forked() -> None:
    """The least that a process of its own costs."""
    receiving, sending = os.pipe()
    fork = os.fork()
    if fork == 0:
        os.write(sending, b"fives")
        os._exit(0)
    os.close(sending)
    while os.read(receiving, 100):
        pass
    os.close(receiving)
    os.waitpid(fork, 0)


def started() -> None:
    """An interpreter."""
    subprocess.run([sys.executable, "-I", "-S", "-c", "pass"], check=True)


def main() -> None:
    """Print a table of medians and ratios."""
    rows: dict[str, Callable[[], None]] = {"one program": judged, "fork and pipe": forked, "interpreter": started}
    print(f"isolation: {shared_sandbox().isolation}")
    taken: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(REPEATS):
        for name, do in rows.items():
            start = time.perf_counter()
            do()
            taken[name].append(time.perf_counter() - start)
    cost = statistics.median(taken["one program"])
    for name, times in taken.items():
        median = statistics.median(times)
        print(f"{name:14} {1000 * median:7.2f} ms   one program costs {cost / median:5.2f} of it")


if __name__ == "__main__":
    main()
