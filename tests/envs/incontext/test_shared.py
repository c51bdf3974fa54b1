"""What holds for every in-context world, whatever its game; a new family is tested without being named here."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnbench.envs.incontext.context import KINDS, Fragment, draw_context, play_expert
from turnbench.envs.incontext.env import InContextEnv
from turnbench.envs.incontext.ideal import Cell, family_cells, play
from turnbench.envs.incontext.wording import WORDINGS, read_observation, read_opening, write_observation
from turnbench.envs.incontext.words import END, NEW
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream
from turnbench.registry import env_class, env_ids, make_env

IDS = [i for i in env_ids() if env_class(i).__module__.startswith("turnbench.envs.incontext")]
FAMILIES = sorted({env_class(i) for i in IDS}, key=lambda cls: cls.__name__)
SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"context": "none"},
    {"demonstrations": 3},
    {"context": "prefix", "demonstrations": 2},
    {"context": "suffix", "share": 0.3},
    {"context": "shuffled", "demonstrations": 2},
    {"context": "isolated", "steps": 9},
    {"burst": 0.0},
    {"burst": 0.5, "demonstrations": 2},
    {"burst": 0.5, "context": "isolated"},
    {"burst": 0.5, "context": "shuffled"},
    {"burst": 0.5, "context": "shuffled", "demonstrations": 2},
    {"burst": 0.5, "demo_noise": 0.3, "demonstrations": 2},
    {"demo_noise": 1.0, "context": "suffix"},
    {"demo_noise": 0.5, "context": "isolated", "steps": 20, "slip": 0.3},
    {"slip": 0.0},
    {"slip": 0.4, "demo_slip": 0.0},
    {"vocabulary": "fixed", "burst": 0.5},
    {"levels": 5},
)
"""Kinds of context, crossed with what makes them hard to read."""


def made(env_id: str, **arguments: Any) -> InContextEnv:
    env = make_env(env_id, **arguments)
    assert isinstance(env, InContextEnv)
    return env


def player(env: InContextEnv, name: str) -> Any:
    module, cls = env.players[name].split(":")
    return getattr(importlib.import_module(module), cls)(env.arguments)


def shape(records: tuple[Fragment, ...]) -> list[tuple[Any, ...]]:
    """All that can be read of records: the expert's actions beside those done cannot."""
    return [(r.seen, r.actions) for r in records]


def walk(env: InContextEnv, seed: int) -> Iterator[str]:
    """Observations of an episode that does now the expert's, now any action, now none."""
    rng = RandomStream.from_parts("walk", seed)
    env.reset(seed=seed)
    done = False
    while not done:
        action = rng.choice((env.expert(), env.expert(), rng.choice(env.game.actions), "hello"))
        seen, _, done, _, _ = env.step(f"I say {action}.")
        yield seen


def test_there_are_families() -> None:
    assert {"LeverCorridor", "VendingPanel"} <= {cls.__name__ for cls in FAMILIES}


# Words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("env_id", IDS)
@pytest.mark.parametrize("wording", WORDINGS)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**40), setting=st.sampled_from(SETTINGS))
def test_what_is_written_can_be_read(env_id: str, wording: str, seed: int, setting: dict[str, Any]) -> None:
    env = made(env_id, **{"wording": wording, **setting})
    _, info = env.reset(seed=seed)
    opening = read_opening(env.game, info["user_message"], wording)
    assert opening is not None
    assert shape(opening[0]) == shape(env.records)
    assert opening[1] == env.seen()
    words = len(opening[1].view)
    for record in env.records:
        assert record.seen[0].event == ""
        for seen in record.seen:
            assert len(seen.view) in (words, 0)
    for text in walk(env, seed):
        seen = read_observation(env.game, text, wording)
        assert seen is not None
        assert seen.event in ("", *env.game.events)
        assert write_observation(env.game, seen, wording) == text
        assert seen.view == env.seen().view
        assert len(seen.view) in (words, 0)
        for word in seen.view:
            assert word.split() == [word]
            assert word not in (*env.game.events, NEW, END)
    assert len(set(env.game.actions) | set(env.game.events)) == len(env.game.actions) + len(env.game.events)


@pytest.mark.parametrize("env_id", IDS)
def test_other_text_is_not_read(env_id: str) -> None:
    env = made(env_id, wording="plain")
    for text in ("", "hello", "Record 1:\nhello", "> bim"):
        assert read_observation(env.game, text, "plain") is None
        assert read_opening(env.game, text, "plain") is None


