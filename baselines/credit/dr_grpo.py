"""Dr. GRPO: GRPO without the division by the group's standard deviation.

Liu et al. 2025, "Understanding R1-Zero-Like Training" (arXiv 2503.20783): A_i = R_i - mean R. Dividing by the
standard deviation weights up the groups that are nearly solved or nearly hopeless; leaving it out removes that.

Deviations: this page is one half of the method. The other half, token sums divided by a constant and not by the
length of the response, belongs to the loss: run it with averaging="constant", or the length bias stays.
Edge cases: a group of equal returns, a group of one included, gets exactly 0. The mean contains the member itself, so
credits are 1 - 1/G of rloo's. A truncated episode counts the reward so far.
"""

from __future__ import annotations

import numpy as np

from turnbench.baselines.method import NoConfig
from turnbench.baselines.trajectory import Floats, Group


def credit(group: Group, config: NoConfig) -> list[Floats]:
    """R_i - mean, repeated for every turn, shape (K,) per member."""
    totals_G = group.totals_G
    advantage_G = np.zeros(len(totals_G)) if group.dead else totals_G - totals_G.mean()
    return [np.full(m.turns, a) for m, a in zip(group.members, advantage_G, strict=True)]
