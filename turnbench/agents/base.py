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
    options: Mapping[str, Any] = field(default_factory=dict)
    """What the user set for the agent (`--agent-arg NAME=VALUE`)."""
    limits: Mapping[str, Any] = field(default_factory=dict)
    """What the run may use, such as `max_cost`; no part of what the agent is."""


class _AnyAgent:
    """What both kinds of agent share."""

    def forget(self, episode: str) -> None:
        """The episode is over: free what is kept for it."""
        return None

    def describe(self) -> dict[str, Any]:
        """JSON for the result file: what someone needs to know to build the same agent. Never a key or a secret."""
        return {}

    def spent(self) -> dict[str, Any]:
        """JSON to go on counting from in another session of the same run; see `go_on`."""
        return {}

    def go_on(self, spent: Mapping[str, Any]) -> None:
        """Take up what earlier sessions of this run spent. Called once, before the first reply."""
        return None

    def usage(self) -> dict[str, Any] | None:
        """What the run used (requests, tokens, latencies, cost), for the result; None where there is nothing to say."""
        return None

    def close(self) -> None:
        """Free everything."""
        return None


class Agent(_AnyAgent, ABC):
    """Replies to many episodes at once.

    `act` gets the histories that wait for a reply and returns one reply each, in the same order. It must not depend
    on which histories come together. Whatever it keeps per episode is keyed by `History.episode` and dropped in
    `forget`. Randomness comes from `History.agent_seed`, so that a run is the same at any batch size.
    """

    @abstractmethod
    def act(self, histories: Sequence[History]) -> list[Reply]:
        """One reply per history, in order."""


class AsyncAgent(_AnyAgent, ABC):
    """Replies to one history at a time, many times at once: for agents that wait, such as those that ask a server.

    All calls come from one event loop. A reply may not depend on what else is under way. `RunStopped` from `reply` ends
    the run; any other exception ends that episode.
    """

    @abstractmethod
    async def reply(self, history: History) -> Reply:
        """The next reply."""

    async def start(self) -> None:
        """Called in the loop, before the first reply."""
        return None

    async def stop(self) -> None:
        """Called in the loop, after the last."""
        return None


AnyAgent = Agent | AsyncAgent
