"""The corridor's rules, by cases worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from turnbench.envs.incontext.families.corridor.env import LeverCorridor
from turnbench.envs.incontext.families.corridor.game import Corridor
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream
from turnbench.splits import split_of

LEVEL = ((1, 0, 1), ("holm", "krel", "ulba"))
"""Three rooms; the levers bim (0) and dovo (1)."""


def corridor(lives: int = 2, named: bool = True, permuted: bool = True) -> Corridor:
    return Corridor(3, 2, lives, named, permuted)


def test_the_way_through() -> None:
    game = corridor()
    state = game.start(LEVEL, RandomStream(0))
    told = [game.observe(LEVEL, state)]
    for lever in ("dovo", "bim", "dovo"):
        assert game.expert(LEVEL, state) == lever
        assert not game.over(LEVEL, state)
        state, event = game.act(LEVEL, state, lever, False)
        told.append(game.observe(LEVEL, state, event))
    assert told == [("", ("holm",)), ("click", ("krel",)), ("click", ("ulba",)), ("exit", ())]
    assert game.over(LEVEL, state)
    assert (game.score(LEVEL, state), game.progress(LEVEL, state)) == (1.0, 1.0)


def test_a_wrong_lever_costs_a_life_and_the_way() -> None:
    game = corridor()
    state, event = game.act(LEVEL, (2, 2), "bim", False)
    assert (state, event) == ((0, 1), "clunk")
    assert game.view(LEVEL, state) == ("holm",)
    state, event = game.act(LEVEL, state, "bim", False)
    assert (state, event, game.view(LEVEL, state)) == ((0, 0), "lost", ())
    assert game.over(LEVEL, state)
    assert game.score(LEVEL, state) == 0.0


def test_no_number_of_lives_is_any_number() -> None:
    game = corridor(lives=0)
    state = game.start(LEVEL, RandomStream(0))
    for _ in range(50):
        state, event = game.act(LEVEL, state, "bim", False)
        assert (state, event) == ((0, 0), "clunk")
        assert not game.over(LEVEL, state)


@pytest.mark.parametrize(
    ("action", "slip", "event"), [("bim", True, "slip"), ("dovo", True, "slip"), ("", False, "nothing")]
)
def test_what_changes_nothing(action: str, slip: bool, event: str) -> None:
    assert corridor().act(LEVEL, (1, 2), action, slip) == ((1, 2), event)


def test_an_episode_ends_after_twice_as_many_pulls_as_rooms() -> None:
    env = LeverCorridor(length=3)
    env.reset(seed=0)
    for _ in range(5):
        assert not env.step("hello")[2]
    observation, reward, done, _, info = env.step("hello")
    assert (reward, done, info) == (0.0, True, {"ending": "out_of_turns"})
    assert observation.startswith("That is no lever: you are in the ")


@pytest.mark.parametrize(
    ("named", "event", "view", "text"),
    [
        (True, "", ("holm",), "You are in the holm room."),
        (True, "click", ("holm",), "Click: you are in the holm room."),
        (True, "clunk", ("holm",), "Clunk: you are back, in the holm room."),
        (True, "slip", ("holm",), "The lever slips: you are in the holm room."),
        (True, "nothing", ("holm",), "That is no lever: you are in the holm room."),
        (True, "exit", (), "The last door opens: you are out."),
        (True, "lost", (), "Clunk: that was your last life."),
        (False, "", ("room",), "You are in a plain room."),
        (False, "click", ("room",), "Click: you are in a plain room."),
        (False, "clunk", ("room",), "Clunk: you are back, in a plain room."),
    ],
)
def test_sentences(named: bool, event: str, view: tuple[str, ...], text: str) -> None:
    game = corridor(named=named)
    from turnbench.envs.incontext.game import Observation

    assert game.sentence(Observation(event, view)) == text
    assert game.read_sentence(text) == (event, view)


def test_names_belong_to_a_level_where_they_tell_it_apart() -> None:
    other = (LEVEL[0], ("krel", "holm", "ulba"))
    assert corridor().key(LEVEL) == "dovo.bim.dovo.holm.krel.ulba" != corridor().key(other)
    for game in (corridor(named=False), corridor(permuted=False)):
        assert game.key(LEVEL) == game.key(other) == "dovo.bim.dovo"


def test_levels_are_drawn_uniformly() -> None:
    game, rng, n = corridor(permuted=False), RandomStream(3), 4000
    codes = [game.draw_level(rng)[0] for _ in range(n)]
    for code in {(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)}:
        assert codes.count(code) / n == pytest.approx(1 / 8, abs=4 * (7 / 64 / n) ** 0.5)


def test_vocabulary() -> None:
    fixed, permuted = LeverCorridor(vocabulary="fixed"), LeverCorridor()
    names = [set(), set()]  # type: list[set[Any]]
    for seed in range(10):
        for env, seen in zip((fixed, permuted), names, strict=True):
            env.reset(seed=seed)
            seen.add(env.level[1])
    assert [len(n) for n in names] == [1, 10]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"length": 0}, "length is a number of rooms from 1 to 12, not 0."),
        ({"length": 13}, "length is a number of rooms from 1 to 12, not 13."),
        ({"levers": 9}, "levers is a number from 2 to 8, not 9."),
        ({"lives": -1}, "lives is a number up to 100, 0 for any number of wrong pulls, not -1."),
        ({"rooms": "blue"}, "rooms is named or aliased, not 'blue'."),
        ({"vocabulary": "new"}, "vocabulary is permuted or fixed, not 'new'."),
    ],
)
def test_arguments_that_cannot_be(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        LeverCorridor(**arguments)
    assert str(error.value) == message


def test_a_split_without_a_level() -> None:
    """One room without a name and two levers: two codes, and one of the three splits has neither."""
    codes = {"bim": split_of("LeverCorridor-v0:bim"), "dovo": split_of("LeverCorridor-v0:dovo")}
    for split in ("train", "validation", "test"):
        env = LeverCorridor(length=1, levers=2, rooms="aliased", split=split)
        if split in codes.values():
            env.reset(seed=0)
            continue
        with pytest.raises(UsageError) as error:
            env.reset(seed=0)
        assert str(error.value) == (
            f"The split {split} has no level of so small a game: take the split all, or a larger game."
        )
