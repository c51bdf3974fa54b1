"""The rules of Snake by hand-made positions, its counts by brute force, its scores in closed form."""

from __future__ import annotations

import time
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnbench.checkplay import HOSTILE
from turnbench.envs.snake.board import MOVES, NOWHERE, Board, canonical, neighbours, read_board, read_move, symmetries
from turnbench.envs.snake.env import Snake
from turnbench.envs.snake.players import Novice, RandomMover, Reference, shortest_way
from turnbench.episode import History, Opening, Reply, Turn
from turnbench.errors import UsageError
from turnbench.registry import make_env
from turnbench.runner import run
from turnbench.splits import SPLITS, split_of

DENSE, LARGE = "TurnBench/Snake-Dense-v0", "TurnBench/Snake-Large-Dense-v0"
ARGUMENTS = {"size": 5, "apples": 5, "budget": 30}
PLAYERS = (Reference, RandomMover, Novice)


def position(snake: tuple[int, ...], apple: int, **kwargs: int) -> Snake:
    """A game at its first turn in this position, with as many apples eaten as the length says."""
    env = Snake(split="all", **kwargs)
    env.reset(seed=0)
    state = env.get_state()
    env.set_state({**state, "world": (snake, apple, len(snake) - 2, False, state["world"][-1])})
    return env


def starts(size: int) -> list[Board]:
    cells = range(size**2)
    return [
        Board(size, (head, neck), apple)
        for head in cells
        for neck in neighbours(size)[head]
        for apple in cells
        if neck != NOWHERE and apple not in (head, neck)
    ]


def history(*observations: str) -> History:
    first, *others = observations
    return History("test", Opening("", first), [Turn(Reply("up"), o) for o in others], 3)


# The rules ---------------------------------------------------------------------------------------------------------


def test_an_apple_lengthens_the_snake_and_another_one_appears() -> None:
    env = position((6, 5), 7)
    text, reward, terminated, _, _ = env.step("right")
    assert reward == pytest.approx(0.2 - 0.002)
    assert not terminated
    board = read_board(text)
    assert board is not None
    assert board.snake == (7, 6, 5)
    assert board.apple not in (*board.snake, NOWHERE)
    assert env.signals() == {"apples_eaten": 1.0}


def test_a_move_without_apple_keeps_length_and_apple() -> None:
    env = position((6, 5), 24)
    text, reward, *_ = env.step("down")
    assert text == (
        "Row 1: empty empty empty empty empty. Row 2: empty 2 empty empty empty. Row 3: empty head empty empty empty. "
        "Row 4: empty empty empty empty empty. Row 5: empty empty empty empty apple."
    )
    assert reward == -0.002


@pytest.mark.parametrize(
    ("snake", "move"),
    [((2, 7), "up"), ((22, 17), "down"), ((10, 11), "left"), ((14, 13), "right"), ((6, 7, 8), "right"), ((6, 5, 10, 11, 12), "down")],
)  # fmt: skip
def test_edge_and_body_kill(snake: tuple[int, ...], move: str) -> None:
    env = position(snake, 24)
    text, reward, terminated, _, info = env.step(move)
    assert (text, terminated, info) == ("The snake is dead.", True, {"ending": "failure"})
    assert reward == pytest.approx(-0.2 - 0.002)


def test_following_the_tail_is_legal_for_ever() -> None:
    env = position((6, 5, 10, 11), 24)
    for move in ("down", "left", "up", "right") * 7:
        assert env.step(move)[1:3] == (-0.002, False)
    assert env.board.snake == (6, 5, 10, 11)


def test_a_snake_of_two_may_turn_round() -> None:
    env = position((6, 7), 24)
    assert not env.step("right")[2]
    assert env.board.snake == (7, 6)


def test_the_last_apple_wins_even_on_the_last_turn() -> None:
    env = position((6, 7, 8, 9, 14, 13), 5, budget=1)
    text, reward, terminated, _, info = env.step("left")
    assert (text, terminated, info) == ("The snake ate the last apple.", True, {"ending": "success"})
    assert reward == pytest.approx(0.198)


@pytest.mark.parametrize(("action", "reward"), [("left", 0.198), ("down", -0.002), ("hello", -0.002)])
def test_the_budget_ends_the_game(action: str, reward: float) -> None:
    env = position((6, 7), 5, budget=1)
    text, got, terminated, _, info = env.step(action)
    assert (text, terminated, info) == ("Time is up.", True, {"ending": "out_of_turns"})
    assert got == pytest.approx(reward)


