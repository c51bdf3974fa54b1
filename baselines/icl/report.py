"""Table, derived numbers and figures of an in-context study: `python -m turnbench.baselines.icl.report STUDY.toml`.

Scores are put between those of the random player (0) and the best known player with a whole demonstration (1) of the same group of cells:
R~ of the facts. Intervals are Student's t over training seeds; the levels of a cell are the same for all models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from turnbench.baselines.checkpoint import read_curve
from turnbench.baselines.icl.plan import IclPlan, read_icl_plan
from turnbench.baselines.icl.study import cell_hash, read_runs
from turnbench.baselines.study.report import seed_interval

WHOLE, NONE, WRONG, SHUFFLED, SINGLE = "whole", "none", "wrong", "shuffled", "single"
"""Cells that the derived numbers are made of; a group that lacks one gives no such number."""


LEGEND = (
    "Means over training seeds, in brackets their 95 % interval (Student's t, so it may leave the range of scores). R~: 0 is the random player, 1 the best known "
    "player with whole records. In-context gain: whole minus none. Bayes efficiency: that gain over the best player's. Level gain: whole minus wrong. Order "
    "value: whole minus shuffled. Coverage value: shuffled minus one step. Harmful copy (with wrong-level records): of the actions at which copying what a record did at the "
    "same view, or at the same time, would be wrong, the share that did so; a random player copies one in so many actions as there are."
)


class Number:
    """A mean over seeds with its interval."""

    def __init__(self, values: Sequence[float]) -> None:
        self.values = list(values)
        self.mean = float(np.mean(self.values))
        self.low, self.high = seed_interval(self.values) if len(self.values) > 1 else (float("nan"), float("nan"))

    def __str__(self) -> str:
        if len(self.values) == 1:
            return f"{self.mean:.2f} (one seed)"
        return f"{self.mean:.2f} [{self.low:.2f}, {self.high:.2f}]"


@dataclass(frozen=True)
class Scores:
    """Everything a study has measured so far."""

    plan: IclPlan
    runs: list[dict[str, Any]]
    players: Mapping[tuple[str, str, str], dict[str, Any]]
    """By player, group, cell."""

    def raw(self, model: str, group: str, cell: str, what: str = "score") -> list[float]:
        """One value per seed, in the order of the seeds."""
        mine = sorted((r for r in self.runs if r["model"] == model), key=lambda r: int(r["seed"]))
        return [r["tests"][group][cell][what] for r in mine if r["tests"][group][cell][what] is not None]

    def normalised(self, model: str, group: str, cell: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        """R~ per seed."""
        low, high = self.anchors(group)
        return (np.array(self.raw(model, group, cell)) - low) / (high - low)

    def anchors(self, group: str) -> tuple[float, float]:
        """Scores that are R~ = 0 and R~ = 1."""
        cells = self.plan.tests[group].cells
        cell = WHOLE if WHOLE in cells else next(iter(cells))
        return self.players["random", group, cell]["score"], self.players["reference", group, cell]["score"]

    def player(self, name: str, group: str, cell: str) -> float:
        """R~ of a scripted player."""
        low, high = self.anchors(group)
        return float((self.players[name, group, cell]["score"] - low) / (high - low))


def read_scores(path: Path) -> Scores:
    """What a study has measured so far."""
    plan = read_icl_plan(path)
    played = path.parent / "players.jsonl"
    now = {(g, c): cell_hash(str(path), g, c) for g, test in plan.tests.items() for c in test.cells}
    players = {
        (x["player"], x["group"], x["cell"]): x
        for x in (read_curve(played) if played.exists() else [])
        if now.get((x["group"], x["cell"])) == x["settings"]
    }
    return Scores(plan, read_runs(path.parent / "runs.jsonl", plan), players)


def derived(scores: Scores, model: str, group: str) -> dict[str, Number]:
    """The scorecard of one kind of training in one group of cells, each number paired by seed."""
    cells = scores.plan.tests[group].cells
    r = {c: scores.normalised(model, group, c) for c in (WHOLE, NONE, WRONG, SHUFFLED, SINGLE) if c in cells}
    found: dict[str, Any] = {}
    if WHOLE in r and NONE in r:
        found["whole"], found["none"] = r[WHOLE], r[NONE]
        found["in-context gain"] = r[WHOLE] - r[NONE]
        ideal = scores.player("reference", group, WHOLE) - scores.player("reference", group, NONE)
        found["Bayes efficiency"] = (r[WHOLE] - r[NONE]) / ideal
    if WHOLE in r and WRONG in r:
        found["level gain"] = r[WHOLE] - r[WRONG]
        found["harmful copy, same view"] = scores.raw(model, group, WRONG, "harmful_view")
        found["harmful copy, same time"] = scores.raw(model, group, WRONG, "harmful_time")
    if WHOLE in r and SHUFFLED in r:
        found["order value"] = r[WHOLE] - r[SHUFFLED]
    if SHUFFLED in r and SINGLE in r:
        found["coverage value"] = r[SHUFFLED] - r[SINGLE]
    return {k: Number(list(v)) for k, v in found.items() if len(v)}


def tables(scores: Scores) -> str:
    """Markdown: for every group the grid of training and test kinds, then the scorecards."""
    out: list[str] = [LEGEND, ""]
    trained = [m for m in scores.plan.models if any(r["model"] == m for r in scores.runs)]
    for group, test in scores.plan.tests.items():
        models = [m for m in trained if group in scores.plan.models[m].tests]
        if not models:
            continue
        out += [
            f"## {group}",
            "",
            f"Score of {test.episodes} episodes on levels of the {test.split} split, {test.world}.",
            "",
        ]
        out += ["| trained on | " + " | ".join(test.cells) + " |", "|" + "---|" * (len(test.cells) + 1)]
        for m in models:
            out.append(f"| {m} | " + " | ".join(str(Number(scores.raw(m, group, c))) for c in test.cells) + " |")
        for player in ("reference", "nearest", "replay", "random"):
            row = [f"{scores.players[player, group, c]['score']:.2f}" for c in test.cells]
            out.append(f"| *player: {player}* | " + " | ".join(row) + " |")
        cards = {m: derived(scores, m, group) for m in models}
        names = list(dict.fromkeys(n for card in cards.values() for n in card))
        if names:
            out += ["", "| trained on, R~ | " + " | ".join(names) + " |", "|" + "---|" * (len(names) + 1)]
            for m, card in cards.items():
                out.append(f"| {m} | " + " | ".join(str(card[n]) if n in card else "-" for n in names) + " |")
        out.append("")
    return "\n".join(out)


def main(study: Annotated[Path, typer.Argument(help="The study's TOML file.")]) -> None:
    """Write table.md and the figures beside the study's file."""
    from turnbench.baselines.icl.figures import draw_all

    scores = read_scores(study)
    text = tables(scores)
    (study.parent / "table.md").write_text(text, encoding="utf-8")
    draw_all(scores, study.parent)
    print(text)


if __name__ == "__main__":
    typer.run(main)
