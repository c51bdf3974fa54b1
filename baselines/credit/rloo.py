"""RLOO: the episode's return minus the mean return of the other members, for every turn alike.

Ahmadian et al. 2024, "Back to Basics" (arXiv 2402.14740), after Kool et al. 2019:
A_i = R_i - (sum over j != i of R_j) / (G - 1), which is G / (G - 1) times dr-grpo's R_i - mean R. A baseline that
leaves the member out does not depend on its actions, so the policy gradient stays unbiased.

Deviations: the paper treats a whole completion as one action with one ratio; here the episode's policy tokens share
the advantage and the run's ratio and averaging apply, as for all methods of a comparison.
Edge cases: a group of one has no others and gets 0 (other implementations let the raw return through, which turns the
method into REINFORCE without a baseline for that group). Equal returns get exactly 0. A truncated episode counts the
reward so far.
"""

from __future__ import annotations

import numpy as np

from turnbench.baselines.method import NoConfig
from turnbench.baselines.trajectory import Floats, Group


def credit(group: Group, config: NoConfig) -> list[Floats]:
    """R_i minus the mean of the others, repeated for every turn, shape (K,) per member."""
    if group.dead:
        return [np.zeros(m.turns) for m in group.members]
    totals_G = group.totals_G
    others_G = (totals_G.sum() - totals_G) / (len(totals_G) - 1)
    return [np.full(m.turns, a) for m, a in zip(group.members, totals_G - others_G, strict=True)]
