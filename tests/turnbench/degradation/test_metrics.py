"""Performance, aptitude, unreliability: the published vectors, closed forms, invariants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnbench.degradation.metrics import Range, metrics_of, paired, per_instruction, ratio, smallest_p
from turnbench.degradation.published import SETTINGS, TASKS, published_rows, ratio_to_full


def of(*successes: int, runs: int = 10) -> np.ndarray:
    """Binary scores of instructions with so many successes each."""
    return np.array([[100.0] * k + [0.0] * (runs - k) for k in successes])


@pytest.mark.parametrize(
    ("scores", "p", "a", "u"),
    [
        (of(*[10] * 6, *[0] * 4), 60, 60, 0),  # the paper's appendix E, first vector
        (of(*[6] * 3, *[7] * 6, 0), 60, 90, 90),  # and its second
        (of(*[10] * 3, *[6] * 5, *[0] * 2), 60, 80, 50),  # the third, where its printed U = 60 is an error
        (of(0), 0, 0, 0),
        (of(1), 10, 10, 10),
        (of(2), 20, 100, 100),
        (of(8), 80, 100, 100),
        (of(9), 90, 100, 10),
        (of(10), 100, 100, 0),
    ],
)
def test_vectors(scores: np.ndarray, p: float, a: float, u: float) -> None:
    found = metrics_of([scores], [scores], [scores])
    assert found.performance.value == pytest.approx(p)
    assert found.aptitude.value == pytest.approx(a)
    assert found.unreliability.value == pytest.approx(u)
    assert found.reliability.value == pytest.approx(100 - u)
    assert (found.instructions, found.runs) == scores.shape


@given(st.lists(st.lists(st.floats(0, 100), min_size=5, max_size=5), min_size=1, max_size=6))
def test_invariants(rows: list[list[float]]) -> None:
    scores = np.array(rows)
    p, a, u = per_instruction(scores)
    assert (u >= 0).all()
    assert (a <= scores.max(axis=1) + 1e-9).all()
    assert (a - u >= scores.min(axis=1) - 1e-9).all()
    assert (p >= scores.min(axis=1) - 1e-9).all()
    for row in per_instruction(scores[:, ::-1]):  # the order of runs means nothing
        assert row.shape == (len(rows),)
    assert np.allclose(per_instruction(scores[:, ::-1]), per_instruction(scores))


def test_tasks_weigh_the_same_whatever_their_size() -> None:
    small, large = of(10), of(*[0] * 9)
    assert metrics_of([small, large], [small, large], [small, large]).performance.value == 50


def test_runs_of_different_number_are_never_averaged() -> None:
    with pytest.raises(ValueError, match="the same number of runs in all"):
        metrics_of([of(3), of(3, runs=5)], [of(3)], [of(3)])


def test_ratio_is_the_mean_of_ratios() -> None:
    found = ratio([of(5, 5), of(2, 2)], [of(10, 10), of(8, 8)])
    assert found is not None
    assert found.value == pytest.approx((50 + 25) / 2)
    assert found.low == pytest.approx(found.value)  # all instructions are alike
    assert ratio([of(5)], [of(0)]) is None


def test_paired_differences() -> None:
    same = paired([of(5, 7, 2)], [of(5, 7, 2)])
    assert same.difference == (0, 0, 0)
    assert same.p_value == 1
    ten = paired([of(*[2] * 10)], [of(*[9] * 10)])
    assert ten.difference.value == pytest.approx(-70)
    assert ten.p_value == pytest.approx(2 / 2**10, abs=0.002)  # all signs alike, in either direction
    one = paired([of(2)], [of(9)])
    assert one.p_value == 1  # a single instruction proves nothing


def test_where_all_instructions_agree_the_interval_is_exact() -> None:
    """Clopper and Pearson in closed form: nobody is certain of anything after a few instructions."""
    ones, none = of(*[10] * 5), of(*[0] * 5)
    all_right, all_wrong = (metrics_of([x], [x], [x]) for x in (ones, none))
    assert all_right.performance == pytest.approx(Range(100, 100 * 0.025 ** (1 / 5), 100))
    assert all_wrong.performance == pytest.approx(Range(0, 0, 100 - 100 * 0.025 ** (1 / 5)))
    assert all_right.unreliability == pytest.approx(all_wrong.performance)
    two = metrics_of([ones, ones], [ones, ones], [ones, ones]).performance
    assert two.low == pytest.approx(100 * 0.025 ** (1 / 10)), "two tasks of five are ten instructions"
    mixed = metrics_of([ones, none], [ones, none], [ones, none]).performance
    share = 2 * (1 - 0.025 ** (1 / 10))
    assert mixed == pytest.approx(Range(50, 50 - 50 * share, 50 + 50 * share))
    one = metrics_of([of(7)], [of(7)], [of(7)]).performance
    assert one == pytest.approx(Range(70, 70 * 0.025, 70 * 0.025 + 97.5)), (
        "of a single instruction next to nothing is known"
    )


def test_p_is_exact_for_few_instructions_and_has_a_least_value() -> None:
    for instructions in range(1, 14):
        lost = paired([of(*[0] * instructions)], [of(*[10] * instructions)])
        assert lost.p_value == smallest_p(instructions) == 2 / 2**instructions
        assert lost.instructions == instructions
    many = paired([of(*[0] * 20)], [of(*[10] * 20)])
    assert many.p_value == pytest.approx(smallest_p(20)) == pytest.approx(1 / 10_001)
    # One of three the other way: of eight assignments the two of equal signs and the six with one odd sign are as far from 0.
    assert paired([of(0, 0, 10)], [of(10, 10, 0)]).p_value == 1
    assert paired([of(0, 0, 4)], [of(10, 10, 0)]).p_value == 0.5  # -16 of 24: +-24, +-16


def test_intervals_cover_what_they_claim() -> None:
    """Of 60 samples of 30 instructions with known mean performance 50 %, most intervals hold it."""
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(60):
        scores = 100.0 * (rng.random((30, 10)) < rng.beta(2, 2, size=(30, 1)))
        p = metrics_of([scores], [scores], [scores]).performance
        held += p.low <= 50 <= p.high
    assert held >= 52


def test_the_published_table() -> None:
    rows = published_rows()
    assert len(rows) == 45
    assert [r.setting for r in rows[:3]] == list(SETTINGS)
    # Its ratio columns follow from its cells; the paper prints them with one digit.
    assert ratio_to_full("Llama-3.1-8B", "concat") == pytest.approx(91.6, abs=0.1)
    assert ratio_to_full("Llama-3.1-8B", "sharded") == pytest.approx(62.5, abs=0.1)
    assert ratio_to_full("GPT-4.1", "sharded") == pytest.approx(61.8, abs=0.1)
    assert ratio_to_full("OLMo-2-13B", "sharded") == pytest.approx(50.5, abs=0.1)
    models = dict.fromkeys(r.model for r in rows)
    assert len(models) == 15
    # 39 % of performance lost, unreliability more than doubled: the abstract's figures.
    assert 100 - np.mean([ratio_to_full(m, "sharded") for m in models]) == pytest.approx(39.0, abs=0.1)
    u = {s: np.mean([r.unreliability for r in rows if r.setting == s]) for s in SETTINGS}
    assert u["sharded"] / u["full"] == pytest.approx(2.12, abs=0.01)
    assert all(v is None or 0 <= v <= 100 for r in rows for v in r.performance.values())
    assert set(TASKS) == set(rows[0].performance)
