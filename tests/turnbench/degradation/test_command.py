"""`turnbench degrade` as a user meets it: what is printed where, failing agents, and words that are no setting."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import toy_task
from rich.console import Console

from turnbench.cli.degrade_view import show_comparison
from turnbench.degradation.lockin import lock_in
from turnbench.degradation.plan import USUAL, degrade
from turnbench.degradation.report import as_json, failures_in, markdown
from turnbench.episode import History

toy_task.register()
WORLD = "TurnBench/Marbles-v0"


def command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    told = [
        sys.executable,
        "-m",
        "turnbench",
        "degrade",
        "--agent",
        "hasty",
        "--instances",
        "2",
        "--n",
        "2",
        *arguments,
    ]
    return subprocess.run(told, capture_output=True, text=True, cwd=cwd, check=False)


def screen(agent: Any, out: Path, width: int, **settings: Any) -> list[str]:
    played = degrade(agent, [WORLD, "TurnBench/OrderedMarbles-v0"], out=out, instances=3, n=2, **settings)
    locked = {WORLD: lock_in("hasty", WORLD, out=out / "lock", instances=2, n=2)}
    console = Console(width=width, record=True, file=io.StringIO())
    show_comparison(played, locked, console)
    return console.export_text().splitlines()


@pytest.mark.parametrize("width", [80, 100])
def test_a_terminal_shows_a_screenful_without_wrapped_cells(tmp_path: Path, width: int) -> None:
    lines = screen("hasty", tmp_path, width, settings=[*USUAL, "shuffle-concat", "gradual"])
    assert max(map(len, lines)) <= width
    assert len(lines) < 40
    rows = [line.split() for line in lines]
    assert ["full", "100.0", "100-100", "100", "0", "100", "100"] in rows
    for setting in (*USUAL, "shuffle-concat"):
        assert sum(row[:1] == [setting] for row in rows) == 1
    assert ["Marbles", *["100.0"] * 2] in [row[:3] for row in rows]
    assert any(line.startswith("P by number of messages") for line in lines)
    assert any(line.startswith("Lock-in") for line in lines)


def test_failed_conversations_are_named_everywhere(tmp_path: Path) -> None:
    def fails(history: History) -> str:
        if history.turns:
            raise RuntimeError("no [red]more[/red]")
        return "Together that is 7."

    with pytest.warns(UserWarning, match="every one of 4 episodes failed"):
        played = degrade(fails, [WORLD], out=tmp_path, settings=["full", "sharded"], instances=2, n=2)
    (line,) = failures_in(played)
    assert line.startswith(
        "Marbles, sharded: 4 of 4 conversations failed and count 0; the first in the agent: RuntimeError"
    )
    assert f"## Failures\n\n- {line}" in markdown(played, {})
    assert as_json(played, {})["failures"] == [line]
    console = Console(width=400, record=True, file=io.StringIO())
    show_comparison(played, {}, console)
    assert line in console.export_text()
    with pytest.warns(UserWarning, match="every one of 4 episodes failed"):
        again = degrade(fails, [WORLD], out=tmp_path, settings=["full", "sharded"], instances=2, n=2, retry_failed=True)
    assert failures_in(again) == [line]


def test_piped_it_is_the_report_and_json_is_json(tmp_path: Path) -> None:
    run = command("--tasks", "math", "--settings", "full,sharded", "--also", "gradual", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    report = tmp_path / "runs" / "degrade" / "hasty" / "report.md"
    assert run.stdout.strip() == report.read_text().strip()
    assert "| ShardedMath | 2 | 2 | 0.0 [0.0, 0.0] |" in run.stdout
    assert f"whole report: {report.relative_to(tmp_path)}" in run.stderr
    run = command("--tasks", "math", "--settings", "full,sharded", "--json", cwd=tmp_path)
    assert json.loads(run.stdout)["overall"]["full"]["performance"]["value"] == 100


def test_an_agent_that_only_fails_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def agent(history):\n    raise RuntimeError('no model here')\n")
    run = command("--agent", "broken:agent", "--tasks", "math", "--settings", "full,sharded", cwd=tmp_path)
    assert run.returncode == 2
    assert "error: every conversation failed, so nothing was measured." in run.stderr
    assert "--retry-failed" in run.stderr
    assert "Warning" not in run.stderr
    assert "EveryEpisodeFailed" not in run.stderr


def test_words_that_are_no_setting(tmp_path: Path) -> None:
    run = command("--tasks", "math", "--also", "gradul", cwd=tmp_path)
    assert run.returncode == 2
    assert "Did you mean 'gradual'?" in run.stderr
    assert list(tmp_path.iterdir()) == []
