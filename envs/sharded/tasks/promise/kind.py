"""What a kind of choice is: how it is asked for, what may follow from it, and how that is worked out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from turnbench.envs.sharded.tasks.promise.forms import Form, Value
from turnbench.envs.sharded.wording import Phrasebook
from turnbench.randomness import RandomStream

Slots = Mapping[str, Any]
Fact = tuple[str, Slots]
CHOOSE, AGAIN, BAN, ASK = "choose", "again", "ban", "ask"
PEOPLE = (
    "Alma", "Boris", "Clara", "David", "Emil", "Fiona", "Greta", "Hugo", "Irene", "Jonas", "Kira", "Leon", "Martha",
    "Nora",
    "Oscar", "Paula", "Rosa", "Simon", "Tessa", "Victor",
)  # fmt: skip
_AGAIN = (
    "Hm, choose another NOUN instead, within the same limits, and leave the rest as it is.",
    "On second thoughts, I want a different NOUN: choose again as I asked you to, with everything else as before.",
    "Please drop the NOUN that you chose and choose another, to which all that I said applies as well.",
    "I don't like the NOUN you chose, so choose a different one within the limits and keep everything else that I "
    "said.",
    "No, not that NOUN: choose another one that keeps to the limits, with all that was said so far.",
)
_TRIES = 10_000


class Kind(ABC):
    """A kind of choice. `limits` are the slots of its request, `gaps` those of a fact or of a ban."""

    noun: ClassVar[str]
    """What is chosen: "price"."""
    form: ClassVar[Form]
    """Of the choice."""
    answer_form: ClassVar[Form]
    examples: ClassVar[tuple[str, str]]
    """A choice and an answer, for the system prompt; neither can occur."""
    convention: ClassVar[str] = ""
    """What else the system prompt says."""
    brief_convention: ClassVar[str] = ""
    """The same for the small difficulty."""
    intros: ClassVar[tuple[str, ...]]
    """Sentences that begin the request and say nothing that matters; "" for none."""
    ways: ClassVar[Mapping[str, tuple[str, ...]]]
    """Templates of CHOOSE, BAN, ASK and every fact."""
    facts: ClassVar[Mapping[str, int]]
    """How often each may occur in an instance."""
    first: ClassVar[str] = ""
    """The fact that comes before all others."""

    def __init__(self) -> None:
        again = [way.replace("NOUN", self.noun) for way in _AGAIN]
        self.book = Phrasebook({**self.ways, AGAIN: again})

    @abstractmethod
    def limits(self, rng: RandomStream) -> dict[str, Any]:
        """New limits, with a few values ruled out."""

    @abstractmethod
    def fits(self, choice: Value, limits: Slots) -> bool:
        """Whether a choice keeps to the limits."""

    @abstractmethod
    def any(self, rng: RandomStream, limits: Slots) -> Value:
        """A value that may keep to the limits."""

    @abstractmethod
    def ban(self, rng: RandomStream, limits: Slots) -> dict[str, Any]:
        """What is ruled out later: a quarter to a half of the choices."""

    @abstractmethod
    def banned(self, choice: Value, gaps: Slots) -> bool:
        """Whether a later ban rules a choice out."""

    @abstractmethod
    def gaps(self, rng: RandomStream, fact: str) -> dict[str, Any]:
        """A fact's slots."""

    @abstractmethod
    def result(self, choice: Value, facts: Sequence[Fact]) -> Value:
        """What follows from a choice and the facts, in their order."""

    def draw(self, rng: RandomStream, limits: Slots, bans: Iterable[Slots] = (), besides: Value | None = None) -> Value:
        """A choice within the limits, not banned and another one than `besides`."""
        bans = tuple(bans)
        for _ in range(_TRIES):
            choice = self.any(rng, limits)
            if choice != besides and self.fits(choice, limits) and not any(self.banned(choice, ban) for ban in bans):
                return choice
        raise ValueError(f"no choice is left within {dict(limits)} and {bans}")

    def some_facts(self, rng: RandomStream, count: int) -> list[Fact]:
        """`count` facts, none more often than it may occur."""
        stock = [name for name, most in self.facts.items() for _ in range(most)]
        names = [self.first] if self.first else []
        for name in names:
            stock.remove(name)
        names += rng.sample(stock, count - len(names))
        return [(name, self.gaps(rng, name)) for name in names]
