"""The client for code that is not asynchronous, such as an environment's step: an event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from turnbench.chatapi.answer import Answer
from turnbench.chatapi.client import ChatClient
from turnbench.chatapi.settings import Limits, Server
from turnbench.chatapi.usage import Meter

URL_ARGUMENT = "the server's URL among the environment's arguments (--arg)"
"""What a user of an environment that asks a server sets its URL with."""


class BlockingChat:
    """Asks one server and waits for the answer; may be used from many threads.

    Args:
        server: whom and how to ask; unless its `url_option` says otherwise, an environment's argument names its URL.
        limits: what may be spent.
    """

    def __init__(self, server: Server, limits: Limits | None = None) -> None:
        if server.url_option == Server.url_option:
            server = replace(server, url_option=URL_ARGUMENT)
        self.client = ChatClient(server, limits)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def ask(self, messages: Sequence[Mapping[str, str]], **fields: Any) -> Answer:
        """The answer to these messages; `fields` are put into the request.

        Raises:
            RequestFailed, RunStopped: as `ChatClient.complete`.
        """
        server = self.client.server
        request = {"model": server.model, **server.sampling, **server.extra, **fields, "messages": list(messages)}
        body = json.dumps(request).encode()
        answer, _, _ = asyncio.run_coroutine_threadsafe(self.client.complete(body), self._running()).result()
        return answer

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=loop.run_forever, name="turnbench-chat", daemon=True)
                self._thread.start()
                asyncio.run_coroutine_threadsafe(self.client.start(), loop).result()
                self._loop = loop
            return self._loop

    def spent(self) -> dict[str, Any]:
        """The meter, as JSON to go on from."""
        return self.client.meter.state()

    def go_on(self, spent: Mapping[str, Any]) -> None:
        """Count on from what `spent` gave; from nothing where it is empty."""
        self.client.meter = Meter.from_state(spent)

    def usage(self) -> dict[str, Any]:
        """Requests, tokens, latencies and cost so far, as a result records them."""
        return self.client.meter.summary(self.client.limits)

    def close(self) -> None:
        """Close the connections and end the thread."""
        with self._lock:
            if self._loop is not None and self._thread is not None:
                asyncio.run_coroutine_threadsafe(self.client.stop(), self._loop).result()
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._thread.join()
                self._loop.close()
                self._loop = self._thread = None
