"""ShardedPromise: what is right follows from the assistant's own choice, which changes only when that is asked for."""

from __future__ import annotations

import csv
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from turnbench.checkplay import HOSTILE
from turnbench.env import TextEnv
from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.tasks.promise import env as promise_env
from turnbench.envs.sharded.tasks.promise.forms import DATE, RULE, SQUARE, TIME, WHOLE, WORD, Form, Value, labelled
from turnbench.envs.sharded.tasks.promise.generate import KINDS
from turnbench.envs.sharded.tasks.promise.kind import AGAIN, ASK, BAN, CHOOSE
from turnbench.envs.sharded.tasks.promise.task import PromiseTask
from turnbench.errors import UsageError, WorldDataError
from turnbench.randomness import RandomStream
from turnbench.registry import make_env
from turnbench.runner import run
from turnbench.splits import SPLITS

TASK = PromiseTask()
ENV = "TurnBench/ShardedPromise-v0"
REVEALS = ("full", "concat", "sharded", "recap", "snowball", "user-turns-only")
VECTORS = list(csv.DictReader(Path(promise_env.__file__).with_name("vectors.csv").read_text().splitlines()))
LIMITS = "low=20 high=60 a=30 b=41 c=45 item=x"


def slots(text: str) -> dict[str, Any]:
    """From "low=10 event=x m1=05"; what begins with 0 stays text."""
    pairs = (part.split("=") for part in text.split())
    return {name: int(value) if value.isdigit() and value[:1] != "0" else value for name, value in pairs}


def instance(kind: str, limits: str, steps: str) -> Instance:
    """By hand, from "ban n=40; quantity n=3; again": a ban belongs to the fact after it."""
    made: list[dict[str, Any]] = []
    ban: dict[str, Any] = {}
    for step in steps.split(";"):
        name, _, rest = step.strip().partition(" ")
        if name == BAN:
            ban = {"ban": slots(rest)}
        else:
            made.append({"again": True} if name == AGAIN else {"fact": [name, slots(rest)], **ban})
            ban = {}
    shards = tuple(Shard(n, f"Piece {n}.") for n in range(1, len(made) + 2))
    truth = {"kind": kind, "limits": slots(limits), "steps": made}
    return Instance("promise", "by hand", shards, "", truth)


@lru_cache
def drawn(count: int, difficulty: str = "medium") -> list[Instance]:
    rng = RandomStream.from_parts("promise test", difficulty)
    return [TASK.generate(rng, difficulty) for _ in range(count)]


def conversation(monkeypatch: pytest.MonkeyPatch, of: Instance, *replies: str, **arguments: Any) -> TextEnv:
    """An environment that plays `of`, after these replies."""
    monkeypatch.setattr("turnbench.envs.sharded.env.generated", lambda *asked: of)
    env = make_env(ENV, split="all", **arguments)
    env.reset(seed=0)
    for reply in replies:
        env.step(reply.replace(" / ", "\n"))
    return env


# The judge -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: f"{row['kind']}: {row['steps']}")
def test_vectors(row: dict[str, str]) -> None:
    of = instance(row["kind"], row["limits"], row["steps"])
    reply = row["reply"].replace(" / ", "\n")
    assert TASK.score(reply, of) == float(row["score"])
    assert TASK.score(TASK.extract(reply, of), of) == float(row["score"])


def test_every_fact_has_a_right_vector() -> None:
    seen = {
        (row["kind"], step.split()[0]) for row in VECTORS if row["score"] == "1" for step in row["steps"].split(";")
    }
    assert {(kind, fact) for kind in KINDS for fact in KINDS[kind].facts} <= seen


