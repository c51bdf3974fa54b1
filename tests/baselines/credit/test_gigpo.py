"""GiGPO against groups worked out by hand, and where it becomes another method."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trajectories import episode, group, outcomes, random_group, rounded

from turnbench.baselines.credit import dr_grpo, gigpo, grpo
from turnbench.baselines.method import NoConfig
from turnbench.errors import UsageError


def test_by_hand() -> None:
    """Returns 1 and 0: episode part 1/2 and -1/2. With gamma 0.5 the returns-to-go are (1/4, 1/2, 1) and (0, 0).
    State a is visited with 1/4, 1 and 0, mean 5/12: parts -1/6, 7/12, -5/12; b and c are visited once. Omega is 2.
    """
    of = group(episode([0, 0, 1], states="aba"), episode([0, 0], states="ac"))
    credits = gigpo.credit(of, gigpo.Config(gamma=0.5, omega=2.0))
    assert np.concatenate(credits) == pytest.approx([1 / 2 - 1 / 3, 1 / 2, 1 / 2 + 7 / 6, -1 / 2 - 5 / 6, -1 / 2])


def test_standardised_by_hand() -> None:
    """Returns 4 and 0 have mean 2 and deviation 2: +1 and -1. So have the returns-to-go at a; b and c are alone."""
    of = group(episode([0, 4], states="ab"), episode([0, 0], states="ac"))
    config = gigpo.Config(gamma=1.0, normalise="std", epsilon=0.0)
    assert rounded(gigpo.credit(of, config)) == [[2, 1], [-2, -1]]


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6))
def test_one_turn_from_one_state_counts_twice(returns: list[float]) -> None:
    of = outcomes(*returns)
    expected = np.concatenate(dr_grpo.credit(of, NoConfig()))
    assert np.concatenate(gigpo.credit(of, gigpo.Config(gamma=1.0))) == pytest.approx(2 * expected, abs=1e-12)


@given(st.integers(0, 10_000))
def test_omega_zero_leaves_the_episode_part(seed: int) -> None:
    of = random_group(np.random.default_rng(seed), 4)
    mean_only = np.concatenate(gigpo.credit(of, gigpo.Config(omega=0.0)))
    assert mean_only == pytest.approx(np.concatenate(dr_grpo.credit(of, NoConfig())), abs=1e-12)
    standardised = np.concatenate(gigpo.credit(of, gigpo.Config(omega=0.0, normalise="std")))
    assert standardised == pytest.approx(np.concatenate(grpo.credit(of, grpo.Config())), abs=1e-9)


@given(st.integers(0, 10_000))
def test_the_state_part_sums_to_nothing_in_every_state(seed: int) -> None:
    of = random_group(np.random.default_rng(seed), 4)
    whole, episodes = gigpo.credit(of, gigpo.Config()), gigpo.credit(of, gigpo.Config(omega=0.0))
    sums: dict[str, float] = {}
    for m, a, b in zip(of.members, whole, episodes, strict=True):
        for state, part in zip(m.states_K, a - b, strict=True):
            sums[state] = sums.get(state, 0.0) + part
    assert list(sums.values()) == pytest.approx([0.0] * len(sums), abs=1e-12)


def test_states_never_met_again_leave_the_episode_part() -> None:
    of = group(episode([0, 1], states="ab"), episode([0, 0], states="cd"))
    assert rounded(gigpo.credit(of, gigpo.Config())) == [[0.5, 0.5], [-0.5, -0.5]]


@pytest.mark.parametrize("normalise", ["mean", "std"])
@pytest.mark.parametrize("size", [1, 3])
def test_equal_episodes_get_exactly_nothing(size: int, normalise: str) -> None:
    of = group(*(episode([0.1, 0.1, 0.1], states="abc") for _ in range(size)))
    assert not np.concatenate(gigpo.credit(of, gigpo.Config(normalise=normalise))).any()


def test_an_episode_that_returns_to_a_state_is_compared_with_itself() -> None:
    """A group of one: returns-to-go at a are 0.25 and 1, mean 0.625."""
    of = group(episode([0, 0, 1], states="aba"))
    assert rounded(gigpo.credit(of, gigpo.Config(gamma=0.5))) == [[-0.375, 0, 0.375]]


def test_refuses_episodes_without_states() -> None:
    """Rather than turn into dr-grpo without a word."""
    with pytest.raises(UsageError, match="the rollout must record the states"):
        gigpo.credit(group(episode([0, 1], states=[])), gigpo.Config())


def test_refuses_an_unknown_normalisation() -> None:
    with pytest.raises(UsageError, match="normalise of gigpo is 'max'; it must be 'mean' or 'std'"):
        gigpo.Config(normalise="max")
