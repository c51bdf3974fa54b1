"""Tokens, latencies and costs of a run: constant memory, added up over the sessions of a run that was stopped."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from turnbench.chatapi.answer import Answer
from turnbench.chatapi.settings import Limits

_STEP = math.log(1.01)
"""Latencies are counted in bins of one percent, so that percentiles cost no memory per request."""


@dataclass
class Meter:
    """What was used."""

    requests: int = 0
    """Requests that brought an answer."""
    retries: int = 0
    """Tries that did not, and were followed by another."""
    failures: int = 0
    """Requests that were given up."""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    reasoned: int = 0
    """Answers that came with reasoning."""
    reasoning_characters: int = 0
    """Of all reasoning that was sent: many servers do not count its tokens apart."""
    latencies: dict[int, int] = field(default_factory=dict)
    """Bin number to count; see `percentile`."""

    def answered(self, answer: Answer, seconds: float) -> None:
        """Count one answer."""
        self.requests += 1
        self.prompt_tokens += answer.prompt_tokens
        self.cached_tokens += answer.cached_tokens
        self.completion_tokens += answer.completion_tokens
        self.reasoning_tokens += answer.reasoning_tokens
        if answer.reasoning:
            self.reasoned += 1
            self.reasoning_characters += len(answer.reasoning)
        bin_ = round(math.log(max(seconds, 1e-6)) / _STEP)
        self.latencies[bin_] = self.latencies.get(bin_, 0) + 1

    @property
    def tokens(self) -> int:
        """Prompt and completion tokens."""
        return self.prompt_tokens + self.completion_tokens

    def cost(self, limits: Limits) -> float | None:
        """In the currency of the prices, None without prices."""
        return limits.cost(self.prompt_tokens, self.cached_tokens, self.completion_tokens)

    def percentile(self, share: float) -> float | None:
        """Seconds within which this share (0 to 1) of the answers came, to one percent; None without answers."""
        total = sum(self.latencies.values())
        seen = 0
        for bin_ in sorted(self.latencies):
            seen += self.latencies[bin_]
            if seen >= share * total:
                return float(f"{math.exp(bin_ * _STEP):.4g}")
        return None

    def summary(self, limits: Limits) -> dict[str, Any]:
        """What a result records."""
        cost = self.cost(limits)
        return {
            "requests": self.requests,
            "retries": self.retries,
            "failures": self.failures,
            "prompt_tokens": self.prompt_tokens,
            "cached_tokens": self.cached_tokens,
            "completion_tokens": self.completion_tokens,
            "reasoning_tokens": self.reasoning_tokens,
            "reasoned": self.reasoned,
            "reasoning_characters": self.reasoning_characters,
            "latency_s": {n: self.percentile(p) for n, p in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0))},
            "cost": None if cost is None else round(cost, 6),
            "prices": None if cost is None else limits.prices,
        }

    def state(self) -> dict[str, Any]:
        """JSON to go on from."""
        return {**self.__dict__, "latencies": {str(k): v for k, v in self.latencies.items()}}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Meter:
        """Back from `state`; an empty one begins anew."""
        latencies = {int(k): int(v) for k, v in dict(state.get("latencies", {})).items()}
        return cls(**{**state, "latencies": latencies})
