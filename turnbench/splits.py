"""Which split an instance belongs to, decided by what it is and never by the seed that drew it."""

from __future__ import annotations

from functools import lru_cache

from turnbench.randomness import stable_hash

SPLITS = ("train", "validation", "test")
_SHARES = (60, 20, 20)  # per cent


@lru_cache(maxsize=100_000)  # a world asks about all its things whenever it is made
def split_of(content: str) -> str:
    """Split of an instance with this canonical content: 60 % train, 20 % validation, 20 % test, by hash.

    Canonical means that two instances a player could not tell apart have the same content (a transposed map is the
    same map). The salt takes no part: a private test set is other seeds over the same test instances.
    """
    slot = stable_hash("split", content) % 100
    for name, share in zip(SPLITS, _SHARES, strict=True):
        if slot < share:
            return name
        slot -= share
    raise AssertionError("shares do not add up to 100")