@pytest.mark.parametrize("env_id", IDS)
@pytest.mark.parametrize("wording", WORDINGS)
def test_places_are_where_the_actions_stand(env_id: str, wording: str) -> None:
    env = made(env_id, wording=wording, demo_noise=0.3, context="whole", demonstrations=3, burst=1.0)
    differ = total = 0
    for seed in range(20):
        _, info = env.reset(seed=seed)
        done = [a for r in env.records for a in r.actions]
        expert = [a for r in env.records for a in r.experts]
        places = env.places()
        assert [info["user_message"][p.begin : p.end] for p in places] == done
        assert [p.expert for p in places] == expert
        differ += sum(a != b for a, b in zip(done, expert, strict=True))
        total += len(done)
    # Noise draws from all actions, the expert's among them.
    share = 0.3 * (1 - 1 / len(env.action_words()))
    assert differ / total == pytest.approx(share, abs=4 * (share * (1 - share) / total) ** 0.5)


@pytest.mark.parametrize("env_id", IDS)
def test_both_wordings_are_of_one_game(env_id: str) -> None:
    """What happens does not hang on how it is said."""
    plain, compact = made(env_id, wording="plain"), made(env_id, wording="compact")
    for seed in range(10):
        plain.reset(seed=seed)
        compact.set_state(plain.get_state())
        rng, done = RandomStream(seed), False
        while not done:
            action = rng.choice((plain.expert(), rng.choice(plain.game.actions), ""))
            _, reward, done, _, info = plain.step(action)
            assert compact.step(action)[1:] == (reward, done, False, info)
            assert compact.state_key() == plain.state_key()


# Records -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("env_id", IDS)
def test_kinds_show_as_many_transitions(env_id: str) -> None:
    """As whole games of the same chances do; or the number asked for, even the last pieces cut."""
    env = made(env_id, demo_slip=0.2)
    for seed in range(10):
        env.reset(seed=seed)
        sizes = {
            kind: sum(
                len(f.actions)
                for f in draw_context(
                    env.game,
                    lambda: env.level,
                    replace(env.plan, kind=kind, demonstrations=2, steps=0, share=0.4),
                    RandomStream(seed),
                )
            )
            for kind in KINDS
        }
        assert sizes.pop("none") == 0
        assert len(set(sizes.values())) == 1, sizes
        for kind in ("prefix", "suffix", "shuffled", "isolated"):
            plan = replace(env.plan, kind=kind, steps=13)
            shown = draw_context(env.game, lambda: env.level, plan, RandomStream(seed))
            assert sum(len(f.actions) for f in shown) == 13


