"""The worlds' data: consistent, large enough, refused with one sentence where broken."""

from __future__ import annotations

import csv
import io
from importlib.resources import files

import numpy as np
import pytest

from turnbench.envs.twentyq.audit import findings
from turnbench.envs.twentyq.knowledge import FILES, YES, World, load_world, parse_world, phrases_hash
from turnbench.envs.twentyq.language.linear import LinearReader
from turnbench.errors import WorldDataError

WORLDS = ["things", "cities"]


@pytest.mark.parametrize("name", WORLDS)
def test_no_contradictions(name: str) -> None:
    assert list(findings(load_world(name))) == []


def test_sizes() -> None:
    things, cities = load_world("things"), load_world("cities")
    assert len(things.things) >= 400
    assert len(things.properties) >= 150
    assert len(cities.things) >= 150
    assert len(cities.properties) >= 60


@pytest.mark.parametrize("name", WORLDS)
def test_the_reader_was_fitted_to_these_phrases(name: str) -> None:
    """Otherwise: python -m turnbench.envs.twentyq.language.fit"""
    world = load_world(name)
    assert LinearReader(world.reader).fitted_to == phrases_hash(world)


def test_the_small_world_can_be_told_apart() -> None:
    world = load_world("things")
    rows = world.facts[list(world.members("small"))]
    differences = (rows[:, None, :] == YES) & (rows[None, :, :] == 0)
    counts = differences.sum(axis=2) + differences.sum(axis=2).T
    assert counts[np.triu_indices(64, k=1)].min() >= 2


def texts() -> dict[str, str]:
    root = files("turnbench.envs.twentyq") / "data" / "things"
    return {f: (root / f).read_text(encoding="utf-8") for f in FILES}


def broken(file: str, row: int, column: str, value: str) -> dict[str, str]:
    """The data files with one cell changed."""
    data = texts()
    rows = list(csv.DictReader(data[file].splitlines()))
    rows[row][column] = value
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return {**data, file: out.getvalue()}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("facts.csv", 0, "living", "x"), "facts.csv, dog: 'x' is not y, n or s."),
        (("facts.csv", 1, "thing", "dgo"), "facts.csv row 3 is 'dgo', out of step with things.csv."),
        (("things.csv", 0, "size", "9~3"), "things.csv, dog, size: the range '9~3' is upside down."),
        (("things.csv", 0, "size", "big"), "things.csv, dog, size: 'big' is not a number or a range low~high."),
        (("things.csv", 1, "aliases", "dog"), "things.csv: 'dog' names both 'dog' and 'cat'."),
        (
            ("phrases.csv", 0, "property", "livng"),
            "phrases.csv: 'does it have strings' asks the unknown property 'livng'.",
        ),
    ],
)
def test_broken_data_is_refused(change: tuple[str, int, str, str], message: str) -> None:
    with pytest.raises(WorldDataError) as caught:
        parse_world(broken(*change))
    assert str(caught.value) == message


def changed(prop: str, thing: str, value: str) -> World:
    rows = list(csv.DictReader(texts()["facts.csv"].splitlines()))
    at = next(i for i, r in enumerate(rows) if r["thing"] == thing)
    return parse_world(broken("facts.csv", at, prop, value))


@pytest.mark.parametrize(
    ("prop", "thing", "value", "finding"),
    [
        ("animal", "dog", "n", "dog: mammal is yes, so animal cannot be no."),
        ("plant", "dog", "y", "dog: animal and plant exclude each other, but both are yes."),
        ("vegetable", "carrot", "n", "carrot: everything in the group 'vegetable' should have vegetable."),
        ("hibernates", "hammer", "y", "hammer: hibernates is yes, but none of animal is."),
    ],
)
def test_the_audit_finds_a_wrong_fact(prop: str, thing: str, value: str, finding: str) -> None:
    assert finding in list(findings(changed(prop, thing, value)))