def test_a_text_without_a_move_costs_its_turn_and_moves_nothing() -> None:
    env = position((6, 7), 5)
    before = env.board
    text, reward, terminated, _, _ = env.step("upwards")
    assert text == f"Say up, down, left or right. {before.text()}"
    assert (reward, terminated, env.board, env.turn) == (-0.002, False, before, 1)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(PLAYERS), st.integers(4, 8), st.integers(1, 14), st.integers(1, 40))
def test_the_score_is_apples_less_death_less_a_hundredth_per_turn(
    seed: int, player: type[Reference], size: int, apples: int, budget: int
) -> None:
    """And on the way the snake stays one connected line, one longer per apple, all in the board's text."""
    env = Snake(size=size, apples=apples, budget=budget, split="all")
    agent = player(env.arguments)
    observation, _ = env.reset(seed=seed)
    seen, total, ended, info = history(observation), 0.0, False, {}
    low, high = env.reward_range
    while not ended:
        assert read_board(seen.observation) == env.board
        assert len(set(env.board.snake)) == len(env.board.snake) == 2 + env.signals()["apples_eaten"]
        assert all(b in neighbours(size)[a] for a, b in pairwise(env.board.snake))
        action = agent.reply(seen)
        observation, reward, ended, _, info = env.step(action)
        assert low <= reward <= high
        seen.turns.append(Turn(Reply(action), observation))
        total += reward
    eaten, died = env.signals()["apples_eaten"], info["ending"] == "failure"
    assert total == pytest.approx((eaten - died) / apples - 0.01 / apples * env.turn)
    assert (info["ending"] == "success") == (eaten == apples)


# Text --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "move"),
    [("up", "up"), (" **LEFT**! ", "left"), ("I think I go Right.", "right"), ("not up but down", "down"), ("_left_", "left"),
     ("up, down, left, right", "right"), ("right or left", "left"), ("upstairs", ""), ("pup", ""), ("", ""), ("up2", ""),
     ("éup", ""), ("rıght", ""), ("rİght", "")],
)  # fmt: skip
def test_reading_a_move(text: str, move: str) -> None:
    assert read_move(text) == (MOVES.index(move) if move else NOWHERE)


def test_hostile_text_is_read_quickly() -> None:
    began = time.perf_counter()
    for unit in ("up ", "a", "u", "left", "\u0130", "right down", "Row 1: "):
        text = (unit * 100_000)[:100_000]
        read_move(text)
        read_board(text)
    assert time.perf_counter() - began < 3


@pytest.mark.parametrize("size", [4, 5])
def test_the_text_is_the_board(size: int) -> None:
    texts = {}
    for board in starts(size):
        assert read_board(board.text()) == board
        texts[board.text()] = board
    assert len(texts) == len(starts(size))


def test_facts_say_what_lies_around() -> None:
    assert list(map(str, position((0, 1, 6, 5), 24).facts())) == [
        "Up of you is edge.", "Down of you is 4.", "Left of you is edge.", "Right of you is 2.",
        "The apple is down of you.", "The apple is right of you.",
    ]  # fmt: skip
    assert list(map(str, position((6, 5), 1).facts())) == [
        "Up of you is apple.", "Down of you is empty.", "Left of you is 2.", "Right of you is empty.", "The apple is up of you.",
    ]  # fmt: skip


def test_the_opening() -> None:
    _, info = make_env(DENSE, split="test").reset(seed=0)
    assert info["system_prompt"] == (
        "You steer a snake on a board of 5 by 5 cells: say up, down, left or right. Each apple gives 0.2 and makes the snake "
        "longer, its body or the edge kills it and costs 0.2, and every turn costs 0.002. Eat 5 apples within 30 turns."
    )
    assert read_board(info["user_message"]) is not None


# Instances ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "counts"),
    [(4, (49, 18, 17)), (5, (144, 41, 51)), (6, (324, 88, 98)), (7, (604, 201, 197)), (8, (1035, 353, 348))],
)
def test_instances_of_each_split(size: int, counts: tuple[int, int, int]) -> None:
    """The counts on the page. Burnside: only a mirror along a row or column, of an odd board, leaves some starts alone."""
    keys = {canonical(board) for board in starts(size)}
    split = Counter(split_of(key) for key in keys)
    assert tuple(split[s] for s in SPLITS) == counts
    fixed = sum(
        all(image[c] == c for c in (*board.snake, board.apple)) for board in starts(size) for image in symmetries(size)
    )
    assert len(keys) * 8 == fixed


def test_the_eight_images_are_one_instance() -> None:
    board = Board(5, (6, 7), 23)
    images = {canonical(Board(5, (i[6], i[7]), i[23])) for i in symmetries(5)}
    assert images == {canonical(board)}
    assert len(set(symmetries(5))) == 8
    assert canonical(Board(5, (7, 6), 23)) not in images


