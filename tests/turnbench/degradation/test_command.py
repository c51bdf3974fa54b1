"""`turnbench degrade` as a user meets it: what is printed where, failing agents, and words that are no setting."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import toy_task
from rich.console import Console

from turnbench.cli.degrade_view import show_comparison
from turnbench.degradation.lockin import lock_in
from turnbench.degradation.plan import USUAL, degrade
from turnbench.degradation.report import failures_in, markdown
from turnbench.degradation.report_json import as_json
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
    assert ["full", "100.0", "54-100", "100", "0", "100", "100"] in rows  # 0.025 ** (1 / 6)
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
    report = tmp_path / "runs" / "degrade" / "hasty-instances=2-n=2" / "report-math-full_sharded-gradual.md"
    assert run.stdout.strip() == report.read_text().strip()
    assert "| ShardedMath | 2 | 2 | 0.0 [0.0, 84.2] |" in run.stdout
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


def test_reports_of_different_parts_stand_beside_each_other(tmp_path: Path) -> None:
    for settings in ("full,sharded", "full,concat"):
        run = command("--tasks", "math", "--settings", settings, cwd=tmp_path)
        assert run.returncode == 0, run.stderr
    run = command("--tasks", "math", "--settings", "full,sharded", "--n", "1", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    folder = tmp_path / "runs" / "degrade"
    assert sorted(str(p.relative_to(folder)) for p in folder.glob("*/*.md")) == [
        "hasty-instances=2-n=1/report-math-full_sharded.md",
        "hasty-instances=2-n=2/report-math-full_concat.md",
        "hasty-instances=2-n=2/report-math-full_sharded.md",
    ]
    again = command("--tasks", "math", "--settings", "full,sharded", cwd=tmp_path)
    assert "hasty: 8/8 episodes, score 0.500, failed 0" in again.stderr
    assert "already complete, nothing was played" in again.stderr


def test_what_is_compared_cannot_be_fixed_and_a_folder_has_a_name(tmp_path: Path) -> None:
    fixed = command("--tasks", "math", "--arg", "reveal=full", cwd=tmp_path)
    assert (fixed.returncode, fixed.stderr) == (
        2, "error: --arg reveal is what is compared, so it cannot be fixed: name the settings, as --settings full.\n",
    )  # fmt: skip
    unnamed = command("--tasks", "math", "--out", "", cwd=tmp_path)
    assert (unnamed.returncode, unnamed.stderr) == (
        2, "error: --out names a folder: leave it out for one in runs/degrade.\n",
    )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def gsm(number: int, answer: str) -> dict[str, Any]:
    pieces = ["How many eggs do I have?", f"I had {number} eggs.", "I bought 2 more."]
    shards = [{"shard_id": i, "shard": text} for i, text in enumerate(pieces, start=1)]
    return {
        "task_id": f"sharded-GSM8K/{number}",
        "task": "math",
        "question": " ".join(pieces),
        "answer": answer,
        "shards": shards,
    }


def test_a_file_of_few_records_is_no_evidence_of_many(tmp_path: Path) -> None:
    data = tmp_path / "data.json"
    data.write_text(json.dumps([gsm(1, "nothing"), gsm(5, "#### 7")]))
    (tmp_path / "agents.py").write_text("def same(history):\n    return 'The answer is 7.'\n")
    run = command(
        "--tasks", "math", "--settings", "full,sharded", "--instances", "20", "--split", "all", "--arg", f"data={data}",
        "--agent", "agents:same", cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    line = f"ShardedMath: only 1 distinct instruction in the split all of {data}, 20 were asked for; each counts once"
    assert f"warning: {line}\n" in run.stderr
    assert f"**{line}.**" in run.stdout
    assert "1 instruction of each world, 2 runs of each" in run.stdout
    assert "the smallest that it can be is 1.0000 with the 1 of all worlds" in run.stdout
    assert run.stderr.startswith(f"warning: {data}: left out record 1 (sharded-GSM8K/1): "), run.stderr
    assert "UserWarning" not in run.stderr
    (folder,) = (tmp_path / "runs" / "degrade").iterdir()
    assert len((folder / "ShardedMath-full" / "episodes.jsonl").read_text().splitlines()) == 2, "repeats are not played"


SLOW = {
    "sync": "import time\ndef agent(history):\n    time.sleep(0.3)\n    return '1'\n",
    "async": "import asyncio\nasync def agent(history):\n    await asyncio.sleep(0.3)\n    return '1'\n",
}


@pytest.mark.parametrize("kind", SLOW)
def test_ctrl_c_says_how_far_it_came(tmp_path: Path, kind: str) -> None:
    (tmp_path / "slow.py").write_text(SLOW[kind])
    # Whoever runs the tests in the background has Ctrl-C ignored, and a child inherits that.
    start = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "sys.argv[0] = 'turnbench'; from turnbench.__main__ import main; main()"
    )
    told = [
        sys.executable,
        "-c",
        start,
        "degrade",
        "--agent",
        "slow:agent",
        "--tasks",
        "math",
        "--settings",
        "full,concat",
    ]
    told += ["--instances", "5", "--n", "2", "--concurrency", "1", "--out", "here"]
    with subprocess.Popen(told, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        journal = tmp_path / "here" / "ShardedMath-full" / "episodes.jsonl"
        until = time.monotonic() + 60
        while not (journal.exists() and journal.read_text().count("\n") >= 2) and time.monotonic() < until:
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
    done = journal.read_text().count("\n")
    assert (run.returncode, out, err) == (130, "", f"stopped at {done}/20; the same command goes on\n")
    assert 2 <= done < 10
