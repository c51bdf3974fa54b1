"""The client against a server on loopback: what is sent again, what stops a run, and what is never written."""

from __future__ import annotations

import asyncio
import json
import random
import time
from email.utils import formatdate
from typing import Any

import pytest
from mock_chat_server import FAULTS, Body, MockChatServer, completion, running

from turnbench.chatapi import client as client_module
from turnbench.chatapi.answer import Answer, BadAnswer, parse_answer, split_thought
from turnbench.chatapi.blocking import BlockingChat
from turnbench.chatapi.client import ChatClient, RequestFailed
from turnbench.chatapi.settings import Limits, Server, server_from_options
from turnbench.chatapi.usage import Meter
from turnbench.errors import EpisodePostponed, RunStopped, UsageError

BODY = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hello, who is it?"}]}).encode()


def ask(server: MockChatServer, requests: int = 1, **settings: Any) -> tuple[list[Any], ChatClient]:
    """Answers or exceptions of this many requests at once."""
    limits = settings.pop("limits", None)
    give_up_after = settings.pop("give_up_after", 64)
    answered_before = settings.pop("answered_before", False)
    usual: dict[str, Any] = dict(base_url=server.url, request_s=0.5, backoff_s=0.001, tries=8)
    made = ChatClient(
        Server("m", **{**usual, **settings}), limits, jitter=random.Random(0), give_up_after=give_up_after
    )
    if answered_before:
        made.meter.requests = 1

    async def work() -> list[Any]:
        await made.start()
        try:
            return await asyncio.gather(*(made.complete(BODY) for _ in range(requests)), return_exceptions=True)
        finally:
            await made.stop()

    return asyncio.run(work()), made


def always(status: int, message: str = "no", **headers: str) -> Any:
    return lambda body: {"status": status, "headers": headers, "error": {"message": message}}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_survived(fault: str) -> None:
    with running(MockChatServer(faults={fault: 0.3})) as server:
        answers, client = ask(server, 20, tries=12, request_s=0.2)
    assert all(isinstance(a, tuple) for a in answers), answers
    assert server.seen[fault] > 0
    assert client.meter.requests == 20
    assert client.meter.retries == server.seen[fault]
    assert client.meter.failures == 0


def test_a_request_without_an_answer_fails_after_its_tries() -> None:
    with running(MockChatServer(always(500, "out of memory"))) as server:
        (error,), client = ask(server, tries=3, answered_before=True)
    assert isinstance(error, EpisodePostponed)
    assert str(error) == f"{server.url}/chat/completions did not answer in 3 tries; the last: HTTP 500: out of memory"
    assert len(server.requests) == 3
    assert client.meter.failures == 1


def test_a_refused_request_is_not_sent_again() -> None:
    with running(MockChatServer(always(400, "the context is too long"))) as server:
        (error,), _ = ask(server, answered_before=True)
    assert isinstance(error, RequestFailed)
    assert str(error) == f"{server.url}/chat/completions refused a request, HTTP 400: the context is too long"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (401, "put a valid key into OPENAI_API_KEY"),
        (402, "the account has no credit"),
        (403, "check the key in OPENAI_API_KEY and what it may use"),
        (404, "check --base-url (it usually ends in /v1) and the model's name"),
        (307, "give the URL it points to as --base-url"),
    ],
)
def test_what_no_request_can_pass_stops_the_run(status: int, hint: str) -> None:
    with running(MockChatServer(always(status, "never"))) as server:
        (error,), _ = ask(server)
    assert isinstance(error, RunStopped)
    assert str(error) == f"{server.url}/chat/completions refuses every request, HTTP {status}: never; {hint}."
    assert len(server.requests) == 1


