"""A time limit on each of many pieces of work under way at once, with one timer for all of them.

`asyncio.timeout` sets a timer of its own for every request and takes it away again; among hundreds of requests that
are nearly always answered in time this is most of what a limit costs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Deadlines:
    """Used within one event loop; a task does one piece of work at a time.

    Args:
        seconds: what each piece of work may take, above 0.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._due: dict[asyncio.Task[Any], float] = {}
        """When whose work is due (the loop's time); in that order, because everything may take equally long."""
        self._overdue: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def within(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` gives.

        Raises:
            TimeoutError: it took too long and was cancelled.
        """
        task = asyncio.current_task()
        assert task is not None
        loop, cancelled_before = task.get_loop(), task.cancelling()
        self._due[task] = due = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_at(due, self._sweep, loop)
        try:
            return await work
        except asyncio.CancelledError:
            # Cancelled by the sweep alone: a limit. By somebody else as well: that goes on.
            if task in self._overdue and task.cancelling() - 1 <= cancelled_before:
                raise TimeoutError from None
            raise
        finally:
            self._due.pop(task, None)
            if task in self._overdue:
                self._overdue.remove(task)
                task.uncancel()

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time()
        late = []
        for task, due in self._due.items():
            if due > now:
                self._timer = loop.call_at(due, self._sweep, loop)
                break
            late.append(task)
        for task in late:
            del self._due[task]
            self._overdue.add(task)
            task.cancel()

    def close(self) -> None:
        """Take the timer away."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
