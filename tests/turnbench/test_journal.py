"""The journal: a torn last line is repaired, any other damage is reported with its line."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnbench.errors import JournalError
from turnbench.journal import Journal, read_journal
from turnbench.result import EpisodeRecord, Failure, write_atomically


def record(index: int) -> EpisodeRecord:
    return EpisodeRecord(
        index=index, seed=index, instance="i", actions=["a"], rewards=[1.0], observation_hashes=["x", "y"],
        score=1.0, ending="success", wall_s=0.0, environment_s=0.0,
    )  # fmt: skip


def write(folder: Path, count: int) -> Path:
    with Journal(folder, {"run": 1}) as journal:
        for i in range(count):
            journal.append(record(i))
    return folder / "episodes.jsonl"


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(0, 400))
def test_any_torn_tail_is_repaired(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    folder = tmp_path_factory.mktemp("run")
    path = write(folder, 3)
    data = path.read_bytes()
    kept = max(0, len(data) - cut)
    path.write_bytes(data[:kept])
    whole = data[:kept].count(b"\n")
    with Journal(folder, {"run": 1}) as journal:
        assert set(journal.finished) == set(range(whole))
        for i in range(whole, 3):
            journal.append(record(i))
    assert path.read_bytes() == data


def test_corruption_elsewhere_names_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, 3)
    lines = path.read_text().splitlines()
    lines[1] = lines[1][:20]
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(JournalError, match=r"line 2 is not an episode: remove that line to play the episode again\.$"):
        read_journal(tmp_path)
    path.write_text("\n".join([lines[0], lines[0]]) + "\n")
    with pytest.raises(JournalError, match=r"line 2 repeats episode 0: remove one of the two lines\.$"):
        read_journal(tmp_path)


@pytest.mark.parametrize("moment", [0, 1, 2])
def test_setting_failed_episodes_aside_survives_being_killed(
    tmp_path: Path, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure = {"boundary": "agent", "kind": "ValueError", "message": "\u2028 \x85 oh", "turn": 0}
    with Journal(tmp_path, {"run": 1}) as journal:
        for i in range(4):
            journal.append(record(i).model_copy(update={"failure": Failure.model_validate(failure)} if i % 2 else {}))
    lines = (tmp_path / "episodes.jsonl").read_bytes().splitlines()
    (tmp_path / "result.json").write_text("{}")
    written = 0

    def killed(path: Path, text: str) -> None:
        nonlocal written
        if written == moment:
            raise KeyboardInterrupt
        written += 1
        write_atomically(path, text)

    with monkeypatch.context() as patch:
        patch.setattr("turnbench.journal.write_atomically", killed)
        with contextlib.suppress(KeyboardInterrupt), Journal(tmp_path, {"run": 1}, retry_failed=True):
            assert moment == 2  # nothing was left to be killed in
    assert not (tmp_path / "result.json").exists()
    with Journal(tmp_path, {"run": 1}, retry_failed=True) as journal:
        assert (journal.finished, journal.set_aside) == ({0, 2}, 2)
        journal.append(record(1))
    assert (tmp_path / "failed.jsonl").read_bytes().splitlines() == lines[1::2]
    assert (tmp_path / "episodes.jsonl").read_bytes().splitlines()[:2] == lines[::2]
    with Journal(tmp_path, {"run": 1}) as journal:
        assert (journal.finished, journal.set_aside) == ({0, 1, 2}, 2)


def test_nothing_twice(tmp_path: Path) -> None:
    with Journal(tmp_path, {"run": 1}) as journal:
        journal.append(record(0))
        with pytest.raises(JournalError, match="episode 0 is already in"):
            journal.append(record(0))


def test_other_runs_are_refused(tmp_path: Path) -> None:
    write(tmp_path, 1)
    with pytest.raises(JournalError, match=r"holds another run \(run was 1, now 2\)"), Journal(tmp_path, {"run": 2}):
        pass
    (tmp_path / "run.json").unlink()
    with pytest.raises(JournalError, match=r"has episodes but no run\.json"), Journal(tmp_path, {"run": 1}):
        pass


def test_one_run_at_a_time(tmp_path: Path) -> None:
    with (
        Journal(tmp_path, {"run": 1}),
        pytest.raises(JournalError, match="is in use by another run"),
        Journal(tmp_path, {"run": 1}),
    ):
        pass


def test_unwritable_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(JournalError, match=r"^Cannot write to .* choose another --out\.$"),
        Journal(tmp_path / "file" / "x", {}),
    ):
        pass
