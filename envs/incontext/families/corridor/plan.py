"""The chance to win of the best player, exactly, by dynamic programming over what has been found out.

The player pulls the likeliest lever; here every pull is weighed by what can come after it. Tests show that the two agree.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache

from turnbench.envs.incontext.families.corridor.bag import Belief, Floats


class Plan:
    """Values of one belief.

    Args:
        belief: what is known at the beginning.
        lives: wrong pulls that end the game; 0 for any number.
        slip: chance that a pull does nothing.
        greedy: whether the likeliest lever is always pulled, instead of the best.
    """

    def __init__(self, belief: Belief, lives: int, slip: float, greedy: bool = False) -> None:
        self.belief, self.lives, self.slip, self.greedy = belief, lives, slip, greedy
        self.levers, self.length = belief.weights.shape[1], belief.length
        self._worth: dict[tuple[tuple[int, ...], frozenset[int], int, int], float] = {}
        self._next: dict[tuple[int, ...], Floats] = {}

    def worth(self, pulls: int) -> float:
        """Chance to win from the beginning with so many pulls."""
        return self._value((), frozenset(), min(self.lives or pulls, pulls), pulls)

    def _value(self, used: tuple[int, ...], tried: frozenset[int], lives: int, pulls: int) -> float:
        """In the first room not yet passed, after passing the `used` levers in some order and pulling the `tried` ones in vain."""
        room = len(used)
        if room == self.length:
            return 1.0
        if lives <= 0 or pulls < self.length - room:
            return 0.0
        key = (used, tried, lives, pulls)
        if key not in self._worth:
            if used not in self._next:
                self._next[used] = self.belief.ahead(used)
            ahead = self._next[used]
            levers = sorted((a for a in range(self.levers) if a not in tried and ahead[a]), key=lambda a: -ahead[a])
            total = float(sum(ahead[a] for a in levers))
            stay = self._value(used, tried, lives, pulls - 1) if self.slip else 0.0
            values = [
                self._pull(lever, float(ahead[lever]) / total, used, tried, lives, pulls)
                for lever in (levers[:1] if self.greedy else levers)
            ]
            self._worth[key] = self.slip * stay + (1 - self.slip) * max(values, default=0.0)
        return self._worth[key]

    def _pull(
        self, lever: int, right: float, used: tuple[int, ...], tried: frozenset[int], lives: int, pulls: int
    ) -> float:
        value = right * self._value(tuple(sorted((*used, lever))), frozenset(), lives, pulls - 1)
        if right == 1:
            return value
        return value + (1 - right) * sum(
            chance * self._value(used, tried | {lever}, lives - 1, left)
            for left, chance in back_again(len(used), pulls - 1, self.slip)
        )


def chance_knowing(known: tuple[bool, ...], levers: int, lives: int, pulls: int, slip: float) -> float:
    """Chance to win of a player who knows the levers of some rooms and nothing of the others.

    Args:
        known: for every room, whether its lever is known.
        levers: number of levers.
        lives: wrong pulls that end the game; 0 for any number.
        pulls: number of pulls.
        slip: chance that a pull does nothing.
    """

    @cache
    def value(room: int, tried: int, lives: int, pulls: int) -> float:
        if room == len(known):
            return 1.0
        if lives <= 0 or pulls < len(known) - room:
            return 0.0
        right = 1.0 if known[room] else 1.0 / (levers - tried)
        worth = right * value(room + 1, 0, lives, pulls - 1)
        if right < 1:
            worth += (1 - right) * sum(
                chance * value(room, tried + 1, lives - 1, left) for left, chance in back_again(room, pulls - 1, slip)
            )
        return (1 - slip) * worth + (slip and slip * value(room, tried, lives, pulls - 1))

    return value(0, 0, min(lives or pulls, pulls), pulls)


@lru_cache(maxsize=4096)
def back_again(rooms: int, pulls: int, slip: float) -> tuple[tuple[int, float], ...]:
    """Pulls left after walking through so many known rooms, with their chances: one slip more or less on the way."""
    if not slip:
        return ((pulls - rooms, 1.0),)
    if not rooms:
        return ((pulls, 1.0),)
    return tuple(
        (pulls - rooms - k, math.comb(rooms + k - 1, k) * (1 - slip) ** rooms * slip**k)
        for k in range(pulls - rooms + 1)
    )
