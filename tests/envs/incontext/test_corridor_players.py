"""The corridor's best player: its posterior against plain enumeration, its plan against exact values."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from turnbench.envs.incontext.context import ContextPlan, Fragment, draw_context
from turnbench.envs.incontext.env import InContextEnv
from turnbench.envs.incontext.families.corridor.bag import Belief, bags, believe
from turnbench.envs.incontext.families.corridor.env import LeverCorridor
from turnbench.envs.incontext.families.corridor.evidence import Piece, loose_of, read, rooms_of, same_level, walk
from turnbench.envs.incontext.families.corridor.game import Corridor
from turnbench.envs.incontext.families.corridor.plan import Plan, back_again, chance_knowing
from turnbench.envs.incontext.families.corridor.players import Nearest, Reference, Replay
from turnbench.envs.incontext.game import Observation
from turnbench.envs.incontext.ideal import interval, play
from turnbench.randomness import RandomStream

ROOM = ("room",)


def record(*steps: tuple[str, str]) -> Fragment:
    """An aliased record of (lever, event)."""
    seen = [Observation("", ROOM), *(Observation(e, () if e in ("exit", "lost") else ROOM) for _, e in steps)]
    levers = tuple(a for a, _ in steps)
    return Fragment(tuple(seen), levers, levers)


# Reading -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "first", "rooms"),
    [
        ([("bim", "click"), ("bim", "slip"), ("gup", "click"), ("bim", "exit")], 0, [0, 1, 1, 2]),
        ([("bim", "slip"), ("gup", "click"), ("bim", "exit")], None, [1, 1, 2]),
        ([("bim", "click"), ("gup", "clunk"), ("gup", "click")], None, [None, None, 0]),
        (
            [("bim", "click"), ("gup", "clunk"), ("bim", "click"), ("bim", "click"), ("gup", "exit")],
            None,
            [None, None, 0, 1, 2],
        ),
        ([("bim", "click")], None, [None]),
        ([("bim", "exit")], None, [2]),
    ],
)
def test_where_a_step_was(steps: list[tuple[str, str]], first: int | None, rooms: list[int | None]) -> None:
    assert rooms_of(Corridor(3, 3, 3, False, True), record(*steps), first) == rooms


def test_ones_own_walk() -> None:
    game = Corridor(3, 3, 3, False, True)
    pulls = [("bim", "click"), ("gup", "clunk"), ("bim", "slip"), ("bim", "click"), ("bim", "clunk")]
    assert walk(game, pulls) == (0, 2, (0,), frozenset({0, 2}))
    assert walk(game, [*pulls, ("bim", "click"), ("dovo", "click")]) == (2, 2, (0, 1), frozenset())


# Weighing ----------------------------------------------------------------------------------------------------------

LENGTH, LEVERS = 4, 3


def by_enumeration(shown: tuple[Fragment, ...], burst: float, shuffled: bool, passed: tuple[int, ...]) -> np.ndarray:
    """By lever, the chance to be the next of a code that begins with the levers passed, over all codes one by one."""
    game = Corridor(LENGTH, LEVERS, 3, False, True)
    codes = list(itertools.product(range(LEVERS), repeat=LENGTH))
    steps = [(game.actions.index(f.actions[0]), f.seen[1].event) for f in shown]

    def likelihood(code: tuple[int, ...]) -> float:
        if shuffled:  # all steps of one game: the clicks are the code's, in any order
            clicks = sorted(a for a, e in steps if e == "click")
            exits = [a for a, e in steps if e == "exit"]
            same = clicks == sorted(code[:-1]) and exits == [code[-1]]
            return same / math.factorial(LENGTH - 1) * math.prod(math.factorial(clicks.count(a)) for a in range(LEVERS))
        chance = 1.0
        for lever, event in steps:
            places = range(LENGTH - 1) if event == "click" else [LENGTH - 1] if event == "exit" else range(LENGTH)
            chance *= sum(code[i] == lever for i in places) / len(places)
        return chance

    like = np.array([likelihood(code) for code in codes])
    apart = like.mean() if shuffled else float(LEVERS) ** -len(steps)
    weights = burst * like / apart + (1 - burst)
    out = np.zeros(LEVERS)
    for code, weight in zip(codes, weights, strict=True):
        if code[: len(passed)] == passed:
            out[code[len(passed)]] += weight
    return out / out.sum()


@pytest.mark.parametrize("burst", [1.0, 0.5])
@pytest.mark.parametrize("context", ["isolated", "shuffled"])
@pytest.mark.parametrize("seed", range(6))
def test_belief_is_that_of_enumeration(context: str, burst: float, seed: int) -> None:
    game = Corridor(LENGTH, LEVERS, 3, False, True)
    level = game.draw_level(RandomStream(seed))
    plan = ContextPlan(context, 1, 5 if context == "isolated" else 0, 0.5, 0.3, 0.0)
    shown = draw_context(game, lambda: level, plan, RandomStream(seed))
    pieces = [read(game, each, None, 0.0) for each in shown]
    belief = believe(
        LENGTH,
        loose_of(game, [step for _, steps in pieces for step in steps]),
        [piece.levers[LENGTH - 1] for piece, _ in pieces if LENGTH - 1 in piece.levers],
        games=(1,) if context == "shuffled" else (),
        slip_counts=context == "isolated",
        noise=0.0,
        burst=burst,
        together=context == "shuffled",
    )
    for n in range(LENGTH):
        passed = level[0][:n]
        ahead = belief.ahead(passed)
        assert ahead / ahead.sum() == pytest.approx(
            by_enumeration(shown, burst, context == "shuffled", passed), abs=1e-12
        )


def test_records_that_agree_and_records_that_do_not() -> None:
    """Two rooms, two levers: two records agree by chance once in four, and in their names once in 24 * 23."""
    for named, agree in ((False, 4.0), (True, 4.0 * 24 * 23)):
        game = Corridor(2, 2, 3, named, True)

        def whole(code: str, names: str, game: Corridor = game) -> Piece:
            views = [(n,) if game.named else ROOM for n in names.split()]
            seen = (Observation("", views[0]), Observation("click", views[1]), Observation("exit", ()))
            return read(game, Fragment(seen, tuple(code.split()), ()), 0, 0.0)[0]

        first = whole("bim dovo", "holm krel")
        assert same_level(game, [first], True) == 1.0
        assert same_level(game, [first, whole("bim dovo", "holm krel")], True) == pytest.approx(agree)
        assert same_level(game, [first, whole("bim bim", "holm krel")], True) == 0.0
        assert same_level(game, [first, whole("bim dovo", "holm blick")], True) == (0.0 if named else 4.0)


# Planning ----------------------------------------------------------------------------------------------------------


def test_chances_worked_out_by_hand() -> None:
    assert chance_knowing((False,), 6, 3, 12, 0.0) == pytest.approx(3 / 6)
    assert chance_knowing((False,), 6, 0, 4, 0.0) == pytest.approx(4 / 6)
    # Two rooms of two levers in four pulls: found at once, or after one wrong pull in either room (1 + 2, 2 + 2 pulls).
    assert chance_knowing((False, False), 2, 3, 4, 0.0) == pytest.approx(3 / 4)
    assert chance_knowing((True,) * 6, 6, 3, 12, 0.1) == pytest.approx(
        sum(math.comb(12, k) * 0.9**k * 0.1 ** (12 - k) for k in range(6, 13))
    )
    assert sum(chance for _, chance in back_again(3, 40, 0.3)) == pytest.approx(1.0, abs=1e-6)


def prior_belief(length: int, levers: int) -> Belief:
    nothing = loose_of(Corridor(length, levers, 3, False, True), [])
    return believe(length, nothing, [], games=(), slip_counts=True, noise=0.0, burst=1.0, together=False)


@pytest.mark.parametrize("lives", [0, 1, 3])
def test_two_ways_to_know_nothing(lives: int) -> None:
    """Bags of every kind, or rooms one by one: the same chance."""
    assert Plan(prior_belief(3, 3), lives, 0.2).worth(6) == pytest.approx(
        chance_knowing((False,) * 3, 3, lives, 6, 0.2), abs=1e-12
    )


@pytest.mark.parametrize("counts", [(4, 1), (3, 2), (3, 1, 1), (2, 2, 1), (2, 1, 1, 1), (1, 1, 1, 1, 1)])
def test_the_likeliest_lever_is_the_best_plan_for_one_bag(counts: tuple[int, ...]) -> None:
    rows = bags(6, 5)
    weights = np.zeros((len(rows), 6))
    weights[(rows == (*counts, *(0,) * (6 - len(counts)))).all(1), 2] = 1.0
    best, greedy = (Plan(Belief(6, weights), 3, 0.1, greedy=g).worth(12) for g in (False, True))
    assert greedy == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_the_likeliest_lever_is_the_best_plan_after_isolated_steps(seed: int) -> None:
    game, rng = Corridor(4, 4, 2, False, True), RandomStream(seed)
    steps = [(rng.choice(game.actions), "click") for _ in range(4)]
    belief = believe(4, loose_of(game, steps), [], games=(), slip_counts=True, noise=0.0, burst=0.7, together=False)
    best, greedy = (Plan(belief, 2, 0.1, greedy=g).worth(8) for g in (False, True))
    assert greedy == pytest.approx(best, abs=1e-12)


def chance_with(weights: dict[tuple[int, ...], float], lives: int, pulls: int, slip: float, greedy: bool) -> float:
    """Chance to win, the codes held one by one."""
    length, levers = len(next(iter(weights))), 1 + max(map(max, weights))

    @cache
    def value(passed: tuple[int, ...], tried: frozenset[int], lives: int, pulls: int) -> float:
        room = len(passed)
        if room == length:
            return 1.0
        if lives <= 0 or pulls < length - room:
            return 0.0
        ahead = [0.0] * levers
        for code, weight in weights.items():
            if code[:room] == passed and code[room] not in tried:
                ahead[code[room]] += weight
        found = []
        order = sorted((a for a in range(levers) if a not in tried), key=lambda a: -ahead[a])
        for lever in order[: 1 if greedy else None]:
            right = ahead[lever] / sum(ahead)
            worth = right * value((*passed, lever), frozenset(), lives, pulls - 1)
            if right < 1:
                back = back_again(room, pulls - 1, slip)
                worth += (1 - right) * sum(p * value(passed, tried | {lever}, lives - 1, left) for left, p in back)
            found.append(worth)
        return slip * value(passed, tried, lives, pulls - 1) + (1 - slip) * max(found)

    return value((), frozenset(), lives, pulls)


@pytest.mark.parametrize("burst", [0.05, 0.3, 0.9])
@pytest.mark.parametrize(("length", "levers", "lives"), [(3, 3, 2), (4, 2, 3), (3, 4, 3)])
def test_the_likeliest_lever_is_the_best_plan_for_a_record_that_may_be_of_this_level(
    burst: float, length: int, levers: int, lives: int
) -> None:
    weights = dict.fromkeys(itertools.product(range(levers), repeat=length), (1 - burst) / levers**length)
    weights[(0,) * length] += burst
    best, greedy = (chance_with(weights, lives, 2 * length, 0.1, g) for g in (False, True))
    assert greedy == pytest.approx(best, abs=1e-12)


# Playing -----------------------------------------------------------------------------------------------------------


def scores(env: InContextEnv, kind: str, episodes: int) -> list[float]:
    """The reference player with records of another kind before the very same queries."""
    env.plan = replace(env.plan, kind=kind)
    player = Reference({**env.arguments, "context": kind})
    return [play(env, player, seed) for seed in range(episodes)]


def test_order_is_worth_nothing_where_rooms_have_names() -> None:
    env = LeverCorridor(slip=0.3, length=4)
    assert scores(env, "whole", 60) == scores(env, "shuffled", 60)


def test_order_is_worth_much_where_they_have_none() -> None:
    env = LeverCorridor(rooms="aliased", split="test")
    assert sum(scores(env, "whole", 100)) == 100
    low, high = interval(sum(scores(env, "shuffled", 600)), 600)
    assert low < 0.3025 < high


def test_copying_open_loop() -> None:
    """Without slips the record's actions are right as they stand; with slips they mostly are not."""
    still = LeverCorridor(slip=0.0)
    assert all(play(still, Replay(still.arguments), seed) == 1.0 for seed in range(30))
    env, n = LeverCorridor(), 400
    low, high = interval(sum(play(env, Replay(env.arguments), seed) for seed in range(n)), n)
    assert low < 0.36 < high
    assert high < 0.5


