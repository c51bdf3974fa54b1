"""`turnbench train` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny_models import word_policy
from typer.testing import CliRunner

from turnbench.baselines.command import train_from_options
from turnbench.cli import app
from turnbench.cli.training_display import training_display
from turnbench.errors import UsageError

SMALL = ["--set", "groups=2", "--set", "group_size=2", "--set", "evaluate_episodes=2", "--set", "max_new_tokens=2"]


def test_train_and_play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    word_policy().save(tmp_path / "model")
    options = ["--method", "grpo", "--env", "CreditProbe-Short-v0", "--base", "model", "--updates", "2", *SMALL]
    done = CliRunner().invoke(app, ["train", *options, "--out", "run", "--json", "--threads", "1"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert Path(said["policy"], "config.json").exists()
    assert len(Path(said["curve"]).read_text().splitlines()) == 2
    played = CliRunner().invoke(
        app, ["run", "--agent", "baseline:run", "--env", "CreditProbe-Short-v0", "--episodes", "3", "--json"]
    )
    assert played.exit_code == 0, played.output


def test_warm_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    options = ["--set", "tokens=400", "--set", "width=32", "--set", "layers=1", "--set", "heads=2", "--set", "inner=32"]
    done = CliRunner().invoke(
        app, ["train", "--method", "sft", "--env", "CreditProbe-Short-v0", *options, "--out", "run", "--quiet"]
    )
    assert done.exit_code == 0, done.output
    assert (tmp_path / "run" / "policy" / "model.safetensors").exists()


@pytest.mark.parametrize(
    ("method", "env", "options", "message"),
    [
        ("grpo", [], {}, "A credit method trains on one environment: name it once with --env, not 0 times."),
        ("grpo", ["FrozenLake-v0"], {"grups": 3}, "A train run has no setting 'grups'; it has:"),
        ("grpo", ["FrozenLake-v0"], {"groups": 2.5}, "The setting 'groups' is like 16, so 2.5 is no value."),
        ("sft", [], {"tokns": 3}, "A sft run has no setting 'tokns'; it has:"),
        ("grpo", ["FrozenLake-v0"], {"base": "nowhere"}, "There is no checkpoint 'nowhere'; there is:"),
        ("grpo", ["FrozenLake-Blind-v0"], {"context": "state"}, "In FrozenLake-v0 with these arguments the last observation"),
    ],
)  # fmt: skip
def test_wrong_options_are_refused_in_one_sentence(
    tmp_path: Path, method: str, env: list[str], options: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        train_from_options(method, env, tmp_path / "run", options, {}, {}, 0, 1, None)
    assert str(caught.value).startswith(message)
    assert not (tmp_path / "run").exists()


def test_the_display_says_what_matters_when_piped(capsys: pytest.CaptureFixture[str]) -> None:
    row = {
        "update": 5, "reward": 0.5, "success": 0.5, "entropy": 0.1, "kl": 0.0, "clipped": 0.02, "dead_groups": 0.25,
        "processed_tokens": 1000, "seconds": 10.0, "share": 0.5, "held_out": {"score": 0.4, "success": 0.4},
    }  # fmt: skip
    with training_display("grpo on X") as show:
        assert show is not None
        show(row)
        show({**row, "update": 10, "processed_tokens": 3000, "seconds": 20.0, "share": 1.0})
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == (
        "grpo on X: 10 (100%), reward 0.500, success 0.500, held-out score 0.400, held-out success 0.400, entropy 0.100, kl 0.000, clipped 0.020, "
        "dead groups 0.250, tokens/s 200, time left 0:00"
    )
