"""Supervised warm-up: `turnbench train --method sft`.

Lessons are drawn so that every world keeps its share of the tokens (`TextEnv.warm_up`), and lesson number i is fixed by
the run's seed and what was drawn before. AdamW with a linear warm-up and a cosine to a tenth.
A killed run goes on where its last checkpoint was and gives the same numbers as one left alone.
"""

from __future__ import annotations

import json
import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from turnbench.baselines.checkpoint import Curve, claim, load_state, save_state
from turnbench.baselines.lm.policy import Policy, new_policy
from turnbench.baselines.lm.words import build_word_tokenizer
from turnbench.baselines.warmup.lessons import Mix, World, small_worlds, texts_of
from turnbench.baselines.warmup.tree import Lesson, losses
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream

WEIGHTS = {"reply": 1.0, "fact": 1.0, "knowledge": 1.0, "belief": 2.0, "verdict": 0.1}
"""Of the mean losses of each kind of segment: else the many tokens of replies would drown the few that carry knowledge."""


SHORT_REPLY = 16
"""Tokens that an agent may say where no card allows more."""


@dataclass(frozen=True)
class SftConfig:
    """Everything that decides a warm-up."""

    base: str = ""
    """Folder of a model to go on from; empty for a new model with a vocabulary of its own."""
    worlds: tuple[str, ...] = ()
    """Environment ids; empty for every small world that is registered."""
    player: str = "novice"
    """The scripted player to imitate."""
    tokens: int = 26_000_000
    """Budget: tokens of all lessons."""
    batch_tokens: int = 6_000
    """Tokens in a step, about."""
    learning_rate: float = 3e-3
    weight_decay: float = 0.01
    warmup_share: float = 0.03
    """Share of the budget over which the learning rate rises."""
    width: int = 128
    layers: int = 4
    heads: int = 4
    inner: int = 256
    """Shape of a new model."""
    spread: float = 0.02
    """Standard deviation of a new model's weights. From about 1 / sqrt(width), to look things up in a text is learned in a
    fraction of the steps."""
    seed: int = 0
    save_every: int = 200
    """Steps between checkpoints."""

    def __post_init__(self) -> None:
        if self.tokens < 1 or self.batch_tokens < 1:
            raise UsageError("A warm-up needs a budget and a batch of at least one token.")
        if self.width % self.heads or self.width // self.heads % 2:
            raise UsageError(f"A width of {self.width} does not go into {self.heads} heads of even size.")
        if not self.spread > 0:
            raise UsageError(f"The spread of a new model's weights is above 0, not {self.spread}.")

    def identity(self) -> dict[str, Any]:
        """All of it; without the spread where that is the usual one, so that runs from before there was a choice go on."""
        return {k: v for k, v in asdict(self).items() if k != "spread" or v != SftConfig.spread}


class Lessons:
    """Draws lessons so that worlds keep their shares of the tokens."""

    def __init__(self, worlds: Sequence[World], seed: int) -> None:
        self._worlds = {w.env_id: w for w in worlds}
        # A world that is asked for by name takes part even where it has no share of its own.
        self._share = {w.env_id: w.env.warm_up or 1.0 for w in worlds}
        self._seed = seed
        self.count = 0
        self.longest = 0
        """Tokens of the longest reply in them."""
        self.used: dict[str, int] = dict.fromkeys(sorted(self._worlds), 0)

    def draw(self) -> tuple[Lesson, str]:
        """The next lesson, and the id of its world."""
        env_id = min(self.used, key=lambda i: self.used[i] / self._share[i])
        rng = RandomStream.from_parts("lesson", self._seed, self.count)
        lesson = self._worlds[env_id].lesson(rng.word() >> 1, rng)
        self.longest = max(self.longest, self._worlds[env_id].longest)
        self.count += 1
        self.used[env_id] += lesson.size
        return lesson, env_id

    def batch(self, tokens: int) -> list[tuple[Lesson, str]]:
        """Lessons of about this many tokens together."""
        drawn, size = [], 0
        while size < tokens:
            lesson, env_id = self.draw()
            drawn.append((lesson, env_id))
            size += lesson.size
        return drawn


