"""A comparison for programs: everything that the Markdown report has in tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from turnbench.degradation.comparison import Cell, Comparison
from turnbench.degradation.diagnostics import answer_lengths, by_first_attempt, by_verbosity, middle_turns
from turnbench.degradation.gradual import Step, gradual_steps
from turnbench.degradation.lockin import LockIn
from turnbench.degradation.metrics import TEST, Metrics, Range, smallest_p
from turnbench.degradation.report import (
    TALKS,
    WHOLE,
    against_full,
    failures_in,
    metrics_in,
    shortfalls_in,
    used_in,
    world_alone,
)


def as_json(played: Comparison, locked: Mapping[str, LockIn]) -> dict[str, Any]:
    """Everything in the tables, for programs."""

    def of(cells: Sequence[Cell], settings: Comparison, setting: str) -> dict[str, Any]:
        m, versus = metrics_in(cells), against_full(settings, setting)
        row = _metrics_json(m)
        if versus is not None:
            share, pair = versus
            row["ratio_to_full"] = None if share is None else share._asdict()
            row["less_full"] = {
                **pair.difference._asdict(),
                "p_value": pair.p_value,
                "smallest_p": smallest_p(pair.instructions),
            }
        return row

    return {
        "agent": played.agent,
        "instructions_asked": played.asked,
        "shortfalls": shortfalls_in(played),
        "failures": failures_in(played),
        "usage": {who: used._asdict() for who, used in used_in(played, locked).items()},
        "test": TEST,
        "overall": {s: of(played.of(s), played, s) for s in played.settings},
        "worlds": {
            w: {
                s: of([played.cells[w, s]], world_alone(played, w), s)
                for s in played.settings
                if (w, s) in played.cells
            }
            for w in played.worlds
        },
        "gradual": {
            "overall": [_step_json(s) for s in gradual_steps(played)],
            "worlds": {w: [_step_json(s) for s in gradual_steps(played, [w])] for w in played.pieces},
        },
        "diagnostics": {s: _diagnostics_json(played, s) for s in TALKS if s in played.settings},
        "lock_in": {
            w: {
                "committed": x.committed,
                "uncommitted": x.uncommitted,
                "difference": {**x.difference.difference._asdict(), "p_value": x.difference.p_value},
            }
            for w, x in locked.items()
        },
    }


def _metrics_json(m: Metrics) -> dict[str, Any]:
    """Unreliability and reliability are None for one run: they need two."""
    row = {k: v._asdict() if isinstance(v, Range) else v for k, v in m._asdict().items()}
    return row if m.runs > 1 else {**row, "unreliability": None, "reliability": None}


def _diagnostics_json(played: Comparison, setting: str) -> dict[str, Any]:
    cells = played.of(setting)
    return {
        "by_first_attempt": [b._asdict() for b in by_first_attempt(cells)],
        "by_first_attempt_of_turns": [b._asdict() for b in by_first_attempt(cells, by_turns=True)],
        "by_verbosity": [b._asdict() for b in by_verbosity(cells)],
        "answer_lengths": [x._asdict() for x in answer_lengths(cells)],
        "answer_lengths_full": [x._asdict() for x in answer_lengths(played.of(WHOLE), 1)],
        "middle_turns": {str(turn): shares for turn, shares in middle_turns(cells).items()},
    }


def _step_json(step: Step) -> dict[str, Any]:
    row: dict[str, Any] = {"messages": step.messages, "worlds": step.worlds}
    row |= _metrics_json(step.metrics)
    if step.less_one is not None:
        row["less_one_message"] = {**step.less_one.difference._asdict(), "p_value": step.less_one.p_value}
    return row
