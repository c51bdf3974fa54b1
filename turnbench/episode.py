"""What stands between a world and whoever plays or learns in it: text, numbers and plain lists.

A *turn* is a reply and the observation that answered it. `History` is all an agent ever sees; `Episode` is what is
left when the episode is over.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class Ending(StrEnum):
    """Why an episode ended. A world may add reasons of its own, in snake_case."""

    SUCCESS = "success"
    """The world's goal was reached."""
    FAILURE = "failure"
    """The world ended the episode without the goal reached."""
    OUT_OF_TURNS = "out_of_turns"
    """The world's own turn budget was used up."""
    LIMIT = "limit"
    """The runner's outer limit cut the episode short: neither success nor failure."""
    ERROR = "error"
    """Something broke; `Failure` says where."""


class Opening(NamedTuple):
    """What a world says before the first reply: who the player is, and the first message."""

    system_prompt: str
    user_message: str

    @property
    def observation(self) -> str:
        """Both parts as the one text that `reset` returns."""
        return f"{self.system_prompt}\n\n{self.user_message}" if self.system_prompt else self.user_message


class Fact(NamedTuple):
    """A true sentence in two parts: which fact it is, and what is true ("cat: Is it alive?", "Yes.")."""

    given: str
    told: str

    def __str__(self) -> str:
        """The whole sentence."""
        return f"{self.given} {self.told}"


class Outcome(NamedTuple):
    """A world's answer to one action: what it says, the reward, and the ending if this was the last turn."""

    observation: str
    reward: float = 0.0
    ending: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What an agent says. `meta` holds JSON about how it came to be (tokens, latency, a hidden chain of thought)."""

    text: str
    meta: Mapping[str, Any] = field(default_factory=dict)


class Turn(NamedTuple):
    """A reply and the observation that answered it."""

    reply: Reply
    observation: str


@dataclass(slots=True)
class History:
    """All an agent sees of an episode: the opening, the turns so far, and a seed for its own randomness."""

    episode: str
    """Unique within a run; the key for an agent's caches."""
    opening: Opening
    turns: list[Turn]
    agent_seed: int
    """Fixed by the run and the episode, so that a stochastic agent is reproducible at any batch size."""

    @property
    def observation(self) -> str:
        """What the world said last."""
        return self.turns[-1].observation if self.turns else self.opening.observation


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed episode is data. `boundary` says whose code broke: environment, agent or harness."""

    boundary: str
    kind: str
    """Name of the exception type."""
    message: str
    turn: int
    """Number of completed turns when it broke."""


@dataclass(slots=True)
class Episode:
    """A finished episode.

    Raises ValueError on rewards that are not finite, on turns and rewards of different number, or on an `error`
    ending without a failure (and the reverse).
    """

    episode: str
    seed: int
    opening: Opening
    turns: list[Turn]
    rewards: list[float]
    ending: str
    instance: str = ""
    """Hash of the canonical content played; episodes of one instance are not independent."""
    failure: Failure | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    wall_s: float = 0.0
    environment_s: float = 0.0
    """Of `wall_s`, what was spent in the environment."""
    notes: Mapping[str, Any] | None = None
    """What the environment says of it beside the score; see `TextEnv.notes`."""

    def __post_init__(self) -> None:
        if len(self.turns) != len(self.rewards):
            raise ValueError(f"{len(self.turns)} turns but {len(self.rewards)} rewards")
        if not all(math.isfinite(r) for r in self.rewards):
            raise ValueError("a reward is not finite")
        if (self.ending == Ending.ERROR) != (self.failure is not None):
            raise ValueError(f"ending {self.ending!r} and failure {self.failure!r} disagree")

    @property
    def score(self) -> float:
        """Sum of rewards: in a sparse world, the final score in [0, 1]."""
        return math.fsum(self.rewards)
