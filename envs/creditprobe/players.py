"""Scripted players. They work from observations alone; the reference knows what the presets plant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from turnbench.envs.creditprobe.presets import WORDS, read_word
from turnbench.episode import History
from turnbench.randomness import RandomStream

_SHOWN = re.compile(r"Left a ([a-z ]+), right a ([a-z ]+)\.")
_PULLED = re.compile(r"You pulled the (red lever|blue lever)\.")
_RIGHT = frozenset({"crystal", "key", "door", "wide bridge", "path", "fire"})


def _shown(observation: str) -> tuple[str, str]:
    """The left and the right thing; two empty strings after the end."""
    found = _SHOWN.search(observation)
    return (found[1], found[2]) if found else ("", "")


class _Player:
    def __init__(self, arguments: Mapping[str, Any]) -> None:
        """The players need no argument: every room says what it shows."""

    @staticmethod
    def rng(history: History) -> RandomStream:
        return RandomStream.from_parts("player", history.agent_seed, len(history.turns))

    def forget(self, episode: str) -> None:
        """Nothing is kept."""


class RandomWalker(_Player):
    """Left or right with probability 1/2 each: the uniform policy of the presets' pages."""

    def reply(self, history: History) -> str:
        return self.rng(history).choice(WORDS)


class Novice(_Player):
    """As random, but one reply in twenty only names what it sees on the left, which is invalid."""

    def reply(self, history: History) -> str:
        rng = self.rng(history)
        return _shown(history.observation)[0] if rng.below(20) == 0 else rng.choice(WORDS)


class Reference(_Player):
    """Chooses rightly wherever a choice matters, and at random elsewhere."""

    def reply(self, history: History) -> str:
        shown = _shown(history.observation)
        wanted = self.pulled(history) if "red lever" in shown else next((x for x in shown if x in _RIGHT), "")
        return WORDS[shown.index(wanted)] if wanted else self.rng(history).choice(WORDS)

    @staticmethod
    def pulled(history: History) -> str:
        """The lever pulled before, as reminded or else as in the turns so far; "" for none."""
        reminded = _PULLED.search(history.observation)
        if reminded:
            return reminded[1]
        asked = history.opening.observation
        for reply, observation in history.turns:
            shown, word = _shown(asked), read_word(reply.text)
            if "red lever" in shown:
                return shown[WORDS.index(word)] if word else ""
            asked = observation
        return ""
