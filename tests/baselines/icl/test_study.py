"""In-context studies: read strictly, resumable, and reported from what was measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from turnbench.baselines.checkpoint import read_curve
from turnbench.baselines.icl.figures import draw_all
from turnbench.baselines.icl.plan import read_icl_plan
from turnbench.baselines.icl.report import derived, read_scores, tables
from turnbench.baselines.icl.study import run_icl_study
from turnbench.errors import UsageError

STUDY = """
name = "tiny"
[train]
steps = 2
batch = 2
width = 8
layers = 1
heads = 2
inner = 8
evaluate_every = 0
worlds = ["LeverCorridor-v0"]
[[models]]
name = "named/whole"
seeds = 2
tests = ["named"]
arguments = {length = 2, levers = 2}
[[models]]
name = "named/none"
seeds = 1
tests = ["named"]
arguments = {length = 2, levers = 2, context = "none"}
[tests.named]
world = "LeverCorridor-v0"
episodes = 8
arguments = {length = 2, levers = 2}
[tests.named.cells]
none = {context = "none"}
single = {context = "isolated", steps = 1}
shuffled = {context = "shuffled"}
wrong = {burst = 0.0}
whole = {}
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "results" / "study.toml"
    path.parent.mkdir()
    path.write_text(STUDY)
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("steps = 2", "step = 2"), "[train] has no part 'step'"),
        (('name = "tiny"', 'nam = "tiny"'), "A study has no part 'nam'"),
        (("seeds = 2", "seed = 2"), "The model 'named/whole' "),
        (
            ('tests = ["named"]', 'tests = ["name"]'),
            "there is no group of tests 'name'; there is: named. Did you mean 'named'?",
        ),
        (("[train]", "[train"), "study.toml is not TOML"),
    ],
)
def test_a_study_that_says_something_unknown_is_refused(study: Path, change: tuple[str, str], message: str) -> None:
    study.write_text(STUDY.replace(*change, 1))
    with pytest.raises(UsageError) as refused:
        read_icl_plan(study)
    assert message in str(refused.value)


def test_first_seeds_come_first(study: Path) -> None:
    assert [tuple(j) for j in read_icl_plan(study).jobs()] == [
        ("named/whole", 0),
        ("named/none", 0),
        ("named/whole", 1),
    ]


def test_a_study_runs_once_and_is_reported(study: Path) -> None:
    said: list[str] = []
    assert run_icl_study(study, 1, 0.0, said.append)
    lines = read_curve(study.parent / "runs.jsonl")
    assert [(x["model"], x["seed"]) for x in lines] == [("named/whole", 0), ("named/none", 0), ("named/whole", 1)]
    assert len(read_curve(study.parent / "players.jsonl")) == 4 * 5
    again: list[str] = []
    assert run_icl_study(study, 1, 0.0, again.append)
    assert again == []  # nothing is left to do
    scores = read_scores(study)
    card = derived(scores, "named/whole", "named")
    whole, none = (scores.normalised("named/whole", "named", c) for c in ("whole", "none"))
    assert card["in-context gain"].values == pytest.approx(list(whole - none))
    assert scores.player("reference", "named", "whole") == 1.0
    assert scores.player("random", "named", "whole") == 0.0
    text = tables(scores)
    assert "| named/whole | " in text
    assert "(one seed)" in text
    assert {p.name for p in draw_all(scores, study.parent)} >= {"learning.svg"}
    study.write_text(STUDY.replace("steps = 2", "steps = 3"))
    with pytest.raises(UsageError, match="with other settings than the study's"):
        run_icl_study(study, 1)
