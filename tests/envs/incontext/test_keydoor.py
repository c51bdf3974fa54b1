"""The dark room with a key and a door: rules, what records tell of it, and the player that reckons with it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnbench.envs.incontext.context import Fragment, play_expert
from turnbench.envs.incontext.families.keydoor.bayes import BayesPlayer, Explorer
from turnbench.envs.incontext.families.keydoor.env import DarkKeyDoor
from turnbench.envs.incontext.families.keydoor.game import DOWN, LEFT, RIGHT, UP, KeyDoor, toward, walks
from turnbench.envs.incontext.families.keydoor.ideal import knowing_all, knowing_nothing
from turnbench.envs.incontext.families.keydoor.players import Nearest, Random, Reference, Replay
from turnbench.envs.incontext.game import Observation
from turnbench.envs.incontext.ideal import Cell, interval, simulate
from turnbench.envs.incontext.ideal import play as play_one
from turnbench.envs.incontext.wording import read_observation, read_opening
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream

VIEWS: tuple[dict[str, Any], ...] = ({}, {"key": "hidden"}, {"jingle": False}, {"key": "hidden", "jingle": False})


def play(player: Any, episodes: int, **arguments: Any) -> Cell:
    """Score of a player in the test split."""
    return simulate("", DarkKeyDoor, player, episodes, **arguments)


def game_of(size: int = 7, shown: bool = True, jingle: bool = True, permuted: bool = True) -> KeyDoor:
    return KeyDoor(size, shown, jingle, permuted)


# Rules ---------------------------------------------------------------------------------------------------------------


def test_walks_stop_at_walls() -> None:
    assert walks(5)[0] == (0, 1, 5, 0)
    assert walks(5)[12] == (7, 13, 17, 11)
    assert walks(5)[24] == (19, 24, 24, 23)


def test_the_expert_goes_to_the_row_first() -> None:
    assert [toward(5, 12, goal) for goal in (0, 24, 14, 10, 2)] == [UP, DOWN, RIGHT, LEFT, UP]


def test_a_game_step_by_step() -> None:
    """Key right of the start, door below the key; words: bim down, dovo left, gup up, kez right."""
    game, level = game_of(5), (1, 6, (DOWN, LEFT, UP, RIGHT))
    state: tuple[int, int] = (0, 0)
    said = []
    for action, slip in (("gup", False), ("kez", True), ("", True), ("kez", False), ("bim", False)):
        assert not game.over(level, state)
        state, event = game.act(level, state, action, slip)
        said.append(game.observe(level, state, event))
    assert said == [
        Observation("", ("r1", "c1", "empty")),
        Observation("slip", ("r1", "c1", "empty")),
        Observation("nothing", ("r1", "c1", "empty")),
        Observation("jingle", ("r1", "c2", "key")),
        Observation("door", ()),
    ]
    assert game.over(level, state)
    assert game.score(level, state) == 1.0


def test_without_the_key_nobody_notices_the_door() -> None:
    game, level = game_of(5, shown=False), (24, 1, (UP, RIGHT, DOWN, LEFT))
    state, event = game.act(level, (0, 0), "dovo", False)
    assert (state, event) == ((1, 0), "")
    assert not game.over(level, state)
    assert game.view(level, state) == ("r1", "c2")


@given(st.integers(0, 2**32), st.sampled_from([5, 7]), st.booleans(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_expert_takes_a_shortest_way_and_is_in_time(seed: int, size: int, shown: bool, jingle: bool) -> None:
    game, rng = game_of(size, shown, jingle), RandomStream(seed)
    level = game.draw_level(rng)
    record = play_expert(game, level, 0.0, 0.0, rng)
    start = game.read_view(record.seen[0].view)
    assert start is not None
    cells = [divmod(cell, size) for cell in (start[0], *level[:2])]
    far = sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in zip(cells, cells[1:], strict=False))
    assert len(record.actions) == far <= game.longest
    assert sum(seen.event == "jingle" for seen in record.seen) == jingle
    assert record.seen[-1] == Observation("door", ())


@given(st.integers(0, 2**32), st.sampled_from(["plain", "compact"]), st.sampled_from(VIEWS))
@settings(max_examples=40, deadline=None)
def test_what_is_written_can_be_read(seed: int, wording: str, view: dict[str, Any]) -> None:
    env = DarkKeyDoor(wording=wording, context="isolated", steps=5, **view)
    _, info = env.reset(seed=seed)
    opening = read_opening(env.game, info["user_message"], wording)
    assert opening is not None
    assert opening[1] == env.seen()
    assert [(r.seen, r.actions) for r in opening[0]] == [(r.seen, r.actions) for r in env.records]
    rng, over = RandomStream(seed), False
    while not over:
        text, _, over, _, _ = env.step(rng.choice((env.expert(), rng.choice(env.action_words()), "I do not know")))
        seen = read_observation(env.game, text, wording)
        assert seen is not None
        assert seen.view == env.seen().view
        assert seen.event in env.game.events


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "You are at row 3, column 5.",
        "You are at row 9, column 5. You hold the key. Perhaps.",
        "Hm. You are at row 1, column 1.",
    ],
)
def test_other_text_is_not_read(text: str) -> None:
    assert game_of().read_sentence(text) is None


def test_keys_tell_what_differs() -> None:
    assert (
        game_of().key((3, 5, (0, 1, 2, 3)))
        != game_of().key((3, 5, (1, 0, 2, 3)))
        != game_of().key((5, 3, (1, 0, 2, 3)))
    )
    assert game_of(permuted=False).key((3, 5, (0, 1, 2, 3))) == "3.5"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 6}, "size is 5 or 7, not 6."),
        ({"key": "seen"}, "key is shown or hidden, not 'seen'."),
        ({"vocabulary": "new"}, "vocabulary is permuted or fixed, not 'new'."),
    ],
)
def test_arguments_that_make_no_sense(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        DarkKeyDoor(**arguments)
    assert str(error.value) == message


# What records tell ---------------------------------------------------------------------------------------------------


def explorer_of(**arguments: Any) -> tuple[DarkKeyDoor, Explorer]:
    """An environment, and what its reference player reasons with."""
    env = DarkKeyDoor(**arguments)
    player = Reference(env.arguments)
    assert isinstance(player, BayesPlayer)
    return env, player.explorer


def levels_of(explorer: Explorer) -> list[tuple[int, int, tuple[int, ...]]]:
    """Every hypothesis as a level, in their order."""
    room = explorer.room
    return [
        (int(k), int(d), tuple(int(x) for x in room.compasses[c]))
        for k, d, c in zip(room.key_H, room.door_H, room.compass_H, strict=True)
    ]


def fits(game: KeyDoor, level: tuple[int, int, tuple[int, ...]], record: Fragment) -> bool:
    """Whether an expert in this level would have played this whole record, slips as they fell; by the rules of the game alone."""
    start = game.read_view(record.seen[0].view)
    assert start is not None
    state = (start[0], 0)
    if start[0] in level[:2]:
        return False
    for action, seen in zip(record.actions, record.seen[1:], strict=True):
        if game.over(level, state) or game.expert(level, state) != action:
            return False
        state, event = game.act(level, state, action, seen.event == "slip")
        if game.observe(level, state, event) != seen:
            return False
    return True


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_weights_are_those_of_every_level_tried_by_hand(view: dict[str, Any], seed: int) -> None:
    env, explorer = explorer_of(size=5, **view)
    env.reset(seed=seed)
    like = explorer.likelihood(env.records[0])
    assert like is not None
    game = explorer.game
    expected = [fits(game, level, env.records[0]) for level in levels_of(explorer)]
    np.testing.assert_array_equal(like, np.array(expected, dtype=float))
    assert env.level in [level for level, fit in zip(levels_of(explorer), expected, strict=True) if fit]


@given(
    st.integers(0, 2**32),
    st.sampled_from(VIEWS),
    st.sampled_from(["whole", "prefix", "suffix", "shuffled", "isolated"]),
    st.sampled_from([0.0, 0.3]),
)
@settings(max_examples=40, deadline=None)
def test_the_true_level_is_never_given_up(seed: int, view: dict[str, Any], context: str, noise: float) -> None:
    env, explorer = explorer_of(size=5, context=context, demo_noise=noise, demonstrations=2, **view)
    env.reset(seed=seed)
    true = levels_of(explorer).index(env.level)
    weights = explorer.told(env.records)
    assert weights[true] > 0
    first, steps, rng, over = env.seen(), [], RandomStream(seed), False
    while not over:
        action = rng.choice(env.action_words())
        text, _, over, _, _ = env.step(action)
        seen = read_observation(env.game, text, "plain")
        assert seen is not None
        steps.append((action, seen))
    walked = explorer.walk(first, steps, np.arange(len(weights)), True, False, False)
    assert walked is not None
    assert true in walked.at


def test_half_of_the_weight_of_a_doubtful_record_stays_with_every_level() -> None:
    env, explorer = explorer_of(size=5, burst=0.5)
    env.reset(seed=3)
    like = explorer.likelihood(env.records[0])
    assert like is not None
    weights = explorer.told(env.records)
    assert weights.sum() / weights.max() * (like.max() + like.mean()) == pytest.approx(2 * like.sum())
    assert weights.min() > 0


def test_wrong_records_are_of_other_levels() -> None:
    env, explorer = explorer_of(burst=0.0)
    env.reset(seed=0)
    assert not env.same_level
    assert (explorer.told(env.records) == explorer.told(env.records)[0]).all()


# Players -------------------------------------------------------------------------------------------------------------


def test_closed_forms() -> None:
    """Facts: full knowledge 1.00; greedy search without a record .10 (7 x 7) and .18 (5 x 5), which is the most there can be."""
    assert knowing_all(7, 0.0) == knowing_all(5, 0.0) == 1.0
    assert 0.997 < knowing_all(5) < knowing_all(7) < 1
    assert knowing_nothing(7, 0.0) == pytest.approx(24 * 23 / 2 / (48 * 47))
    assert knowing_nothing(7) == pytest.approx(0.9**2 * 24 * 23 / 2 / (48 * 47))
    assert knowing_nothing(5) == pytest.approx(0.9**2 * 16 * 15 / 2 / (24 * 23))


def test_the_search_is_as_good_as_can_be_where_the_compass_is_known() -> None:
    """Over all levels: those 125 of the test split are not like all."""
    env = DarkKeyDoor(size=5, context="none", vocabulary="fixed", split="all")
    player = Reference(env.arguments)
    low, high = interval(sum(play_one(env, player, seed) for seed in range(1500)), 1500)
    assert low < knowing_nothing(5) < high


@pytest.mark.parametrize("view", VIEWS)
def test_a_record_is_enough_and_copying_it_is_not(view: dict[str, Any]) -> None:
    silent = view == VIEWS[-1]  # nothing tells where the key was, but how the expert turned
    assert play(Reference, 150, **view).score > (0.9 if silent else 0.97)
    assert play(Replay, 150, **view).score < 0.25
    assert play(Nearest, 150, **view).score < 0.55
    assert play(Random, 150, **view).score < 0.1


@pytest.mark.parametrize("view", VIEWS[:2])
def test_shuffling_costs_next_to_nothing_where_the_jingle_is_heard(view: dict[str, Any]) -> None:
    """Facts: .93 with the unordered cells of a path and the door; the steps tell the key's cell as well."""
    assert play(Reference, 100, context="shuffled", **view).score > 0.95


def test_wrong_records_are_no_more_use_than_none() -> None:
    none, wrong = (play(Reference, 250, size=5, **given) for given in ({"context": "none"}, {"burst": 0.0}))
    assert wrong.low <= knowing_nothing(5)
    assert none.low <= knowing_nothing(5)
    assert play(Random, 250, size=5).score < min(none.score, wrong.score)
    half = play(Reference, 250, size=5, burst=0.5).score
    assert 0.4 < half < 0.75
