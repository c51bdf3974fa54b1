"""The exact posterior over things: Bayes' rule over the table, one answer at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from turnbench.envs.twentyq.knowledge import NO, SOMETIMES, YES, World
from turnbench.envs.twentyq.language.query import Kind, Query
from turnbench.randomness import stable_hash


def entropy_bits(weights: NDArray[np.float64]) -> float:
    """Shannon entropy in bits of a normalised vector."""
    positive = weights[weights > 0]
    return float(-(positive * np.log2(positive)).sum()) + 0.0


class Posterior:
    """Probabilities of `members` (indices into `world.things`), uniform at first.

    `flip` is the probability that a plain answer (yes, no) is wrong. An answer about a meaning already asked adds
    nothing, because the answerer repeats itself; guesses are always judged truly. An answer that is impossible under the
    table, as another model may give one, is left out and counted in `impossible`.
    """

    def __init__(self, world: World, members: Sequence[int], flip: float = 0.0) -> None:
        self.members = np.asarray(members)
        self.flip = flip
        self.weights: NDArray[np.float64] = np.full(len(members), 1.0 / len(members))
        self.entropy = entropy_bits(self.weights)
        self.last_gain = 0.0
        self.last_surprisal = 0.0
        self.observed = self.impossible = 0
        self._asked: set[str] = set()

    def likelihood(self, query: Query, answer: int) -> NDArray[np.float64]:
        """P(answer | thing), shape (members,)."""
        truth = np.frombuffer(query.answers, dtype=np.uint8)[self.members]
        right: NDArray[np.float64] = (truth == answer).astype(float)
        if query.kind is Kind.GUESS or not self.flip or answer == SOMETIMES:
            return right
        wrong: NDArray[np.float64] = (truth == (YES if answer == NO else NO)).astype(float)
        return right * (1 - self.flip) + wrong * self.flip

    def observe(self, query: Query, answer: int) -> None:
        """Condition on one answer; a reply that was not understood (answer -1) says nothing."""
        self.observed += 1
        self.last_gain = self.last_surprisal = 0.0
        root = query.meaning.removeprefix("not ")
        if answer < 0 or root in self._asked:
            return
        self._asked.add(root)
        joint = self.weights * self.likelihood(query, answer)
        evidence = float(joint.sum())
        if evidence <= 0:
            self.impossible += 1
            return
        self.weights = joint / evidence
        before, self.entropy = self.entropy, entropy_bits(self.weights)
        self.last_gain = before - self.entropy
        self.last_surprisal = float(-np.log2(evidence)) + 0.0

    def key(self) -> str:
        """Short text that is equal for equal posteriors (to nine digits)."""
        return f"{stable_hash([f'{w:.9f}' for w in self.weights.tolist()]) >> 192:016x}"
