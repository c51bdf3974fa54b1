"""The best player of the corridor: what is known of each room, and which lever to try next.

It walks through the rooms it knows and then pulls the likeliest lever not yet tried. Rooms known by name or number are independent, so
no other pull can be better: every wrong one costs the same, whichever it was. Aliased rooms with loose steps hang together; there the
likeliest lever is as good as the best plan (`plan.Plan` with and without `greedy`) wherever that was computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from turnbench.envs.incontext.context import Fragment
from turnbench.envs.incontext.families.corridor.bag import Belief, believe
from turnbench.envs.incontext.families.corridor.evidence import (
    FROM_THE_FIRST_ROOM,
    Piece,
    Vector,
    Walk,
    loose_of,
    read,
    same_level,
    times,
    walk,
)
from turnbench.envs.incontext.families.corridor.game import Corridor
from turnbench.envs.incontext.players import Player, Scene
from turnbench.randomness import RandomStream


class BayesPlayer(Player):
    """Knows the rules and all that the environment's arguments say, the level excepted.

    Exact where burst is 0 or 1 and demo_noise is 0, but for shuffled aliased steps with `steps` given (the number of games they come
    from is then weighed roughly).
    """

    game: Corridor

    def act(self, scene: Scene, rng: RandomStream) -> str:
        steps = [(step.action, step.seen.event) for step in scene.steps if step.action in self.game.actions]
        here = walk(self.game, steps)
        if here.room < len(here.passed):
            return self.game.actions[here.passed[here.room]]
        if here.room >= self.game.length:
            return ""
        if self._bagged(scene):
            ahead = self._belief(scene.records).ahead(here.passed)
            weights = [0.0 if a in here.tried else float(x) for a, x in enumerate(ahead)]
        else:
            weights = self._by_itself(scene, here)
        return self.game.actions[likeliest(weights)]

    def _bagged(self, scene: Scene) -> bool:
        return not self.game.named and self.arguments["context"] in ("isolated", "shuffled") and bool(scene.records)

    # Rooms that hang together ------------------------------------------------------------------------------------

    def _belief(self, records: tuple[Fragment, ...]) -> Belief:
        a = self.arguments
        shuffled = a["context"] == "shuffled"
        noise, demos = a["demo_noise"], max(a["demonstrations"], 1)
        most = max(demos, -(-a["steps"] // self.game.length))
        least = max(demos, -(-a["steps"] // self.game.longest))
        return _belief(
            self.game,
            records,
            tuple(range(least, most + 1)) if shuffled and not noise else (),
            bool(a["steps"]) or not shuffled or bool(noise),
            noise,
            a["burst"],
            shuffled and demos == 1 and most == 1,
        )

    # Rooms by themselves -----------------------------------------------------------------------------------------

    def _by_itself(self, scene: Scene, here: Walk) -> list[float]:
        a = self.arguments
        first = 0 if a["context"] in FROM_THE_FIRST_ROOM else None
        shown = _pieces(self.game, scene.records, first, a["demo_noise"])
        seen = (scene.first, *(step.seen for step in scene.steps))
        own, _ = read(self.game, Fragment(seen, tuple(s.action for s in scene.steps), ()), 0, 1.0)
        now = scene.now.view
        slot = now[0] if self.game.named and now else here.room
        anything: Vector = (1.0,) * len(self.game.actions)
        mine = theirs = own.levers.get(slot, anything)
        for piece in shown:
            theirs = times(theirs, piece.levers.get(slot, anything))
        together = a["context"] == "shuffled" and max(a["demonstrations"], 1) == 1 and a["steps"] <= self.game.length
        ratio = 1.0
        if 0 < a["burst"] < 1 and shown:
            ratio = same_level(self.game, (*shown, own), not self._loose(), len(shown) if together else 0)
        same, other = a["burst"] * ratio, 1.0 - a["burst"]
        if sum(theirs):
            theirs = tuple(x / sum(theirs) for x in theirs)
        alone = tuple(x / (sum(mine) or 1.0) for x in mine)
        # Where records contradict each other or what was seen, what was seen remains.
        return [same * x + other * y + 1e-12 * y for x, y in zip(theirs, alone, strict=True)]

    def _loose(self) -> bool:
        return self.arguments["context"] in ("isolated", "shuffled")


def likeliest(weights: Sequence[float]) -> int:
    """The first of the heaviest; differences that may be rounding are none, so that every machine plays the same."""
    total = sum(weights) or 1.0
    return max(range(len(weights)), key=lambda i: (round(weights[i] / total, 9), -i))


@lru_cache(maxsize=512)
def _pieces(game: Corridor, records: tuple[Fragment, ...], first: int | None, noise: float) -> tuple[Piece, ...]:
    return tuple(read(game, record, first, noise)[0] for record in records)


@lru_cache(maxsize=512)
def _belief(
    game: Corridor,
    records: tuple[Fragment, ...],
    games: tuple[int, ...],
    slip_counts: bool,
    noise: float,
    burst: float,
    together: bool,
) -> Belief:
    pieces = [read(game, record, None, noise) for record in records]
    return believe(
        game.length,
        loose_of(game, [step for _, steps in pieces for step in steps]),
        [piece.levers[game.length - 1] for piece, _ in pieces if game.length - 1 in piece.levers],
        games=games,
        slip_counts=slip_counts,
        noise=noise,
        burst=burst,
        together=together,
    )
