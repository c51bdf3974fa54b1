"""A database of five pets and their three owners, small enough to work out by hand what a query returns."""

from __future__ import annotations

import json

from turnbench.envs.sharded.instance import Instance, Shard

SCHEMA = (
    "CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT, town TEXT, born TEXT);\n"
    "CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT, kind TEXT, weight REAL, owner INTEGER REFERENCES owners);"
)
ROWS = {
    "owners": [[1, "Ann", "York", "1990-05-01"], [2, "Bob", "Leeds", "1985-12-31"], [3, "Cy", "York", "2001-01-15"]],
    "pets": [
        [1, "Rex", "dog", 12.5, 1], [2, "Tom", "cat", 4.0, 1], [3, "Rex", "dog", 30.0, 2], [4, "Bella", "cat", 3.5, 3],
        [5, "Tom", "cat", 5.0, None],
    ],
}  # fmt: skip


def pets(gold: str) -> Instance:
    truth = {"sql": gold, "schema": SCHEMA, "rows": json.dumps(ROWS)}
    return Instance("database", "pets", (Shard(1, "I want pets."),), "?", truth, {"schema": SCHEMA})
