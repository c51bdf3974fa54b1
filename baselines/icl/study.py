"""Runs an in-context study: `python -m turnbench.baselines.icl.study STUDY.toml`. Stop it at any time; it goes on where it was.

Every training run is a line of `runs.jsonl` beside the study's file: what its model scores in every test cell, and its curve. Runs
themselves live under `runs/study/`. Reference lines (the scripted players in the same cells) are in `players.jsonl`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from turnbench.baselines.checkpoint import read_curve
from turnbench.baselines.icl.measure import measure, model_agent
from turnbench.baselines.icl.plan import IclPlan, Job, read_icl_plan
from turnbench.baselines.icl.train import train_icl
from turnbench.baselines.study.jobs import run_jobs
from turnbench.env import hash_text
from turnbench.errors import UsageError
from turnbench.provenance import git_commit

PLAYERS = ("reference", "nearest", "replay", "random")
CURVE_ROWS = 40


def run_model(path: str, job: Job, folder: str) -> dict[str, Any]:
    """Train one model and play all its tests: the line for `runs.jsonl`. Called in a process of its own."""
    torch.set_num_threads(1)
    plan = read_icl_plan(Path(path))
    model = plan.models[job.model]
    policy = train_icl(replace(model.config, seed=job.seed), folder)
    rows = read_curve(Path(folder) / "curve.jsonl")
    agent = model_agent(policy)
    began = time.perf_counter()
    tests: dict[str, dict[str, Any]] = {}
    for group in model.tests:
        test = plan.tests[group]
        tests[group] = {
            cell: measure(agent, test.world, arguments, test.episodes, test.split).as_dict()
            for cell, arguments in test.cells.items()
        }
    every = max(len(rows) // CURVE_ROWS, 1)
    return {
        "model": job.model, "seed": job.seed, "settings": plan.settings(job.model), "commit": git_commit()[0],
        "parameters": policy.parameters, "weights": policy.weights_hash(), "tokens": rows[-1]["tokens"],
        "seconds": rows[-1]["seconds"], "test_seconds": round(time.perf_counter() - began, 1), "tests": tests,
        "curve": [{k: r[k] for k in ("step", "loss", "right", "held_out") if k in r}
                  for i, r in enumerate(rows) if i % every == 0 or "held_out" in r],
    }  # fmt: skip


def run_player(path: str, player: str, group: str, cell: str) -> dict[str, Any]:
    """What a scripted player scores in a test cell."""
    test = read_icl_plan(Path(path)).tests[group]
    found = measure(player, test.world, test.cells[cell], test.episodes, test.split)
    return {"player": player, "group": group, "cell": cell, "settings": cell_hash(path, group, cell), **found.as_dict()}


def cell_hash(path: str, group: str, cell: str) -> str:
    """Hash of what decides a cell."""
    test = read_icl_plan(Path(path)).tests[group]
    return hash_text(repr((test.world, test.episodes, test.split, sorted(test.cells[cell].items()))))


def read_runs(path: Path, plan: IclPlan) -> list[dict[str, Any]]:
    """Finished runs.

    Raises:
        UsageError: some are of other settings than the plan's.
    """
    lines = read_curve(path) if path.exists() else []
    for line in lines:
        if line["model"] not in plan.models or line["settings"] != plan.settings(line["model"]):
            raise UsageError(
                f"{path} holds a run of {line['model']} with other settings than the study's: take its line out, or put the settings back."
            )
    return lines


def run_icl_study(path: Path, workers: int = 2, minutes: float = 0.0, say: Callable[[str], None] = print) -> bool:
    """Run what is left of a study; True when all of it is done.

    Args:
        path: the study's TOML file.
        workers: processes, one thread each.
        minutes: begin no run after so many; 0 for no limit.
        say: told about every finished run.
    """
    plan = read_icl_plan(path)
    deadline = time.monotonic() + 60 * minutes if minutes else None
    results = path.parent / "runs.jsonl"
    done = {(x["model"], x["seed"]) for x in read_runs(results, plan)}
    jobs = list(plan.jobs())
    left = [j for j in jobs if tuple(j) not in done]
    folder = Path("runs/study") / plan.name

    def say_run(line: dict[str, Any], finished: int) -> None:
        scores = ", ".join(f"{c} {m['score']:.2f}" for g in line["tests"].values() for c, m in g.items())
        count = f"{len(jobs) - len(left) + finished}/{len(jobs)}"
        say(f"{count}: {line['model']} seed {line['seed']} in {line['seconds']:.0f} s: {scores}")

    def start(job: Job) -> tuple[Callable[..., dict[str, Any]], tuple[Any, ...]]:
        name = job.model.replace("/", "-").replace(" ", "_")
        return run_model, (str(path), job, str(folder / f"{name}-seed{job.seed}"))

    trained = run_jobs(left, start, results, workers, deadline, say_run)
    played = path.parent / "players.jsonl"
    lines = read_curve(played) if played.exists() else []
    known = {(x["player"], x["group"], x["cell"], x["settings"]) for x in lines}
    cells = [(p, g, c) for g, test in plan.tests.items() for c in test.cells for p in PLAYERS]
    cells = [(p, g, c) for p, g, c in cells if (p, g, c, cell_hash(str(path), g, c)) not in known]

    def say_player(line: dict[str, Any], finished: int) -> None:
        say(f"player {finished}/{len(cells)}: {line['group']}/{line['cell']} {line['player']} {line['score']:.3f}")

    # Players take seconds each: they are played even where time is up for training, so that what there is can be reported.
    run_jobs(cells, lambda job: (run_player, (str(path), *job)), played, workers, None, say_player)
    return trained


def main(
    study: Annotated[Path, typer.Argument(help="The study's TOML file.")],
    workers: Annotated[int, typer.Option(help="Processes, one thread each.")] = 2,
    minutes: Annotated[float, typer.Option(help="Begin no run after so many minutes; 0 for no limit.")] = 0.0,
) -> None:
    """Run an in-context study, or what is left of it."""
    try:
        done = run_icl_study(study, workers, minutes, lambda text: print(text, flush=True))
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        raise typer.Exit(2) from error
    print("The study is complete." if done else "Runs are left: the same command goes on.")


if __name__ == "__main__":
    typer.run(main)