@pytest.mark.parametrize(
    ("steps", "replies", "score"),
    [
        ("quantity n=3; fee n=9", ("CHOICE: 34", "ANSWER: 102", "ANSWER: 111"), 1),
        ("quantity n=3; fee n=9", ("CHOICE: 34", "Fine.", "ANSWER: 111"), 1),  # what stands between is not judged
        ("quantity n=3; fee n=9", ("CHOICE: 34", "CHOICE: 35 / ANSWER: 105", "ANSWER: 114"), 0),  # nobody asked for 35
        ("quantity n=3; fee n=9", ("CHOICE: 34", "CHOICE: 35 / ANSWER: 105", "ANSWER: 111"), 1),
        ("quantity n=3; fee n=9", ("CHOICE: 34", "ANSWER: 102", "CHOICE: 35 / ANSWER: 114"), 0),
        ("quantity n=3; fee n=9", ("Why?", "CHOICE: 34 / ANSWER: 102", "ANSWER: 111"), 0),  # too late
        ("quantity n=3; fee n=9", ("Why?", "Oh.", "CHOICE: 34 / ANSWER: 111"), 0),
        ("quantity n=3; fee n=9", ("CHOICE: 30", "CHOICE: 34 / ANSWER: 102", "ANSWER: 111"), 0),  # 30 was ruled out
        ("quantity n=3; fee n=9", ("CHOICE: 34", "ANSWER: 111", "ANSWER: 102"), 0),
        ("quantity n=3; fee n=9", ("CHOICE: 34", "ANSWER: 111", ""), 0),
        ("again; quantity n=3", ("CHOICE: 34", "CHOICE: 35", "ANSWER: 105"), 1),
        ("again; quantity n=3", ("CHOICE: 34", "CHOICE: 34", "ANSWER: 102"), 0),  # the same again
        ("again; quantity n=3", ("CHOICE: 34", "Fine.", "ANSWER: 102"), 0),
        ("again; quantity n=3", ("CHOICE: 34", "Fine.", "CHOICE: 35 / ANSWER: 105"), 0),
        ("again; quantity n=3", ("CHOICE: 34", "CHOICE: 34 / CHOICE: 35", "ANSWER: 105"), 1),  # says the old one first
        ("again; quantity n=3", ("CHOICE: 34", "CHOICE: 35 / CHOICE: 34", "ANSWER: 102"), 0),
        ("ban n=40; quantity n=3; fee n=9", ("CHOICE: 34", "CHOICE: 44 / ANSWER: 132", "ANSWER: 141"), 1),
        (
            "ban n=40; quantity n=3; fee n=9",
            ("CHOICE: 34", "CHOICE: 39 / ANSWER: 117", "ANSWER: 126"),
            0,
        ),  # still under 40
        ("ban n=40; quantity n=3; fee n=9", ("CHOICE: 34", "ANSWER: 102", "ANSWER: 111"), 0),
        ("ban n=40; quantity n=3; fee n=9", ("CHOICE: 44", "ANSWER: 132", "ANSWER: 141"), 1),  # needs no other
        (
            "ban n=40; quantity n=3; fee n=9",
            ("CHOICE: 44", "CHOICE: 46 / ANSWER: 138", "ANSWER: 147"),
            0,
        ),  # and may take none
        ("ban n=40; quantity n=3; again; fee n=9", ("CHOICE: 44", "ANSWER: 132", "CHOICE: 39", "ANSWER: 126"), 0),
        ("ban n=40; quantity n=3; again; fee n=9", ("CHOICE: 44", "ANSWER: 132", "CHOICE: 42", "ANSWER: 135"), 1),
    ],
)
def test_a_conversation_is_judged_as_a_whole(
    monkeypatch: pytest.MonkeyPatch, steps: str, replies: tuple[str, ...], score: float
) -> None:
    env = conversation(monkeypatch, instance("price", LIMITS, steps), *replies[:-1])
    assert env.step(replies[-1].replace(" / ", "\n"))[1:3] == (score, True)


def test_merged_messages_owe_what_they_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    of = instance("price", LIMITS, "again; ban n=40; quantity n=3; fee n=9")
    for replies, score in (
        (("CHOICE: 34 / CHOICE: 44", "ANSWER: 141"), 1),
        (("CHOICE: 34 / CHOICE: 35", "CHOICE: 44 / ANSWER: 141"), 1),
        (("CHOICE: 34 / CHOICE: 35", "ANSWER: 114"), 0),
        (("CHOICE: 44", "ANSWER: 141"), 0),
    ):
        env = conversation(monkeypatch, of, *replies[:-1], merge=2)
        assert env.step(replies[-1].replace(" / ", "\n"))[1:3] == (score, True), replies


