"""The core of the sharded suite from outside, on a task of a dozen lines: what is said when, what is judged, how it ends."""

from __future__ import annotations

from typing import Any

import pytest
import toy_task
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_task import BOOK, COLOURS

from turnbench import TextEnv
from turnbench.errors import UsageError
from turnbench.registry import make_env

toy_task.register()
ENV = "TurnBench/Marbles-v0"
SINGLE = ("full", "concat", "shuffle-concat")
CONVERSATIONS = ("sharded", "recap", "snowball", "user-turns-only")
NOTED = "Let me think about that."


def begun(env_id: str = ENV, instance: int = 0, seed: int = 0, **arguments: Any) -> TextEnv:
    env = make_env(env_id, **arguments)
    env.reset(seed=seed, options={"instance": instance})
    return env


def total(env: TextEnv) -> int:
    return int(env.instance.truth["total"])  # type: ignore[attr-defined]


def right(env: TextEnv) -> str:
    return f"Together that is {total(env)}."


def boxes(text: str) -> list[str]:
    """The colours of the boxes whose marbles a message counts."""
    return [s.slots["colour"] for s in BOOK.read(text)]


def play(env: TextEnv, replies: list[str]) -> tuple[list[str], float]:
    """What the user says to these replies, and the reward; the last of them and no earlier one ends the conversation."""
    said, reward, over = [], 0.0, False
    for reply in replies:
        assert not over, f"over before {reply!r}"
        text, reward, over, _, _ = env.step(reply)
        said.append(text)
    assert over
    return said, reward


def until_the_end(env: TextEnv, reply: str) -> tuple[list[str], float]:
    """The same reply until the conversation is over."""
    said, over, reward = [], False, 0.0
    while not over:
        assert len(said) < env.max_turns
        text, reward, over, _, _ = env.step(reply)
        said.append(text)
    return said, reward


# What is said when -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reveal", SINGLE)
def test_one_message_says_everything(reveal: str) -> None:
    env = begun(reveal=reveal, difficulty="hard")
    observation, _ = env.reset(seed=1, options={"instance": 0})
    assert len(boxes(observation)) == 5
    assert env.max_turns == 1
    assert play(env, [right(env)])[1] == 1.0


def test_only_the_order_of_the_details_is_shuffled() -> None:
    def lines(reveal: str, seed: int) -> list[str]:
        observation, _ = make_env(ENV, reveal=reveal, difficulty="hard").reset(seed=seed, options={"instance": 0})
        return [line for line in observation.splitlines() if line.startswith("- ")]

    in_order = lines("concat", 0)
    orders = [lines("shuffle-concat", seed) for seed in range(20)]
    assert all(order[0] == in_order[0] and sorted(order) == sorted(in_order) for order in orders)
    assert len({tuple(order) for order in orders}) > 10


def test_the_first_message_is_the_first_shard_word_for_word() -> None:
    for seed in range(20):
        env = make_env(ENV)
        _, info = env.reset(seed=seed)
        assert info["user_message"] == env.instance.shards[0].text  # type: ignore[attr-defined]


def test_one_new_piece_a_turn_until_all_are_said() -> None:
    env = begun(difficulty="hard")
    said, reward = until_the_end(env, NOTED)
    assert [len(boxes(text)) for text in said] == [1, 1, 1, 1, 1, 0]
    assert len({colour for text in said for colour in boxes(text)}) == 5
    assert reward == 0.0


def test_snowball_repeats_what_was_revealed_and_nothing_else() -> None:
    env = begun(reveal="snowball", difficulty="hard")
    said, _ = play(env, [NOTED, "Which shop sells them?", NOTED, NOTED, NOTED, NOTED, right(env)])
    assert [len(boxes(text)) for text in said] == [1, 1, 2, 3, 4, 5, 0]
    assert "And now:\n- " in said[1]
    refusal = said[1].rpartition("- ")[2]
    assert all(refusal not in text for text in said[2:])


def test_user_turns_only_joins_what_the_user_said() -> None:
    env = begun(reveal="user-turns-only", difficulty="hard")
    said, _ = until_the_end(env, NOTED)
    for earlier, later in zip(said[:-2], said[1:-1], strict=True):
        assert later.startswith(f"{earlier}\n")
    assert NOTED not in said[-2]


@pytest.mark.parametrize("merge", range(9))
def test_merged_shards_are_revealed_together(merge: int) -> None:
    env = begun(difficulty="hard", merge=merge)  # six shards: the goal and five boxes
    first = env.reset(seed=0, options={"instance": 0})[0]
    said, _ = until_the_end(env, right(env) if merge == 1 else NOTED)
    groups = min(merge, 6) or 6
    assert env.notes()["groups"] == groups == len(said)
    told = [boxes(text) for text in [first, *said[:-1]]]
    assert sorted(colour for some in told for colour in some) == sorted(
        boxes(first) + [c for s in said for c in boxes(s)]
    )
    assert sum(map(len, told)) == 5
    assert max(map(len, told)) - min(len(some) for some in told[1:] or told) <= 1
    order = [s.text for s in env.instance.shards[1:]]  # type: ignore[attr-defined]
    assert [c for some in told for c in some] == [boxes(text)[0] for text in order]


