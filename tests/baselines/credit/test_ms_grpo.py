"""MS-GRPO's credit, which is GRPO's, and its sampling of episodes, against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trajectories import episode, group, outcomes, random_group

from turnbench.baselines.credit import grpo, ms_grpo
from turnbench.baselines.trajectory import Floats
from turnbench.errors import UsageError


def draw(advantages: list[list[float]], config: ms_grpo.Config, seed: int = 0) -> list[Floats]:
    """One selection among groups whose episodes have these advantages."""
    groups = [outcomes(*of_group) for of_group in advantages]
    credits = [[np.array([a, a]) for a in of_group] for of_group in advantages]
    return ms_grpo.select(groups, credits, config, np.random.default_rng(seed))


def draws(advantages: list[float], config: ms_grpo.Config, count: int) -> Floats:
    """Weights of many selections, shape (count, episodes)."""
    rng = np.random.default_rng(1)
    of, credits = outcomes(*advantages), [np.array([a]) for a in advantages]
    return np.array([ms_grpo.select([of], [credits], config, rng)[0] for _ in range(count)])


def test_by_hand() -> None:
    """Returns 3, 0 and 3: mean 2, deviation the root of (1 + 4 + 1) / 3 = 2."""
    of = group(episode([1, 2]), episode([0]), episode([0, 0, 3]))
    one = 1 / math.sqrt(2)
    credits = ms_grpo.credit(of, ms_grpo.Config(epsilon=0.0))
    assert np.concatenate(credits) == pytest.approx([one, one, -2 * one, one, one, one])


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_credit_is_that_of_grpo(seed: int, size: int) -> None:
    of = random_group(np.random.default_rng(seed), size)
    expected = grpo.credit(of, grpo.Config())
    assert np.concatenate(ms_grpo.credit(of, ms_grpo.Config())) == pytest.approx(np.concatenate(expected), abs=1e-9)


@pytest.mark.parametrize("size", [1, 3])
def test_equal_returns_give_exactly_nothing(size: int) -> None:
    of = outcomes(*[0.1] * size, turns=2)
    for epsilon in (1e-6, 1e-3):
        assert not np.concatenate(ms_grpo.credit(of, ms_grpo.Config(epsilon=epsilon))).any()


@pytest.mark.parametrize("corrected", [False, True])
def test_keeping_all_keeps_all_alike(corrected: bool) -> None:
    weights = draw([[1.0, -1.0, 0.0], [2.0, -2.0]], ms_grpo.Config(corrected=corrected))
    assert [w.tolist() for w in weights] == [[1, 1, 1], [1, 1]]


@given(
    st.lists(st.lists(st.floats(-3, 3), min_size=1, max_size=4), min_size=1, max_size=4),
    st.floats(0.01, 1.0),
    st.sampled_from([0.0, 0.5, 1.0, 3.0]),
    st.booleans(),
    st.integers(0, 1000),
)
def test_exactly_the_share_asked_for(
    advantages: list[list[float]], keep: float, kappa: float, corrected: bool, seed: int
) -> None:
    config = ms_grpo.Config(keep=keep, kappa=kappa, corrected=corrected)
    weights = draw(advantages, config, seed)
    assert [len(w) for w in weights] == [len(of_group) for of_group in advantages]
    flat = np.concatenate(weights)
    count = math.ceil(keep * len(flat) - 1e-9)
    assert np.count_nonzero(flat) == count
    assert flat.sum() == pytest.approx(count)
    assert (flat >= 0).all()
    if not corrected:
        assert set(flat) <= {0.0, 1.0}


def test_rounding_does_not_keep_one_too_many() -> None:
    """0.07 * 100 is a little above 7 in floating point."""
    assert np.count_nonzero(draw([[1.0] * 100], ms_grpo.Config(keep=0.07))[0]) == 7


def test_inclusion_in_closed_form() -> None:
    """Two of sizes 1, 2, 5: 5 * 2/8 is above 1, so it is certain and the others share one place as 1 : 2."""
    assert ms_grpo._inclusion(np.array([1.0, 2.0, 5.0]), 2) == pytest.approx([1 / 3, 2 / 3, 1])
    assert ms_grpo._inclusion(np.array([1.0, 2.0, 5.0]), 1) == pytest.approx([1 / 8, 2 / 8, 5 / 8])
    assert ms_grpo._inclusion(np.ones(4), 3) == pytest.approx([0.75] * 4)


@given(st.lists(st.floats(1e-3, 10.0), min_size=2, max_size=12), st.data())
def test_inclusion_sums_to_the_count(sizes: list[float], data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(sizes) - 1))
    chances = ms_grpo._inclusion(np.array(sizes), count)
    assert chances.sum() == pytest.approx(count)
    assert ((chances > 0) & (chances <= 1)).all()


def test_kappa_zero_is_uniform() -> None:
    """Each of 5 is kept in 2/5 of 4000 draws; the standard error is 0.008. Its pairs, a tenth each, 0.005."""
    kept = draws([0.0, 1.0, -3.0, 0.5, 10.0], ms_grpo.Config(keep=0.4, kappa=0.0), 4000) > 0
    assert kept.mean(axis=0) == pytest.approx(np.full(5, 0.4), abs=0.04)
    pairs = (kept.T.astype(float) @ kept) / len(kept)
    assert pairs[np.triu_indices(5, 1)] == pytest.approx(np.full(10, 0.1), abs=0.025)


def test_episodes_are_kept_in_proportion_to_their_advantage() -> None:
    """With eta 0.5: sizes 0.5, 1, 1.5, 3 of 6, one kept. The standard error over 4000 draws is below 0.008."""
    kept = draws([0.0, -0.5, 1.0, 2.5], ms_grpo.Config(keep=0.25, eta=0.5), 4000) > 0
    assert kept.mean(axis=0) == pytest.approx([1 / 12, 1 / 6, 1 / 4, 1 / 2], abs=0.04)


def test_corrected_weights_leave_the_mean_where_it_is() -> None:
    """Thirty episodes, half kept: the weighted mean of any number of theirs has the plain mean as its expectation, up
    to the ratio's bias; uncorrected it does not. The advantage's own size is the hardest case.
    """
    advantages = np.random.default_rng(0).normal(size=30)
    numbers = np.abs(advantages)
    corrected = draws(list(advantages), ms_grpo.Config(keep=0.5, eta=0.2, corrected=True), 3000)
    plain = draws(list(advantages), ms_grpo.Config(keep=0.5, eta=0.2), 3000)
    assert (corrected @ numbers / 15).mean() == pytest.approx(numbers.mean(), rel=0.04)
    assert (plain @ numbers / 15).mean() > 1.2 * numbers.mean()


def test_inverse_chances_are_unbiased_before_the_rescaling() -> None:
    """E[sum over kept of x / chance] / n is the mean of x; the standard error over 4000 draws is about 0.01."""
    advantages = [0.0, 0.3, -0.6, 1.0, -1.5]
    config = ms_grpo.Config(keep=0.6, eta=0.2)
    chances = ms_grpo._inclusion(np.abs(advantages) + 0.2, 3)
    kept = draws(advantages, config, 4000) > 0
    numbers = np.array([2.0, -1.0, 0.5, 1.0, 3.0])
    assert (kept @ (numbers / chances) / 5).mean() == pytest.approx(numbers.mean(), abs=0.1)


def test_corrected_weights_in_closed_form() -> None:
    """Sizes 1, 1 and 2, two kept: chances 1/2, 1/2 and 1, so weights 2 : 1, which sum to 2 as 4/3 and 2/3."""
    config = ms_grpo.Config(keep=0.6, eta=1.0, corrected=True)
    for weights in draws([0.0, 0.0, 1.0], config, 20):
        assert sorted(weights) == pytest.approx([0, 2 / 3, 4 / 3])
        assert weights[2] == pytest.approx(2 / 3)


def test_a_batch_of_dead_groups_is_sampled_uniformly() -> None:
    dead = [outcomes(1, 1, 1), outcomes(0, 0)]
    credits = [ms_grpo.credit(of, ms_grpo.Config()) for of in dead]
    weights = ms_grpo.select(dead, credits, ms_grpo.Config(keep=0.5), np.random.default_rng(0))
    assert np.concatenate(weights).sum() == 3


def test_an_episode_without_turns_can_be_sampled() -> None:
    of = group(episode([]), episode([1.0]), episode([0.0]))
    config = ms_grpo.Config(keep=0.5)
    weights = ms_grpo.select([of], [ms_grpo.credit(of, config)], config, np.random.default_rng(0))
    assert weights[0].sum() == 2


def test_the_same_generator_selects_the_same() -> None:
    config = ms_grpo.Config(keep=0.5)
    first, second = draw([[1.0, -1.0, 0.2, 0.1]], config, 3), draw([[1.0, -1.0, 0.2, 0.1]], config, 3)
    assert [w.tolist() for w in first] == [w.tolist() for w in second]


@pytest.mark.parametrize("wrong", [{"keep": 0.0}, {"keep": 1.1}, {"kappa": -1.0}, {"eta": 0.0}])
def test_refuses_settings_that_cannot_sample(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="ms-grpo needs 0 < keep <= 1, kappa >= 0 and eta > 0"):
        ms_grpo.Config(**wrong)  # type: ignore[arg-type]


def test_states_are_the_context() -> None:
    assert ms_grpo.CONTEXT == "state"
