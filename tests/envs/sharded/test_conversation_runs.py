"""Runs of the toy task: what agents see, repeats, players, the contract, and arguments that are refused."""

from __future__ import annotations

from typing import Any

import pytest
import toy_task

from turnbench import History
from turnbench.check import check_env
from turnbench.errors import UsageError
from turnbench.registry import make_env
from turnbench.replay import verify
from turnbench.runner import run

toy_task.register()
ENV = "TurnBench/Marbles-v0"
SINGLE = ("full", "concat", "shuffle-concat")
CONVERSATIONS = ("sharded", "recap", "snowball", "user-turns-only")


def test_an_agent_of_user_turns_only_sees_none_of_its_own_replies() -> None:
    seen: list[tuple[str, str]] = []

    def agent(history: History) -> str:
        assert history.turns == []
        seen.append(history.opening)
        return "That makes 7."

    record = run(agent, ENV, episodes=1, arguments={"reveal": "user-turns-only"}).episodes[0]
    assert len(seen) == record.turns > 2
    assert {system for system, _ in seen} == {"You count marbles. Answer with a number."}
    for (_, earlier), (_, later) in zip(seen, seen[1:], strict=False):
        assert later.startswith(f"{earlier}\n")
        assert "That makes 7." not in later


def test_repeats_play_every_instance_again_and_can_be_verified() -> None:
    result = run("noisy", ENV, episodes=12, repeats=3)
    instances = [episode.instance for episode in result.episodes]
    assert all(len(set(instances[k : k + 3])) == 1 for k in range(0, 12, 3))
    assert len(set(instances)) == 4
    assert [episode.options for episode in result.episodes] == [{"instance": k // 3} for k in range(12)]
    assert len(list(verify(result))) == 12
    for episode in result.episodes:
        assert episode.notes is not None
        assert len(episode.notes["classes"]) == episode.turns
        assert episode.notes["groups"] == episode.notes["shards"]


@pytest.mark.parametrize(
    ("player", "lossless", "lossy"),
    [
        ("reference", (*SINGLE, *CONVERSATIONS), ()),
        ("hasty", SINGLE, ("sharded", "recap", "snowball")),
        ("forgetful", (*SINGLE, "recap", "snowball", "user-turns-only"), ("sharded",)),
        ("random", (), (*SINGLE, *CONVERSATIONS)),
    ],
)
def test_players_lose_where_they_should(player: str, lossless: tuple[str, ...], lossy: tuple[str, ...]) -> None:
    for reveal in (*lossless, *lossy):
        result = run(player, ENV, episodes=30, arguments={"reveal": reveal, "difficulty": "hard"})
        assert not result.summary.failed
        if reveal in lossless:
            assert result.summary.mean_score == 1.0, reveal
        else:
            assert result.summary.mean_score < 0.1, reveal


def test_the_noisy_player_is_as_good_in_every_setting() -> None:
    for reveal in ("full", "sharded", "recap"):
        score = run("noisy", ENV, episodes=150, arguments={"reveal": reveal}).summary.mean_score
        assert 0.6 < score < 0.8


@pytest.mark.parametrize(
    ("env", "reveal"),
    [("Marbles", "sharded"), ("Marbles", "user-turns-only"), ("GradedMarbles", "recap"), ("OrderedMarbles", "snowball"), ("FinalMarbles", "full")],
)  # fmt: skip
def test_contract(env: str, reveal: str) -> None:
    check_env(lambda **arguments: make_env(f"TurnBench/{env}-v0", reveal=reveal, **arguments))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"reveal": "shard"}, "reveal is one of full, concat, shuffle-concat, sharded, recap, snowball, user-turns-only, not 'shard'. Did you mean 'sharded'?"),
        ({"difficulty": "easy"}, "difficulty is one of small, medium, hard, not 'easy'."),
        ({"merge": 13}, "merge is from 0 (no merging) to 12, patience from 0 to 20."),
        ({"patience": -1}, "merge is from 0 (no merging) to 12, patience from 0 to 20."),
        ({"scoring": "mean"}, "scoring is max (the paper's) or last (the released code's), not 'mean'."),
        ({"server_url": "http://x/v1"}, "server_url is where the models are: name them with user and classifier."),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        make_env(ENV, **arguments)
    assert str(caught.value) == message


def test_a_task_without_generator_wants_a_file() -> None:
    with pytest.raises(UsageError, match="PublishedEnv has no generator: give the published file as data=PATH"):
        make_env("TurnBench/PublishedMarbles-v0")
