"""Published records of code: how they are posed and judged, private tests however packed, and malformed ones."""

from __future__ import annotations

import base64
import json
import pickle
import zlib
from pathlib import Path
from typing import Any

import pytest

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.sandbox import Limits
from turnbench.envs.sharded.sandbox.wire import decode, encode
from turnbench.envs.sharded.task import BadRecord
from turnbench.envs.sharded.tasks.code.judge import passes
from turnbench.envs.sharded.tasks.code.task import CodeTask
from turnbench.registry import make_env

TASK = CodeTask()
ID = "TurnBench/ShardedCode-v0"


def score(reply: str, instance: Instance) -> float:
    return TASK.score(TASK.extract(reply, instance), instance)


SHARDS = (Shard(1, "write a function that adds"), Shard(2, "it takes two numbers"))
CASES = json.dumps([{"input": "1\n2", "output": "3"}, {"input": "[1]\n[2]", "output": "[1, 2]"}])
ADD = "```python\ndef add(a, b):\n    return a + b\n```"


def packed(content: Any) -> str:
    return base64.b64encode(zlib.compress(pickle.dumps(content))).decode()


def record(**changes: Any) -> dict[str, Any]:
    made = {
        "task_id": "sharded-livecodebench/1",
        "task": "code",
        "source": "lcb_easy",
        "metadata": {"func_name": "add"},
        "question_content": "Add two things.",
        "starter_code": "class Solution:\n    def add(self, a, b):\n        ",
        "public_test_cases": CASES,
    } | changes
    return {key: value for key, value in made.items() if value is not ...}


def test_a_record_is_posed_and_judged() -> None:
    instance = TASK.from_record(record(), SHARDS)
    assert instance.name == "sharded-livecodebench/1"
    assert "Add two things." in TASK.full_message(instance)
    assert "class Solution:" in TASK.full_message(instance)
    concat = TASK.concat_message(instance, instance.shards)
    assert "\n\nwrite a function that adds\n- it takes two numbers\n\n" in concat
    assert "class Solution:" in concat
    assert "class Solution" not in TASK.system_prompt(instance)
    assert score(ADD, instance) == 1.0
    assert score(ADD.replace("add", "plus"), instance) == 1.0
    assert score("```\nclass Solution:\n    def add(self, a, b):\n        return a + b\n```", instance) == 1.0
    assert score(ADD.replace("+", "-"), instance) == 0.0


@pytest.mark.parametrize("form", ["json", "packed", "protocol 0", "protocol 2"])
def test_private_tests_count(form: str) -> None:
    private = json.dumps([{"input": '"a"\n"b"', "output": '"ab"'}])
    text = {
        "json": private,
        "packed": packed(private),
        "protocol 0": base64.b64encode(zlib.compress(pickle.dumps(private, 0))).decode(),
        "protocol 2": base64.b64encode(zlib.compress(pickle.dumps(private, 2))).decode(),
    }[form]
    instance = TASK.from_record(record(private_test_cases=text), SHARDS)
    assert len(instance.truth["tests"]) == 3
    assert score(ADD, instance) == 1.0
    assert score(ADD.replace("a + b", "a + b if a != 'a' else 0"), instance) == 0.0


CHECK = '''
METADATA = {"author": "x"}


def check(candidate):
    """Tests."""
    assert candidate(1, 2) == 3, "simple"
    assert candidate((1, 2), (3,)) == (1, 2, 3)
    assert candidate({1}, {2}) == {1, 2} if False else True
    assert True, "prints"
'''
GOOD_CHECK = "\n".join(line for line in CHECK.splitlines() if "if False" not in line)


def human(**changes: Any) -> dict[str, Any]:
    prompt = "from typing import List\nimport math\n\ndef add(a, b):\n    '''Add them.'''\n"
    return record(
        task_id="sharded-HumanEval/1",
        source="humaneval",
        prompt=prompt,
        question_content=...,
        starter_code=...,
        **changes,
    )


def test_a_human_eval_record() -> None:
    instance = TASK.from_record(human(public_test_cases=..., test=GOOD_CHECK), SHARDS)
    assert [decode(test["output"]) for test in instance.truth["tests"]] == [3, (1, 2, 3)]
    assert instance.truth["preamble"] == "from typing import List\nimport math"
    assert score(ADD, instance) == 1.0
    assert (
        score(
            "```\ndef add(a: List, b) -> List:\n    return a + b + math.floor(0) * a if a == 1 else a + b\n```",
            instance,
        )
        == 1.0
    )
    assert "def add(a, b):" in TASK.full_message(instance)


def test_a_tolerance_of_its_own() -> None:
    code = "def check(f):\n    assert abs(f(1, 0.25) - 1.3) < 0.1\n    assert f(1, 1) is 2\n"
    instance = TASK.from_record(human(public_test_cases=..., test=code), SHARDS)
    assert score(ADD, instance) == 1.0
    assert score(ADD.replace("a + b", "a + b - 0.06"), instance) == 0.0


class Reducing:
    def __reduce__(self) -> Any:
        return print, ("a pickle was run",)


