"""A world of a dozen lines whose task can be posed at once or bit by bit: what `turnbench degrade` needs of any world.

The player adds numbers. `full` names them all; `sharded` names one a turn. A reply that is a number is an attempt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from turnbench import Ending, History, Opening, Outcome, TextEnv
from turnbench.randomness import RandomStream
from turnbench.registration import register_env


class Sums(TextEnv):
    """Add what you are told."""

    family = "Sums-v0"
    reset_options = frozenset({"instance"})
    reveals = ("full", "sharded", "user-turns-only")
    players: ClassVar[Mapping[str, str]] = {
        "reference": "toy_reveal:Adds", "hasty": "toy_reveal:Hasty", "noisy": "toy_reveal:Noisy", "bound": "toy_reveal:Bound",
    }  # fmt: skip

    def __init__(self, reveal: str = "sharded", split: str = "train", salt: str = "") -> None:
        self.reveal = reveal
        self.last_only = reveal == "user-turns-only"
        super().__init__(split=split, salt=salt, arguments={"reveal": reveal})

    @property
    def max_turns(self) -> int:
        return 4

    def _reset(self, rng: RandomStream, options: Mapping[str, Any]) -> Opening:
        draws = RandomStream.from_parts("sums", options.get("instance", rng.word()))
        self.numbers = [10 + draws.below(90) for _ in range(4)]
        self.attempts: list[tuple[int, float]] = []
        self.told = 4 if self.reveal == "full" else 1
        self.turns = 0
        return Opening("Add the numbers.", self._said())

    def _said(self) -> str:
        told = self.numbers[: self.told]
        return " ".join(map(str, told if self.reveal != "sharded" else told[-1:]))

    def _step(self, action: str) -> Outcome:
        self.turns += 1
        if action.strip().isdigit():
            self.attempts.append((self.turns, float(action.strip() == str(sum(self.numbers)))))
        if self.told < 4:
            self.told += 1
            return Outcome(self._said())
        score = max((s for _, s in self.attempts), default=0.0)
        return Outcome("done", score, Ending.SUCCESS if score else Ending.FAILURE)

    def notes(self) -> dict[str, Any]:
        attempts = [{"turn": t, "revealed": t, "score": s, "length": 2 + t} for t, s in self.attempts]
        return {"groups": 1 if self.reveal == "full" else 4, "attempts": attempts}

    def wrong_answer(self) -> str:
        return "1"

    def _save(self) -> Any:
        return self.numbers, self.attempts, self.told, self.turns

    def _load(self, saved: Any) -> None:
        self.numbers, self.attempts, self.told, self.turns = saved

    def instance_key(self) -> str:
        return str(sorted(self.numbers))

    def state_key(self, elapsed: bool = True) -> str:
        return f"{self.numbers}|{self.told}"


class Adds:
    """Adds all it was told, once there are four numbers."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        pass

    def numbers(self, history: History) -> list[int]:
        said = [history.opening.user_message, *(t.observation for t in history.turns)]
        return [int(x) for text in said for x in text.split()]

    def reply(self, history: History) -> str:
        numbers = self.numbers(history)
        return str(sum(numbers)) if len(numbers) >= 4 else "go on"

    def forget(self, episode: str) -> None:
        pass


class Hasty(Adds):
    """Its first sum is its last."""

    def reply(self, history: History) -> str:
        return history.turns[0].reply.text if history.turns else str(sum(self.numbers(history)))


class Noisy(Adds):
    """Right in seven conversations of ten, in any setting."""

    def reply(self, history: History) -> str:
        return "7" if RandomStream.from_parts(history.agent_seed).random() < 0.3 else super().reply(history)


class Bound(Adds):
    """Right unless it finds that it has answered already: then it stands by that."""

    def reply(self, history: History) -> str:
        given = [t.reply.text for t in history.turns if t.reply.text.isdigit()]
        return given[0] if given else super().reply(history)


register_env("TurnBench/ToySums-v0", "toy_reveal:Sums")
