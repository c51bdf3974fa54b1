"""Intervals and paired differences against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnbench.statistics import bootstrap_means, mean_with_interval, paired_difference


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_all_won_uses_the_exact_interval() -> None:
    estimate = mean_with_interval([1.0] * 100, [str(i) for i in range(100)], rng())
    assert estimate.mean == estimate.high == 1.0
    assert estimate.low == pytest.approx(0.9637833, abs=1e-7)  # Clopper-Pearson, 100 of 100
    assert estimate.method == "exact binomial over instances"


def test_all_lost_mirrors_all_won() -> None:
    estimate = mean_with_interval([0.0] * 100, [str(i) for i in range(100)], rng())
    assert (estimate.low, estimate.high) == (0.0, pytest.approx(1 - 0.9637833, abs=1e-7))


def test_repeats_of_one_instance_are_not_evidence() -> None:
    """A thousand episodes of ten instances carry the exact interval of ten."""
    estimate = mean_with_interval([1.0] * 1000, [str(i % 10) for i in range(1000)], rng())
    assert estimate.low == pytest.approx(0.025 ** (1 / 10))


def test_bootstrap_matches_the_normal_approximation() -> None:
    values = ([1.0] * 60 + [0.0] * 40) * 4
    estimate = mean_with_interval(values, [str(i) for i in range(400)], rng())
    half = 1.96 * (0.6 * 0.4 / 400) ** 0.5
    assert estimate.low == pytest.approx(0.6 - half, abs=0.005)
    assert estimate.high == pytest.approx(0.6 + half, abs=0.005)


def test_clusters_widen_the_interval() -> None:
    values = [float(i % 2) for i in range(100) for _ in range(10)]
    independent = mean_with_interval(values, [str(i) for i in range(1000)], rng())
    clustered = mean_with_interval(values, [str(i) for i in range(100) for _ in range(10)], rng())
    ratio = (clustered.high - clustered.low) / (independent.high - independent.low)
    assert ratio == pytest.approx(10**0.5, rel=0.1)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_the_interval_holds_the_mean_and_stays_in_range(values: list[float]) -> None:
    estimate = mean_with_interval(values, [str(i) for i in range(len(values))], rng())
    assert 0 <= estimate.low <= estimate.high <= 1
    assert min(values) - 1e-12 <= estimate.mean <= max(values) + 1e-12


def test_paired_difference() -> None:
    a, b = [1.0, 1.0, 0.0, 1.0] * 50, [0.0, 1.0, 0.0, 1.0] * 50
    d = paired_difference(a, b, [str(i) for i in range(200)], rng())
    assert d.mean == 0.25
    sd = (0.25 * 0.75 / 200) ** 0.5
    assert (d.low, d.high) == (pytest.approx(0.25 - 1.96 * sd, abs=0.006), pytest.approx(0.25 + 1.96 * sd, abs=0.006))
    assert d.resolvable == pytest.approx(2.8 * sd, rel=0.05)
    same = paired_difference(a, a, [str(i) for i in range(200)], rng())
    assert (same.mean, same.low, same.high, same.resolvable) == (0, 0, 0, 0)


def test_the_generator_is_the_callers() -> None:
    values, names = [0.0, 1.0, 0.5], ["a", "b", "c"]
    again = [bootstrap_means(values, names, np.random.default_rng(3), 50).tolist() for _ in range(2)]
    assert again[0] == again[1]
    before = np.random.get_state()[1].tolist()  # type: ignore[index] # noqa: NPY002
    mean_with_interval(values, names, rng())
    assert np.random.get_state()[1].tolist() == before  # type: ignore[index] # noqa: NPY002


def test_refusals() -> None:
    with pytest.raises(ValueError, match="0 values and 0 instances"):
        mean_with_interval([], [], rng())
    with pytest.raises(ValueError, match="1, 2 values and 1 instances"):
        paired_difference([1.0], [1.0, 0.0], ["a"], rng())
