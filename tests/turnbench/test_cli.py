"""The command line as a user meets it: outputs, one-sentence errors, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


def turnbench(*arguments: str, cwd: Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "turnbench", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        input=stdin,
        timeout=120,
    )


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two finished runs, made through the command line."""
    folder = tmp_path_factory.mktemp("cli")
    for agent in ("reference", "careless"):
        done = turnbench(
            "run",
            "--agent",
            agent,
            "--env",
            "TwentyQ-Small-v0",
            "--episodes",
            "30",
            "--arg",
            "budget=8",
            "--out",
            agent,
            cwd=folder,
        )
        assert done.returncode == 0, done.stderr
        assert "TwentyQ-Small-v0" in done.stdout
        assert f"result: {agent}/result.json" in done.stderr
        assert "30/30 episodes" in done.stderr
    return folder


def test_list(tmp_path: Path) -> None:
    plain = turnbench("list", cwd=tmp_path)
    assert plain.stdout.splitlines()[0] == "id\targuments\tplayers\ttags"
    assert "TurnBench/GuessMyCity-v0\tworld=cities" in plain.stdout
    rows = json.loads(turnbench("list", "twentyq", "--json", cwd=tmp_path).stdout)
    assert {r["id"] for r in rows} >= {"TurnBench/TwentyQ-v0", "TurnBench/TwentyQ-Small-v0"}
    assert all("TwentyQ" in r["id"] for r in rows)


def test_scorecard(runs: Path) -> None:
    plain = turnbench("scorecard", "reference", "careless/result.json", cwd=runs)
    lines = plain.stdout.splitlines()
    assert lines[0].split("\t")[:5] == ["environment", "agent", "split", "score", "95 % interval"]
    assert lines[1].split("\t")[:2] == ["TwentyQ-Small-v0", "reference"]
    assert lines[4].split("\t")[-1] in ("reference is better", "not told apart")
    card = json.loads(turnbench("scorecard", "reference", "careless", "--json", cwd=runs).stdout)
    assert [r["agent"] for r in card["rows"]] == ["reference", "careless"]
    difference = card["comparisons"][0]
    assert difference["low"] <= difference["mean"] <= difference["high"]
    assert difference["mean"] == pytest.approx(card["rows"][0]["mean_score"] - card["rows"][1]["mean_score"])


