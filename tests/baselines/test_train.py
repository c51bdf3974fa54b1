"""The loop: every method runs, one seed gives one curve, and a killed run gives the curve of one left alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tiny_models import gpt2_policy, walker

from turnbench.baselines.checkpoint import Curve, claim, load_state, read_curve, save_state
from turnbench.baselines.method import method_names
from turnbench.baselines.sampling import Sampler
from turnbench.baselines.train import TrainConfig, train, training_seeds
from turnbench.errors import UsageError

CLOCKS = ("seconds", "rollout_s", "update_s")


def config(method: str = "grpo", **settings: Any) -> TrainConfig:
    usual: dict[str, Any] = dict(
        env="CreditProbe-Short-v0", arguments={"turns": 2}, updates=2, groups=2, group_size=3, branches=2,
        max_new_tokens=2, evaluate_every=0, evaluate_episodes=4,
    )  # fmt: skip
    return TrainConfig(method=method, **{**usual, **settings})


def rows(folder: Path) -> list[dict[str, Any]]:
    """The curve without its clocks."""
    return [{k: v for k, v in r.items() if k not in CLOCKS} for r in read_curve(folder / "curve.jsonl")]


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "policy" / "model.safetensors")


def assert_same(one: Path, other: Path) -> None:
    assert rows(one) == rows(other)
    first, second = weights(one), weights(other)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[n], second[n]) for n in first)


@pytest.mark.parametrize("method", method_names())
def test_every_method_runs(method: str, tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []
    policy = walker()
    before = policy.weights_hash()
    train(config(method, group_size=6), tmp_path / "run", seen.append, policy)
    assert [r["update"] for r in seen] == [1, 2]
    assert seen == read_curve(tmp_path / "run" / "curve.jsonl")
    for row in seen:
        numbers = [v for v in row.values() if isinstance(v, (int, float))]
        assert np.all(np.isfinite(numbers))
        assert row["processed_tokens"] == row["generated_tokens"] + row["read_tokens"] + row["scored_tokens"]
    assert seen[0]["episodes"] >= 12
    assert seen[1]["processed_tokens"] > seen[0]["processed_tokens"]
    assert "held_out" in seen[1]
    assert "held_out" not in seen[0]
    assert any(r["grad_norm"] > 0 for r in seen)
    assert policy.weights_hash() != before
    assert weights(tmp_path / "run")


@pytest.mark.parametrize("method", ["grpo", "ppo-turn"])
def test_one_seed_one_curve(method: str, tmp_path: Path) -> None:
    for name, seed in (("one", 0), ("two", 0), ("other", 1)):
        train(config(method, seed=seed), tmp_path / name, policy=walker())
    assert_same(tmp_path / "one", tmp_path / "two")
    assert rows(tmp_path / "one") != rows(tmp_path / "other")


@pytest.mark.parametrize(
    ("method", "settings", "save_every", "kills"),
    [
        ("grpo", {}, 1, [2, 1]),
        ("grpo", {}, 3, [1, 4, 1]),
        ("ppo-token", {"minibatches": 2, "epochs": 2}, 2, [1, 3, 1]),
        ("vineppo", {}, 2, [3]),
        ("gigpo", {"resample": 1, "context": "history"}, 2, [3]),
    ],
)
def test_a_killed_run_gives_what_one_left_alone_gives(
    method: str, settings: dict[str, Any], save_every: int, kills: list[int], tmp_path: Path
) -> None:
    what = config(method, updates=5, save_every=save_every, evaluate_every=2, **settings)
    train(what, tmp_path / "alone", policy=walker())
    for stop in kills:
        train(what, tmp_path / "killed", policy=walker(), stop_after=stop)
        assert not (tmp_path / "killed" / "policy").exists()
    # What a kill in the middle of writing leaves behind.
    (tmp_path / "killed" / "state.tmp").write_bytes(b"half")
    (tmp_path / "killed" / "curve.tmp").write_text("half")
    with (tmp_path / "killed" / "curve.jsonl").open("a") as file:
        file.write('{"update": 99, "rew')
    train(what, tmp_path / "killed", policy=walker())
    assert_same(tmp_path / "alone", tmp_path / "killed")
    train(what, tmp_path / "killed", policy=walker())  # finished: nothing is done again
    assert_same(tmp_path / "alone", tmp_path / "killed")


def test_another_run_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    train(config(updates=1), tmp_path / "run", policy=walker())
    with pytest.raises(UsageError) as caught:
        train(config(updates=1, seed=1), tmp_path / "run", policy=walker())
    assert str(caught.value) == (
        f"{tmp_path / 'run'} holds a run that differs in config.seed (0, not 1): choose another --out, or delete the folder."
    )
    other = walker()
    with torch.no_grad():
        other.model.model.norm.weight.mul_(2)
    with pytest.raises(UsageError) as caught:
        train(config(updates=1), tmp_path / "run", policy=other)
    was, now = walker().weights_hash(), other.weights_hash()
    assert str(caught.value) == (
        f"{tmp_path / 'run'} holds a run that differs in base ('{was}', not '{now}'): choose another --out, or delete the "
        "folder."
    )
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("keep me")
    with pytest.raises(UsageError) as caught:
        train(config(), tmp_path / "full", policy=walker())
    assert str(caught.value) == (f"{tmp_path / 'full'} is not empty and holds no training run: choose another --out.")


def test_a_kill_while_the_folder_is_claimed_does_not_lose_the_folder(tmp_path: Path) -> None:
    """run.json is written as run.tmp and renamed; killed between the two, the same command must still work."""
    (tmp_path / "run.tmp").write_text("{")
    claim(tmp_path, {"kind": "train"})
    claim(tmp_path, {"kind": "train"})


def test_a_budget_of_tokens_ends_the_run(tmp_path: Path) -> None:
    train(config(updates=50, budget_tokens=3000, evaluate_every=0), tmp_path / "run", policy=walker())
    curve = rows(tmp_path / "run")
    assert 1 < len(curve) < 50
    assert curve[-1]["processed_tokens"] >= 3000 > curve[-2]["processed_tokens"]
    assert ["held_out" in r for r in curve] == [False] * (len(curve) - 1) + [True]
    train(config(updates=50, budget_tokens=3000, evaluate_every=0), tmp_path / "run", policy=walker())
    assert rows(tmp_path / "run") == curve


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"averaging": "mean"}, "averaging is one of token, turn, episode, constant, not 'mean'."),
        ({"updates": 0}, "updates is 1 or more, not 0."),
        ({"groups": 0}, "groups is 1 or more, not 0."),
        ({"group_size": -1}, "group_size is 1 or more, not -1."),
        ({"branches": 0}, "branches is 1 or more, not 0."),
        ({"max_new_tokens": 0}, "max_new_tokens is 1 or more, not 0."),
        ({"save_every": 0}, "save_every is 1 or more, not 0."),
        ({"evaluate_episodes": 0}, "evaluate_episodes is 1 or more, not 0."),
        ({"learning_rate": 0.0}, "learning_rate is above 0, not 0.0."),
        ({"learning_rate": float("nan")}, "learning_rate is above 0, not nan."),
        ({"critic_learning_rate": -1.0}, "critic_learning_rate is above 0, not -1.0."),
        ({"temperature": 0}, "temperature is above 0, not 0."),
        ({"kl": -0.1}, "kl is 0 or more, not -0.1."),
        ({"entropy": -0.1}, "entropy is 0 or more, not -0.1."),
        ({"resample": -1}, "resample is 0 or more, not -1."),
        ({"budget_tokens": -5}, "budget_tokens is 0 or more, not -5."),
        ({"seed": -5}, "seed is 0 or more, not -5."),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        config(**settings)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (
            config("ms-grpo", context="history"),
            "The method 'ms-grpo' is defined on the context 'state', not 'history'.",
        ),
        (config(context="all"), "The context is 'history' or 'state', not 'all'."),
        (
            config(env="FrozenLake-Blind-v0", arguments={}, context="state"),
            "In FrozenLake-v0 with these arguments the last observation alone is not enough to act: use --set context=history.",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_before_work_starts(
    what: TrainConfig, message: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as caught:
        train(what, tmp_path / "run", policy=walker())
    assert str(caught.value) == message
    assert not (tmp_path / "run").exists()


def test_a_method_with_values_refuses_other_models_and_a_method_without_takes_them(tmp_path: Path) -> None:
    train(config(), tmp_path / "run", policy=gpt2_policy())
    assert len(rows(tmp_path / "run")) == 2
    with pytest.raises(UsageError) as caught:
        train(config("ppo-turn"), tmp_path / "other", policy=gpt2_policy())
    assert (
        str(caught.value)
        == "A critic needs a plain Llama (no grouped queries, no biases): use a method without values for this model."
    )


def test_every_method_and_every_update_has_seeds_of_its_own() -> None:
    seeds = [tuple(training_seeds(run, update, 8)) for run in range(3) for update in range(3)]
    assert len({s for some in seeds for s in some}) == 72
    assert training_seeds(0, 0, 4) == training_seeds(0, 0, 8)[:4]
    assert all(0 <= s < 2**63 for some in seeds for s in some)


PAGE = """
import numpy as np

