"""Data files: both layouts, ids as they come, and every malformed record named with its number and the reason."""

from __future__ import annotations

import json
import os
import pickle
import warnings
from pathlib import Path
from typing import Any

import pytest
import toy_task
from toy_task import Marbles, PublishedMarbles

from turnbench.envs.sharded.source import DataFile
from turnbench.errors import WorldDataError
from turnbench.registry import make_env
from turnbench.replay import verify
from turnbench.runner import run
from turnbench.splits import SPLITS

toy_task.register()
ENV = "TurnBench/PublishedMarbles-v0"


def record(number: int = 0, **changes: Any) -> dict[str, Any]:
    """A sound record with two boxes; a change to None leaves a key out."""
    made = {
        "task_id": f"sharded-marbles/{number}",
        "task": "marbles",
        "shards": [
            {"shard_id": 1, "shard": "How many marbles do my red and blue boxes hold?"},
            {"shard_id": 2, "shard": f"the red box holds {number + 10} marbles"},
            {"shard_id": 3, "shard": "the blue box holds 20 marbles"},
        ],
        "total": number + 30,
    }
    made.update(changes)
    return {key: value for key, value in made.items() if value is not None}


def write(path: Path, records: Any, lines: bool = False) -> str:
    text = "\n".join(json.dumps(r, ensure_ascii=False) for r in records) if lines else json.dumps(records)
    path.write_text(text, encoding="utf-8")
    return str(path)


def read(path: str) -> DataFile:
    return DataFile.read(path, Marbles())


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("key", ["shard", "shard_text"])
def test_an_array_or_an_object_a_line_with_either_name_of_the_text(tmp_path: Path, lines: bool, key: str) -> None:
    records = [record(n) for n in range(5)]
    for each in records:
        each["shards"] = [{"shard_id": s["shard_id"], key: s["shard"]} for s in each["shards"]]
    data = read(write(tmp_path / "data.json", records, lines))
    assert [instance.name for instance in data.instances] == [f"sharded-marbles/{n}" for n in range(5)]
    assert data.instances[3].shards[1].text == "the red box holds 13 marbles"
    assert data.instances[3].truth == {"total": 33}
    assert data.problems == ()


def test_the_same_records_in_either_layout_are_the_same_instances(tmp_path: Path) -> None:
    records = [record(n) for n in range(5)]
    array, lines = (read(write(tmp_path / f"{lines}.json", records, lines)) for lines in (False, True))
    assert array.instances == lines.instances
    assert array.content_hash != lines.content_hash


def test_one_object_alone_and_empty_lines_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(record(), indent=1), encoding="utf-8-sig")
    assert len(read(str(path)).instances) == 1
    path.write_text(f"\ufeff\n{json.dumps(record(1))}\r\n\r\n{json.dumps(record(2))}\n\n", encoding="utf-8")
    assert len(read(str(path)).instances) == 2


def test_other_line_separators_within_a_string_divide_nothing(tmp_path: Path) -> None:
    odd = record(note="one\u2028two\x85three")
    assert len(read(write(tmp_path / "data.jsonl", [odd, record(1)], lines=True)).instances) == 2


def test_ids_are_kept_and_need_not_be_positions(tmp_path: Path) -> None:
    shards = [{"shard_id": i, "shard": f"piece {i}"} for i in (0, 7, 3)]
    data = read(
        write(tmp_path / "data.json", [record(shards=shards), record(1, shards=[{"shard": "a"}, {"shard": "b"}])])
    )
    assert [shard.id for shard in data.instances[0].shards] == [0, 7, 3]
    assert [shard.text for shard in data.instances[0].shards] == ["piece 0", "piece 7", "piece 3"]
    assert [shard.id for shard in data.instances[1].shards] == [1, 2]


def test_records_of_other_tasks_are_passed_over_in_silence(tmp_path: Path) -> None:
    data = read(write(tmp_path / "data.json", [record(), record(1, task="math"), record(2, task=None)]))
    assert [instance.name for instance in data.instances] == ["sharded-marbles/0", "sharded-marbles/2"]


