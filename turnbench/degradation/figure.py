"""A comparison as a picture: for every setting how good the agent is at its best, at its worst, and on average."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from turnbench.degradation.metrics import per_instruction
from turnbench.degradation.plan import Comparison
from turnbench.degradation.report import metrics_in

_BEST, _MEAN = "#b9c7e4", "#1f3a7a"


def draw(played: Comparison, path: Path) -> None:
    """Bars from the 10th to the 90th percentile of an instruction's runs (averaged), a mark with interval at the mean.

    Needs matplotlib (the `train` extra).
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    plt.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "turnbench", "font.size": 10}
    settings = played.settings
    fig, axis = plt.subplots(figsize=(1.3 + 1.15 * len(settings), 3.9), layout="constrained")
    for x, setting in enumerate(settings):
        cells = played.of(setting)
        m = metrics_in(cells)
        worst = float(np.mean([(a - u).mean() for _, a, u in (per_instruction(c.scores_IN) for c in cells)]))
        axis.bar(
            x,
            m.unreliability.value,
            bottom=worst,
            width=0.62,
            color=_BEST,
            label="10th to 90th percentile" if x == 0 else None,
        )
        axis.plot([x - 0.31, x + 0.31], [m.aptitude.value] * 2, color=_MEAN, lw=1)
        p = m.performance
        axis.errorbar(
            x, p.value, yerr=[[p.value - p.low], [p.high - p.value]], fmt="o", ms=6, color=_MEAN, capsize=3,
            label="mean, 95 % interval" if x == 0 else None,
        )  # fmt: skip
    axis.set_xticks(range(len(settings)), [s.replace("-", "-\n", 1) if len(s) > 10 else s for s in settings])
    axis.set_ylim(-3, 103)
    axis.set_ylabel("score (%)")
    axis.set_title(played.agent, loc="left")
    axis.grid(axis="y", alpha=0.3)
    axis.set_axisbelow(True)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    fig.legend(loc="outside lower center", ncols=2, frameon=False)
    fig.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=150)
    plt.close(fig)
