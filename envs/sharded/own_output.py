"""Tasks in which the assistant's own earlier words decide what is right.

In the published tasks everything that is needed is said by the user, so an agent that throws its own turns away and
reads the user's as one message plays CONCAT and loses nothing by the conversation (in real dialogues, too, leaving
one's own turns out is reported to be harmless often: arXiv:2602.24287). Here the first reply commits the assistant to
something of its own, and what follows is about that: without its own turns it cannot know what it is held to. Design
of this suite, not of arXiv:2505.06120. What differs from
the other tasks:

    order       the shards refer to one another and keep their order, so shuffle-concat is refused: it would be
                concat. The words of each are drawn anew in every conversation
    judging     one conversation at a time: the commitment of the reply that was asked for it, and the answer of the
                last reply. In a single turn both are in the one reply
    recap       repeats what the user asked for, nothing of what the assistant wrote, and asks for the final answer
    a reply     to an earlier turn is never judged; whether it was right so far is kept in the notes (`on_track`)
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from turnbench.envs.sharded.env import Attempt, ShardedEnv
from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.players import NOISE, NOTHING_READ, WAITING, as_a_novice_reads, players_of, user_messages
from turnbench.envs.sharded.replies import ReplyClass
from turnbench.envs.sharded.reveal import REVEALS, together
from turnbench.envs.sharded.task import BadRecord, Solver, Task
from turnbench.envs.sharded.user import Said
from turnbench.episode import History, Opening, Outcome
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream

PLAYERS = ("Reference", "Hasty", "Forgetful", "Noisy", "Random", "Novice", "Memoryless", "Habitual")


class OwnOutputSolver(Solver):
    """A scripted way to answer, from what the user said and what was said to them."""

    @abstractmethod
    def reply(self, messages: Sequence[str], own: Sequence[str], rng: RandomStream) -> str | None:
        """The next reply; None where the messages ask for nothing that can be read.

        Args:
            messages: what the user said.
            own: the replies given so far.
            rng: chooses what they do not settle.
        """

    def answer(self, system_prompt: str, messages: Sequence[str]) -> str | None:
        """As a single reply, whose choices depend on nothing but `messages`."""
        return self.reply(messages, (), RandomStream.from_parts("answer", list(messages)))


class OwnOutputTask(Task):
    """A task whose first shard asks the assistant to choose something of its own."""

    own_order: ClassVar[bool] = True
    final_only: ClassVar[bool] = True
    closing: ClassVar[str]
    """What the recap asks for, after all the requests."""

    @property
    @abstractmethod
    def solver(self) -> OwnOutputSolver:
        """Reads generated instances."""

    @abstractmethod
    def commitment(self, reply: str, instance: Instance, news: range, earlier: str | None) -> str:
        """What the assistant is held to after a reply; "" where it owed a valid commitment and gave none.

        Args:
            reply: any text.
            instance: what the conversation is about.
            news: positions of the shards which the message that it answers said for the first time.
            earlier: what it was held to before, None before its first reply. "" stays "".
        """

    @abstractmethod
    def answer_in(self, reply: str, instance: Instance) -> str:
        """The answer in a reply, "" where there is none."""

    @abstractmethod
    def follows(self, commitment: str, answer: str, instance: Instance, shards: int) -> bool:
        """Whether an answer follows from a commitment and the first `shards` shards."""

    def from_record(self, record: Mapping[str, Any], shards: Sequence[Shard]) -> Instance:
        """There are no published instances."""
        raise BadRecord(f"its task {self.name!r} has no published format: its instances are generated")

    def offers_answer(self, reply: str, instance: Instance) -> bool:
        """True for a reply that holds a commitment and an answer."""
        return bool(self.extract(reply, instance))

    def extract(self, reply: str, instance: Instance) -> str:
        """The whole reply where it holds both, as in a single turn: one is right only beside the other."""
        committed = self.commitment(reply, instance, range(len(instance.shards)), None)
        return reply if committed and self.answer_in(reply, instance) else ""

    def score(self, answer: str, instance: Instance) -> float:
        """Of a single turn: 1.0 if what it answers follows from what it commits to, else 0.0."""
        count = len(instance.shards)
        committed = self.commitment(answer, instance, range(count), None)
        return float(self.follows(committed, self.answer_in(answer, instance), instance, count))


class OwnOutputEnv(ShardedEnv):
    """See the subclasses."""

    task: ClassVar[type[OwnOutputTask]]
    tags: ClassVar[tuple[str, ...]] = ("memory", "consistency", "multi_turn_instruction", "revision")
    reveals: ClassVar[tuple[str, ...]] = tuple(r for r in REVEALS if r != "shuffle-concat")
    rules: OwnOutputTask

    def __init__(self, reveal: str = "sharded", **arguments: Any) -> None:
        if reveal == "shuffle-concat":
            raise UsageError(
                f"{type(self).__name__} keeps its requests in their order, so shuffle-concat would be concat: use that."
            )
        self._own: str | None = None
        self._heard = 0
        self._on_track: list[bool] = []
        super().__init__(reveal, **arguments)

    def _reset(self, rng: RandomStream, options: Mapping[str, Any]) -> Opening:
        self._own, self._heard, self._on_track = None, 0, []
        return super()._reset(rng, options)

    def _step(self, action: str) -> Outcome:
        assert self.instance is not None
        shown = sum(len(group) for group in self._groups[: len(self._groups) - len(self._hidden)])
        self._own = self.rules.commitment(action, self.instance, range(self._heard, shown), self._own)
        self._heard = shown
        answer = self.rules.answer_in(action, self.instance)
        self._on_track.append(self.rules.follows(self._own, answer, self.instance, shown))
        return super()._step(action)

    def _judge(self, action: str) -> float:
        """By the whole instruction; that only the last reply counts is up to `final_only`."""
        assert self.instance is not None
        answer = self.rules.answer_in(action, self.instance)
        score = float(self.rules.follows(self._own or "", answer, self.instance, len(self.instance.shards)))
        revealed = len(self._groups) - len(self._hidden)
        self._attempts.append(Attempt(len(self._classes), revealed, score, len(answer)))
        return score

    def _go_on(self, action: str, kind: ReplyClass) -> Outcome:
        """The next piece whatever was said, in words drawn anew."""
        group = self._hidden.pop(0)
        words = [self.rng.choice(s.wordings) if s.wordings else s.text for s in self._groups[group]]
        return self._say(Said(together(words), group))

    def _say(self, said: Said) -> Outcome:
        if self._recapped:
            assert self.instance is not None
            asked = self.rules.concat_message(self.instance, self.instance.shards)
            said = Said(f"To recapitulate, this is all that I asked for:\n{asked}\n{self.rules.closing}", said.group)
        return super()._say(said)

    # Privileged ------------------------------------------------------------------------------------------------------

    def notes(self) -> dict[str, Any]:
        """As in other tasks, and `on_track`: for every reply, whether it was right for all that was asked by then."""
        return {**super().notes(), "on_track": list(self._on_track)}

    def wrong_answer(self) -> str:
        """None: whatever the assistant commits itself to at first is right, so lock-in is not measured here."""
        return ""

    def state_key(self, elapsed: bool = True) -> str:
        """As in other tasks, and what the assistant is held to."""
        return f"{super().state_key(elapsed)}|{self._own!r}|{self._heard}"

    def _save(self) -> Any:
        return super()._save(), self._own, self._heard, tuple(self._on_track)

    def _load(self, saved: Any) -> None:
        base, self._own, self._heard, on_track = saved
        self._on_track = list(on_track)
        super()._load(base)


# Players -------------------------------------------------------------------------------------------------------------


class _OwnPlayer:
    task: ClassVar[type[OwnOutputTask]]

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self.solver = self.task().solver

    def reply(self, history: History) -> str:
        own = [turn.reply.text for turn in history.turns]
        return self._answer(history, user_messages(history), own)

    def _answer(self, history: History, messages: list[str], own: Sequence[str]) -> str:
        """Choices are drawn anew in every new context, as by a model that samples."""
        rng = RandomStream.from_parts("player", history.agent_seed, messages)
        return self.solver.reply(messages, own, rng) or WAITING

    def forget(self, episode: str) -> None:
        """Nothing is kept."""


class Reference(_OwnPlayer):
    """Remembers all that was said on both sides, and draws its choices anew wherever it sees none of its own."""


class Forgetful(_OwnPlayer):
    """Remembers the first and the last message, and of its own words the first reply."""

    def reply(self, history: History) -> str:
        messages = user_messages(history)
        kept = messages if len(messages) < 3 else [messages[0], messages[-1]]
        return self._answer(history, kept, [turn.reply.text for turn in history.turns[:1]])


class Noisy(_OwnPlayer):
    """The reference in most conversations; in a share of them, drawn by conversation, it only guesses."""

    def reply(self, history: History) -> str:
        if RandomStream.from_parts("noisy", history.agent_seed).random() >= NOISE:
            return super().reply(history)
        rng = RandomStream.from_parts("noise", history.agent_seed, len(history.turns))
        return self.solver.guess(history.opening.system_prompt, NOTHING_READ, rng)


class Novice(_OwnPlayer):
    """The reference, but in some turns, drawn one by one, it overlooks a sentence of what the user said."""

    def reply(self, history: History) -> str:
        return self._answer(history, as_a_novice_reads(history), [turn.reply.text for turn in history.turns])


class Memoryless(_OwnPlayer):
    """Reads all that the user said and nothing of what it said itself."""

    def reply(self, history: History) -> str:
        return self._answer(history, user_messages(history), ())


class Habitual(_OwnPlayer):
    """As the memoryless player, but chooses the same whenever it is asked the same: so it can guess its own words."""

    def _answer(self, history: History, messages: list[str], own: Sequence[str]) -> str:
        return self.solver.reply(messages, (), RandomStream.from_parts("habit")) or WAITING


def own_players_of(of: type[OwnOutputTask]) -> tuple[type, ...]:
    """The classes named in `PLAYERS`, in that order, for one task."""
    found: dict[str, type] = {kind.__name__: kind for kind in players_of(of)}
    for kind in (Reference, Forgetful, Noisy, Novice, Memoryless, Habitual):
        found[kind.__name__] = type(kind.__name__, (kind,), {"task": of})
    return tuple(found[name] for name in PLAYERS)


def own_players_in(module: str) -> dict[str, str]:
    """`TextEnv.players` for a task whose module `module` holds what `own_players_of` returned."""
    return {kind.lower(): f"{module}:{kind}" for kind in PLAYERS}
