"""What the records and one's own walk say of key, door and compass, and where to walk then.

A hypothesis is a key cell, a door cell and a compass: at most 49 x 48 x 24. All are held, with exact weights where the records tell
whether the key was held at their beginning.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from turnbench.envs.incontext.context import Fragment
from turnbench.envs.incontext.families.keydoor.game import (
    DIRECTIONS,
    DOOR,
    JINGLE,
    NOTHING,
    SLIP,
    KeyDoor,
    toward,
    walks,
)
from turnbench.envs.incontext.game import Observation
from turnbench.envs.incontext.players import Player, Scene
from turnbench.randomness import RandomStream

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Cells = NDArray[np.intp]


class Walked(NamedTuple):
    """What a walk leaves of some hypotheses: which (numbers), the walk's probability under each, whether the key is held then; and
    the cell it came to.
    """

    at: Cells
    like: Floats
    held: Bools
    cell: int


class Room:
    """Every hypothesis H of one size of the room: `key_H`, `door_H` (cells), `compass_H` (numbers in `compasses`)."""

    def __init__(self, size: int, permuted: bool) -> None:
        cells = np.arange(size * size)
        self.size = size
        self.compasses = np.array(list(permutations(range(len(DIRECTIONS)))) if permuted else [range(len(DIRECTIONS))])
        compass, key, door = (
            grid.ravel() for grid in np.meshgrid(range(len(self.compasses)), cells, cells, indexing="ij")
        )
        kept = key != door
        self.compass_H, self.key_H, self.door_H = compass[kept], key[kept], door[kept]
        self.walk = np.array(walks(size))
        """Cell reached, [cell, direction]."""
        self.toward = np.array(
            [[-1 if x == y else toward(size, x, y) for y in range(len(cells))] for x in range(len(cells))]
        )
        """The expert's direction, [cell, goal]."""
        rows, columns = cells // size, cells % size
        self.far = abs(rows[:, None] - rows) + abs(columns[:, None] - columns)
        """Steps between cells."""


@lru_cache(maxsize=8)
def room_of(size: int, permuted: bool) -> Room:
    """The room, once."""
    return Room(size, permuted)