def test_copying_by_the_view_fails_where_views_are_alike() -> None:
    named, aliased = LeverCorridor(), LeverCorridor(rooms="aliased")
    assert all(play(named, Nearest(named.arguments), seed) == 1.0 for seed in range(30))
    assert sum(play(aliased, Nearest(aliased.arguments), seed) for seed in range(100)) <= 2


@pytest.mark.parametrize("rooms", ["named", "aliased"])
def test_notices_records_of_another_level(rooms: str) -> None:
    """Half the records are of another level. Taken for the own one they would cost lives; weighed, no chance is lost."""
    # All codes: a split has but some of the sixteen, and the player does not know which.
    env, n = LeverCorridor(length=4, levers=2, rooms=rooms, burst=0.5, split="all"), 600
    player = Reference(env.arguments)
    same, other = [], []
    for seed in range(n):
        score = play(env, player, seed)
        (same if env.same_level else other).append(score)
    assert sum(same) / len(same) > 0.97
    alone = chance_knowing((False,) * 4, 2, 3, 8, 0.1)
    low, high = interval(sum(other), len(other))
    if rooms == "named":  # the names tell at once
        assert low < alone < high
    else:  # a lever of the record that was right by chance speaks for the next one
        assert alone - 0.15 < low < high < alone + 0.1


def test_lost_without_records() -> None:
    for arguments in ({"context": "none"}, {"burst": 0.0}):
        env = LeverCorridor(**arguments)
        assert sum(play(env, Reference(env.arguments), seed) for seed in range(100)) <= 1
