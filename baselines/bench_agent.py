"""What playing in batches gains for a local model: `python -m turnbench.baselines.bench_agent`.

The same episodes through `run("hf:FOLDER")` one by one and in a batch, in turn within one run: of a tiny model made on
the spot, where a call costs more than its arithmetic, and of the committed base, where arithmetic begins to weigh.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from turnbench.baselines.checkpoints import checkpoint_path
from turnbench.baselines.lm.policy import Policy, new_policy
from turnbench.runner import run


def main(
    folder: Annotated[list[str] | None, typer.Argument(help="save_pretrained folders instead.")] = None,
    env: Annotated[str, typer.Option(help="Environment id.")] = "TurnBench/CreditProbe-v0",
    episodes: Annotated[int, typer.Option(help="Episodes of a measurement.")] = 64,
    batch: Annotated[int, typer.Option(help="Episodes in flight.")] = 64,
    rounds: Annotated[int, typer.Option(help="Times each is measured, in turn.")] = 3,
    threads: Annotated[int, typer.Option(help="Processor threads.")] = 2,
    out: Annotated[Path | None, typer.Option(help="Write the figures there as JSON.")] = None,
) -> None:
    """Print turns a second of both and their ratio."""
    torch.set_num_threads(threads)
    report: dict[str, Any] = {"env": env, "episodes": episodes, "batch": batch, "threads": threads}
    with tempfile.TemporaryDirectory() as made:
        base = Policy.load(checkpoint_path("base"))
        new_policy(base.tokenizer, width=64, layers=2, heads=2, inner=128).save(made)
        models = {f: f for f in folder} if folder else {"tiny": made, "base": str(checkpoint_path("base"))}
        for name, path in models.items():
            report[name] = measured(path, env, episodes, batch, rounds)
            print(
                "{0} ({parameters:,} parameters): {one by one:,.0f} turns/s one by one, {batched:,.0f} in batches of {1}: "
                "{ratio:.1f} times".format(name, batch, **report[name])
            )
    if out:
        out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def measured(folder: str, env: str, episodes: int, batch: int, rounds: int) -> dict[str, float]:
    """Turns a second, medians over rounds, and their ratio."""
    options: dict[str, Any] = {"max_new_tokens": 16, "temperature": 1.0}
    rates: dict[int, list[float]] = {1: [], batch: []}
    for number in range(rounds + 1):
        for size in rates:
            began = time.perf_counter()
            result = run(f"hf:{folder}", env, episodes=episodes, batch_size=size, agent_options=options)
            seconds = time.perf_counter() - began
            if number:  # the first round warms up
                rates[size].append(sum(e.turns for e in result.episodes) / seconds)
    one, batched = statistics.median(rates[1]), statistics.median(rates[batch])
    parameters = result.agent.details["parameters"]
    return {"parameters": parameters, "one by one": one, "batched": batched, "ratio": batched / one}


if __name__ == "__main__":
    typer.run(main)
