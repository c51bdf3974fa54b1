"""What a rollout records, and all a credit method ever sees of it: index ranges and numbers, no text and no tensors.

Axis suffixes here and in all of `baselines`: `_G` member of a group, `_K` turn, `_T` policy token of the whole
episode (tokens the policy sampled, in order, all turns joined; the environment's tokens are not counted), `_K1` the
K + 1 moments before each turn and after the last one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass
class Trajectory:
    """One recorded episode of a group."""

    rewards_K: Floats
    """Reward of each turn."""
    tokens_K: NDArray[np.int64]
    """Number of policy tokens of each turn, the end-of-turn token included where it was sampled."""
    logprobs_T: Floats
    """Log-probability of each policy token under the policy that sampled it, natural logarithm."""
    entropies_T: Floats
    """Entropy of the distribution each token was sampled from, nats."""
    certainties_T: Floats
    """logsumexp(logits) - mean(logits) at each token: KL(uniform || policy) + log V (INTUITOR)."""
    states_K: tuple[str, ...]
    """Key of the true state before each turn, elapsed turns left out."""
    ending: str = ""
    truncated: bool = False
    """True where an outer limit and not the world ended the episode: its last state still has a value."""
    instance: str = ""
    gathered: dict[str, Floats] = field(default_factory=dict)
    """What the method's NEEDS asked for, by name; see the modules of `turnbench.baselines.gather`."""
    source: Any = None
    """The rollout's own handle (texts, token ids, snapshots); not for methods."""

    @property
    def turns(self) -> int:
        """K."""
        return len(self.rewards_K)

    @property
    def total(self) -> float:
        """Undiscounted return."""
        return float(self.rewards_K.sum())

    @property
    def turn_of_T(self) -> NDArray[np.int64]:
        """Turn index of each policy token."""
        return np.repeat(np.arange(self.turns), self.tokens_K)


@dataclass
class Group:
    """Episodes of one environment and one seed: the same instance and the same initial state."""

    seed: int
    members: list[Trajectory]

    @property
    def totals_G(self) -> Floats:
        """Return of each member."""
        return np.array([m.total for m in self.members])

    @property
    def dead(self) -> bool:
        """True where all members have the same return (but for rounding), so that a group baseline teaches nothing."""
        totals = self.totals_G
        return bool(np.ptp(totals) <= 1e-9 * max(1.0, float(np.abs(totals).max())))


def returns_to_go(rewards_K: Floats, gamma: float = 1.0) -> Floats:
    """G_k = sum over j >= k of gamma**(j - k) * r_j, shape (K,)."""
    out = np.zeros(len(rewards_K))
    running = 0.0
    for k in range(len(rewards_K) - 1, -1, -1):
        running = rewards_K[k] + gamma * running
        out[k] = running
    return out


def generalised_advantages(rewards: Floats, values: Floats, gamma: float, lam: float) -> Floats:
    """Generalised advantage estimates (Schulman et al. 2016, equation 16) along one episode.

    Args:
        rewards: shape (N,).
        values: shape (N + 1,); the last one is 0 after a terminal step and V of the last state after a truncation.
        gamma: discount in [0, 1].
        lam: 1 gives Monte Carlo return minus value, 0 the one-step error.

    Returns:
        shape (N,).
    """
    errors = rewards + gamma * values[1:] - values[:-1]
    out = np.zeros(len(rewards))
    running = 0.0
    for n in range(len(rewards) - 1, -1, -1):
        running = errors[n] + gamma * lam * running
        out[n] = running
    return out
