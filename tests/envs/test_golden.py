"""Golden transcripts: byte for byte what an environment says, for its reference player and a careless one.

A change that a transcript can see needs a new version of the environment. Regenerate on purpose with
`python tests/envs/test_golden.py`, and say in the change why.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from turnbench.registry import env_class, env_ids, make_env
from turnbench.replay import replay_episode
from turnbench.runner import run

FOLDER = Path(__file__).parent / "golden"
IDS = [i for i in env_ids() if env_class(i).__module__.startswith("turnbench.envs")]
PLAYERS = ("reference", "random")


def transcript(env_id: str) -> str:
    parts = []
    for player in PLAYERS:
        record = run(player, env_id, episodes=1, split="test").episodes[0]
        opening, turns = replay_episode(make_env(env_id, split="test"), record)
        lines = [f"# {env_id}, seed 0, split test, {player} player", opening, ""]
        for turn in turns:
            lines += [f"> {turn.action}", turn.observation]
        parts.append("\n".join([*lines, f"# {record.ending}, score {record.score:g}", ""]))
    return "\n".join(parts)


def path_of(env_id: str) -> Path:
    return FOLDER / f"{env_id.removeprefix('TurnBench/')}.txt"


@pytest.mark.parametrize("env_id", IDS)
def test_golden(env_id: str) -> None:
    assert transcript(env_id) == path_of(env_id).read_text(encoding="utf-8")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in IDS:
        path_of(each).write_text(transcript(each), encoding="utf-8")
        print(path_of(each))
