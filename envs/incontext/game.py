"""What a family of games must say: its levels, its moves, its expert, and how an observation is put into words.

A *level* holds the hidden variables; it is drawn once and kept for an episode. A *state* is all that changes. Both are tuples of
plain values. A game knows nothing of demonstrations, wordings of whole messages or episodes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, NamedTuple, TypeVar

from turnbench.randomness import RandomStream

L = TypeVar("L")
S = TypeVar("S")


class Observation(NamedTuple):
    """What is seen: what the last action did ("" at the beginning of anything, and where there is nothing to say), and the view, both
    in single words.
    """

    event: str
    view: tuple[str, ...]


class Game(ABC, Generic[L, S]):
    """Rules of one family at one setting; immutable."""

    actions: tuple[str, ...]
    """Every action, one word each, the same in all levels."""
    events: tuple[str, ...]
    """Every event, one word each, none of them a word of a view; with "" where nothing is said of some actions but the view."""

    # Levels ------------------------------------------------------------------------------------------------------

    @abstractmethod
    def draw_level(self, rng: RandomStream) -> L:
        """Hidden variables of a level, uniformly."""

    @abstractmethod
    def key(self, level: L) -> str:
        """Canonical content of a level: two levels nobody could tell apart have the same."""

    # Moves -------------------------------------------------------------------------------------------------------

    @abstractmethod
    def start(self, level: L, rng: RandomStream) -> S:
        """Where an episode begins; a demonstration begins elsewhere than the query where the family can."""

    @abstractmethod
    def budget(self, level: L, start: S) -> int:
        """Number of actions an episode from this start may take."""

    @property
    @abstractmethod
    def longest(self) -> int:
        """No budget is larger."""

    @abstractmethod
    def act(self, level: L, state: S, action: str, slip: bool) -> tuple[S, str]:
        """The next state, and the event.

        Args:
            level: the hidden variables.
            state: before the action.
            action: one of `actions`, or "" for a text that is none: it changes nothing and is an event too.
            slip: chance made this action fail, in the way of the family.
        """

    @abstractmethod
    def over(self, level: L, state: S) -> bool:
        """Whether the game ends here, budget aside."""

    @abstractmethod
    def score(self, level: L, state: S) -> float:
        """In [0, 1]: what an episode that ends in this state is worth."""

    @abstractmethod
    def progress(self, level: L, state: S) -> float:
        """In [0, 1]: how far the game has come, for plots; not a reward."""

    @abstractmethod
    def expert(self, level: L, state: S) -> str:
        """The action of one who knows the level: always the same for a state, and the best there is."""

    # Words -------------------------------------------------------------------------------------------------------

    @abstractmethod
    def view(self, level: L, state: S) -> tuple[str, ...]:
        """What can be seen of a state; the same number of words wherever the game goes on, none where it is over."""

    @abstractmethod
    def rules(self, slip: float) -> str:
        """The rules in plain English, actions named, budget and lives included."""

    @abstractmethod
    def sentence(self, seen: Observation) -> str:
        """An observation in plain English, on one line."""

    @abstractmethod
    def read_sentence(self, text: str) -> Observation | None:
        """What `sentence` wrote, as an observation; None for any other text."""

    def read_action(self, text: str) -> str:
        """The last whole word that is an action, in lower case; "" where there is none."""
        words = (word.strip(_EDGES) for word in reversed(text.lower().split()))
        return next((word for word in words if word in self.actions), "")

    def observe(self, level: L, state: S, event: str = "") -> Observation:
        """What is seen after an event."""
        return Observation(event, self.view(level, state))


_EDGES = ".,;:!?\"'`*()[]<>"
