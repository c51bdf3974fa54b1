"""PPO over turns: a critic says what each turn's start is worth, and the turn is one action.

Turn-PPO (arXiv 2512.17008), which moves PPO (Schulman et al. 2017, "Proximal Policy Optimization Algorithms", arXiv
1707.06347) from tokens to turns. With the generalised advantage estimate (arXiv 1506.02438, equation 16):
A_k = sum over j >= 0 of (gamma * lam)**j * d_k+j, where d_k = r_k + gamma * V(s_k+1) - V(s_k). All tokens of a turn
share A_k; the ratio of the policies and its clipping are the turn's. The critic is fitted to the lambda-return
A_k + V(s_k).

Deviations: gamma and lam are those of ppo-token, so that the two differ in nothing but the unit (gamma 0.99 with lam
0.9 is reported to work for Turn-PPO). Advantages are not standardised over the batch; what is done to all methods
alike belongs to the run.
Edge cases: the last value is 0 where the world ended the episode, and where an outer limit cut it what was gathered last.
There is no group baseline, so groups of one and groups of equal returns are learned from as any other.
"""

from __future__ import annotations

from dataclasses import dataclass

from turnbench.baselines.trajectory import Floats, Group, generalised_advantages

NEEDS = ("values",)
SPANS = "turn"
RATIO = "turn"


@dataclass(frozen=True)
class Config:
    """Settings of PPO over turns."""

    gamma: float = 1.0
    """Discount per turn, in [0, 1]."""
    lam: float = 0.95
    """Decay of the estimate per turn, in [0, 1]: 1 gives return minus value, 0 the one-step error."""


def credit(group: Group, config: Config) -> list[Floats]:
    """Generalised advantage of each turn, shape (K,) per member."""
    return [generalised_advantages(m.rewards_K, m.gathered["values"], config.gamma, config.lam) for m in group.members]


def targets(group: Group, config: Config) -> list[Floats]:
    """Lambda-return of each turn, what the critic is fitted to, shape (K,) per member."""
    credits = credit(group, config)
    return [c + m.gathered["values"][:-1] for c, m in zip(credits, group.members, strict=True)]