def test_a_scorecard_leaves_out_what_is_not_finished(runs: Path, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    begun.mkdir()
    (begun / "run.json").write_text((runs / "careless" / "run.json").read_text())
    both = turnbench("scorecard", str(runs / "reference"), str(begun), cwd=tmp_path)
    assert both.returncode == 0
    assert "not finished; repeat its command to go on" in both.stderr
    assert both.stdout == turnbench("scorecard", str(runs / "reference"), cwd=tmp_path).stdout
    alone = turnbench("scorecard", str(begun), cwd=tmp_path)
    assert (alone.returncode, alone.stdout) == (2, "")
    assert "None of these runs is finished: repeat their commands to go on." in alone.stderr


def test_show_and_verify(runs: Path) -> None:
    shown = turnbench("show", "reference", "--episode", "3", cwd=runs).stdout
    assert "episode 3, seed 3, agent reference" in shown
    assert "You are playing Twenty Questions." in shown
    assert "  1  agent  " in shown
    verified = turnbench("verify", "reference", "careless", cwd=runs)
    assert verified.returncode == 0
    assert verified.stdout.count("verified, 30 episodes") == 2


def test_json_summary(tmp_path: Path) -> None:
    done = turnbench("run", "--agent", "random", "--env", "TwentyQ-Small-v0", "--episodes", "5", "--json", cwd=tmp_path)
    report = json.loads(done.stdout)
    assert report["summary"]["episodes"] == 5
    assert (tmp_path / report["result"]).exists()


def test_play(tmp_path: Path) -> None:
    won = turnbench("play", "--target", "piano", "--seed", "1", cwd=tmp_path, stdin="Is it alive?\nIs it a piano?\n")
    assert "No. 19 questions left." in won.stdout
    assert "Yes. It is a piano. You needed 2 questions." in won.stdout
    assert "Score 1" in won.stdout
    gave_up = turnbench("play", "--seed", "1", cwd=tmp_path, stdin="Is it alive?\n")
    assert gave_up.returncode == 0
    assert "Given up. Seed 1 brings this episode back." in gave_up.stdout


def test_own_agents(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "def player(history):\n    return 'Is it alive?'\n\n"
        "def factory(context):\n    return lambda history: f'Is it a {context.env_arguments[\"world\"]}?'\n\n"
        "def broken(context):\n    raise RuntimeError('no weights')\n"
    )
    for name in ("mine:player", "mine:factory"):
        done = turnbench("run", "--agent", name, "--env", "TwentyQ-Small-v0", "--episodes", "2", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    (tmp_path / "lines.txt").write_text("Is it alive?\nIs it a dog?\n")
    done = turnbench(
        "run",
        "--agent",
        "scripted:lines.txt",
        "--env",
        "TwentyQ-v0",
        "--target",
        "dog",
        "--episodes",
        "2",
        "--json",
        cwd=tmp_path,
    )
    assert json.loads(done.stdout)["summary"]["mean_score"] == 1.0


def test_a_finished_run_says_so_and_an_edited_agent_is_another_one(tmp_path: Path) -> None:
    command = ("run", "--agent", "mine:player", "--env", "TwentyQ-Small-v0", "--episodes", "2")
    (tmp_path / "mine.py").write_text("def player(history):\n    return 'Is it alive?'\n")
    assert "already complete" not in turnbench(*command, cwd=tmp_path).stderr
    assert "already complete, nothing was played" in turnbench(*command, cwd=tmp_path).stderr
    (tmp_path / "mine.py").write_text("def player(history):\n    return 'Is it red?'\n")
    edited = turnbench(*command, cwd=tmp_path)
    assert edited.returncode == 2
    assert "holds another run (agent.details.code_hash was" in edited.stderr


def test_a_third_party_environment_is_run_and_verified(tmp_path: Path) -> None:
    (tmp_path / "own_env.py").write_text(
        "from turnbench import register_env\n"
        "register_env('TurnBench/Own-v0', 'turnbench.envs.twentyq.env:TwentyQ', budget=3)\n"
    )
    done = turnbench(
        "run", "--agent", "random", "--env", "own_env:TurnBench/Own-v0", "--episodes", "3", "--out", "r", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "verified, 3 episodes" in turnbench("verify", "r", cwd=tmp_path).stdout


def test_failures_are_told(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "def sometimes(history):\n    return 'Is it alive?' if int(history.episode) else 1 / 0\n\n"
        "def never(history):\n    return None\n"
    )
    some = turnbench("run", "--agent", "mine:sometimes", "--env", "TwentyQ-Small-v0", "--episodes", "2", cwd=tmp_path)
    assert some.returncode == 0
    assert "1 of 2 episodes failed; the first in the agent after turn 0: ZeroDivisionError" in some.stderr
    none = turnbench("run", "--agent", "mine:never", "--env", "TwentyQ-Small-v0", "--episodes", "2", cwd=tmp_path)
    assert none.returncode == 2
    assert "error: every episode failed, so there is no score;" in none.stderr


def test_failed_episodes_can_be_played_again(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "import pathlib\n\n"
        "def play(history):\n"
        "    if int(history.episode) % 2 and not pathlib.Path('mended').exists():\n"
        "        raise MemoryError('no room')\n"
        "    return 'Is it alive?'\n"
    )
    command = ("run", "--agent", "mine:play", "--env", "TwentyQ-Small-v0", "--episodes", "4", "--out", "r")
    for _ in range(2):  # a second time nothing is played, and how to do it is said again
        first = turnbench(*command, cwd=tmp_path)
        assert "2 of 4 episodes failed" in first.stderr
        assert "the same command with --retry-failed plays them again" in first.stderr
    assert "already complete, nothing was played" in first.stderr
    (tmp_path / "mended").touch()
    again = turnbench(*command, "--retry-failed", cwd=tmp_path)
    assert (again.returncode, "failed;" in again.stderr) == (0, False)
    assert "2 episodes had failed and were played again (--retry-failed)" in again.stdout
    assert json.loads((tmp_path / "r" / "result.json").read_text())["provenance"]["retried"] == 2
    assert len((tmp_path / "r" / "failed.jsonl").read_text().splitlines()) == 2
    assert "verified, 4 episodes" in turnbench("verify", "r", cwd=tmp_path).stdout


def test_reasoning_is_shown_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from turnbench import Reply\n\n"
        "def play(history):\n    return Reply('Is it alive?', {'reasoning': 'An [animal]?'} if not history.turns else {})\n"
    )
    turnbench(
        "run", "--agent", "mine:play", "--env", "TwentyQ-Small-v0", "--episodes", "1", "--turn-limit", "2", "--out", "r",
        cwd=tmp_path,
    )  # fmt: skip
    folded = turnbench("show", "r", cwd=tmp_path).stdout
    assert folded.count("thought") == 1
    assert "  1  thought  (12 characters of reasoning: --reasoning shows them)" in folded
    assert "[animal]" not in folded
    assert (
        "  1  thought  An [animal]?\n  1  agent  Is it alive?"
        in turnbench("show", "r", "--reasoning", cwd=tmp_path).stdout
    )


def test_the_version(tmp_path: Path) -> None:
    from turnbench import __version__

    assert turnbench("--version", cwd=tmp_path).stdout == f"turnbench {__version__}\n"


def test_a_dry_run_says_how_far_a_limit_reaches(tmp_path: Path) -> None:
    command = ("run", "--dry-run", "--agent", "openai:m", "--env", "TwentyQ-v0", "--episodes", "50")
    limit = ("--max-cost", "0.001", "--price-in", "1", "--price-out", "2", "--base-url", "http://127.0.0.1:9/v1")
    said = turnbench(*command, *limit, cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "Within --max-cost 0.001 about this many of 50 episodes: " in said.stdout
    assert "as the reference plays" in said.stdout.splitlines()[3]
    assert not (tmp_path / "runs").exists()


ERRORS = {
    "unknown environment": (
        ["run", "--agent", "random", "--env", "TwentyQ-Smal-v0"],
        "There is no environment 'TwentyQ-Smal-v0'; `turnbench list` shows all. Did you mean 'TwentyQ-Small-v0'?",
    ),
    "unknown agent": (
        ["run", "--agent", "referense", "--env", "TwentyQ-v0"],
        "Did you mean 'reference'?",
    ),
    "unknown module": (
        ["run", "--agent", "nowhere.to.be:found", "--env", "TwentyQ-v0"],
        "no module 'nowhere.to.be' is installed or in this folder",
    ),
    "unknown name in a module": (
        ["run", "--agent", "json:lods", "--env", "TwentyQ-v0"],
        "The module 'json' has no 'lods'.",
    ),
    "broken factory": (
        ["run", "--agent", "mine:broken", "--env", "TwentyQ-v0"],
        "Building the agent mine:broken failed: RuntimeError: no weights.",
    ),
    "unwritable folder": (
        ["run", "--agent", "random", "--env", "TwentyQ-v0", "--out", "mine.py/run"],
        "Cannot write to 'mine.py/run': Not a directory; choose another --out.",
    ),
    "another run's folder": (
        ["run", "--agent", "random", "--env", "TwentyQ-Small-v0", "--out", "other", "--episodes", "3"],
        "'other' holds another run",
    ),
    "corrupt journal": (
        ["run", "--agent", "random", "--env", "TwentyQ-Small-v0", "--out", "corrupt", "--episodes", "2"],
        "'corrupt/episodes.jsonl' line 1 is not an episode: remove that line to play the episode again.",
    ),
    "negative seed": (
        ["run", "--agent", "random", "--env", "TwentyQ-v0", "--seed", "-1"],
        "Seeds run from 0 to 2**63 - 1",
    ),
    "too large a seed": (
        ["run", "--agent", "random", "--env", "TwentyQ-v0", "--seed", str(2**63)],
        "Seeds run from 0 to 2**63 - 1",
    ),
    "no episodes": (
        ["run", "--agent", "random", "--env", "TwentyQ-v0", "--episodes", "0"],
        "The number of episodes is from 1 to 10,000,000, not 0.",
    ),
    "bad argument": (
        ["run", "--agent", "random", "--env", "TwentyQ-v0", "--arg", "budget"],
        "--arg takes NAME=VALUE, not 'budget'.",
    ),
    "unknown argument": (
        ["run", "--agent", "random", "--env", "TwentyQ-v0", "--arg", "bugdet=3"],
        "TurnBench/TwentyQ-v0 does not take these arguments: there is no 'bugdet'; it has: ",
    ),
    "settings of a plain function": (
        ["run", "--agent", "mine:plain", "--env", "TwentyQ-v0", "--agent-arg", "temperature=0"],
        "mine:plain is no factory, so nothing would read temperature: leave that out, or give a function or class",
    ),
    "an agent that describes itself in no JSON": (
        ["run", "--agent", "mine:Odd", "--env", "TwentyQ-v0"],
        "What describe() of the agent mine:Odd returns cannot be written into a result",
    ),
    "unknown target": (
        ["run", "--agent", "random", "--env", "TwentyQ-v0", "--target", "pinao"],
        "The world 'things' has no thing called 'pinao'. Did you mean 'piano'?",
    ),
    "missing result": (["scorecard", "nothing.json"], "There is no result file 'nothing.json'"),
    "no such episode": (["show", "other", "--episode", "99"], "No such episode: it has 0 to 1, with endings"),
    "check of nothing": (["check", "Nothing-v0"], "There is no environment 'Nothing-v0'"),
}


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("errors")
    (folder / "mine.py").write_text(
        "import turnbench\n\n"
        "def broken(context):\n    raise RuntimeError('no weights')\n\n"
        "def plain(history):\n    return 'Is it alive?'\n\n"
        "class Odd(turnbench.Agent):\n"
        "    def act(self, histories):\n        return []\n\n"
        "    def describe(self):\n        return {'weights': {1, 2}}\n"
    )
    for name in ("other", "corrupt"):
        turnbench("run", "--agent", "random", "--env", "TwentyQ-Small-v0", "--out", name, "--episodes", "2", cwd=folder)
    journal = folder / "corrupt" / "episodes.jsonl"
    journal.write_text("{broken}\n" + journal.read_text().split("\n", 1)[1])
    return folder


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_one_sentence_and_exit_2(name: str, workshop: Path) -> None:
    arguments, message = ERRORS[name]
    done = turnbench(*arguments, cwd=workshop)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: "), done.stderr
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_reader_that_goes_away_is_no_error(runs: Path) -> None:
    command = f"{sys.executable} -m turnbench show reference --limit 30 | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, cwd=runs)
    assert done.stderr == ""
