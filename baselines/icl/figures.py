"""Figures of an in-context study; which ones can be drawn follows from what the study trains and tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from turnbench.baselines.icl.report import NONE, WHOLE, WRONG, Number, Scores, derived

_COLOURS = (
    "#1f77b4",
    "#d62728",
    "#2ca02c",
    "#9467bd",
    "#ff7f0e",
    "#17becf",
    "#8c564b",
    "#e377c2",
    "#7f7f7f",
    "#bcbd22",
)
Pyplot = Any


def draw_all(scores: Scores, folder: Path) -> list[Path]:
    """Every figure there is something for, as SVG; the paths written."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    plt.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "turnbench", "font.size": 9}
    drawn = []
    for name, draw in (("transfer", transfer), ("burst", burst), ("gaps", gaps), ("learning", learning)):
        figure = draw(scores, plt)
        if figure is not None:
            path = folder / f"{name}.svg"
            figure.savefig(path, metadata={"Date": None})
            plt.close(figure)
            drawn.append(path)
    return drawn


def trained_on(scores: Scores, group: str) -> list[str]:
    """Models with finished runs that play this group."""
    done = {r["model"] for r in scores.runs}
    return [m for m, model in scores.plan.models.items() if m in done and group in model.tests]


def kinds(scores: Scores, group: str) -> list[str]:
    """Of them, those that differ from the first in the kind of context alone, or never saw two games of one level."""

    def rest(model: str) -> dict[str, Any]:
        config = scores.plan.models[model].config
        return {k: v for k, v in config.arguments.items() if k not in ("context", "burst")}

    models = trained_on(scores, group)
    alike = [m for m in models if rest(m) == rest(models[0])]
    return [m for m in alike if scores.plan.models[m].config.arguments.get("burst", 1.0) in (0.0, 1.0)]


def transfer(scores: Scores, plt: Pyplot) -> Any:
    """Training kind against test kind, a heat map per group with three training kinds or more."""
    groups = [g for g, t in scores.plan.tests.items() if len(kinds(scores, g)) > 2 and len(t.cells) > 2]
    if not groups:
        return None
    wide = [len(scores.plan.tests[g].cells) for g in groups]
    high = max(len(kinds(scores, g)) for g in groups) + 1
    figure, axes = plt.subplots(
        1, len(groups), figsize=(0.62 * sum(wide) + 1.9 * len(groups), 0.42 * high + 1.5),
        width_ratios=wide, squeeze=False, layout="constrained",
    )  # fmt: skip
    for axis, group in zip(axes[0], groups, strict=True):
        cells, models = list(scores.plan.tests[group].cells), kinds(scores, group)
        rows = [[float(np.mean(scores.raw(m, group, c))) for c in cells] for m in models]
        rows.append([scores.players["reference", group, c]["score"] for c in cells])
        axis.imshow(rows, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                axis.text(
                    x,
                    y,
                    f"{value:.2f}",
                    ha="center",
                    va="center",
                    color="white" if value > 0.6 else "black",
                    fontsize=8,
                )
        axis.axhline(len(models) - 0.5, color="black", linewidth=0.8)
        axis.set_xticks(range(len(cells)), cells, rotation=45, ha="right")
        axis.set_yticks(range(len(rows)), [*(m.rpartition("/")[2] for m in models), "best player"])
        axis.set_xlabel("shown at the test")
        axis.set_ylabel("trained on")
        axis.set_title(f"{group}: score")
    return figure


def burst(scores: Scores, plt: Pyplot) -> Any:
    """In-context gain and level gain against p_b."""
    lines = {}
    for group in scores.plan.tests:
        found: dict[float, str] = {}
        for m in trained_on(scores, group):
            arguments = scores.plan.models[m].config.arguments
            if arguments.get("context", WHOLE) == WHOLE:
                found.setdefault(float(arguments.get("burst", 1.0)), m)
        if len(found) > 2 and {WHOLE, NONE, WRONG} <= set(scores.plan.tests[group].cells):
            lines[group] = [(b, derived(scores, m, group)) for b, m in sorted(found.items())]
    if not lines:
        return None
    figure, axes = plt.subplots(1, 2, figsize=(7.6, 3.2), sharey=True, layout="constrained")
    for axis, name in zip(axes, ("in-context gain", "level gain"), strict=True):
        for colour, (group, points) in zip(_COLOURS, lines.items(), strict=False):
            _curve(axis, [b for b, _ in points], [card[name] for _, card in points], colour, group)
        axis.set_xlabel("p_b in training")
        axis.set_title(f"{name} (R~)")
        axis.set_xticks([0, 0.25, 0.5, 0.75, 1])
        axis.axhline(0, color="#cccccc", linewidth=0.8, zorder=0)
    axes[0].legend(frameon=False)
    return figure


def _curve(axis: Any, x: Sequence[float], numbers: Sequence[Number], colour: str, label: str) -> None:
    for at, number in zip(x, numbers, strict=True):
        axis.plot([at] * len(number.values), number.values, ".", color=colour, alpha=0.35, markersize=5)
    axis.plot(x, [n.mean for n in numbers], "-", color=colour, label=label, linewidth=1.6)
    low, high = [n.low for n in numbers], [n.high for n in numbers]
    axis.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)