def test_notes_say_where_the_thread_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    of = instance("price", LIMITS, "quantity n=3; fee n=9; fee n=1")
    env = conversation(monkeypatch, of, "CHOICE: 34", "ANSWER: 102", "ANSWER: 112", "ANSWER: 112")
    notes = env.notes()
    assert notes is not None
    assert notes["on_track"] == [True, True, False, True]
    assert [attempt["score"] for attempt in notes["attempts"]] == [0, 0, 1, 1]
    assert env.wrong_answer() == ""


def test_the_recap_repeats_what_was_said_and_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    env = conversation(monkeypatch, instance("price", LIMITS, "quantity n=3"), "CHOICE: 34", reveal="recap")
    observation, reward, over, _, _ = env.step("ANSWER: 1")
    assert (reward, over) == (0, False)
    assert observation == (
        "To recapitulate, this is all that I asked for:\n- Piece 1.\n- Piece 2.\n"
        "Going by what you chose, tell me the final answer once more."
    )
    assert env.step("CHOICE: 35\nANSWER: 102")[1:3] == (1, True)


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        (WHOLE, "1,234 euros", 1234), (WHOLE, "\u221212", -12), (WHOLE, "$5", 5), (WHOLE, "12.", 12),
        (WHOLE, "12.0", 12),
        (WHOLE, "12.5", None), (WHOLE, "x12", None), (WHOLE, "1 2", None), (WHOLE, "3 + 4 = 7", 7), (WHOLE, "", None),
        (WHOLE, "9" * 150, None),
        (TIME, "9:05", 545), (TIME, "at 09.05 sharp", 545), (TIME, "24:00", None), (TIME, "9:5", None),
        (TIME, "9:05:00", None),
        (TIME, "9:05 or 9:06", None),
        (DATE, "14 May", 133), (DATE, "May 14", 133), (DATE, "the 1st of January", 0), (DATE, "Dec. 31st", 364),
        (DATE, "29 February", None), (DATE, "14 Mayonnaise", None), (DATE, "14", None), (DATE, "1 May to 2 May", None),
        (SQUARE, "F7", (5, 7)), (SQUARE, "f 7",
        (5, 7)), (SQUARE, "F7 or F8", None), (SQUARE, "7F", None), (SQUARE, "FF7", None),
        (RULE, "times 4 plus 17", (4, 17)), (RULE, "4x+17", (4, 17)), (RULE, "4", None), (RULE, "4 5 6", None),
        (WORD, "**Lantern.**", "lantern"),
        (WORD, "two words", None), (WORD, "a" * 41, None), (WORD, "na\u00efve", None),
    ],
)  # fmt: skip
def test_forms(form: Form, text: str, value: Value | None) -> None:
    assert form.read(text) == value
    if value is not None:
        assert form.read(form.write(value)) == value


def test_labels() -> None:
    text = "choice: a\n> **Answer**: b\nMy choice: c\nCHOICE d\nANSWER:\n- Choice = e\n`ANSWER: f`"
    assert labelled(text) == {"choice": ["a", "e"], "answer": ["b", "", "f`"]}


# Instances -----------------------------------------------------------------------------------------------------------


def test_everything_that_is_said_is_read_as_it_was_meant() -> None:
    rng = RandomStream(1)
    for name, kind in KINDS.items():
        limits = kind.limits(rng)
        said = {CHOOSE: limits, BAN: kind.ban(rng, limits), ASK: {}, AGAIN: {}}
        said |= {fact: kind.gaps(rng, fact) for fact in kind.facts}
        for what, gaps in said.items():
            meant = {gap: int(value) if str(value).isdigit() else value for gap, value in gaps.items()}
            for way in kind.book.ways(what, **gaps):
                assert kind.book.read(f"Also: {way}") == [(what, meant)], (name, way)
            assert len(kind.book.ways(what, **gaps)) >= 3
        others = [other for other in KINDS if other != name]
        for way in kind.book.ways(CHOOSE, **limits):
            assert not any(s.kind == CHOOSE for other in others for s in KINDS[other].book.read(way)), way