def test_the_option_fixes_the_instance_in_every_setting_and_leaves_the_words_to_the_seed() -> None:
    envs = [begun(reveal=reveal, instance=7, seed=seed) for reveal in SINGLE + CONVERSATIONS for seed in range(3)]
    assert len({env.instance_key() for env in envs}) == 1
    assert len({begun(instance=k).instance_key() for k in range(20)}) > 15
    conversations = {tuple(until_the_end(begun(instance=7, seed=seed), NOTED)[0]) for seed in range(20)}
    assert len(conversations) > 15
    assert begun(instance=7).instance_key() != begun(instance=7, split="test").instance_key()


@pytest.mark.parametrize("number", [-1, 1.0, True, "1", None])
def test_an_instance_is_a_whole_number(number: Any) -> None:
    env = make_env(ENV)
    if number is None:
        env.reset(seed=0, options={"instance": None})  # as if it were not given
        return
    with pytest.raises(UsageError, match="The reset option instance is a whole number from 0"):
        env.reset(seed=0, options={"instance": number})


# Patience ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("patience", [0, 1, 4, 20])
def test_patience_is_how_often_a_question_brings_nothing(patience: int) -> None:
    env = begun(difficulty="hard", patience=patience)
    said, _ = until_the_end(env, "Which shop sells them?")
    assert [len(boxes(text)) for text in said] == [0] * patience + [1] * 5 + [0]
    assert len(said) == 6 + patience <= env.max_turns


# What is judged ----------------------------------------------------------------------------------------------------------


def test_early_success_ends_a_conversation_but_not_before_a_recap() -> None:
    for reveal in CONVERSATIONS:
        env = begun(reveal=reveal)
        _, _, over, _, info = env.step(right(env))
        assert over == (reveal != "recap")
        assert info == ({"ending": "success"} if over else {})
    assert env.notes()["attempts"][0]["revealed"] == 1


def test_only_the_reply_to_the_recap_is_judged_there() -> None:
    def score(*replies: str) -> float:
        return play(begun(reveal="recap", difficulty="small"), list(replies))[1]

    answer = right(begun(reveal="recap", difficulty="small"))
    assert score(answer, answer) == 1.0
    assert score(answer, "That makes 1.") == 0.0
    assert score("That makes 1.", NOTED, NOTED, answer) == 1.0
    assert score(answer, "") == 0.0
    assert score(answer, f"Is it {answer}?") == 1.0  # as in single-turn settings, the reply is not sorted
    assert play(begun(reveal="recap", merge=1), ["That makes 1.", right(begun(merge=1))])[1] == 1.0


def test_no_attempt_scores_nothing() -> None:
    env = begun()
    assert until_the_end(env, NOTED)[1] == 0.0
    assert env.notes()["attempts"] == []
    assert until_the_end(begun(), f"Is it {total(env)}?")[1] == 0.0  # a question is no answer


@pytest.mark.parametrize("reveal", SINGLE)
def test_single_replies_are_judged_whatever_they_are(reveal: str) -> None:
    env = begun(reveal=reveal)
    assert play(env, [f"Is it {total(env)}?"])[1] == 1.0
    assert env.notes() == {
        "shards": len(env.instance.shards),  # type: ignore[attr-defined]
        "groups": 1,
        "classes": ["answer attempt"],
        "attempts": [{"turn": 1, "revealed": 1, "score": 1.0, "length": len(str(total(env)))}],
    }
    blank = begun(reveal=reveal)
    assert play(blank, [" "])[1] == 0.0
    assert blank.notes()["classes"] == ["missing"]


def test_the_best_attempt_counts_or_the_last() -> None:
    for scoring, expected in (("max", 0.5), ("last", 0.0)):
        env = begun("TurnBench/GradedMarbles-v0", difficulty="small", scoring=scoring)
        near = f"That makes {total(env) - 3}."
        _, reward = play(env, [near, "That makes 1.", NOTED])
        assert reward == expected
        assert [a["score"] for a in env.notes()["attempts"]] == [0.5, 0.0]


def test_graded_tasks_go_on_after_a_perfect_attempt() -> None:
    for scoring, expected in (("max", 1.0), ("last", 0.0)):
        env = begun("TurnBench/GradedMarbles-v0", difficulty="small", scoring=scoring)
        assert play(env, [right(env), "That makes 1.", "That makes 1."])[1] == expected
    env = begun("TurnBench/GradedMarbles-v0", difficulty="small", reveal="recap")
    assert play(env, [right(env), NOTED, NOTED, f"That makes {total(env) + 2}."])[1] == 0.5


