"""The rules of the frozen lake, as its player sees them."""

from __future__ import annotations

import re
import time

import gymnasium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnbench.envs.frozenlake.env import FrozenLake
from turnbench.envs.frozenlake.maps import ACTIONS
from turnbench.envs.frozenlake.words import read_action
from turnbench.errors import UsageError

MAP = "SFFF/FHFH/FFFH/HFFG"
START = "Row 1: you ice ice ice. Row 2: ice hole ice hole. Row 3: ice ice ice hole. Row 4: hole ice ice goal."
SAY = "Say up, down, left or right."


def game(level: str = "", **kwargs: object) -> FrozenLake:
    env = gymnasium.make(f"TurnBench/FrozenLake{level}-v0", **kwargs).unwrapped
    assert isinstance(env, FrozenLake)
    env.reset(seed=0, options={"map": MAP})
    return env


def test_the_opening() -> None:
    env = game()
    _, info = env.reset(seed=0, options={"map": MAP})
    assert info["user_message"] == START
    assert info["system_prompt"] == (
        "You cross a frozen lake. Say up, down, left or right. A hole ends the game. Reach the goal in 16 moves."
    )
    _, info = game("-Slippery", blind=True).reset(seed=0, options={"map": MAP})
    assert info["user_message"] == START
    assert info["system_prompt"] == (
        "You cross a frozen lake. Say up, down, left or right. A hole ends the game. Reach the goal in 100 moves. "
        "The ice is slippery: a move goes your way or to one of its two sides, each as often. "
        "I show the lake once and then only say what your move did."
    )


def test_a_crossing() -> None:
    env = game()
    walked = "Row 1: ice ice ice ice. Row 2: you hole ice hole. Row 3: ice ice ice hole. Row 4: hole ice ice goal."
    assert env.step("down")[:4] == (walked, 0.0, False, False)
    assert env.step("left")[0] == walked  # the edge
    assert env.step("hello")[0] == f"{SAY} {walked}"
    assert tuple(map(str, env.facts())) == (
        "You are in row 2 column 1.", "The goal is 5 moves away.", "Up of you is ice.", "Down of you is ice.",
        "Left of you is edge.", "Right of you is hole.",
    )  # fmt: skip
    for move in ("down", "right", "right", "down"):
        env.step(move)
    assert str(env.facts()[-1]) == "Right of you is goal."
    assert env.step("right") == ("You reach the goal.", 1.0, True, False, {"ending": "success"})


def test_a_hole() -> None:
    env = game()
    env.step("right")
    assert env.step("down") == ("You fall into a hole.", 0.0, True, False, {"ending": "failure"})


@pytest.mark.parametrize("say", ["up", "nonsense"])
def test_the_budget(say: str) -> None:
    env = game(budget=3)
    assert not env.step(say)[2]
    assert not env.step(say)[2]
    assert env.step(say) == ("You are out of moves.", 0.0, True, False, {"ending": "out_of_turns"})


def test_the_last_move_may_win() -> None:
    env = game(budget=6)
    results = [env.step(move) for move in ("down", "down", "right", "right", "down", "right")]
    assert results[-1][1:3] == (1.0, True)


def test_blind() -> None:
    env = game("-Blind")
    assert env.memoryless is False
    assert game().memoryless is True
    assert env.step("down")[0] == "You moved down."
    assert env.step("left")[0] == "You bumped into the edge."
    assert env.step("what?")[0] == SAY
    assert str(env.facts()[0]) == "You are in row 2 column 1."
    assert env.step("right") == ("You fall into a hole.", 0.0, True, False, {"ending": "failure"})


