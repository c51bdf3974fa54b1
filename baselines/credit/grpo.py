"""GRPO: the episode's return, standardised within its group, for every turn alike.

Shao et al. 2024, "DeepSeekMath" (arXiv 2402.03300), outcome supervision (section 4.1.2): A_i = (R_i - mean R) / std R.
Multi-turn as in StarPO (Wang et al. 2025, arXiv 2504.20073): one advantage for all policy tokens of an episode.

Deviations: loss averaging is the run's, shared by all methods of a comparison (the paper's is the mean over
sequences of the mean over tokens). The standard deviation is the population's; common code divides by n - 1.
Edge cases: a group of equal returns, a group of one included, gets 0. A truncated episode counts the reward so far.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from turnbench.baselines.trajectory import Floats, Group


@dataclass(frozen=True)
class Config:
    """Settings of GRPO."""

    epsilon: float = 1e-6
    """Added to the standard deviation, in units of reward."""


def credit(group: Group, config: Config) -> list[Floats]:
    """(R_i - mean) / (std + epsilon), repeated for every turn."""
    totals_G = group.totals_G
    centred_G = np.zeros(len(totals_G)) if group.dead else totals_G - totals_G.mean()
    advantage_G = centred_G / (totals_G.std() + config.epsilon)
    return [np.full(m.turns, a) for m, a in zip(group.members, advantage_G, strict=True)]
