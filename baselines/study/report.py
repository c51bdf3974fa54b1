"""Table and figure of a study: `python -m turnbench.baselines.study.report STUDY.toml` writes both beside the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from turnbench.baselines.study.plan import CONTROLS, Plan, read_plan
from turnbench.baselines.study.run import read_lines
from turnbench.errors import UsageError
from turnbench.statistics import mean_with_interval

_COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22",
            "#393b79", "#637939", "#843c39")  # fmt: skip


def seed_interval(scores: Sequence[float]) -> tuple[float, float]:
    """95 % interval of the mean over training seeds, Student's t with n - 1 degrees of freedom.

    Seeds are the unit that a training method is judged by; the test episodes of a run are not independent of each other.

    Raises:
        UsageError: fewer than two or more than ten seeds.
    """
    n = len(scores)
    if n not in _QUANTILES:
        raise UsageError(f"An interval over seeds needs 2 to 10 of them, not {n}.")
    half = _QUANTILES[n] * float(np.std(scores, ddof=1)) / n**0.5
    return float(np.mean(scores)) - half, float(np.mean(scores)) + half


_QUANTILES = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262}
"""97.5 % quantiles of Student's t with n - 1 degrees of freedom."""


def interval_of(runs: Sequence[dict[str, Any]]) -> tuple[float, float, str]:
    """Interval of a method's mean test score, and over what: seeds, or for what does not train the test's instances."""
    scores = [x["test"]["score"] for x in runs]
    if runs[0]["method"] == "none":  # one policy, whatever the seed
        test = runs[0]["test"]
        estimate = mean_with_interval(test["scores"], test["instances"], np.random.default_rng(0))
        return estimate.low, estimate.high, "instances"
    if len(scores) < 2:
        return float("nan"), float("nan"), "one seed"
    return *seed_interval(scores), "seeds"


def table(plan: Plan, lines: list[dict[str, Any]]) -> str:
    """Markdown: a row per environment and method; then the paired differences the plan asks for."""
    rows = [
        "| environment | method | test score | 95 % interval | over | each seed | likeliest tokens | learning rate | "
        "processed M | trained M | environment steps k | minutes |",
        "|" + "---|" * 12,
    ]
    found: dict[tuple[str, str], dict[int, float]] = {}
    for env in plan.environments:
        for method in plan.methods:
            mine = [x for x in lines if x["phase"] == "main" and x["env"] == env and x["method"] == method]
            if not mine:
                continue
            scores = found[env, method] = {x["seed"]: x["test"]["score"] for x in mine}
            low, high, over = interval_of(mine)
            greedy = np.mean([x["test"]["greedy_score"] for x in mine])
            spent = {k: float(np.mean([x["spent"].get(k, 0) for x in mine])) for k in mine[0]["spent"]}
            rows.append(
                f"| {env.removeprefix('TurnBench/')} | {method} | {np.mean(list(scores.values())):.3f} | {low:.3f} to {high:.3f} | "
                f"{over} | {', '.join(f'{s:.2f}' for s in scores.values()) if over == 'seeds' else '-'} | {greedy:.3f} | "
                f"{'-' if method in CONTROLS else format(mine[0]['learning_rate'], 'g')} | "
                f"{spent.get('processed_tokens', 0) / 1e6:.2f} | {spent.get('trained_tokens', 0) / 1e6:.2f} | "
                f"{spent.get('environment_steps', 0) / 1e3:.1f} | {np.mean([x['seconds'] for x in mine]) / 60:.1f} |"
            )
    for env in plan.environments:
        for a, b in plan.compare:
            both = sorted(found.get((env, a), {}).keys() & found.get((env, b), {}).keys())
            if len(both) > 1:
                differences = [found[env, a][s] - found[env, b][s] for s in both]
                low, high = seed_interval(differences)
                rows.append(
                    f"\n{env.removeprefix('TurnBench/')}: {a} minus {b}, paired over {len(both)} seeds: "
                    f"{np.mean(differences):+.3f} ({low:+.3f} to {high:+.3f})"
                )
    return "\n".join(rows) + "\n"


def figure(plan: Plan, lines: list[dict[str, Any]], path: Path) -> None:
    """Held-out score against processed tokens, a panel per environment; thin lines are seeds, thick ones medians."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    plt.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "turnbench", "font.size": 9}
    envs = [e for e in plan.environments if any(x["env"] == e and x["phase"] == "main" for x in lines)]
    fig, axes = plt.subplots(1, len(envs), figsize=(4.2 * len(envs) + 1.6, 3.8), squeeze=False, layout="constrained")
    handles: dict[str, Any] = {}
    for axis, env in zip(axes[0], envs, strict=True):
        for i, method in enumerate(plan.methods):
            runs = [x for x in lines if x["phase"] == "main" and x["env"] == env and x["method"] == method]
            if runs and not any(x["curve"] for x in runs):  # a control that does not learn by episodes: a line across
                level = float(np.mean([x["test"]["score"] for x in runs]))
                handles[f"{method} (test)"] = axis.axhline(level, color=_COLOURS[i % len(_COLOURS)], ls="--", lw=1.2)
            runs = [x for x in runs if x["curve"]]
            if not runs:
                continue
            curves = [
                ([p["processed_tokens"] / 1e6 for p in x["curve"]], [p["held_out"]["score"] for p in x["curve"]])
                for x in runs
            ]
            for tokens, scores in curves:
                axis.plot(tokens, scores, color=_COLOURS[i % len(_COLOURS)], alpha=0.25, lw=0.8)
            grid = np.linspace(max(c[0][0] for c in curves), min(c[0][-1] for c in curves), 40)
            middle = np.median([np.interp(grid, t, s) for t, s in curves], axis=0)
            (handles[method],) = axis.plot(grid, middle, color=_COLOURS[i % len(_COLOURS)], lw=2)
        axis.set_title(env.removeprefix("TurnBench/"))
        axis.set_xlabel("processed tokens (millions)")
        axis.grid(alpha=0.3)
        for side in ("top", "right"):
            axis.spines[side].set_visible(False)
    axes[0][0].set_ylabel("held-out score (validation)")
    fig.legend(handles.values(), handles.keys(), loc="outside right center", frameon=False)
    fig.savefig(path, metadata={"Date": None})
    plt.close(fig)


def main(study: Annotated[Path, typer.Argument(help="The study's TOML file.")]) -> None:
    """Write table.md and curves.svg beside the study's file, and print the table."""
    plan = read_plan(study)
    lines = read_lines(study.parent / "runs.jsonl", plan)
    text = table(plan, lines)
    (study.parent / "table.md").write_text(text, encoding="utf-8")
    figure(plan, lines, study.parent / "curves.svg")
    print(text)


if __name__ == "__main__":
    typer.run(main)
