"""The client: one request, sent until it is answered, within its limits.

Sent again, with exponential backoff and jitter: 408, 409, 429 and 5xx (`Retry-After` is honoured, by every request of
this client, because it speaks of the server and not of one request), dropped and refused connections, answers that take
too long, and answers that are not a chat completion. Anything else the server says no to fails at once.

aiohttp, because on the way to a server nothing in Python costs less time per request by a factor of ten.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import deque
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from turnbench.chatapi.answer import Answer, BadAnswer, parse_answer
from turnbench.chatapi.deadlines import Deadlines
from turnbench.chatapi.settings import Limits, Server
from turnbench.chatapi.usage import Meter
from turnbench.errors import EpisodePostponed, RunStopped, TurnBenchError
from turnbench.version import __version__

if TYPE_CHECKING:
    import aiohttp

RETRIED = frozenset({408, 409, 425, 429})
LONGEST_WAIT_S = 60.0
"""Between two tries, unless the server asks for more."""
LONGEST_ASKED_S = 600.0
"""A server that asks for a longer pause than this is taken at its word by stopping."""


FEW_LOST, SILENCE_S = 3, 90.0
"""So many requests given up in a row, and no answer at all for so long, mean that the server is gone."""


class RequestFailed(TurnBenchError, RuntimeError):
    """The server refused one request, as it would refuse it again: the conversation is too long, for instance."""


class ChatClient:
    """Sends requests to one server; used within one event loop, between `start` and `stop`.

    Args:
        server: whom and how to ask.
        limits: what may be spent; checked before every request.
        meter: what was spent already, by earlier sessions of a run.
        jitter: source of the waits' randomness.
        give_up_after: requests given up in a row, by all episodes together, after which the run stops: a server that is
            gone would otherwise fail every episode that is left.
    """

    def __init__(
        self,
        server: Server,
        limits: Limits | None = None,
        meter: Meter | None = None,
        jitter: random.Random | None = None,
        give_up_after: int = 64,
    ) -> None:
        self.server, self.limits, self.meter = server, limits or Limits(), meter or Meter()
        self._key = server.key
        self._jitter = jitter or random.Random()  # a stream of its own: the process-wide one is not touched
        self._session: aiohttp.ClientSession | None = None
        self._deadlines = Deadlines(server.request_s)
        self._quiet_until = 0.0
        self._lost: deque[str] = deque(maxlen=give_up_after)
        self._answered = time.perf_counter()
        self._give_up_after = give_up_after
        self.limited = self.limits.max_cost is not None or self.limits.max_tokens_total is not None
        """True where something is limited."""

    async def start(self) -> None:
        """Open the connection pool."""
        import aiohttp
        from yarl import URL

        headers = {"Content-Type": "application/json", "User-Agent": f"turnbench/{__version__}"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        proxies = any(name.lower() in ("http_proxy", "https_proxy", "all_proxy") for name in os.environ)
        self._url = URL(self.server.url)
        self._errors = (aiohttp.ClientError, OSError)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # one timer per request is ours
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=headers,
            trust_env=proxies,
        )

    async def stop(self) -> None:
        """Close the connections."""
        self._deadlines.close()
        if self._session is not None:
            await self._session.close()
            self._session = None

    def check_budget(self, expected: float = 1.0) -> None:
        """Refuse to go on where a limit is reached.

        Args:
            expected: what will have been used when everything begun is finished, as a multiple of what is used now.

        Raises:
            RunStopped: says which limit.
        """
        limits, meter = self.limits, self.meter
        if limits.max_tokens_total is not None and meter.tokens * expected >= limits.max_tokens_total:
            self._stop_at_limit(
                f"{limits.max_tokens_total:,} tokens", f"{meter.tokens:,} used",
                meter.tokens >= limits.max_tokens_total, "--max-tokens-total",
            )  # fmt: skip
        cost = meter.cost(limits)
        if limits.max_cost is not None and cost is not None and cost * expected >= limits.max_cost:
            self._stop_at_limit(
                f"{limits.max_cost:g} on cost", f"{cost:.4g} spent", cost >= limits.max_cost, "--max-cost"
            )

    @staticmethod
    def _stop_at_limit(limit: str, used: str, reached: bool, option: str) -> None:
        how = f"is reached ({used})" if reached else f"would be passed by another episode ({used})"
        raise RunStopped(f"The limit of {limit} {how}: repeat the command with a higher {option} to go on.")

    async def complete(self, body: bytes) -> tuple[Answer, float, int]:
        """The answer to one request (JSON), the seconds its last try took, and the number of tries.

        Raises:
            RequestFailed: a refusal that another try would not change, where earlier requests were answered.
            EpisodePostponed: no answer after all tries, where earlier requests were answered.
            RunStopped: nobody will get an answer: a wrong key, no credit, no such model, a server that is gone, or a
                limit that is reached.
        """
        server, why = self.server, ""
        for attempt in range(1, server.tries + 1):
            if self.limited:
                self.check_budget()
            while (began := time.perf_counter()) < self._quiet_until:
                await asyncio.sleep(self._quiet_until - began)
            asked_s: float | None = None
            try:
                status, retry_after, payload = await self._deadlines.within(self._send(body))
                if status == 200:
                    answer = parse_answer(payload)
                    if self.limited and not answer.prompt_tokens + answer.completion_tokens:
                        raise RunStopped(
                            f"{server.url} does not say how many tokens it used, so no limit on tokens or cost can be held: "
                            "leave the limit out, and set --agent-arg max_tokens and --episodes instead."
                        )
                    seconds = time.perf_counter() - began
                    self.meter.answered(answer, seconds)
                    if self._lost:
                        self._lost.clear()
                    self._answered = began + seconds
                    return answer, seconds, attempt
                why = f"HTTP {status}: {self._said(payload)}"
                if status not in RETRIED and status < 500:
                    self._refuse(status, why)
                self._stop_without_credit(status, payload, why)
                asked_s = _seconds(retry_after)
            except TimeoutError:
                why = f"no answer within {server.request_s:g} s"
            except BadAnswer as error:
                why = str(error)
            except self._errors as error:
                why = f"{type(error).__name__}: {self._scrubbed(str(error)) or 'the connection broke'}"
            if attempt < server.tries:
                self.meter.retries += 1
                await self._pause(attempt, asked_s, why)
        raise self._given_up(f"{server.url} did not answer in {server.tries} tries; the last: {why}", EpisodePostponed)

    async def _send(self, body: bytes) -> tuple[int, str | None, bytes]:
        assert self._session is not None, "start() comes first"
        response = await self._session.post(self._url, data=body, allow_redirects=False)
        payload = await response.read()  # gives the connection back, or closes it where reading fails
        return response.status, response.headers.get("Retry-After"), payload

    async def _pause(self, attempt: int, asked_s: float | None, why: str) -> None:
        """Wait before the next try; a pause the server asks for holds for all requests."""
        own = min(LONGEST_WAIT_S, self.server.backoff_s * 2 ** (attempt - 1)) * self._jitter.uniform(0.5, 1.0)
        if asked_s is not None:
            if asked_s > LONGEST_ASKED_S:
                raise RunStopped(
                    f"{self.server.url} asks for a pause of {asked_s:,.0f} s ({why}): repeat the command later to go on."
                )
            self._quiet_until = max(self._quiet_until, time.perf_counter() + asked_s)
            own *= 0.1 if asked_s else 1.0  # the pause itself is waited before sending; this spreads the rush after it
        await asyncio.sleep(own)

    def _refuse(self, status: int, why: str) -> None:
        if status in (401, 402, 404) or (status in (301, 302, 307, 308, 403) and not self.meter.requests):
            option = self.server.url_option
            hint = {
                401: f"put a valid key into {self.server.key_variable}",
                402: "the account has no credit",
                404: f"check {option} (it usually ends in /v1) and the model's name",
                403: f"check the key in {self.server.key_variable} and what it may use",
            }.get(status, f"give the URL it points to as {option}")
            raise RunStopped(f"{self.server.url} refuses every request, {why}; {hint}.")
        raise self._given_up(f"{self.server.url} refused a request, {why}", RequestFailed)

    def _stop_without_credit(self, status: int, payload: bytes, why: str) -> None:
        if status == 429 and b"insufficient_quota" in payload:
            raise RunStopped(f"{self.server.url} says the account has no credit, {why}.")

    def _given_up(self, message: str, kind: type[TurnBenchError]) -> TurnBenchError:
        if not self.meter.requests:  # nothing was ever answered: what is wrong is wrong with all of them
            return RunStopped(
                f"{message}. No request was answered before: check the server, {self.server.url_option} and the settings."
            )
        self.meter.failures += 1
        self._lost.append(message)
        silent = time.perf_counter() - self._answered
        if len(self._lost) == self._give_up_after or (len(self._lost) >= FEW_LOST and silent > SILENCE_S):
            return RunStopped(
                f"{len(self._lost)} requests in a row brought no answer in {silent:,.0f} s, so the run stops; the last: {message}. "
                "Repeat the command to go on once the server is back."
            )
        return kind(message)

    def _said(self, payload: bytes) -> str:
        """The server's own words, the key taken out should it repeat it."""
        import json

        text: Any = payload.decode("utf-8", "replace")
        try:
            error = json.loads(payload)["error"]
            text = error["message"] if isinstance(error, dict) else error
        except (KeyError, TypeError, ValueError):
            pass
        return self._scrubbed(" ".join(str(text).split())[:300]) or "no reason given"

    def _scrubbed(self, text: str) -> str:
        return text.replace(self._key, "[key]") if self._key else text


def _seconds(retry_after: str | None) -> float | None:
    """Seconds a Retry-After header asks for: a number, or a date (RFC 9110, section 10.2.3)."""
    if not retry_after:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None
