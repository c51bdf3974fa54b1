"""ShardedTranslation from outside: the control. Its shipped documents are whole, and hearing them bit by bit costs nothing."""

from __future__ import annotations

import json
import pickle
import re
import time
from pathlib import Path
from typing import Any

import gymnasium
import pytest

from turnbench.checkplay import HOSTILE
from turnbench.envs.sharded.bleu import bleu
from turnbench.envs.sharded.instance import Shard
from turnbench.envs.sharded.source import DataFile
from turnbench.envs.sharded.task import BadRecord
from turnbench.envs.sharded.tasks.translation.documents import SHIPPED, shipped_lines
from turnbench.envs.sharded.tasks.translation.env import ShardedTranslation
from turnbench.envs.sharded.tasks.translation.task import TranslationTask
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream
from turnbench.registry import make_env
from turnbench.replay import replay_episode
from turnbench.runner import run
from turnbench.splits import SPLITS

TASK = TranslationTask()


def shipped() -> tuple[Any, ...]:
    return DataFile.read(str(SHIPPED), TASK).instances


# The shipped documents -----------------------------------------------------------------------------------------------


def test_shipped_documents_are_whole() -> None:
    records = json.loads(SHIPPED.read_text(encoding="utf-8"))
    assert len(records) == len(shipped()) == 36
    assert len({r["task_id"] for r in records}) == 36
    for record in records:
        (more,) = record["more_references"]
        german = record["document_de"].split("\n")
        assert 8 <= len(german) <= 10
        assert len(german) == len(record["document_en"].split("\n")) == len(more.split("\n"))
        assert all(line == line.strip() and line for text in (record["document_en"], more) for line in text.split("\n"))
        assert "\n".join(s["shard"] for s in record["shards"]) == record["document_de"]
        assert [s["shard_id"] for s in record["shards"]] == list(range(1, len(record["shards"]) + 1))
        assert all(s["shard"].count("\n") <= 1 for s in record["shards"])


def test_no_german_sentence_is_in_two_documents() -> None:
    """The scripted player tells documents by their sentences."""
    lines = [(number, german) for number, lines in enumerate(shipped_lines()) for german, _ in lines]
    assert len({german for _, german in lines}) == len(lines)
    assert not any(one != other and one in other for _, one in lines for _, other in lines)


def _numbers(text: str) -> list[str]:
    return sorted(re.findall(r"\d[\d.,]*\d|\d", text))


def test_the_two_versions_differ_but_have_the_same_numbers() -> None:
    for instance in shipped():
        first, second = instance.truth["references"]
        assert bleu(second, [first]) < 0.5
        assert _numbers(first) == _numbers(second)


def test_splits_are_disjoint_and_none_is_empty() -> None:
    keys = [{i.key for i in make_env("ShardedTranslation-v0", split=split).unwrapped._pool} for split in SPLITS]  # type: ignore[attr-defined]
    assert [len(k) for k in keys] == [22, 6, 8]
    assert len(set().union(*keys)) == 36


def test_where_the_package_lies_changes_nothing() -> None:
    env = gymnasium.make("TurnBench/ShardedTranslation-v0")
    assert isinstance(env.unwrapped, ShardedTranslation)
    assert "data" not in env.unwrapped.arguments
    assert env.unwrapped.content_hash
    record = run("reference", "ShardedTranslation-v0", episodes=1, split="test").episodes[0]
    replay_episode(make_env("ShardedTranslation-v0", split="test"), record)
    twin = pickle.loads(pickle.dumps(env.unwrapped))
    assert twin.reset(seed=5) == env.reset(seed=5)


# Conversations -------------------------------------------------------------------------------------------------------


def test_players_lose_what_they_should() -> None:
    def mean(player: str, reveal: str) -> float:
        return run(
            player, "ShardedTranslation-v0", episodes=36, split="all", arguments={"reveal": reveal}
        ).summary.mean_score

    assert mean("hasty", "full") == mean("forgetful", "full") == 1.0
    assert mean("hasty", "sharded") < 0.1
    assert 0.05 < mean("forgetful", "sharded") < 0.4
    assert mean("random", "full") < 0.05
    assert mean("noisy", "full") == pytest.approx(mean("noisy", "sharded"), abs=0.05)


