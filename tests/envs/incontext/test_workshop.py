"""The workshop of gadgets: rules, what records tell of them, and the player that reckons with it."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnbench.envs.incontext.context import Fragment, play_expert
from turnbench.envs.incontext.families.workshop.bayes import BayesPlayer, Workbench
from turnbench.envs.incontext.families.workshop.env import RewriteWorkshop
from turnbench.envs.incontext.families.workshop.game import FARTHEST, NEAREST, Workshop
from turnbench.envs.incontext.families.workshop.ideal import random_score
from turnbench.envs.incontext.families.workshop.operators import (
    CHOICES,
    FAR,
    NAMES,
    OPERATORS,
    distances,
    moves,
    number,
    rows,
    starts,
)
from turnbench.envs.incontext.families.workshop.players import Random, Reference, Replay
from turnbench.envs.incontext.game import Observation
from turnbench.envs.incontext.ideal import simulate
from turnbench.envs.incontext.wording import read_observation, read_opening
from turnbench.envs.incontext.words import THINGS
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream

LETTERS = THINGS[:3]


def play(player: Any, episodes: int, **arguments: Any) -> float:
    """Mean score of a player in the test split."""
    return simulate("", RewriteWorkshop, player, episodes, **arguments).score


# Rules ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "made"),
    [
        ("moves the first letter to the end", (1, 2, 2, 0)),
        ("moves the last letter to the front", (2, 0, 1, 2)),
        ("reverses the row", (2, 2, 1, 0)),
        ("swaps the first two letters", (1, 0, 2, 2)),
        ("swaps the last two letters", (0, 1, 2, 2)),
        ("bumps the first letter", (1, 1, 2, 2)),
        ("bumps the last letter", (0, 1, 2, 0)),
        ("bumps every letter", (1, 2, 0, 0)),
    ],
)
def test_what_an_operator_makes_of_0122(operator: str, made: tuple[int, ...]) -> None:
    assert OPERATORS[operator]((0, 1, 2, 2)) == made
    assert moves(4)[NAMES.index(operator), number((0, 1, 2, 2))] == number(made)


@pytest.mark.parametrize("length", [4, 5])
def test_operators_can_all_be_undone_and_told_apart(length: int) -> None:
    table = moves(length)
    assert all(sorted(row) == list(range(3**length)) for row in table)
    assert len({tuple(row) for row in table}) == len(NAMES)
    assert [number(row) for row in rows(length)] == list(range(3**length))


def test_the_halves_are_all_operators() -> None:
    assert sorted(CHOICES["first"] + CHOICES["last"]) == list(CHOICES["all"])


def test_distances_are_those_of_a_search_by_hand() -> None:
    operators = (0, 1, 2, 3)
    far = distances(4, operators)
    for begin in (0, 5, 33, 80):
        reached, edge, steps = {begin: 0}, {begin}, 0
        while edge:
            steps += 1
            edge = {int(moves(4)[o, row]) for o in operators for row in edge} - set(reached)
            reached |= dict.fromkeys(edge, steps)
        assert [int(d) for d in far[begin]] == [reached.get(row, FAR) for row in range(81)]


@pytest.mark.parametrize("length", [4, 5])
def test_every_table_has_starts_that_show_all_letters(length: int) -> None:
    rng = RandomStream(0)
    for _ in range(60):
        chosen = tuple(sorted(rng.sample(CHOICES["all"], 4)))
        pairs = starts(length, chosen, NEAREST, FARTHEST)
        assert len(pairs)
        for row, target in pairs[:: max(len(pairs) // 20, 1)]:
            assert {*rows(length)[row], *rows(length)[target]} == {0, 1, 2}
            assert NEAREST <= distances(length, chosen)[row, target] <= FARTHEST


@given(st.integers(0, 2**32), st.sampled_from([4, 5]), st.sampled_from(list(CHOICES)))
@settings(max_examples=40, deadline=None)
def test_the_expert_takes_a_shortest_way(seed: int, length: int, operators: str) -> None:
    game, rng = Workshop(length, operators, 2, True), RandomStream(seed)
    level = game.draw_level(rng)
    assert set(level[0]) <= set(CHOICES[operators])
    record = play_expert(game, level, 0.0, 0.0, rng)
    row, target = (record.seen[0].view[:length], record.seen[0].view[length:])
    far = distances(length, tuple(sorted(level[0])))
    code = [number(tuple(level[1].index(letter) for letter in words)) for words in (row, target)]
    assert len(record.actions) == far[code[0], code[1]] <= game.longest - game.slack
    assert record.seen[-1] == Observation("done", ())
    assert game.budget(level, (code[0], code[1])) == len(record.actions) + 2


def test_a_slip_and_a_text_that_is_no_gadget_change_nothing() -> None:
    game = Workshop(4, "all", 2, False)
    level = game.draw_level(RandomStream(3))
    state = game.start(level, RandomStream(4))
    assert game.act(level, state, "bim", True) == (state, "slip")
    assert game.act(level, state, "", True) == (state, "nothing")
    assert game.sentence(game.observe(level, state, "slip")).startswith("The gadget jams. The row is ")


def test_levels_nobody_can_tell_apart_have_one_key() -> None:
    game = Workshop(4, "all", 2, True)
    bump, still = (3, 0, 1, 2), (0, 1, 2, 4)
    a, b, c = LETTERS
    assert game.key((bump, (a, b, c))) == game.key((bump, (b, c, a))) != game.key((bump, (a, c, b)))
    assert game.key((still, (a, b, c))) == game.key((still, (a, c, b))) != game.key(((1, 0, 2, 4), (a, b, c)))
    assert len({Workshop(4, "all", 2, False).key((table, LETTERS)) for table in permutations(range(8), 4)}) == 1680


@given(st.integers(0, 2**32), st.sampled_from(["plain", "compact"]), st.floats(0, 0.5))
@settings(max_examples=40, deadline=None)
def test_what_is_written_can_be_read(seed: int, wording: str, slip: float) -> None:
    env = RewriteWorkshop(wording=wording, slip=slip, context="isolated", steps=5)
    _, info = env.reset(seed=seed)
    opening = read_opening(env.game, info["user_message"], wording)
    assert opening is not None
    assert opening[1] == env.seen()
    assert [(r.seen, r.actions) for r in opening[0]] == [(r.seen, r.actions) for r in env.records]
    assert [info["user_message"][p.begin : p.end] for p in env.places()] == [r.actions[0] for r in env.records]
    rng, over = RandomStream(seed), False
    while not over:
        text, _, over, _, _ = env.step(rng.choice((*env.action_words(), "I do not know")))
        seen = read_observation(env.game, text, wording)
        assert seen is not None
        assert seen.view == env.seen().view
        assert len(seen.view) in (8, 0)
        assert seen.event in env.game.events


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"length": 3}, "length is 4 or 5 letters, not 3."),
        ({"operators": "fist"}, "operators is all, first, last, not 'fist'. Did you mean 'first'?"),
        ({"slack": 9}, "slack is a number of actions from 0 to 8, not 9."),
        ({"vocabulary": "new"}, "vocabulary is permuted or fixed, not 'new'."),
    ],
)
def test_arguments_that_make_no_sense(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        RewriteWorkshop(**arguments)
    assert str(error.value) == message


# What records tell ---------------------------------------------------------------------------------------------------


def bench_of(**arguments: Any) -> tuple[RewriteWorkshop, Workbench]:
    """An environment, and what its reference player reasons with."""
    env = RewriteWorkshop(**arguments)
    player = Reference(env.arguments)
    assert isinstance(player, BayesPlayer)
    return env, player.bench


def by_hand(game: Workshop, record: Fragment) -> dict[tuple[tuple[int, ...], tuple[str, ...]], float]:
    """Probability of a whole record without slips, table by table, with the rules of the game alone."""
    letters = sorted(set(record.seen[0].view))
    found = {}
    for ring in (tuple(letters), (letters[0], letters[2], letters[1])) if game.permuted else (tuple(letters),):
        for table in permutations(game.operators, 4):
            level = (table, ring)
            words = record.seen[0].view
            row, target = (number(tuple(ring.index(w) for w in part)) for part in (words[:4], words[4:]))
            pairs = starts(4, tuple(sorted(table)), NEAREST, FARTHEST)
            chance, state = float((pairs == (row, target)).all(axis=1).any()) / len(pairs), (row, target)
            for action, seen in zip(record.actions, record.seen[1:], strict=True):
                if not chance or game.expert(level, state) != action:
                    chance = 0.0
                    break
                state, event = game.act(level, state, action, False)
                chance *= game.observe(level, state, event) == seen
            if chance:
                found[level] = chance
    return found


@pytest.mark.parametrize(("seed", "vocabulary"), [(0, "fixed"), (1, "fixed"), (2, "permuted"), (3, "permuted")])
def test_the_weights_are_those_of_every_table_tried_by_hand(seed: int, vocabulary: str) -> None:
    env, bench = bench_of(vocabulary=vocabulary)
    env.reset(seed=seed)
    (record,) = env.records
    letters = tuple(sorted(set(record.seen[0].view)))
    like = bench.likelihood(record, letters)
    assert like is not None
    expected = by_hand(bench.game, record)
    assert sorted(like[like > 0]) == pytest.approx(sorted(expected.values()))
    table, ring = env.level
    first = ring.index(min(ring))
    assert (table, ring[first:] + ring[:first]) in expected


@given(st.integers(0, 2**32), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_steps_tell_the_same_in_any_order(seed: int, shuffle: Any) -> None:
    env, bench = bench_of(context="suffix", share=1.0, demonstrations=2)
    env.reset(seed=seed)
    letters = tuple(sorted({w for record in env.records for seen in record.seen for w in seen.view}))
    steps = [step for record in env.records for step in record.steps()]
    shuffle.shuffle(steps)
    np.testing.assert_allclose(bench.told(tuple(steps), letters), bench.told(env.records, letters), rtol=1e-12)


def test_records_in_other_letters_are_left_aside() -> None:
    env, bench = bench_of(burst=0.0)
    for seed in range(20):
        env.reset(seed=seed)
        letters = tuple(sorted(env.level[1]))
        assert not env.same_level
        assert (bench.told(env.records, letters) == 1).all()


def test_records_in_the_same_letters_are_weighed() -> None:
    """With fixed letters a record may be of the level or not; every table stays possible, those it fits are likelier."""
    env, bench = bench_of(burst=0.5, vocabulary="fixed")
    env.reset(seed=1)
    weights = bench.told(env.records, LETTERS)
    like = bench.likelihood(env.records[0], LETTERS)
    assert like is not None
    np.testing.assert_allclose(weights / weights.max(), (like + like.mean()) / (like + like.mean()).max())
    assert weights.min() > 0


def test_chances_of_enough_gadgets_that_do_not_jam() -> None:
    _, bench = bench_of(slip=0.1)
    assert bench.enough[3, 3] == pytest.approx(0.9**3)
    assert bench.enough[2, 1] == pytest.approx(1 - 0.1**2)
    assert bench.enough[2, 3] == 0
    _, firm = bench_of()
    assert (firm.enough[4, :6] == [1, 1, 1, 1, 1, 0]).all()


# Players -------------------------------------------------------------------------------------------------------------


def test_records_help_and_copying_does_not() -> None:
    """The facts' posterior-vote player has .44 without and .83 with one record; it does not reckon with the expert's choices."""
    none = play(Reference, 150, context="none", vocabulary="fixed")
    one = play(Reference, 150, vocabulary="fixed")
    assert 0.36 < none < 0.64
    assert one > 0.9
    assert play(Replay, 150, vocabulary="fixed") < 0.25
    assert play(Random, 150, vocabulary="fixed") < 0.12


def test_wrong_records_do_no_harm_and_shuffled_ones_help_as_whole_ones_do() -> None:
    assert play(Reference, 100, burst=0.0) > 0.36
    assert play(Reference, 100, context="shuffled") > 0.9


def test_who_knows_the_gadgets_wins_without_slack() -> None:
    assert play(Reference, 60, vocabulary="fixed", demonstrations=8, slack=0) > 0.97


def test_random_gadgets_win_as_often_as_calculated() -> None:
    """Facts: .04."""
    cell = simulate("", RewriteWorkshop, Random, 1500)
    assert 0.03 < random_score() < 0.06
    assert cell.low < random_score() < cell.high
