"""REINFORCE with return-to-go and a baseline: a turn is credited with what came after it, never before.

Williams 1992, "Simple statistical gradient-following algorithms for connectionist reinforcement learning":
A_k = G_k - b_k with G_k = sum over j >= k of gamma**(j - k) * r_j. With baseline = "group", b_k is the mean of G_k over
those members of the group that take a turn k at all; with "none" it is 0.

Deviations: the baseline is this laboratory's choice. Turn k of two members is in general not the same state, so it
removes less variance than a value of the state would. The mean contains the member itself, which shrinks a credit by
1 - 1/n where n members are alive, as in dr-grpo.
Edge cases: a member alone at its turn index, a group of one included, is its own baseline and gets 0 there: the last
turns of the longest episode teach nothing. Members that are alive and agree get exactly 0. Members of equal return
whose rewards come at different turns do get credit. A truncated episode counts the rewards so far.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from turnbench.baselines.trajectory import Floats, Group, returns_to_go
from turnbench.errors import UsageError


@dataclass(frozen=True)
class Config:
    """Settings of REINFORCE."""

    gamma: float = 1.0
    """Discount per turn, in [0, 1]."""
    baseline: str = "group"
    """"group" (mean return-to-go of the members alive at that turn) or "none"."""

    def __post_init__(self) -> None:
        if self.baseline not in ("group", "none"):
            raise UsageError(f"The baseline of reinforce is {self.baseline!r}; it must be 'group' or 'none'.")


def credit(group: Group, config: Config) -> list[Floats]:
    """Return-to-go minus its mean over the members alive at the same turn, shape (K,) per member."""
    credits = [returns_to_go(m.rewards_K, config.gamma) for m in group.members]
    if config.baseline == "none":
        return credits
    for k in range(max(m.turns for m in group.members)):
        alive = [c for c in credits if k < len(c)]
        at_turn = np.array([c[k] for c in alive])
        equal = bool(np.all(at_turn == at_turn[0]))  # the mean of equal floats may differ from them in the last bit
        for c in alive:
            c[k] -= at_turn[0] if equal else at_turn.mean()
    return credits
