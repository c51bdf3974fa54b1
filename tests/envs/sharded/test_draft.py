"""ShardedDraft: what is right depends on the draft that the assistant itself wrote, and on nothing it writes later."""

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
from turnbench.envs.sharded.tasks.draft import env as draft_env
from turnbench.envs.sharded.tasks.draft.blocks import blocks
from turnbench.envs.sharded.tasks.draft.edit_words import WAYS
from turnbench.envs.sharded.tasks.draft.edits import EDITS, follow
from turnbench.envs.sharded.tasks.draft.generate import BOOK
from turnbench.envs.sharded.tasks.draft.kinds import KINDS, is_draft, read, size
from turnbench.envs.sharded.tasks.draft.task import DraftTask
from turnbench.errors import UsageError, WorldDataError
from turnbench.randomness import RandomStream
from turnbench.registry import make_env
from turnbench.runner import run
from turnbench.splits import SPLITS

TASK = DraftTask()
ENV = "TurnBench/ShardedDraft-v0"
REVEALS = ("full", "concat", "sharded", "recap", "snowball", "user-turns-only")
VECTORS = list(csv.DictReader(Path(draft_env.__file__).with_name("vectors.csv").read_text().splitlines()))


def slots(text: str) -> dict[str, Any]:
    """From "low=10 hours=two_hours"."""
    pairs = (part.split("=") for part in text.split())
    return {name: int(value) if value.isdigit() else value.replace("_", " ") for name, value in pairs}


def instance(kind: str, request: str, *edits: str) -> Instance:
    """By hand; what the shards say does not matter to the judge."""
    steps = [[name, slots(rest)] for name, _, rest in (edit.strip().partition(" ") for edit in edits)]
    shards = tuple(Shard(n, f"Piece {n}.") for n in range(1, len(steps) + 2))
    return Instance("draft", "by hand", shards, "", {"kind": kind, "slots": slots(request), "edits": steps})


def shown(name: str, items: str) -> str:
    return "\n".join([name, *(item.replace("_", " ") for item in items.split()), "END"])


def says(draft: str = "", after: str = "") -> str:
    """A reply with one block or both."""
    return "\n".join(shown(name, items) for name, items in (("DRAFT", draft), ("LIST", after)) if items)


@lru_cache
def drawn(count: int, difficulty: str = "medium") -> list[Instance]:
    rng = RandomStream.from_parts("draft test", difficulty)
    return [TASK.generate(rng, difficulty) for _ in range(count)]


def conversation(monkeypatch: pytest.MonkeyPatch, of: Instance, *replies: str, **arguments: Any) -> TextEnv:
    """An environment that plays `of`, after these replies."""
    monkeypatch.setattr("turnbench.envs.sharded.env.generated", lambda *asked: of)
    env = make_env(ENV, split="all", **arguments)
    env.reset(seed=0)
    for reply in replies:
        env.step(reply)
    return env


# The judge -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["edits"])
def test_vectors(row: dict[str, str]) -> None:
    of = instance(row["kind"], row["slots"], *row["edits"].split(";"))
    reply = f"{shown('DRAFT', row['draft'])}\n{shown('LIST', row['list'])}"  # the list may be empty
    assert TASK.score(TASK.extract(reply, of), of) == float(row["score"])


def test_every_edit_has_a_right_vector() -> None:
    rows = [row for row in VECTORS if row["score"] == "1"]
    assert {edit.split()[0] for row in rows for edit in row["edits"].split(";")} == set(EDITS)


@pytest.mark.parametrize(
    ("reply", "items"),
    [
        ("LIST\na\nb\nEND", ("a", "b")),
        ("list\nA\n\n  b  c \nend", ("a", "b c")),
        ("**LIST:**\n- a\n* b\n1. c\n2) 12\nEND.", None),
        ("**LIST:**\n- a\n* b\n1. c\n2) 12\n**END**", ("a", "b", "c", "12")),
        ("```\nLIST\n`a`\n\"b\",\n'c'.\nEND\n```", ("a", "b", "c")),
        ("LIST\na\nEND\nNo, wait.\nLIST\nb\nEND", ("b",)),
        ("LIST\na\nLIST\nb\nEND", ("b",)),
        ("LIST\na\nEND\nLIST\nb", ("a",)),
        ("LIST\nEND", ()),
        ("LIST a b END", None),
        ("a\nb\nEND", None),
        ("LIST\nplan.txt.\n9 maths\nEND", ("plan.txt", "9 maths")),
        ("DRAFT\na\nLIST\nb\nEND", ("b",)),
        ("LIST\n" + "a\n" * 60 + "END", ("a",) * 50),
        ("LIST\n" + "a" * 300 + "\nEND", ("a" * 61,)),
        ("", None),
    ],
)
def test_blocks(reply: str, items: tuple[str, ...] | None) -> None:
    assert blocks(reply).get("LIST") == items


