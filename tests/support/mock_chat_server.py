"""A chat server on loopback that answers by rule, and, if asked to, in every wrong way a real one has been seen to.

What it says depends on the conversation alone, so a run through faults, kills and resumptions must end as one without.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

Body = dict[str, Any]
FAULTS = (
    "429", "500", "503", "408", "truncated JSON", "truncated body", "half-closed", "reset", "hang", "wrong type", "slow drip",
    "not a completion",
)  # fmt: skip
QUESTIONS = ("Is it alive?", "Is it bigger than a car?", "Is it made of metal?", "Is it a dog?", "Can you eat it?")


def by_rule(body: Body) -> dict[str, Any]:
    """A question fixed by the conversation."""
    digest = hashlib.sha256(json.dumps(body["messages"]).encode()).digest()
    return completion(QUESTIONS[digest[0] % len(QUESTIONS)], body)


def completion(text: str, body: Body, finish: str = "stop", **message: Any) -> dict[str, Any]:
    """A chat completion of this text."""
    read = sum(len(m["content"]) for m in body["messages"]) // 4
    return {
        "id": "x",
        "object": "chat.completion",
        "model": body["model"],
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": text, **message}, "finish_reason": finish}
        ],
        "usage": {"prompt_tokens": read, "completion_tokens": max(1, len(text) // 4)},
    }


class MockChatServer:
    """Listens on a free port of loopback once `running` has entered it.

    Args:
        answer: from a request's JSON to a response's; a dict with "status" is sent as that error.
        faults: probability of each fault, by name.
        latency_s: before every answer.
        seed: of the faults.
    """

    def __init__(
        self,
        answer: Callable[[Body], dict[str, Any]] = by_rule,
        faults: Mapping[str, float] | None = None,
        latency_s: float = 0.0,
        seed: int = 0,
    ) -> None:
        assert set(faults or {}) <= set(FAULTS)
        self.answer, self.faults, self.latency_s = answer, dict(faults or {}), latency_s
        self.requests: list[Body] = []
        self.headers: list[dict[str, str]] = []
        self.seen: Counter[str] = Counter()
        """How often each fault was dealt, and "answered"."""
        self.at_once = 0
        self.most_at_once = 0
        self._rng = random.Random(seed)
        self.url = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, kept open from request to request."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                lines = head.decode("latin-1").split("\r\n")
                headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:]) if k}
                body = json.loads(await reader.readexactly(int(headers.get("content-length", 0))))
                self.requests.append(body)
                self.headers.append(headers)
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                try:
                    if not await self.respond(body, writer):
                        return
                finally:
                    self.at_once -= 1
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def respond(self, body: Body, writer: asyncio.StreamWriter) -> bool:
        """Answer, or fail; False where the connection is over."""
        fault = self._draw()
        self.seen[fault or "answered"] += 1
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        good = json.dumps(self.answer(body)).encode()
        if fault in ("429", "500", "503", "408"):
            extra = "Retry-After: 0.02\r\n" if fault == "429" else ""
            send(writer, int(fault), b'{"error": {"message": "come back later"}}', extra)
        elif fault == "truncated JSON":
            send(writer, 200, good[: len(good) // 2])
        elif fault == "truncated body":
            writer.write(head_of(200, len(good)) + good[: len(good) // 2])
            return False
        elif fault == "half-closed":
            writer.write_eof()
            return False
        elif fault == "reset":
            writer.transport.abort()
            return False
        elif fault == "hang":
            await asyncio.sleep(30)
            return False
        elif fault == "wrong type":
            send(writer, 200, b"<html>a captive portal</html>", kind="text/html")
        elif fault == "slow drip":
            writer.write(head_of(200, len(good)))
            for i in range(len(good)):
                writer.write(good[i : i + 1])
                await writer.drain()
                await asyncio.sleep(0.2)
        elif fault == "not a completion":
            send(writer, 200, b'{"choices": []}')
        else:
            made = json.loads(good)
            status = int(made.pop("status", 200))
            extra = "".join(f"{k}: {v}\r\n" for k, v in made.pop("headers", {}).items())
            send(writer, status, json.dumps(made).encode(), extra)
        await writer.drain()
        return True

    def _draw(self) -> str:
        at = self._rng.random()
        for name, share in self.faults.items():
            at -= share
            if at < 0:
                return name
        return ""


def head_of(status: int, length: int, extra: str = "", kind: str = "application/json") -> bytes:
    """An HTTP response's head."""
    return f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{extra}Content-Length: {length}\r\n\r\n".encode()


def send(
    writer: asyncio.StreamWriter, status: int, payload: bytes, extra: str = "", kind: str = "application/json"
) -> None:
    """A whole response."""
    writer.write(head_of(status, len(payload), extra, kind) + payload)


@contextmanager
def running(server: MockChatServer) -> Iterator[MockChatServer]:
    """The server, listening in a thread of its own; `url` is its base URL."""
    loop = asyncio.new_event_loop()
    listening = threading.Event()
    made: list[asyncio.Server] = []

    async def begin() -> None:
        made.append(await asyncio.start_server(server.handle, "127.0.0.1", 0, backlog=1024))
        server.url = f"http://127.0.0.1:{made[0].sockets[0].getsockname()[1]}/v1"
        listening.set()

    async def end() -> None:
        made[0].close()
        tasks = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    assert listening.is_set()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def main(arguments: Sequence[str]) -> None:
    """`python mock_chat_server.py FAULT_RATE`: print the base URL and serve until standard input closes."""
    import sys

    rate = float(arguments[0]) if arguments else 0.0
    with running(MockChatServer(faults=dict.fromkeys(FAULTS, rate))) as server:
        print(server.url, flush=True)
        sys.stdin.read()
        print(json.dumps(server.seen), flush=True)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
