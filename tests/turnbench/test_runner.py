"""The runner: the same at any batch size, failures recorded and not dropped, bad settings refused before work."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
import toy_worlds

from turnbench.agents.base import Agent, AgentContext
from turnbench.agents.builtin import ScriptedAgent
from turnbench.episode import History, Reply
from turnbench.errors import EveryEpisodeFailed, JournalError, UnknownName, UsageError
from turnbench.registration import register_env
from turnbench.replay import verify
from turnbench.result import read_result
from turnbench.runner import Progress, run

register_env("TurnBench/Syllable-v0", "toy_worlds:Syllable")
register_env("TurnBench/SyllableBreaks-v0", "toy_worlds:FailsOnEmpty")
ENV = "TurnBench/Syllable-v0"


@pytest.mark.parametrize("agent", ["random", "reference"])
def test_batch_size_changes_nothing(agent: str) -> None:
    results = [run(agent, ENV, episodes=37, batch_size=size) for size in (1, 5, 64)]
    rows = [[(e.seed, e.actions, e.observation_hashes, e.score) for e in r.episodes] for r in results]
    assert rows[0] == rows[1] == rows[2]
    assert results[0].summary == results[2].summary


def test_run_seed_draws_another_run() -> None:
    a, b, c = (run("random", ENV, episodes=10, run_seed=s) for s in (0, 0, 1))
    assert [e.actions for e in a.episodes] == [e.actions for e in b.episodes] != [e.actions for e in c.episodes]


def test_functions_and_agents_are_agents() -> None:
    by_function = run(lambda history: "ba", ENV, episodes=3)
    by_agent = run(ScriptedAgent(["ba"]), ENV, episodes=3)
    assert [e.observation_hashes for e in by_function.episodes] == [e.observation_hashes for e in by_agent.episodes]
    assert by_agent.agent.details == {"lines": ["ba"]}


class FailsSometimes(Agent):
    """Raises whenever an episode whose number divides by three is in the batch."""

    def act(self, histories: Sequence[History]) -> list[Reply]:
        if any(int(h.episode) % 3 == 0 and len(h.turns) == 2 for h in histories):
            raise RuntimeError("no idea")
        return [Reply("zz") for _ in histories]


def test_a_failing_agent_fails_its_own_episodes_only() -> None:
    result = run(FailsSometimes(), ENV, episodes=9)
    assert [e.index for e in result.episodes if e.failure] == [0, 3, 6]
    failure = result.episodes[3].failure
    assert failure is not None
    assert (failure.boundary, failure.kind, failure.turn) == ("agent", "RuntimeError", 2)
    assert failure.message.startswith("no idea (test_runner.py, line ")
    assert result.episodes[3].ending == "error"
    assert result.summary.failed == {"agent": 3}
    assert result.summary.episodes == 9
    list(verify(result))


class BadReplies(Agent):
    def __init__(self, replies: object) -> None:
        self.replies = replies

    def act(self, histories: Sequence[History]) -> list[Reply]:
        return self.replies  # type: ignore[return-value]


@pytest.mark.filterwarnings("ignore::turnbench.errors.EveryEpisodeFailed")
@pytest.mark.parametrize(
    ("replies", "message"),
    [
        ([], "act returned 0 replies for 1 histories"),
        (["text"], "the reply is str, not a Reply with text"),
        ([Reply(None)], "the reply is NoneType, not a Reply with text"),  # type: ignore[arg-type]
        (None, "object of type 'NoneType' has no len()"),
        (
            [Reply("a", {"logits": object()})],
            "the reply's meta is not JSON: Object of type object is not JSON serializable",
        ),
        ([Reply("a", 3)], "the reply's meta is not JSON: 'int' object has no attribute 'values'"),  # type: ignore[arg-type]
    ],
)
def test_bad_replies_are_the_agents_failure(replies: object, message: str) -> None:
    result = run(BadReplies(replies), ENV, episodes=1)
    failure = result.episodes[0].failure
    assert failure is not None
    assert (failure.boundary, failure.message) == ("agent", message)


@pytest.mark.filterwarnings("ignore::turnbench.errors.EveryEpisodeFailed")
def test_a_failing_environment_is_recorded() -> None:
    result = run(lambda h: "" if len(h.turns) == 1 else "ba", "TurnBench/SyllableBreaks-v0", episodes=2)
    failure = result.episodes[0].failure
    assert failure is not None
    assert (failure.boundary, failure.kind, failure.turn) == ("environment", "IndexError", 1)
    assert result.summary.failed == {"environment": 2}


def test_an_agent_may_do_what_it_likes_with_the_history_it_is_shown(tmp_path: Path) -> None:
    def careless(history: History) -> Reply:
        said = Reply(f"ba{len(history.turns)}", {"turns": [len(history.turns)]})
        history.turns.clear()
        history.episode, history.agent_seed = "?", -1
        return said

    async def careless_too(history: History) -> Reply:
        return careless(history)

    results = [run(agent, ENV, episodes=4, out=tmp_path / agent.__name__) for agent in (careless, careless_too)]
    for result in results:
        for e in result.episodes:
            assert e.actions == [f"ba{k}" for k in range(e.turns)]
            assert e.reply_meta == [{"turns": [k]} for k in range(e.turns)]
        list(verify(result))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"weights": object()}, "Object of type object is not JSON serializable"),
        ({"loss": float("nan")}, "Out of range float values are not JSON compliant"),
        ("mine", "it is str, not a dict"),
    ],
)
def test_an_agent_that_describes_itself_in_no_json_is_refused(said: Any, why: str, tmp_path: Path) -> None:
    class Odd(ScriptedAgent):
        def describe(self) -> dict[str, Any]:
            return said  # type: ignore[no-any-return]

    with pytest.raises(
        UsageError, match=r"^What describe\(\) of the agent Odd returns cannot be written .*: return a dict of"
    ):
        run(Odd(["ba"]), ENV, episodes=1, out=tmp_path / "r")
    with pytest.raises(UsageError) as caught:
        run(Odd(["ba"]), ENV, episodes=1)
    assert why in str(caught.value)
    assert not (tmp_path / "r").exists()


class FailsAtFirst(Agent):
    """Breaks in every third episode until it is mended, and counts what it is asked."""

    mended = False
    asked: ClassVar[list[str]] = []

    def act(self, histories: Sequence[History]) -> list[Reply]:
        if not self.mended and any(int(h.episode) % 3 == 0 and len(h.turns) == 1 for h in histories):
            raise RuntimeError("out of memory")
        self.asked.extend(h.episode for h in histories)
        return [Reply("zz") for _ in histories]


def test_failed_episodes_are_played_again_and_kept_apart(tmp_path: Path) -> None:
    out = tmp_path / "r"
    FailsAtFirst.mended = False
    broken = run(FailsAtFirst(), ENV, episodes=9, out=out)
    lines = (out / "episodes.jsonl").read_text().splitlines()
    failed = [line for line in lines if '"out of memory' in line]
    assert (broken.summary.failed, broken.provenance.retried, len(failed)) == ({"agent": 3}, 0, 3)
    assert run(FailsAtFirst(), ENV, episodes=9, out=out).summary == broken.summary  # not without being told
    still = run(FailsAtFirst(), ENV, episodes=9, out=out, retry_failed=True)
    assert (still.summary.failed, still.provenance.retried) == ({"agent": 3}, 3)
    FailsAtFirst.mended = True
    FailsAtFirst.asked.clear()
    mended = run(FailsAtFirst(), ENV, episodes=9, out=out, retry_failed=True)
    assert set(FailsAtFirst.asked) == {"0", "3", "6"}
    assert (mended.summary.failed, mended.provenance.retried) == ({}, 6)
    assert [e.index for e in mended.episodes] == list(range(9))
    assert set(failed) < set((out / "failed.jsonl").read_text().splitlines())
    assert [e for e in mended.episodes if e.index % 3] == [e for e in broken.episodes if e.index % 3]
    assert len(list(verify(read_result(out)))) == 9
    FailsAtFirst.asked.clear()
    assert run(FailsAtFirst(), ENV, episodes=9, out=out, retry_failed=True) == mended.model_copy(
        update={"provenance": read_result(out).provenance}
    )
    assert not FailsAtFirst.asked
    with pytest.raises(UsageError, match=r"^retry_failed plays the failed episodes of a run folder again: give out\.$"):
        run(FailsAtFirst(), ENV, episodes=9, retry_failed=True)


def test_outer_limit_is_neither_success_nor_failure() -> None:
    result = run("random", ENV, episodes=4, turn_limit=1)
    assert {e.ending for e in result.episodes} <= {"limit", "success"}
    assert all(e.turns == 1 for e in result.episodes)
    list(verify(result))


def test_progress_is_told(tmp_path: Path) -> None:
    seen: list[Progress] = []
    run("reference", ENV, episodes=5, out=tmp_path / "r", progress=seen.append)
    assert [p.done for p in seen] == [1, 2, 3, 4, 5]
    assert seen[-1].total == 5


def test_files_of_a_run(tmp_path: Path) -> None:
    result = run("reference", ENV, episodes=5, out=tmp_path / "r")
    assert read_result(tmp_path / "r") == result
    assert len((tmp_path / "r" / "episodes.jsonl").read_text().splitlines()) == 5
    settings = json.loads((tmp_path / "r" / "run.json").read_text())
    assert settings["settings"]["episodes"] == 5


def test_a_finished_run_is_not_played_again(tmp_path: Path) -> None:
    first = run("reference", ENV, episodes=5, out=tmp_path / "r")

    class Never(toy_worlds.Halving):
        pass

    again = run("reference", ENV, episodes=5, out=tmp_path / "r")
    assert [e.wall_s for e in first.episodes] == [e.wall_s for e in again.episodes]
    assert again.provenance.resumed == 0
    assert again.provenance.wall_s == pytest.approx(first.provenance.wall_s, abs=0.1)


def test_where_nothing_was_played_python_is_warned_and_told_where_the_bug_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "buggy_agent.py").write_text("def play(history):\n    return 1 / 0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.warns(EveryEpisodeFailed, match=r"every one of 3 .* division by zero \(buggy_agent\.py, line 2\)"):
        run("buggy_agent:play", ENV, episodes=3)


def test_a_factory_may_be_given_as_an_object() -> None:
    def build(context: AgentContext) -> Any:
        return lambda history: context.env_id

    assert run(build, ENV, episodes=1).episodes[0].actions[0] == ENV


def test_settings_of_a_users_factory_identify_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "factory_of_mine.py").write_text(
        "def build(context):\n    return lambda history: context.options.get('says', '?')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    run("factory_of_mine:build", ENV, episodes=2, out=tmp_path / "r", agent_options={"says": "a"})
    with pytest.raises(JournalError, match=r"agent\.details\.options\.says was 'a', now 'b'"):
        run("factory_of_mine:build", ENV, episodes=2, out=tmp_path / "r", agent_options={"says": "b"})


def test_settings_that_nothing_reads_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "function_of_mine.py").write_text("def play(history):\n    return 'ba'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(
        UsageError, match=r"^function_of_mine:play is no factory, so nothing would read says: leave that out"
    ):
        run("function_of_mine:play", ENV, episodes=2, agent_options={"says": "a"})
    with pytest.raises(UsageError, match=r"nothing would read max_cost: leave that out"):
        run("function_of_mine:play", ENV, episodes=2, limits={"max_cost": 1.0, "price_in": None})


def test_the_salt_is_never_written(tmp_path: Path) -> None:
    result = run("reference", ENV, episodes=5, out=tmp_path / "r", salt="very secret")
    plain = run("reference", ENV, episodes=5)
    assert [e.instance for e in result.episodes] != [e.instance for e in plain.episodes]
    assert all(b"very secret" not in p.read_bytes() for p in (tmp_path / "r").iterdir())
    list(verify(result, salt="very secret"))


def test_refusals(tmp_path: Path) -> None:
    run("reference", ENV, episodes=5, out=tmp_path / "r")
    cases = [
        (
            dict(episodes=6, out=tmp_path / "r"),
            JournalError,
            r"holds another run \(settings.episodes was 5, now 6\): choose another --out, or",
        ),
        (dict(episodes=0), UsageError, r"^The number of episodes is from 1 to 10,000,000, not 0\.$"),
        (dict(first_seed=-1), UsageError, r"^Seeds run from 0 to 2\*\*63 - 1: -1 plus 100 episodes leaves that\.$"),
        (dict(first_seed=2**63 - 5), UsageError, r"^Seeds run from 0 to 2\*\*63 - 1"),
        (dict(batch_size=0), UsageError, r"^A batch size is 1 or more, not 0\.$"),
        (dict(turn_limit=0), UsageError, r"^A turn limit is 1 or more, not 0\.$"),
        (dict(run_seed=-1), UsageError, r"^A run seed is 0 or more, not -1\.$"),
        (dict(split="tets"), UsageError, r"^There is no split 'tets': .* Did you mean 'test'\?$"),
        (dict(arguments={"size": 3}), UsageError, r"^TurnBench/Syllable-v0 does not take these arguments: "),
        (dict(episode=3), UsageError, r"^run\(\) has no setting 'episode'; it has: .* Did you mean 'episodes'\?$"),
        (dict(options={"colour": 1}), UsageError, r"^Syllable-v0 has no reset option 'colour'; it has: target\.$"),
    ]
    for settings, error, message in cases:
        with pytest.raises(error, match=message):
            run("reference", ENV, **settings)  # type: ignore[arg-type]
    with pytest.raises(
        UsageError,
        match=r"^TurnBench/TwentyQ-v0 does not take these arguments: there is no 'bugdet'; it has: .*budget, .*\. Did you mean 'budget'\?$",
    ):
        run("reference", "TwentyQ-v0", arguments={"bugdet": 3})
    with pytest.raises(UnknownName, match=r"There is no agent 'refrence' for .* Did you mean 'reference'\?$"):
        run("refrence", ENV)
    with pytest.raises(UnknownName, match=r"There is no environment 'TwentyQ-v9'.* Did you mean 'TwentyQ-v0'\?$"):
        run("reference", "TwentyQ-v9")


def test_lone_surrogates_are_stored_and_replayed(tmp_path: Path) -> None:
    result = run(lambda h: "\ud800 \U0001f600", ENV, episodes=2, out=tmp_path / "r")
    assert result.episodes[0].actions[0] == "\ufffd \U0001f600"  # what the world read
    list(verify(read_result(tmp_path / "r")))
