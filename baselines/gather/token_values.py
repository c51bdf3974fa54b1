"""The critic's value before each policy token: `gathered["token_values"]`, shape (T + 1,), as in `values`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from turnbench.baselines.gather import Laboratory
from turnbench.baselines.trajectory import Group

CRITIC = True


def gather(groups: Sequence[Group], lab: Laboratory) -> None:
    """Ask the critic."""
    by_group, scored = lab.critic.values(groups, every_token=True)
    lab.spent.scored_tokens += scored
    for group, values in zip(groups, by_group, strict=True):
        for m, v in zip(group.members, values, strict=True):
            m.gathered["token_values"] = np.append(v, v[-1] if m.truncated else 0.0)
