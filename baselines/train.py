"""The loop: sample groups -> credit -> update -> evaluate -> log -> checkpoint. It reads top to bottom.

What a method is, is on its page in `turnbench.baselines.credit`; how the loss is formed, in `update`; how episodes are
played, in `rollout`. Everything here is shared by all methods, so that a comparison compares only credit.

Update u of a run draws its seeds, its chance and its tokens from (run seed, u) alone, so a killed run that goes on from
its last checkpoint gives the same rows as one left alone (on a processor, with the same number of threads).
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from turnbench.baselines.checkpoint import Curve, claim, load_state, save_state
from turnbench.baselines.checkpoints import checkpoint_names, checkpoint_path
from turnbench.baselines.critic import Critic
from turnbench.baselines.evaluate import evaluate
from turnbench.baselines.gather import Laboratory, gatherer, recorded_for
from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.lm.precision import use_precision
from turnbench.baselines.method import Method, load_method
from turnbench.baselines.rollout import Arena, Spent, check_context, rollout
from turnbench.baselines.sampling import Sampler
from turnbench.baselines.trajectory import Floats, Group
from turnbench.baselines.update import Step, UpdateConfig, flatten, update
from turnbench.errors import UsageError
from turnbench.randomness import stable_hash
from turnbench.registry import full_id


@dataclass(frozen=True, kw_only=True)
class TrainConfig(UpdateConfig):
    """Everything that decides a training run, as flat as it can be: what the update reads, and the rest."""

    method: str
    """A page of `turnbench.baselines.credit`, or "package.module:function"."""
    env: str
    base: str = "base"
    """The checkpoint to start from: "base" (the committed warm-up) or a folder that save_pretrained wrote."""
    settings: dict[str, Any] = field(default_factory=dict)
    """The method's own settings."""
    arguments: dict[str, Any] = field(default_factory=dict)
    """Keyword arguments of the environment."""
    context: str = ""
    """"history" or "state"; empty for the method's own, else "state" where the world allows it, else "history"."""
    seed: int = 0
    updates: int = 200
    """Updates at most."""
    budget_tokens: int = 0
    """Processed tokens (generated, read, scored) after which the run ends; 0 for none."""
    groups: int = 16
    """Groups per update: distinct seeds."""
    group_size: int = 16
    """Episodes per group."""
    resample: int = 0
    """Rounds in which dead groups (no variance in the return) are replaced by groups of other seeds (DAPO)."""
    learning_rate: float = 1e-3
    learning_rate_end: float = 1.0
    """Share of the learning rate that is left at the end; it falls in a straight line over the run."""
    critic_learning_rate: float = 1e-3
    critic_epochs: int = 2
    branches: int = 8
    """Rollouts per state, for methods that branch."""
    max_new_tokens: int = 16
    precision: str = "float32"
    """Of the matrix products: "float32", "bfloat16", or "auto", which takes bfloat16 where it is measured to pay."""
    evaluate_every: int = 25
    """Updates between evaluations; 0 for the end only."""
    evaluate_episodes: int = 200
    evaluate_split: str = "validation"
    save_every: int = 25
    """Updates between checkpoints."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in (
            "updates",
            "groups",
            "group_size",
            "max_new_tokens",
            "evaluate_episodes",
            "save_every",
            "branches",
        ):
            if getattr(self, name) < 1:
                raise UsageError(f"{name} is 1 or more, not {getattr(self, name)}.")
        for name in ("learning_rate", "learning_rate_end", "critic_learning_rate"):
            if not getattr(self, name) > 0:
                raise UsageError(f"{name} is above 0, not {getattr(self, name)}.")
        for name in ("budget_tokens", "resample", "evaluate_every", "seed"):
            if getattr(self, name) < 0:
                raise UsageError(f"{name} is 0 or more, not {getattr(self, name)}.")


def train(
    config: TrainConfig,
    out: str | Path,
    progress: Callable[[dict[str, Any]], None] | None = None,
    policy: Policy | None = None,
    stop_after: int | None = None,
) -> Policy:
    """Train; the finished policy lies in `out/policy`, the curve in `out/curve.jsonl`.

    Args:
        config: what to do.
        out: folder of the run; a run that was stopped there goes on, one of other settings is refused.
        progress: called with every row of the curve.
        policy: start from this one instead of `config.base` (it is changed); for tests and programs.
        stop_after: leave after so many updates of this session without a checkpoint, as a kill would, for tests.

    Raises:
        UsageError: anything wrong with the settings, before work starts.
    """
    # -- Setup ---------------------------------------------------------------------------------------------------------
    out = Path(out)
    method = load_method(config.method, config.settings)
    arena = Arena(full_id(config.env), "train", config.arguments)
    context = config.context or method.context or ("state" if arena.one.memoryless else "history")
    if method.context and context != method.context:
        raise UsageError(f"The method {method.name!r} is defined on the context {method.context!r}, not {context!r}.")
    check_context(context, arena.one)
    if not method.targets and any(getattr(gatherer(need), "CRITIC", False) for need in method.needs):
        raise UsageError(
            f"The method {method.name!r} needs a critic's values and does not say what to fit it to: add targets."
        )
    policy = policy or load_base(config.base)
    use_precision(policy.forward, config.precision)
    reference = Policy(copy.deepcopy(policy.model), policy.tokenizer) if config.kl else None
    optimizer = torch.optim.AdamW(
        policy.model.parameters(), lr=config.learning_rate, betas=(0.9, 0.99), weight_decay=0.0
    )
    critic = Critic(policy, config.critic_learning_rate, config.critic_epochs) if method.targets else None
    validation = Arena(arena.env_id, config.evaluate_split, config.arguments)
    claim(
        out,
        {
            "kind": "train",
            "config": asdict(config),
            "method": method.describe(),
            "context": context,
            "base": policy.weights_hash(),
            "environment": {"arguments": arena.one.arguments, "content": arena.one.content_hash},
        },
    )
    done, spent, seconds = 0, Spent(), 0.0
    state_path = out / "state.pt"
    if state_path.exists():
        state = load_state(state_path)
        policy.model.load_state_dict(state["policy"])
        optimizer.load_state_dict(state["optimizer"])
        if critic:
            critic.load(state["critic"])
        done, spent, seconds = state["done"], Spent(**state["spent"]), state["seconds"]
    curve = Curve(out / "curve.jsonl", done)
    started, now = time.perf_counter() - seconds, 0

    def save() -> None:
        curve.sync()
        state = {"policy": policy.model.state_dict(), "optimizer": optimizer.state_dict(), "done": done}
        state |= {"spent": asdict(spent), "seconds": time.perf_counter() - started}
        save_state(state | ({"critic": critic.state()} if critic else {}), state_path)

    # -- The loop ------------------------------------------------------------------------------------------------------
    try:
        while done < config.updates and not (config.budget_tokens and spent.processed_tokens >= config.budget_tokens):
            began = time.perf_counter()
            rng = np.random.default_rng([config.seed, done])
            left = 1 - (1 - config.learning_rate_end) * _share(config, done, spent)
            for part in optimizer.param_groups:
                part["lr"] = config.learning_rate * left
            generator = torch.Generator(device=policy.device).manual_seed(
                stable_hash("tokens", config.seed, done) >> 193
            )
            sampler = Sampler(generator, policy.chat.stops, config.max_new_tokens, config.temperature)
            lab = Laboratory(policy, arena, sampler, context, ("train", config.seed, done), config.branches, critic)

            groups, drawn = sample_groups(config, method, lab, done)
            for need in method.needs:
                gatherer(need).gather(groups, lab)
            rollout_s = time.perf_counter() - began

            credits = [method.credit(group, method.config) for group in groups]
            weights = (
                method.select(groups, credits, method.config, rng)
                if method.select
                else [np.ones(len(g.members)) for g in groups]
            )
            step = Step()
            critic_loss = None
            if critic and method.targets:
                targets = [method.targets(group, method.config) for group in groups]
                critic_loss, fitted = critic.fit(groups, targets, method.spans == "token")
                lab.spent.trained_tokens += fitted
            if any(np.any(w > 0) for w in weights):
                batch = flatten(groups, credits, weights, method.spans, config)
                if np.any(batch.advantage_N) or config.entropy or config.kl:
                    step = update(policy, reference, optimizer, batch, method.ratio, config, rng)
            lab.spent.scored_tokens += step.reference_tokens
            lab.spent.trained_tokens += step.trained_tokens
            spent.add(lab.spent)
            done, now = done + 1, now + 1

            row = _row(done, drawn, step, spent, critic_loss)
            row["rollout_s"], row["update_s"] = round(rollout_s, 3), round(time.perf_counter() - began - rollout_s, 3)
            finished = done >= config.updates or bool(
                config.budget_tokens and spent.processed_tokens >= config.budget_tokens
            )
            if finished or (config.evaluate_every and done % config.evaluate_every == 0):
                result = evaluate(
                    policy, validation, context, config.evaluate_episodes, max_new_tokens=config.max_new_tokens
                )
                row["held_out"] = {"score": round(result.score, 4), "success": round(result.success, 4)}
            row["seconds"] = round(time.perf_counter() - started, 2)
            row["share"] = 1.0 if finished else round(_share(config, done, spent), 4)
            curve.write(row)
            if progress:
                progress(row)
            if stop_after is not None and now >= stop_after:
                return policy
            if done % config.save_every == 0 or finished:
                save()
    finally:
        curve.close()

    # -- The end -------------------------------------------------------------------------------------------------------
    policy.save(out / "policy", torch.bfloat16)
    play = {"context": context, "temperature": config.temperature, "max_new_tokens": config.max_new_tokens}
    (out / "policy" / "card.json").write_text(json.dumps({"play": play}, indent=1) + "\n", encoding="utf-8")
    return policy


def sample_groups(
    config: TrainConfig, method: Method, lab: Laboratory, update_number: int
) -> tuple[list[Group], list[Group]]:
    """The groups of an update, and those first drawn, which alone say how well the policy does.

    With `resample`, dead groups give way to groups of further seeds (dynamic sampling, Yu et al. 2025, arXiv
    2503.14476); what the dead ones cost is counted.
    """
    record = frozenset(method.record) | recorded_for(method.needs)
    seeds = training_seeds(config.seed, update_number, config.groups * (config.resample + 1))
    alive: list[Group] = []
    dead: list[Group] = []
    drawn: list[Group] = []
    for attempt in range(config.resample + 1):
        chosen = seeds[attempt * config.groups : attempt * config.groups + config.groups - len(alive)]
        groups, spent = rollout(
            lab.policy,
            lab.arena,
            chosen,
            config.group_size,
            lab.context,
            lab.sampler,
            record,
            (*lab.noise, attempt),
            lab.library,
        )
        lab.spent.add(spent)
        drawn = drawn or groups
        alive += [g for g in groups if not g.dead]
        dead += [g for g in groups if g.dead]
        if len(alive) >= config.groups:
            break
    return [*alive, *dead[: config.groups - len(alive)]], drawn


def training_seeds(run_seed: int, update_number: int, count: int) -> list[int]:
    """Environment seeds of an update: no two updates or runs share a pattern, and every method gets the same ones."""
    return [stable_hash("train", run_seed, update_number, i) >> 193 for i in range(count)]


def base_path(name: str) -> Path:
    """Where a run starts from: "base", a committed checkpoint's "method/environment", or a folder.

    A committed name wins over a folder that is called the same: write "./base" for yours.
    """
    return Path(name) if Path(name).exists() and name not in checkpoint_names() else checkpoint_path(name)


def load_base(name: str) -> Policy:
    """The policy a run starts from; see `base_path`."""
    return Policy.load(base_path(name))


def _row(done: int, drawn: Sequence[Group], step: Step, spent: Spent, critic_loss: float | None) -> dict[str, Any]:
    members = [m for g in drawn for m in g.members]
    entropies: Floats = np.concatenate([m.entropies_T for m in members])
    row: dict[str, Any] = {
        "update": done,
        "reward": round(float(np.mean([m.total for m in members])), 4),
        "success": round(float(np.mean([m.ending == "success" for m in members])), 4),
        "turns": round(float(np.mean([m.turns for m in members])), 3),
        "dead_groups": round(float(np.mean([g.dead for g in drawn])), 4),
        "entropy": round(float(entropies.mean()), 5),
        "kl": round(step.kl, 6),
        "clipped": round(step.clipped, 5),
        "loss": round(step.loss, 6),
        "grad_norm": round(step.grad_norm, 5),
        **asdict(spent),
        "processed_tokens": spent.processed_tokens,
    }
    if critic_loss is not None:
        row["critic_loss"] = round(critic_loss, 6)
    return row


def _share(config: TrainConfig, done: int, spent: Spent) -> float:
    """How much of the run is behind us, in [0, 1]."""
    by_tokens = spent.processed_tokens / config.budget_tokens if config.budget_tokens else 0.0
    return min(1.0, max(done / config.updates, by_tokens))
