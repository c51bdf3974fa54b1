"""The published table: 15 models in three settings, as printed by Laban et al. 2025 (arXiv:2505.06120, main table and figure 5b).

Measured by its authors, with models as users and judges and on their instances: it stands beside our figures for orientation
and is never put into one ranking with them.
"""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import NamedTuple

TASKS = ("code", "database", "actions", "data2text", "math", "summary")
SETTINGS = ("full", "concat", "sharded")


class PublishedRow(NamedTuple):
    """One model in one setting; None where the paper has no value."""

    model: str
    setting: str
    performance: dict[str, float | None]
    """By task, in [0, 100]."""
    aptitude: float
    unreliability: float


def published_rows() -> list[PublishedRow]:
    """All rows, in the paper's order."""
    text = files("turnbench.degradation").joinpath("published.csv").read_text(encoding="utf-8")
    return [
        PublishedRow(
            row["model"],
            row["setting"],
            {task: float(row[task]) if row[task] else None for task in TASKS},
            float(row["aptitude"]),
            float(row["unreliability"]),
        )
        for row in csv.DictReader(text.splitlines())
    ]


def ratio_to_full(model: str, setting: str) -> float:
    """The paper's ratio columns: mean over tasks of setting / FULL, in percent; tasks without a value are left out."""
    found = {row.setting: row.performance for row in published_rows() if row.model == model}
    parts = [
        part / whole
        for task in TASKS
        if (part := found[setting][task]) is not None and (whole := found["full"][task]) is not None
    ]
    return 100 * sum(parts) / len(parts)
