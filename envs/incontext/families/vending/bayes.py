"""The best player of the panel: by symbol, how likely each button is the right one; it presses the likeliest.

Symbols are independent, and what is pressed does not change what is shown, so without uncertain pay no plan can be better: a
button found out later is worth the same. With uncertain pay, one right button and known chances, the likeliest button is the best
one at any horizon too (tests hold it against dynamic programming).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from turnbench.envs.incontext.context import Fragment
from turnbench.envs.incontext.families.vending.game import EMPTY, PAYS, SLIP, Panel
from turnbench.envs.incontext.players import Player, Scene
from turnbench.envs.incontext.words import THINGS
from turnbench.randomness import RandomStream

Vector = tuple[float, ...]
"""By button: how likely what was seen is if that button is the right one, up to a factor."""


class Piece(NamedTuple):
    """What a record, or one's own game, says."""

    buttons: dict[str, Vector]
    symbols: frozenset[str]


class BayesPlayer(Player):
    """Knows the rules and all that the environment's arguments say, the table excepted.

    Exact where burst is 0 or 1, or records come from one level each step by step; shuffled steps of several games of other levels
    are weighed as if each were of its own.
    """

    game: Panel

    def act(self, scene: Scene, rng: RandomStream) -> str:
        a = self.arguments
        if not scene.now.view:
            return ""
        symbol = scene.now.view[0]
        shown = [self.read(r, a["demo_noise"]) for r in scene.records]
        if a["context"] == "shuffled" and max(a["demonstrations"], 1) == 1 and a["steps"] <= self.game.turns:
            shown = [self.merge(shown)] if shown else []  # steps of one game
        seen = (scene.first, *(step.seen for step in scene.steps))
        own = self.read(Fragment(seen, tuple(step.action for step in scene.steps), ()), 1.0)
        mine = own.buttons.get(symbol, self.anything)
        theirs = product(self.game, [mine, *(p.buttons[symbol] for p in shown if symbol in p.buttons)])
        ratio = self.same_level([*shown, own]) if 0 < a["burst"] < 1 else 1.0
        same, other = a["burst"] * ratio, 1.0 - a["burst"]
        weights = [same * x + other * y for x, y in zip(shares(theirs), shares(mine), strict=True)]
        if not sum(weights):  # records that contradict each other, or what was seen
            weights = list(mine)
        rounded = [round(w / max(sum(weights), 1e-300), 9) for w in weights]
        # Of equally likely buttons any one: where few tables exist, the first button may be right more often than others.
        return rng.choice([b for b, w in zip(self.game.actions, rounded, strict=True) if w == max(rounded)])

    @property
    def anything(self) -> Vector:
        """Nothing is known."""
        return (1.0,) * len(self.game.actions)

    def read(self, record: Fragment, noise: float) -> Piece:
        """A record's evidence.

        Args:
            record: what was seen and done.
            noise: chance that the button was any; 1 for one's own presses.
        """
        buttons: dict[str, Vector] = {}
        for seen, action, after in zip(record.seen, record.actions, record.seen[1:], strict=False):
            if seen.view:
                known = buttons.get(seen.view[0], self.anything)
                buttons[seen.view[0]] = product(self.game, [known, self.weigh(action, after.event, noise)])
        return Piece(buttons, frozenset(s.view[0] for s in record.seen if s.view))

    def merge(self, pieces: Iterable[Piece]) -> Piece:
        """Several pieces as one."""
        buttons: dict[str, Vector] = {}
        symbols: frozenset[str] = frozenset()
        for piece in pieces:
            symbols |= piece.symbols
            for symbol, vector in piece.buttons.items():
                buttons[symbol] = product(self.game, [buttons.get(symbol, self.anything), vector])
        return Piece(buttons, symbols)

    def weigh(self, action: str, event: str, noise: float) -> Vector:
        """What a press tells of the right button: by who pressed it, and by what it paid."""
        if action not in self.game.actions or event not in (PAYS, EMPTY, SLIP):
            return self.anything
        any_button = noise / len(self.game.actions)
        right, wrong = self.game.chances
        pay = (right, wrong) if event == PAYS else (1 - right, 1 - wrong) if event == EMPTY else (1.0, 1.0)
        return tuple(
            (1 - noise + any_button) * pay[0] if a == action else any_button * pay[1] for a in self.game.actions
        )

    def same_level(self, pieces: Sequence[Piece]) -> float:
        """How much likelier the pieces are if all are of one level than if each is of a level of its own."""
        ratio = 1.0
        whole = self.merge(pieces)
        for symbol, joint in whole.buttons.items():
            apart = math.prod(sum(v) / len(v) for p in pieces for s, v in p.buttons.items() if s == symbol)
            ratio *= sum(joint) / len(joint) / apart if apart else 0.0
        if self.game.permuted:  # a level has `symbols` of all there are, any alike
            ratio *= self.belong(len(whole.symbols)) / math.prod(self.belong(len(p.symbols)) for p in pieces)
        return ratio

    def belong(self, symbols: int) -> float:
        """Chance that so many given symbols are all of one level."""
        n = len(THINGS)
        left = self.game.symbols - symbols
        return math.comb(n - symbols, left) / math.comb(n, self.game.symbols) if left >= 0 else 0.0


def product(game: Panel, vectors: Iterable[Vector]) -> Vector:
    """By button."""
    return tuple(math.prod(column) for column in zip((1.0,) * len(game.actions), *vectors, strict=True))


def shares(vector: Vector) -> Vector:
    """The same, adding up to 1; nothing where all is 0."""
    total = sum(vector)
    return tuple(x / total for x in vector) if total else vector