def test_no_credit_stops_the_run_though_it_is_a_429() -> None:
    def answer(body: Body) -> dict[str, Any]:
        return {"status": 429, "error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}

    with running(MockChatServer(answer)) as server:
        (error,), _ = ask(server)
    assert isinstance(error, RunStopped)
    assert "no credit" in str(error)


def test_a_server_that_is_gone_stops_the_run() -> None:
    with running(MockChatServer()) as server:
        pass
    errors, _ = ask(server, 5, tries=2, give_up_after=3, answered_before=True)
    stops = [e for e in errors if isinstance(e, RunStopped) and not isinstance(e, EpisodePostponed)]
    assert stops
    assert "3 requests in a row brought no answer in 0 s, so the run stops" in str(stops[0])


def test_the_first_request_that_fails_stops_a_run_that_never_worked() -> None:
    with running(MockChatServer(always(400, "max_tokens is not supported"))) as server:
        (error,), client = ask(server)
    assert isinstance(error, RunStopped)
    assert str(error) == (
        f"{server.url}/chat/completions refused a request, HTTP 400: max_tokens is not supported. "
        "No request was answered before: check the server, --base-url and the settings."
    )
    assert client.meter.failures == 0


@pytest.mark.parametrize("kind", ["seconds", "date"])
def test_retry_after_holds_for_every_request(kind: str) -> None:
    asked: list[float] = []

    def answer(body: Body) -> dict[str, Any]:
        asked.append(time.time())
        if len(asked) == 1:
            wait = "0.6" if kind == "seconds" else formatdate(time.time() + 2, usegmt=True)
            return {"status": 429, "headers": {"Retry-After": wait}, "error": {"message": "slow down"}}
        return completion("Is it alive?", body)

    with running(MockChatServer(answer)) as server:
        made = ChatClient(Server("m", base_url=server.url, backoff_s=0.001))

        async def work() -> None:
            await made.start()
            first = asyncio.create_task(made.complete(BODY))
            while not asked:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            await asyncio.gather(first, *(made.complete(BODY) for _ in range(5)))  # begun during the pause
            await made.stop()

        asyncio.run(work())
    assert len(asked) == 7
    assert min(asked[1:]) - asked[0] >= 0.55


def test_a_pause_of_an_hour_stops_the_run() -> None:
    with running(MockChatServer(always(429, "daily limit", **{"Retry-After": "3600"}))) as server:
        (error,), _ = ask(server)
    assert isinstance(error, RunStopped)
    assert "asks for a pause of 3,600 s (HTTP 429: daily limit)" in str(error)


def test_backoff_grows_and_is_jittered(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await real(0)

    with running(MockChatServer(always(500))) as server:
        monkeypatch.setattr(client_module.asyncio, "sleep", sleep)
        ask(server, tries=11, backoff_s=1.0)
    assert len(waits) == 10
    for attempt, wait in enumerate(waits):
        longest = min(60.0, 2.0**attempt)
        assert longest / 2 <= wait <= longest
    assert len({w / min(60.0, 2.0**i) for i, w in enumerate(waits)}) == 10


def test_the_key_is_sent_and_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-secret-1234")
    server = MockChatServer(always(401, "Incorrect API key provided: sk-secret-1234"))
    with running(server):
        (error,), client = ask(server, key_variable="MY_KEY")
    assert server.headers[0]["authorization"] == "Bearer sk-secret-1234"
    assert "sk-secret" not in str(error)
    assert "[key]" in str(error)
    assert "sk-secret" not in json.dumps(client.server.describe()) + repr(client.server)


def test_no_key_no_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with running(MockChatServer()) as server:
        ask(server)
    assert "authorization" not in server.headers[0]


def test_limits_are_checked_before_every_request() -> None:
    prices = Limits(max_cost=0.5, price_in=1000.0, price_out=100_000.0)
    with running(MockChatServer()) as server:
        answers, client = ask(server, limits=prices)
        spent = client.meter.cost(prices)
        assert spent is not None
        assert spent == pytest.approx(
            (client.meter.prompt_tokens * 1000 + client.meter.completion_tokens * 100_000) / 1e6
        )

        async def more() -> None:
            await client.start()
            try:
                while True:
                    await client.complete(BODY)
            finally:
                await client.stop()

        with pytest.raises(
            RunStopped, match=r"The limit of 0\.5 on cost is reached \(0\.\d+ spent\): repeat the command"
        ):
            asyncio.run(more())
        assert len(server.requests) == client.meter.requests
        _, other = ask(server, 1, limits=Limits(max_tokens_total=1))
        with pytest.raises(RunStopped, match=r"The limit of 1 tokens is reached \(\d+ used\)"):
            other.check_budget()
        _, third = ask(server, 1, limits=Limits(max_tokens_total=10**6))
        third.check_budget()
        with pytest.raises(
            RunStopped, match=r"The limit of 1,000,000 tokens would be passed by another episode \(\d+ used\)"
        ):
            third.check_budget(expected=10**6)
    assert isinstance(answers[0], tuple)


def test_the_blocking_client() -> None:
    with running(MockChatServer()) as server:
        chat = BlockingChat(Server("m", base_url=server.url, sampling={"temperature": 0.5}))
        answer = chat.ask([{"role": "user", "content": "hello"}], max_tokens=7)
        chat.close()
    assert answer.text
    assert server.requests[0]["temperature"] == 0.5
    assert server.requests[0]["max_tokens"] == 7


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (404, "check the server's URL among the environment's arguments (--arg) (it usually ends in /v1)"),
        (400, "check the server, the server's URL among the environment's arguments (--arg) and the settings."),
    ],
)
def test_errors_of_a_worlds_server_name_what_its_user_can_set(status: int, hint: str) -> None:
    with running(MockChatServer(always(status, "never"))) as server:
        chat = BlockingChat(Server("m", base_url=server.url))
        with pytest.raises(RunStopped) as caught:
            chat.ask([{"role": "user", "content": "hello"}])
        chat.close()
        own = BlockingChat(Server("m", base_url=server.url, url_option="--arg answerer_url"))
        with pytest.raises(RunStopped, match="--arg answerer_url"):
            own.ask([{"role": "user", "content": "hello"}])
        own.close()
    assert hint in str(caught.value)
    assert "--base-url" not in str(caught.value)


def test_half_a_surrogate_pair_is_an_answer_and_bottomless_json_is_none() -> None:
    cut = b'{"choices": [{"message": {"content": "a \\ud83d"}, "finish_reason": "length"}]}'
    assert parse_answer(cut).text == "a \ud83d"
    with pytest.raises(BadAnswer, match=r"^not JSON: "):
        parse_answer(b"[" * 10**6)


