"""Agents without a model: scripted players, fixed replies, plain functions, and a person at the terminal."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from turnbench.agents.base import Agent, AnyAgent, AsyncAgent
from turnbench.episode import History, Reply
from turnbench.errors import UsageError


class Player(Protocol):
    """What an environment ships: replies to one history, from observations alone."""

    def reply(self, history: History) -> str:
        """The next action."""
        ...

    def forget(self, episode: str) -> None:
        """Drop what is kept for a finished episode."""
        ...


class PlayerAgent(Agent):
    """An environment's scripted player as an agent."""

    def __init__(self, player: Player, name: str) -> None:
        self._player = player
        self._name = name

    def act(self, histories: Sequence[History]) -> list[Reply]:
        """Ask the player about each history in turn."""
        return [Reply(self._player.reply(h)) for h in histories]

    def forget(self, episode: str) -> None:
        """Pass it on."""
        self._player.forget(episode)

    def describe(self) -> dict[str, Any]:
        """The player's class."""
        return {"player": f"{type(self._player).__module__}:{type(self._player).__qualname__}"}


class ScriptedAgent(Agent):
    """Says fixed lines in order, the last one for ever; for tests, demonstrations and replays.

    Args:
        lines: the replies of every episode; at least one.

    Raises:
        UsageError: no lines.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        if not lines:
            raise UsageError("A scripted agent needs at least one line.")
        self._lines = list(lines)

    def act(self, histories: Sequence[History]) -> list[Reply]:
        """The line whose number is the number of turns gone."""
        last = len(self._lines) - 1
        return [Reply(self._lines[min(len(h.turns), last)]) for h in histories]

    def describe(self) -> dict[str, Any]:
        """The lines."""
        return {"lines": self._lines}


class FunctionAgent(Agent):
    """Any Python function from a history to a string (or `Reply`) as an agent."""

    def __init__(self, function: Callable[[History], str | Reply]) -> None:
        if not callable(function):
            raise UsageError(f"A function agent needs a function of one History, not {type(function).__name__}.")
        self._function = function

    def act(self, histories: Sequence[History]) -> list[Reply]:
        """Call the function once per history."""
        replies = (self._function(h) for h in histories)
        return [r if isinstance(r, Reply) else Reply(r) for r in replies]

    def describe(self) -> dict[str, Any]:
        """Where the function is defined."""
        return {"function": _where(self._function)}


class AsyncFunctionAgent(AsyncAgent):
    """Any asynchronous Python function from a history to a string (or `Reply`) as an agent."""

    def __init__(self, function: Callable[[History], Awaitable[str | Reply]]) -> None:
        self._function = function

    async def reply(self, history: History) -> Reply:
        """Await the function."""
        said = await self._function(history)
        return said if isinstance(said, Reply) else Reply(said)

    def describe(self) -> dict[str, Any]:
        """Where the function is defined."""
        return {"function": _where(self._function)}


def _where(function: Any) -> str:
    return f"{getattr(function, '__module__', '?')}:{getattr(function, '__qualname__', type(function).__qualname__)}"


def as_agent(thing: Any) -> AnyAgent:
    """An agent from an agent, an agent class, a player or a function of one history, asynchronous or not.

    Raises:
        UsageError: none of these.
    """
    if isinstance(thing, (Agent, AsyncAgent)):
        return thing
    if inspect.isclass(thing):
        return as_agent(thing())
    replies = getattr(thing, "reply", None)
    if inspect.iscoroutinefunction(replies):
        return AsyncFunctionAgent(replies)
    if inspect.iscoroutinefunction(thing) or inspect.iscoroutinefunction(vars(type(thing)).get("__call__")):
        return AsyncFunctionAgent(thing)
    if hasattr(thing, "reply"):
        return PlayerAgent(thing, type(thing).__name__)
    if callable(thing):
        return FunctionAgent(thing)
    raise UsageError(
        f"{thing!r} is not an agent: give an Agent or AsyncAgent, or a function that takes a History and returns text."
    )