class Explorer:
    """Reasons about one setting of the environment."""

    def __init__(self, game: KeyDoor, arguments: dict[str, Any]) -> None:
        self.game = game
        self.room = room_of(game.size, game.permuted)
        self.slip = float(arguments["slip"])
        self.noise = float(arguments["demo_noise"])
        self.burst = float(arguments["burst"])
        self.kind = str(arguments["context"])
        # Probability that of `left` steps at least `far` do not slip, [left, far].
        most = game.longest
        self.enough = np.zeros((most + 1, most + 1))
        for left in range(most + 1):
            chances = [math.comb(left, n) * (1 - self.slip) ** n * self.slip ** (left - n) for n in range(left + 1)]
            for far in range(left + 1):
                self.enough[left, far] = sum(chances[far:])

    # What is known -----------------------------------------------------------------------------------------------

    def walk(
        self,
        first: Observation,
        steps: Iterable[tuple[str, Observation]],
        at: Cells,
        begins: bool,
        held: bool,
        expert: bool,
    ) -> Walked | None:
        """Probability of a walk under the hypotheses `at`; those under which it is impossible are left out.

        Args:
            first: what was seen first.
            steps: actions ("" for a text that was none) and what was seen after each.
            at: hypotheses.
            begins: whether a game begins here (then neither on the key's cell nor on the door's).
            held: whether the key is held at the beginning.
            expert: whether an expert walks, whose choices tell something too.

        Returns:
            None where this is no walk in this room.
        """
        seen = self.game.read_view(first.view)
        if seen is None:
            return None
        cell, shown = seen
        if shown not in (None, held):
            at = at[:0]
        if begins or not held:
            at = at[self.room.key_H[at] != cell]
        if begins or held:
            at = at[self.room.door_H[at] != cell]
        return self.walk_on(Walked(at, np.ones(len(at)), np.full(len(at), held), cell), steps, expert)

    def walk_on(self, now: Walked, steps: Iterable[tuple[str, Observation]], expert: bool) -> Walked | None:
        """The same from where a walk has come to."""
        for action, after in steps:
            if not action or after.event == NOTHING:
                continue
            then = self._step(now, action, after, expert) if action in self.game.actions else None
            if then is None:
                return None
            now = then
        return now

    def _step(self, now: Walked, action: str, after: Observation, expert: bool) -> Walked | None:
        room, (at, like, held, cell) = self.room, now
        key, door = room.key_H[at], room.door_H[at]
        way = room.compasses[room.compass_H[at], self.game.actions.index(action)]
        if expert:
            right = way == room.toward[cell, np.where(held, door, key)]
            like = like * ((1 - self.noise) * right + self.noise / len(DIRECTIONS))
        kept = like > 0
        if after.event == SLIP:
            return Walked(at[kept], like[kept], held[kept], cell)
        goes = room.walk[cell, way]
        if after.event == DOOR:
            kept &= held & (door == goes)
            return Walked(at[kept], like[kept], held[kept], cell)
        seen = self.game.read_view(after.view)
        if seen is None:
            return None
        cell, shown = seen
        found = ~held & (key == cell)
        held = held | found
        kept &= (goes == cell) & ~(held & (door == cell))
        if self.game.jingle:
            kept &= found == (after.event == JINGLE)
        if shown is not None:
            kept &= held == shown
        return Walked(at[kept], like[kept], held[kept], cell)

    def likelihood(self, record: Fragment) -> Floats | None:
        """Probability of a piece of a record under every hypothesis, [H]; None if it is no walk in this room.

        Where a piece may begin on the way and does not tell whether the key was held, both count alike.
        """
        everything = np.arange(len(self.room.key_H))
        begins = self.kind in ("whole", "prefix")
        like = np.zeros(len(everything))
        ways = (False,) if begins else (False, True)
        for held in ways:
            steps = zip(record.actions, record.seen[1:], strict=True)
            walked = self.walk(record.seen[0], steps, everything, begins, held, True)
            if walked is None:
                return None
            like[walked.at] += walked.like / len(ways)
        return like

    def told(self, records: tuple[Fragment, ...]) -> Floats:
        """Weight of every hypothesis by the records, [H]; it allows for records of other levels."""
        size = len(self.room.key_H)
        same, other = np.full(size, self.burst), 1 - self.burst
        for record in records:
            like = self.likelihood(record)
            if like is None:
                return np.ones(size)
            same = same * like
            # The steps of few games, shuffled, are of one other level, not of one each.
            other = (
                same.mean() * (1 - self.burst) / self.burst
                if self.kind == "shuffled" and self.burst
                else other * like.mean()
            )
        top = max(same.max(), other)
        return (same + other) / top if top else np.ones(size)

    # What to do --------------------------------------------------------------------------------------------------

    def act(self, scene: Scene) -> str:
        """The word to say; "" for any."""
        now = self.game.read_view(scene.now.view)
        left = self.game.longest - len(scene.steps)
        if now is None or left <= 0:
            return ""
        for records in (scene.records, ()):  # records that do not fit one's own walk are given up
            walked = walked_once(self, records, scene.first, scene.steps)
            if walked is None:
                return ""
            weights = told_once(self, records)[walked.at]
            if weights.any():
                return self.choose(now[0], left, walked, weights / weights.sum())
        return ""

    def choose(self, cell: int, left: int, known: Walked, weights: Floats) -> str:
        """The word that is expected to lead where another cell promises most for every step to it."""
        room = self.room
        promise = self.promise(cell, left, known, weights)
        rate = (promise / (1 + room.far)).max(
            axis=1
        )  # [cell]: of what there is from here, with the step that leads there
        compass = np.bincount(room.compass_H[known.at], weights, len(room.compasses))
        return self.game.actions[int(np.argmax(compass @ rate[room.walk[cell, room.compasses]]))]

    def promise(self, cell: int, left: int, known: Walked, weights: Floats) -> Floats:
        """Probability to win thanks to going to every other cell next, [cell]: that the door is there and the key is held, or that the
        key is there and the door can still be found, if of n cells equally near enough the n likeliest can be tried in n steps.
        """
        room, cells = self.room, self.game.cells
        key, door, held = room.key_H[known.at], room.door_H[known.at], known.held
        near = np.where(room.far[cell] <= left, self.enough[left, np.minimum(room.far[cell], left)], 0.0)
        doors = np.bincount(door[held], weights[held], cells)
        found = np.zeros(cells)
        pairs = np.bincount(key[~held] * cells + door[~held], weights[~held], cells * cells).reshape(cells, cells)
        for at in np.flatnonzero(pairs.sum(axis=1)):
            rest = left - room.far[cell, at]
            if rest > 0:
                reached = (
                    np.where(room.far[at] <= rest, self.enough[rest, np.minimum(room.far[at], rest)], 0.0) * pairs[at]
                )
                tries = math.ceil(rest * (1 - self.slip))
                found[at] = np.sort(reached)[-tries:].sum()
        promise: Floats = near * (doors + found)
        promise[cell] = 0.0
        return promise


@lru_cache(maxsize=256)
def told_once(explorer: Explorer, records: tuple[Fragment, ...]) -> Floats:
    """`Explorer.told`, once per episode."""
    return explorer.told(records)


@lru_cache(maxsize=256)
def walked_once(
    explorer: Explorer, records: tuple[Fragment, ...], first: Observation, steps: tuple[tuple[str, Observation], ...]
) -> Walked | None:
    """One's own walk, from where it was a turn before."""
    if not steps:
        return explorer.walk(first, (), np.flatnonzero(told_once(explorer, records)), True, False, False)
    before = walked_once(explorer, records, first, steps[:-1])
    return None if before is None else explorer.walk_on(before, steps[-1:], False)


class BayesPlayer(Player):
    """Weighs every key, door and compass by all it has seen, and walks where that promises most."""

    def __init__(self, arguments: Any) -> None:
        super().__init__(arguments)
        assert isinstance(self.game, KeyDoor)
        self.explorer = Explorer(self.game, self.arguments)

    def act(self, scene: Scene, rng: RandomStream) -> str:
        return self.explorer.act(scene)
