"""`ShardedEnv`: a conversation in which the task is revealed bit by bit, the same for all tasks.

A task is a subclass with a docstring of its own (its page) that names its `Task`; everything else is here and in
`reveal`, `user` and `replies`. Protocol: Laban, Hayashi, Zhou, Neville 2025, "LLMs Get Lost In Multi-Turn Conversation"
(arXiv:2505.06120), section 3. Where the paper and the released code disagree:

    score       the paper takes the best attempt of a conversation, the code the last one: `scoring`
    turn cap    the protocol has none; here the user's patience ends, so every conversation does
    no attempt  scores 0 (the code logs nothing)
    simulator   a script, not a model (see `user`); `user` and `classifier` name models instead, and then nothing is ranked
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any, ClassVar, NamedTuple

from turnbench.env import TextEnv
from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.replies import ReplyClass, classify
from turnbench.envs.sharded.reveal import (
    REVEALS,
    SINGLE,
    all_said,
    groups_of,
    recap_message,
    single_message,
    together,
    with_earlier,
)
from turnbench.envs.sharded.source import DataFile
from turnbench.envs.sharded.task import Task
from turnbench.envs.sharded.user import Said, ScriptedUser, User
from turnbench.episode import Ending, Opening, Outcome
from turnbench.errors import UsageError, did_you_mean
from turnbench.randomness import RandomStream
from turnbench.splits import split_of

MOST_SHARDS = 12
"""The longest published instance; a data file may hold longer ones."""
_CLOSED = "Thank you, that is all."


class Attempt(NamedTuple):
    """An answer that was found in a reply and judged."""

    turn: int
    """From 1."""
    revealed: int
    """Groups of shards revealed when it was given."""
    score: float
    length: int
    """Characters of the extracted answer."""


@lru_cache(maxsize=128)  # runs of one instruction, or a group of one seed, ask for the same one again and again
def generated(of: type[Task], family: str, split: str, salt: str, difficulty: str, number: int) -> Instance:
    """Instance `number` of a split; never to be changed, as others play it too."""
    draws = RandomStream.from_parts(family, split, salt, difficulty, number)
    return of().next_instance(draws, difficulty, lambda key: split == "all" or split_of(key) == split)


class ShardedEnv(TextEnv):
    """See the subclasses."""

    task: ClassVar[type[Task]]
    tags: ClassVar[tuple[str, ...]] = ("underspecification", "multi_turn_instruction", "revision")
    reset_options: ClassVar[frozenset[str]] = frozenset({"instance"})
    reveals: ClassVar[tuple[str, ...]] = REVEALS
    small_warm_up: ClassVar[float] = 0.0
    """`warm_up` of the small level; 0 where no small model has been shown to learn it."""

    def __init__(
        self,
        reveal: str = "sharded",
        difficulty: str = "medium",
        merge: int = 0,
        patience: int = 4,
        scoring: str = "max",
        data: str = "",
        user: str = "",
        classifier: str = "",
        server_url: str = "",
        split: str = "train",
        salt: str = "",
    ) -> None:
        self.rules = self.task()
        if reveal not in REVEALS:
            raise UsageError(f"reveal is one of {', '.join(REVEALS)}, not {reveal!r}.{did_you_mean(reveal, REVEALS)}")
        if not data and difficulty not in self.rules.difficulties:
            known = ", ".join(self.rules.difficulties)
            raise UsageError(
                f"difficulty is one of {known}, not {difficulty!r}."
                if known
                else f"{type(self).__name__} has no generator: give the published file as data=PATH."
            )
        if not 0 <= merge <= MOST_SHARDS or not 0 <= patience <= 20:
            raise UsageError(f"merge is from 0 (no merging) to {MOST_SHARDS}, patience from 0 to 20.")
        if scoring not in ("max", "last"):
            raise UsageError(f"scoring is max (the paper's) or last (the released code's), not {scoring!r}.")
        self._reveal, self._difficulty, self._merge, self._patience = reveal, difficulty, merge, patience
        self._scoring = scoring
        self.warm_up = self.small_warm_up if difficulty == "small" and not data else 0.0
        self.last_only = reveal == "user-turns-only"
        arguments: dict[str, Any] = {
            "reveal": reveal, "difficulty": difficulty, "merge": merge, "patience": patience, "scoring": scoring,
        }  # fmt: skip
        if data:
            self._data = DataFile.read(data, self.rules)
            self.content_hash = self._data.content_hash
            arguments["data"] = data
        self._models: Any = None
        if (user or classifier) and self.rules.own_order:
            raise UsageError(
                f"{type(self).__name__} has its messages in a fixed order and takes every reply for an answer, so no model can be "
                "its user or classifier: leave both out."
            )
        if user or classifier:
            from turnbench.envs.sharded.models import Models  # only these variants ask anybody

            self._models = Models(server_url, user, classifier)
            self.ranked, self.waits = False, True
            arguments |= {"user": user, "classifier": classifier, "server_url": server_url}
        elif server_url:
            raise UsageError("server_url is where the models are: name them with user and classifier.")
        super().__init__(split=split, salt=salt, arguments=arguments, max_observation=1_000_000)
        self._pool = self._data.of_split(split) if data else ()
        self._longest = max([MOST_SHARDS, *(len(instance.shards) for instance in self._pool)])
        self.instance: Instance | None = None
        self._groups: tuple[tuple[Shard, ...], ...] = ()
        self._hidden: list[int] = []
        self._said: list[Said] = []
        self._replies: list[str] = []
        self._classes: list[str] = []
        self._attempts: list[Attempt] = []
        self._waited = 0
        self._recapped = False

    @property
    def max_turns(self) -> int:
        """A turn for every shard, the user's patience, and the recap."""
        if self._reveal in SINGLE:
            return 1
        return self._longest + self._patience + (self._reveal == "recap")

    # The episode -----------------------------------------------------------------------------------------------------

    def _reset(self, rng: RandomStream, options: Mapping[str, Any]) -> Opening:
        self.instance = self._drawn(rng, options)
        self._groups = self._grouped(self.instance)
        self._hidden = list(range(1, len(self._groups)))
        self._classes, self._attempts, self._replies = [], [], []
        self._waited, self._recapped = 0, False
        if self._models is not None:
            self._models.fallbacks = 0
        self.__dict__.pop("_script", None)
        if self._reveal in SINGLE:
            first = single_message(self._reveal, self.rules, self.instance, rng)
        else:
            first = together([shard.text for shard in self._groups[0]])  # the protocol: word for word
        self._said = [Said(first, 0)]
        return Opening(self.rules.system_prompt(self.instance), first)

    def _drawn(self, rng: RandomStream, options: Mapping[str, Any]) -> Instance:
        """The option fixes the instance and leaves the words to the seed; it is the same in every setting."""
        number = options.get("instance")
        if number is None:
            number = rng.word() >> 1
        elif isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise UsageError(f"The reset option instance is a whole number from 0, not {number!r}.")
        if self._pool:
            return self._pool[number % len(self._pool)]
        return generated(type(self.rules), self.family, self.split, self.salt, self._difficulty, number)

    def _grouped(self, instance: Instance) -> tuple[tuple[Shard, ...], ...]:
        return groups_of(instance.shards, 1 if self._reveal in SINGLE else self._merge)

    @cached_property
    def _script(self) -> ScriptedUser:
        """Made when first needed: single-turn settings have none."""
        return ScriptedUser(self._groups)

    @property
    def _user(self) -> User:
        if self._models is None or not self._models.user:
            return self._script
        assert self.instance is not None
        so_far = [text for said, reply in zip(self._said, self._replies, strict=True) for text in (said.text, reply)]
        user: User = self._models.user_of(self.instance, self._groups, so_far)
        return user

    def _step(self, action: str) -> Outcome:
        assert self.instance is not None
        kind = self._class_of(action)
        self._classes.append(kind)
        self._replies.append(action)
        perfect = kind is ReplyClass.ANSWER and self._judge(action) >= 1.0
        over = perfect and not self.rules.graded and not self.rules.final_only
        if self._hidden and not over and not self._recapped:
            return self._go_on(action, kind)
        if self._reveal == "recap" and not self._recapped:
            self._recapped = True
            return self._say(Said(recap_message(self.rules, self.instance), None))
        return self._end()

    def _class_of(self, action: str) -> ReplyClass:
        """FULL and CONCAT are not classified: whatever is found in the one reply is judged. So with the recap's."""
        assert self.instance is not None
        instance = self.instance
        if self._reveal in SINGLE or self.rules.own_order or self._recapped:
            return ReplyClass.ANSWER if action.strip() else ReplyClass.MISSING
        if self._models is not None and self._models.classifier:
            found: ReplyClass = self._models.classify(action, instance, self.rules)
            return found
        return classify(action, lambda reply: self.rules.offers_answer(reply, instance))

    def _judge(self, action: str) -> float:
        assert self.instance is not None
        answer = self.rules.extract(action, self.instance)
        score = self.rules.score(answer, self.instance)
        revealed = len(self._groups) - len(self._hidden)
        self._attempts.append(Attempt(len(self._classes), revealed, score, len(answer)))
        return score

    def _go_on(self, action: str, kind: ReplyClass) -> Outcome:
        if self.rules.own_order:
            group = self._hidden[0]
            said = Said(together([shard.text for shard in self._groups[group]]), group)
        else:
            said = self._user.speak(action, kind, self._hidden, self._waited >= self._patience, self.rng)
        if said.group is None:
            self._waited += 1
        else:
            self._hidden.remove(said.group)
        return self._say(said)

    def _say(self, said: Said) -> Outcome:
        earlier, self._said = self._said, [*self._said, said]
        if self._reveal == "snowball":
            return Outcome(with_earlier([e.text for e in earlier if e.group is not None], said.text))
        if self._reveal == "user-turns-only":
            return Outcome(all_said([s.text for s in self._said]))
        return Outcome(said.text)

    def _end(self) -> Outcome:
        score = self._final_score()
        return Outcome(_CLOSED, score, Ending.SUCCESS if score >= 1.0 else Ending.FAILURE)

    def _final_score(self) -> float:
        judged = self._attempts
        if self._reveal == "recap" or self.rules.final_only:
            judged = [a for a in judged if a.turn == len(self._classes)]
        if not judged:
            return 0.0
        return judged[-1].score if self._scoring == "last" else max(a.score for a in judged)

    def seeded_by(self) -> Mapping[str, Any]:
        """Without where things lie: a file's content in the place of its path, and no server's address."""
        kept = {name: value for name, value in self.arguments.items() if name != "server_url"}
        return {**kept, "data": self.content_hash} if "data" in kept else kept

    # Privileged ------------------------------------------------------------------------------------------------------

    def notes(self) -> dict[str, Any]:
        """What a result keeps of the conversation: number of shards and of groups, class of every reply, every attempt, and
        where models are asked, how often the script or the rules decided for them.
        """
        return {
            "shards": len(self.instance.shards) if self.instance else 0,
            "groups": len(self._groups),
            "classes": list(self._classes),
            "attempts": [a._asdict() for a in self._attempts],
            **({"fallbacks": self._models.fallbacks} if self._models is not None else {}),
            **(self.rules.remarks(self.instance, self._groups, self._replies) if self.instance else {}),
        }

    def spent(self) -> Mapping[str, Any]:
        """What the models' server was asked for."""
        return self._models.spent() if self._models is not None else {}

    def go_on(self, spent: Mapping[str, Any]) -> None:
        """Count on."""
        if self._models is not None:
            self._models.go_on(spent)

    def usage(self) -> Mapping[str, Any] | None:
        """Requests and tokens of the models."""
        return self._models.usage() if self._models is not None else None

    def signals(self) -> dict[str, float]:
        """`revealed`, the share of the groups revealed so far; `attempts`; `best`, the best attempt's score."""
        total = max(1, len(self._groups))
        return {
            "revealed": (total - len(self._hidden)) / total,
            "attempts": float(len(self._attempts)),
            "best": max((a.score for a in self._attempts), default=0.0),
        }

    def wrong_answer(self) -> str:
        """A reply that commits to a wrong answer, in the task's form; for the lock-in measure."""
        assert self.instance is not None
        return self.rules.wrong_answer(self.instance, RandomStream.from_parts("wrong", self.instance.key))

    def instance_key(self) -> str:
        """The instruction's canonical content."""
        return self.instance.key if self.instance else ""

    def state_key(self, elapsed: bool = True) -> str:
        """Instance, what is hidden, what was found so far; with `elapsed`, the turns gone and the patience left."""
        best = max((a.score for a in self._attempts), default=None)
        last = self._attempts[-1].score if self._attempts else None
        key = f"{self.instance_key()}|{self._reveal}|{self._hidden}|{best}|{last}|{self._recapped}"
        return f"{key}|{self.turn}|{self._waited}" if elapsed else key

    def _save(self) -> Any:
        return (
            self.instance, tuple(self._hidden), tuple(self._said), tuple(self._classes), tuple(self._attempts),
            self._waited, self._recapped, tuple(self._replies), self._models.fallbacks if self._models is not None else 0,
        )  # fmt: skip

    def _load(self, saved: Any) -> None:
        self.instance, hidden, said, classes, attempts, self._waited, self._recapped, replies, fallbacks = saved
        self._groups = self._grouped(self.instance) if self.instance else ()
        self._hidden, self._said = list(hidden), list(said)
        self._classes, self._attempts, self._replies = list(classes), list(attempts), list(replies)
        if self._models is not None:
            self._models.fallbacks = fallbacks
        self.__dict__.pop("_script", None)
