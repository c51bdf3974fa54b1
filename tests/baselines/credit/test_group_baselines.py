"""reinforce, last-turn, rloo and dr-grpo against groups worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trajectories import episode, group, outcomes, random_group, rounded

from turnbench.baselines.credit import dr_grpo, last_turn, reinforce, rloo
from turnbench.baselines.method import NoConfig
from turnbench.baselines.trajectory import Group
from turnbench.errors import UsageError

NONE = NoConfig()


def dense() -> Group:
    """Returns 3, 0 and 1.5, so the mean is 1.5; lengths 3, 2 and 1."""
    return group(episode([1, 0, 2]), episode([0, 0]), episode([1.5]))


def test_reinforce_by_hand() -> None:
    """Returns-to-go (3, 2, 2), (0, 0), (1.5): means 1.5 over three, 1 over two, and 2 over the one still alive."""
    assert rounded(reinforce.credit(dense(), reinforce.Config())) == [[1.5, 1, 0], [-1.5, -1], [0]]


def test_reinforce_discounted_without_baseline() -> None:
    """With gamma 0.5: 2, then 0 + 1 = 1, then 1 + 0.5 = 1.5."""
    config = reinforce.Config(gamma=0.5, baseline="none")
    assert rounded(reinforce.credit(dense(), config)) == [[1.5, 1, 2], [0, 0], [1.5]]


def test_reinforce_gamma_zero_compares_the_rewards_of_a_turn() -> None:
    """Turn 0: rewards 1, 0, 1.5 with mean 5/6; turn 1: both 0; turn 2: alone."""
    credits = reinforce.credit(dense(), reinforce.Config(gamma=0.0))
    assert np.concatenate(credits) == pytest.approx([1 / 6, 0, 0, -5 / 6, 0, 2 / 3])


def test_reinforce_credits_no_turn_with_rewards_before_it() -> None:
    early, late = group(episode([5, 0]), episode([0, 0])), group(episode([0, 0]), episode([0, 0]))
    config = reinforce.Config()
    assert [c[1] for c in reinforce.credit(early, config)] == [c[1] for c in reinforce.credit(late, config)]


def test_reinforce_tells_equal_returns_apart_by_their_time() -> None:
    """Returns-to-go (1, 0) and (1, 1): nothing at turn 0, a half at turn 1."""
    assert rounded(reinforce.credit(group(episode([1, 0]), episode([0, 1])), reinforce.Config())) == [
        [0, -0.5],
        [0, 0.5],
    ]


def test_reinforce_refuses_an_unknown_baseline() -> None:
    with pytest.raises(UsageError, match="baseline of reinforce is 'mean'; it must be 'group' or 'none'"):
        reinforce.Config(baseline="mean")


def test_last_turn_by_hand() -> None:
    assert rounded(last_turn.credit(dense(), NONE)) == [[0, 0, 1.5], [0, -1.5], [0]]


def test_rloo_by_hand() -> None:
    """Means of the others: 0.75, 2.25 and 1.5."""
    assert rounded(rloo.credit(dense(), NONE)) == [[2.25] * 3, [-2.25] * 2, [0]]


def test_dr_grpo_by_hand() -> None:
    assert rounded(dr_grpo.credit(dense(), NONE)) == [[1.5] * 3, [-1.5] * 2, [0]]


@given(st.integers(0, 10_000), st.integers(2, 6))
def test_rloo_is_dr_grpo_scaled(seed: int, size: int) -> None:
    of = random_group(np.random.default_rng(seed), size)
    for left, right in zip(rloo.credit(of, NONE), dr_grpo.credit(of, NONE), strict=True):
        assert left == pytest.approx(size / (size - 1) * right, abs=1e-12)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6))
def test_one_turn_leaves_nothing_to_distinguish(returns: list[float]) -> None:
    """With one turn, the place of the credit cannot differ: reinforce, last-turn and dr-grpo agree."""
    of = outcomes(*returns)
    expected = dr_grpo.credit(of, NONE)
    for credits in (reinforce.credit(of, reinforce.Config()), last_turn.credit(of, NONE)):
        assert np.concatenate(credits) == pytest.approx(np.concatenate(expected), abs=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_equal_returns_give_exactly_nothing(size: int) -> None:
    """The mean of three times 0.1 is not 0.1 in floating point; the credit is 0 all the same."""
    of = outcomes(*[0.1] * size, turns=3)
    for credits in (
        reinforce.credit(of, reinforce.Config()),
        last_turn.credit(of, NONE),
        rloo.credit(of, NONE),
        dr_grpo.credit(of, NONE),
    ):
        assert not np.concatenate(credits).any()


def test_a_truncated_episode_counts_what_it_earned() -> None:
    cut = group(episode([1, 0], truncated=True), episode([0, 0, 0]))
    assert rounded(dr_grpo.credit(cut, NONE)) == [[0.5] * 2, [-0.5] * 3]
    assert rounded(last_turn.credit(cut, NONE)) == [[0, 0.5], [0, 0, -0.5]]
