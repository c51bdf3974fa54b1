"""The critic's value before each turn: `gathered["values"]`, shape (K + 1,), the last one 0 after a terminal turn.

After a truncation the last value is that of the last turn's beginning, the closest the critic has seen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from turnbench.baselines.gather import Laboratory
from turnbench.baselines.trajectory import Group

CRITIC = True


def gather(groups: Sequence[Group], lab: Laboratory, name: str = "values", every_token: bool = False) -> None:
    """Ask the critic, and put its answers into every trajectory under `name`."""
    by_group, scored = lab.critic.values(groups, every_token)
    lab.spent.scored_tokens += scored
    for group, values in zip(groups, by_group, strict=True):
        for m, v in zip(group.members, values, strict=True):
            m.gathered[name] = np.append(v, v[-1] if m.truncated else 0.0)
