"""The result schema: committed, golden, strict, and refused by name when it comes from the future."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import turnbench
from turnbench.errors import ReplayMismatch, ResultError
from turnbench.replay import verify
from turnbench.result import Result, json_schema, read_result, write_result
from turnbench.runner import run

GOLDEN = Path(__file__).parent / "golden"


def test_committed_schema_is_current() -> None:
    """Regenerate with `turnbench schema > turnbench/result-v1.schema.json`."""
    committed = Path(turnbench.__file__).parent / "result-v1.schema.json"
    assert json.loads(committed.read_text()) == json_schema()


def test_golden_result_is_still_read() -> None:
    """A file of schema version 1 as it was first written; it must be readable for ever."""
    raw = json.loads((GOLDEN / "result-v1.json").read_text())
    result = read_result(GOLDEN / "result-v1.json")
    assert json.loads(result.model_dump_json(exclude_unset=True)) == raw
    assert result.summary.mean_score == 1.0


def test_a_future_schema_is_refused_by_name(tmp_path: Path) -> None:
    raw = json.loads((GOLDEN / "result-v1.json").read_text())
    path = tmp_path / "result.json"
    path.write_text(json.dumps({**raw, "schema_version": 2, "new_field": {}}))
    with pytest.raises(ResultError, match=r"has result schema 2, but this TurnBench reads up to 1: upgrade with pip"):
        read_result(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"is not JSON \(line 1\): give a result\.json\.$"),
        ("[]", r"is not a TurnBench result: its 'kind' is not 'turnbench\.result'\.$"),
        ('{"kind": "turnbench.result", "schema_version": 1}', r"is not a valid result: environment: Field required\.$"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "result.json").write_text(text)
    with pytest.raises(ResultError, match=message):
        read_result(tmp_path)


def test_missing_file() -> None:
    with pytest.raises(ResultError, match=r"^There is no result file 'nowhere\.json': give a result\.json"):
        read_result("nowhere.json")


def test_unknown_fields_are_refused(tmp_path: Path) -> None:
    raw = json.loads((GOLDEN / "result-v1.json").read_text())
    raw["summary"]["bonus"] = 1
    (tmp_path / "result.json").write_text(json.dumps(raw))
    with pytest.raises(ResultError, match=r"summary\.bonus: Extra inputs are not permitted\.$"):
        read_result(tmp_path)


def test_writing_is_atomic(tmp_path: Path) -> None:
    result = read_result(GOLDEN / "result-v1.json")
    write_result(result, tmp_path / "result.json")
    write_result(result, tmp_path / "result.json")
    assert [p.name for p in tmp_path.iterdir()] == ["result.json"]
    with pytest.raises(ResultError, match=r"^Cannot write .*; choose another folder\.$"):
        write_result(result, tmp_path / "no" / "result.json")


def forged(result: Result, **changes: Any) -> Result:
    """`result` with its first episode changed."""
    first = result.episodes[0].model_copy(update=changes)
    return result.model_copy(update={"episodes": [first, *result.episodes[1:]]})


def test_verification_finds_every_forgery() -> None:
    result = run("random", "TurnBench/TwentyQ-Small-v0", episodes=6)
    first = result.episodes[0]
    list(verify(result))
    summary = result.summary.model_copy(update={"mean_score": 1.0})
    forgeries = [
        (forged(result, score=1.0), "claims score 1.0, but its rewards sum to"),
        (forged(result, rewards=[*first.rewards[:-1], 1.0], score=1.0), "became 0.0 when replayed"),
        (forged(result, ending="success"), "ended with 'success', replayed with 'out_of_turns'"),
        (forged(result, ending="limit"), "claims 'limit', but the replayed episode ended with"),
        (forged(result, actions=["blah", *first.actions[1:]]), "the replayed observation differs"),
        (forged(result, seed=99), "has seed 99, not first seed plus index"),
        (forged(result, instance="0" * 16), "claims another instance than its seed gives"),
        (forged(result, options={"target": "dog"}), "was reset with other options than the run"),
        (forged(result, actions=first.actions[:-1]), "but other numbers of rewards or hashes"),
        (result.model_copy(update={"summary": summary}), "The summary is not what the episodes add up to"),
        (result.model_copy(update={"episodes": result.episodes[1:]}), "the result lacks some or has others"),
        (
            result.model_copy(update={"environment": result.environment.model_copy(update={"content_hash": "0"})}),
            "install the TurnBench version",
        ),
        (
            result.model_copy(update={"environment": result.environment.model_copy(update={"salt_hash": "0"})}),
            "was made with a private salt",
        ),
    ]
    for forgery, message in forgeries:
        with pytest.raises(ReplayMismatch) as caught:
            list(verify(forgery))
        assert message in str(caught.value)
