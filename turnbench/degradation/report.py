"""A comparison as Markdown: a table per question, with intervals, and what each number means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from turnbench.degradation.budget import Used, used_by
from turnbench.degradation.comparison import Cell, Comparison, short_name
from turnbench.degradation.diagnostics import answer_lengths, by_first_attempt, by_verbosity, middle_turns
from turnbench.degradation.gradual import gradual_steps
from turnbench.degradation.instructions import shortfall
from turnbench.degradation.lockin import LockIn
from turnbench.degradation.metrics import TEST, Metrics, Paired, Range, metrics_of, paired, ratio, smallest_p
from turnbench.degradation.published import SETTINGS, TASKS, published_rows, ratio_to_full

WHOLE = "full"
"""What every setting is held against."""
TALKS = ("sharded", "snowball", "recap")
"""Settings with diagnostics."""


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


def failures_in(played: Comparison) -> list[str]:
    """A line for every world and setting in which conversations failed: they count 0, which says nothing of the agent."""
    lines = []
    for cell in played.every_cell:
        episodes = cell.episodes
        broken = [e.failure for e in episodes if e.failure is not None]
        if broken:
            first = broken[0]
            lines.append(
                f"{cell.task}, {cell.setting}: {len(broken)} of {len(episodes)} conversations failed and count 0; the first in the "
                f"{first.boundary}: {first.kind}: {first.message}"
            )
    return lines


def shortfalls_in(played: Comparison) -> list[str]:
    """A line for every world that has fewer distinct instructions than were asked for."""
    lines = []
    for world in played.worlds:
        cell = next(c for (w, _), c in played.cells.items() if w == world)
        of = cell.result.environment
        lines.append(shortfall(cell.task, len(cell.places), played.asked, of.split, of.arguments.get("data")))
    return [line for line in lines if line]


def used_in(played: Comparison, locked: Mapping[str, LockIn]) -> dict[str, Used]:
    """What the agent and the worlds' own models used for all of it, as far as they say so."""
    cells, locks = [c.result for c in played.every_cell], locked.values()
    agent = used_by([*(r.usage for r in cells), *(u for x in locks for u in x.usages)])
    worlds = used_by([*(r.environment_usage for r in cells), *(u for x in locks for u in x.world_usages)])
    return {who: used for who, used in (("agent", agent), ("worlds", worlds)) if used is not None}


def markdown(played: Comparison, locked: Mapping[str, LockIn], published: bool = False) -> str:
    """The whole report."""
    some = next(iter(played.cells.values()))
    m = metrics_in([some])
    parts = [
        f"# {played.agent}: what is lost when the task is revealed bit by bit",
        f"{_how_many(played)}, {m.runs} run{'s' if m.runs > 1 else ''} of each in every setting; split {some.result.environment.split}. All numbers "
        "are in percent, averaged over worlds that each weigh the same; brackets are 95 % intervals (bootstrap over instructions; where all of "
        "them agree, the exact one, and for differences and ratios none). "
        "P is mean performance, A90 the 90th percentile of an instruction's runs, U the 90th less the 10th (0: every run alike), "
        "R = 100 - U. Percentiles are linear; U moves in steps that depend on the number of runs"
        f"{', and one run has none' if m.runs == 1 else ''}. *First* and *last* are the scores of a conversation's "
        "first and last attempt: one message allows one attempt, a conversation several, and P counts the best.",
        _what_p_is(played),
    ]
    if short := shortfalls_in(played):
        parts.append("\n".join(f"**{line}.**" for line in short))
    parts.append(_table(played))
    if used := used_in(played, locked):
        words = {"agent": "The agent used", "worlds": "The worlds' own models used"}
        parts.append(" ".join(f"{words[who]} {of}." for who, of in used.items()))
    if lost := failures_in(played):
        parts += ["## Failures", "\n".join(f"- {line}" for line in lost)]
    if len(played.worlds) > 1:
        parts += ["## By world", _by_world(played)]
    if played.gradual:
        parts += ["## In how many messages", _gradual(played)]
    talks = [s for s in TALKS if s in played.settings]
    if talks:
        parts += ["## Diagnostics", "Correlations within what was played, not effects.", _diagnostics(played, talks[0])]
    if locked:
        parts += ["## Lock-in", _lock_in(locked)]
    if published:
        parts += ["## Published by the protocol's authors", _published()]
    return "\n\n".join(parts) + "\n"


