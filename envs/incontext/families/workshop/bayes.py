"""What the records and one's own steps say of the gadgets, and what to do with that.

A hypothesis is a table of gadgets together with an order of the three letters seen: at most 1,680 x 2. All are held, with exact weights.
The letters are numbered in alphabetical order; in a ring that runs the other way a bump is then the reverse of a bump.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, permutations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from turnbench.envs.incontext.context import Fragment
from turnbench.envs.incontext.families.workshop.game import DONE, FARTHEST, GADGETS, NEAREST, NOTHING, SLIP, Workshop
from turnbench.envs.incontext.families.workshop.operators import FAR, LETTERS, distances, moves, number, rows, starts
from turnbench.envs.incontext.players import Player, Scene
from turnbench.envs.incontext.words import THINGS
from turnbench.randomness import RandomStream

NODES: Final = 100
"""Positions looked at before a decision: what bounds the depth of planning."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Hypotheses:
    """Every hypothesis H at one setting of the game. Shapes: A gadgets, S rows, C sets of operators with an order of the letters."""

    next_HAS: NDArray[np.intp]
    """Number of the row that a gadget makes."""
    set_H: NDArray[np.intp]
    """Which set of operators and order."""
    far_CSS: NDArray[np.uint8]
    """Distances."""
    start_CSS: Floats
    """Probability of (row, target) at the beginning of a game."""

    def far(self, h: Any, row: Any, target: int) -> NDArray[np.uint8]:
        """Distance from a row to the target under hypotheses `h`."""
        far: NDArray[np.uint8] = self.far_CSS[self.set_H[h], row, target]
        return far


@lru_cache(maxsize=16)
def hypotheses(length: int, operators: tuple[int, ...], both_ways: bool) -> Hypotheses:
    """Those of a game; `both_ways` where the order of the letters is not known."""
    sets = list(combinations(operators, GADGETS))
    tables = [(c, table) for c, chosen in enumerate(sets) for table in permutations(chosen)]
    next_HAS = np.array([moves(length)[list(table)] for _, table in tables])
    set_H = np.array([c for c, _ in tables])
    far = np.array([distances(length, chosen) for chosen in sets])
    start = np.zeros(far.shape)
    for c, chosen in enumerate(sets):
        pairs = starts(length, chosen, NEAREST, FARTHEST)
        start[c, pairs[:, 0], pairs[:, 1]] = 1 / len(pairs)
    if both_ways:
        turned = np.array([number(tuple(-letter % LETTERS for letter in row)) for row in rows(length)])
        next_HAS = np.concatenate([next_HAS, turned[next_HAS[:, :, turned]]])
        set_H = np.concatenate([set_H, set_H + len(sets)])
        far = np.concatenate([far, far[:, turned][:, :, turned]])
        start = np.concatenate([start, start[:, turned][:, :, turned]])
    return Hypotheses(next_HAS, set_H, far, start)


class Workbench:
    """Reasons about one setting of the environment."""

    def __init__(self, game: Workshop, arguments: dict[str, Any]) -> None:
        self.game = game
        self.all = hypotheses(game.length, game.operators, game.permuted)
        self.slip = float(arguments["slip"])
        self.noise = float(arguments["demo_noise"])
        self.burst = float(arguments["burst"])
        self.kind = str(arguments["context"])
        # Probability that of `left` actions at least `far` do not jam, [left, far].
        most = game.longest
        self.enough = np.zeros((most + 1, FAR + 1))
        for left in range(most + 1):
            for far in range(left + 1):
                works = range(far, left + 1)
                self.enough[left, far] = sum(
                    math.comb(left, n) * (1 - self.slip) ** n * self.slip ** (left - n) for n in works
                )

    # What is known -----------------------------------------------------------------------------------------------

    def code(self, words: Sequence[str], letters: Sequence[str]) -> tuple[int, int] | None:
        """Row and target by number; None where the words are not such a view in these letters."""
        if len(words) != 2 * self.game.length or not set(words) <= set(letters):
            return None
        numbers = [letters.index(word) for word in words]
        return number(tuple(numbers[: self.game.length])), number(tuple(numbers[self.game.length :]))

    def likelihood(self, record: Fragment, letters: Sequence[str]) -> Floats | None:
        """Probability of a piece of a record under every hypothesis, [H]; None if it is in other letters.

        Exact for whole games and beginnings: start, expert and gadgets. Of other pieces, how they were chosen is left out.
        """
        known = self.all
        like = np.ones(len(known.set_H))
        for step, action in enumerate(record.actions):
            seen = self.code(record.seen[step].view, letters)
            if seen is None or action not in self.game.actions:
                return None
            row, target = seen
            if step == 0 and self.kind in ("whole", "prefix"):
                like *= known.start_CSS[known.set_H, row, target]
            a = self.game.actions.index(action)
            then = known.next_HAS[:, :, row]
            expert = known.far(np.arange(len(like))[:, None], then, target).argmin(axis=1)
            like *= (1 - self.noise) * (expert == a) + self.noise / GADGETS
            after = record.seen[step + 1]
            if after.event == SLIP:
                continue
            made = (target, target) if after.event == DONE else self.code(after.view, letters)
            if made is None:
                return None
            like *= then[:, a] == made[0]
        return like

    def told(self, records: tuple[Fragment, ...], letters: tuple[str, ...]) -> Floats:
        """Weight of every hypothesis by the records, [H]; it allows for records of other levels."""
        size = len(self.all.set_H)
        chance = 1 / math.comb(len(THINGS), LETTERS) if self.game.permuted else 1.0
        same, other = np.full(size, self.burst), 1 - self.burst
        for record in records:
            like = self.likelihood(record, letters)
            if like is None:  # in other letters, so all records are of other levels
                return np.ones(size)
            same = same * like
            other *= chance * like.mean()
            if self.kind == "shuffled" and self.burst < 1:  # steps of few games: of one other level, not of one each
                other = (1 - self.burst) * chance * (same.mean() / self.burst if self.burst else 0.0)
        top = max(same.max(), other)
        weights = (same + other) / top if top else np.ones(size)
        return weights

    # What to do --------------------------------------------------------------------------------------------------

    def act(self, scene: Scene) -> str:
        """The gadget to use; "" for any."""
        letters = tuple(sorted(set(scene.first.view)))
        begun = self.code(scene.first.view, letters)
        if begun is None or len(letters) != LETTERS or (not self.game.permuted and letters != THINGS[:LETTERS]):
            return ""
        row, target = begun
        weights = told_once(self, scene.records, letters) * self.all.start_CSS[self.all.set_H, row, target]
        budget = self.all.far(slice(None), row, target).astype(int) + self.game.slack
        own = np.ones(len(weights))
        for action, seen in scene.steps:
            if not action or seen.event in (SLIP, NOTHING):
                continue
            made = self.code(seen.view, letters)
            if made is None or action not in self.game.actions:
                return ""
            own *= self.all.next_HAS[:, self.game.actions.index(action), row] == made[0]
            row = made[0]
        gone = len(scene.steps)
        own *= budget > gone
        for kept in (weights * own, own, np.ones(len(own))):
            if kept.any():
                at = np.flatnonzero(kept)
                return self.game.actions[Plan(self, target, budget, at, kept[at] / kept.sum()).best(row, gone)]
        raise AssertionError("some weight is always left")


