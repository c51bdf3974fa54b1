"""The progress display of long work: a live bar on a terminal, one line every ten seconds when piped."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from turnbench.drivers import Progress as Done

_EVERY_S = 10.0


@contextmanager
def progress_display(title: str, total: int, enabled: bool = True) -> Iterator[Callable[[Done], None] | None]:
    """Yields what `runner.run` takes as `progress`; all of it goes to stderr."""
    if not enabled:
        yield None
    elif sys.stderr.isatty():
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("score {task.fields[score]:.3f}  failed {task.fields[failed]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), refresh_per_second=8) as bar:
            task = bar.add_task(title, total=total, score=0.0, failed=0)
            yield lambda d: bar.update(task, completed=d.done, total=d.total, score=d.mean_score, failed=d.failed)
    else:
        last = time.monotonic()

        def line(d: Done) -> None:
            nonlocal last
            if time.monotonic() - last > _EVERY_S or d.done == d.total:
                last = time.monotonic()
                print(
                    f"{title}: {d.done}/{d.total} episodes, score {d.mean_score:.3f}, failed {d.failed}",
                    file=sys.stderr,
                )

        yield line


@contextmanager
def degrade_display(title: str, begun: Done, enabled: bool = True) -> Iterator[Callable[[str, str, Done], None] | None]:
    """Yields what `degradation.plan.degrade` takes as `progress`; `begun` is how far everything together is already."""
    with progress_display(title, begun.total, enabled) as show:
        if show is None:
            yield None
            return
        if begun.done:
            show(begun)
        yield lambda env_id, setting, done: show(done)
