"""Every registered environment keeps the contract; a new one is checked without being named here."""

from __future__ import annotations

import subprocess
import sys

import pytest

from turnbench.check import check_env
from turnbench.registry import env_class, env_ids
from turnbench.runner import run

# What the repository itself ships: tests of the harness register worlds of their own.
IDS = [i for i in env_ids() if env_class(i).__module__.startswith("turnbench.envs")]


def test_there_are_environments() -> None:
    assert "TurnBench/TwentyQ-v0" in IDS
    assert "TurnBench/GuessMyCity-v0" in IDS


@pytest.mark.parametrize("env_id", IDS)
def test_contract(env_id: str) -> None:
    check_env(env_id)


@pytest.mark.parametrize("env_id", IDS)
def test_the_reference_player_beats_the_random_one(env_id: str) -> None:
    for episodes in (40, 400):  # a world of mere chances (reference 3/4, random 1/2) takes more of them
        reference = run("reference", env_id, episodes=episodes)
        random = run("random", env_id, episodes=episodes)
        assert reference.summary.failed == random.summary.failed == {}
        if reference.summary.interval.low > random.summary.interval.high:
            return
    raise AssertionError(f"{reference.summary.interval} does not lie above {random.summary.interval}")


def test_the_same_on_another_hash_seed() -> None:
    """Python orders sets of strings differently in every process; no observation may depend on it."""
    code = (
        "from turnbench.runner import run; import sys\n"
        "for agent in ('careless', 'random'):\n"
        "    r = run(agent, 'TurnBench/TwentyQ-v0', episodes=30)\n"
        "    print([e.observation_hashes for e in r.episodes])\n"
        "from turnbench.envs.twentyq.language.understanding import understanding_of\n"
        "from turnbench.envs.twentyq.knowledge import load_world\n"
        "u = understanding_of('things')\n"
        "words = [' '.join(p.split()[::-1]) for _, p in load_world('things').phrases[::7]]\n"
        "print([(u.read(w).meaning, u.read(w).reason) for w in words])\n"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(texts) == 1
