"""Scripted players of the game. They see what any agent sees, and know the public table of facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from turnbench.envs.twentyq.knowledge import NO, SOMETIMES, YES, load_world
from turnbench.envs.twentyq.language.understanding import understanding_of
from turnbench.envs.twentyq.posterior import Posterior
from turnbench.episode import Fact, History
from turnbench.randomness import RandomStream

_LEFT = re.compile(r"(\d+) questions? left")
_ANSWER = {"Yes.": YES, "No.": NO, "Sometimes.": SOMETIMES}


class _Player:
    """What the players share: the table, the words for a guess, and randomness fixed by the history's seed."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self.world = load_world(arguments["world"])
        self.members = self.world.members(arguments["subset"])
        self.budget = int(arguments["budget"])
        self.flip = float(arguments["flip"])
        self.questions = [rule.question for rule in self.world.rules]
        self.reader = understanding_of(arguments["world"])

    def guess(self, member: int) -> str:
        name = self.world.things[self.members[member]].name
        if self.world.wording.get("article", "yes") == "no":
            return f"Is it {name}?"
        return f"Is it {'an' if name[0] in 'aeiou' else 'a'} {name}?"

    def questions_left(self, history: History) -> int:
        found = _LEFT.search(history.observation) if history.turns else None
        return int(found[1]) if found else self.budget

    @staticmethod
    def rng(history: History) -> RandomStream:
        return RandomStream.from_parts("player", history.agent_seed, len(history.turns))

    def forget(self, episode: str) -> None:
        """Nothing is kept unless a subclass keeps it."""


class RandomAsker(_Player):
    """Half of the time a random question, half of the time the name of a random thing, with replacement."""

    def reply(self, history: History) -> str:
        rng = self.rng(history)
        return self.guess(rng.below(len(self.members))) if rng.below(2) else rng.choice(self.questions)


class Guesser(_Player):
    """Only names things, each once, in an order drawn per episode: wins budget / N of N things."""

    def reply(self, history: History) -> str:
        order = list(range(len(self.members)))
        RandomStream.from_parts("guesser", history.agent_seed).shuffle(order)
        return self.guess(order[len(history.turns) % len(order)])


class Reference(_Player):
    """Asks the question with the greatest expected information; guesses when that is at least as good.

    The posterior is computed from the answers seen. For question q with answer Y and thing X the expected information
    is I(X; Y) = H(Y) - H(Y | X) (MacKay 1992, "Information-based objective functions for active data selection"),
    where H(Y | X) is the noise of an unreliable answerer. A name is guessed when its probability reaches one half,
    with the last question, or when no question helps.
    """

    confident = 0.5

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        super().__init__(arguments)
        reads = [self.reader.read(q) for q in self.questions]
        table = np.stack([np.frombuffer(q.answers, dtype=np.uint8)[list(self.members)] for q in reads])
        # One-hot answers, shape (3, questions, members): P(answer) = is_answer @ posterior.
        self._is_answer: NDArray[np.float64] = np.stack([(table == a).astype(float) for a in (NO, SOMETIMES, YES)])
        self._posteriors: dict[str, Posterior] = {}
        self._best_at_start: int | None = None

    def forget(self, episode: str) -> None:
        self._posteriors.pop(episode, None)

    def posterior(self, history: History) -> Posterior:
        """Posterior after the answers in `history`; kept per episode and brought up to date."""
        known = self._posteriors.get(history.episode)
        if known is None or known.observed > len(history.turns):
            known = self._posteriors[history.episode] = Posterior(self.world, self.members, self.flip)
        for reply, observation in history.turns[known.observed :]:
            known.observe(self.reader.read(reply.text), _ANSWER.get(observation.split(" ", 1)[0], -1))
        return known

    def information(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Expected information in bits of every question, shape (questions,)."""
        p_no, p_sometimes, p_yes = self._is_answer @ weights
        if self.flip:
            p_plain = p_no + p_yes
            p_yes = p_yes * (1 - self.flip) + p_no * self.flip
            p_no = p_plain - p_yes
            noise = _entropy_terms(np.array([self.flip, 1 - self.flip])).sum() * p_plain
        else:
            noise = np.zeros(1)
        gain: NDArray[np.float64] = _entropy_terms(np.stack([p_no, p_sometimes, p_yes])).sum(axis=0) - noise
        return gain

    def reply(self, history: History) -> str:
        posterior = self.posterior(history)
        weights = posterior.weights
        likeliest = int(weights.argmax())
        if weights[likeliest] >= self.confident or self.questions_left(history) <= 1:
            return self.guess(likeliest)
        if not history.turns and self._best_at_start is not None:
            return self.questions[self._best_at_start]
        gains = self.information(weights)
        if self.flip:
            gains = self._without_repeats(gains, history)
        best = int(gains.argmax())
        if not history.turns:
            self._best_at_start = best
        return self.questions[best] if gains[best] > 1e-9 else self.guess(likeliest)

    def _without_repeats(self, gains: NDArray[np.float64], history: History) -> NDArray[np.float64]:
        """An unreliable answerer repeats its answer, so a question already asked is worth nothing."""
        asked = {turn.reply.text for turn in history.turns}
        return np.array([0.0 if q in asked else g for q, g in zip(self.questions, gains, strict=True)])


class Careless(Reference):
    """Deliberately mediocre: every second turn it asks at random, and it guesses long before it can know."""

    confident = 0.2

    def reply(self, history: History) -> str:
        rng = self.rng(history)
        if self.questions_left(history) > 1 and rng.below(2):
            return rng.choice(self.questions)
        return super().reply(history)


def _entropy_terms(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """-p log2 p, 0 at 0."""
    return -p * np.log2(p, out=np.zeros_like(p), where=p > 0)


class Novice(Careless):
    """Knows only the questions that divide the things best, asks every second one at random, and guesses early.

    Deliberately mediocre and short of words: what small models are warmed up on.
    """

    confident = 0.35
    known = 24
    """Number of questions it knows."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        super().__init__(arguments)
        uniform = np.full(len(self.members), 1 / len(self.members))
        best = np.argsort(-self.information(uniform), kind="stable")[: self.known]
        self.questions = [self.questions[i] for i in best]
        self._is_answer = self._is_answer[:, best]

    def facts(self) -> list[Fact]:
        """What every question it knows is answered with for every thing, such as "cat: Is it alive? Yes."."""
        said = {NO: "No.", SOMETIMES: "Sometimes.", YES: "Yes."}
        sentences = []
        for question in self.questions:
            answers = self.reader.read(question).answers
            sentences += [Fact(f"{self.world.things[m].name}: {question}", said[answers[m]]) for m in self.members]
        return sentences
