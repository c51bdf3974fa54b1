"""Runs a study: `python -m turnbench.baselines.study.run STUDY.toml`. Stop it at any time; it goes on where it was.

Every finished run is one line of `runs.jsonl` beside the study's file (appended, synced): its curve, its score on fresh
test instances, what it spent. Runs themselves live under `runs/study/`. One process per run, one thread each.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer

from turnbench.baselines.checkpoint import read_curve
from turnbench.baselines.evaluate import evaluate
from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.rollout import Arena
from turnbench.baselines.study.jobs import run_jobs
from turnbench.baselines.study.plan import CONTROLS, Job, Plan, read_plan
from turnbench.baselines.train import TrainConfig, base_path, load_base, train
from turnbench.baselines.warmup.sft import SftConfig, train_sft
from turnbench.env import hash_text
from turnbench.errors import UsageError
from turnbench.provenance import git_commit

TEST_SEED = 1_000_000
"""First seed of the test episodes; training and validation seeds are drawn elsewhere."""


CURVE = ("update", "reward", "success", "dead_groups", "entropy", "held_out", "processed_tokens", "trained_tokens",
         "environment_steps", "seconds")  # fmt: skip
"""What a line keeps of a curve's rows."""
SPENT = ("episodes", "environment_steps", "generated_tokens", "read_tokens", "scored_tokens", "processed_tokens",
         "trained_tokens", "audit_tokens")  # fmt: skip


def settings_hash(plan: Plan, job: Job) -> str:
    """Hash of everything that decides a run but its seed: lines of other settings are not this study's."""
    if job.method in CONTROLS:
        config = asdict(plan.config(replace(job, method="grpo")))
        return hash_text(json.dumps([job.method, plan.imitation_tokens, config["env"], config["arguments"]]))
    config = asdict(plan.config(job))
    return hash_text(json.dumps({k: v for k, v in config.items() if k not in ("seed", "base")}, sort_keys=True))


def run_job(path: str, job: Job, folder: str) -> dict[str, Any]:
    """One run, start to end (or on from where it was): the line for `runs.jsonl`. Called in a process of its own."""
    torch.set_num_threads(1)
    plan = read_plan(Path(path))
    if job.method in CONTROLS:
        return _control(plan, job, folder)
    config = plan.config(job)
    base = load_base(plan.base).weights_hash()
    policy = train(config, folder)
    run = json.loads((Path(folder) / "run.json").read_text(encoding="utf-8"))
    rows = read_curve(Path(folder) / "curve.jsonl")
    line: dict[str, Any] = {
        "phase": job.phase, "env": job.env, "method": job.method, "seed": job.seed, "learning_rate": job.learning_rate,
        "base": base, "context": run["context"], "method_code": run["method"]["code_hash"], "commit": git_commit()[0],
        "curve": [{k: r[k] for k in CURVE if k in r} for r in rows if "held_out" in r],
        "validation": rows[-1]["held_out"]["score"],
        "settings": settings_hash(plan, job), "spent": {k: rows[-1][k] for k in SPENT},
        "seconds": rows[-1]["seconds"],
    }  # fmt: skip
    if job.phase == "main":
        line["test"] = _test(plan, policy, config, run["context"])
    return line


def _test(plan: Plan, policy: Policy, config: TrainConfig, context: str) -> dict[str, Any]:
    """Score on fresh test instances, from the policy's own distribution, and of its likeliest tokens."""
    arena = Arena(config.env, "test", config.arguments)
    drawn = evaluate(policy, arena, context, plan.test_episodes, TEST_SEED, 1.0, config.max_new_tokens)
    greedy = evaluate(policy, arena, context, plan.test_episodes, TEST_SEED, 0.0, config.max_new_tokens)
    return {
        "score": round(drawn.score, 4), "success": round(drawn.success, 4), "episodes": plan.test_episodes,
        "greedy_score": round(greedy.score, 4), "greedy_success": round(greedy.success, 4),
        "scores": [round(float(s), 4) for s in drawn.scores], "instances": drawn.instances,
    }  # fmt: skip


