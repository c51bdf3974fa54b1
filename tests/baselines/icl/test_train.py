"""In-context training: it learns what a record tells, in a minute and no other way; it goes on where it was killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from turnbench.baselines.checkpoint import read_curve
from turnbench.baselines.icl.measure import measure, model_agent
from turnbench.baselines.icl.train import IclConfig, train_icl
from turnbench.errors import UsageError
from turnbench.runner import run

CORRIDOR = "TurnBench/LeverCorridor-v0"
SMALL = IclConfig(worlds=(CORRIDOR,), arguments={"length": 2, "levers": 2}, steps=6, batch=8, width=16, layers=1, heads=2,
                  inner=16, evaluate_every=3, episodes=8, save_every=2)  # fmt: skip


def numbers(folder: Path) -> list[dict[str, object]]:
    return [{k: v for k, v in row.items() if k != "seconds"} for row in read_curve(folder / "curve.jsonl")]


def test_a_killed_run_goes_on_with_the_same_numbers(tmp_path: Path) -> None:
    whole = train_icl(SMALL, tmp_path / "whole")
    train_icl(SMALL, tmp_path / "cut", stop_after=3)  # one step after a checkpoint
    resumed = train_icl(SMALL, tmp_path / "cut")
    assert resumed.weights_hash() == whole.weights_hash()
    assert numbers(tmp_path / "cut") == numbers(tmp_path / "whole")
    assert [row["step"] for row in numbers(tmp_path / "whole") if "held_out" in row] == [3, 6]


def test_the_finished_model_plays_as_a_baseline(tmp_path: Path) -> None:
    train_icl(SMALL, tmp_path / "run")
    result = run(
        f"baseline:{tmp_path / 'run'}", CORRIDOR, episodes=4,
        arguments={"length": 2, "levers": 2, "wording": "compact"},
    )  # fmt: skip
    assert result.summary.failed == {}
    assert result.agent.details["temperature"] == 0.0


def test_the_lookup_task_is_learned_in_context(tmp_path: Path) -> None:
    """From a record alone, on tables never seen: far above what is possible without one."""
    arguments = {"symbols": 4, "buttons": 4, "turns": 4, "demonstrations": 2, "vocabulary": "fixed"}
    config = IclConfig(
        worlds=("TurnBench/VendingPanel-v0",),
        arguments=arguments,
        steps=220,
        batch=48,
        learning_rate=4e-3,
        evaluate_every=0,
    )
    agent = model_agent(train_icl(config, tmp_path))
    compact = {**arguments, "wording": "compact"}
    shown = measure(agent, "TurnBench/VendingPanel-v0", compact, 200)
    wrong = measure(agent, "TurnBench/VendingPanel-v0", {**compact, "burst": 0.0}, 200)
    assert shown.score > 0.9
    assert wrong.score < 0.4
    assert wrong.harmful_view > 0.9  # it copies what it was shown, right or wrong


def test_bad_settings_are_refused_before_work_starts(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^In-context training needs a world: name one or more with --env\.$"):
        train_icl(IclConfig(), tmp_path)
    with pytest.raises(UsageError, match=r"^A width of 10 does not go into 4 heads of even size\.$"):
        IclConfig(width=10)
    with pytest.raises(UsageError, match=r"^noise is a share of actions from 0 to 1, not 2\.$"):
        IclConfig(noise=2)
