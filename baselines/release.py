"""Puts a finished run's policy among the committed checkpoints: `python -m turnbench.baselines.release RUN NAME`.

NAME is "base" or "<method>/<environment>". Beside the weights (bfloat16) stands `card.json`: the command and settings it
came from, its hash and its base's, how it is played, and the end of its curve.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from turnbench.baselines.checkpoint import read_curve
from turnbench.baselines.checkpoints import FOLDER
from turnbench.baselines.lm.policy import Policy
from turnbench.errors import UsageError
from turnbench.provenance import git_commit, package_versions

MOST_BYTES = 2_000_000
"""Of one checkpoint's weights."""


def release(run: Path, name: str, into: Path = FOLDER) -> Path:
    """Copy the policy of a finished run to `into/name`, with its card.

    Raises:
        UsageError: the run is not finished, or its weights are too large to commit.
    """
    if not (run / "policy" / "config.json").exists():
        raise UsageError(f"{run} holds no finished run: the `turnbench train` command that began it goes on with it.")
    identity = json.loads((run / "run.json").read_text(encoding="utf-8"))
    policy = Policy.load(run / "policy")
    folder = into / name
    temporary = folder.with_name(folder.name + ".new")
    shutil.rmtree(temporary, ignore_errors=True)
    policy.save(temporary, torch.bfloat16)
    (temporary / "generation_config.json").unlink(missing_ok=True)
    for file in temporary.iterdir():
        file.chmod(0o644)
    if (size := sum(p.stat().st_size for p in temporary.rglob("*.safetensors"))) > MOST_BYTES:
        shutil.rmtree(temporary)
        raise UsageError(f"The weights take {size:,} bytes, and a committed checkpoint at most {MOST_BYTES:,}.")
    card: dict[str, Any] = {
        "name": name,
        "weights": policy.weights_hash(),
        "parameters": policy.parameters,
        "made_by": identity,
        "commit": git_commit()[0],
        "packages": package_versions(),
        "last_row": read_curve(run / "curve.jsonl")[-1],
    }
    if identity["kind"] == "train":
        config = identity["config"]
        card["play"] = {
            "context": identity["context"], "temperature": config["temperature"], "max_new_tokens": config["max_new_tokens"],
        }  # fmt: skip
    elif (run / "policy" / "card.json").exists():  # a recipe says itself how its model plays
        card["play"] = json.loads((run / "policy" / "card.json").read_text(encoding="utf-8"))["play"]
    (temporary / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    temporary.replace(folder)
    return folder


def main(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run.")],
    name: Annotated[str, typer.Argument(help='"base" or "METHOD/ENVIRONMENT".')],
) -> None:
    """Release a run's policy."""
    print(release(run, name))


if __name__ == "__main__":
    typer.run(main)
