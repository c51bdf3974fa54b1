"""The scorecard: pairs only what is comparable, names what it cannot tell apart, and draws without the network."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from turnbench.agents.builtin import ScriptedAgent
from turnbench.cli.scorecard_command import print_scorecard
from turnbench.episode import History
from turnbench.errors import UsageError
from turnbench.runner import run
from turnbench.scorecard import build_scorecard

SMALL = "TurnBench/TwentyQ-Small-v0"


def test_pairs_of_one_environment_only() -> None:
    results = [
        run("reference", SMALL, episodes=20),
        run("random", SMALL, episodes=30),
        run("random", SMALL, episodes=20, arguments={"budget": 5}),
    ]
    card = build_scorecard(results)
    assert [(r.environment, r.agent) for r in card.rows] == [
        ("TwentyQ-Small-v0", "reference"),
        ("TwentyQ-Small-v0", "random"),
        ("TwentyQ-Small-v0", "random"),
    ]
    assert len(card.comparisons) == 1
    comparison = card.comparisons[0]
    assert (comparison.a, comparison.b, comparison.difference.pairs) == ("reference", "random", 20)
    assert comparison.verdict == "reference is better"
    assert comparison.difference.resolvable > 0


def test_equal_runs_are_not_told_apart() -> None:
    a = run("random", SMALL, episodes=20)
    card = build_scorecard([a, a])
    assert [r.agent for r in card.rows] == ["random", "random (2)"]
    assert card.comparisons[0].verdict == "not told apart"


def test_rows_of_one_agent_say_what_differs() -> None:
    def own(style: str) -> Any:
        class Own(ScriptedAgent):
            def describe(self) -> dict[str, Any]:
                return {"prompt": {"style": style}, "kept": 3}

        return Own(["Is it alive?"])

    results = [run(own(s), SMALL, episodes=4, name="own") for s in ("brief", "kind", "kind")]
    results += [run(own("kind"), SMALL, episodes=4, name="own", turn_limit=2)]
    card = build_scorecard(results)
    assert [r.agent for r in card.rows] == [
        "own (style=brief, turn_limit=none)", "own (style=kind, turn_limit=none)", "own (style=kind, turn_limit=none) (2)",
        "own (style=kind, turn_limit=2)",
    ]  # fmt: skip
    assert {c.a for c in card.comparisons} | {c.b for c in card.comparisons} == {r.agent for r in card.rows}


def test_rows_of_one_world_say_what_differs() -> None:
    results = [run("random", SMALL, episodes=4, arguments={"budget": b}) for b in (5, 6, 6)]
    card = build_scorecard([*results, run("random", "TurnBench/FrozenLake-v0", episodes=2)])
    assert [r.environment_settings for r in card.rows] == [" (budget=5)", " (budget=6)", " (budget=6)", ""]
    assert [c.environment_settings for c in card.comparisons] == [" (budget=6)"]
    text = io.StringIO()
    print_scorecard(card, Console(file=text, width=250))
    assert "TwentyQ-Small-v0 (budget=5)" in text.getvalue()


def test_failed_episodes_count() -> None:
    def breaks_sometimes(history: History) -> str:
        if int(history.episode) % 2:
            raise ValueError("odd")
        return "Is it alive?"

    row = build_scorecard([run(breaks_sometimes, SMALL, episodes=4)]).rows[0]
    assert (row.failed, row.episodes, row.mean_score) == (2, 4, 0.0)


@pytest.mark.filterwarnings("ignore::turnbench.errors.EveryEpisodeFailed")
def test_a_run_of_which_nothing_was_played_has_no_score() -> None:
    broken = run(lambda history: None, SMALL, episodes=4)  # type: ignore[arg-type, return-value]
    card = build_scorecard([broken, run("random", SMALL, episodes=4)])
    assert (card.rows[0].failed, card.rows[0].mean_score, card.rows[0].low) == (4, None, None)
    assert not card.comparisons
    text = io.StringIO()
    print_scorecard(card, Console(file=text, width=200))
    assert "every episode failed" in text.getvalue()


def test_no_results() -> None:
    with pytest.raises(UsageError, match=r"^A scorecard needs at least one result file\.$"):
        build_scorecard([])


def test_pictures_need_no_network(tmp_path: Path) -> None:
    from turnbench.cli.common import picture_console, save_picture

    recorded = picture_console()
    print_scorecard(build_scorecard([run("reference", SMALL, episodes=3)]), recorded)
    save_picture(recorded, tmp_path / "card.svg", "scorecard")
    svg = (tmp_path / "card.svg").read_text()
    assert "reference" in svg
    assert 'url("http' not in svg
    assert "@font-face" not in svg
