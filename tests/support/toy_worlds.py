"""A small sound world, and one deliberately broken variant of it per clause of the contract."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from turnbench import Ending, History, Opening, Outcome, TextEnv
from turnbench.randomness import RandomStream
from turnbench.splits import split_of

LETTERS = [a + b for a in "bcdfghklmnprst" for b in "aeiou"]


class Syllable(TextEnv):
    """Guess a syllable within five turns; the world says whether the guess comes earlier or later.

    Task:
        Name the hidden syllable.
    Actions:
        Any text; a syllable is a guess.
    Observations:
        "earlier", "later" or a request to say a syllable.
    Rewards:
        1 for the syllable, else 0.
    Episode end:
        success or out_of_turns.
    Levels:
        One.
    Capability tested and why:
        Search; it is the world the tests of the harness play.
    Instances:
        The syllable.
    Score anchors:
        Binary search wins.

    References:
        None.
    Version history:
        v0.
    """

    family = "Syllable-v0"
    tags = ("test",)
    players: ClassVar[Mapping[str, str]] = {"reference": "toy_worlds:Halving", "random": "toy_worlds:Random"}
    budget = 7

    def __init__(self, split: str = "train", salt: str = "") -> None:
        super().__init__(split=split, salt=salt, arguments={})
        self.pool = [x for x in LETTERS if split in ("all", split_of(x))]
        self.word = ""
        self.left = 0

    @property
    def max_turns(self) -> int:
        return self.budget

    def _reset(self, rng: RandomStream, options: Mapping[str, Any]) -> Opening:
        self.word = options.get("target", rng.choice(self.pool))
        self.left = self.budget
        return Opening("You search a syllable.", "Say one of two letters.")

    def _step(self, action: str) -> Outcome:
        said = action.strip().lower()
        self.left -= 1
        if said == self.word:
            return Outcome("right", 1.0, Ending.SUCCESS)
        text = "say a syllable" if said not in LETTERS else "later" if said < self.word else "earlier"
        text += self.rng.choice([".", "!"])
        return Outcome(text) if self.left else Outcome("over", 0.0, Ending.OUT_OF_TURNS)

    def _save(self) -> Any:
        return self.word, self.left

    def _load(self, saved: Any) -> None:
        self.word, self.left = saved

    def instance_key(self) -> str:
        return self.word

    @property
    def target(self) -> str:
        return self.word

    def state_key(self, elapsed: bool = True) -> str:
        return f"{self.word}|{self.left}" if elapsed else self.word


class Halving:
    """Binary search over all syllables."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self.words = sorted(LETTERS)

    def reply(self, history: History) -> str:
        low, high = 0, len(self.words)
        for reply, observation in history.turns:
            if reply.text in self.words:
                at = self.words.index(reply.text)
                low, high = (max(low, at + 1), high) if observation.startswith("later") else (low, min(high, at))
        return self.words[min((low + high) // 2, len(self.words) - 1)]

    def forget(self, episode: str) -> None:
        pass


class Random:
    """Any syllable."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        pass

    def reply(self, history: History) -> str:
        return RandomStream.from_parts(history.agent_seed, len(history.turns)).choice(LETTERS)

    def forget(self, episode: str) -> None:
        pass


class WritesGlobalRandom(Syllable):
    def _step(self, action: str) -> Outcome:
        random.random()
        return super()._step(action)


class WritesGlobalNumpy(Syllable):
    def _reset(self, rng: RandomStream, options: Mapping[str, Any]) -> Opening:
        np.random.rand()  # noqa: NPY002 - the fault
        return super()._reset(rng, options)


class IgnoresSeed(Syllable):
    count = 0

    def _reset(self, rng: RandomStream, options: Mapping[str, Any]) -> Opening:
        type(self).count += 1
        return super()._reset(RandomStream.from_parts(type(self).count), options)


class OneInstance(Syllable):
    def _reset(self, rng: RandomStream, options: Mapping[str, Any]) -> Opening:
        opening = super()._reset(RandomStream(1), options)
        self.rng = rng
        return opening


class LeaksState(Syllable):
    said = 0

    def _step(self, action: str) -> Outcome:
        self.said += 1
        observation, reward, ending = super()._step(action)
        return Outcome(f"{observation} ({self.said} so far)", reward, ending)

    def _save(self) -> Any:
        return super()._save(), self.said

    def _load(self, saved: Any) -> None:
        inner, self.said = saved
        super()._load(inner)


class LargeReward(Syllable):
    def _step(self, action: str) -> Outcome:
        observation, reward, ending = super()._step(action)
        return Outcome(observation, 2 * reward, ending)


class NotANumber(Syllable):
    def _step(self, action: str) -> Outcome:
        observation, reward, ending = super()._step(action)
        return Outcome(observation, float("nan") if ending else reward, ending)


class EarlyReward(Syllable):
    def _step(self, action: str) -> Outcome:
        observation, reward, ending = super()._step(action)
        return Outcome(observation, 0.1 if observation.startswith("later") else reward, ending)


class FailsOnEmpty(Syllable):
    def _step(self, action: str) -> Outcome:
        _ = action[0]
        return super()._step(action)


class InfoNotJson(Syllable):
    def step(self, action: str) -> Any:  # type: ignore[misc]
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, reward, terminated, truncated, {**info, "left": np.int64(self.left)}


class NoEnding(Syllable):
    def step(self, action: str) -> Any:  # type: ignore[misc]
        observation, reward, terminated, truncated, _ = super().step(action)
        return observation, reward, terminated, truncated, {}


class ForgetsOnSave(Syllable):
    def _save(self) -> Any:
        return self.word, self.budget


class CopiesItsStream(Syllable):
    def _reset(self, rng: RandomStream, options: Mapping[str, Any]) -> Opening:
        self.mine = RandomStream(rng.state)
        return super()._reset(rng, options)

    def _step(self, action: str) -> Outcome:
        observation, reward, ending = super()._step(action)
        return Outcome(observation + self.mine.choice([".", "!"]), reward, ending)


class TellsTheAnswer(Syllable):
    def _step(self, action: str) -> Outcome:
        observation, reward, ending = super()._step(action)
        return Outcome(f"{observation} It is not {self.word.upper()}, is it?", reward, ending)


class TellsInInfo(Syllable):
    def reset(self, **kwargs: Any) -> Any:  # type: ignore[misc]
        observation, info = super().reset(**kwargs)
        return observation, {**info, "debug": f"word={self.word}"}


class TellsInOpening(Syllable):
    def _reset(self, rng: RandomStream, options: Mapping[str, Any]) -> Opening:
        super()._reset(rng, options)
        return Opening("You search a syllable.", f"It is neither ba nor zu, but it rhymes with {self.word}.")


class SharesInstances(Syllable):
    def __init__(self, split: str = "train", salt: str = "") -> None:
        super().__init__(split=split, salt=salt)
        self.pool = LETTERS


class SilentlyClosed(SharesInstances):
    closed_world = True


class NeverEnds(Syllable):
    def _step(self, action: str) -> Outcome:
        self.left = 5
        return super()._step("x")


class StepsAfterTheEnd(Syllable):
    def step(self, action: str) -> Any:  # type: ignore[misc]
        self._ending = None
        return super().step(action)


class LoneSurrogates(Syllable):
    def _step(self, action: str) -> Outcome:
        observation, reward, ending = super()._step(action)
        return Outcome(observation + "\ud800", reward, ending)


class TooLong(Syllable):
    def _step(self, action: str) -> Outcome:
        observation, reward, ending = super()._step(action)
        return Outcome(observation + " " * 5000, reward, ending)


class NoPage(Syllable):
    """Guess."""


class NoReference(Syllable):
    __doc__ = Syllable.__doc__
    players: ClassVar[Mapping[str, str]] = {"random": "toy_worlds:Random"}
