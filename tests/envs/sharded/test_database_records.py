"""Published questions about databases: judged on files the user has, or named with what is missing."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pets import ROWS, SCHEMA

from turnbench.envs.sharded.instance import Shard
from turnbench.envs.sharded.task import BadRecord
from turnbench.envs.sharded.tasks.database.task import DatabaseTask
from turnbench.errors import UsageError, WorldDataError
from turnbench.randomness import RandomStream
from turnbench.registry import make_env

TASK = DatabaseTask()


@pytest.fixture
def spider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two databases of the same schema, as the published ones lie, and the variable that names it."""
    monkeypatch.setenv("TURNBENCH_SPIDER", str(tmp_path))
    folder = tmp_path / "databases" / "pets_1"
    folder.mkdir(parents=True)
    for number in (1, 2):
        with closing(sqlite3.connect(folder / f"pets_{number}.sqlite")) as connection:
            connection.executescript(SCHEMA)
            for table, rows in ROWS.items():
                connection.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)
            if number == 2:
                connection.execute("UPDATE pets SET kind = 'cat' WHERE id = 1")
                connection.execute("INSERT INTO owners VALUES (4, CAST(x'ff41' AS TEXT), NULL, NULL)")
            connection.commit()
    return tmp_path


def record(**changes: Any) -> dict[str, Any]:
    whole = {
        "task_id": "sharded-spider-val-1-hard", "task": "database", "db_id": "pets_1", "schema_sql": SCHEMA,
        "fully_specified_question": "What are the names of the dogs?", "spider_difficulty": "hard",
        "reference_sql": "SELECT name FROM pets WHERE kind = 'dog'",
        "shards": [{"shard_id": 1, "shard": "names of pets"}, {"shard_id": 2, "shard": "only dogs"}],
    }  # fmt: skip
    return {key: value for key, value in {**whole, **changes}.items() if value is not None}


SHARD_LIST = (Shard(1, "names of pets"), Shard(2, "only dogs"))


def test_a_record_is_judged_on_all_its_databases(spider: Path) -> None:
    instance = TASK.from_record(record(), SHARD_LIST)
    assert (instance.name, instance.full) == ("sharded-spider-val-1-hard", "What are the names of the dogs?")
    assert SCHEMA in TASK.system_prompt(instance)
    assert len(instance.truth["files"]) == 2
    assert str(spider) not in instance.key
    before = {path: Path(path).read_bytes() for path in instance.truth["files"]}
    for answer, score in (
        ("SELECT name FROM pets WHERE kind = 'dog'", 1.0),
        ("SELECT name FROM pets WHERE name = 'Rex'", 0.0),  # right on the first database alone
        ("SELECT name FROM pets WHERE kind = 'cat'", 0.0),
        ("DELETE FROM pets", 0.0),
        ("SELECT name FROM sqlite_master", 0.0),
        ("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c", 0.0),
        ("ATTACH DATABASE 'x.db' AS x", 0.0),
    ):
        assert TASK.score(answer, instance) == score, answer
    assert before == {path: Path(path).read_bytes() for path in instance.truth["files"]}
    assert len(list(Path(instance.truth["files"][0]).parent.iterdir())) == 2
    rng = RandomStream(1)
    assert TASK.score(TASK.extract(TASK.wrong_answer(instance, rng), instance), instance) == 0.0
    assert TASK.solver.answer(TASK.system_prompt(instance), ["names of pets"]) is None


def test_text_that_is_no_utf8_is_read(spider: Path) -> None:
    instance = TASK.from_record(record(reference_sql="SELECT name FROM owners WHERE id > 2"), SHARD_LIST)
    assert TASK.score("SELECT name FROM owners WHERE id IN (3, 4)", instance) == 1.0


def test_the_folder_may_hold_the_databases_itself(spider: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNBENCH_SPIDER", str(spider / "databases"))
    assert TASK.score("SELECT name FROM pets WHERE kind = 'dog'", TASK.from_record(record(), SHARD_LIST)) == 1.0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reference_sql": None}, "its reference_sql is missing or no text"),
        ({"reference_sql": 7}, "its reference_sql is missing or no text"),
        ({"db_id": " "}, "its db_id is missing or no text"),
        ({"schema_sql": ["x"]}, "its schema_sql is missing or no text"),
        ({"fully_specified_question": None}, "its fully_specified_question is missing or no text"),
        ({"spider_difficulty": 3}, "its spider_difficulty is no text"),
        ({"reference_sql": "DROP TABLE pets"}, "its reference_sql is no SELECT statement"),
        ({"reference_sql": "SELECT a FROM pets; DELETE FROM pets"}, "its reference_sql cannot be run on "),
        ({"reference_sql": "SELECT nickname FROM pets"}, "its reference_sql cannot be run on "),
        ({"db_id": "../pets_1"}, "its db_id '../pets_1' is not a plain name"),
        ({"db_id": "cars"}, "its database cars is not in "),
    ],
)
def test_bad_records_say_why(changes: dict[str, Any], reason: str, spider: Path) -> None:
    with pytest.raises(BadRecord, match=f"^{re.escape(reason)}"):
        TASK.from_record(record(**changes), SHARD_LIST)


def test_without_the_folder_a_record_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TURNBENCH_SPIDER", raising=False)
    wanted = "its database pets_1 is not at hand: set TURNBENCH_SPIDER to the folder that holds pets_1/*.sqlite"
    with pytest.raises(BadRecord, match=f"^{re.escape(wanted)}$"):
        TASK.from_record(record(), SHARD_LIST)


def test_a_file_is_played(spider: Path) -> None:
    path = spider / "records.json"
    path.write_text(json.dumps([record(), record(db_id="cars"), record(task="math")]))
    with pytest.warns(UserWarning, match="its database cars is not in"):
        env = make_env("ShardedDatabase-v0", data=str(path), split="all")
    assert env.reset(seed=0)[1]["user_message"] == "names of pets"
    assert env.step("Which pets?")[0].endswith("only dogs")
    assert env.step("```sql\nSELECT name FROM pets WHERE kind = 'dog'\n```")[1:3] == (1.0, True)
    doubled = "```sql\nSELECT DISTINCT name FROM pets WHERE kind = 'dog'\n```"
    lenient = make_env("ShardedDatabase-v0", data=str(path), split="all", distinct="ignored")
    assert lenient.arguments["distinct"] == "ignored"
    assert "distinct" not in env.arguments
    lenient.reset(seed=0)
    assert lenient.step(doubled)[1] == 1.0
    (spider / "none.json").write_text(json.dumps([record(db_id="cars")]))
    with pytest.raises(
        WorldDataError, match=r"holds no usable instance of the task 'database'.*its database cars is not in"
    ):
        make_env("ShardedDatabase-v0", data=str(spider / "none.json"))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"distinct": "removed"}, "distinct is counts"),
        ({"distinct": "ignored"}, "for published questions"),
        ({"difficulty": "huge"}, "difficulty is one of small, medium, hard"),
        ({"revel": "full"}, "does not take these arguments"),
    ],
)
def test_wrong_arguments(arguments: dict[str, str], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        make_env("ShardedDatabase-v0", **arguments)