def test_choices_of_every_kind() -> None:
    for name, kind in KINDS.items():
        rng = RandomStream.from_parts(name)
        for _ in range(20):
            limits = kind.limits(rng)
            ban = kind.ban(rng, limits)
            drawn = [kind.draw(rng, limits) for _ in range(40)]
            assert all(kind.fits(choice, limits) for choice in drawn)
            assert all(kind.form.read(kind.form.write(choice)) == choice for choice in drawn)
            assert 0 < sum(kind.banned(choice, ban) for choice in drawn) < 40, (name, limits, ban)
            assert not kind.fits(kind.form.read(kind.examples[0]) or 0, limits)  # the example gives nothing away
            assert not kind.banned(kind.draw(rng, limits, [ban]), ban)
            assert kind.draw(rng, limits, [], drawn[0]) != drawn[0]
            result = kind.result(drawn[0], kind.some_facts(rng, 7))
            assert kind.answer_form.read(kind.answer_form.write(result)) == result


@pytest.mark.parametrize("difficulty", TASK.difficulties)
def test_every_piece_is_needed(difficulty: str) -> None:
    """Without any one of them, what the reference makes of the rest is wrong.

    In a single turn a choice that a ban made it change looks like one that it was asked to change.
    """
    for of in drawn(100, difficulty)[:60]:
        texts = [shard.text for shard in of.shards]
        assert TASK.score(TASK.solver.answer("", texts) or "", of) == 1
        assert TASK.score(TASK.solver.answer("", [of.full]) or "", of) == 1
        assert TASK.solver.answer("", texts[1:]) is None
        banned = any("ban" in step for step in of.truth["steps"])
        for left_out in range(1, len(texts)):
            if banned and "again" in of.truth["steps"][left_out - 1]:
                continue
            rest = TASK.solver.answer("", texts[:left_out] + texts[left_out + 1 :])
            assert TASK.score(rest or "", of) == 0, (of.truth, left_out)


def test_sizes() -> None:
    for difficulty, few, many in (("small", 3, 4), ("medium", 4, 6), ("hard", 6, 8)):
        found = drawn(100, difficulty)
        assert {len(of.shards) for of in found} == set(range(few, many + 1))
        assert len({of.key for of in found}) == 100
        assert all(len(shard.wordings) >= 3 for of in found for shard in of.shards)
        changes = [sum("again" in step or "ban" in step for step in of.truth["steps"]) for of in found]
        assert (max(changes) == 0) == (difficulty == "small")
        for of in found:  # the last piece is a fact that can be answered with what was chosen before
            assert list(of.truth["steps"][-1]) == ["fact"]


def test_guesses_are_wrong() -> None:
    for difficulty in TASK.difficulties:
        found = drawn(100, difficulty)
        for said in ([""], None):
            guesses = (
                TASK.solver.guess("", said or [of.shards[0].text], RandomStream(n)) for n, of in enumerate(found)
            )
            assert sum(TASK.score(g, of) for g, of in zip(guesses, found, strict=True)) <= 4


def test_splits_share_nothing_and_the_option_fixes_the_instance() -> None:
    keys = {}
    for split in SPLITS:
        env = make_env("TurnBench/ShardedPromise-Small-v0", split=split)
        found = set()
        for seed in range(60):
            env.reset(seed=seed)
            found.add(env.instance_key())
        keys[split] = found
    assert not keys["train"] & keys["test"]
    assert not (keys["train"] | keys["test"]) & keys["validation"]
    env = make_env(ENV, split="test")
    heard = set()
    for seed in range(8):
        first, _ = env.reset(seed=seed, options={"instance": 3})
        heard |= {(env.instance_key(), first), (env.instance_key(), env.step("I see.")[0])}
    assert len({key for key, _ in heard}) == 1
    assert len(heard) > 2  # the first message is always the same, the others are not


# Settings and players ------------------------------------------------------------------------------------------------


def scores(player: str, episodes: int, **arguments: Any) -> float:
    result = run(player, ENV, episodes=episodes, split="test", arguments=arguments)
    assert result.summary.failed == {}
    return sum(e.score for e in result.episodes) / episodes


@pytest.mark.parametrize("merge", [1, 2, 3])
def test_the_reference_wins_with_merged_messages(merge: int) -> None:
    assert scores("reference", 20, merge=merge, difficulty="hard") == 1