def test_a_reply_needs_both_blocks() -> None:
    of = instance("numbers", "count=four low=10 high=99", "swap-ends")
    draft, after = shown("DRAFT", "12 45 33 78"), shown("LIST", "78 45 33 12")
    assert TASK.score(f"{draft}\n{after}", of) == 1
    for reply in (draft, after, f"{draft}\n{draft}", f"{after}\n{after}", "", "DRAFT", "12 45 33 78"):
        assert TASK.score(reply, of) == 0
        assert not TASK.offers_answer(reply, of)
        assert TASK.extract(reply, of) == ""


FIRST = "12 45 33 78"
SWAPPED, RIGHT = "78 45 33 12", "45 33 12"


@pytest.mark.parametrize(
    ("replies", "score"),
    [
        ((says(FIRST, FIRST), says("", SWAPPED), says("", RIGHT)), 1),
        ((says(FIRST), "no list", says("", RIGHT)), 1),  # what stands between is not judged
        ((says(FIRST), says("", SWAPPED), says("33 12 78 45", "12 78 33")), 0),  # right for another draft,
        ((says(FIRST), says("", SWAPPED), says("33 12 78 45", RIGHT)), 1),  # which is ignored
        (("I see.", says(FIRST, SWAPPED), says("", RIGHT)), 0),  # a draft that comes too late
        (("I see.", "And?", says(FIRST, RIGHT)), 0),
        ((says("12 45 33"), says(FIRST), says("", RIGHT)), 0),  # one that is not what was asked for
        ((says(FIRST), says("", RIGHT), says("", SWAPPED)), 0),  # the right end too early
        ((says(FIRST), says("", RIGHT), ""), 0),
        ((says(FIRST), says("", RIGHT), "That is done."), 0),
    ],
)
def test_a_conversation_is_judged_as_a_whole(
    monkeypatch: pytest.MonkeyPatch, replies: tuple[str, ...], score: float
) -> None:
    of = instance("numbers", "count=four low=10 high=99", "swap-ends", "remove place=first")
    env = conversation(monkeypatch, of, *replies[:-1])
    assert env.step(replies[-1])[1:3] == (score, True)


def test_notes_say_where_the_thread_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    of = instance("numbers", "count=four low=10 high=99", "swap-ends", "remove place=first")
    env = conversation(monkeypatch, of, says(FIRST, FIRST), says("", RIGHT), says("", RIGHT))
    notes = env.notes()
    assert notes is not None
    assert notes["on_track"] == [True, False, True]
    assert [attempt["score"] for attempt in notes["attempts"]] == [0, 1, 1]
    assert env.wrong_answer() == ""


def test_the_recap_repeats_requests_and_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    of = instance("numbers", "count=four low=10 high=99", "swap-ends")
    env = conversation(monkeypatch, of, says(FIRST, FIRST), reveal="recap")
    observation, reward, over, _, _ = env.step(says("", SWAPPED))
    assert (reward, over) == (0, False)
    assert observation == (
        "To recapitulate, this is all that I asked for:\n- Piece 1.\n- Piece 2.\n"
        "Starting from the list you made up, show me once more how it stands after all of that."
    )
    assert env.step(says("33 12", SWAPPED))[1:3] == (1, True)


# Instances -----------------------------------------------------------------------------------------------------------


def test_everything_that_is_said_is_read_as_it_was_meant() -> None:
    assert set(WAYS) == set(EDITS)
    rng = RandomStream(1)
    for name, kind in KINDS.items():
        for count in (4, 7):
            gaps: dict[str, Any] = kind.slots(rng)
            guests = ("Ann", "Bob", "Cy", "Di", "Eve", "Flo", "Gus")[:count]
            gaps |= dict(zip("abcdefg", guests, strict=False)) if kind.type == "S" else {"count": "four"}
            said = f"{name} {count if kind.type == 'S' else 0}"
            for way in BOOK.ways(said, **gaps):
                assert BOOK.read(way) == [(said, gaps)], way
        for edit in (e for e in EDITS if kind.type in EDITS[e].types):
            gaps = EDITS[edit].draw(rng, 6, kind, {"ending": ".txt", "low": 10, "high": 99})
            for way in BOOK.ways(edit, **gaps):
                assert BOOK.read(f"Also: {way}") == [(edit, gaps)], way


@pytest.mark.parametrize("difficulty", TASK.difficulties)
def test_every_edit_matters(difficulty: str) -> None:
    """Without any one of them, what the reference makes of the rest is wrong."""
    right = missing = 0
    for of in drawn(100, difficulty)[:60]:
        texts = [shard.text for shard in of.shards]
        reply = TASK.solver.answer("", texts)
        assert reply is not None
        assert TASK.score(reply, of) == 1
        assert TASK.solver.answer("", texts[1:]) is None
        for left_out in range(1, len(texts)):
            rest = TASK.solver.answer("", texts[:left_out] + texts[left_out + 1 :])
            assert rest is not None
            right += TASK.score(rest, of) == 1
            missing += 1
    assert right <= 0.03 * missing  # a draft that happens to be sorted, say


