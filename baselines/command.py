"""What `turnbench train` calls: from options to a warm-up or a training run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch

from turnbench.baselines.icl.train import IclConfig, train_icl
from turnbench.baselines.train import TrainConfig, base_path, train
from turnbench.baselines.warmup.sft import SftConfig, train_sft
from turnbench.errors import UsageError, did_you_mean
from turnbench.registry import full_id

Show = Callable[[dict[str, Any]], None]


def train_from_options(
    method: str,
    env: list[str],
    out: Path,
    options: dict[str, Any],
    settings: dict[str, Any],
    arguments: dict[str, Any],
    seed: int,
    threads: int,
    show: Show | None,
) -> dict[str, Any]:
    """Train, and say where the result lies.

    Args:
        method: "sft", "icl", a page of `turnbench.baselines.credit`, or "package.module:function".
        env: environment ids; one for a credit method, one or more for "icl", any number for "sft" (none: every small world).
        out: folder of the run.
        options: fields of `TrainConfig`, `SftConfig` or `IclConfig`.
        settings: the method's own.
        arguments: keyword arguments of the environment.
        seed: of the run.
        threads: for torch on the processor; 0 leaves torch's own choice.
        show: called with every row of the curve.

    Raises:
        UsageError: before work starts.
    """
    if threads:
        torch.set_num_threads(threads)
    if method == "sft":
        if settings or arguments:
            raise UsageError("The warm-up has no --method-set and no --arg: a level is an environment id of its own.")
        options = _known(SftConfig, options)
        if options.get("base"):
            options["base"] = str(base_path(options["base"]))
        warm_up = SftConfig(worlds=tuple(full_id(e) for e in env), seed=seed, **options)
        train_sft(warm_up, out, show)
        return {"policy": str(out / "policy"), "curve": str(out / "curve.jsonl")}
    if method == "icl":
        if settings:
            raise UsageError(
                "In-context training has no --method-set: its settings are --set, and --arg for the worlds."
            )
        learner = IclConfig(worlds=tuple(env), arguments=arguments, seed=seed, **_known(IclConfig, options))
        train_icl(learner, out, show)
        return {"policy": str(out / "policy"), "curve": str(out / "curve.jsonl")}
    if len(env) != 1:
        raise UsageError(f"A credit method trains on one environment: name it once with --env, not {len(env)} times.")
    options = _known(TrainConfig, options)
    config = TrainConfig(method=method, env=env[0], settings=settings, arguments=arguments, seed=seed, **options)
    train(config, out, show)
    return {"policy": str(out / "policy"), "curve": str(out / "curve.jsonl")}


def _known(config: type, options: dict[str, Any]) -> dict[str, Any]:
    elsewhere = ("method", "env", "worlds", "settings", "arguments", "seed")  # these have options of their own
    known = {f.name: f for f in fields(config) if f.name not in elsewhere}
    for name, value in options.items():
        if name not in known:
            what = config.__name__.removesuffix("Config").lower()
            raise UsageError(
                f"A {what} run has no setting {name!r}; it has: {', '.join(known)}.{did_you_mean(name, known)}"
            )
        default = known[name].default
        kinds = (int, float) if isinstance(default, float) else type(default)
        if isinstance(default, (int, float, str)) and (isinstance(value, bool) or not isinstance(value, kinds)):
            raise UsageError(f"The setting {name!r} is like {default!r}, so {value!r} is no value.")
    return dict(options)