def test_slippery_moves_fall_as_often_as_they_should() -> None:
    """Blind tells the direction taken: a third each, to four standard errors, and never backward."""
    env, n = game("-Slippery", blind=True), 3000
    env.reset(seed=1, options={"map": "SFFF/FFFF/FFFF/FFFG"})
    env._position = 5  # in the middle, where no edge is near
    state = env.get_state()
    counts = {f"You moved {d}.": 0 for d in ACTIONS}
    for k in range(n):
        env.set_state(state)
        env.reseed(k)
        counts[env.step("up")[0]] += 1
    assert counts["You moved down."] == 0
    for d in ("up", "left", "right"):
        assert counts[f"You moved {d}."] / n == pytest.approx(1 / 3, abs=4 * (2 / 9 / n) ** 0.5)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("right", "right"), (" Right. ", "right"), ("I think I go Right.", "right"), ("**UP!**", "up"), ("\nleft\n", "left"),
        ("not up, down", "down"), ("up down left right", "right"), ("right, left, down or up", "up"), ("(down)", "down"),
        ("upright", None), ("downs", None), ("_left_", None), ("éup", None), ("r\u0131ght", None), ("r\u0130ght", None),
        ("\uff55\uff50", None), ("", None), ("go", None), ("l e f t", None), ("left-hand side", "left"),
    ],
)  # fmt: skip
def test_reading_actions(text: str, action: str | None) -> None:
    assert read_action(text) == action


@given(st.text(), st.sampled_from(ACTIONS), st.text("?!. ,", max_size=5))
def test_the_last_word_counts(before: str, action: str, after: str) -> None:
    assert read_action(f"{before} {action.title()}{after}") == action


@pytest.mark.parametrize(
    "text", ["up" * 50_000, "up " * 33_000, "a" * 100_000, "right" * 20_000 + "x", "\u0130" * 100_000, " \n" * 50_000]
)
def test_long_texts_are_read_quickly(text: str) -> None:
    began = time.perf_counter()
    read_action(text)
    assert time.perf_counter() - began < 0.5


def test_texts_are_plain() -> None:
    """Single spaces, a full stop at the end, and only a few dozen words in all."""
    words = set()
    for level in ("", "-Slippery", "-Large", "-Blind"):
        env = gymnasium.make(f"TurnBench/FrozenLake{level}-v0").unwrapped
        assert isinstance(env, FrozenLake)
        for seed in range(20):
            said = [env.reset(seed=seed)[0].replace("\n\n", " ")]
            done = False
            while not done:
                text, _, done, _, _ = env.step(env.rng.choice((*ACTIONS, "x")))
                said.append(text)
            said += map(str, env.facts())
            for text in said:
                assert text.endswith(".")
                assert re.search(r"\s\s|\n", text) is None
                words |= set(re.findall(r"\w+", text.lower()))
    assert len(words) < 80, sorted(words)


def test_states() -> None:
    a, b = game(), game()
    a.step("up")
    assert a.state_key(elapsed=False) == b.state_key(elapsed=False)
    assert a.state_key() != b.state_key()
    b.step("hm")
    assert a.state_key() == b.state_key()
    assert a.instance_key() == "4:" + min(MAP, "SFFH/FHFF/FFFF/FHHG")
    assert (a.target, a.secrets()) == ("", ())


def test_the_usual_budget_by_name_plays_the_same() -> None:
    assert FrozenLake().reset(seed=7)[0] == FrozenLake(budget=16).reset(seed=7)[0]
    budgets = [FrozenLake(size=s, slippery=w).max_turns for s in (4, 8) for w in (False, True)]
    assert budgets == [16, 100, 32, 200]


def test_refusals() -> None:
    with pytest.raises(UsageError, match=r"^size is 4 or 8, not 5\.$"):
        FrozenLake(size=5)
    for budget in (-1, 1001):
        with pytest.raises(
            UsageError, match=rf"^budget is a number of moves from 1 to 1000, or 0 for the usual, not {budget}\.$"
        ):
            FrozenLake(budget=budget)
    with pytest.raises(UsageError, match=r"^FrozenLake-v0 has no reset option 'target'; it has: map\.$"):
        game().reset(options={"target": "x"})
    with pytest.raises(UsageError, match=r"^The map is 4 rows of 4 letters"):
        game().reset(options={"map": "S/G"})