@pytest.mark.parametrize(
    ("player", "low", "high"),
    [
        ("hasty", 0, 0.05), ("forgetful", 0, 0.07), ("noisy", 0.55, 0.85), ("random", 0, 0.05), ("memoryless", 0, 0.07),
        ("habitual", 1, 1),
    ],
)  # fmt: skip
def test_players_in_a_conversation(player: str, low: float, high: float) -> None:
    assert low <= scores(player, 60) <= high


def test_dropping_ones_own_turns_is_no_winning_trick() -> None:
    assert scores("memoryless", 30, reveal="concat", difficulty="hard") == 1
    for reveal in ("user-turns-only", "sharded", "snowball", "recap"):
        assert scores("memoryless", 60, reveal=reveal) <= 0.07
    assert scores("noisy", 60, reveal="user-turns-only") <= 0.07
    assert scores("habitual", 20, reveal="user-turns-only") == 1  # it can make its own choice again


def test_always_taking_the_lowest_value_is_not_enough_where_another_is_asked_for() -> None:
    """An agent without memory that chooses by a simple rule from all that it sees."""
    env = make_env(ENV, reveal="user-turns-only", split="all", difficulty="hard")
    won, changed = [], []
    for seed in range(150):
        env.reset(seed=seed)
        truth = env.instance.truth  # type: ignore[attr-defined]
        kind = KINDS[truth["kind"]]
        if truth["kind"] not in ("price", "game"):
            continue
        lowest = next(n for n in range(1, 200) if kind.fits(n, truth["limits"]))
        bans = [step["ban"] for step in truth["steps"] if "ban" in step]
        facts = [tuple(step["fact"]) for step in truth["steps"] if "fact" in step]
        reward = 0.0
        for _ in range(len(truth["steps"]) + 1):
            n = lowest
            while any(kind.banned(n, ban) for ban in bans) or not kind.fits(n, truth["limits"]):
                n += 1
            reward = env.step(f"CHOICE: {n}\nANSWER: {kind.result(n, facts)}")[1]
        won.append(reward)
        changed.append(any("again" in step for step in truth["steps"]))
    assert not any(reward for reward, change in zip(won, changed, strict=True) if change)
    assert all(reward for reward, change in zip(won, changed, strict=True) if not change)
    assert 5 < sum(changed) < len(changed) - 5


def test_shuffle_concat_is_refused() -> None:
    with pytest.raises(
        UsageError, match="ShardedPromise keeps its requests in their order, so shuffle-concat would be"
    ):
        make_env(ENV, reveal="shuffle-concat")
    assert make_env(ENV).reveals == REVEALS


def test_there_is_no_published_data(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text('[{"task": "promise", "task_id": "x", "shards": [{"shard": "a"}, {"shard": "b"}]}]')
    with pytest.raises(WorldDataError, match="its task 'promise' has no published format: its instances are generated"):
        make_env(ENV, data=str(path))


# Hostile text --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *HOSTILE, "\n" * 100_000, "CHOICE: 1\n" * 10_000, ":\n" * 50_000, "ANSWER:" + "1," * 50_000, "9" * 100_000,
        "CHOICE: \u00b2\nANSWER: \u0663", "> " * 50_000 + "CHOICE: 1", "CHOICE:\nANSWER:",
        "CHOICE: 34\nANSWER: " + "9" * 5_000,
    ],
)  # fmt: skip
def test_any_text_is_judged_quickly(text: str) -> None:
    for of in (
        instance("price", LIMITS, "quantity n=3"),
        instance("word", "letters=six first=k last=e", "append n=7"),
        instance("hiding", "c1=H c2=R low=8 high=19 a=J9 b=K12 thing=x", "again; north n=3"),
    ):
        began = time.process_time()
        assert TASK.score(TASK.extract(text, of), of) == 0
        assert time.process_time() - began < 1.5  # anything quadratic would take minutes
        assert not TASK.answer_in(text, of) or not TASK.extract(text, of) or TASK.offers_answer(text, of)
    assert TASK.solver.reply([drawn(100)[0].full], [text], RandomStream(1))
