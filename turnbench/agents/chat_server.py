"""`openai:MODEL`: a model behind a chat server as an agent.

The conversation is sent as messages: the system prompt, the first message, then reply and observation in turn. A reply
goes back as it was said, its reasoning left out, as reasoning models expect. What was sent before is kept encoded, so a
turn costs what is new in it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from json.encoder import encode_basestring_ascii  # json.dumps of a string, without its detours
from typing import Any

from turnbench.agents.base import AgentContext, AsyncAgent
from turnbench.chatapi.client import ChatClient
from turnbench.chatapi.settings import Limits, Server, server_from_options
from turnbench.chatapi.usage import Meter
from turnbench.env import clean_action
from turnbench.episode import History, Reply
from turnbench.randomness import stable_hash

FIRST_UNDER_LIMIT = 4
"""Episodes that begin before one is finished, where cost or tokens are limited."""


@dataclass(slots=True)
class _Sent:
    """The messages of an episode so far, encoded."""

    messages: bytes
    turns: int


class ChatServerAgent(AsyncAgent):
    """Asks a chat server for every reply.

    `meta` of a reply holds `prompt_tokens`, `completion_tokens`, `latency_s`; where they apply also `reasoning` (text),
    `reasoning_tokens`, `cut` (the length limit ended it), `refused`, and `tries`.

    Args:
        server: whom and how to ask.
        limits: what the run may use.
    """

    def __init__(self, server: Server, limits: Limits | None = None) -> None:
        self.server = server
        self.client = ChatClient(server, limits)
        head = {"model": server.model, **server.sampling, **server.extra}
        self._head = json.dumps(head)[:-1].encode() + b', "messages": ['
        self._sent: dict[str, _Sent] = {}
        self._done = 0

    async def start(self) -> None:
        """Open the connections."""
        await self.client.start()

    async def stop(self) -> None:
        """Close them."""
        await self.client.stop()

    async def reply(self, history: History) -> Reply:
        """Ask.

        Raises:
            RequestFailed: this request brought no answer.
            RunStopped: none will; or a limit is near, and this would begin another episode.
        """
        if self.client.limited and not history.turns:
            await self._admit()
        answer, seconds, tries = await self.client.complete(self._body(history))
        meta: dict[str, Any] = {
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.completion_tokens,
            "latency_s": round(seconds, 4),
        }
        if answer.reasoning:
            meta["reasoning"] = clean_action(answer.reasoning)
        if answer.reasoning_tokens:
            meta["reasoning_tokens"] = answer.reasoning_tokens
        if answer.finish == "length":
            meta["cut"] = True
        if answer.refused:
            meta["refused"] = True
        if tries > 1:
            meta["tries"] = tries
        return Reply(clean_action(answer.text), meta)

    async def _admit(self) -> None:
        """Let another episode begin if what is left is likely to be enough to finish it and all that are under way.

        Until one is finished nobody knows what an episode takes, so only a few begin.
        """
        while self._done == 0 and len(self._sent) >= FIRST_UNDER_LIMIT:
            await asyncio.sleep(0.01)
        # What the unfinished ones have used already is counted twice: rather stop an episode early than pass the limit.
        self.client.check_budget(1 + (len(self._sent) + 1) / self._done if self._done else 1.0)

    def _body(self, history: History) -> bytes:
        sent = self._sent.get(history.episode)
        turns = len(history.turns)
        if sent is None or turns != sent.turns + 1:
            sent = self._sent[history.episode] = _Sent(self._opening(history), 0)
            new = history.turns
        else:
            new = history.turns[-1:]
        for said, heard in new:
            sent.messages += f", {_message('assistant', said.text)}, {_message('user', heard)}".encode()
        sent.turns = turns
        seed = b""
        if self.server.send_seed:
            seed = b', "seed": %d' % (stable_hash("request", history.agent_seed, turns) >> 226)
        return self._head + sent.messages + b"]" + seed + b"}"

    def _opening(self, history: History) -> bytes:
        said = history.opening.system_prompt if self.server.system_prompt is None else self.server.system_prompt
        first = _message("user", history.opening.user_message)
        return (f"{_message('system', said)}, {first}" if said else first).encode()

    def forget(self, episode: str) -> None:
        """Drop the messages of a finished episode."""
        if self._sent.pop(episode, None) is not None:
            self._done += 1

    def describe(self) -> dict[str, Any]:
        """The server without the key."""
        return self.server.describe()

    def spent(self) -> dict[str, Any]:
        """The meter."""
        return {"meter": self.client.meter.state(), "episodes": self._done}

    def go_on(self, spent: Mapping[str, Any]) -> None:
        """Count on."""
        self.client.meter = Meter.from_state(spent.get("meter", {}))
        self._done = int(spent.get("episodes", 0))

    def usage(self) -> dict[str, Any]:
        """Requests, tokens, latencies and cost."""
        return self.client.meter.summary(self.client.limits)


def _message(role: str, text: str) -> str:
    return f'{{"role": "{role}", "content": {encode_basestring_ascii(text)}}}'


def chat_server_agent(model: str, context: AgentContext) -> ChatServerAgent:
    """`openai:MODEL` with the options and limits of a run.

    Raises:
        UsageError: an option that does not exist or cannot be meant.
    """
    known = {f.name for f in fields(Limits)}
    limits = Limits(**{k: v for k, v in context.limits.items() if k in known and v is not None})
    return ChatServerAgent(server_from_options(model, context.options), limits)
