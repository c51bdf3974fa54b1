"""Each method learns a probe whose crystal stands early, and the naive floor does not.

One tiny model is warmed up for all tests, in about three seconds, because from random weights nearly every reply is
invalid and no method learns anything in the time of a test. It first imitates a player that sees where the crystal
stands, then one that hardly uses it: so the eyes are there and the habit is not, success begins not far above one half,
and what a method adds is credit. Then some updates on walks of three rooms must bring held-out walks to 0.9.
"""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_models import PROBE, widen

from turnbench.baselines.checkpoint import read_curve
from turnbench.baselines.lm.policy import Policy, new_policy
from turnbench.baselines.lm.tree import Segment
from turnbench.baselines.lm.words import build_word_tokenizer
from turnbench.baselines.train import TrainConfig, train
from turnbench.baselines.warmup.tree import Lesson, losses
from turnbench.episode import Opening
from turnbench.registry import make_env

TURNS = 3
STEPS = (50, 20)
LOOKING = (1.0, 0.15)
"""Share of the rooms with a crystal in which the player that is imitated looks at it, first and then."""
OWN = 30
"""Last tokens of a prompt, kept apart from its beginning, which all prompts share."""


@pytest.fixture(scope="module")
def base() -> Policy:
    """The warmed-up model; every test trains a copy."""
    rng = random.Random(0)
    told: list[tuple[Opening, str]] = []
    for pivot in (1, TURNS):
        env = make_env(PROBE, split="train", turns=TURNS, pivot=pivot)
        for seed in range(400):
            _, info = env.reset(seed=seed)
            asked = info["user_message"]
            for _ in range(TURNS):
                side = "left" if "Left a crystal" in asked else "right" if "right a crystal" in asked else ""
                told.append((Opening(info["system_prompt"], asked), side))
                asked = env.step(rng.choice(("left", "right")) if rng.random() < 0.95 else "stone")[0]
    texts = [t for o, _ in told for t in (o.system_prompt, o.user_message, "left", "right")]
    policy = new_policy(build_word_tokenizer(texts), width=32, layers=2, heads=2, inner=64)
    widen(policy.model, 0)
    crystals = [(o, side) for o, side in told if side]
    chat = policy.chat
    optimizer = torch.optim.Adam(policy.model.parameters(), lr=1e-2)
    for steps, looking in zip(STEPS, LOOKING, strict=True):
        for _ in range(steps):
            lessons = []
            for opening, side in rng.sample(crystals if looking == 1 else told, 60):
                prompt = chat.opening(opening)
                word = side if side and rng.random() < looking else rng.choice(("left", "right"))
                segment = Segment((*prompt[-OWN:], *chat.words(word), chat.end), (OWN, OWN + 1))
                lessons.append(Lesson(prompt[:-OWN], (segment,)))
            optimizer.zero_grad()
            for loss_N, _ in losses(policy.forward, lessons, 8192):
                (loss_N.sum() / sum(x.learned for x in lessons)).backward()
            optimizer.step()
        for group in optimizer.param_groups:
            group["lr"] = 3e-3
    return policy


def successes(base: Policy, method: str, pivot: int, out: Path, **settings: Any) -> tuple[float, float]:
    """Of the first update's walks, and of held-out walks at the end."""
    usual: dict[str, Any] = dict(updates=8, groups=8, group_size=12, branches=3, learning_rate=2e-3)
    config = TrainConfig(
        method=method, env=PROBE, arguments={"turns": TURNS, "pivot": pivot}, critic_learning_rate=3e-3,
        max_new_tokens=2, evaluate_every=0, evaluate_episodes=128, **{**usual, **settings},
    )  # fmt: skip
    train(config, out, policy=Policy(copy.deepcopy(base.model), base.tokenizer))
    curve = read_curve(out / "curve.jsonl")
    return curve[0]["success"], curve[-1]["held_out"]["success"]


METHODS = (
    "grpo",
    "dr-grpo",
    "rloo",
    "ms-grpo",
    "reinforce",
    "ppo-turn",
    "ppo-token",
    "gigpo",
    "vineppo",
    "true-advantage",
)


@pytest.mark.parametrize("method", METHODS)
def test_it_learns_where_the_first_room_decides(base: Policy, method: str, tmp_path: Path) -> None:
    first, last = successes(base, method, 1, tmp_path / "run")
    assert first < 0.75
    assert last >= 0.9


def test_all_credit_to_the_last_turn_fails_where_the_first_room_decides(base: Policy, tmp_path: Path) -> None:
    _, last = successes(base, "last-turn", 1, tmp_path / "run")
    assert last <= 0.7


def test_all_credit_to_the_last_turn_learns_where_the_last_room_decides(base: Policy, tmp_path: Path) -> None:
    _, last = successes(base, "last-turn", TURNS, tmp_path / "run")
    assert last >= 0.9
