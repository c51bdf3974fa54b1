"""The published file as it is documented: a record of each of the seven tasks with every key it is said to have.

Nobody here had the file. These records are made by hand after the description of its format (keys, types, ids that are no
positions, summaries whose shards are empty and numbered from 0), to hold the loader to it key by key.
"""

from __future__ import annotations

import base64
import json
import pickle
import sqlite3
import zlib
from contextlib import closing
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from turnbench.envs.sharded.reveal import REVEALS
from turnbench.envs.sharded.source import DataFile
from turnbench.registry import env_class, make_env

Record = dict[str, Any]
WORLDS = {
    "code": "ShardedCode-v0", "database": "ShardedDatabase-v0", "actions": "ShardedActions-v0", "math": "ShardedMath-v0",
    "data2text": "ShardedData2Text-v0", "summary": "ShardedSummary-v0", "translation": "ShardedTranslation-v0",
}  # fmt: skip
SCHEMA = "CREATE TABLE singer (singer_id INTEGER PRIMARY KEY, name TEXT, country TEXT)"


def shards(*texts: str, first: int = 1) -> list[Record]:
    return [{"shard_id": number, "shard": text} for number, text in enumerate(texts, start=first)]


def packed(tests: list[Record]) -> str:
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(tests)))).decode()


RECORDS: dict[str, list[Record]] = {
    "code": [
        {
            "task_id": "sharded-HumanEval/105", "task": "code", "source": "humaneval", "metadata": {"func_name": "double_all"},
            "prompt": 'from typing import List\n\n\ndef double_all(numbers: List[int]) -> List[int]:\n    """Double all numbers."""\n',
            "public_test_cases": json.dumps([{"input": "[1, 2]", "output": "[2, 4]"}]),
            "shards": shards("write a function that doubles", "it takes a list of numbers", "it returns a list"),
        },
        {
            "task_id": "sharded-livecodebench/2857", "task": "code", "source": "lcb_medium", "metadata": {"func_name": "doubleAll"},
            "question_content": "You are given a list of integers. Double all.",
            "starter_code": "class Solution:\n    def doubleAll(self, numbers: List[int]) -> List[int]:\n        ",
            "public_test_cases": json.dumps([{"input": "[1, 2]", "output": "[2, 4]", "testtype": "functional"}]),
            "private_test_cases": packed([{"input": "[5]", "output": "[10]", "testtype": "functional"}]),
            "shards": shards("write a function that doubles", "it takes a list of numbers", "it returns a list"),
        },
    ],
    "database": [
        {
            "task_id": "sharded-spider-val-422-hard", "task": "database", "db_id": "concert_singer", "schema_sql": SCHEMA,
            "schema_tables": json.dumps({"singer": ["singer_id", "name", "country"]}), "spider_difficulty": "hard",
            "fully_specified_question": "What are the names of all singers from France?",
            "reference_sql": "SELECT name FROM singer WHERE country = 'France'",
            "shards": shards("find singers", "I need their names", "only those from France"),
        }
    ],
    "actions": [
        {
            "task_id": "sharded-BFCL/parallel_46", "task": "actions", "language": "Python", "test_category": "parallel",
            "fully_specified_question": [[{"role": "user", "content": "Play songs by Taylor Swift and by Maroon 5 for 20 and 15 minutes."}]],
            "function": [
                {
                    "name": "spotify.play", "description": "Play songs of an artist for some time.",
                    "parameters": {
                        "type": "dict", "required": ["artist", "duration"],
                        "properties": {"artist": {"type": "string", "description": "Who."}, "duration": {"type": "integer", "description": "Minutes."}},
                    },
                }
            ],
            "reference_answer": [
                {"spotify.play": {"artist": ["Taylor Swift"], "duration": [20]}}, {"spotify.play": {"artist": ["Maroon 5"], "duration": [15]}},
            ],
            "shards": shards("play some songs", "Taylor Swift for 20 minutes", "and Maroon 5", "the second one for 15 minutes"),
        }
    ],
    "math": [
        {
            "task_id": "sharded-GSM8K/1246", "task": "math", "question": "Ann has 1,200 apples and buys 50. How many has she?",
            "answer": "She has 1200 + 50 = <<1200+50=1250>>1250 apples.\n#### 1,250",
            "shards": shards("how many apples does Ann have", "she had 1,200", "then she bought 50"),
        }
    ],
    "data2text": [
        {
            "task_id": "sharded-ToTTo/17", "task": "data2text", "references": ["Ann Lee won in 1999.", "In 1999, Ann Lee was the winner."],
            "table_html": "<table><tr><td>1999</td><td>Ann Lee</td></tr></table>",
            "table_highlighted_html": "<table><tr><td class='highlighted'>1999</td><td class='highlighted'>Ann Lee</td></tr></table>",
            "fewshot_descriptions": "Bob Ray won in 1998.", "metadata": {"table_page_title": "Chess Cup", "table_section_title": "Winners"},
            "shards": shards("<table><tr><td>1999</td><td>Ann Lee</td></tr></table>", "Describe it in one sentence.", "Page: Chess Cup"),
        }
    ],
    "summary": [
        {
            "task_id": "sharded-summary/3", "task": "summary", "topic": "trams", "topic_id": "t1", "subtopic_id": "s1", "domain": "news",
            "original_task_id": "x", "query": "What does the line cost?",
            "documents": [
                {"document_id": f"d{n}", "document_index": n, "document_text": f"Text {n}.", "insights_included": ["i1"]} for n in (1, 2, 3)
            ],
            "insights": [{"insight_id": "i1", "insight": "The Halden Trust pays 34 million."}],
            "insightid2ref_citations": {"i1": [1, 3]},
            "shards": [
                {"shard_id": 0, "shard": "", "doc_idxs": [1]}, {"shard_id": 1, "shard": "", "doc_idxs": [2]},
                {"shard_id": 2, "shard": "", "doc_idxs": [3]},
            ],
        }
    ],
    "translation": [
        {
            "task_id": "sharded-translation/1", "task": "translation", "document_de": "Der Hund bellt. Es regnet.\nDie Katze schläft.",
            "document_en": "The dog barks. It rains.\nThe cat sleeps.", "shards": shards("Der Hund bellt. Es regnet.", "Die Katze schläft."),
        }
    ],
}  # fmt: skip
RIGHT = {
    "code": "```python\ndef double_all(numbers):\n    return [2 * n for n in numbers]\n```",
    "database": "```sql\nSELECT name FROM singer WHERE country = 'France'\n```",
    "actions": '[spotify.play(artist="Taylor Swift", duration=20), spotify.play(artist="Maroon 5", duration=15)]',
    "math": "Answer: 1250",
    "data2text": "Ann Lee won in 1999.",
    "summary": "- The Halden Trust pays 34 million [1, 3]",
    "translation": "The dog barks. It rains.\nThe cat sleeps.",
}
NEEDED = [
    *[("code", 0, key) for key in ("source", "metadata", "prompt", "public_test_cases", "shards")],
    *[("code", 1, key) for key in ("source", "metadata", "question_content", "shards")],
    *[("database", 0, key) for key in ("fully_specified_question", "reference_sql", "db_id", "schema_sql", "shards")],
    *[("actions", 0, key) for key in ("fully_specified_question", "function", "reference_answer", "language", "test_category", "shards")],
    *[("math", 0, key) for key in ("question", "answer", "shards")],
    *[("data2text", 0, key) for key in ("references", "table_highlighted_html", "fewshot_descriptions", "metadata", "shards")],
    *[("summary", 0, key) for key in ("documents", "insights", "insightid2ref_citations", "query", "topic", "shards")],
    *[("translation", 0, key) for key in ("document_de", "document_en", "shards")],
]  # fmt: skip
UNUSED = [
    ("code", 1, "starter_code"), ("code", 1, "private_test_cases"), ("database", 0, "schema_tables"), ("database", 0, "spider_difficulty"),
    ("data2text", 0, "table_html"), ("summary", 0, "topic_id"), ("summary", 0, "subtopic_id"), ("summary", 0, "domain"),
    ("summary", 0, "original_task_id"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def spider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database that a published question is about, where a user would have it."""
    folder = tmp_path / "spider" / "concert_singer"
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "concert_singer.sqlite")) as connection, connection:
        connection.execute(SCHEMA)
        rows = [(1, "Joe", "France"), (2, "Tim", "Norway"), (3, "Ada", "France")]
        connection.executemany("INSERT INTO singer VALUES (?, ?, ?)", rows)
    monkeypatch.setenv("TURNBENCH_SPIDER", str(tmp_path / "spider"))


def written(path: Path, records: list[Record], lines: bool = False) -> str:
    path.write_text("\n".join(map(json.dumps, records)) if lines else json.dumps(records), encoding="utf-8")
    return str(path)


def read(path: str, task: str) -> DataFile:
    return DataFile.read(path, env_class(f"TurnBench/{WORLDS[task]}").task())  # type: ignore[attr-defined]


EVERY = [record for records in RECORDS.values() for record in records]


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("key", ["shard", "shard_text"])
@pytest.mark.parametrize("task", RECORDS)
def test_one_file_holds_all_tasks_and_each_world_finds_its_own(
    tmp_path: Path, task: str, key: str, lines: bool
) -> None:
    records = deepcopy(EVERY)
    for record in records:
        for shard in record["shards"]:
            shard[key] = shard.pop("shard")
    data = read(written(tmp_path / "data.json", records, lines), task)
    assert data.problems == ()
    assert [i.name for i in data.instances] == [r["task_id"] for r in RECORDS[task]]
    for instance, record in zip(data.instances, RECORDS[task], strict=True):
        assert [s.id for s in instance.shards] == [s["shard_id"] for s in record["shards"]]


@pytest.mark.parametrize("reveal", REVEALS)
@pytest.mark.parametrize("task", RECORDS)
def test_every_record_is_played_in_every_setting_and_the_right_answer_is_right(
    tmp_path: Path, task: str, reveal: str
) -> None:
    path = written(tmp_path / "data.json", EVERY)
    env = make_env(WORLDS[task], data=path, split="all", reveal=reveal)
    for number, record in enumerate(RECORDS[task]):
        env.reset(seed=1, options={"instance": number})
        over, reward, turns = False, 0.0, 0
        while not over:
            _, reward, over, *_ = env.step(RIGHT[task])
            turns += 1
        assert reward == 1.0
        assert turns <= len(record["shards"]) + 1


@pytest.mark.parametrize(("task", "which", "key"), NEEDED)
def test_a_record_without_a_key_it_needs_is_named_with_its_number_and_the_reason(
    tmp_path: Path, task: str, which: int, key: str
) -> None:
    for value in (None, 7, [7]):
        broken = deepcopy(RECORDS[task][which])
        if value is None:
            del broken[key]
        else:
            broken[key] = value
        path = written(tmp_path / "data.json", [*EVERY, broken])
        with pytest.warns(UserWarning, match="left out") as caught:
            data = read(path, task)
        (problem,) = data.problems
        assert problem.startswith(f"record {len(EVERY) + 1} ({broken['task_id']}): ")
        assert str(caught[0].message) == f"{path}: left out {problem}"
        reason = problem.partition("): ")[2]
        assert key in reason or reason.startswith(("its ", "it has no", "none of")), reason
        assert "Error" not in reason, "a reason in words, not the name of an exception"
        assert len(data.instances) == len(RECORDS[task]), "the others load"
        (tmp_path / "data.json").unlink()


@pytest.mark.parametrize(("task", "which", "key"), UNUSED)
def test_a_record_without_a_key_that_may_be_missing_is_played(tmp_path: Path, task: str, which: int, key: str) -> None:
    record = deepcopy(RECORDS[task][which])
    del record[key]
    assert read(written(tmp_path / "data.json", [record]), task).problems == ()


def test_private_tests_of_a_published_program_count(tmp_path: Path) -> None:
    env = make_env(WORLDS["code"], data=written(tmp_path / "data.json", EVERY), split="all", reveal="full")
    env.reset(seed=0, options={"instance": 1})
    assert env.step("```python\ndef f(numbers):\n    return [2, 4]\n```")[1] == 0.0
