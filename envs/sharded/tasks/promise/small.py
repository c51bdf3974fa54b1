"""The kinds of choices of the small difficulty: the same requests and facts, with numbers that a small model can learn.

Facts are few and their numbers small, and what depends on two products at a time is left out. There are still about
thirty choices, or who forgot its own would too often guess it. Everything is read and judged by the kinds these come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from turnbench.envs.sharded.tasks.promise.amounts import Game, Price
from turnbench.envs.sharded.tasks.promise.codes import Hiding
from turnbench.envs.sharded.tasks.promise.forms import SQUARE
from turnbench.envs.sharded.tasks.promise.kind import Kind
from turnbench.randomness import RandomStream


class SmallPrice(Price):
    """Some pieces of it, a fee and a voucher."""

    lows: ClassVar[range] = range(3, 6)
    span: ClassVar[range] = range(28, 32)
    facts: ClassVar[Mapping[str, int]] = {"quantity": 1, "fee": 1, "voucher": 1}

    def gaps(self, rng: RandomStream, fact: str) -> dict[str, Any]:
        """From 2 to 4 pieces, and less euros than the cheapest order costs."""
        return {"n": 2 + rng.below(3 if fact == "quantity" else 4)}


class SmallGame(Game):
    """Sums and one doubling."""

    lows: ClassVar[range] = range(8, 12)
    span: ClassVar[range] = range(28, 32)
    facts: ClassVar[Mapping[str, int]] = {"add": 2, "subtract": 1, "double": 1}

    def gaps(self, rng: RandomStream, fact: str) -> dict[str, Any]:
        """From 2 to 5."""
        return {} if fact == "double" else {"n": 2 + rng.below(4)}


class SmallHiding(Hiding):
    """A part of the map with 36 squares, and one move in a direction at most."""

    facts: ClassVar[Mapping[str, int]] = {"north": 1, "south": 1, "east": 1, "west": 1}

    def limits(self, rng: RandomStream) -> dict[str, Any]:
        """Six columns and six rows, with two squares ruled out."""
        c1, low = 4 + rng.below(2), 5 + rng.below(2)
        columns = rng.sample(range(c1, c1 + 6), 2)
        a, b = (SQUARE.write((column, low + rng.below(6))) for column in sorted(columns))
        letters = {"c1": chr(ord("A") + c1), "c2": chr(ord("A") + c1 + 5)}
        return {"thing": self.treasure(rng), **letters, "low": low, "high": low + 5, "a": a, "b": b}


SMALL: Mapping[str, Kind] = {"price": SmallPrice(), "game": SmallGame(), "hiding": SmallHiding()}
"""By the name that `generate.KINDS` gives to the kind that reads and judges them."""
