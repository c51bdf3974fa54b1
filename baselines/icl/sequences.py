"""Training sequences: several games in a row, drawn from an environment whose opening shows games.

A sequence of E trajectories is an opening with E - 1 of them and a game played behind it, with the loss on every action of all of them.
Which trajectories share a level is the environment's argument `burst` (p_b); what is shown of them is `context`. The game at the end is
played by the expert with slips of the hand (`noise`), and the label of every step is what the expert would do: so a policy that erred
knows how to go on (as in DAgger, Ross et al. 2011, arXiv:1011.0686). Every action's end is learned as well: it is part of the reply.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from turnbench.baselines.icl.notation import END
from turnbench.env import TextEnv
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream
from turnbench.registry import make_env

_WORD = re.compile(r"\S+")


class Example(NamedTuple):
    """One training sequence as words, and the words to learn."""

    words: list[str]
    places: list[int]
    """Positions of words that carry loss, ascending: actions and their ends."""
    labels: list[str]
    """What should stand there; differs from the word that does where the player erred."""
    opening: int
    """Number of words before the first action of the game at the end."""


class Task(NamedTuple):
    """A world to draw from: environment id, arguments, and its share of the sequences."""

    env_id: str
    arguments: Mapping[str, Any]
    share: float = 1.0


class Examples:
    """Draws training sequences; number i is fixed by the seed.

    Args:
        tasks: worlds, each drawn with its share.
        noise: probability that a step of the game at the end is any action instead of the expert's.
        seed: of the run.
        split: of the levels.

    Raises:
        UsageError: a world without expert or single-word actions, or not in the compact wording.
    """

    def __init__(self, tasks: Sequence[Task], noise: float, seed: int, split: str = "train") -> None:
        self._envs = [make_env(t.env_id, **{"split": split, **t.arguments}) for t in tasks]
        self._noise, self._seed = noise, seed
        self._shares = [t.share for t in tasks]
        for task, env in zip(tasks, self._envs, strict=True):
            env.reset(seed=0)
            if not env.expert() or not env.action_words():
                raise UsageError(
                    f"{task.env_id} has no expert whose actions are single words: choose another to train on."
                )
            if env.arguments.get("wording", "compact") != "compact":
                raise UsageError(
                    f"In-context training needs the compact wording: set wording=compact for {task.env_id}."
                )

    def draw(self, number: int) -> Example:
        """Sequence `number`."""
        rng = RandomStream.from_parts("icl", self._seed, number)
        env = self._envs[self._pick(rng.random())]
        return play_example(env, rng, self._noise)

    def _pick(self, at: float) -> int:
        at *= sum(self._shares)
        for i, share in enumerate(self._shares):
            if at < share:
                return i
            at -= share
        return len(self._shares) - 1


def play_example(env: TextEnv, rng: RandomStream, noise: float) -> Example:
    """A sequence from one environment: its opening, and a game played by the expert with slips of the hand."""
    _, info = env.reset(seed=rng.word() >> 1)
    message = info["user_message"]
    starts: dict[int, int] = {}
    words: list[str] = []
    for found in _WORD.finditer(message):
        starts[found.start()] = len(words)
        words.append(found[0])
    places: list[int] = []
    labels: list[str] = []
    for place in env.places():
        places += (starts[place.begin], starts[place.begin] + 1)
        labels += (place.expert, END)
    opening = len(words)
    terminated = False
    actions = env.action_words()
    while not terminated:
        expert = env.expert()
        action = actions[rng.below(len(actions))] if noise and rng.random() < noise else expert
        places += (len(words), len(words) + 1)
        labels += (expert, END)
        observation, _, terminated, _, _ = env.step(action)
        words += (action, END)
        if not terminated:
            words += observation.split()
    return Example(words, places, labels, opening)
