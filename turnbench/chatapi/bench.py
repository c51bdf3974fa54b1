"""What the harness costs beside its transport: `python -m turnbench.chatapi.bench`.

A server on loopback, in a process and on a core of its own, answers every request after a fixed time. Episodes of five
turns are played through `run("openai:...")`, journal, time limits and retries included, and in the same run by a bare
aiohttp loop that sends requests of the same size and throws the answers away: the floor. Ideal is concurrency / latency.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from turnbench.runner import run

TURNS = 5
ENV = "TurnBench/TwentyQ-v0"
SAYS = "Is it alive?"


class _Answering(asyncio.Protocol):
    """HTTP/1.1, as little of it as a client on loopback needs: requests with a Content-Length, one after the other."""

    def __init__(self, latency_s: float) -> None:
        self._latency_s = latency_s
        self._buffer = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            at = head.find(b"content-length:")
            length = (
                int(head[at + 15 : head.find(b"\r\n", at) if head.find(b"\r\n", at) > 0 else None]) if at >= 0 else 0
            )
            if len(self._buffer) < end + 4 + length:
                return
            self._buffer = self._buffer[end + 4 + length :]
            asyncio.get_running_loop().call_later(self._latency_s, self._answer)

    def _answer(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(_RESPONSE)


_BODY = json.dumps(
    {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": SAYS}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 200, "completion_tokens": 5},
    }
).encode()
_RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)


def serve(latency_s: float, core: int | None, told: Any) -> None:
    """Serve until the process is ended; the port goes into `told`."""
    _pin(core)

    async def work() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Answering(latency_s), "127.0.0.1", 0, backlog=4096)
        told.put(server.sockets[0].getsockname()[1])
        await asyncio.Event().wait()

    asyncio.run(work())


def _pin(core: int | None) -> None:
    if core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})


def floor(url: str, concurrency: int, episodes: int, body: bytes) -> None:
    """The bare loop: `episodes` times five requests, `concurrency` at once."""
    import aiohttp

    async def work() -> None:
        left = iter(range(episodes))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def worker() -> None:
                for _ in left:
                    for _ in range(TURNS):
                        async with session.post(url, data=body) as response:
                            await response.read()

            await asyncio.gather(*(worker() for _ in range(concurrency)))

    asyncio.run(work())


def ours(base_url: str, concurrency: int, episodes: int, folder: Path) -> None:
    """The same through the harness."""
    run(
        "openai:bench", ENV, episodes=episodes, batch_size=concurrency, arguments={"budget": TURNS}, out=folder,
        agent_options={"base_url": base_url},
    )  # fmt: skip


def _measured(work: Any) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def _resident_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(
    concurrency: Annotated[list[int] | None, typer.Option(help="Episodes at once; may be repeated.")] = None,
    latency: Annotated[float, typer.Option(help="Seconds the server takes.")] = 0.05,
    seconds: Annotated[float, typer.Option(help="About how long each side is measured.")] = 6.0,
    rounds: Annotated[int, typer.Option(help="Times each side is measured, in turn; the best counts.")] = 3,
    grow: Annotated[int, typer.Option(help="Episodes of a long run whose memory is watched; 0 for none.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write the figures there as JSON.")] = None,
) -> None:
    """Print turns a second, share of the ideal and CPU per turn, beside the floor's."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    apart = len(cores) > 1
    told: Any = multiprocessing.get_context("spawn").Queue()
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(latency, cores[1] if apart else None, told), daemon=True
    )
    server.start()
    port = told.get(timeout=60)
    _pin(cores[0] if apart else None)
    base_url = f"http://127.0.0.1:{port}/v1"
    # The floor sends what our third turn sends, the middle of an episode.
    message = {"role": "user", "content": "x" * 180}
    body = json.dumps(
        {"model": "bench", "messages": [{"role": "system", "content": "x" * 600}, *[message] * 5]}
    ).encode()
    report: dict[str, Any] = {"latency_s": latency, "turns_per_episode": TURNS, "server_on_its_own_core": apart}
    try:
        for width in concurrency or [64, 256]:
            ideal = width / latency
            episodes = max(width, int(seconds * ideal * 0.8 / TURNS))
            best: dict[str, dict[str, float]] = {}
            for number in range(rounds):
                with tempfile.TemporaryDirectory() as folder:
                    url = f"{base_url}/chat/completions"
                    sides: dict[str, Callable[[], None]] = {
                        "floor": partial(floor, url, width, episodes, body),
                        "ours": partial(ours, base_url, width, episodes, Path(folder)),
                    }
                    for name, work in sides.items():
                        if number == 0 and name == "ours":
                            with tempfile.TemporaryDirectory() as warm:
                                ours(base_url, width, width, Path(warm))
                        wall, cpu = _measured(work)
                        turns = episodes * TURNS
                        row = {
                            "turns/s": turns / wall, "share of ideal": turns / wall / ideal, "CPU ms per turn": cpu / turns * 1e3,
                        }  # fmt: skip
                        if name not in best or row["turns/s"] > best[name]["turns/s"]:
                            best[name] = row
            report[f"concurrency {width}"] = best
            for name, row in best.items():
                print(
                    f"concurrency {width:4d}  {name:6s} {row['turns/s']:8,.0f} turns/s  {row['share of ideal']:6.1%} of the ideal"
                    f"  {row['CPU ms per turn']:.3f} ms of CPU per turn"
                )
        if grow:
            report["memory"] = watched = _memory(base_url, grow)
            print(
                f"memory: {watched['before_mib']:.0f} MiB before, {watched['after_mib']:.0f} MiB at most in {grow:,} episodes"
            )
    finally:
        server.kill()
    if out:
        out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _memory(base_url: str, episodes: int) -> dict[str, float]:
    """Peak resident memory after a tenth of a long run and at its end, the result's own assembly left out."""
    from turnbench.runner import run as play

    seen: list[float] = []

    def watch(done: Any) -> None:
        if done.done in (episodes // 10, episodes):
            seen.append(_resident_mib())

    with tempfile.TemporaryDirectory() as folder:
        play(
            "openai:bench", ENV, episodes=episodes, batch_size=256, arguments={"budget": TURNS}, out=folder, progress=watch,
            agent_options={"base_url": base_url},
        )  # fmt: skip
    return {"episodes": episodes, "before_mib": seen[0], "after_mib": seen[-1], "with_result_mib": _resident_mib()}


if __name__ == "__main__":
    typer.run(main)
