"""PPO over tokens: the usual PPO of language models, carried across turns.

Schulman et al. 2017, "Proximal Policy Optimization Algorithms" (arXiv 1707.06347), with the generalised advantage
estimate (arXiv 1506.02438, equation 16) over policy tokens: A_t = sum over j >= 0 of (gamma * lam)**j * d_t+j, where
d_t = r_t + gamma * V_t+1 - V_t. A turn's reward arrives at the last token of the turn. The environment's tokens are
skipped: the token after the last one of a turn is the first one of the next turn, and discounts pass over what lies
between. The critic is fitted to the lambda-return A_t + V_t.

Deviations: no KL penalty in the reward; advantages are not standardised over the batch; what is done to all methods
alike belongs to the run. With lam below 1, credit fades with the number of tokens between action and reward, so a
long turn hides the turns before it: the method's known weakness here, kept on purpose.
Edge cases: the last value is 0 where the world ended the episode, and where an outer limit cut it what was gathered last.
A turn of no tokens gives its reward to the token before it; the first turn must have a token. There is no group
baseline, so groups of one and groups of equal returns are learned from as any other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from turnbench.baselines.trajectory import Floats, Group, Trajectory, generalised_advantages

NEEDS = ("token_values",)
SPANS = "token"


@dataclass(frozen=True)
class Config:
    """Settings of PPO over tokens."""

    gamma: float = 1.0
    """Discount per policy token, in [0, 1]."""
    lam: float = 0.95
    """Decay of the estimate per policy token, in [0, 1]: 1 gives return minus value, 0 the one-step error."""


def credit(group: Group, config: Config) -> list[Floats]:
    """Generalised advantage of each policy token, shape (T,) per member."""
    return [
        generalised_advantages(_token_rewards(m), m.gathered["token_values"], config.gamma, config.lam)
        for m in group.members
    ]


def targets(group: Group, config: Config) -> list[Floats]:
    """Lambda-return of each policy token, what the critic is fitted to, shape (T,) per member."""
    credits = credit(group, config)
    return [c + m.gathered["token_values"][:-1] for c, m in zip(credits, group.members, strict=True)]


def _token_rewards(member: Trajectory) -> Floats:
    """Reward of each turn at the turn's last policy token and 0 elsewhere, shape (T,)."""
    rewards_T = np.zeros(int(member.tokens_K.sum()))
    np.add.at(rewards_T, np.cumsum(member.tokens_K) - 1, member.rewards_K)
    return rewards_T
