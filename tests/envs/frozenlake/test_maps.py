"""Lakes: how they are drawn, what makes two of them one, and what every plan on them can reach."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnbench.envs.frozenlake.maps import (
    ACTIONS,
    Lake,
    all_lakes,
    distances,
    draw_lake,
    fixed_route_ceiling,
    key_of,
    parse_map,
    slides,
    solvable,
)
from turnbench.envs.frozenlake.routes import lakes_of, main
from turnbench.envs.frozenlake.words import map_text, read_map
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream
from turnbench.splits import SPLITS, split_of


@st.composite
def lakes(draw: st.DrawFn) -> Lake:
    size = draw(st.sampled_from((4, 8)))
    inner = draw(st.text("FFFH", min_size=size * size - 2, max_size=size * size - 2))
    return Lake(size, f"S{inner}G")


@given(lakes())
def test_a_lake_and_its_mirror_image_are_one_instance(lake: Lake) -> None:
    mirrored = lake.mirrored()
    assert mirrored.mirrored() == lake
    assert key_of(mirrored) == key_of(lake)
    assert solvable(mirrored) == solvable(lake)
    assert mirrored.cells[0] + mirrored.cells[-1] == "SG"


@given(lakes(), st.data())
def test_the_map_is_read_back_from_its_words(lake: Lake, data: st.DataObject) -> None:
    position = data.draw(st.sampled_from([i for i, cell in enumerate(lake.cells) if cell in "SF"]))
    text = map_text(lake, position)
    assert read_map(text) == (lake, position)
    assert "  " not in text
    assert "\n" not in text


@given(lakes())
def test_distances_are_shortest(lake: Lake) -> None:
    """One less than from the best neighbour, everywhere: the equations that shortest distances alone fulfil."""
    far = distances(lake)
    assert far[lake.goal] == 0
    for cell in range(lake.goal):
        around = [far[n] for d in ACTIONS if (n := lake.neighbour(cell, d)) is not None and far[n] >= 0]
        assert far[cell] == (min(around) + 1 if around and lake.cells[cell] != "H" else -1)


def test_moves_against_the_edge_stay() -> None:
    lake = Lake(4, "S" + "F" * 14 + "G")
    assert [lake.move(0, d) for d in ACTIONS] == [0, 4, 0, 1]
    assert [lake.move(15, d) for d in ACTIONS] == [11, 15, 14, 15]
    assert slides("up", True) == ("up", "left", "right")
    assert slides("left", True) == ("left", "up", "down")
    assert slides("right", False) == ("right",)


def test_the_number_of_instances_is_what_the_page_says() -> None:
    keys = {key_of(lake) for lake in all_lakes(4)}
    assert Counter(split_of(key) for key in keys) == {"train": 1137, "validation": 379, "test": 409}


def test_lakes_are_drawn_with_their_probability() -> None:
    """0.2 per hole, given a path; the shares of maps by number of holes, to four standard errors."""
    weights: Counter[int] = Counter()
    for lake in all_lakes(4):
        holes = lake.cells.count("H")
        weights[holes] += 0.2**holes * 0.8 ** (14 - holes)  # type: ignore[assignment]
    total = sum(weights.values())
    rng, n = RandomStream(3), 2000
    counts = Counter(draw_lake(rng, 4, "all").cells.count("H") for _ in range(n))
    for holes in range(6):
        p = weights[holes] / total
        assert counts[holes] / n == pytest.approx(p, abs=4 * (p * (1 - p) / n) ** 0.5), holes


@pytest.mark.parametrize("size", [4, 8])
def test_splits_hold_their_own(size: int) -> None:
    rng = RandomStream(4)
    for split in SPLITS:
        for _ in range(100):
            lake = draw_lake(rng, size, split)
            assert solvable(lake)
            assert split_of(key_of(lake)) == split == split_of(key_of(lake.mirrored()))


def test_the_best_fixed_route() -> None:
    rng = RandomStream(5)
    maps = [draw_lake(rng, 4, "test") for _ in range(2000)]
    found = fixed_route_ceiling(4, maps)
    assert 0.3 < found < 0.5
    # Brute force: walk all routes of down and right on all maps.
    best = 0
    for route in product(("down", "right"), repeat=6):
        if route.count("down") == 3:
            best = max(best, sum(_crosses(lake, route) for lake in maps[:300]))
    assert fixed_route_ceiling(4, maps[:300]) == best / 300


def test_no_route_is_better_than_another_over_all_maps() -> None:
    """Drawn from all splits every monotone route has the chance 0.8^5 / P(there is a path) = 0.3816."""
    weights = [(lake, 0.2 ** lake.cells.count("H") * 0.8 ** (14 - lake.cells.count("H"))) for lake in all_lakes(4)]
    total = sum(w for _, w in weights)
    for route in (("right",) * 3 + ("down",) * 3, ("down", "right") * 3):
        chance = sum(w for lake, w in weights if _crosses(lake, route)) / total
        assert chance == pytest.approx(0.8**5 / total)
        assert chance == pytest.approx(0.3816, abs=1e-4)


def _crosses(lake: Lake, route: tuple[str, ...]) -> bool:
    position = 0
    for direction in route:
        position = lake.move(position, direction)
        if lake.cells[position] == "H":
            return False
    return lake.cells[position] == "G"


GOOD = "SFFF/FHFH/FFFH/HFFG"
BAD = [
    "", "SFFG", "SFFF/FHFH/FFFH", "SFFF/FHFH/FFFH/HFF", "SFFF/FHFH/FFFH/HFFS", "FFFF/FHFH/FFFH/HFFG", "sfff/FHFH/FFFH/HFFG",
    "SFFF/FGFH/FFFH/HFFG", "SFFF/FHFH/FFFHHFFG", "SFFF\nFHFH\nFFFH\nHFFG", GOOD + "/", None, 4, ["SFFF"] * 4,
]  # fmt: skip


def test_maps_are_parsed() -> None:
    assert parse_map(GOOD, 4).map == GOOD
    assert parse_map("/".join(["SFFFFFFF", *["FFFFFFFF"] * 6, "FFFFFFFG"]), 8).size == 8
    for bad in BAD:
        with pytest.raises(UsageError, match=r"^The map is 4 rows of 4 letters joined by '/', S first, G last and F "):
            parse_map(bad, 4)
    with pytest.raises(UsageError, match=r"^The map is 8 rows of 8 letters .* not 'SFFF/FHFH/FFFH/HFFG'\.$"):
        parse_map(GOOD, 8)
    with pytest.raises(
        UsageError, match=r"^The map 'SHFF/HFFF/FFFF/FFFG' has no path from S to G: leave some ice between them\.$"
    ):
        parse_map("SHFF/HFFF/FFFF/FFFG", 4)
    with pytest.raises(UsageError, match=r"^The ceiling of fixed routes needs at least one map\.$"):
        fixed_route_ceiling(4, [])


@settings(max_examples=200)
@given(st.text())
def test_no_text_breaks_the_readers(text: str) -> None:
    assert read_map(text) is None
    with pytest.raises(UsageError):
        parse_map(text, 4)


def test_the_best_route_on_drawn_lakes(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["routes", "--episodes", "50", "--split", "train"])
    main()
    assert 0.2 < float(capsys.readouterr().out) < 0.7
    assert len({lake.map for lake in lakes_of("train", 50, 0)}) > 5