@pytest.mark.parametrize("env_id", IDS)
def test_pieces_are_pieces_of_a_record(env_id: str) -> None:
    """Beginnings begin it, ends end it, shuffled steps are its steps."""
    env = made(env_id)
    for seed in range(10):
        env.reset(seed=seed)
        record = play_expert(env.game, env.level, 0.2, 0.0, RandomStream(seed))

        def shown(kind: str, seed: int = seed) -> tuple[Fragment, ...]:
            plan = replace(env.plan, kind=kind, demonstrations=1, steps=0, share=0.5, slip=0.2, noise=0.0)
            return draw_context(env.game, lambda: env.level, plan, RandomStream(seed))

        n, half = len(record.actions), -(-len(record.actions) // 2)
        assert shown("whole") == (record,)
        assert record.cut(0, half) in shown("prefix")
        assert record.cut(n - half, n) in shown("suffix")
        assert sorted(shown("shuffled")) == sorted(record.steps())
        assert all(len(f.actions) == 1 for f in shown("isolated"))


@pytest.mark.parametrize("env_id", IDS)
@pytest.mark.parametrize("context", [k for k in KINDS if k != "none"])
def test_records_are_of_the_level_they_should_be_of(env_id: str, context: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for burst in (0.0, 1.0):
        env = made(env_id, burst=burst, context=context, demonstrations=2)
        began: list[Any] = []
        start = env.game.start
        monkeypatch.setattr(env.game, "start", lambda level, rng, s=start, b=began: (b.append(level), s(level, rng))[1])
        for seed in range(8):
            began.clear()
            env.reset(seed=seed)
            query, *records = (env.game.key(level) for level in began)
            assert query == env.game.key(env.level)
            assert len(records) >= 2
            assert {key == query for key in records} == {burst == 1.0}
            assert env.same_level == (burst == 1.0)


@pytest.mark.parametrize("cls", FAMILIES)
def test_share_of_records_of_the_own_level(cls: Any) -> None:
    env, n, burst = cls(burst=0.3, wording="compact"), 500, 0.3
    same = 0
    for seed in range(n):
        env.reset(seed=seed)
        same += env.same_level
    assert same / n == pytest.approx(burst, abs=4 * (burst * (1 - burst) / n) ** 0.5)


@pytest.mark.parametrize("env_id", IDS)
def test_the_query_is_the_same_whatever_is_shown(env_id: str) -> None:
    env = made(env_id)
    for seed in range(10):
        outcomes = set()
        for kind in KINDS:
            env.plan = replace(env.plan, kind=kind, demonstrations=2)
            env.reset(seed=seed)
            outcomes.add((env.state_key(), env.rng.state))
        assert len(outcomes) == 1


# Levels ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("env_id", IDS)
def test_numbered_levels(env_id: str) -> None:
    """The same number is the same level under any context, and no level is in two splits."""
    shown, bare = made(env_id, demonstrations=2, context="isolated"), made(env_id, context="none", burst=0.0)
    for number in (0, 7):
        assert shown.numbered_level(number) == bare.numbered_level(number)
        shown.reset(seed=1, options={"instance": number})
        assert shown.level == bare.numbered_level(number)
    keys = {
        split: {env.game.key(env.numbered_level(k)) for k in range(60)}
        for split in ("train", "validation", "test")
        for env in [made(env_id, split=split)]
    }
    assert not keys["train"] & keys["test"]
    assert not keys["train"] & keys["validation"]
    assert not keys["validation"] & keys["test"]


@pytest.mark.parametrize("cls", FAMILIES)
def test_few_levels(cls: Any) -> None:
    env = cls(levels=3)
    keys = {env.game.key(env.numbered_level(k)) for k in range(3)}
    drawn = set()
    for seed in range(60):
        env.reset(seed=seed)
        drawn.add(env.game.key(env.level))
    assert drawn == keys
    with pytest.raises(
        UsageError, match=r"^There is no other level to show records of: take more levels, or a burst of 1\.$"
    ):
        cls(levels=1, burst=0.0).reset(seed=0)


# Players -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("env_id", IDS)
def test_the_expert_wins(env_id: str) -> None:
    env = made(env_id, slip=0.0)
    for seed in range(20):
        env.reset(seed=seed)
        done = False
        while not done:
            _, reward, done, _, info = env.step(env.expert())
        assert (reward, info["ending"]) == (1.0, "success")


@pytest.mark.parametrize("env_id", IDS)
@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_players_stand_every_context(env_id: str, setting: dict[str, Any]) -> None:
    for wording in WORDINGS:
        env = made(env_id, **{"wording": wording, **setting})
        for name in env.players:
            agent = player(env, name)
            for seed in range(3):
                assert 0.0 <= play(env, agent, seed) <= 1.0


@pytest.mark.parametrize("cls", FAMILIES)
def test_players_read_what_they_are_shown(cls: Any) -> None:
    """Both wordings tell the reference player the same: it answers with the same word."""
    plain, compact = cls(wording="plain", burst=0.5), cls(wording="compact", burst=0.5)
    for seed in range(10):
        plain.reset(seed=seed)
        said = []
        for env in (plain, compact):
            agent = player(env, "reference")
            scene = read_opening(env.game, *_opening(plain, env))
            assert scene is not None
            said.append((shape(scene[0]), scene[1], agent.arguments["wording"]))
        assert said[0][:2] == said[1][:2]


def _opening(source: InContextEnv, env: InContextEnv) -> tuple[str, str]:
    from turnbench.envs.incontext.wording import write_opening

    return write_opening(env.game, source.records, source.seen(), env.wording).text, env.wording


# Arguments ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"context": "whol"}, "There is no context 'whol'; there is: none, whole, prefix, suffix, shuffled, isolated."),
        ({"wording": "short"}, "wording is plain or compact, not 'short'."),
        ({"demonstrations": "two"}, "demonstrations is a whole number, not 'two'."),
        ({"slip": "often"}, "slip is a number, not 'often'."),
        ({"demonstrations": 17}, "demonstrations is at least 0 and at most 16, not 17."),
        ({"steps": -1}, "steps is at least 0 and at most 256, not -1."),
        ({"levels": -1}, "levels is at least 0, not -1."),
        ({"burst": 1.5}, "burst is at least 0 and at most 1, not 1.5."),
        ({"demo_noise": True}, "demo_noise is at least 0 and at most 1, not True."),
        ({"share": 0.0}, "share is above 0 and at most 1, not 0.0."),
        ({"slip": 1.0}, "slip and demo_slip are probabilities below 1 (demo_slip -1: the same as slip)."),
        ({"steps": 5}, "Whole games have the steps they have: choose another context, or leave steps at 0."),
    ],
)
@pytest.mark.parametrize("cls", FAMILIES)
def test_arguments_that_cannot_be(cls: Any, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        cls(**arguments)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("cls", FAMILIES)
@pytest.mark.parametrize("number", [-1, True, "3", 1.0])
def test_a_level_is_a_number(cls: Any, number: object) -> None:
    with pytest.raises(UsageError, match=r"^The reset option instance is a whole number from 0, not "):
        cls().reset(seed=0, options={"instance": number})


def test_every_family_has_ideal_scores() -> None:
    tables = dict(family_cells(2))
    assert set(tables) == {cls.__module__.split(".")[-2] for cls in FAMILIES}
    for cells in tables.values():
        first = next(iter(cells))
        assert isinstance(first, Cell)
