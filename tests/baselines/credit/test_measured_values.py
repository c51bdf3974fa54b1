"""vineppo and true-advantage on a chain whose values are known."""

from __future__ import annotations

import pytest
from trajectories import episode, group

from turnbench.baselines.credit import true_advantage, vineppo
from turnbench.baselines.method import NoConfig
from turnbench.baselines.trajectory import Trajectory

GO = 0.5
LENGTH = 3


def chain(goes: int) -> Trajectory:
    """A chain of three states: "go" (probability 1/2) leads on and from the last one to reward 1; "stop" ends with 0.

    Hence V(s_k) = (1/2)**(3 - k): 1/8, 1/4, 1/2. A(s_k, go) = V(s_k+1) - V(s_k), with 1 - 1/2 in the last state, and
    A(s_k, stop) = -V(s_k).
    """
    value = [GO ** (LENGTH - k) for k in range(LENGTH)]
    turns = min(goes + 1, LENGTH)
    return episode(
        [0.0] * (turns - 1) + [1.0 if goes == LENGTH else 0.0],
        gathered={
            "branches": [*value[:turns], 0.0],
            "exact": [value[k] if k < goes else -value[k] for k in range(turns)],  # V(s_k+1) = 2 V(s_k)
        },
    )


def test_exact_values_give_the_exact_advantage() -> None:
    of = group(*(chain(goes) for goes in range(LENGTH + 1)))
    measured = [c.tolist() for c in vineppo.credit(of, NoConfig())]
    assert measured == [[-0.125], [0.125, -0.25], [0.125, 0.25, -0.5], [0.125, 0.25, 0.5]]
    assert measured == [c.tolist() for c in true_advantage.credit(of, NoConfig())]


def test_credits_sum_to_return_minus_first_value() -> None:
    """The values in between cancel, wrong ones too."""
    of = group(episode([1, -2, 4], gathered={"branches": [0.3, 9.0, -5.0, 0.0]}))
    assert vineppo.credit(of, NoConfig())[0].sum() == pytest.approx(3 - 0.3)


def test_truncation_keeps_what_was_still_to_come() -> None:
    """1 + 2 - 0.5 where the value after the cut is 2; 1 + 0 - 0.5 where the world ended it."""
    of = group(
        episode([1], gathered={"branches": [0.5, 2]}, truncated=True), episode([1], gathered={"branches": [0.5, 0]})
    )
    assert [c.tolist() for c in vineppo.credit(of, NoConfig())] == [[2.5], [0.5]]


def test_a_group_of_one_is_as_good_as_any() -> None:
    assert vineppo.credit(group(chain(3)), NoConfig())[0].tolist() == [0.125, 0.25, 0.5]


def test_the_ceiling_hands_out_a_copy() -> None:
    member = chain(3)
    true_advantage.credit(group(member), NoConfig())[0][:] = 9
    assert member.gathered["exact"].tolist() == [0.125, 0.25, 0.5]