def _control(plan: Plan, job: Job, folder: str) -> dict[str, Any]:
    """The base as it is, or the base going on to imitate."""
    config = plan.config(replace(job, method="grpo"))
    policy = load_base(plan.base)
    base, tokens, seconds = policy.weights_hash(), 0, 0.0
    if job.method == "sft":
        path = str(base_path(plan.base))
        imitation = SftConfig(
            base=path, worlds=(job.env,), tokens=plan.imitation_tokens, seed=job.seed, learning_rate=1e-3
        )
        policy = train_sft(imitation, folder)
        last = read_curve(Path(folder) / "curve.jsonl")[-1]
        tokens, seconds = last["tokens"], last["seconds"]
    context = config.context or (
        "state" if Arena(job.env, "validation", config.arguments).one.memoryless else "history"
    )
    test = _test(plan, policy, config, context)
    return {
        "phase": job.phase, "env": job.env, "method": job.method, "seed": job.seed, "learning_rate": job.learning_rate,
        "base": base, "context": context, "commit": git_commit()[0], "curve": [], "validation": None,
        "settings": settings_hash(plan, job), "spent": {**dict.fromkeys(SPENT, 0), "trained_tokens": tokens},
        "seconds": seconds, "test": test,
    }  # fmt: skip


def read_lines(path: Path, plan: Plan) -> list[dict[str, Any]]:
    """Finished runs.

    Raises:
        UsageError: some are of another base or other settings than the plan's.
    """
    lines = read_curve(path) if path.exists() else []
    base = load_base(plan.base).weights_hash() if lines else ""
    for line in lines:
        job = Job(*key_of(line))
        if line["base"] != base or line["settings"] != settings_hash(plan, job):
            what = "base" if line["base"] != base else "settings"
            raise UsageError(
                f"{path} holds a run of another {what} ({job.name}): move the file away, or put the study's {what} back."
            )
    return lines


def key_of(line: dict[str, Any]) -> tuple[str, str, str, int, float]:
    """What tells runs of a study apart."""
    return line["phase"], line["env"], line["method"], line["seed"], line["learning_rate"]


def chosen_rates(plan: Plan, lines: Iterable[dict[str, Any]]) -> dict[tuple[str, str], float]:
    """The learning rate of each environment and method: the best mean validation score of its tuning runs."""
    found: dict[tuple[str, str], float] = {}
    lines = list(lines)
    for env in plan.environments:
        for method in plan.methods:
            best = -np.inf
            for rate in plan.rates:
                scores = [
                    x["validation"] for x in lines
                    if (x["phase"], x["env"], x["method"], x["learning_rate"]) == ("tuning", env, method, rate)
                ]  # fmt: skip
                mean = float(np.mean(scores)) if scores else -1e9
                if mean > best:
                    best, found[env, method] = mean, rate
    return found


def run_study(path: Path, workers: int = 2, minutes: float = 0.0, say: Callable[[str], None] = print) -> bool:
    """Run what is left of a study; True when all of it is done.

    Args:
        path: the study's TOML file.
        workers: processes, one thread each.
        minutes: begin no run after so many; 0 for no limit.
        say: told about every finished run.
    """
    plan = read_plan(path)
    results = path.parent / "runs.jsonl"
    folder = Path("runs/study") / plan.name
    deadline = time.monotonic() + 60 * minutes if minutes else None
    for phase in ("tuning", "main"):
        lines = read_lines(results, plan)
        done = {key_of(x) for x in lines}
        jobs = list(plan.tuning_jobs()) if phase == "tuning" else list(plan.main_jobs(chosen_rates(plan, lines)))
        left = [j for j in jobs if (j.phase, j.env, j.method, j.seed, j.learning_rate) not in done]

        def told(line: dict[str, Any], finished: int, jobs: list[Job] = jobs, left: list[Job] = left) -> None:
            score = line["test"]["score"] if "test" in line else line["validation"]
            say(f"{line['phase']} {len(jobs) - len(left) + finished}/{len(jobs)}: {line['env']} {line['method']} "
                f"lr {line['learning_rate']:g} seed {line['seed']}: {score:.3f} in {line['seconds']:.0f} s")  # fmt: skip

        def start(job: Job) -> tuple[Callable[..., dict[str, Any]], tuple[Any, ...]]:
            return run_job, (str(path), job, str(folder / job.name))

        if not run_jobs(left, start, results, workers, deadline, told):
            return False
    return True


def main(
    study: Annotated[Path, typer.Argument(help="The study's TOML file.")],
    workers: Annotated[int, typer.Option(help="Processes, one thread each.")] = 2,
    minutes: Annotated[float, typer.Option(help="Begin no run after so many minutes; 0 for no limit.")] = 0.0,
) -> None:
    """Run a study, or what is left of it."""
    done = run_study(study, workers, minutes, lambda text: print(text, flush=True))
    print("The study is complete." if done else "Runs are left: the same command goes on.")


if __name__ == "__main__":
    typer.run(main)
