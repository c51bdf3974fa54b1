"""All credit to the last turn: the naive floor, no paper.

A_K-1 = R_i - mean R, and 0 for every earlier turn. It is what a learner does that takes the turn in front of the
outcome for its cause. A method of this laboratory that does not beat it has not assigned credit; where the last move
really decides, it is hard to beat, which says something about the environment.

Deviations: none, there is nothing to deviate from. The centring is dr-grpo's, so that the two differ in nothing but
the place where the credit goes; the whole return is credited, also what earlier turns earned.
Edge cases: a group of equal returns, a group of one included, gets 0. A truncated episode's last turn is the one
before the cut.
"""

from __future__ import annotations

import numpy as np

from turnbench.baselines.method import NoConfig
from turnbench.baselines.trajectory import Floats, Group


def credit(group: Group, config: NoConfig) -> list[Floats]:
    """R_i - mean at the last turn and 0 before it, shape (K,) per member."""
    totals_G = group.totals_G
    advantage_G = np.zeros(len(totals_G)) if group.dead else totals_G - totals_G.mean()
    credits = [np.zeros(m.turns) for m in group.members]
    for c, a in zip(credits, advantage_G, strict=True):
        c[-1:] = a
    return credits