def credit(group, config):
    return [np.full(m.turns, float(i)) for i, m in enumerate(group.members)]

def wrong(group, config):
    return [np.zeros(m.turns + 1) for m in group.members]

def unknown(group, config):
    return [np.full(m.turns, np.nan) for m in group.members]
"""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "method_of_a_user.py").write_text(PAGE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("method_of_a_user", None)


def test_a_method_of_a_user(page: None, tmp_path: Path) -> None:
    train(config("method_of_a_user:credit"), tmp_path / "run", policy=walker())
    assert all(r["grad_norm"] > 0 for r in rows(tmp_path / "run"))


@pytest.mark.parametrize("name", ["wrong", "unknown"])
def test_a_method_of_a_user_that_is_wrong_is_told_so_and_no_file_stays_open(
    page: None, name: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="return one finite number per span"):
        train(config(f"method_of_a_user:{name}"), tmp_path / "run", policy=walker())
    if Path("/proc/self/fd").exists():
        still = [str(f.readlink()) for f in Path("/proc/self/fd").iterdir() if f.is_symlink()]
        assert str(tmp_path / "run" / "curve.jsonl") not in still


def test_kl_is_measured_from_the_policy_the_run_started_from(tmp_path: Path) -> None:
    """A run resumed after the policy has moved must not take the moved one for its reference."""
    start = walker()
    start.save(tmp_path / "start")
    what = config(kl=0.5, base=str(tmp_path / "start"), updates=4, save_every=1, learning_rate=1e-2)
    train(what, tmp_path / "alone")
    train(what, tmp_path / "killed", stop_after=3)
    train(what, tmp_path / "killed")
    assert_same(tmp_path / "alone", tmp_path / "killed")
    curve = rows(tmp_path / "alone")
    assert curve[0]["kl"] == pytest.approx(0, abs=1e-6)
    assert max(row["kl"] for row in curve) > 1e-3  # it wanders; where it is last depends on how the processor rounds


def test_with_a_policy_of_ones_own_that_policy_is_the_reference(tmp_path: Path) -> None:
    """`policy` stands in for `config.base`, so no base is read."""
    train(config(kl=0.5, updates=1, base="there is no such base"), tmp_path / "run", policy=walker())
    assert rows(tmp_path / "run")[0]["kl"] == pytest.approx(0, abs=1e-6)


def test_dead_groups_give_way_to_others(tmp_path: Path) -> None:
    train(config(groups=4, group_size=2, resample=0, updates=1), tmp_path / "plain", policy=walker())
    train(config(groups=4, group_size=2, resample=6, updates=1), tmp_path / "more", policy=walker())
    (plain,), (more,) = rows(tmp_path / "plain"), rows(tmp_path / "more")
    assert plain["dead_groups"] == more["dead_groups"] > 0
    assert more["episodes"] > plain["episodes"] == 8
    assert more["grad_norm"] != plain["grad_norm"]


def test_half_a_state_is_never_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.pt"
    save_state({"done": 1}, path)

    def dying(state: Any, file: Any) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as m:
        m.setattr(torch, "save", dying)
        with pytest.raises(KeyboardInterrupt):
            save_state({"done": 2}, path)
    assert load_state(path) == {"done": 1}
    save_state({"done": 3}, path)
    assert load_state(path) == {"done": 3}
    assert [p.name for p in tmp_path.iterdir()] == ["state.pt"]


def test_a_curve_goes_on_after_the_rows_the_checkpoint_knows(tmp_path: Path) -> None:
    path = tmp_path / "curve.jsonl"
    curve = Curve(path)
    for i in range(4):
        curve.write({"update": i})
    curve.close()
    path.write_text(path.read_text() + '{"update"')
    again = Curve(path, 2)
    assert again.rows == 2
    again.write({"update": 7})
    again.sync()
    again.close()
    assert [r["update"] for r in read_curve(path)] == [0, 1, 7]
    other = Curve(tmp_path / "x.jsonl")
    with pytest.raises(ValueError, match="not JSON compliant"):
        other.write({"loss": float("nan")})
    other.close()


def test_every_update_draws_its_tokens_afresh_and_from_the_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from turnbench.baselines import train as module

    seeds: list[int] = []

    def noting(generator: torch.Generator, *args: Any, **kwargs: Any) -> Sampler:
        seeds.append(generator.initial_seed())
        return Sampler(generator, *args, **kwargs)

    monkeypatch.setattr(module, "Sampler", noting)
    for run_seed in (0, 1):
        train(config(updates=3, seed=run_seed), tmp_path / str(run_seed), policy=walker())
    assert len(seeds) == len(set(seeds)) == 6
