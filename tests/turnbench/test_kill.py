"""`kill -9` at any moment: the resumed run equals the uninterrupted one; nothing is lost, nothing is there twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from turnbench.journal import read_journal
from turnbench.result import Result, read_result

EPISODES = 400
COMMAND = [
    sys.executable, "-m", "turnbench", "run", "--agent", "careless", "--env", "TurnBench/TwentyQ-Small-v0",
    "--episodes", str(EPISODES), "--quiet", "--batch-size", "7",
]  # fmt: skip


def outcome(result: Result) -> list[object]:
    return [(e.index, e.seed, e.actions, e.rewards, e.observation_hashes, e.ending) for e in result.episodes] + [
        result.summary
    ]


def test_killed_many_times_equals_uninterrupted(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    subprocess.run([*COMMAND, "--out", str(whole)], check=True, capture_output=True, cwd=tmp_path)
    out = tmp_path / "killed"
    rng = random.Random(0)
    kills = 0
    deadline = time.monotonic() + 90
    while not (out / "result.json").exists():
        assert time.monotonic() < deadline, "the run makes no progress under kills"
        before = len(read_journal(out)) if out.exists() else 0
        process = subprocess.Popen(
            [*COMMAND, "--out", str(out)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path
        )
        # Wait until it has added something, then strike at a random moment, mid-write included.
        while process.poll() is None and len(_lines(out)) <= before:
            time.sleep(0.005)
        time.sleep(rng.random() * 0.06)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.wait()
        if kills == 5:
            subprocess.run([*COMMAND, "--out", str(out)], check=True, capture_output=True, cwd=tmp_path)
    assert kills >= 3, "the run finished before it could be killed"
    indices = [json.loads(line)["index"] for line in (out / "episodes.jsonl").read_text().splitlines()]
    assert sorted(indices) == list(range(EPISODES))
    killed = read_result(out)
    assert outcome(killed) == outcome(read_result(whole))
    assert killed.provenance.resumed >= 3


def _lines(out: Path) -> list[bytes]:
    path = out / "episodes.jsonl"
    return path.read_bytes().splitlines() if path.exists() else []
