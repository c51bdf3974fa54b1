"""Which server, which model, how to sample, and what may be spent."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from turnbench.errors import UsageError, did_you_mean

OPENAI_URL = "https://api.openai.com/v1"
SAMPLING = (
    "temperature", "top_p", "top_k", "min_p", "max_tokens", "max_completion_tokens", "frequency_penalty",
    "presence_penalty", "repetition_penalty", "stop", "reasoning_effort", "logit_bias",
)  # fmt: skip
"""Request fields with a name of their own; anything else a server understands goes into `extra`."""


@dataclass(frozen=True)
class Server:
    """Everything that decides what a server is asked; all of it is recorded but the key.

    Args:
        model: the model's name, as the server calls it.
        base_url: up to and including "/v1"; `OPENAI_BASE_URL` or OpenAI's own by default.
        key_variable: environment variable that holds the key; the key itself is never stored.
        system_prompt: replaces the environment's where given.
        sampling: fields of `SAMPLING`, put into every request.
        extra: further JSON fields of every request.
        send_seed: give every request a seed fixed by the run, the episode and the turn.
        request_s: seconds a request may take, its answer included.
        tries: times a request is sent before it counts as failed.
        backoff_s: wait before the second try; doubles from try to try, with jitter, up to 60 s.
        url_option: what the user sets `base_url` with, for the words of errors.

    Raises:
        UsageError: a value that cannot be meant.
    """

    model: str
    base_url: str = ""
    key_variable: str = "OPENAI_API_KEY"
    system_prompt: str | None = None
    sampling: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    send_seed: bool = False
    request_s: float = 120.0
    tries: int = 6
    backoff_s: float = 0.5
    url_option: str = "--base-url"

    def __post_init__(self) -> None:
        if not self.model:
            raise UsageError("A server's model has a name: openai:MODEL.")
        url = self.base_url or os.environ.get("OPENAI_BASE_URL", "") or OPENAI_URL
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"A base URL begins with http:// or https:// and names a host, unlike {url!r}.")
        if parts.username or parts.password:
            raise UsageError(f"A base URL holds no password: put the key into {self.key_variable}.")
        object.__setattr__(self, "base_url", urlunsplit(parts).rstrip("/"))
        for name in self.sampling:
            if name not in SAMPLING:
                raise UsageError(
                    f"There is no sampling setting {name!r}; there is: {', '.join(SAMPLING)}.{did_you_mean(name, SAMPLING)}"
                )
        if not isinstance(self.send_seed, bool):
            raise UsageError(f"send_seed is true or false, not {self.send_seed!r}.")
        if not isinstance(self.extra, Mapping):
            raise UsageError(f'extra is a JSON object, such as {{"top_a": 0.2}}, not {self.extra!r}.')
        for name in ("model", "messages", "stream", "seed", "n"):
            if name in self.extra:
                raise UsageError(f"The request field {name!r} is the harness's own and cannot be set through extra.")
        if not self.request_s > 0 or self.tries < 1 or not self.backoff_s >= 0:
            raise UsageError("request_s is above 0, tries 1 or more, and backoff_s 0 or more.")
        if self.base_url == OPENAI_URL and not self.key:
            raise UsageError(
                f"{self.key_variable} is not set, and no {self.url_option} names another server than OpenAI's own."
            )

    @property
    def url(self) -> str:
        """Where requests go."""
        return f"{self.base_url}/chat/completions"

    @property
    def key(self) -> str:
        """The key, from the environment, or "" where there is none: local servers ask for none."""
        return os.environ.get(self.key_variable, "").strip()

    def describe(self) -> dict[str, Any]:
        """What a result records: whatever changes what is said, and nothing that only changes how long it takes."""
        return {
            "model": self.model,
            "base_url": self.base_url,
            "system_prompt": self.system_prompt,
            "sampling": dict(self.sampling),
            "extra": dict(self.extra),
            "send_seed": self.send_seed,
        }


@dataclass(frozen=True)
class Limits:
    """What a run may use. Not part of what identifies a run, so that a stopped one goes on with more.

    Args:
        max_cost: in the currency of the prices; needs prices.
        max_tokens_total: prompt and completion tokens together, retried requests included.
        price_in: of a million prompt tokens.
        price_out: of a million completion tokens.
        price_cached: of a million prompt tokens that the server had cached; `price_in` if not given.
    """

    max_cost: float | None = None
    max_tokens_total: int | None = None
    price_in: float | None = None
    price_out: float | None = None
    price_cached: float | None = None

    def __post_init__(self) -> None:
        for f in fields(self):
            value = getattr(self, f.name)
            if value is not None and not value >= 0:
                raise UsageError(f"{f.name} is 0 or more, not {value}.")
        if (self.price_in is None) != (self.price_out is None):
            raise UsageError("Prices come in pairs: give price_in and price_out, per million tokens.")
        if self.max_cost is not None and self.price_in is None:
            raise UsageError("A cost limit needs prices: give price_in and price_out, per million tokens.")

    @property
    def prices(self) -> dict[str, float | None]:
        """Per million tokens."""
        return {"in": self.price_in, "out": self.price_out, "cached": self.price_cached}

    def cost(self, prompt: int, cached: int, completion: int) -> float | None:
        """What so many tokens cost, None without prices."""
        if self.price_in is None or self.price_out is None:
            return None
        for_cached = self.price_in if self.price_cached is None else self.price_cached
        return ((prompt - cached) * self.price_in + cached * for_cached + completion * self.price_out) / 1e6


def server_from_options(model: str, options: Mapping[str, Any]) -> Server:
    """A server from flat options, sampling settings among them.

    Raises:
        UsageError: an option nobody knows, or of the wrong type.
    """
    own = {f.name: f for f in fields(Server) if f.name not in ("model", "sampling", "url_option")}
    chosen: dict[str, Any] = {}
    sampling: dict[str, Any] = {}
    for name, value in options.items():
        if name in own:
            chosen[name] = value
        elif name in SAMPLING:
            sampling[name] = value
        else:
            known = [*own, *SAMPLING]
            raise UsageError(
                f"An agent of a server has no option {name!r}; it has: {', '.join(known)}.{did_you_mean(name, known)}"
            )
    try:
        return Server(model=model, sampling=sampling, **chosen)
    except TypeError as error:
        raise UsageError(f"An option of openai:{model} has the wrong type: {error}.") from error
