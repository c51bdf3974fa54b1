"""What methods need beyond rewards, one module each, found by the name in a method's NEEDS.

A module holds `gather(groups, lab)`, which puts an array into every trajectory's `gathered` under the module's name, and
`RECORD`, what the rollout must have recorded for it. `lab` is the `Laboratory` of the run.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from turnbench.baselines.lm.library import PromptLibrary
from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.rollout import Arena, Spent
from turnbench.baselines.sampling import Sampler
from turnbench.errors import UnknownName


@dataclass
class Laboratory:
    """What gatherers may use."""

    policy: Policy
    arena: Arena
    sampler: Sampler
    context: str
    noise: tuple[Any, ...] = ()
    """JSON parts that make this update's chance its own."""
    branches: int = 8
    """Rollouts per state where values are estimated by branching."""
    critic: Any = None
    spent: Spent = field(default_factory=Spent)
    """What gathering cost."""
    library: PromptLibrary = field(init=False)
    """Prompts the policy has read: a laboratory serves one state of the weights."""

    def __post_init__(self) -> None:
        self.library = PromptLibrary(self.policy)


def gatherer(need: str) -> ModuleType:
    """The module behind a name in NEEDS.

    Raises:
        UnknownName: there is none.
    """
    try:
        return importlib.import_module(f"turnbench.baselines.gather.{need}")
    except ModuleNotFoundError as error:
        raise UnknownName(
            f"Nothing gathers {need!r}: a method's NEEDS are modules of turnbench.baselines.gather."
        ) from error


def recorded_for(needs: Sequence[str]) -> frozenset[str]:
    """What the rollout must record for these needs."""
    return frozenset(r for need in needs for r in getattr(gatherer(need), "RECORD", ()))
