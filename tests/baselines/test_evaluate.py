"""Held-out play: every policy meets the same episodes, and the number of them played together does not matter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tiny_models import walker, word_policy

from turnbench.baselines import evaluate as module
from turnbench.baselines.evaluate import Evaluation, evaluate
from turnbench.baselines.rollout import Arena
from turnbench.registry import make_env

PROBE = "TurnBench/CreditProbe-Short-v0"


def played(policy: Any = None, episodes: int = 20, split: str = "validation", **settings: Any) -> Evaluation:
    arena = Arena(PROBE, split, {"turns": 3})
    return evaluate(policy or walker(), arena, "state", episodes, max_new_tokens=2, **settings)


def test_scores_belong_to_the_seeds_in_order() -> None:
    result = played()
    assert result.scores.shape == result.successes.shape == (20,)
    assert result.turns == 3
    assert result.score == result.success == result.successes.mean()
    assert 0 < result.success < 1
    env = make_env(PROBE, split="validation", turns=3)
    expected = []
    for seed in range(20):
        env.reset(seed=seed)
        expected.append(env.instance_hash)
    assert result.instances == expected


def test_one_seed_one_result_and_another_seed_another() -> None:
    one, again, other = played(), played(), played(seed=1)
    assert one.scores.tolist() == again.scores.tolist()
    assert one.scores.tolist() != other.scores.tolist()
    assert one.instances == other.instances


def test_two_policies_meet_the_same_instances_and_splits_share_none() -> None:
    assert played().instances == played(word_policy(worlds=(PROBE,))).instances
    assert not {*played().instances} & {*played(split="test").instances}


def test_the_likeliest_reply_needs_no_chance() -> None:
    one, other = played(temperature=0.0), played(temperature=0.0, seed=5)
    assert one.scores.tolist() == other.scores.tolist()


def test_episodes_go_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = played(temperature=0.0)
    monkeypatch.setattr(module, "AT_ONCE", 7)
    parts = played(temperature=0.0)
    assert parts.instances == whole.instances
    np.testing.assert_array_equal(parts.scores, whole.scores)
    assert played(temperature=0.0, episodes=6, first_seed=9).instances == whole.instances[9:15]
