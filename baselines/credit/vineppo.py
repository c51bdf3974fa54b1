"""VinePPO: the value of each state is measured by playing on from it, and a turn is credited with the change.

Kazemnejad et al. 2024, "VinePPO" (arXiv 2410.01679): A_k = r_k + V(s_k+1) - V(s_k), where V(s) is the mean return of
some continuations that the current policy plays from s. Unbiased where they are drawn afresh for each state, whatever
their number; more of them only reduce the noise.

Deviations: the paper branches at the steps of one long answer, here at the turns of an episode. No discount and no
lambda, as in the paper. The continuations are costly and are counted by what gathers them, not here.
Edge cases: after a terminal turn the value is 0, nothing being left to earn. Rollouts do not truncate. There is no group baseline, so groups of one and groups of equal returns are learned from
as any other.
"""

from __future__ import annotations

from turnbench.baselines.method import NoConfig
from turnbench.baselines.trajectory import Floats, Group

NEEDS = ("branches",)


def credit(group: Group, config: NoConfig) -> list[Floats]:
    """r_k + V(s_k+1) - V(s_k) of each turn, shape (K,) per member."""
    values = [m.gathered["branches"] for m in group.members]
    return [m.rewards_K + v[1:] - v[:-1] for m, v in zip(group.members, values, strict=True)]
