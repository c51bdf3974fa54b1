"""Studies: read strictly, resumable, equal footing; and releasing what came out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny_models import word_policy

from turnbench.baselines.icl.train import PLAY, IclConfig, train_icl
from turnbench.baselines.release import release
from turnbench.baselines.study.plan import Job, read_plan
from turnbench.baselines.study.report import figure, seed_interval, table
from turnbench.baselines.study.run import chosen_rates, read_lines, run_job, run_study
from turnbench.baselines.train import TrainConfig, train
from turnbench.errors import UsageError

STUDY = """
name = "tiny"
base = "{base}"
seeds = [0]
methods = ["none", "sft", "grpo", "last-turn"]
test_episodes = 6
imitation_tokens = 600
[tuning]
learning_rate = [1e-3, 3e-3]
seeds = [7]
share = 0.5
[shared]
groups = 2
group_size = 2
updates = 2
evaluate_every = 1
evaluate_episodes = 4
max_new_tokens = 2
[environments."CreditProbe-Short-v0"]
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    word_policy().save(tmp_path / "model")
    path = tmp_path / "results" / "study.toml"
    path.parent.mkdir()
    path.write_text(STUDY.format(base=tmp_path / "model"))
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("name =", "nam ="), "study.toml has a part 'nam' no study has. Did you mean 'name'?"),
        (("groups = 2", "group = 2"), "study.toml: a training run has no setting 'group'. Did you mean 'groups'?"),
        (('"grpo"', '"grop"'), "There is no method 'grop'"),
        (("seeds = [0]", "seeds = []"), "study.toml lacks 'seeds'."),
        (("imitation_tokens = 600", ""), "study.toml compares with 'sft' and lacks imitation_tokens, its budget."),
        (("seeds = [7]", ""), "study.toml tunes between 2 learning rates and lacks the seeds to do it with."),
        (("groups = 2", "seed = 2"), "study.toml: a training run has no setting 'seed'."),
        (("groups = 2", "groups = 0"), "groups is 1 or more, not 0."),
        (("groups = 2", "groups = "), "Cannot read the study"),
    ],
)
def test_a_wrong_study_is_refused_before_it_runs(study: Path, change: tuple[str, str], message: str) -> None:
    study.write_text(study.read_text().replace(*change))
    with pytest.raises(UsageError) as caught:
        read_plan(study)
    assert str(caught.value).startswith(message)


def test_a_study_runs_stops_and_goes_on(study: Path) -> None:
    said: list[str] = []
    assert not run_study(study, workers=1, minutes=1e-9, say=said.append)  # no time: nothing begins
    assert not said
    assert run_study(study, workers=1, say=said.append)
    lines = read_lines(study.parent / "runs.jsonl", read_plan(study))
    assert len(said) == len(lines) == 2 * 2 + 4  # tuning of the two methods, then everything once
    assert len({x["base"] for x in lines}) == 1
    main = [x for x in lines if x["phase"] == "main"]
    assert {x["method"] for x in main} == {"none", "sft", "grpo", "last-turn"}
    # Equal footing: all are tested on the same instances.
    assert len({tuple(x["test"]["instances"]) for x in main}) == 1
    assert all(len(x["test"]["scores"]) == 6 for x in main)
    said.clear()
    assert run_study(study, workers=1, say=said.append)
    assert not said
    plan = read_plan(study)
    assert "| CreditProbe-Short-v0 | grpo |" in table(plan, lines)
    figure(plan, lines, study.parent / "curves.svg")
    assert ">grpo<" in (study.parent / "curves.svg").read_text()


def test_lines_of_other_settings_or_another_base_are_refused(study: Path) -> None:
    assert run_study(study, workers=1, say=lambda text: None)
    text = study.read_text()
    study.write_text(text.replace("group_size = 2", "group_size = 3"))
    with pytest.raises(UsageError, match=r"holds a run of another settings \(tuning/.*put the study's settings back\."):
        run_study(study, workers=1)
    study.write_text(text)
    word_policy(1).save(study.parent.parent / "model")
    with pytest.raises(UsageError, match="holds a run of another base"):
        run_study(study, workers=1)


def test_tuning_takes_the_best_on_validation(study: Path) -> None:
    plan = read_plan(study)
    env = "TurnBench/CreditProbe-Short-v0"
    lines = [
        {"phase": "tuning", "env": env, "method": "grpo", "learning_rate": rate, "validation": score}
        for rate, score in ((1e-3, 0.2), (3e-3, 0.6), (3e-3, 0.0))
    ]
    assert chosen_rates(plan, lines)[env, "grpo"] == 3e-3  # 0.3 on average
    assert chosen_rates(plan, [])[env, "grpo"] == 1e-3


def test_a_job_that_was_killed_is_the_same_as_one_left_alone(study: Path, tmp_path: Path) -> None:
    job = Job("main", "TurnBench/CreditProbe-Short-v0", "grpo", 0, 1e-3)
    whole = run_job(str(study), job, str(tmp_path / "a"))
    config = read_plan(study).config(job)
    train(config, tmp_path / "b", stop_after=1)
    again = run_job(str(study), job, str(tmp_path / "b"))
    assert whole["test"] == again["test"]


def test_interval_over_seeds() -> None:
    """Three seeds: mean 0.5, standard deviation 0.1, t(2) = 4.303."""
    low, high = seed_interval([0.4, 0.5, 0.6])
    assert (low, high) == pytest.approx((0.5 - 4.303 * 0.1 / 3**0.5, 0.5 + 4.303 * 0.1 / 3**0.5))


def test_release(tmp_path: Path) -> None:
    config = TrainConfig(
        method="grpo",
        env="CreditProbe-Short-v0",
        groups=2,
        group_size=2,
        updates=1,
        evaluate_episodes=2,
        max_new_tokens=2,
    )
    with pytest.raises(UsageError, match="holds no finished run"):
        release(tmp_path / "run", "grpo/CreditProbe-Short-v0", tmp_path / "into")
    policy = train(config, tmp_path / "run", policy=word_policy())
    folder = release(tmp_path / "run", "grpo/CreditProbe-Short-v0", tmp_path / "into")
    card = json.loads((folder / "card.json").read_text())
    assert card["weights"] == policy.weights_hash()
    assert card["play"] == {"context": "state", "temperature": 1.0, "max_new_tokens": 2}
    assert card["made_by"]["base"] == word_policy().weights_hash()


def test_release_keeps_how_a_recipe_s_model_plays(tmp_path: Path) -> None:
    config = IclConfig(
        worlds=("LeverCorridor-v0",), arguments={"length": 2, "levers": 2}, steps=1, batch=2, width=8, layers=1, heads=2, inner=8,
        evaluate_every=0,
    )  # fmt: skip
    train_icl(config, tmp_path / "run")
    folder = release(tmp_path / "run", "icl/LeverCorridor-v0", tmp_path / "into")
    assert json.loads((folder / "card.json").read_text())["play"] == PLAY