def gaps(scores: Scores, plt: Pyplot) -> Any:
    """Level gain of the same models on levels seen, levels unseen, and families unseen: models that play two groups or more."""
    bars: list[tuple[str, list[tuple[str, Number]]]] = []
    for m in dict.fromkeys(r["model"] for r in scores.runs):
        cards = [(g, derived(scores, m, g)) for g in scores.plan.models[m].tests]
        found = [(g, card["level gain"]) for g, card in cards if "level gain" in card]
        if len(found) > 1:
            bars.append((m, found))
    if not bars:
        return None
    rows = sum(len(found) + 1 for _, found in bars)
    figure, axis = plt.subplots(figsize=(6.4, 0.28 * rows + 0.9), layout="constrained")
    y, ticks, labels = 0.0, [], []
    for colour, (m, found) in zip(_COLOURS * 5, bars, strict=False):
        for group, number in found:
            error = [[number.mean - number.low], [number.high - number.mean]] if len(number.values) > 1 else None
            axis.barh(y, number.mean, color=colour, alpha=0.75, xerr=error, error_kw={"linewidth": 0.9})
            ticks.append(y)
            labels.append(f"{m}: {group}")
            y -= 1
        y -= 0.6
    axis.set_yticks(ticks, labels)
    axis.axvline(0, color="black", linewidth=0.8)
    axis.set_xlabel("level gain: same level minus wrong level (R~)")
    return figure


def learning(scores: Scores, plt: Pyplot) -> Any:
    """Accuracy in the game at the end against training steps, a panel per group with several kinds of training, a line per run."""
    groups = [g for g in scores.plan.tests if len(kinds(scores, g)) > 1]
    if not groups:
        return None
    columns = min(len(groups), 3)
    lines = -(-len(groups) // columns)
    figure, axes = plt.subplots(
        lines, columns, figsize=(4.6 * columns, 2.9 * lines), squeeze=False, sharey=True, layout="constrained"
    )
    for axis in axes.flat[len(groups) :]:
        axis.axis("off")
    for axis, group in zip(axes.flat, groups, strict=False):
        for colour, m in zip(_COLOURS, kinds(scores, group), strict=False):
            for i, run in enumerate(r for r in scores.runs if r["model"] == m):
                points = [
                    (row["step"], row["right"]["query"]) for row in run["curve"] if "query" in row.get("right", {})
                ]
                axis.plot(
                    *zip(*points, strict=True), color=colour, linewidth=0.9, label=None if i else m.rpartition("/")[2]
                )
        axis.set_title(group)
        axis.set_xlabel("training step")
        axis.legend(frameon=False, fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5))
    axes[0, 0].set_ylabel("share of actions right (training)")
    return figure
