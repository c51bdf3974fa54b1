"""The warm-up: fair shares, and a killed one that ends as one left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tiny_models import world_texts

from turnbench.baselines.checkpoint import read_curve
from turnbench.baselines.lm.chat import Chat
from turnbench.baselines.lm.words import build_word_tokenizer
from turnbench.baselines.warmup import sft
from turnbench.baselines.warmup.lessons import Mix, World
from turnbench.baselines.warmup.sft import Lessons, SftConfig, train_sft
from turnbench.errors import UsageError

PROBE, LAKE, CITIES = "TurnBench/CreditProbe-Short-v0", "TurnBench/FrozenLake-v0", "TurnBench/TwentyQ-Small-v0"
TINY: dict[str, Any] = dict(worlds=(PROBE,), tokens=3000, batch_tokens=600, width=16, layers=1, heads=2, inner=16)


@pytest.fixture(autouse=True)
def few_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vocabulary of a few games is enough here."""
    monkeypatch.setattr(sft, "texts_of", lambda env_id: world_texts(env_id))


def rows(folder: Path) -> list[dict[str, Any]]:
    return [{k: v for k, v in r.items() if k != "seconds"} for r in read_curve(folder / "curve.jsonl")]


def test_worlds_keep_their_shares_of_the_tokens() -> None:
    ids = (PROBE, LAKE, CITIES)
    chat = Chat(build_word_tokenizer([t for i in ids for t in world_texts(i)]))
    worlds = [World(i, chat, Mix()) for i in ids]
    lessons = Lessons(worlds, 0)
    drawn = lessons.batch(120_000)
    assert {i: sum(x.size for x, j in drawn if j == i) for i in ids} == lessons.used
    parts = {w.env_id: lessons.used[w.env_id] / w.env.warm_up for w in worlds}
    assert len({w.env.warm_up for w in worlds}) == 3
    for part in parts.values():
        assert part == pytest.approx(parts[LAKE], rel=0.1)


def test_lesson_number_i_is_fixed_by_the_seed_and_i() -> None:
    chat = Chat(build_word_tokenizer(world_texts(PROBE)))

    def some(seed: int, sizes: list[int]) -> list[Any]:
        lessons = Lessons([World(PROBE, chat, Mix())], seed)
        return [x for size in sizes for x in lessons.batch(size)][:6]

    assert some(0, [4000]) == some(0, [300, 500, 3200])
    assert some(0, [4000]) != some(1, [4000])


def test_a_killed_warm_up_gives_what_one_left_alone_gives(tmp_path: Path) -> None:
    config = SftConfig(**TINY, save_every=2)
    shown: list[dict[str, Any]] = []
    train_sft(config, tmp_path / "alone", shown.append)
    for stop in (3, 1):
        train_sft(config, tmp_path / "killed", stop_after=stop)
    (tmp_path / "killed" / "state.tmp").write_bytes(b"half")
    train_sft(config, tmp_path / "killed")
    curve = rows(tmp_path / "alone")
    assert curve == rows(tmp_path / "killed")
    assert [r["step"] for r in curve] == list(range(1, len(curve) + 1))
    assert len(curve) >= 4
    assert curve[-1]["tokens"] >= 3000 > curve[-2]["tokens"]
    assert len(shown) == len(curve)
    one, two = (load_file(tmp_path / f / "policy" / "model.safetensors") for f in ("alone", "killed"))
    assert all(torch.equal(one[n], two[n]) for n in one)


def test_it_learns(tmp_path: Path) -> None:
    config = SftConfig(**{**TINY, "tokens": 16_000, "width": 32, "inner": 32}, learning_rate=2e-2)
    train_sft(config, tmp_path / "run")
    curve = rows(tmp_path / "run")
    assert curve[-1]["loss"]["reply"] < 0.3 * curve[0]["loss"]["reply"]


def test_another_warm_up_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    train_sft(SftConfig(**TINY), tmp_path / "run", stop_after=1)
    with pytest.raises(UsageError) as caught:
        train_sft(SftConfig(**TINY, seed=1), tmp_path / "run")
    assert str(caught.value) == (
        f"{tmp_path / 'run'} holds a run that differs in config.seed (0, not 1): choose another --out, or delete the folder."
    )


def test_a_warm_up_goes_on_from_a_model_that_is_there(tmp_path: Path) -> None:
    train_sft(SftConfig(**TINY), tmp_path / "first")
    base = tmp_path / "first" / "policy"
    policy = train_sft(SftConfig(**TINY, base=str(base)), tmp_path / "second")
    assert rows(tmp_path / "second")[0]["loss"]["reply"] < rows(tmp_path / "first")[0]["loss"]["reply"]
    assert len(policy.tokenizer) == len(build_word_tokenizer(world_texts(PROBE)))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tokens": 0}, "A warm-up needs a budget and a batch of at least one token."),
        ({"batch_tokens": 0}, "A warm-up needs a budget and a batch of at least one token."),
        ({"width": 30, "heads": 4}, "A width of 30 does not go into 4 heads of even size."),
        ({"width": 12, "heads": 4}, "A width of 12 does not go into 4 heads of even size."),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, int], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        SftConfig(**settings)
    assert str(caught.value) == message