def train_sft(
    config: SftConfig,
    out: str | Path,
    progress: Callable[[dict[str, Any]], None] | None = None,
    stop_after: int | None = None,
) -> Policy:
    """Warm up a model; the finished one lies in `out/policy` (safetensors, bfloat16).

    Args:
        config: what to do.
        out: folder of the run; a run that was stopped there goes on.
        progress: called with the row of every step.
        stop_after: end early after so many steps of this session, as a kill would, for tests.

    Raises:
        UsageError: nothing to learn from, or a folder that holds another run.
    """
    out = Path(out)
    ids = list(config.worlds) or small_worlds()
    if not ids:
        raise UsageError("No small world is registered: name some with --env.")
    base_hash = Policy.load(config.base).weights_hash() if config.base else ""
    claim(out, {"kind": "sft", "config": {**config.identity(), "worlds": ids}, "base": base_hash})
    if config.base:
        policy = Policy.load(config.base)
    else:
        tokenizer = build_word_tokenizer(t for i in ids for t in texts_of(i))
        policy = new_policy(
            tokenizer, config.width, config.layers, config.heads, config.inner, config.seed, spread=config.spread
        )
    lessons = Lessons([World(i, policy.chat, Mix(), config.player) for i in ids], config.seed)
    optimizer = torch.optim.AdamW(
        policy.model.parameters(), lr=config.learning_rate, betas=(0.9, 0.98), weight_decay=config.weight_decay
    )
    step, used, spent_s = 0, 0, 0.0
    state_path = out / "state.pt"
    if state_path.exists():
        state = load_state(state_path)
        policy.model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step, used, spent_s = state["step"], state["used"], state["spent_s"]
        lessons.count, lessons.used = state["count"], state["lesson_tokens"]
        lessons.longest = state.get("longest", 0)  # a run that began before this was kept has none
    curve = Curve(out / "curve.jsonl", step)
    policy.thaw()
    started, steps_now = time.perf_counter() - spent_s, 0

    def save() -> None:
        curve.sync()
        state = {"model": policy.model.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "used": used}
        state |= {"count": lessons.count, "lesson_tokens": lessons.used, "longest": lessons.longest}
        state |= {"spent_s": time.perf_counter() - started}
        save_state(state, state_path)

    try:
        while used < config.tokens:
            for group in optimizer.param_groups:
                group["lr"] = config.learning_rate * _schedule(used / config.tokens, config.warmup_share)
            batch = lessons.batch(config.batch_tokens)
            count: Counter[str] = Counter()
            for lesson, _ in batch:
                for segment in lesson.segments:
                    count[segment.kind] += len(segment.learned)
            sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
            optimizer.zero_grad(set_to_none=True)
            for loss_N, kinds in losses(policy.forward, [lesson for lesson, _ in batch]):
                share_N = torch.tensor([WEIGHTS.get(k, 1.0) / count[k] for k in kinds], device=loss_N.device)
                (loss_N * share_N).sum().backward()  # type: ignore[no-untyped-call]
                for kind, value in zip(kinds, loss_N.tolist(), strict=True):
                    sums[kind][0] += value
                    sums[kind][1] += 1
            torch.nn.utils.clip_grad_norm_(policy.model.parameters(), 1.0)
            optimizer.step()
            step, steps_now = step + 1, steps_now + 1
            used += sum(lesson.size for lesson, _ in batch)
            row = {
                "step": step,
                "tokens": used,
                "loss": {k: round(a / n, 5) for k, (a, n) in sorted(sums.items())},
                "seconds": round(time.perf_counter() - started, 2),
                "share": round(min(used / config.tokens, 1.0), 4),
            }
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
    policy.save(out / "policy", torch.bfloat16)
    if lessons.longest > SHORT_REPLY:
        play = {"max_new_tokens": lessons.longest}
        (out / "policy" / "card.json").write_text(json.dumps({"play": play}, indent=1) + "\n", encoding="utf-8")
    return policy


def _schedule(done: float, rise: float) -> float:
    if done < rise:
        return max(done / rise, 0.02)
    return 0.1 + 0.45 * (1 + math.cos(math.pi * (done - rise) / (1 - rise)))
