"""Another model answers: unranked, recorded, and no way to be talked into a win."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from mock_chat_server import Body, MockChatServer, completion, running

from turnbench.episode import History
from turnbench.errors import RunStopped, UsageError
from turnbench.registry import make_env
from turnbench.replay import verify
from turnbench.runner import run

ENV = "TurnBench/TwentyQ-Small-v0"


def says(word: str) -> MockChatServer:
    return MockChatServer(lambda body: completion(word, body))


def test_the_model_is_asked_about_the_hidden_thing() -> None:
    with running(says("Sometimes, it depends.")) as server:
        env = make_env(ENV, answerer="m", answerer_url=server.url)
        env.reset(seed=0, options={"target": "dog"})
        observation, *_ = env.step("Would it enjoy a day at the opera, do you think?")
        assert observation == "Sometimes. 19 questions left."
        system, user = server.requests[0]["messages"]
        assert "The hidden thing is: dog." in system["content"]
        assert user["content"] == "Would it enjoy a day at the opera, do you think?"
        assert not env.ranked
        assert pickle.loads(pickle.dumps(env)).get_state() == env.get_state()


@pytest.mark.parametrize(
    ("word", "begins"),
    [("Yes", "Yes."), ("no.", "No."), ("**Yes**", "Yes."), ("Unclear", "Please rephrase:"), ("", "Please rephrase:"), ("Yesterday", "Please rephrase:")],
)  # fmt: skip
def test_its_word_becomes_an_answer_or_a_request_to_rephrase(word: str, begins: str) -> None:
    with running(says(word)) as server:
        env = make_env(ENV, answerer="m", answerer_url=server.url)
        env.reset(seed=0)
        assert env.step("Is it alive?")[0].startswith(begins)


def test_guesses_are_compared_by_name_whatever_the_model_says() -> None:
    with running(says("Yes")) as server:
        env = make_env(ENV, answerer="m", answerer_url=server.url)
        env.reset(seed=0, options={"target": "dog"})
        assert env.step("Is it a cat?")[0].startswith("No.")
        _, reward, over, _, _ = env.step("Is it a dog?")
        assert (reward, over) == (1.0, True)
        assert not server.requests


def test_a_run_of_it_records_what_was_said_and_asks_concurrently() -> None:
    def answer(body: Body) -> dict[str, Any]:
        return completion("Yes", body)

    with running(MockChatServer(answer, latency_s=0.02)) as server:

        async def asks(history: object) -> str:
            return "Is it alive?"

        result = run(
            asks, ENV, episodes=8, batch_size=8, arguments={"answerer": "m", "answerer_url": server.url, "budget": 3}
        )
        assert server.most_at_once > 1
    assert not result.environment.ranked
    assert result.episodes[0].observations is not None
    assert result.episodes[0].observations[1] == "Yes. 2 questions left."
    with pytest.raises(UsageError, match="asks a model for its answers and cannot be replayed"):
        list(verify(result))


@pytest.mark.parametrize("player", ["reference", "careless", "novice"])
def test_players_stand_answers_that_contradict_the_table(player: str) -> None:
    with running(says("Yes")) as server:
        result = run(player, ENV, episodes=3, arguments={"answerer": "m", "answerer_url": server.url})
    assert not result.summary.failed


def test_what_the_answerer_used_is_recorded_over_all_sessions(tmp_path: Path) -> None:
    stop = True

    async def asks(history: History) -> str:
        if stop and history.episode == "3":
            raise RunStopped("enough for today")
        return "Is it alive?"

    settings: dict[str, Any] = {"episodes": 6, "batch_size": 1, "out": tmp_path / "r", "name": "asks"}
    with running(says("Yes")) as server:
        settings["arguments"] = {"answerer": "m", "answerer_url": server.url, "budget": 3}
        with pytest.raises(RunStopped, match="enough for today"):
            run(asks, ENV, **settings)
        stop = False
        result = run(asks, ENV, **settings)
        assert result.environment_usage is not None
        assert result.environment_usage.requests == len(server.requests) == 18
        assert result.usage is None


def test_an_answerer_that_never_answers_stops_the_run() -> None:
    with (
        running(says("As a language model I cannot say.")) as server,
        pytest.raises(RunStopped, match=r"'m' said neither yes, no nor sometimes 64 times in a row .*: choose another"),
    ):
        run("careless", ENV, episodes=8, arguments={"answerer": "m", "answerer_url": server.url})


def test_without_an_answerer_nothing_changes() -> None:
    assert make_env(ENV).arguments.keys() == make_env(ENV).arguments.keys() - {"answerer", "answerer_url"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"answerer_url": "http://x/v1"}, "answerer_url is where the answerer is: name its model with answerer."),
        ({"answerer": "m", "answerer_url": "x"}, "A base URL begins with http:// or https://"),
        ({"answerer": "m", "flip": 0.1}, "An answerer of another kind is unreliable enough: leave out flip."),
    ],
)
def test_wrong_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        make_env(ENV, **arguments)
    assert message in str(caught.value)
