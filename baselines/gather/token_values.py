"""The critic's value before each policy token: `gathered["token_values"]`, shape (T + 1,), as in `values`."""

from __future__ import annotations

from collections.abc import Sequence

from turnbench.baselines.gather import Laboratory, values
from turnbench.baselines.trajectory import Group

CRITIC = values.CRITIC


def gather(groups: Sequence[Group], lab: Laboratory) -> None:
    """Ask the critic."""
    values.gather(groups, lab, "token_values", every_token=True)
