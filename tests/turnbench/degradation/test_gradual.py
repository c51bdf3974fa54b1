"""The same instructions told in one message, in two, ...: who is lost when, what the table counts, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import toy_reveal  # noqa: F401 - registers a world without `merge`
import toy_task

from turnbench.degradation.comparison import Comparison
from turnbench.degradation.figure import draw
from turnbench.degradation.gradual import gradual_steps
from turnbench.degradation.plan import USUAL, degrade, plan
from turnbench.degradation.report import markdown, shortfalls_in
from turnbench.degradation.report_json import as_json
from turnbench.errors import UsageError

toy_task.register()
WORLD, OTHER = "TurnBench/Marbles-v0", "TurnBench/OrderedMarbles-v0"


def played(
    agent: str, out: Path, worlds: tuple[str, ...] = (WORLD,), settings: tuple[str, ...] = ("gradual",)
) -> Comparison:
    return degrade(agent, worlds, out=out, settings=settings, instances=12, n=3)


def test_a_row_for_every_number_of_messages_up_to_one_a_piece(tmp_path: Path) -> None:
    found = played("reference", tmp_path)
    pieces = found.pieces[WORLD]
    assert set(pieces) == {4, 5}, "three or four boxes and the goal"
    assert pieces == [(c.notes or {})["shards"] for c in found.cells[WORLD, "sharded"].result.episodes[::3]]
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        *(f"Marbles-gradual-{m}" for m in (1, 2, 3, 4)),
        "Marbles-sharded",
    ]
    for (_, messages), cell in found.gradual.items():
        for episode, k in zip(cell.result.episodes, (k for k in pieces for _ in range(3)), strict=True):
            assert (episode.notes or {})["groups"] == min(messages, k)
            assert episode.turns == min(messages, k)
    steps = gradual_steps(found)
    assert [s.messages for s in steps] == [1, 2, 3, 4, 5]
    assert [s.metrics.instructions for s in steps] == [12] * 4 + [pieces.count(5)]
    assert {s.metrics.performance.value for s in steps} == {100.0}
    assert steps[0].less_one is None
    assert found.settings == ["sharded"], "the steps are in a table of their own"


def test_two_messages_are_enough_to_lose_who_answers_at_once(tmp_path: Path) -> None:
    steps = gradual_steps(played("hasty", tmp_path))
    assert steps[0].metrics.performance.value == 100
    assert all(step.metrics.performance.value < 10 for step in steps[1:])
    lost = steps[1].less_one
    assert lost is not None
    assert lost.difference.value == pytest.approx(steps[1].metrics.performance.value - 100)
    assert lost.p_value < 0.01


def test_the_last_step_is_the_sharded_setting_and_worlds_weigh_the_same(tmp_path: Path) -> None:
    found = played("noisy", tmp_path, (WORLD, OTHER))
    for world in (WORLD, OTHER):
        last = gradual_steps(found, [world])[-1]
        of_five = [k == 5 for k in found.pieces[world]]
        sharded = found.cells[world, "sharded"].scores_IN[of_five]
        assert last.metrics.performance.value == pytest.approx(sharded.mean())
    both = gradual_steps(found)
    alone = [gradual_steps(found, [w]) for w in (WORLD, OTHER)]
    for step, *parts in zip(both, *alone, strict=True):
        assert step.worlds == 2
        assert step.metrics.performance.value == pytest.approx(sum(p.metrics.performance.value for p in parts) / 2)


def test_report_and_figure_hold_it(tmp_path: Path) -> None:
    found = played("hasty", tmp_path, (WORLD, OTHER), ("full", "shuffle-concat", "gradual"))
    text = markdown(found, {})
    assert "## In how many messages" in text
    assert "| all | 1 | 24 | 100.0 [85.8, 100.0] |" in text  # 0.025 ** (1 / 24)
    assert "| Marbles | 2 | 12 | " in text
    assert "| shuffle-concat | 100.0 " in text
    data = json.loads(json.dumps(as_json(found, {})))
    assert [row["messages"] for row in data["gradual"]["overall"]] == [1, 2, 3, 4, 5]
    assert data["gradual"]["worlds"][WORLD][1]["less_one_message"]["value"] < -90
    pytest.importorskip("matplotlib")
    draw(found, tmp_path / "both.svg")
    assert ">messages<" in (tmp_path / "both.svg").read_text()
    del found.gradual[WORLD, 1], found.gradual[OTHER, 1]
    draw(found, tmp_path / "one.svg")
    assert ">messages<" not in (tmp_path / "one.svg").read_text()


def test_what_is_planned_is_known_before(tmp_path: Path) -> None:
    jobs, pieces = plan([WORLD, "ToySums"], [*USUAL, "gradual", "shuffle-concat"], instances=12, n=3)
    assert [j.folder for j in jobs if j.env_id == WORLD] == [
        *(f"Marbles-{s}" for s in USUAL), "Marbles-shuffle-concat", *(f"Marbles-gradual-{m}" for m in (1, 2, 3, 4)),
    ]  # fmt: skip
    assert [j.setting for j in jobs if j.env_id != WORLD] == ["full", "sharded", "user-turns-only"]
    assert list(pieces) == [WORLD]
    with pytest.raises(UsageError, match="None of these worlds takes `merge`"):
        degrade("reference", ["ToySums"], out=tmp_path, settings=["gradual"], instances=2, n=2)
    with pytest.raises(UsageError, match="leave out the argument merge"):
        degrade("reference", [WORLD], out=tmp_path, settings=["gradual"], arguments={"merge": 2})
    with pytest.raises(UsageError, match=r"^OrderedEnv has its messages in a fixed order"):
        degrade(
            "reference",
            [WORLD, OTHER],
            out=tmp_path,
            arguments={"user": "m", "server_url": "http://127.0.0.1:9/v1"},
            settings=["sharded"],
        )
    assert list(tmp_path.iterdir()) == [], "nothing is played before all of it can be"


def test_an_instruction_that_comes_again_counts_once(tmp_path: Path) -> None:
    def record(number: int, pieces: int) -> dict[str, object]:
        told = [{"shard_id": i, "shard": f"Piece {i}."} for i in range(1, pieces + 1)]
        return {"task_id": f"sharded-marbles/{number}", "task": "marbles", "total": number, "shards": told}

    data = tmp_path / "data.json"  # the third repeats the first, and the sixth begins anew
    data.write_text(json.dumps([record(1, 3), record(2, 4), record(1, 3), record(4, 5), record(5, 3)]))
    found = degrade(
        lambda history: "It is 4.", [WORLD], out=tmp_path / "out", settings=["full", "gradual"], instances=20, n=2,
        split="all", arguments={"data": str(data)},
    )  # fmt: skip
    assert found.pieces[WORLD] == [3, 4, 5, 3]
    for cell in found.every_cell:
        assert cell.places == (0, 1, 3, 4)
        assert len(cell.result.episodes) == 10
        assert len(cell.episodes) == 8
        assert cell.scores_IN[:, 0].tolist() == [0, 0, 100, 0]
        assert len({e.instance for e in cell.episodes}) == 4
    assert [s.metrics.instructions for s in gradual_steps(found)] == [4, 4, 4, 2, 1]
    line = f"Marbles: only 4 distinct instructions in the split all of {data}, 20 were asked for; each counts once"
    assert shortfalls_in(found) == as_json(found, {})["shortfalls"] == [line]
    assert as_json(found, {})["overall"]["full"]["instructions"] == 4
