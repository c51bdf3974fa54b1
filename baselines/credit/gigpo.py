"""GiGPO: the episode's advantage in its group, plus the turn's among all turns taken from the same state.

Feng et al. 2025, "Group-in-Group Policy Optimization" (arXiv 2505.10978): A = A_E + omega * A_S with
A_E = (R_i - mean R) / F over the group's undiscounted returns, and A_S = (G_i,k - mean G) / F over all visits (i, k)
of the group, of one episode or of several, whose state before the turn has the same key, where
G_i,k = sum over j >= k of gamma**(j - k) * r_j. F is 1 ("mean") or the standard deviation ("std").

Deviations: both parts are taken within the group of one seed, as in the equations; the public code can standardise
the episode part over the whole batch. Keys are the world's true states, which no text has to be parsed for; where the
policy sees more than the state, visits of one key may differ in their history, which biases A_S.
Edge cases: a state visited once has A_S = 0. A group of equal returns has A_E = 0, a group of one included, and visits
of equal G have A_S = 0; but a state revisited later in the same episode has another G, so that such a group, even a
group of one, may still get credit. A truncated episode counts the rewards so far.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from turnbench.baselines.trajectory import Floats, Group, returns_to_go
from turnbench.errors import UsageError

RECORD = ("states",)


@dataclass(frozen=True)
class Config:
    """Settings of GiGPO."""

    gamma: float = 0.95
    """Discount per turn of the returns-to-go that turns of one state are compared by, in [0, 1]."""
    omega: float = 1.0
    """Weight of the state part."""
    normalise: str = "mean"
    """"mean" (subtract the mean) or "std" (then divide by the standard deviation), for both parts."""
    epsilon: float = 1e-6
    """Added to the standard deviation, in units of reward."""

    def __post_init__(self) -> None:
        if self.normalise not in ("mean", "std"):
            raise UsageError(f"The setting normalise of gigpo is {self.normalise!r}; it must be 'mean' or 'std'.")


def credit(group: Group, config: Config) -> list[Floats]:
    """A_E + omega * A_S of each turn, shape (K,) per member."""
    advantage_G = _relative(group.totals_G, config)
    credits = [np.full(m.turns, a) for m, a in zip(group.members, advantage_G, strict=True)]
    visits: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for i, member in enumerate(group.members):
        if len(member.states_K) != member.turns:
            raise UsageError("gigpo compares turns by their state, so the rollout must record the states.")
        for k, state in enumerate(member.states_K):
            visits[state].append((i, k))
    to_go = [returns_to_go(m.rewards_K, config.gamma) for m in group.members]
    for places in visits.values():
        of_state = _relative(np.array([to_go[i][k] for i, k in places]), config)
        for (i, k), a in zip(places, of_state, strict=True):
            credits[i][k] += config.omega * a
    return credits


def _relative(returns: Floats, config: Config) -> Floats:
    if np.all(returns == returns[0]):  # exactly 0, where subtracting a rounded mean may leave dust
        return np.zeros(len(returns))
    centred: Floats = returns - returns.mean()
    return centred / (returns.std() + config.epsilon) if config.normalise == "std" else centred
