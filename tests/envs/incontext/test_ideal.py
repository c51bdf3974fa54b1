"""The table of ideal scores: calculated cells against the published simulation, simulated cells against the calculated ones."""

from __future__ import annotations

import csv
import io
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from turnbench.envs.incontext import ideal
from turnbench.envs.incontext.families.corridor import ideal as corridor
from turnbench.envs.incontext.families.corridor.env import LeverCorridor
from turnbench.envs.incontext.families.corridor.players import Random, Reference

CALCULATED = {c.name: c.score for c in itertools.takewhile(lambda c: c.how == "exact", corridor.cells(1))}


@pytest.mark.parametrize(
    ("name", "score"),
    [
        ("whole", 1.00),
        ("no records", 0.00),
        ("first 5 of 6 rooms", 0.21),
        ("first 4 of 6 rooms", 0.05),
        ("first 3 of 6 rooms", 0.01),
    ],
)
@pytest.mark.parametrize("rooms", ["named", "aliased"])
def test_corridor_by_rooms_known(rooms: str, name: str, score: float) -> None:
    """Against the figures that a simulation of another hand gave for the same game, to two digits."""
    assert round(CALCULATED[f"{rooms}, {name}"], 2) == score


def test_corridor_isolated_and_shuffled() -> None:
    for n, score in ((1, 0.00), (6, 0.15), (12, 0.61), (24, 0.95)):
        assert round(CALCULATED[f"named, {n} isolated"], 2) == score
    # The other simulation did not see the exit, whose step gives the last lever away.
    assert round(CALCULATED["aliased, shuffled, exit unseen"], 2) == 0.11
    assert round(CALCULATED["aliased, shuffled"], 2) == 0.30


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("named, 6 isolated", {"context": "isolated", "steps": 6}),
        ("named, 12 isolated", {"context": "isolated", "steps": 12}),
        ("named, whole", {}),
        ("aliased, whole", {"rooms": "aliased"}),
        ("named, no records", {"context": "none"}),
        ("aliased, shuffled", {"rooms": "aliased", "context": "shuffled"}),
    ],
)
def test_play_agrees_with_calculation(name: str, arguments: dict[str, object]) -> None:
    cell = ideal.simulate(name, LeverCorridor, Reference, 400, **arguments)
    spread = (cell.high - cell.low) / 2
    assert cell.score == pytest.approx(CALCULATED[name], abs=2 * spread)
    assert cell.low <= cell.score <= cell.high
    assert (cell.player, cell.how, cell.episodes) == ("reference", "simulated", 400)


def test_a_simulation_is_the_same_again() -> None:
    first, again = (ideal.simulate("x", LeverCorridor, Random, 50, length=3, levers=2) for _ in range(2))
    assert first == again
    assert 0 < first.score < 1


def test_interval() -> None:
    assert ideal.interval(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)  # Wilson, 5 of 10
    assert ideal.interval(0, 100) == pytest.approx((0.0, 0.0370), abs=1e-4)
    assert ideal.interval(100, 100)[1] == 1.0


def test_the_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def two(episodes: int) -> Iterator[tuple[str, list[ideal.Cell]]]:
        cell = ideal.Cell("whole", "random", "simulated", 0.25, 0.1, 0.4, episodes, {"burst": 0.0})
        yield "corridor", [ideal.exact("whole", 1 / 3), cell]

    monkeypatch.setattr(ideal, "family_cells", two)
    out = tmp_path / "new" / "ideal.csv"
    monkeypatch.setattr(sys, "argv", ["ideal", "--out", str(out), "--episodes", "7"])
    ideal.main()
    rows = list(csv.reader(io.StringIO(out.read_text())))
    assert rows == [
        ["family", "name", "player", "how", "score", "low", "high", "episodes", "arguments"],
        ["corridor", "whole", "best", "exact", "0.3333", "0.3333", "0.3333", "0", "{}"],
        ["corridor", "whole", "random", "simulated", "0.2500", "0.1000", "0.4000", "7", '{"burst": 0.0}'],
    ]
