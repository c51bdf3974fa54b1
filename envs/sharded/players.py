"""Scripted players of all sharded tasks: each shows one way to be lost, or not to be, in a conversation.

They see what any agent sees and read it with the task's `Solver`. What each should score follows from what it does
(tests hold it): `reference` answers when it can and revises, so it loses nothing; `hasty` answers at once and never
revises; `forgetful` forgets the middle of a conversation; `noisy` is as good in every setting and merely unreliable;
`random` gives an answer at random every turn. `novice` is there to be imitated: the reference, but careless.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from turnbench.envs.sharded.task import Solver, Task
from turnbench.envs.sharded.wording import sentences
from turnbench.episode import History
from turnbench.randomness import RandomStream

WAITING = "I see. Please go on."
"""What is said while something needed is missing: no question, so the user goes on with the next piece."""
NOISE = 0.3
"""Share of conversations in which the noisy player only guesses."""
SLIPS = 0.2
"""Share of turns in which the novice overlooks something."""

NOTHING_READ = [""]
"""What is guessed from by players that only guess: in single-turn settings the first message says everything."""


def user_messages(history: History) -> list[str]:
    """What the user said so far."""
    return [history.opening.user_message, *(turn.observation for turn in history.turns)]


class _Player:
    task: ClassVar[type[Task]]

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self.solver: Solver = self.task().solver

    def reply(self, history: History) -> str:
        return self._answer(history, user_messages(history)) or WAITING

    def _answer(self, history: History, messages: list[str]) -> str | None:
        return self.solver.answer(history.opening.system_prompt, messages)

    def _guess(self, history: History, messages: list[str], *parts: Any) -> str:
        rng = RandomStream.from_parts("player", history.agent_seed, *parts)
        return self.solver.guess(history.opening.system_prompt, messages, rng)

    def forget(self, episode: str) -> None:
        """Nothing is kept."""


class Reference(_Player):
    """Answers as soon as all that is needed was said, from everything that was said."""


class Hasty(_Player):
    """Answers the first message, what is missing filled in at random, and repeats that answer whatever follows."""

    def reply(self, history: History) -> str:
        if history.turns:
            return history.turns[0].reply.text
        messages = user_messages(history)
        return self._answer(history, messages) or self._guess(history, messages)


class Forgetful(_Player):
    """Remembers the first and the last message; what is missing it fills in at random."""

    def reply(self, history: History) -> str:
        messages = user_messages(history)
        kept = messages if len(messages) < 3 else [messages[0], messages[-1]]
        return self._answer(history, kept) or self._guess(history, kept, len(messages))


class Noisy(_Player):
    """The reference in most conversations; in a share of them, drawn by conversation, it only guesses."""

    def reply(self, history: History) -> str:
        if RandomStream.from_parts("noisy", history.agent_seed).random() < NOISE:
            return self._guess(history, NOTHING_READ, len(history.turns))
        return super().reply(history)


class Novice(_Player):
    """The reference, but in some turns, drawn one by one, it overlooks a sentence of all that was said."""

    def reply(self, history: History) -> str:
        return self._answer(history, as_a_novice_reads(history)) or WAITING


def as_a_novice_reads(history: History) -> list[str]:
    """The user's messages; in a share `SLIPS` of turns without one of their sentences, which is none of the first message's
    where there are others.
    """
    messages = user_messages(history)
    rng = RandomStream.from_parts("novice", history.agent_seed, len(history.turns))
    if rng.random() >= SLIPS:
        return messages
    at = rng.below(len(messages) - 1) + 1 if len(messages) > 1 else 0
    said = list(sentences(messages[at]))
    if said:
        del said[rng.below(len(said))]
    return [*messages[:at], "\n".join(said), *messages[at + 1 :]]


class Random(_Player):
    """Another random answer every turn."""

    def reply(self, history: History) -> str:
        return self._guess(history, NOTHING_READ, len(history.turns))


def players_of(of: type[Task]) -> tuple[type[_Player], ...]:
    """(Reference, Hasty, Forgetful, Noisy, Random, Novice) for one task."""
    kinds = (Reference, Hasty, Forgetful, Noisy, Random, Novice)
    return tuple(type(kind.__name__, (kind,), {"task": of}) for kind in kinds)


def players_in(module: str) -> dict[str, str]:
    """`TextEnv.players` for a task whose module `module` holds what `players_of` returned."""
    kinds = ("Reference", "Hasty", "Forgetful", "Noisy", "Random", "Novice")
    return {kind.lower(): f"{module}:{kind}" for kind in kinds}