TWO = [{"shard_id": 1, "shard": "a"}, {"shard_id": 2, "shard": "b"}]
MALFORMED = [
    (7, "record 2: not a JSON object"),
    (None, "record 2: not a JSON object"),
    (record(shards=None), "record 2 (sharded-marbles/0): it has no list of at least two shards"),
    (record(shards={}), "record 2 (sharded-marbles/0): it has no list of at least two shards"),
    (record(shards=TWO[:1]), "record 2 (sharded-marbles/0): it has no list of at least two shards"),
    (record(shards=[*TWO, "c"]), "record 2 (sharded-marbles/0): its shard 3 has no text"),
    (record(shards=[*TWO, {"shard_id": 3}]), "record 2 (sharded-marbles/0): its shard 3 has no text"),
    (record(shards=[*TWO, {"shard_id": 3, "shard": 4}]), "record 2 (sharded-marbles/0): its shard 3 has no text"),
    (record(shards=[{"shard_id": "1", "shard": "a"}, TWO[1]]), "record 2 (sharded-marbles/0): its shard 1 has the id '1', which is no whole number"),
    (record(shards=[{"shard_id": True, "shard": "a"}, TWO[1]]), "record 2 (sharded-marbles/0): its shard 1 has the id True, which is no whole number"),
    (record(shards=[TWO[0], TWO[0]]), "record 2 (sharded-marbles/0): two of its shards have the same id"),
    (record(total=None), "record 2 (sharded-marbles/0): its total is no whole number"),
    (record(total="30", task_id=None), "record 2 (record 2): its total is no whole number"),
    (record(task_id=None), "record 2 (record 2): KeyError: 'task_id'"),
    (record(total=float("nan")), "record 2 (sharded-marbles/0): its total is no whole number"),
    (record(shards=[{"shard_id": 1, "shard": "\ud800"}, TWO[1]]), "record 2 (sharded-marbles/0): it holds half a surrogate pair, which is no text"),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "problem"), MALFORMED)
def test_a_malformed_record_is_named_and_the_others_load(tmp_path: Path, bad: Any, problem: str) -> None:
    path = write(tmp_path / "data.json", [record(8), bad, record(9)])
    with pytest.warns(UserWarning, match="left out") as caught:
        data = read(path)
    assert str(caught[0].message) == f"{path}: left out {problem}"
    assert data.problems == (problem,)
    assert [instance.name for instance in data.instances] == ["sharded-marbles/8", "sharded-marbles/9"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read(path) is data  # said once


def test_lines_that_are_no_json_are_named(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text(f'{json.dumps(record())}\n{{"task": \n{json.dumps(record(2))}\n{"[" * 100_000}\n', encoding="utf-8")
    with pytest.warns(UserWarning, match="left out record 2: not JSON; record 4: not JSON$"):
        assert len(read(str(path)).instances) == 2


def test_of_many_problems_some_are_shown_and_all_are_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "data.json", [record(), *range(8)])
    with pytest.warns(UserWarning, match="record 6: not a JSON object; and 3 more$"):
        data = read(path)
    assert len(data.problems) == 8


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no usable instance of the task 'marbles'."),
        ("[]", "holds no usable instance of the task 'marbles'."),
        ("once upon a time", "holds no usable instance of the task 'marbles': record 1: not JSON."),
        ('[{"task": "marbles"}', "holds no usable instance of the task 'marbles': record 1: not JSON."),
        ('{"task": "math"}', "holds no usable instance of the task 'marbles'."),
        ('{"task": "marbles"}', "holds no usable instance of the task 'marbles': record 1 (record 1): it has no list of at least two shards."),
    ],
)  # fmt: skip
def test_a_file_without_instances_says_why(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "data.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WorldDataError) as caught:
        read(str(path))
    assert str(caught.value) == f"{str(path)!r} {message}"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    missing = str(tmp_path / "nothing.json")
    with pytest.raises(WorldDataError) as caught:
        make_env(ENV, data=missing)
    assert str(caught.value) == f"Cannot read the data file {missing!r}: No such file or directory."
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (binary, tmp_path):
        with pytest.raises(WorldDataError, match="Cannot read the data file "):
            read(str(path))


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = write(tmp_path / "data.json", [record()])
    first = read(path)
    assert read(path) is first
    write(tmp_path / "data.json", [record(), record(1)])
    os.utime(path, ns=(1, 1))
    assert len(read(path).instances) == 2


def test_splits_divide_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "data.json", [record(n) for n in range(40)])
    data = read(path)
    parts = [data.of_split(split) for split in SPLITS]
    assert sorted(i.name for part in parts for i in part) == sorted(i.name for i in data.of_split("all"))
    assert len(parts[0]) > len(parts[1])
    one = read(write(tmp_path / "one.json", [record()]))
    empty = next(split for split in SPLITS if split != one.splits[0])
    with pytest.raises(WorldDataError) as caught:
        one.of_split(empty)
    assert str(caught.value) == f"No instance in {one.path!r} falls into the split {empty!r}: use split=all."
    with pytest.raises(WorldDataError, match="falls into the split"):
        make_env(ENV, data=one.path, split=empty)


