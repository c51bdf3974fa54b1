"""In-context training: `turnbench train --method icl`.

Cross-entropy on every action of sequences of several games (`sequences.py`), AdamW, a linear rise and a cosine to a tenth. How well the
model plays levels it never saw, with each kind of context asked for, is logged on the way. A killed run goes on where its last checkpoint
was, with the same numbers as one left alone.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from turnbench.baselines.checkpoint import Curve, claim, load_state, save_state
from turnbench.baselines.evaluate import evaluate
from turnbench.baselines.icl.notation import UNK, word_notation
from turnbench.baselines.icl.sequences import Examples, Task
from turnbench.baselines.lm.policy import Policy, new_policy
from turnbench.baselines.lm.precision import use_precision
from turnbench.baselines.lm.scoring import logits_before
from turnbench.baselines.rollout import Arena
from turnbench.errors import UsageError
from turnbench.registry import full_id

PLAY: dict[str, Any] = {"context": "history", "temperature": 0.0, "max_new_tokens": 2}
"""How its agent plays: the likeliest action, and its end."""
COMPACT = {"wording": "compact"}
_VOCABULARY_DRAWS = 400


@dataclass(frozen=True)
class IclConfig:
    """Everything that decides a run."""

    worlds: tuple[str, ...] = ()
    """Environment ids, drawn equally often."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Environment arguments, the same for all: demonstrations, context, burst, levels, ..."""
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Arguments of single worlds, by id."""
    vocabulary: tuple[str, ...] = ()
    """Further environments whose words the model should have, such as a family kept for the test."""
    steps: int = 2000
    batch: int = 64
    """Sequences in a step."""
    noise: float = 0.15
    """Share of the last game's actions that are any action; labels are always the expert's."""
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    rise: int = 100
    """Steps over which the learning rate rises."""
    width: int = 64
    layers: int = 3
    heads: int = 4
    inner: int = 128
    """Shape of the model."""
    spread: float = 0.08
    """Standard deviation of the first weights. About width ** -0.5, so that attention is not uniform at the beginning: with the usual
    0.02 a model of this width takes some five times as many steps to begin to use its context."""
    evaluate_every: int = 250
    """Steps between evaluations on held-out levels; 0 for none."""
    episodes: int = 100
    """Episodes of each evaluation."""
    precision: str = "float32"
    seed: int = 0
    save_every: int = 50
    """Steps between checkpoints: what a stopped run may have to do again."""

    def __post_init__(self) -> None:
        if min(self.steps, self.batch) < 1:
            raise UsageError("In-context training needs at least one step of one sequence.")
        if self.width % self.heads or self.width // self.heads % 2:
            raise UsageError(f"A width of {self.width} does not go into {self.heads} heads of even size.")
        if not 0 <= self.noise <= 1:
            raise UsageError(f"noise is a share of actions from 0 to 1, not {self.noise}.")


def train_icl(
    config: IclConfig,
    out: str | Path,
    progress: Callable[[dict[str, Any]], None] | None = None,
    stop_after: int | None = None,
) -> Policy:
    """Train a model from nothing; the finished one lies in `out/policy`.

    Args:
        config: what to do.
        out: folder of the run; a run that was stopped there goes on.
        progress: called with the row of every step.
        stop_after: end early after so many steps of this session, as a kill would, for tests.

    Raises:
        UsageError: a world it cannot learn from, or a folder that holds another run.
    """
    if not config.worlds:
        raise UsageError("In-context training needs a world: name one or more with --env.")
    ids = tuple(full_id(e) for e in config.worlds)
    own = {full_id(e): dict(arguments) for e, arguments in config.own.items()}
    tasks = [Task(i, {**COMPACT, **config.arguments, **own.get(i, {})}) for i in ids]
    examples = Examples(tasks, config.noise, config.seed)
    out = Path(out)
    claim(out, {"kind": "icl", "config": {**asdict(config), "worlds": ids, "own": own}})
    also = [Task(full_id(e), {**COMPACT, **own.get(full_id(e), {})}) for e in config.vocabulary]
    tokenizer = word_notation(_texts([*tasks, *also]))
    policy = new_policy(
        tokenizer, config.width, config.layers, config.heads, config.inner, config.seed, spread=config.spread
    )
    use_precision(policy.forward, config.precision)
    index: dict[str, int] = tokenizer.get_vocab()
    unknown = index[UNK]
    optimizer = torch.optim.AdamW(
        policy.model.parameters(), lr=config.learning_rate, betas=(0.9, 0.98), weight_decay=config.weight_decay
    )
    arenas = {t.env_id: Arena(t.env_id, "validation", t.arguments) for t in tasks}
    step, tokens, spent_s = 0, 0, 0.0
    state_path = out / "state.pt"
    if state_path.exists():
        state = load_state(state_path)
        policy.model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step, tokens, spent_s = state["step"], state["tokens"], state["spent_s"]
    curve = Curve(out / "curve.jsonl", step)
    policy.thaw()
    started, steps_now = time.perf_counter() - spent_s, 0

    def save() -> None:
        curve.sync()
        state = {"model": policy.model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
        save_state({**state, "tokens": tokens, "spent_s": time.perf_counter() - started}, state_path)

    try:
        while step < config.steps:
            for group in optimizer.param_groups:
                group["lr"] = config.learning_rate * _schedule(step, config)
            batch = [examples.draw(step * config.batch + i) for i in range(config.batch)]
            texts = [[index.get(w, unknown) for w in e.words] for e in batch]
            labels_N = torch.tensor([index[w] for e in batch for w in e.labels], device=policy.device)
            logits_NV = logits_before(policy.forward, texts, [e.places for e in batch])
            loss_N = functional.cross_entropy(logits_NV, labels_N, reduction="none")
            optimizer.zero_grad(set_to_none=True)
            loss_N.mean().backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(policy.model.parameters(), 1.0)
            optimizer.step()
            step, steps_now = step + 1, steps_now + 1
            tokens += sum(map(len, texts))
            right_N = (logits_NV.detach().argmax(-1) == labels_N).cpu().numpy()
            row: dict[str, Any] = {"step": step, "tokens": tokens}
            row |= _by_part(batch, loss_N.detach().cpu().numpy(), right_N)
            if config.evaluate_every and (step % config.evaluate_every == 0 or step == config.steps):
                row["held_out"] = {
                    _short(i): round(evaluate(policy, a, "history", config.episodes, 0, 0.0, 2).score, 4)
                    for i, a in arenas.items()
                }
                policy.thaw()
            row |= {"seconds": round(time.perf_counter() - started, 2), "share": round(step / config.steps, 4)}
            curve.write(row)
            if progress:
                progress(row)
            if step % config.save_every == 0:
                save()
            if stop_after is not None and steps_now >= stop_after:
                return policy
        save()
    finally:
        curve.close()
    policy.save(out / "policy")
    (out / "policy" / "card.json").write_text(json.dumps({"play": PLAY}, indent=1) + "\n", encoding="utf-8")
    return policy


def _by_part(batch: list[Any], loss_N: Any, right_N: Any) -> dict[str, Any]:
    """Mean loss and accuracy of actions in records and in the game at the end, ends of actions left out."""
    loss, right = {}, {}
    acts_N = np.array([k % 2 == 0 for e in batch for k in range(len(e.places))])
    query_N = np.array([place >= e.opening for e in batch for place in e.places])
    for name, part_N in (("record", ~query_N), ("query", query_N)):
        chosen_N = acts_N & part_N
        if chosen_N.any():
            loss[name] = round(float(loss_N[chosen_N].mean()), 5)
            right[name] = round(float(right_N[chosen_N].mean()), 4)
    return {"loss": loss, "right": right}


def _texts(tasks: list[Task]) -> list[str]:
    """So many games, half of their actions at random, that every word occurs; one that does not is unknown to the model."""
    every = [Examples([t], 0.5, 0, "all") for t in tasks]
    return [" ".join(e.draw(k).words) for e in every for k in range(_VOCABULARY_DRAWS)]


def _schedule(step: int, config: IclConfig) -> float:
    if step < config.rise:
        return (step + 1) / config.rise
    done = (step - config.rise) / max(config.steps - config.rise, 1)
    return 0.1 + 0.45 * (1 + math.cos(math.pi * done))


def _short(env_id: str) -> str:
    return env_id.rpartition(":")[2].removeprefix("TurnBench/")