def test_sentences_come_in_twos_and_the_last_translation_counts() -> None:
    env = make_env("ShardedTranslation-v0")
    observation, _ = env.reset(seed=2)
    instance = env.unwrapped.instance  # type: ignore[attr-defined]
    chunks = [text for _, text in instance.context["chunks"]]
    said = [observation]
    english = instance.truth["references"][1]
    for place in range(len(chunks)):
        observation, reward, terminated, _, _ = env.step(english if place else "Which dialect?")
        said.append(observation)
    assert terminated
    assert reward == 1.0
    assert all(said[place].endswith(chunk) for place, chunk in enumerate(chunks))
    env.reset(seed=2)
    for place in range(len(chunks)):
        _, reward, *_ = env.step("No more." if place == len(chunks) - 1 else english)
    assert reward < 0.01


def test_concat_numbers_the_parts() -> None:
    instance = shipped()[0]
    text = TASK.concat_message(instance, instance.shards)
    assert all(
        f"Part {place}:\n{chunk}" in text for place, (_, chunk) in enumerate(instance.context["chunks"], start=1)
    )
    assert "Part 6" not in text


def test_merging_shards_is_read_all_the_same() -> None:
    for merge in (1, 2, 3):
        assert (
            run("reference", "ShardedTranslation-v0", episodes=8, arguments={"merge": merge}).summary.mean_score == 1.0
        )


@pytest.mark.parametrize("text", [*HOSTILE, "(" * 100_000, "1" * 100_000, "`" * 100_000, "\n" * 100_000])
def test_any_text_is_a_reply(text: str) -> None:
    instance = shipped()[0]
    TASK.score("warm", instance)
    before = time.perf_counter()
    assert TASK.score(TASK.extract(text, instance), instance) < 0.05
    assert time.perf_counter() - before < 2, "anything quadratic would take minutes"


def test_a_guess_translates_another_document() -> None:
    rng = RandomStream(3)
    scores = []
    for instance in shipped():
        reply = TASK.solver.guess("", [instance.full], rng)
        assert len(reply.split("\n")) >= 8
        scores.append(TASK.score(reply, instance))
        assert TASK.score(TASK.wrong_answer(instance, rng), instance) < 0.05
    assert sum(scores) / len(scores) < 0.03


def test_the_solver_knows_nothing_else() -> None:
    assert TASK.solver.answer("", ["Bitte übersetzen: Der Hund bellt."]) is None


# Records -------------------------------------------------------------------------------------------------------------

RECORD: dict[str, Any] = {
    "task_id": "wmt-1",
    "task": "translation",
    "document_de": "Der Hund {bellt}.\nDie Katze schläft.\nEs regnet.",
    "document_en": "The dog {barks}.\nThe cat is asleep.\nIt rains.",
    "shards": [
        {"shard_id": 1, "shard": "Der Hund {bellt}.\nDie Katze schläft."},
        {"shard_id": 2, "shard": "Es regnet."},
    ],
}


def test_a_published_record_is_played(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps([RECORD]))
    env = make_env("ShardedTranslation-v0", data=str(path), split="all")
    assert env.unwrapped.arguments["data"] == str(path)  # type: ignore[attr-defined]
    assert env.reset(seed=1)[0].endswith("Der Hund {bellt}.\nDie Katze schläft.")
    assert env.step("The dog {barks}.")[0].endswith("Es regnet.")
    assert env.step(RECORD["document_en"])[1] == 1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"document_de": None}, "its document_de is no text"),
        ({"document_en": " "}, "its document_en is no text"),
        ({"document_de": "Der Hund."}, "its shards together are not its document_de"),
        ({"more_references": "x"}, "its more_references are not a list of texts"),
        ({"more_references": ["x", ""]}, "its more_references are not a list of texts"),
    ],
)
def test_bad_records_are_named(change: dict[str, Any], message: str) -> None:
    shards = tuple(Shard(s["shard_id"], s["shard"]) for s in RECORD["shards"])
    with pytest.raises(BadRecord) as caught:
        TASK.from_record({**RECORD, **change}, shards)
    assert str(caught.value) == message


def test_blank_shards_are_left_out() -> None:
    """Two published records end with one."""
    shards = tuple(Shard(s["shard_id"], s["shard"]) for s in RECORD["shards"])
    instance = TASK.from_record(RECORD, (*shards, Shard(3, "\n")))
    assert [s.id for s in instance.shards] == [1, 2]
    assert instance.key == TASK.from_record(RECORD, shards).key
    with pytest.raises(BadRecord, match=r"^fewer than two of its shards hold text$"):
        TASK.from_record(RECORD, (Shard(1, RECORD["document_de"]), Shard(2, " ")))


def test_there_is_no_generator() -> None:
    with pytest.raises(UsageError, match="has no generator"):
        TASK.generate(RandomStream(1), "medium")
