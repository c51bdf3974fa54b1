"""What a task of the suite says of itself: how an instance is made and posed, and how an answer is found and judged."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.randomness import RandomStream


class BadRecord(ValueError):
    """A record of a data file that is no instance; the message says why."""


class Solver(ABC):
    """A scripted way to answer, from what a user said alone."""

    @abstractmethod
    def answer(self, system_prompt: str, messages: Sequence[str]) -> str | None:
        """The reply that answers what all `messages` together ask; None while something needed is missing."""

    @abstractmethod
    def guess(self, system_prompt: str, messages: Sequence[str], rng: RandomStream) -> str:
        """A reply in the form of an answer, whatever is missing filled in at random: a premature attempt."""


class Task(ABC):
    """One task: a folder in `tasks/` holds its subclass, its generator and its solver.

    Methods are given instances and texts and keep no state. Whatever text an agent sends must be answered with a score.
    """

    name: ClassVar[str]
    """As in published data: "math", "code", ..."""
    own_order: ClassVar[bool] = False
    """True where shards are revealed in their order, whatever is asked, and every reply counts as an attempt
    (data2text, summary, translation).
    """
    graded: ClassVar[bool] = False
    """True where scores lie between 0 and 1, and a perfect one does not end the conversation."""
    final_only: ClassVar[bool] = False
    """True where only the last turn is judged (summary, translation: every turn rewrites the whole)."""
    answer_form: ClassVar[str] = "one final answer to the request, complete and of the kind that was asked for"
    """What a complete answer is, for a model that sorts replies: the end of a sentence."""
    difficulties: ClassVar[tuple[str, ...]] = ("small", "medium", "hard")
    """What `generate` understands, the easiest first; empty where the task has no generator."""

    # Instances -------------------------------------------------------------------------------------------------------

    @abstractmethod
    def generate(self, rng: RandomStream, difficulty: str) -> Instance:
        """A new instance with 3 to 8 shards; its answer follows from the shards and not before the deciding one."""

    def next_instance(self, rng: RandomStream, difficulty: str, wanted: Callable[[str], bool]) -> Instance:
        """The first of the instances that `generate` draws one after another whose key is `wanted`."""
        while not wanted((found := self.generate(rng, difficulty)).key):
            pass
        return found

    @abstractmethod
    def from_record(self, record: Mapping[str, Any], shards: Sequence[Shard]) -> Instance:
        """An instance of the published format; `shards` are read already. Raises BadRecord."""

    # Prompts ---------------------------------------------------------------------------------------------------------

    @abstractmethod
    def system_prompt(self, instance: Instance) -> str:
        """Who the assistant is and what form answers have; the same in all settings; never says that more will follow."""

    def full_message(self, instance: Instance) -> str:
        """The single message of FULL: the instruction in the task's template."""
        return instance.full

    def concat_message(self, instance: Instance, shards: Sequence[Shard]) -> str:
        """The single message of CONCAT: FULL's template, the instruction replaced by these shards as bullets."""
        return "\n".join(f"- {shard.text}" for shard in shards)

    # Answers ---------------------------------------------------------------------------------------------------------

    @abstractmethod
    def offers_answer(self, reply: str, instance: Instance) -> bool:
        """True for a reply that holds a complete, concrete answer which could be lifted from it as it is."""

    @abstractmethod
    def extract(self, reply: str, instance: Instance) -> str:
        """The answer in a reply, "" where there is none."""

    @abstractmethod
    def score(self, answer: str, instance: Instance) -> float:
        """Of an extracted answer, in [0, 1]. Never raises. Programs run in a process of their own (`sandbox`); SQL runs inside
        SQLite under an authorizer and limits.
        """

    def remarks(
        self, instance: Instance, groups: Sequence[Sequence[Shard]], replies: Sequence[str]
    ) -> Mapping[str, Any]:
        """What a result should keep of a finished conversation beside the attempts, as JSON: sources cited, for instance.

        Args:
            instance: what it was about.
            groups: its shards, as they were revealed together.
            replies: all of the assistant's, in order.
        """
        return {}

    # Players ---------------------------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def solver(self) -> Solver:
        """Reads generated instances; published ones are beyond it."""

    def wrong_answer(self, instance: Instance, rng: RandomStream) -> str:
        """A reply in the form of an answer that scores 0: the commitment of the lock-in measure. Privileged."""
        for _ in range(100):
            reply = self.solver.guess(self.system_prompt(instance), [instance.shards[0].text], rng)
            if self.score(self.extract(reply, instance), instance) == 0.0:
                return reply
        return "0"
