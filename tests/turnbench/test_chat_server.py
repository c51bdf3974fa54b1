"""A model behind a server as an agent: what it is sent, what is recorded, and that nothing is lost or paid twice."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from mock_chat_server import FAULTS, Body, MockChatServer, by_rule, completion, running

from turnbench.cli.run_command import noted_replies, used
from turnbench.episode import History, Opening, Reply, Turn
from turnbench.errors import JournalError, RunStopped, UsageError
from turnbench.estimate import estimate
from turnbench.journal import read_journal
from turnbench.replay import verify
from turnbench.result import Result
from turnbench.runner import run

ENV = "TurnBench/TwentyQ-Small-v0"


def played(server: MockChatServer, out: Path | None = None, **settings: Any) -> Result:
    options: dict[str, Any] = {"base_url": server.url, "request_s": 0.3, "backoff_s": 0.001, "tries": 20}
    options |= settings.pop("agent_options", {})
    usual: dict[str, Any] = dict(episodes=12, batch_size=5, arguments={"budget": 4})
    return run("openai:m", ENV, out=out, agent_options=options, **{**usual, **settings})


def outcome(result: Result) -> Any:
    meta = [
        [{k: v for k, v in m.items() if k not in ("latency_s", "tries")} for m in e.reply_meta or []]
        for e in result.episodes
    ]
    return (
        [(e.index, e.actions, e.rewards, e.observation_hashes, e.ending) for e in result.episodes],
        meta,
        result.summary,
    )


def test_the_messages_sent_are_the_conversation() -> None:
    with running(MockChatServer()) as server:
        result = played(server, episodes=1, agent_options={"temperature": 0.0, "send_seed": True, "max_tokens": 9})
    record = result.episodes[0]
    assert len(server.requests) == record.turns
    first, last = server.requests[0], server.requests[-1]
    assert [m["role"] for m in first["messages"]] == ["system", "user"]
    assert "Twenty Questions" in first["messages"][0]["content"]
    assert [m["role"] for m in last["messages"]] == ["system", "user", *["assistant", "user"] * (record.turns - 1)]
    assert [m["content"] for m in last["messages"][2::2]] == record.actions[:-1]
    assert last["messages"][: len(first["messages"])] == first["messages"]
    assert (last["model"], last["temperature"], last["max_tokens"]) == ("m", 0.0, 9)
    seeds = [r["seed"] for r in server.requests]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= s < 2**30 for s in seeds)


def test_a_system_prompt_of_ones_own_and_none_at_all() -> None:
    with running(MockChatServer()) as server:
        played(server, episodes=1, agent_options={"system_prompt": "Be brief."})
        own = server.requests[0]["messages"]
        server.requests.clear()
        played(server, episodes=1, agent_options={"system_prompt": ""})
    assert own[0] == {"role": "system", "content": "Be brief."}
    assert [m["role"] for m in server.requests[0]["messages"]] == ["user"]


def test_concurrency_is_what_was_asked_for_and_changes_nothing() -> None:
    with running(MockChatServer(latency_s=0.01)) as server:
        wide = played(server, batch_size=9)
        assert server.most_at_once == 9
        server.most_at_once = 0
        narrow = played(server, batch_size=2)
        assert server.most_at_once == 2
    assert outcome(wide) == outcome(narrow)


def test_faults_change_nothing_but_the_tries(tmp_path: Path) -> None:
    with running(MockChatServer()) as server:
        calm = played(server, episodes=40)
    with running(MockChatServer(faults=dict.fromkeys(FAULTS, 0.02))) as server:
        stormy = played(server, tmp_path / "run", episodes=40, batch_size=16)
    assert outcome(stormy) == outcome(calm)
    assert stormy.usage is not None
    assert stormy.usage.retries == sum(n for fault, n in server.seen.items() if fault != "answered") > 0
    assert stormy.usage.requests == server.seen["answered"] == sum(e.turns for e in stormy.episodes)
    assert not stormy.summary.failed
    assert len(list(verify(stormy))) == 40  # which needs no server
    assert stormy.agent.details["base_url"] == server.url


@pytest.mark.filterwarnings("ignore::turnbench.errors.EveryEpisodeFailed")
def test_episodes_that_cannot_be_played_are_recorded_and_the_rest_go_on() -> None:
    def answer(body: Body) -> dict[str, Any]:
        if len(body["messages"]) > 4 and "car" in body["messages"][2]["content"]:  # whoever asked that first
            return {"status": 400, "error": {"message": "too long"}}
        return by_rule(body)

    with running(MockChatServer(answer)) as server:
        # The first question follows from the system prompt, so different ones need different prompts.
        results = [played(server, episodes=3, agent_options={"system_prompt": f"Player {i}"}) for i in range(8)]
    records = [e for r in results for e in r.episodes]
    assert len(records) == 24
    failed = [e for e in records if e.failure]
    assert 0 < len(failed) < 24
    for e in failed:
        assert e.failure is not None
        assert e.actions[0] == "Is it bigger than a car?"
        assert (e.failure.boundary, e.failure.kind, e.failure.turn) == ("agent", "RequestFailed", 2)
        assert e.failure.message.endswith("HTTP 400: too long")


def test_reasoning_cuts_refusals_and_empty_replies_are_recorded() -> None:
    kinds = [
        ("<think>an animal?</think>Is it alive?", "stop", {}),
        ("Is it", "length", {}),
        ("", "stop", {}),
        ("", "stop", {"refusal": "I cannot play"}),
    ]

    def answer(body: Body) -> dict[str, Any]:
        text, finish, more = kinds[min(len(body["messages"]) // 2 - 1, 3)]
        made = completion(text, body, finish, **more)
        made["usage"]["completion_tokens_details"] = {"reasoning_tokens": 3}
        return made

    with running(MockChatServer(answer)) as server:
        result = played(server, episodes=2)
    record = result.episodes[0]
    assert record.reply_meta is not None
    assert record.actions[0] == "Is it alive?"
    assert record.reply_meta[0]["reasoning"] == "an animal?"
    assert record.reply_meta[1]["cut"]
    assert record.reply_meta[2]["empty"]
    assert record.reply_meta[3]["refused"]
    assert server.requests[-1]["messages"][2] == {
        "role": "assistant",
        "content": "Is it alive?",
    }  # the thought stays here
    replies = result.summary.replies
    assert set(replies) == {"cut", "empty", "refused"}
    assert result.usage is not None
    assert result.usage.reasoning_tokens == 3 * result.usage.requests
    assert "replies were cut by the length limit" in noted_replies(replies)
    assert "of them reasoning" in used(result.usage)
    assert (result.usage.reasoned, result.usage.reasoning_characters) == (2, 2 * len("an animal?"))
    assert f"{result.usage.reasoned:,} replies reasoned first" in used(result.usage)


def test_a_hostile_server_breaks_nothing() -> None:
    def answer(body: Body) -> dict[str, Any]:
        return completion("\ud800 \x00" + "Is it alive?" * 2000, body, reasoning_content="\udfff")

    with running(MockChatServer(answer)) as server:
        result = played(server, episodes=2)
    assert result.episodes[0].actions[0].startswith("\ufffd \x00")
    assert not result.summary.failed


def test_a_stopped_run_goes_on_with_more_and_pays_nothing_twice(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with running(MockChatServer()) as server:
        whole = played(server)
        server.requests.clear()
        with pytest.raises(
            RunStopped,
            match=r"tokens (is reached|would be passed by another episode) .* higher --max-tokens-total to go on",
        ):
            played(server, out, limits={"max_tokens_total": 4500})
        kept = read_journal(out)
        assert 0 < len(kept) < 12
        assert not (out / "result.json").exists()
        first = len(server.requests)
        used_tokens = json.loads((out / "sessions.json").read_text())["agent"]["meter"]["prompt_tokens"]
        assert used_tokens < 4500 * 1.3
        result = played(server, out, limits={"max_tokens_total": 10**6})
        again = len(server.requests) - first
    assert outcome(result) == outcome(whole)
    assert again == sum(e.turns for e in result.episodes) - sum(e.turns for e in kept)
    assert result.usage is not None
    assert result.usage.requests == len(server.requests)


def test_a_limit_on_tokens_needs_a_server_that_counts_them() -> None:
    def answer(body: Body) -> dict[str, Any]:
        return {**completion("Is it alive?", body), "usage": None}

    with running(MockChatServer(answer)) as server:
        with pytest.raises(RunStopped, match=r"does not say how many tokens it used, so no limit .* can be held"):
            played(server, limits={"max_tokens_total": 10**6})
        assert played(server, episodes=2).usage is not None


@pytest.mark.parametrize(
    ("options", "message"),
    [({"send_seed": "no"}, "send_seed is true or false, not 'no'."), ({"extra": 3}, "extra is a JSON object, such as")],
)
def test_settings_that_cannot_be_meant(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        run("openai:m", ENV, episodes=1, agent_options={"base_url": "http://localhost:1/v1", **options})
    assert message in str(caught.value)


def test_what_got_no_answer_is_played_the_next_time(tmp_path: Path) -> None:
    """The server fails some episodes for a while: nothing of that is in the result, and nothing is played twice."""
    broken = True

    def answer(body: Body) -> dict[str, Any]:
        if broken and len(body["messages"]) == 4 and "car" in body["messages"][2]["content"]:
            return {"status": 500, "error": {"message": "out of memory"}}
        return by_rule(body)

    with running(MockChatServer(answer)) as server:
        prompts = [f"Player {i}" for i in range(8)]
        said: list[tuple[str, int]] = []
        for i, prompt in enumerate(prompts):
            options = {"system_prompt": prompt, "tries": 2}
            broken = True
            try:
                played(server, tmp_path / str(i), episodes=3, agent_options=options)
            except RunStopped as stop:
                said.append((str(stop), len(read_journal(tmp_path / str(i)))))
            broken = False
            result = played(server, tmp_path / str(i), episodes=3, agent_options=options)
            assert not result.summary.failed
    assert 0 < len(said) < len(prompts)
    for message, kept in said:
        assert message.startswith("3 of 3 episodes could not be played and are left for later: ")
        assert message.endswith("HTTP 500: out of memory. Repeat the command to play them.")
        assert kept == 0


def test_killed_under_concurrency_nothing_is_lost_or_repeated(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with running(MockChatServer(faults=dict.fromkeys(("429", "500", "reset"), 0.03), latency_s=0.01)) as server:
        whole = played(server, episodes=60, batch_size=16)
        command = [
            sys.executable, "-m", "turnbench", "run", "--agent", "openai:m", "--env", ENV, "--episodes", "60", "--quiet",
            "--base-url", server.url, "--concurrency", "16", "--arg", "budget=4", "--agent-arg", "backoff_s=0.001",
            "--agent-arg", "tries=20", "--agent-arg", "request_s=0.3", "--out", str(out),
        ]  # fmt: skip
        kills, deadline = 0, time.monotonic() + 60
        while not (out / "result.json").exists():
            assert time.monotonic() < deadline
            before = lines(out)
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while process.poll() is None and lines(out) <= before + 5:
                time.sleep(0.005)
            if process.poll() is None and kills < 3:
                os.kill(process.pid, signal.SIGKILL)
                kills += 1
            process.wait()
    assert kills >= 2
    assert sorted(r.index for r in read_journal(out)) == list(range(60))
    from turnbench.result import read_result

    assert outcome(read_result(out)) == outcome(whole)


def lines(out: Path) -> int:
    path = out / "episodes.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def test_the_key_is_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    with running(MockChatServer()) as server:
        played(server, tmp_path / "run", episodes=2)
    for path in (tmp_path / "run").iterdir():
        assert "sk-very-secret" not in path.read_text()


def test_another_server_is_another_run(tmp_path: Path) -> None:
    with running(MockChatServer()) as server:
        played(server, tmp_path / "run", episodes=2)
        with pytest.raises(JournalError, match=r"agent\.details\.sampling"):
            played(server, tmp_path / "run", episodes=2, agent_options={"temperature": 1})
        played(server, tmp_path / "run", episodes=2, agent_options={"tries": 3})  # how long it takes is no part of it


def test_time_limits_of_request_and_episode() -> None:
    with running(MockChatServer(latency_s=0.2)) as server:
        result = played(server, episodes=2, agent_options={"request_s": 5}, episode_seconds=0.5)
        with pytest.raises(
            RunStopped, match=r"did not answer in 2 tries; the last: no answer within 0\.05 s\. No request"
        ):
            played(server, episodes=2, agent_options={"request_s": 0.05, "tries": 2})
    assert {e.ending for e in result.episodes} == {"limit"}
    assert all(1 <= e.turns <= 3 for e in result.episodes)


def test_a_dry_run_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    prices = {"price_in": 2.0, "price_out": 10.0}
    with running(MockChatServer()) as server:
        options = {"base_url": server.url, "max_tokens": 50}
        found = estimate("openai:m", ENV, 200, "test", 0, {}, {}, options, prices)
        assert not server.requests
        likely, most = found["estimates"]["as the reference plays"], found["estimates"]["every turn used"]
        assert 200 <= likely["requests"] <= most["requests"] == 200 * 23  # three free retries
        assert most["completion_tokens"] == 200 * 23 * 50
        assert likely["cost"] == pytest.approx(
            (likely["prompt_tokens"] * 2 + likely["completion_tokens"] * 10) / 1e6, abs=1e-5
        )
        with pytest.raises(UsageError, match="Did you mean 'max_tokens'"):
            estimate("openai:m", ENV, 200, "test", 0, {}, {}, {"max_token": 3}, {})


def test_a_dry_run_needs_no_key_and_says_how_far_a_limit_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    prices = {"price_in": 2.0, "price_out": 10.0}
    free = estimate("openai:m", ENV, 200, "test", 0, {}, {}, {}, prices)
    cost = free["estimates"]["as the reference plays"]["cost"]
    assert free["estimates"]["as the reference plays"]["episodes_within_limits"] == 200
    half = estimate("openai:m", ENV, 200, "test", 0, {}, {}, {}, {**prices, "max_cost": cost / 2})
    assert half["limits"] == {"max_cost": cost / 2}
    assert half["estimates"]["as the reference plays"]["episodes_within_limits"] in (99, 100)
    assert half["estimates"]["every turn used"]["episodes_within_limits"] < 100
    with pytest.raises(UsageError, match="A cost limit needs prices"):
        estimate("openai:m", ENV, 200, "test", 0, {}, {}, {}, {"max_cost": 1.0})
    with pytest.raises(UsageError, match=r"^OPENAI_API_KEY is not set"):
        run("openai:m", ENV, episodes=1)


def test_a_dry_run_asks_no_answerer_either() -> None:
    with running(MockChatServer()) as server:
        arguments = {"answerer": "m", "answerer_url": server.url}
        with pytest.raises(UsageError, match="which with these arguments asks a server itself"):
            estimate("openai:m", ENV, 200, "test", 0, arguments, {}, {"base_url": server.url}, {})
        assert not server.requests


def test_options_and_limits_are_refused_where_they_mean_nothing() -> None:
    with pytest.raises(UsageError, match="The agent 'reference' has no options: leave out base_url"):
        run("reference", ENV, episodes=1, agent_options={"base_url": "http://x/v1"})
    with pytest.raises(UsageError, match="Limits on cost and tokens are for agents behind a server, not for 'random'"):
        run("random", ENV, episodes=1, limits={"max_cost": 1.0})


# -- Asynchronous agents of one's own ----------------------------------------------------------------------------------
async def asker(history: History) -> str:
    await asyncio.sleep(0.001)
    return "Is it alive?" if history.agent_seed % 2 else "Is it a dog?"


def test_an_asynchronous_function_is_an_agent() -> None:
    result = run(asker, ENV, episodes=6, batch_size=3, arguments={"budget": 3})
    assert result.agent.name == "asker"
    assert len({e.actions[0] for e in result.episodes}) == 2


def test_it_also_runs_inside_a_running_loop() -> None:
    async def notebook() -> Result:
        return run(asker, ENV, episodes=2, arguments={"budget": 2})

    assert asyncio.run(notebook()).summary.episodes == 2


def test_an_asynchronous_agent_that_breaks_fails_its_episode_alone() -> None:
    async def breaks(history: History) -> Reply:
        if history.episode == "1":
            raise KeyError("where")
        return Reply("Is it alive?")

    result = run(breaks, ENV, episodes=3, arguments={"budget": 2})
    assert [e.failure is not None for e in result.episodes] == [False, True, False]


def test_history_of_somebody_else_is_sent_whole() -> None:
    """A replayed or branched beginning: nothing may rely on having said the earlier turns itself."""
    from turnbench.agents.chat_server import ChatServerAgent
    from turnbench.chatapi.settings import Server

    agent = ChatServerAgent(Server("m", base_url="http://127.0.0.1:9/v1"))
    history = History("e", Opening("sys", "hi"), [Turn(Reply("a"), "b"), Turn(Reply("c"), "d")], 0)
    said = [m["content"] for m in json.loads(agent._body(history))["messages"]]
    assert said == ["sys", "hi", "a", "b", "c", "d"]