def test_starts_are_uniform_and_the_key_stays() -> None:
    env = Snake(size=4, split="all")
    drawn = Counter()
    for seed in range(6720):
        env.reset(seed=seed)
        drawn[env.board] += 1
    expected = 6720 / len(starts(4))
    assert len(drawn) == len(starts(4)) == 672
    chi2 = sum((n - expected) ** 2 / expected for n in drawn.values())
    assert abs(chi2 - 671) < 5 * (2 * 671) ** 0.5
    key = env.instance_key()
    env.step("left")
    assert env.instance_key() == key


def test_state_keys() -> None:
    a, b = position((6, 7), 24), position((6, 7), 24)
    a.step("hm")
    assert a.state_key(elapsed=False) == b.state_key(elapsed=False)
    assert a.state_key() != b.state_key()


# Refusals and players ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"size": 3}, "size is a number of rows and columns from 4 to 8, not 3."),
        ({"size": 9}, "size is a number of rows and columns from 4 to 8, not 9."),
        ({"apples": 0}, "apples is a number from 1 to 23 on a board of size 5, not 0."),
        ({"size": 4, "apples": 15}, "apples is a number from 1 to 14 on a board of size 4, not 15."),
        ({"budget": 0}, "budget is a number of turns from 1 to 1000, not 0."),
        ({"budget": 1001}, "budget is a number of turns from 1 to 1000, not 1001."),
    ],
)
def test_refusals(wrong: dict[str, int], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Snake(**wrong)
    assert str(caught.value) == message


def test_there_is_no_target_to_set() -> None:
    with pytest.raises(UsageError, match=r"^Snake-Dense-v0 has no reset option 'target'; it has: none\.$"):
        Snake().reset(seed=0, options={"target": "x"})


BROKEN = (
    "Row 1: head.", "Row 1: apple.", "Row 1: head 2. Row 2: 2 apple.", "Row 1: head 3. Row 2: empty empty.", "Row 1: cat.",
    "Row 1: head 2. Row 2: empty.", "Row 1: empty empty. Row 2: empty apple.", "Row 1: head head. Row 2: empty empty.",
    "Row 1: head empty. Row 2: 2 3.", "Row 1: head empty. Row 2: empty 2.", "Row 99999999999: " + "9" * 9_999 + ".",
)  # fmt: skip


@pytest.mark.parametrize("player", PLAYERS)
def test_players_stand_any_history(player: type[Reference]) -> None:
    agent = player(ARGUMENTS)
    for text in (*HOSTILE, *BROKEN):
        assert agent.reply(history(text)) in MOVES
        assert agent.reply(history(Board(5, (6, 7), 2).text(), text, text)) in MOVES
    agent.forget("never seen")


def test_broken_boards_are_not_read() -> None:
    assert [read_board(text) is None for text in BROKEN] == [False, *[True] * 7, False, False, True]


def test_the_shortest_way_goes_round_the_moving_body() -> None:
    assert len(shortest_way(Board(5, (0, 5), 24), 24)) == 8  # nothing in the way: rows + columns
    assert shortest_way(Board(5, (6, 5, 10, 11), 24), 11) == [MOVES.index("down")]  # the tail makes room
    assert shortest_way(Board(5, (0, 1, 6, 5, 10), 24), 24) == []  # shut in
    # Two segments away from the tail: free by the time the head is there.
    assert len(shortest_way(Board(5, (6, 7, 8, 9), 24), 8)) == 4


def test_the_reference_goes_for_the_apple_but_not_into_a_trap() -> None:
    say = Reference(ARGUMENTS).reply
    assert say(history(Board(5, (6, 7), 5).text())) == "left"
    trap = history(Board(5, (5, 6, 1, 2, 3), 0).text())  # eating at 0 shuts the snake in
    assert say(trap) == "down"
    assert Reference({**ARGUMENTS, "apples": 4}).reply(trap) == "up"  # it is the last: nothing to fear


@pytest.mark.parametrize(
    ("env_id", "scores"),
    [
        (DENSE, {"random": -0.18, "novice": 0.25, "reference": 0.96}),
        (LARGE, {"random": -0.19, "novice": 0.23, "reference": 0.91}),
    ],
)
def test_anchors(env_id: str, scores: dict[str, float]) -> None:
    """The page's numbers, loosely: the spread of one episode is at most 0.4."""
    for player, score in scores.items():
        summary = run(player, env_id, episodes=300, split="test").summary
        assert summary.failed == {}
        assert summary.mean_score == pytest.approx(score, abs=0.05), player
