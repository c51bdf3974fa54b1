"""The true advantage A(s_k, a_k) = Q(s_k, a_k) - V(s_k) of the current policy: the ceiling, no paper.

Worlds small enough to be solved give it by dynamic programming; elsewhere it is approached with very many branches.
It is for two things. As a method it shows how much better credit could help at all: the distance between a method and
this page is what is left to win, and where this page does no better than grpo, credit was not the bottleneck. As a
yardstick it is what the credits of other methods are compared with, turn by turn.

Deviations: none, there is nothing to deviate from. It is no competitor: it may look at what no learner can see, and
its cost is not counted.
Edge cases: where it is exact it is the expectation over what the world does after the action, so luck earns nothing;
the estimate by branches credits the state that was reached, luck included, as other methods do. There is no group baseline: a group of one is as good as any, and a group of equal returns may still have
credits other than 0.
"""

from __future__ import annotations

from turnbench.baselines.method import NoConfig
from turnbench.baselines.trajectory import Floats, Group

NEEDS = ("exact",)


def credit(group: Group, config: NoConfig) -> list[Floats]:
    """The exact advantage of each turn as it was gathered, shape (K,) per member."""
    return [m.gathered["exact"].copy() for m in group.members]