@lru_cache(maxsize=256)
def told_once(bench: Workbench, records: tuple[Fragment, ...], letters: tuple[str, ...]) -> Floats:
    """`Workbench.told`, once per episode."""
    return bench.told(records, letters)


class Plan:
    """Looks ahead over what the gadgets may do. Below the last position looked at, everything is taken to be known then, so a value
    is never too low; where the depth reaches the end of the game the plan is the best there is.
    """

    def __init__(
        self, bench: Workbench, target: int, budget: NDArray[np.intp], at: NDArray[np.intp], weights: Floats
    ) -> None:
        self.bench, self.all, self.target, self.budget = bench, bench.all, target, budget
        self.at, self.weights = at, weights
        self.nodes = 0
        self.now = 0

    def best(self, row: int, gone: int) -> int:
        """Number of the best gadget, by looking ahead further and further."""
        choice, self.now = 0, gone
        for depth in range(1, self.bench.game.longest + 1):
            values = self._values(self.at, self.weights, row, gone, depth)
            choice = int(np.argmax(np.round(values, 9) + 1e-10 * self._votes(row)))
            if self.nodes > NODES or len(self.at) == 1:
                break
        return choice

    def _votes(self, row: int) -> Floats:
        """Weight of the hypotheses whose nearest way begins with a gadget, [A]: what decides between equals."""
        far = self.all.far(self.at[:, None], self.all.next_HAS[self.at, :, row], self.target)
        votes: Floats = self.weights @ (far == far.min(axis=1, keepdims=True))
        return votes

    def _values(self, h: NDArray[np.intp], weights: Floats, row: int, gone: int, depth: int) -> Floats:
        """Probability (times the weight of `h`) to win by every gadget, [A]; -1 for those that cannot be the best."""
        self.nodes += 1
        then = self.all.next_HAS[h, :, row]
        left = self.budget[h] - gone - 1  # after this action
        enough = self.bench.enough
        bounds = weights @ enough[left[:, None], self.all.far(h[:, None], then, self.target)]
        if depth == 1 or (len(h) == 1 and not self.bench.slip):
            return bounds
        slip = self.bench.slip
        values = np.full(GADGETS, -1.0)
        best = -1.0
        for a in np.argsort(-bounds, kind="stable"):
            if bounds[a] <= best and not (
                gone == self.now and bounds[a] == best
            ):  # all equals stand for choice at the top
                break
            values[a] = (1 - slip) * self._after(h, weights, then[:, a], left, gone, depth)
            if slip and (on := left > 0).any():
                values[a] += slip * self._values(h[on], weights[on], row, gone + 1, depth - 1).max()
            best = max(best, values[a])
        return values

    def _after(
        self,
        h: NDArray[np.intp],
        weights: Floats,
        made: NDArray[np.intp],
        left: NDArray[np.intp],
        gone: int,
        depth: int,
    ) -> float:
        """The same once a gadget was used that makes one of the rows `made`."""
        total = 0.0
        for row in np.unique(made):
            group = made == row
            if row == self.target:
                total += float(weights[group].sum())
                continue
            group &= left > 0
            if group.any():
                total += float(self._values(h[group], weights[group], int(row), gone + 1, depth - 1).max())
        return total


class BayesPlayer(Player):
    """Weighs every table of gadgets by all it has seen, and plans."""

    def __init__(self, arguments: Any) -> None:
        super().__init__(arguments)
        assert isinstance(self.game, Workshop)
        self.bench = Workbench(self.game, self.arguments)

    def act(self, scene: Scene, rng: RandomStream) -> str:
        return self.bench.act(scene)
