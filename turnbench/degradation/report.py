"""A comparison as Markdown: a table per question, with intervals, and what each number means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from turnbench.degradation.diagnostics import answer_lengths, by_first_attempt, by_verbosity, middle_turns
from turnbench.degradation.lockin import LockIn
from turnbench.degradation.metrics import Metrics, Paired, Range, metrics_of, paired, ratio
from turnbench.degradation.plan import Cell, Comparison, short_name
from turnbench.degradation.published import SETTINGS, TASKS, published_rows, ratio_to_full

WHOLE = "full"
"""What every setting is held against."""


def metrics_in(cells: Sequence[Cell]) -> Metrics:
    """Metrics of one setting, averaged over its worlds."""
    return metrics_of(
        [c.scores_IN for c in cells], [c.attempts_IN(0) for c in cells], [c.attempts_IN(-1) for c in cells]
    )


def against_full(played: Comparison, setting: str) -> tuple[Range | None, Paired] | None:
    """(ratio to FULL, paired difference) over the worlds that have both; None where none has, or for FULL itself."""
    both = played.shared(setting, WHOLE)
    if setting == WHOLE or not both:
        return None
    part = [c.scores_IN for c in played.of(setting, both)]
    whole = [c.scores_IN for c in played.of(WHOLE, both)]
    return ratio(part, whole), paired(part, whole)


def as_json(played: Comparison, locked: Mapping[str, LockIn]) -> dict[str, Any]:
    """Everything in the tables, for programs."""

    def of(cells: Sequence[Cell], settings: Comparison, setting: str) -> dict[str, Any]:
        m, versus = metrics_in(cells), against_full(settings, setting)
        row: dict[str, Any] = {k: v._asdict() if isinstance(v, Range) else v for k, v in m._asdict().items()}
        if versus is not None:
            share, pair = versus
            row["ratio_to_full"] = None if share is None else share._asdict()
            row["less_full"] = {**pair.difference._asdict(), "p_value": pair.p_value}
        return row

    return {
        "agent": played.agent,
        "overall": {s: of(played.of(s), played, s) for s in played.settings},
        "worlds": {
            w: {s: of([played.cells[w, s]], _alone(played, w), s) for s in played.settings if (w, s) in played.cells}
            for w in played.worlds
        },
        "lock_in": {
            w: {
                "committed": x.committed,
                "uncommitted": x.uncommitted,
                "difference": {**x.difference.difference._asdict(), "p_value": x.difference.p_value},
            }
            for w, x in locked.items()
        },
    }


def markdown(played: Comparison, locked: Mapping[str, LockIn], published: bool = False) -> str:
    """The whole report."""
    some = next(iter(played.cells.values()))
    m = metrics_in([some])
    parts = [
        f"# {played.agent}: what is lost when the task is revealed bit by bit",
        f"{m.instructions} instructions of each world, {m.runs} runs of each in every setting; split {some.result.environment.split}. All numbers "
        "are in percent, averaged over worlds that each weigh the same; brackets are 95 % intervals (bootstrap over instructions). "
        "P is mean performance, A90 the 90th percentile of an instruction's runs, U the 90th less the 10th (0: every run alike), "
        "R = 100 - U. Percentiles are linear; U moves in steps that depend on the number of runs. *First* and *last* are the scores of a conversation's "
        "first and last attempt: one message allows one attempt, a conversation several, and P counts the best.",
        _table(played),
    ]
    if len(played.worlds) > 1:
        parts += ["## By world", _by_world(played)]
    talks = [s for s in ("sharded", "snowball", "recap") if s in played.settings]
    if talks:
        parts += ["## Diagnostics", "Correlations within what was played, not effects.", _diagnostics(played, talks[0])]
    if locked:
        parts += ["## Lock-in", _lock_in(locked)]
    if published:
        parts += ["## Published by the protocol's authors", _published()]
    return "\n\n".join(parts) + "\n"


def _alone(played: Comparison, world: str) -> Comparison:
    return Comparison(played.agent, {k: c for k, c in played.cells.items() if k[0] == world})


def _range(r: Range, digits: int = 1) -> str:
    return f"{r.value:.{digits}f} [{r.low:.{digits}f}, {r.high:.{digits}f}]"


def _table(played: Comparison) -> str:
    rows = [
        "| setting | P | A90 | U | R | first | last | of FULL | less FULL | p |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for setting in played.settings:
        m = metrics_in(played.of(setting))
        cells = [_range(m.performance), _range(m.aptitude), _range(m.unreliability), f"{m.reliability.value:.1f}"]
        cells += [f"{m.first:.1f}", f"{m.last:.1f}", *_versus(against_full(played, setting))]
        rows.append(f"| {setting} | {' | '.join(cells)} |")
    missing = {s: [short_name(w) for w in played.worlds if (w, s) not in played.cells] for s in played.settings}
    notes = [
        f"{s}: without {', '.join(w)}, which {'has' if len(w) == 1 else 'have'} no such setting."
        for s, w in missing.items()
        if w
    ]
    return "\n".join(rows) + ("\n\n" + " ".join(notes) if notes else "")


def _versus(versus: tuple[Range | None, Paired] | None) -> list[str]:
    if versus is None:
        return ["-", "-", "-"]
    share, pair = versus
    p = f"{pair.p_value:.4f}" if pair.p_value >= 0.00015 else "0.0001"
    return [
        "-" if share is None else f"{_range(share, 0)} %",
        f"{pair.difference.value:+.1f} [{pair.difference.low:+.1f}, {pair.difference.high:+.1f}]",
        p,
    ]


def _by_world(played: Comparison) -> str:
    rows = [
        "| world | setting | P | A90 | U | of FULL | less FULL | p |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for world in played.worlds:
        alone = _alone(played, world)
        for setting in alone.settings:
            m = metrics_in(alone.of(setting))
            cells = [_range(m.performance), f"{m.aptitude.value:.1f}", f"{m.unreliability.value:.1f}"]
            rows.append(
                f"| {short_name(world)} | {setting} | {' | '.join([*cells, *_versus(against_full(alone, setting))])} |"
            )
    return "\n".join(rows)


def _diagnostics(played: Comparison, setting: str) -> str:
    cells = played.of(setting)

    def bins(found: Sequence[Any]) -> str:
        return " | ".join("-" if b.score is None else f"{b.score:.1f} ({b.conversations})" for b in found)

    rows = [
        f"| {setting}: P (conversations) by fifths | 1st | 2nd | 3rd | 4th | 5th |",
        "|---|---|---|---|---|---|",
        f"| when the first answer came, of the number of shards | {bins(by_first_attempt(cells))} |",
        f"| the same, of the turns taken (an early success is always last) | {bins(by_first_attempt(cells, by_turns=True))} |",
    ]
    if spoken := by_verbosity(cells):
        rows.append(f"| characters a turn, the briefest first | {bins(spoken)} |")
    lengths = [("FULL", x) for x in answer_lengths(played.of(WHOLE), 1)]
    lengths += [(f"{setting}, attempt {x.attempt}", x) for x in answer_lengths(cells)]
    if lengths:
        rows += ["", "| length of answers | characters | of the right ones | answers |", "|---|---|---|---|"]
        rows += [
            f"| {what} | {x.mean:.0f} | {'-' if x.right is None else f'{x.right:.0f}'} | {x.answers} |"
            for what, x in lengths
        ]
    if cited := middle_turns(cells):
        rows += ["", "| sources cited at turn | share first shown at turn 1, 2, ... |", "|---|---|"]
        rows += [f"| {turn} | {', '.join(f'{100 * s:.0f} %' for s in shares)} |" for turn, shares in cited.items()]
    return "\n".join(rows)


def _lock_in(locked: Mapping[str, LockIn]) -> str:
    rows = [
        "An intervention: the same conversations once with a wrong answer at the first turn and once without, the agent's own from there on.",
        "",
        "| world | P after a wrong answer | P without | difference | p |",
        "|---|---|---|---|---|",
    ]
    for world, x in locked.items():
        d = x.difference
        rows.append(
            f"| {short_name(world)} | {x.committed:.1f} | {x.uncommitted:.1f} | "
            f"{d.difference.value:+.1f} [{d.difference.low:+.1f}, {d.difference.high:+.1f}] | {d.p_value:.4f} |"
        )
    return "\n".join(rows)


def _published() -> str:
    rows = [
        "Laban et al. 2025, arXiv:2505.06120. Users and judges were models and the instances others: for orientation, not for ranking with the "
        "figures above. P by task; A90 and U over tasks.",
        "",
        f"| model | setting | {' | '.join(TASKS)} | A90 | U | of FULL |",
        "|---|---|" + "---|" * (len(TASKS) + 3),
    ]
    for row in published_rows():
        values = ["-" if row.performance[t] is None else f"{row.performance[t]:.1f}" for t in TASKS]
        share = "-" if row.setting == SETTINGS[0] else f"{ratio_to_full(row.model, row.setting):.1f} %"
        rows.append(
            f"| {row.model} | {row.setting} | {' | '.join(values)} | {row.aptitude:.0f} | {row.unreliability:.0f} | {share} |"
        )
    return "\n".join(rows)
