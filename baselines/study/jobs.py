"""Runs a study's jobs in processes of their own and keeps every finished one as a line: resumable, nothing lost."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

Job = TypeVar("Job")
Line = dict[str, Any]


def run_jobs(
    jobs: Sequence[Job],
    start: Callable[[Job], tuple[Callable[..., Line], tuple[Any, ...]]],
    results: Path,
    workers: int,
    deadline: float | None,
    told: Callable[[Line, int], None],
) -> bool:
    """Run jobs in their order, `workers` at a time; True when all of them are done.

    Args:
        jobs: what is left to do.
        start: a function that another process can import, and its arguments, for a job.
        results: JSON lines; a finished job's line is appended and synced.
        workers: processes, one thread each.
        deadline: on `time.monotonic`; no job begins after it.
        told: called with every line, and how many jobs of this call are finished.
    """
    waiting = iter(jobs)
    finished = 0
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        running: set[Future[Line]] = set()
        while True:
            while len(running) < workers and (deadline is None or time.monotonic() < deadline):
                job = next(waiting, None)
                if job is None:
                    break
                work, arguments = start(job)
                running.add(pool.submit(work, *arguments))
            if not running:
                return finished == len(jobs)
            ready, running = wait(running, return_when=FIRST_COMPLETED)
            for future in ready:
                line = future.result()
                append_line(results, line)
                finished += 1
                told(line, finished)


def append_line(path: Path, line: Line) -> None:
    """Add a line to a file of JSON lines, and have it on disk before returning."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, allow_nan=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
