"""How well a policy plays instances it was not trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.rollout import Arena, rollout
from turnbench.baselines.sampling import Sampler
from turnbench.baselines.trajectory import Floats

AT_ONCE = 256
"""Episodes played together."""


@dataclass
class Evaluation:
    """Scores of episodes, one per seed."""

    scores: Floats
    successes: Floats
    instances: list[str]
    turns: float

    @property
    def score(self) -> float:
        """Mean score."""
        return float(self.scores.mean())

    @property
    def success(self) -> float:
        """Share of episodes that ended in success."""
        return float(self.successes.mean())


def evaluate(
    policy: Policy,
    arena: Arena,
    context: str,
    episodes: int,
    first_seed: int = 0,
    temperature: float = 1.0,
    max_new_tokens: int = 24,
    seed: int = 0,
) -> Evaluation:
    """Play seeds `first_seed`, `first_seed` + 1, ... once each, from the policy's own distribution by default.

    Chance in the world and in the policy is fixed by `seed`, so two policies meet the same episodes.
    """
    scores, successes, instances, turns = [], [], [], []
    for start in range(first_seed, first_seed + episodes, AT_ONCE):
        seeds = range(start, min(start + AT_ONCE, first_seed + episodes))
        generator = torch.Generator().manual_seed(seed * 1_000_003 + start)
        sampler = Sampler(generator, policy.chat.stops, max_new_tokens, temperature)
        groups, _ = rollout(policy, arena, seeds, 1, context, sampler, noise=("evaluation", seed))
        for group in groups:
            member = group.members[0]
            scores.append(member.total)
            successes.append(float(member.ending == "success"))
            instances.append(member.instance)
            turns.append(member.turns)
    return Evaluation(np.array(scores), np.array(successes), instances, float(np.mean(turns)))
