"""ppo-turn and ppo-token against episodes worked out by hand, and each against the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trajectories import episode, group, random_group

from turnbench.baselines.credit import ppo_token, ppo_turn
from turnbench.baselines.trajectory import returns_to_go

PAGES: list[tuple[Any, str]] = [(ppo_turn, "values"), (ppo_token, "token_values")]


def test_turns_by_hand() -> None:
    """Errors with gamma 0.5: 1 + 0.5 * 4 - 2 = 1; 0 + 0.5 * 2 - 4 = -3; 3 + 0 - 2 = 1. With lam 0.5 each turn adds a
    quarter of the next one's advantage: 1; -3 + 0.25 = -2.75; 1 - 0.6875 = 0.3125.
    """
    of = group(episode([1, 0, 3], gathered={"values": [2, 4, 2, 0]}))
    config = ppo_turn.Config(gamma=0.5, lam=0.5)
    assert ppo_turn.credit(of, config)[0].tolist() == [0.3125, -2.75, 1.0]
    assert ppo_turn.targets(of, config)[0].tolist() == [2.3125, 1.25, 3.0]


def test_tokens_by_hand() -> None:
    """Turns of 2 and 1 tokens with rewards 1 and 3 pay (0, 1, 3). Errors with gamma 1: 0 + 4 - 2 = 2; 1 + 2 - 4 = -1;
    3 + 0 - 2 = 1. With lam 0.5: 1; -1 + 0.5 = -0.5; 2 - 0.25 = 1.75.
    """
    of = group(episode([1, 3], tokens=[2, 1], gathered={"token_values": [2, 4, 2, 0]}))
    config = ppo_token.Config(lam=0.5)
    assert ppo_token.credit(of, config)[0].tolist() == [1.75, -0.5, 1.0]
    assert ppo_token.targets(of, config)[0].tolist() == [3.75, 3.5, 3.0]


def test_a_turn_without_tokens_pays_the_token_before_it() -> None:
    of = group(episode([1, 5, 3], tokens=[2, 0, 1], gathered={"token_values": [0, 0, 0, 0]}))
    assert ppo_token.credit(of, ppo_token.Config(lam=0.0))[0].tolist() == [0, 6, 3]


@pytest.mark.parametrize(("page", "name"), PAGES)
def test_truncation_bootstraps(page: Any, name: str) -> None:
    """One turn of one token, reward 1, value 0.5: 1 - 0.5 where the world ended it; 1 + 7 - 0.5 where it was cut."""
    ended = group(episode([1], tokens=[1], gathered={name: [0.5, 0]}))
    cut = group(episode([1], tokens=[1], truncated=True, gathered={name: [0.5, 7]}))
    assert page.credit(ended, page.Config())[0].tolist() == [0.5]
    assert page.credit(cut, page.Config())[0].tolist() == [7.5]
    assert page.targets(cut, page.Config())[0].tolist() == [8]


@given(st.integers(0, 10_000))
def test_lambda_one_is_the_return_minus_the_value(seed: int) -> None:
    of = random_group(np.random.default_rng(seed), 3)
    config = ppo_turn.Config(gamma=0.9, lam=1.0)
    for m, target in zip(of.members, ppo_turn.targets(of, config), strict=True):
        rewards = m.rewards_K.copy()
        rewards[-1] += 0.9 * m.gathered["values"][-1]  # what a truncated episode still had coming
        assert target == pytest.approx(returns_to_go(rewards, 0.9), abs=1e-12)


@given(st.integers(0, 10_000))
def test_lambda_zero_looks_one_step_ahead(seed: int) -> None:
    of = random_group(np.random.default_rng(seed), 3)
    for m, target in zip(of.members, ppo_turn.targets(of, ppo_turn.Config(lam=0.0)), strict=True):
        assert target == pytest.approx(m.rewards_K + m.gathered["values"][1:], abs=1e-12)


@given(st.integers(0, 10_000))
def test_tokens_with_lambda_one_ignore_the_lengths_of_turns(seed: int) -> None:
    """Undiscounted, the target at a turn's last token is the return-to-go of that turn."""
    of = random_group(np.random.default_rng(seed), 3)
    for m, target in zip(of.members, ppo_token.targets(of, ppo_token.Config(lam=1.0)), strict=True):
        after = m.gathered["token_values"][-1]
        assert target[np.cumsum(m.tokens_K) - 1] == pytest.approx(returns_to_go(m.rewards_K) + after, abs=1e-12)


@given(st.integers(0, 10_000), st.floats(0, 1), st.floats(0, 1))
def test_with_one_token_per_turn_the_two_are_one(seed: int, gamma: float, lam: float) -> None:
    of = random_group(np.random.default_rng(seed), 3)
    for m in of.members:
        m.tokens_K = np.ones_like(m.tokens_K)
        m.gathered["token_values"] = m.gathered["values"]
    by_turn = ppo_turn.credit(of, ppo_turn.Config(gamma=gamma, lam=lam))
    by_token = ppo_token.credit(of, ppo_token.Config(gamma=gamma, lam=lam))
    assert [c.tolist() for c in by_turn] == [c.tolist() for c in by_token]


def test_values_that_are_right_leave_no_credit() -> None:
    """A certain reward of 1 at the end, foreseen from the start."""
    foreseen = group(
        episode([0, 0, 1], tokens=[1, 1, 1], gathered={"values": [1, 1, 1, 0], "token_values": [1, 1, 1, 0]})
    )
    for page, _ in PAGES:
        assert page.credit(foreseen, page.Config())[0].tolist() == [0, 0, 0]


def test_members_do_not_meet() -> None:
    """No group baseline: a member is worth the same alone."""
    of = random_group(np.random.default_rng(0), 4)
    together = ppo_turn.credit(of, ppo_turn.Config())
    alone = [ppo_turn.credit(group(m), ppo_turn.Config())[0] for m in of.members]
    assert [c.tolist() for c in together] == [c.tolist() for c in alone]