BAD: list[tuple[dict[str, Any], str]] = [
    (record(source=...), "its source is None and not one of humaneval, lcb_easy, lcb_medium"),
    (record(source="lcb_hard"), "its source is 'lcb_hard' and not one of humaneval, lcb_easy, lcb_medium"),
    (record(metadata=...), "its metadata names no function (func_name)"),
    (record(metadata={"func_name": "os.system"}), "its metadata names no function (func_name)"),
    (record(metadata="{"), "its metadata is not JSON"),
    (record(question_content=...), "its question_content is missing"),
    (record(question_content=" "), "its question_content is missing"),
    (record(starter_code=3), "its starter_code is no text"),
    (human(prompt_=1) | {"prompt": 3}, "its prompt is missing"),
    (record(public_test_cases=...), "it has no tests"),
    (record(public_test_cases="[]"), "it has no tests"),
    (record(public_test_cases="nonsense"), "its public_test_cases are no list of inputs and outputs in JSON"),
    (record(public_test_cases='[{"input": "x", "output": "1"}]'), "its public_test_cases are no list of inputs and outputs in JSON"),
    (record(public_test_cases='[{"input": 1, "output": "1"}]'), "its public_test_cases are no list of inputs and outputs in JSON"),
    (record(public_test_cases='[{"input": "1"}]'), "its public_test_cases are no list of inputs and outputs in JSON"),
    (record(public_test_cases="[" * 100_000), "its public_test_cases are no list of inputs and outputs in JSON"),
    (record(private_test_cases=["x"]), "its private_test_cases are no text"),
    (record(private_test_cases="no base64!"), "its private_test_cases are neither JSON nor compressed in base64"),
    (record(private_test_cases="aGVsbG8="), "its private_test_cases are neither JSON nor compressed in base64"),
    (record(private_test_cases=packed([1])), "its private_test_cases are a pickle of something else than a text (EMPTY_LIST)"),
    (record(private_test_cases=packed(Reducing())), "its private_test_cases are a pickle of something else than a text (SHORT_BINUNICODE)"),
    (record(private_test_cases=base64.b64encode(zlib.compress(b"junk")).decode()), "its private_test_cases are no pickle"),
    (record(private_test_cases=base64.b64encode(zlib.compress(b".")).decode()), "its private_test_cases are a pickle without a text"),
    (record(private_test_cases=base64.b64encode(zlib.compress(bytes(1 << 26))).decode()), "its private_test_cases unpack to more than 32 MB"),
    (human(public_test_cases=..., test=3), "its test is no text of reasonable length"),
    (human(public_test_cases=..., test="def check("), "its test is not Python"),
    (human(public_test_cases=..., test="x = 1"), "its test has no function check(candidate)"),
    (human(public_test_cases=..., test="def check(f):\n    pass"), "it has no tests"),
    (human(public_test_cases=..., test=CHECK), "its test has a line that is no plain comparison: assert candidate({1}, {2}) == {1, 2} if False else True"),
    (human(public_test_cases=..., test="def check(f):\n    for i in range(3):\n        assert f(i) == i"), "its test has a line that is no plain comparison: for i in range(3):\n    assert f(i) == i"),
    (human(public_test_cases=..., test="def check(f):\n    assert f(open('x')) == 1"), "its test has a line that is no plain comparison: assert f(open('x')) == 1"),
    (human(public_test_cases=..., test="def check(f):\n    assert f(1) == g(1)"), "its test has a line that is no plain comparison: assert f(1) == g(1)"),
    (human(public_test_cases=..., test="def check(f):\n    assert f(x=1) == 1"), "its test has a line that is no plain comparison: assert f(x=1) == 1"),
    (human(public_test_cases=..., test="def check(f):\n    assert abs(f(1)) < 3"), "its test has a line that is no plain comparison: assert abs(f(1)) < 3"),
    (human(public_test_cases=..., test="def check(f):\n    import os"), "its test has a line that is no plain comparison: import os"),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "message"), BAD, ids=lambda each: each[:40] if isinstance(each, str) else "")
def test_bad_record(bad: dict[str, Any], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadRecord) as error:
        TASK.from_record(bad, SHARDS)
    assert str(error.value) == message
    assert capsys.readouterr().out == ""


def test_a_file_is_played(tmp_path: Path) -> None:
    pieces = [{"shard_id": k, "shard": text} for k, text in enumerate(("write add", "it adds a to b"), start=1)]
    path = tmp_path / "records.json"
    path.write_text(json.dumps([record(shards=pieces)]))
    env = make_env(ID, data=str(path), split="all", reveal="concat")
    observation, _ = env.reset(seed=0)
    assert "- it adds a to b" in observation
    assert env.step(ADD)[1] == 1.0


def test_inputs_reach_the_program_as_they_are() -> None:
    values = [(1, 2), {1: "a"}, frozenset({2}), 10**30, "\ud800", None, [True]]
    tests = [{"inputs": [encode(value, 1_000)], "output": encode(value, 1_000)} for value in values]
    assert passes("def f(x):\n    assert type(x) is not list or x == [True]\n    return x\n", "f", tests, Limits())
