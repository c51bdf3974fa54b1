"""Settings side by side, on a world that is none of ours: every scripted player lands where theory says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import toy_reveal
from mock_chat_server import MockChatServer, running

from turnbench.degradation.budget import Budget
from turnbench.degradation.comparison import Comparison
from turnbench.degradation.diagnostics import answer_lengths, by_first_attempt, by_verbosity, middle_turns
from turnbench.degradation.lockin import lock_in
from turnbench.degradation.plan import degrade, luck_of, plan, worlds_named
from turnbench.degradation.report import against_full, markdown, metrics_in
from turnbench.degradation.report_json import as_json
from turnbench.degradation.tally import Tally
from turnbench.drivers import Progress
from turnbench.episode import History
from turnbench.errors import RunStopped, UnknownName, UsageError
from turnbench.replay import verify
from turnbench.result import read_result

WORLD = "TurnBench/ToySums-v0"


def played(agent: Any, out: Path, **settings: Any) -> Comparison:
    return degrade(agent, [WORLD], out=out, **{"instances": 12, "n": 10, **settings})


def test_same_instances_in_every_setting_and_n_runs_of_each(tmp_path: Path) -> None:
    found = played("reference", tmp_path)
    assert found.settings == ["full", "sharded", "user-turns-only"]
    instances = [[e.instance for e in c.result.episodes] for c in found.cells.values()]
    assert instances[0] == instances[1] == instances[2]
    assert all(len(set(instances[0][i : i + 10])) == 1 for i in range(0, 120, 10))
    assert len(set(instances[0])) == 12
    for cell in found.cells.values():
        assert len(list(verify(cell.result))) == 120
        assert len({e.seed for e in cell.result.episodes}) == 120


@pytest.mark.parametrize(
    ("player", "full", "sharded", "only"),
    [("reference", (100, 100), (100, 100), 100), ("hasty", (100, 100), (0, 0), 100), ("noisy", (70, 100), (70, 100), 70)],
)  # fmt: skip
def test_players_land_where_theory_says(
    tmp_path: Path, player: str, full: tuple[int, int], sharded: tuple[int, int], only: int
) -> None:
    found = played(player, tmp_path, instances=40)
    for setting, (p, a) in (("full", full), ("sharded", sharded)):
        m = metrics_in(found.of(setting))
        assert m.performance.value == pytest.approx(p, abs=9)
        assert m.aptitude.value == pytest.approx(a, abs=1)
    # Shown what the user said as one message, and none of its replies, even the hasty one has the sum at the end.
    assert metrics_in(found.of("user-turns-only")).performance.value == pytest.approx(only, abs=9)


def test_what_is_lost_is_tested_in_pairs(tmp_path: Path) -> None:
    versus = against_full(played("hasty", tmp_path), "sharded")
    assert versus is not None
    share, pair = versus
    assert share is not None
    assert (share.value, pair.difference.value) == (0, -100)
    assert pair.p_value < 0.001
    assert against_full(played("noisy", tmp_path / "n"), "full") is None
    same = against_full(played("noisy", tmp_path / "n"), "sharded")
    assert same is not None
    assert same[1].p_value > 0.05


def test_an_agent_is_shown_none_of_its_replies_where_the_world_says_so(tmp_path: Path) -> None:
    seen: list[tuple[int, str]] = []

    def watches(history: History) -> str:
        seen.append((len(history.turns), history.opening.user_message))
        return "0"

    played(watches, tmp_path, settings=["user-turns-only"], instances=1, n=1)
    assert [turns for turns, _ in seen] == [0, 0, 0, 0]
    assert [len(text.split()) for _, text in seen] == [1, 2, 3, 4]


def test_attempts_first_and_last(tmp_path: Path) -> None:
    def sums(history: History) -> str:
        return str(sum(toy_reveal.Adds({}).numbers(history)))

    m = metrics_in(played(sums, tmp_path, settings=["sharded"]).of("sharded"))
    assert (m.first, m.last, m.performance.value) == (0, 100, 100)


def test_diagnostics(tmp_path: Path) -> None:
    late = played("reference", tmp_path / "late").of("sharded")
    assert [b.conversations for b in by_first_attempt(late)] == [0, 0, 0, 0, 120]
    assert by_first_attempt(late)[4].score == 100
    early = played("hasty", tmp_path / "early").of("sharded")
    assert [b.conversations for b in by_first_attempt(early)] == [120, 0, 0, 0, 0]
    assert [x.attempt for x in answer_lengths(early)] == [1, 2, 3, 4]
    assert [x.mean for x in answer_lengths(early)] == [3, 4, 5, 6]
    assert answer_lengths(early)[0].right is None
    assert [b.conversations for b in by_verbosity(late)] == [24] * 5
    assert by_verbosity(played("reference", tmp_path / "few", n=3).of("sharded")) == []
    assert middle_turns(late) == {}


def test_talkative_conversations_come_last(tmp_path: Path) -> None:
    def talks(history: History) -> str:
        if history.turns or int(history.episode) % 10 < 5:
            return toy_reveal.Adds({}).reply(history)
        return "go on, " * (2 + int(history.episode) % 10)  # the five that talk still win

    bins = by_verbosity(played(talks, tmp_path, settings=["sharded"]).of("sharded"))
    assert [b.score for b in bins] == [100] * 5


def test_lock_in_is_an_intervention(tmp_path: Path) -> None:
    bound = lock_in("bound", WORLD, out=tmp_path / "bound", instances=10, n=4)
    assert (bound.committed, bound.uncommitted) == (0, 100)
    assert bound.difference.p_value < 0.01
    free = lock_in("reference", WORLD, out=tmp_path / "free", instances=10, n=4, turn=2)
    assert (free.committed, free.uncommitted) == (100, 100)

    async def waits(history: History) -> str:
        return toy_reveal.Bound({}).reply(history)

    assert lock_in(waits, WORLD, out=tmp_path / "waits", instances=4, n=2)[:2] == (0, 100)


def test_a_limit_holds_for_all_settings_together_and_the_same_call_goes_on(tmp_path: Path) -> None:
    with running(MockChatServer()) as server:
        options = {"agent_options": {"base_url": server.url}, "instances": 3, "n": 2, "batch_size": 2}
        whole = [c.result.usage for c in played("openai:m", tmp_path / "whole", **options).cells.values()]
        tokens = [u.prompt_tokens + u.completion_tokens for u in whole if u]
        server.requests.clear()
        with pytest.raises(
            RunStopped, match="higher --max-tokens-total to go on"
        ):  # the first cells alone stay below it
            played("openai:m", tmp_path / "run", limits={"max_tokens_total": sum(tokens) - tokens[-1] // 5}, **options)
        assert (tmp_path / "run" / "ToySums-sharded" / "result.json").exists()
        assert not (tmp_path / "run" / "ToySums-user-turns-only" / "result.json").exists()
        found = played("openai:m", tmp_path / "run", limits={"max_tokens_total": 10**6}, **options)
        usages = [c.result.usage for c in found.cells.values() if c.result.usage]
        assert sum(u.requests for u in usages) == len(server.requests)  # all that was paid is counted


def test_a_stop_names_the_whole_limit_and_all_that_was_used(tmp_path: Path) -> None:
    with running(MockChatServer()) as server:
        options = {"agent_options": {"base_url": server.url}, "instances": 3, "n": 2, "batch_size": 2}
        whole = [c.result.usage for c in played("openai:m", tmp_path / "whole", **options).cells.values()]
        tokens = [u.prompt_tokens + u.completion_tokens for u in whole if u]
        limit = sum(tokens) - tokens[-1] // 5
        with pytest.raises(RunStopped) as stop:
            played("openai:m", tmp_path / "run", limits={"max_tokens_total": limit}, **options)
        said = re.fullmatch(
            rf"The limit of {limit:,} tokens .* \(([\d,]+) used in all\): repeat the command with a higher .* to go on\.",
            str(stop.value),
        )
        assert said is not None, str(stop.value)
        assert sum(tokens[:-1]) < int(said[1].replace(",", "")) <= sum(tokens)
        # Lock-in shares the budget, so nothing is left for it.
        budget = Budget({"max_tokens_total": sum(tokens) + 1})
        found = played("openai:m", tmp_path / "whole", limits=budget, **options)
        assert budget.left == {"max_tokens_total": 1}
        with pytest.raises(RunStopped, match=rf"^The limit of {sum(tokens) + 1:,} tokens "):
            lock_in(
                "openai:m",
                WORLD,
                out=tmp_path / "lock",
                limits=budget,
                instances=2,
                n=2,
                agent_options=options["agent_options"],
            )
        used = as_json(found, {})["usage"]["agent"]
        assert used["prompt_tokens"] + used["completion_tokens"] == sum(tokens)
        assert f"The agent used {used['requests']:,} requests, {used['prompt_tokens']:,} tokens in" in markdown(
            found, {}
        )


def test_every_arm_has_luck_of_its_own(tmp_path: Path) -> None:
    found = played("noisy", tmp_path)
    full, sharded = (found.cells[WORLD, s].scores_IN for s in ("full", "sharded"))
    assert (full != sharded).any(), "the same runs fail in both"
    seeds = [c.result.run.run_seed for c in found.cells.values()]
    lock_in("noisy", WORLD, out=tmp_path, instances=2, n=2)
    seeds += [
        read_result(tmp_path / f"ToySums-{arm}-1" / "result.json").run.run_seed for arm in ("committed", "listening")
    ]
    seeds.append(luck_of("TurnBench/ShardedMath-v0", "full"))
    assert len(set(seeds)) == len(seeds)
    assert seeds[0] == luck_of(WORLD, "full") != luck_of(WORLD, "full", 1)
    other = played("noisy", tmp_path / "other", settings=["full"], run_seed=1)
    assert (other.cells[WORLD, "full"].scores_IN != full).any()


def test_progress_is_of_everything_and_counts_what_was_there(tmp_path: Path) -> None:
    told: list[Progress] = []
    played("hasty", tmp_path, settings=["full"], instances=3, n=2)
    played("hasty", tmp_path, settings=["full", "sharded"], instances=3, n=2, progress=lambda *a: told.append(a[2]))
    assert [(t.done, t.total) for t in told] == [(6 + i, 12) for i in range(1, 7)]
    assert told[-1].mean_score == 0.5, "all of one setting, none of the other"
    jobs, _ = plan([WORLD], ["full", "sharded"], instances=3, n=2)
    whole = Tally(jobs, tmp_path).whole
    assert (whole.done, whole.total, whole.mean_score, whole.failed) == (12, 12, 0.5, 0)


def test_one_run_shows_no_unreliability(tmp_path: Path) -> None:
    found = played("reference", tmp_path, n=1, instances=2)
    text = markdown(found, {})
    assert "| full | 100.0 [15.8, 100.0] | 100.0 [15.8, 100.0] | - | - |" in text
    assert "2 instructions of each world, 1 run of each" in text
    assert "(Fisher 1935): the smallest that it can be is 0.5000 with the 2 of all worlds." in text
    row = as_json(found, {})["overall"]["full"]
    assert (row["unreliability"], row["reliability"]) == (None, None)


def test_json_has_the_diagnostics(tmp_path: Path) -> None:
    data = json.loads(json.dumps(as_json(played("hasty", tmp_path), {})))
    assert list(data["diagnostics"]) == ["sharded"]
    of = data["diagnostics"]["sharded"]
    assert [b["conversations"] for b in of["by_first_attempt"]] == [120, 0, 0, 0, 0]
    assert [x["mean"] for x in of["answer_lengths"]] == [3, 4, 5, 6]
    assert data["usage"] == {}, "a function uses nothing"
    assert data["test"].startswith("two-sided sign-flip")


def test_what_is_finished_is_not_played_again(tmp_path: Path) -> None:
    played("reference", tmp_path)
    told: list[Any] = []
    played("reference", tmp_path, progress=lambda *a: told.append(a))
    assert told == []


def test_the_report(tmp_path: Path) -> None:
    found = played("hasty", tmp_path)
    locked = {WORLD: lock_in("hasty", WORLD, out=tmp_path, instances=4, n=2)}
    text = markdown(found, locked, published=True)
    assert "| sharded | 0.0 [0.0, 26.5] |" in text  # 1 - 0.025 ** (1 / 12)
    assert "12 instructions of each world, 10 runs of each" in text
    assert "| ToySums | 0.0 | 0.0 |" in text
    assert "| GPT-4.1 | sharded | 72.6 |" in text
    assert "| 61.8 % |" in text
    data = json.loads(json.dumps(as_json(found, locked)))
    assert data["overall"]["sharded"]["less_full"]["value"] == -100
    assert data["worlds"][WORLD]["full"]["performance"]["value"] == 100


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"worlds": ["Nothing"]}, UnknownName, r"No world with settings is called 'Nothing'; there is: .*ToySums"),
        ({"worlds": ["TwentyQ-v0"]}, UnknownName, r"No world with settings is called 'TwentyQ-v0'"),
        ({"settings": ["sharde"]}, UnknownName, r"There is no setting 'sharde'; .* Did you mean 'sharded'\?"),
        ({"worlds": ["mth"]}, UnknownName, r"Did you mean 'Math'\?$"),
        (
            {"arguments": {"reveal": "full"}},
            UsageError,
            r"^The argument reveal is what is compared: name settings=full",
        ),
        ({"n": 0}, UsageError, r"instances and n are 1 or more, not 12 and 0\."),
    ],
)
def test_refusals(tmp_path: Path, arguments: dict[str, Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        degrade("reference", **{"worlds": [WORLD], "out": tmp_path, "instances": 12, "n": 10, **arguments})
    assert list(tmp_path.iterdir()) == []


def test_names_of_worlds() -> None:
    assert worlds_named(["sums"]) == worlds_named(["ToySums"]) == worlds_named(["toysums-v0"]) == [WORLD]
    assert worlds_named([WORLD, "sums"]) == [WORLD]
    assert WORLD in worlds_named([])
