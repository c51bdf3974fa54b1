"""What is shown before the query: records of games, whole, cut, shuffled or taken apart.

All kinds show the same number of transitions: those of `demonstrations` whole games, or `steps` where given. So two kinds differ in
what their transitions are and in what order, never in how many there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

from turnbench.envs.incontext.game import Game, Observation
from turnbench.randomness import RandomStream

L = TypeVar("L")
S = TypeVar("S")

KINDS: Final = ("none", "whole", "prefix", "suffix", "shuffled", "isolated")
"""none; whole games; their beginnings; their ends; the steps of whole games in random order; steps of as many different games."""
_TRIES: Final = 1000


class Fragment(NamedTuple):
    """A piece of a record: n actions between n + 1 observations, the first of which tells no event."""

    seen: tuple[Observation, ...]
    actions: tuple[str, ...]
    experts: tuple[str, ...]
    """What the expert does at each step, where the record may hold slips of the hand."""

    def cut(self, begin: int, end: int) -> Fragment:
        """Steps `begin` to `end`, as if nothing had been before."""
        first = Observation("", self.seen[begin].view)
        return Fragment((first, *self.seen[begin + 1 : end + 1]), self.actions[begin:end], self.experts[begin:end])

    def steps(self) -> list[Fragment]:
        """Every step by itself."""
        return [self.cut(i, i + 1) for i in range(len(self.actions))]


@dataclass(frozen=True)
class ContextPlan:
    """What to show; the environment's arguments of the same names."""

    kind: str
    demonstrations: int
    steps: int
    share: float
    slip: float
    noise: float


def play_expert(game: Game[L, S], level: L, slip: float, noise: float, rng: RandomStream) -> Fragment:
    """A game of the expert. Without noise a won one: games lost through slips are left out, as in arXiv:2312.03801. With noise any, or
    hardly one would be left.

    Args:
        game: the rules.
        level: where it is played.
        slip: chance that an action fails.
        noise: chance that any action is done instead of the expert's.
        rng: where chance comes from.
    """
    for _ in range(_TRIES):
        state = game.start(level, rng)
        seen, actions, experts = [game.observe(level, state)], [], []
        for _ in range(game.budget(level, state)):
            expert = game.expert(level, state)
            action = rng.choice(game.actions) if noise and rng.random() < noise else expert
            state, event = game.act(level, state, action, bool(slip) and rng.random() < slip)
            seen.append(game.observe(level, state, event))
            actions.append(action)
            experts.append(expert)
            if game.over(level, state):
                break
        if noise or game.score(level, state) == 1.0:
            return Fragment(tuple(seen), tuple(actions), tuple(experts))
    raise AssertionError("the expert never won")


def draw_context(
    game: Game[L, S], next_level: Callable[[], L], plan: ContextPlan, rng: RandomStream
) -> tuple[Fragment, ...]:
    """Fragments of the planned kind.

    Args:
        game: the rules.
        next_level: the level of the next record: the query's, or a new one every time.
        plan: what to show.
        rng: where chance comes from.
    """
    if plan.kind == "none" or not (plan.demonstrations or plan.steps):
        return ()

    def record() -> Fragment:
        return play_expert(game, next_level(), plan.slip, plan.noise, rng)

    if plan.kind == "whole":
        return tuple(record() for _ in range(plan.demonstrations))
    whole = [record() for _ in range(max(plan.demonstrations, 1))]
    wanted = plan.steps or sum(len(f.actions) for f in whole)
    if plan.kind == "shuffled":
        while sum(len(f.actions) for f in whole) < wanted:
            whole.append(record())
        steps = [step for f in whole for step in f.steps()]
        rng.shuffle(steps)
        return tuple(steps[:wanted])
    # As many different records as it takes: of each one step, or one end of it.
    pieces: list[Fragment] = []
    shown = 0
    while shown < wanted:
        source = whole[len(pieces)] if len(pieces) < len(whole) else record()
        n = len(source.actions)
        if plan.kind == "isolated":
            at = rng.below(n)
            piece = source.cut(at, at + 1)
        else:
            size = min(max(math.ceil(plan.share * n), 1), wanted - shown)
            piece = source.cut(0, size) if plan.kind == "prefix" else source.cut(n - size, n)
        pieces.append(piece)
        shown += len(piece.actions)
    rng.shuffle(pieces)
    return tuple(pieces)
