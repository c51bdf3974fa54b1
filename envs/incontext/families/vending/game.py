"""The panel's rules: it shows a symbol, one button is right for it, and then it shows another.

A level is the symbols (numbers of `THINGS`, ascending) and the right button of each. A state is (symbols still to come, the one shown
first; presses that were right; luck of every press to come). Luck is drawn at the start, so that what a press pays is fixed by the
state: (whether the right button would pay, whether a wrong one would).
"""

from __future__ import annotations

import re
from typing import Final

from turnbench.envs.incontext.game import Game, Observation
from turnbench.envs.incontext.words import ACTIONS, THINGS
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream

MOST_TURNS: Final = 32
PAYS, EMPTY, SLIP, NOTHING = "pays", "empty", "slip", "nothing"
CERTAIN: Final = (1.0, 0.0)
"""Chance that the right button pays, and that a wrong one does."""
UNCERTAIN: Final = (0.6, 0.4)

Level = tuple[tuple[int, ...], tuple[int, ...]]
Luck = tuple[bool, bool]
State = tuple[tuple[int, ...], int, tuple[Luck, ...]]

_SENTENCES: Final = {
    "": "",
    PAYS: "It pays. ",
    EMPTY: "It pays nothing. ",
    SLIP: "The button sticks. ",
    NOTHING: "That is no button. ",
}
_SHOWS: Final = "The panel shows {}."
_DARK: Final = "The panel goes dark."
_SHOWN: Final = re.compile(r"The panel shows (\w+)\.")


class Panel(Game[Level, State]):
    """Rules at one setting.

    Args:
        symbols: number of symbols of a level, 1 to 24.
        buttons: number of buttons, 2 to 8.
        turns: number of symbols shown in an episode, 1 to 32.
        repeats: a symbol may come again within an episode; otherwise `turns` is at most `symbols`.
        chances: chance that the right button pays, and that a wrong one does.
        permuted: every level has symbols of its own; otherwise all have the same.
    """

    events = (PAYS, EMPTY, SLIP, NOTHING)

    def __init__(
        self, symbols: int, buttons: int, turns: int, repeats: bool, chances: tuple[float, float], permuted: bool
    ) -> None:
        if not 1 <= symbols <= len(THINGS):
            raise UsageError(f"symbols is a number from 1 to {len(THINGS)}, not {symbols}.")
        if not 2 <= buttons <= len(ACTIONS):
            raise UsageError(f"buttons is a number from 2 to {len(ACTIONS)}, not {buttons}.")
        if not 1 <= turns <= MOST_TURNS:
            raise UsageError(f"turns is a number of symbols from 1 to {MOST_TURNS}, not {turns}.")
        if not repeats and turns > symbols:
            raise UsageError(f"{turns} turns without repeats need as many symbols, not {symbols}: set repeats.")
        self.symbols, self.turns, self.repeats, self.chances, self.permuted = symbols, turns, repeats, chances, permuted
        self.actions = ACTIONS[:buttons]

    def draw_level(self, rng: RandomStream) -> Level:
        """Any table; several symbols may have one button."""
        names = sorted(rng.sample(range(len(THINGS)), self.symbols)) if self.permuted else range(self.symbols)
        return tuple(names), tuple(rng.below(len(self.actions)) for _ in range(self.symbols))

    def key(self, level: Level) -> str:
        """The table: symbol and button, such as "holm:bim"."""
        return ".".join(f"{THINGS[symbol]}:{self.actions[button]}" for symbol, button in zip(*level, strict=True))

    def start(self, level: Level, rng: RandomStream) -> State:
        """Which symbols come, and what presses pay: drawn anew for every episode."""
        n = self.symbols
        order = [rng.below(n) for _ in range(self.turns)] if self.repeats else rng.sample(range(n), self.turns)
        right, wrong = self.chances
        luck = []
        for _ in range(self.turns):
            u = 0.0 if self.chances == CERTAIN else rng.random()
            luck.append((u < right, u < wrong))
        return tuple(order), 0, tuple(luck)

    def budget(self, level: Level, start: State) -> int:
        """Twice the number of symbols: as many tries for nothing as there are presses."""
        return self.longest

    @property
    def longest(self) -> int:
        """Twice the number of symbols shown."""
        return 2 * self.turns

    def act(self, level: Level, state: State, action: str, slip: bool) -> tuple[State, str]:
        """A press moves on to the next symbol; a slip, or a text that is no button, leaves the symbol where it is."""
        to_come, right, luck = state
        if not action:
            return state, NOTHING
        if slip:
            return state, SLIP
        hit = action == self.actions[level[1][to_come[0]]]
        pays = luck[0][0] if hit else luck[0][1]
        return (to_come[1:], right + hit, luck[1:]), PAYS if pays else EMPTY

    def over(self, level: Level, state: State) -> bool:
        """All symbols were answered."""
        return not state[0]

    def score(self, level: Level, state: State) -> float:
        """Share of all symbols whose right button was pressed. Presses count, not what they paid: luck is no merit."""
        return state[1] / self.turns

    def progress(self, level: Level, state: State) -> float:
        """Share of right presses so far, of all."""
        return state[1] / self.turns

    def expert(self, level: Level, state: State) -> str:
        """The right button."""
        return self.actions[level[1][state[0][0]]] if state[0] else self.actions[0]

    def view(self, level: Level, state: State) -> tuple[str, ...]:
        """The symbol."""
        return (THINGS[level[0][state[0][0]]],) if state[0] else ()

    def rules(self, slip: float) -> str:
        """In plain English."""
        right, wrong = self.chances
        pays = (
            "One button is right for each symbol, and it pays; the others pay nothing."
            if self.chances == CERTAIN
            else f"One button is right for each symbol: it pays with probability {right:g}, the others with probability {wrong:g}."
        )
        again = "The same symbol may come again." if self.repeats else "No symbol comes twice in a game."
        slips = f" A button sticks with probability {slip:g}; then nothing happens." if slip else ""
        return (
            f"A panel shows a symbol, and you press one of the buttons {', '.join(self.actions[:-1])} and {self.actions[-1]}. {pays} "
            f"Then it shows the next symbol, {self.turns} in all. {again} Which button is right for which symbol never changes "
            f"within a level.{slips} Press the right button for as many symbols as you can, within {self.longest} tries."
        )

    def sentence(self, seen: Observation) -> str:
        """What happened, then the symbol."""
        return _SENTENCES[seen.event] + (_SHOWS.format(seen.view[0]) if seen.view else _DARK)

    def read_sentence(self, text: str) -> Observation | None:
        """The other way round."""
        for event, before in reversed(_SENTENCES.items()):
            if text.startswith(before):
                rest = text[len(before) :]
                found = _SHOWN.fullmatch(rest)
                if found or rest == _DARK:
                    return Observation(event, (found[1],) if found else ())
        return None
