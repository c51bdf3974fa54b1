"""MS-GRPO: GRPO's advantage of the cumulative episode reward for every step, each step prompted by its state alone.

MS-GRPO (arXiv 2508.10839): with R_i = sum over k of r_k, A_i = (R_i - mean R) / (std R + epsilon) at every step and
token. The policy sees the text of the current state and no dialogue, so that each step is a training sequence of its
own. With terminal reward alone this is GRPO on per-state prompts: the two separate only under dense reward.

Its second part is absolute-advantage-weighted sampling: of the episodes played, those far from their group's mean are
more likely to enter the update. Here an episode is kept with probability proportional to (|A_i| + eta)**kappa, capped
at 1, and exactly ceil(keep * n) of the batch's n episodes are kept. Uncorrected, this optimises another objective: it
weights the extremes up, about A * |A| in place of A. With `corrected`, a kept episode weighs 1 / (its probability),
rescaled so that the weights sum to the number kept (a ratio estimate: its bias falls as 1 / number kept).

Deviations: the functional form of the sampling is not confirmed by the paper's abstract, which is what was read;
nor is the order of averaging in the loss, which is the run's here. Sampling is systematic over a shuffled batch
(Madow 1949), because then the probabilities above are exact; drawing one after the other would distort them.
Edge cases: a group of equal returns, a group of one included, gets exactly 0 and is kept only through eta. With
kappa = 0 every episode is equally likely. A truncated episode counts the reward so far.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from turnbench.baselines.trajectory import Floats, Group
from turnbench.errors import UsageError

CONTEXT = "state"


@dataclass(frozen=True)
class Config:
    """Settings of MS-GRPO."""

    epsilon: float = 1e-6
    """Added to the standard deviation, in units of reward."""
    keep: float = 1.0
    """Share of the batch's episodes that enters the update, in (0, 1]."""
    kappa: float = 1.0
    """Exponent of the sampling, 0 or more; 0 samples uniformly."""
    eta: float = 0.05
    """Added to the absolute advantage in the sampling, above 0, so that no episode is impossible."""
    corrected: bool = False
    """Whether kept episodes are weighted by the inverse of their probability of being kept."""

    def __post_init__(self) -> None:
        if not (0 < self.keep <= 1 and self.kappa >= 0 and self.eta > 0):
            raise UsageError(f"ms-grpo needs 0 < keep <= 1, kappa >= 0 and eta > 0, not {self}.")


def credit(group: Group, config: Config) -> list[Floats]:
    """(R_i - mean) / (std + epsilon), repeated for every turn, shape (K,) per member."""
    totals_G = group.totals_G
    centred_G = np.zeros(len(totals_G)) if group.dead else totals_G - totals_G.mean()
    advantage_G = centred_G / (totals_G.std() + config.epsilon)
    return [np.full(m.turns, a) for m, a in zip(group.members, advantage_G, strict=True)]


def select(groups: list[Group], credits: list[list[Floats]], config: Config, rng: np.random.Generator) -> list[Floats]:
    """Weight of each episode in the update, shape (G,) per group; 0 leaves it out."""
    ends = np.cumsum([len(g.members) for g in groups])[:-1]
    advantages = np.array([np.abs(c).max(initial=0.0) for of_group in credits for c in of_group])
    n = len(advantages)
    count = max(1, math.ceil(config.keep * n - 1e-9))  # 0.07 * 100 is 7.000000000000001
    if count == n:
        return np.split(np.ones(n), ends)
    chances = _inclusion((advantages + config.eta) ** config.kappa, count)
    order = rng.permutation(n)
    edges = np.cumsum(chances[order])
    kept = order[np.searchsorted(edges[:-1], rng.random() + np.arange(count), side="right")]
    weights = np.zeros(n)
    weights[kept] = 1 / chances[kept] if config.corrected else 1.0
    return np.split(weights * count / weights.sum(), ends)


def _inclusion(sizes: Floats, count: int) -> Floats:
    """Probability of each to be among `count` kept, proportional to its size where that is below 1; sums to `count`."""
    chances: Floats = count * sizes / sizes.sum()
    while np.any(chances > 1):
        certain = chances >= 1
        chances = np.where(certain, 1.0, (count - certain.sum()) * sizes / sizes[~certain].sum())
    return chances