def test_tasks_with_an_order_of_their_own_answer_no_questions_and_judge_every_reply() -> None:
    env = begun("TurnBench/OrderedMarbles-v0", difficulty="small")
    shards = [s.text for s in env.instance.shards]  # type: ignore[attr-defined]
    last = boxes(shards[-1])[0]
    said, reward = play(env, [f"What about the {last} box?", "", f"Is it {total(env)}?"])
    assert said[:-1] == shards[1:]
    assert reward == 1.0
    assert env.notes()["classes"] == ["answer attempt", "missing", "answer attempt"]


def test_tasks_judged_at_the_end_alone() -> None:
    def score(*replies: str) -> float:
        return play(begun("TurnBench/FinalMarbles-v0", difficulty="small"), list(replies))[1]

    answer = right(begun("TurnBench/FinalMarbles-v0", difficulty="small"))
    assert score(NOTED, NOTED, answer) == 1.0
    assert score(answer, answer, "That makes 1.") == 0.0  # being right earlier ends nothing
    assert score(answer, answer, "") == 0.0


def test_a_wrong_answer_is_an_answer_and_wrong() -> None:
    for instance in range(30):
        env = begun(instance=instance)
        reply = env.wrong_answer()  # type: ignore[attr-defined]
        env.step(reply)
        assert env.notes()["attempts"] == [
            {"turn": 1, "revealed": 1, "score": 0.0, "length": len(reply.split()[-1]) - 1}
        ]
        assert env.signals()["attempts"] == 1.0


def test_signals_and_states() -> None:
    env = begun(difficulty="small")
    states = [env.state_key(elapsed=False)]
    assert env.signals() == {"revealed": pytest.approx(1 / 3), "attempts": 0.0, "best": 0.0}
    for reply in ("Which shop sells them?", NOTED):
        env.step(reply)
        states.append(env.state_key(elapsed=False))
    assert states[0] == states[1] != states[2]
    assert env.signals()["revealed"] == pytest.approx(2 / 3)


# Whatever is said --------------------------------------------------------------------------------------------------------

replies = st.one_of(
    st.sampled_from(
        [NOTED, "", "That makes 7.", "Anything else?", "I cannot help.", "Which shop? And what colour are they?"]
    ),
    st.sampled_from(COLOURS).map(lambda colour: f"How many marbles are in the {colour} box?"),
    st.lists(st.sampled_from(COLOURS), min_size=2).map(lambda some: "".join(f"What about the {c} box? " for c in some)),
    st.text(max_size=60),
    st.sampled_from(["```", "?" * 500, "\ud800?", "\x00", "- a?\n" * 40, "1" * 400, "if a, 1; if b, 2", "\u200b"]),
)


@settings(max_examples=150, deadline=None)
@given(
    said=st.lists(replies, min_size=40, max_size=40),
    reveal=st.sampled_from(["sharded", "recap"]),
    merge=st.integers(0, 6),
    patience=st.integers(0, 5),
    seed=st.integers(0, 5),
)
def test_every_piece_is_revealed_once_before_the_end(
    said: list[str], reveal: str, merge: int, patience: int, seed: int
) -> None:
    env = begun(reveal=reveal, difficulty="hard", merge=merge, patience=patience, seed=seed)
    sizes = [len(boxes(env.reset(seed=seed, options={"instance": seed})[0]))]
    groups = min(merge, 6) or 6
    told: list[str] = []
    for turn in range(1, env.max_turns + 1):
        text, reward, over, _, _ = env.step(said[turn - 1])
        if over:
            break
        if not text.startswith("To recapitulate"):
            told += boxes(text)
            sizes.append(len(boxes(text)))
    assert over, "max_turns was passed"
    solved = any(a["score"] == 1.0 for a in env.notes()["attempts"])
    assert len(told) == len(set(told))
    assert solved or (len([n for n in sizes[1:] if n]) == groups - 1 and sum(sizes) == 5)
    assert len(sizes) - 1 - len([n for n in sizes[1:] if n]) <= patience
    assert reward == float(solved)


@settings(max_examples=40, deadline=None)
@given(said=st.lists(replies, min_size=20, max_size=20), cut=st.integers(0, 8), reveal=st.sampled_from(CONVERSATIONS))
def test_a_saved_conversation_goes_on_the_same(said: list[str], cut: int, reveal: str) -> None:
    env, other = begun(reveal=reveal), make_env(ENV, reveal=reveal)
    saved = env.get_state()
    for reply in said[:cut]:
        if env.step(reply)[2]:
            break
        saved = env.get_state()
    rest = said[env.turn :]
    other.set_state(saved)
    env.set_state(saved)
    for reply in rest:
        first, second = env.step(reply), other.step(reply)
        assert first == second
        assert env.state_key() == other.state_key()
        if first[2]:
            break
    assert env.notes() == other.notes()
