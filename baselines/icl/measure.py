"""How a model plays one kind of context: its score, and what its actions have to do with the records it was shown.

The harness plays; every episode is then replayed, and the environment's signals say of each action whether it was right and whether it
was a copy (`turnbench.envs.incontext.env`, `signals`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from turnbench.agents.base import AnyAgent
from turnbench.baselines.agent import LanguageModelAgent
from turnbench.baselines.icl.train import PLAY
from turnbench.baselines.lm.policy import Policy
from turnbench.registry import make_env
from turnbench.runner import run

AT_ONCE = 256


@dataclass(frozen=True)
class Measured:
    """Means over episodes, or over the actions of all episodes; NaN where there is nothing to take a mean of."""

    episodes: int
    score: float
    progress: float
    """How far games came at their best, in [0, 1]."""
    valid: float
    right: float
    """Share of actions that are the expert's: in-context action accuracy."""
    harmful_time: float
    """Of actions at which copying the first record at the same time would be wrong, the share that did so."""
    harmful_view: float
    """Of actions at which copying what a record did at the same view would be wrong, the share that did so."""
    tokens: float
    """Tokens the model had to read before its first action, on average; NaN for agents without a model."""

    def as_dict(self) -> dict[str, Any]:
        """Rounded, with None for NaN, for JSON."""
        return {k: None if v != v else round(v, 4) for k, v in asdict(self).items()}


def model_agent(policy: Policy) -> LanguageModelAgent:
    """The model that takes its likeliest action; an action and its end are two tokens."""
    return LanguageModelAgent(policy, **PLAY)


def measure(
    agent: str | AnyAgent, env_id: str, arguments: Mapping[str, Any], episodes: int, split: str = "test", seed: int = 0
) -> Measured:
    """Play and look.

    Args:
        agent: a model's agent, or the name of a scripted player.
        env_id: an in-context world.
        arguments: its arguments, the kind of context among them.
        episodes: how many, each of a level of its own where there are enough.
        split: of the levels.
        seed: of the harness run; episodes are the same for every agent.

    Raises:
        UsageError: as `turnbench.run`.
    """
    result = run(
        agent, env_id, arguments=dict(arguments), episodes=episodes, split=split, run_seed=seed, batch_size=AT_ONCE
    )
    env = make_env(env_id, split=split, **arguments)
    signals: list[dict[str, float]] = []
    furthest: list[float] = []
    read: list[int] = []
    policy = agent.policy if isinstance(agent, LanguageModelAgent) else None
    for episode in result.episodes:
        _, info = env.reset(seed=episode.seed)
        if policy is not None:
            read.append(len(policy.chat.words(info["user_message"])))
        begun = len(signals)
        for action in episode.actions:
            env.step(action)
            signals.append(env.signals())
        furthest.append(max(s["progress"] for s in signals[begun:]))

    def mean(name: str, of: str = "") -> float:
        chosen = [s[name] for s in signals if name in s and (not of or s[of] == 0)]
        return float(np.mean(chosen)) if chosen else float("nan")

    return Measured(
        episodes=len(result.episodes),
        score=float(np.mean([e.score for e in result.episodes])),
        progress=float(np.mean(furthest)),
        valid=mean("valid"),
        right=mean("right"),
        harmful_time=mean("time_copied", "time_right"),
        harmful_view=mean("view_copied", "view_right"),
        tokens=float(np.mean(read)) if read else float("nan"),
    )
