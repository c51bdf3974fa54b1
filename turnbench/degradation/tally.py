"""How far a comparison is: conversations over all its run folders, those of earlier sessions included."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from turnbench.degradation.comparison import Job
from turnbench.drivers import Progress
from turnbench.journal import iterate_journal


class Tally:
    """Counts by run folder.

    Args:
        jobs: all that is to be played.
        out: folder of the run folders.
        retry_failed: failed conversations there count as not yet played.
    """

    def __init__(self, jobs: Sequence[Job], out: str | Path, retry_failed: bool = False) -> None:
        self._total = sum(job.episodes for job in jobs)
        self._done: dict[str, tuple[int, float, int, int]] = {}
        for job in jobs:
            records = [r for r in iterate_journal(Path(out) / job.folder) if not (retry_failed and r.failure)]
            self._done[job.folder] = (
                len(records), sum(r.score for r in records), sum(r.failure is not None for r in records), sum(r.turns for r in records),
            )  # fmt: skip

    def after(self, job: Job, of_job: Progress) -> Progress:
        """Of the whole, once one of its runs has come so far."""
        self._done[job.folder] = (of_job.done, of_job.mean_score * of_job.done, of_job.failed, of_job.turns)
        return self.whole

    @property
    def whole(self) -> Progress:
        """All runs together; a mean score of 0 where nothing is done."""
        done, score, failed, turns = (sum(column) for column in zip(*self._done.values(), strict=True))
        return Progress(int(done), self._total, score / done if done else 0.0, int(failed), int(turns))
