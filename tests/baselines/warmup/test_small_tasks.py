"""Small levels of tasks told bit by bit: what a warm-up takes from them, and that a small model learns one.

What is learned here in seconds is a still smaller slice of `ShardedActions-Small`: one function, called once, with eight
values of each argument. The levels themselves take minutes; what came of that stands in `results/degradation/small.md`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from turnbench.baselines.agent import LanguageModelAgent
from turnbench.baselines.checkpoint import read_curve
from turnbench.baselines.lm.chat import Chat
from turnbench.baselines.lm.policy import Policy, new_policy
from turnbench.baselines.lm.words import build_word_tokenizer
from turnbench.baselines.warmup import sft
from turnbench.baselines.warmup.lessons import Mix, World, texts_of
from turnbench.baselines.warmup.sft import SftConfig, train_sft
from turnbench.envs.sharded.tasks.actions import generate, plan
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream
from turnbench.registry import env_class, make_env
from turnbench.runner import run

ACTIONS, PROBE = "TurnBench/ShardedActions-Small-v0", "TurnBench/CreditProbe-Short-v0"
TINY: dict[str, Any] = dict(width=48, layers=2, heads=2, inner=96, batch_tokens=400, player="reference")


@pytest.fixture
def one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small level cut down to one call of one function with few values, and few texts for its vocabulary."""
    lamp = next(function for function in plan.domains()["home"] if function.small)
    lamp = replace(lamp, parameters=tuple(replace(p, pool=p.pool[:8]) for p in lamp.parameters))
    levels = {"small": plan.Level((1, 1), 1, (3, 3), small=True)}
    monkeypatch.setattr(plan, "domains", lambda: {"home": (lamp,)})
    monkeypatch.setattr(plan, "functions", lambda: {lamp.name: lamp})
    monkeypatch.setattr(generate, "LEVELS", levels)
    monkeypatch.setattr(sft, "texts_of", lambda env_id: texts_of(env_id, 100))


def score(policy: Policy, reveal: str) -> float:
    """On 60 instances that were not trained on."""
    agent = LanguageModelAgent(policy, max_new_tokens=20)
    return run(agent, ACTIONS, episodes=60, split="validation", arguments={"reveal": reveal}).summary.mean_score


@pytest.mark.usefixtures("one_call")
def test_a_small_model_learns_to_call_a_function(tmp_path: Path) -> None:
    policy = train_sft(SftConfig(worlds=(ACTIONS,), tokens=200_000, spread=0.1, **TINY), tmp_path)
    untrained = new_policy(policy.tokenizer, 48, 2, 2, 96)
    curve = read_curve(tmp_path / "curve.jsonl")
    assert curve[-1]["loss"]["reply"] < 0.05 * curve[0]["loss"]["reply"]
    for reveal in ("full", "sharded"):
        assert score(untrained, reveal) == 0.0
        assert score(policy, reveal) > 0.25


@pytest.mark.usefixtures("one_call")
def test_the_longest_reply_is_noted_where_an_agent_would_cut_it(tmp_path: Path) -> None:
    train_sft(SftConfig(worlds=(ACTIONS,), tokens=3000, **TINY), tmp_path / "long")
    card = json.loads((tmp_path / "long" / "policy" / "card.json").read_text())
    assert 16 < card["play"]["max_new_tokens"] <= 20
    train_sft(SftConfig(worlds=(PROBE,), tokens=3000, **TINY), tmp_path / "short")
    assert not (tmp_path / "short" / "policy" / "card.json").exists()


def test_a_task_is_told_in_every_setting_of_the_mix() -> None:
    chat = Chat(build_word_tokenizer(texts_of(ACTIONS, 20)))
    world = World(ACTIONS, chat, Mix())
    seen = set()
    for number in range(40):
        world.lesson(number, RandomStream(number))
        seen.add(world.env.arguments["reveal"])
    assert seen == set(Mix.reveals)
    assert set(Mix.reveals) < set(env_class(ACTIONS).reveals)


def test_the_next_base_learns_a_task_that_is_told_bit_by_bit() -> None:
    assert make_env(ACTIONS).warm_up > 0
    assert "novice" in env_class(ACTIONS).players
    assert make_env(ACTIONS, difficulty="hard").warm_up == 0


@pytest.mark.parametrize("task", ["Actions", "Draft", "Math", "Promise"])
def test_the_novice_of_a_task_is_mediocre(task: str) -> None:
    env_id, scores = f"TurnBench/Sharded{task}-Small-v0", {}
    for player in ("reference", "novice", "hasty"):
        scores[player] = run(player, env_id, episodes=40, split="validation").summary.mean_score
    assert scores["hasty"] + 0.2 < scores["novice"] < scores["reference"] == 1.0


def test_weights_must_be_spread() -> None:
    with pytest.raises(UsageError) as caught:
        SftConfig(spread=0.0)
    assert str(caught.value) == "The spread of a new model's weights is above 0, not 0.0."
