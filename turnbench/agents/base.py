"""What an agent is, and what it is told about the run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from turnbench.episode import History, Reply


@dataclass(frozen=True)
class AgentContext:
    """What a factory may know when it builds an agent: which environment, with which resolved arguments."""

    env_id: str
    env_arguments: Mapping[str, Any]
    players: Mapping[str, str] = field(default_factory=dict)
    """The environment's own scripted players, name -> "package.module:Class"."""


class Agent(ABC):
    """Replies to many episodes at once.

    `act` gets the histories that wait for a reply and returns one reply each, in the same order. It must not depend
    on which histories come together. Whatever it keeps per episode is keyed by `History.episode` and dropped in
    `forget`. Randomness comes from `History.agent_seed`, so that a run is the same at any batch size.
    """

    @abstractmethod
    def act(self, histories: Sequence[History]) -> list[Reply]:
        """One reply per history, in order."""

    def forget(self, episode: str) -> None:
        """The episode is over: free what is kept for it."""
        return None

    def describe(self) -> dict[str, Any]:
        """JSON for the result file: what someone needs to know to build the same agent. Never a key or a secret."""
        return {}

    def close(self) -> None:
        """Free everything."""
        return None
