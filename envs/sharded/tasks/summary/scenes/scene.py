"""What a pile of documents is about: findings of several kinds, each with several ways to say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from turnbench.randomness import RandomStream

Pool = tuple[str, ...]
Range = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of finding: whom or what it is about, and a number.

    The gaps of `ways` (see `turnbench.envs.sharded.wording`) are `who` and `number`; both are its key facts.
    """

    who: Pool
    number: Range
    ways: tuple[str, ...]

    def draw(self, rng: RandomStream, limit: int = 0) -> dict[str, str | int]:
        """What goes into the gaps; only the first `limit` of `who` where that is not 0."""
        low, high = self.number
        return {"who": rng.choice(self.who[:limit] if limit else self.who), "number": low + rng.below(high - low + 1)}


@dataclass(frozen=True, eq=False)
class Subject:
    """What a query can be about."""

    queries: tuple[str, ...]
    kinds: Mapping[str, Kind]


@dataclass(frozen=True, eq=False)
class Scene:
    """See the module."""

    name: str
    topic: str
    """With the gap {place}."""
    places: Pool
    openers: tuple[str, ...]
    """First sentences of documents: what kind of text they are."""
    fillers: tuple[str, ...]
    """Sentences that say nothing of use, without numbers."""
    subjects: Mapping[str, Subject]
