"""What is said of a player's actions, held against players whose behaviour is known."""

from __future__ import annotations

import math

from turnbench.baselines.icl.measure import measure

CORRIDOR = "TurnBench/LeverCorridor-v0"


def test_the_copier_by_view_is_right_where_rooms_have_names() -> None:
    found = measure("nearest", CORRIDOR, {"wording": "compact"}, 100)
    assert found.score == found.right == found.valid == 1.0
    assert math.isnan(found.harmful_view)  # nowhere was copying wrong
    assert math.isnan(found.tokens)


def test_a_wrong_level_makes_copying_harmful() -> None:
    found = measure("replay", CORRIDOR, {"burst": 0.0, "slip": 0.0}, 300)
    assert found.harmful_time == 1.0  # it always says what the record says
    assert found.score == 0.0
    # Right by chance, once in six, at the first action; later ones are asked in rooms that only right ones lead to.
    assert 0.1 < found.right < 0.25


def test_open_loop_copying_falls_out_of_step_with_slips() -> None:
    calm = measure("replay", CORRIDOR, {"slip": 0.0, "wording": "compact"}, 50)
    slipping = measure("replay", CORRIDOR, {"wording": "compact"}, 300)
    assert calm.score == 1.0
    assert 0.25 < slipping.score < 0.45  # all six pulls of both games without a slip, or slips at the same places
    assert slipping.progress > slipping.score


def test_without_records_there_is_nothing_to_copy() -> None:
    found = measure("random", CORRIDOR, {"context": "none"}, 50)
    assert math.isnan(found.harmful_time)
    assert math.isnan(found.harmful_view)
    assert found.as_dict()["harmful_time"] is None
