"""Every `make_vec` mode returns the true text; no mode of ours adds a turn that nobody played."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from turnbench.errors import EpisodeOver, UsageError
from turnbench.registry import make_env
from turnbench.spaces import TextSpace
from turnbench.vector import BatchEnv

ENV = "TurnBench/TwentyQ-Small-v0"
QUESTIONS = ["Is it an animal?", "Is it bigger than a car?", "blah blah", "Is it a dog?", "Does it fly?"]

MODES: dict[str, dict[str, Any]] = {
    "default": {},
    "sync": {"vectorization_mode": "sync"},
    "sync same-step": {"vectorization_mode": "sync", "vector_kwargs": {"autoreset_mode": AutoresetMode.SAME_STEP}},
    "async shared memory": {"vectorization_mode": "async"},
    "async shared memory, no copies": {"vectorization_mode": "async", "vector_kwargs": {"copy": False}},
    "async pipes": {"vectorization_mode": "async", "vector_kwargs": {"shared_memory": False}},
}


def single_texts(seed: int) -> Iterator[str]:
    env = make_env(ENV)
    observation, _ = env.reset(seed=seed)
    yield observation
    for question in QUESTIONS:
        observation, _, terminated, _, _ = env.step(question)
        yield observation
        if terminated:
            return


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_returns_the_true_text(mode: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork in a threaded test process
        env = gymnasium.make_vec(ENV, num_envs=3, **MODES[mode])
        try:
            texts, _ = env.reset(seed=11)
            rows = [list(texts)]
            for question in QUESTIONS:
                texts, *_ = env.step(tuple([question] * 3))
                rows.append(list(texts))
        finally:
            env.close()
    for i in range(3):
        expected = list(single_texts(11 + i))
        assert [row[i] for row in rows][: len(expected)] == expected


def test_same_step_adds_no_turn() -> None:
    env = gymnasium.make_vec(ENV, num_envs=2, budget=2)
    env.reset(seed=0)
    env.step(["Is it alive?"] * 2)
    texts, _, done, truncated, infos = env.step(["Is it red?"] * 2)
    assert done.all()
    assert not truncated.any()
    assert all("That was your last question" in text for text in infos["final_obs"])
    assert all(text.endswith("What is your first question?") for text in texts)
    assert list(infos["final_info"]["ending"]) == ["out_of_turns"] * 2
    texts, _, done, _, _ = env.step(["Is it alive?"] * 2)
    assert not done.any()
    assert all(text.endswith("1 question left.") for text in texts)


def test_disabled_autoreset_resets_by_mask() -> None:
    env = BatchEnv(ENV, 2, autoreset_mode="Disabled", budget=1)
    env.reset(seed=0)
    _, _, done, _, _ = env.step(["Is it red?"] * 2)
    assert done.all()
    with pytest.raises(EpisodeOver):
        env.step(["Is it red?"] * 2)
    env.reset(seed=[5, None], options={"reset_mask": np.array([True, True])})
    _, _, done, _, _ = env.step(["Is it red?"] * 2)
    assert done.all()


def test_refusals() -> None:
    with pytest.raises(UsageError, match=r"^NEXT_STEP would add a turn nobody played: use SAME_STEP or DISABLED\.$"):
        BatchEnv(ENV, 2, autoreset_mode="NextStep")
    with pytest.raises(UsageError, match=r"^A batch needs at least one environment, not 0\.$"):
        BatchEnv(ENV, 0)
    env = BatchEnv(ENV, 2)
    with pytest.raises(UsageError, match=r"^3 seeds for 2 environments: give one each, or one integer\.$"):
        env.reset(seed=[1, 2, 3])
    env.reset(seed=0)
    with pytest.raises(UsageError, match=r"^1 actions for 2 environments: give one each\.$"):
        env.step(["x"])


def test_text_space() -> None:
    space = TextSpace(10, seed=1)
    assert space.contains("")
    assert space.contains("\U0001f600 é \n")
    assert not space.contains("x" * 11)
    assert not space.contains(3)
    assert all(space.contains(space.sample()) for _ in range(100))
    assert TextSpace(10) == TextSpace(10) != TextSpace(None)
    assert repr(TextSpace(None)) == "TextSpace()"
    with pytest.raises(ValueError, match="takes no mask"):
        space.sample(mask="x")