def test_sizes() -> None:
    for difficulty, few, many in (("small", 3, 4), ("medium", 4, 6), ("hard", 6, 8)):
        found = drawn(100, difficulty)
        assert {len(of.shards) for of in found} == set(range(few, many + 1))
        assert len({of.key for of in found}) > 90
        for of in found:
            assert all(len(shard.wordings) >= 3 for shard in of.shards[1:])
            assert len(of.name) == len("draft-123456")
            assert TASK.score(TASK.solver.answer("", [of.full]) or "", of) == 1


def test_drafts_of_every_kind_are_valid_and_can_be_edited() -> None:
    for of in drawn(100, "hard"):
        kind, request = KINDS[of.truth["kind"]], of.truth["slots"]
        made = [item.casefold() for item in kind.draw(RandomStream(3), request, size(request))]
        assert [read(kind, item) for item in made] == made
        assert is_draft(kind, made, request)
        assert follow(made, of.truth["edits"]) is not None
        assert not is_draft(kind, made[:-1], request)
        assert not is_draft(kind, [*made[:-1], made[0]], request)
        assert not is_draft(kind, [*made[:-1], "?"], request)


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
        env = make_env("TurnBench/ShardedDraft-Small-v0", split=split)
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
        heard.add((env.instance_key(), first))
        second = env.step("I see.")[0]
        heard.add((env.instance_key(), second))
    assert len({key for key, _ in heard}) == 1
    assert len(heard) > 2  # the first message is always the same, the others are not


# Settings and players ------------------------------------------------------------------------------------------------


def scores(player: str, episodes: int, **arguments: Any) -> float:
    result = run(player, ENV, episodes=episodes, split="test", arguments=arguments)
    assert result.summary.failed == {}
    return sum(e.score for e in result.episodes) / episodes


@pytest.mark.parametrize("merge", [1, 2, 3])
def test_the_reference_wins_with_merged_messages(merge: int) -> None:
    assert scores("reference", 20, merge=merge) == 1


@pytest.mark.parametrize(
    ("player", "low", "high"),
    [
        ("hasty", 0, 0),
        ("forgetful", 0, 0.05),
        ("noisy", 0.55, 0.85),
        ("random", 0, 0),
        ("memoryless", 0, 0.05),
        ("habitual", 1, 1),
    ],
)
def test_players_in_a_conversation(player: str, low: float, high: float) -> None:
    assert low <= scores(player, 60) <= high


def test_dropping_ones_own_turns_is_no_winning_trick() -> None:
    assert scores("memoryless", 30, reveal="concat") == 1
    for reveal in ("user-turns-only", "sharded", "snowball", "recap"):
        assert scores("memoryless", 30, reveal=reveal) <= 0.05
    assert scores("noisy", 60, reveal="user-turns-only") <= 0.05
    assert scores("habitual", 20, reveal="user-turns-only") == 1  # it can write its own words again


def test_shuffle_concat_is_refused() -> None:
    with pytest.raises(UsageError, match="keeps its requests in their order, so shuffle-concat would be concat"):
        make_env(ENV, reveal="shuffle-concat")
    assert make_env(ENV).reveals == REVEALS


def test_there_is_no_published_data(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text('[{"task": "draft", "task_id": "x", "shards": [{"shard": "a"}, {"shard": "b"}]}]')
    with pytest.raises(WorldDataError, match="its task 'draft' has no published format: its instances are generated"):
        make_env(ENV, data=str(path))


# Hostile text --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *HOSTILE, "\n" * 100_000, "LIST\n" * 20_000, "LIST\nEND\n" * 11_000, "9" * 100_000,
        "DRAFT\n" + "1. " * 33_000 + "\nEND",
        "`" * 100_000, "DRAFT\n\u00b2\n\u0663\n1,,,\nEND\nLIST\n\u2028\nEND", "DRAFT\nEND\nLIST\nEND",
    ],
)  # fmt: skip
def test_any_text_is_judged_quickly(text: str) -> None:
    for of in (
        instance("numbers", "count=four low=10 high=99", "sum"),
        instance("timetable", "count=four low=8 high=9", "later hours=an_hour"),
    ):
        began = time.process_time()
        assert TASK.score(TASK.extract(text, of), of) == 0
        assert time.process_time() - began < 1.5  # anything quadratic would take minutes
        assert not TASK.offers_answer(text, of)
    assert TASK.solver.reply([drawn(100, "medium")[0].full], [text], RandomStream(1))
