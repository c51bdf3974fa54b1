"""A private random stream whose every draw is fixed by this file alone.

Library generators may change how they turn raw words into numbers between versions, and a replay must give the
same text next year. So the words come from SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom
number generators", figure 15), which is a page of integer arithmetic, and all derived draws are defined here.
The whole state is one integer: saving and restoring it costs nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import MutableSequence, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


# One encoder for ever: json.dumps would make a new one for these settings at every call.
_as_json = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode


def stable_hash(*parts: Any) -> int:
    """256-bit integer from JSON-able `parts`; the same on every machine and in every process."""
    return int.from_bytes(hashlib.sha256(_as_json(parts).encode()).digest(), "big")


class RandomStream:
    """SplitMix64 with unbiased integers, choices and shuffles. `state` is one integer in [0, 2**64)."""

    __slots__ = ("state",)

    def __init__(self, state: int) -> None:
        self.state = state & _MASK

    @classmethod
    def from_parts(cls, *parts: Any) -> RandomStream:
        """A stream seeded by the hash of JSON-able `parts`, so that nearby seeds share nothing."""
        return cls(stable_hash(*parts))

    def word(self) -> int:
        """Next raw 64-bit word."""
        self.state = z = (self.state + _GOLDEN) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return z ^ (z >> 31)

    def random(self) -> float:
        """Uniform float in [0, 1) with 53 bits."""
        return (self.word() >> 11) * (1.0 / (1 << 53))

    def below(self, n: int) -> int:
        """Uniform integer in [0, n), by rejection. Raises ValueError unless 1 <= n <= 2**64."""
        if not 1 <= n <= 1 << 64:
            raise ValueError(f"below() needs 1 <= n <= 2**64, got {n}")
        limit = (1 << 64) - (1 << 64) % n
        while (w := self.word()) >= limit:
            pass
        return w % n

    def choice(self, items: Sequence[T]) -> T:
        """One item, uniformly. Raises ValueError on an empty sequence."""
        return items[self.below(len(items))]

    def shuffle(self, items: MutableSequence[T]) -> None:
        """Fisher-Yates, in place."""
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]

    def sample(self, items: Sequence[T], k: int) -> list[T]:
        """`k` distinct positions' items in random order. Raises ValueError if k > len(items)."""
        if k > len(items):
            raise ValueError(f"cannot draw {k} of {len(items)} items")
        pool = list(items)
        self.shuffle(pool)
        return pool[:k]
