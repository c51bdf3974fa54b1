"""What playing in batches gains for a local model: `python -m turnbench.baselines.bench_agent [FOLDER]`.

The same episodes through `run("hf:FOLDER")` one by one and in a batch, in turn within one run; by default of the
committed base, whose replies are cut at a few tokens.
"""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from turnbench.baselines.checkpoints import checkpoint_path
from turnbench.runner import run


def main(
    folder: Annotated[str, typer.Argument(help="A save_pretrained folder.")] = str(checkpoint_path("base")),
    env: Annotated[str, typer.Option(help="Environment id.")] = "TurnBench/TwentyQ-Small-v0",
    episodes: Annotated[int, typer.Option(help="Episodes of a measurement.")] = 64,
    batch: Annotated[int, typer.Option(help="Episodes in flight.")] = 64,
    rounds: Annotated[int, typer.Option(help="Times each is measured, in turn.")] = 3,
    threads: Annotated[int, typer.Option(help="Processor threads.")] = 2,
    out: Annotated[Path | None, typer.Option(help="Write the figures there as JSON.")] = None,
) -> None:
    """Print turns a second of both and their ratio."""
    torch.set_num_threads(threads)
    options: dict[str, Any] = {"max_new_tokens": 16, "temperature": 1.0}
    rates: dict[int, list[float]] = {1: [], batch: []}
    for number in range(rounds + 1):
        for size in rates:
            began = time.perf_counter()
            result = run(f"hf:{folder}", env, episodes=episodes, batch_size=size, agent_options=options)
            seconds = time.perf_counter() - began
            if number:  # the first round warms up
                rates[size].append(sum(e.turns for e in result.episodes) / seconds)
    middle = {size: statistics.median(found) for size, found in rates.items()}
    report = {
        "env": env, "episodes": episodes, "batch": batch, "threads": threads,
        "turns/s one by one": middle[1], "turns/s in a batch": middle[batch], "ratio": middle[batch] / middle[1],
    }  # fmt: skip
    print(
        f"{middle[1]:,.0f} turns/s one by one, {middle[batch]:,.0f} in batches of {batch}: {report['ratio']:.1f} times"
    )
    if out:
        out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
