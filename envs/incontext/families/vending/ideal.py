"""Ideal scores of the panel: 16 symbols, four buttons, eight turns; and of its small panel and its bandit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from turnbench.envs.incontext.families.vending.env import VendingPanel
from turnbench.envs.incontext.families.vending.game import UNCERTAIN
from turnbench.envs.incontext.families.vending.players import Nearest, Random, Reference, Replay
from turnbench.envs.incontext.ideal import EPISODES, Cell, exact, simulate, usual_contexts

SYMBOLS: Final = 16
BUTTONS: Final = 4
TURNS: Final = 8
SMALL: Final[dict[str, Any]] = {"symbols": 4, "turns": 16, "repeats": True}
BANDIT: Final[dict[str, Any]] = {"symbols": 1, "buttons": 5, "turns": 24, "repeats": True, "payout": "uncertain"}

_SIMULATED: Final = usual_contexts((1, 4, 8, 16))


def cells(episodes: int = EPISODES) -> Iterator[Cell]:
    """All cells; simulated ones over so many episodes each."""
    yield exact("no records", knowing(0))
    yield exact("wrong level", knowing(0))
    yield exact("whole", knowing(TURNS))
    yield exact("shuffled", knowing(TURNS))
    yield exact("two whole", knowing(seen(TURNS, 2)))
    for n in (1, 4, 8, 16):
        yield exact(f"{n} isolated", knowing(seen(1, n)))
    yield exact("whole, wrong level half the time, level known", (knowing(TURNS) + knowing(0)) / 2)
    yield exact("whole", 1 / BUTTONS + (1 - 1 / BUTTONS) / SYMBOLS, "replay")
    yield exact("whole", 1 / BUTTONS, "random")
    yield exact("small, no records", small())
    yield exact("bandit, no records", bandit(BANDIT["buttons"], BANDIT["turns"]))
    for name, arguments in _SIMULATED:
        yield simulate(name, VendingPanel, Reference, episodes, **arguments)
    for player in (Replay, Nearest, Random):
        yield simulate("whole", VendingPanel, player, episodes)
        yield simulate("wrong level", VendingPanel, player, episodes, burst=0.0)
    for name, arguments in (("no records", {"context": "none"}), ("wrong level", {"burst": 0.0}), ("whole", {})):
        yield simulate(f"small, {name}", VendingPanel, Reference, episodes, **SMALL, **arguments)
        noise = {"demo_noise": 1.0}
        yield simulate(f"bandit, {name}", VendingPanel, Reference, episodes, **BANDIT, **noise, **arguments)


def knowing(pairs: float) -> float:
    """Score of a player who knows that many pairs on average: certain of those, any button for the others."""
    return pairs / SYMBOLS + (1 - pairs / SYMBOLS) / BUTTONS


def seen(steps: int, games: int) -> float:
    """Expected number of different symbols in so many games, `steps` different ones of each."""
    return SYMBOLS * (1 - (1 - steps / SYMBOLS) ** games)


def small() -> float:
    """Small panel without records: at its k-th coming a symbol is answered rightly with chance k in `BUTTONS`, found by then or guessed."""
    n, turns, total = int(SMALL["symbols"]), int(SMALL["turns"]), 0.0
    for turn in range(turns):
        for before in range(turn + 1):
            chance = math.comb(turn, before) * (1 / n) ** before * (1 - 1 / n) ** (turn - before)
            total += chance * min(before + 1, BUTTONS) / BUTTONS
    return total / turns


def bandit(buttons: int, turns: int, greedy: bool = True) -> float:
    """Best share of right presses without records, one button right and the chances of pay known.

    What a player knows of a button is how often it paid, less how often it did not: each makes the odds of being the right one
    `UNCERTAIN[0] / UNCERTAIN[1]` times larger. Pressing the likeliest (`greedy`) is the best; without it all presses are tried.
    """
    right, wrong = UNCERTAIN
    odds = right / wrong

    @cache
    def value(scores: tuple[int, ...], left: int) -> float:
        if not left:
            return 0.0
        weights = [odds**s for s in scores]
        best = 0.0
        for button in range(1 if greedy else buttons):
            if button and scores[button] == scores[button - 1]:
                continue
            p = weights[button] / sum(weights)
            pays = p * right + (1 - p) * wrong
            worth = p
            for change, chance in ((1, pays), (-1, 1 - pays)):
                after = sorted((*scores[:button], scores[button] + change, *scores[button + 1 :]), reverse=True)
                worth += chance * value(tuple(after), left - 1)
            best = max(best, worth)
        return best

    return value((0,) * buttons, turns) / turns