def world_alone(played: Comparison, world: str) -> Comparison:
    """Only the cells of one world."""
    return Comparison(played.agent, played.asked, {k: c for k, c in played.cells.items() if k[0] == world})


def _how_many(played: Comparison) -> str:
    many = {short_name(world): len(cell.places) for (world, _), cell in played.cells.items()}
    if len(set(many.values())) > 1:
        return "Distinct instructions: " + ", ".join(f"{n} of {world}" for world, n in many.items())
    n = next(iter(many.values()))
    return f"{n} instruction{'s' if n > 1 else ''} of each world"


def _what_p_is(played: Comparison) -> str:
    """Which test, and what it can say at best."""
    many = {world: len(cell.places) for (world, _), cell in played.cells.items()}
    all_of_them = f"{_smallest(sum(many.values()))} with the {sum(many.values())} of all worlds"
    of_one = f", {_smallest(max(many.values()))} with the {max(many.values())} of one" if len(many) > 1 else ""
    return f"*p* is that of a {TEST}: the smallest that it can be is {all_of_them}{of_one}."


def _smallest(instructions: int) -> str:
    return f"{max(smallest_p(instructions), 0.0001):.4f}"


def _range(r: Range, digits: int = 1) -> str:
    if r.low == r.high:
        return f"{r.value:.{digits}f}"
    return f"{r.value:.{digits}f} [{r.low:.{digits}f}, {r.high:.{digits}f}]"


def _table(played: Comparison) -> str:
    rows = [
        "| setting | P | A90 | U | R | first | last | of FULL | less FULL | p |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for setting in played.settings:
        m = metrics_in(played.of(setting))
        cells = [_range(m.performance), _range(m.aptitude), *_spread(m)]
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
    return ["-" if share is None else f"{_range(share, 0)} %", _difference(pair), _p(pair)]


def _spread(m: Metrics) -> list[str]:
    """Unreliability and reliability, which one run of an instruction does not show."""
    return [_range(m.unreliability), f"{m.reliability.value:.1f}"] if m.runs > 1 else ["-", "-"]


def _difference(pair: Paired) -> str:
    if pair.difference.low == pair.difference.high:
        return f"{pair.difference.value:+.1f}"
    return f"{pair.difference.value:+.1f} [{pair.difference.low:+.1f}, {pair.difference.high:+.1f}]"


def _p(pair: Paired) -> str:
    return f"{pair.p_value:.4f}" if pair.p_value >= 0.00015 else "0.0001"


def _by_world(played: Comparison) -> str:
    rows = [
        "| world | setting | P | A90 | U | of FULL | less FULL | p |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for world in played.worlds:
        alone = world_alone(played, world)
        for setting in alone.settings:
            m = metrics_in(alone.of(setting))
            cells = [_range(m.performance), f"{m.aptitude.value:.1f}"]
            cells.append(f"{m.unreliability.value:.1f}" if m.runs > 1 else "-")
            rows.append(
                f"| {short_name(world)} | {setting} | {' | '.join([*cells, *_versus(against_full(alone, setting))])} |"
            )
    return "\n".join(rows)


def _gradual(played: Comparison) -> str:
    rows = [
        "The pieces of every instruction merged into so many messages, up to one each. A row holds the instructions that have as many pieces "
        "and is compared with the same instructions in one message.",
        "",
        "| world | messages | instructions | P | A90 | U | less one message | p |",
        "|---|---|---|---|---|---|---|---|",
    ]
    of = {short_name(w): gradual_steps(played, [w]) for w in played.pieces}
    if len(of) > 1:
        of = {"all": gradual_steps(played), **of}
    for world, steps in of.items():
        for step in steps:
            m, pair = step.metrics, step.less_one
            versus = ["-", "-"] if pair is None else [_difference(pair), _p(pair)]
            cells = [_range(m.performance), _range(m.aptitude), _spread(m)[0], *versus]
            rows.append(f"| {world} | {step.messages} | {m.instructions} | {' | '.join(cells)} |")
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
        rows.append(
            f"| {short_name(world)} | {x.committed:.1f} | {x.uncommitted:.1f} | {_difference(x.difference)} | "
            f"{_p(x.difference)} |"
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