# -- Settings, answers, usage ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temprature": 1}, "Did you mean 'temperature'?"),
        ({"base_url": "localhost:8000/v1"}, "A base URL begins with http:// or https://"),
        ({"base_url": "http://me:secret@host/v1"}, "A base URL holds no password: put the key into OPENAI_API_KEY."),
        ({"tries": 0}, "request_s is above 0, tries 1 or more"),
        ({"request_s": "soon"}, "An option of openai:m has the wrong type"),
        ({"extra": {"messages": []}}, "The request field 'messages' is the harness's own"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        server_from_options("m", options)
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"max_cost": 1.0}, "A cost limit needs prices"),
        ({"price_in": 1.0}, "Prices come in pairs"),
        ({"max_tokens_total": -1}, "max_tokens_total is 0 or more, not -1."),
        ({"max_cost": float("nan"), "price_in": 1.0, "price_out": 1.0}, "max_cost is 0 or more, not nan."),
    ],
)
def test_wrong_limits_are_refused(limits: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Limits(**limits)
    assert message in str(caught.value)


def body_of(message: dict[str, Any], finish: str = "stop", usage: Any = None) -> bytes:
    return json.dumps({"choices": [{"message": message, "finish_reason": finish}], "usage": usage}).encode()


@pytest.mark.parametrize(
    ("message", "text", "reasoning"),
    [
        ({"content": "Is it alive?"}, "Is it alive?", ""),
        ({"content": "<think>hm, a dog</think>\n\nIs it a dog?"}, "Is it a dog?", "hm, a dog"),
        ({"content": "hm, a dog</think>Is it a dog?"}, "Is it a dog?", "hm, a dog"),
        ({"content": "<think>and so on and on"}, "", "and so on and on"),
        ({"content": "Is it alive?", "reasoning_content": "first"}, "Is it alive?", "first"),
        ({"content": "Is it alive?", "reasoning": "first"}, "Is it alive?", "first"),
        ({"content": None, "reasoning_content": "all thought"}, "", "all thought"),
        ({"content": [{"type": "text", "text": "Is it "}, {"type": "text", "text": "alive?"}]}, "Is it alive?", ""),
        ({"content": "I would write <think> in a tag"}, "I would write <think> in a tag", ""),
    ],
)
def test_reasoning_is_kept_apart(message: dict[str, Any], text: str, reasoning: str) -> None:
    answer = parse_answer(body_of(message))
    assert (answer.text, answer.reasoning) == (text, reasoning)


def test_usage_and_endings() -> None:
    usage = {
        "prompt_tokens": 10, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 4},
        "completion_tokens_details": {"reasoning_tokens": 5},
    }  # fmt: skip
    answer = parse_answer(body_of({"content": "x"}, "length", usage))
    assert (answer.prompt_tokens, answer.cached_tokens, answer.completion_tokens, answer.reasoning_tokens) == (
        10,
        4,
        7,
        5,
    )
    assert answer.finish == "length"
    assert parse_answer(body_of({"content": "", "refusal": "I cannot"})).refused
    assert parse_answer(body_of({"content": "", "refusal": "I cannot"})).text == "I cannot"
    assert parse_answer(body_of({"content": ""}, "content_filter")).refused


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'"text"', b"{}", b'{"choices": []}', b'{"choices": [{}]}', b'{"choices": [{"message": 3}]}',
        b'{"choices": [{"message": {"content": 5}}]}', b'{"choices": [{"message": {"content": "x"}}], "usage": 3}',
        b'{"choices": [{"message": {"content": "x", "reasoning": {}}}]}', b"\xff\xfe",
        b'{"choices": [{"message": {"content": "x", "reasoning": ["a"]}}]}',
    ],
)  # fmt: skip
def test_what_is_no_completion(body: bytes) -> None:
    if body == b'{"choices": [{"message": {"content": "x", "reasoning": {}}}]}':
        assert parse_answer(body).text == "x"  # an empty thought is none
        return
    with pytest.raises(BadAnswer):
        parse_answer(body)


def test_split_thought_keeps_later_tags() -> None:
    assert split_thought("<think>a</think>b</think>c") == ("a", "b</think>c")


def test_percentiles_to_a_percent_and_state() -> None:
    meter = Meter()
    answer = Answer("x", "", "stop", False, 3, 1, 2, 0)
    for i in range(1, 1001):
        meter.answered(answer, i / 1000)
    for share in (0.5, 0.9, 0.99, 1.0):
        assert meter.percentile(share) == pytest.approx(share, rel=0.011)
    back = Meter.from_state(json.loads(json.dumps(meter.state())))
    assert back == meter
    assert meter.summary(Limits(price_in=2.0, price_out=4.0, price_cached=1.0))["cost"] == pytest.approx(
        (2000 * 2 + 1000 * 1 + 2000 * 4) / 1e6
    )
    assert Meter().percentile(0.5) is None
    assert Meter.from_state({}) == Meter()