def test_a_world_plays_a_file(tmp_path: Path) -> None:
    path = write(tmp_path / "data.json", [record(n) for n in range(6)])
    seen = []

    def agent(history: Any) -> str:
        seen.append(history.observation)
        return "Please go on."

    arguments = {"data": path}
    result = run(agent, ENV, episodes=12, repeats=2, split="all", arguments=arguments)
    assert not result.summary.failed
    assert result.environment.content_hash == read(path).content_hash
    assert len({episode.instance for episode in result.episodes}) == 6  # in the order of the file, none left out
    assert len(list(verify(result))) == 12
    assert any(text.endswith("the red box holds 15 marbles") for text in seen)

    env = make_env(ENV, split="all", **arguments)
    env.reset(seed=0, options={"instance": 4})
    again = pickle.loads(pickle.dumps(env))
    assert again.step("Together that is 34.") == env.step("Together that is 34.")
    assert env.notes() == again.notes()
    assert env.notes()["attempts"][0]["score"] == 1.0  # type: ignore[index]
    write(tmp_path / "data.json", [record(n) for n in range(7)])
    assert make_env(ENV, split="all", **arguments).content_hash != env.content_hash


def test_a_seed_says_the_same_wherever_the_file_lies_and_a_result_names_path_and_content(tmp_path: Path) -> None:
    records = [record(n) for n in range(30)]
    (tmp_path / "elsewhere").mkdir()
    here, there = write(tmp_path / "data.json", records), write(tmp_path / "elsewhere" / "other.json", records)

    def transcript(path: str) -> list[str]:
        env = make_env(ENV, data=path, split="all")
        return [
            text for seed in range(8) for text in (env.reset(seed=seed)[0], env.step("Go on.")[0], env.step("?")[0])
        ]

    assert transcript(here) == transcript(there)
    result = run("random", ENV, episodes=2, split="all", arguments={"data": there})
    assert result.environment.arguments["data"] == there
    assert result.environment.content_hash == read(here).content_hash
    changed = write(tmp_path / "changed.json", [*records[:-1], record(99)])
    assert transcript(here) != transcript(changed), "the content is part of every seed"


def test_longer_instances_than_the_published_ones_still_end_in_time(tmp_path: Path) -> None:
    shards = [{"shard_id": i, "shard": f"piece number {i}"} for i in range(30)]
    env = make_env(
        ENV, data=write(tmp_path / "data.json", [record(shards=shards)]), split="all", reveal="recap", patience=2
    )
    env.reset(seed=0)
    overs = [env.step("Which colour is it?" if turn < 2 else "Go on.")[2] for turn in range(33)]
    assert overs == [False] * 32 + [True]
    assert env.max_turns == 33


def test_a_record_that_cannot_be_hashed_is_named(tmp_path: Path) -> None:
    class Careless(PublishedMarbles):
        def from_record(self, record: Any, shards: Any) -> Any:
            made = super().from_record({**record, "total": 1}, shards)
            made.truth["total"] = record["total"]
            return made

    path = write(tmp_path / "data.json", [record(), record(1, total=float("inf"))])
    with pytest.warns(UserWarning, match=r"left out record 2 \(sharded-marbles/1\): ValueError: "):
        assert len(DataFile.read(path, Careless()).instances) == 1
