"""The families of functions, a module each: settings, inputs and what goes in and comes out. Their rules are in `rules`."""

from __future__ import annotations

from turnbench.envs.sharded.tasks.code.families import grid, numbers, ranking, report, runs, shifts, stock, walk, words
from turnbench.envs.sharded.tasks.code.spec import Family

FAMILIES: tuple[Family, ...] = (
    words.FAMILY, numbers.FAMILY, ranking.FAMILY, runs.FAMILY, shifts.FAMILY, grid.FAMILY, stock.FAMILY, report.FAMILY,
    walk.FAMILY,
)  # fmt: skip
