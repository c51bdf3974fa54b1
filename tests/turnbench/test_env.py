"""Gymnasium's own generator in a `TextEnv`: what its contract says, and made only when somebody asks."""

from __future__ import annotations

import copy
import pickle
import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest
import toy_worlds
from gymnasium.utils import seeding
from gymnasium.utils.env_checker import check_env


def state(generator: np.random.Generator) -> Any:
    return generator.bit_generator.state


def test_gymnasiums_checker_passes() -> None:
    env = gymnasium.make("TurnBench/FrozenLake-v0").unwrapped
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # about text spaces and missing rendering
        check_env(env, skip_render_check=True)


def test_the_generator_is_the_one_gymnasium_would_have_made() -> None:
    env = toy_worlds.Syllable()
    env.reset(seed=7)
    assert env.np_random_seed == 7
    assert state(env.np_random) == state(seeding.np_random(7)[0])
    drawn = env.np_random.random()
    env.reset()  # without a seed the generator goes on
    assert (env.np_random_seed, env.np_random.random()) != (7, drawn)
    env.reset(seed=7)
    assert env.np_random.random() == drawn


def test_nothing_is_made_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    real = seeding.np_random
    monkeypatch.setattr(seeding, "np_random", lambda *seed: made.append(seed) or real(*seed))
    env = toy_worlds.Syllable()
    env.reset(seed=3)
    env.step("ba")
    assert not made
    assert env.np_random is env.np_random
    assert made == [(3,)]


def test_copies_and_a_generator_of_ones_own() -> None:
    env = toy_worlds.Syllable()
    env.reset(seed=5)
    env.np_random.random()
    for twin in (copy.deepcopy(env), pickle.loads(pickle.dumps(env))):
        assert state(twin.np_random) == state(env.np_random)
    env.np_random = np.random.default_rng(1)
    assert env.np_random_seed == -1
    assert state(env.np_random) == state(np.random.default_rng(1))


def test_an_unseeded_environment_begins_anywhere() -> None:
    seeds = {toy_worlds.Syllable().reset()[1]["seed"] for _ in range(3)}
    assert len(seeds) == 3
