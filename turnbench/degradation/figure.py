"""A comparison as a picture: for every setting how good the agent is at its best, at its worst, and on average."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from turnbench.degradation.comparison import Comparison
from turnbench.degradation.gradual import Step, gradual_steps
from turnbench.degradation.metrics import per_instruction
from turnbench.degradation.report import metrics_in

_RANGE, _MEAN = "#b9c7e4", "#1f3a7a"


def draw(played: Comparison, path: Path) -> None:
    """Bars from the 10th to the 90th percentile of an instruction's runs (averaged), a mark with interval at the mean; beside
    them the same by number of messages, where that was played.

    Needs matplotlib (the `train` extra).
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    plt.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "turnbench", "font.size": 10}
    steps = gradual_steps(played)
    widths = [1.3 + 1.15 * len(played.settings), *([1.3 + 0.45 * len(steps)] if steps else [])]
    fig, axes = plt.subplots(
        1,
        len(widths),
        figsize=(sum(widths), 3.9),
        width_ratios=widths,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    _settings(played, axes[0, 0])
    if steps:
        _gradual(steps, axes[0, 1])
    for axis in axes[0]:
        axis.set_ylim(-3, 103)
        axis.grid(axis="y", alpha=0.3)
        axis.set_axisbelow(True)
        for side in ("top", "right"):
            axis.spines[side].set_visible(False)
    axes[0, 0].set_ylabel("score (%)")
    axes[0, 0].set_title(played.agent, loc="left")
    fig.legend(
        *axes[0, 0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=2 if sum(widths) > 5 else 1,
        frameon=False,
    )
    fig.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=150)
    plt.close(fig)


def _settings(played: Comparison, axis: Any) -> None:
    for x, setting in enumerate(played.settings):
        cells = played.of(setting)
        m = metrics_in(cells)
        worst = float(np.mean([(a - u).mean() for _, a, u in (per_instruction(c.scores_IN) for c in cells)]))
        axis.bar(
            x,
            m.unreliability.value,
            bottom=worst,
            width=0.62,
            color=_RANGE,
            label="10th to 90th percentile" if x == 0 else None,
        )
        axis.plot([x - 0.31, x + 0.31], [m.aptitude.value] * 2, color=_MEAN, lw=1)
        p = m.performance
        axis.errorbar(
            x, p.value, yerr=[[p.value - p.low], [p.high - p.value]], fmt="o", ms=6, color=_MEAN, capsize=3,
            label="mean, 95 % interval" if x == 0 else None,
        )  # fmt: skip
    axis.set_xticks(
        range(len(played.settings)), [s.replace("-", "-\n", 1) if len(s) > 10 else s for s in played.settings]
    )


def _gradual(steps: Sequence[Step], axis: Any) -> None:
    messages = [step.messages for step in steps]
    best = [step.metrics.aptitude.value for step in steps]
    worst = [step.metrics.aptitude.value - step.metrics.unreliability.value for step in steps]
    axis.fill_between(messages, worst, best, color=_RANGE, lw=0)
    axis.plot(messages, best, color=_MEAN, lw=1)
    means = [step.metrics.performance for step in steps]
    ends = [[p.value - p.low for p in means], [p.high - p.value for p in means]]
    axis.errorbar(messages, [p.value for p in means], yerr=ends, fmt="o-", ms=6, lw=1, color=_MEAN, capsize=3)
    axis.set_xticks(messages)
    axis.set_xlabel("messages")
