"""How far two independent judgements of the facts agree: `python -m turnbench.envs.twentyq.judgements FOLDER [WORLD ...]`.

`FOLDER/<world>-first.csv` and `-second.csv` have the form of a world's facts.csv: the first judge went through the things
property by property, the second through the properties thing by thing, neither seeing the other. Where they differ an
arbiter who saw neither answer decided. `FOLDER/things-sample.csv` holds a random sample of cells judged once more, by a
fresh judge, after all of that.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from turnbench.envs.twentyq.knowledge import load_world

Cells = dict[tuple[str, str], str]


def read_cells(path: Path) -> Cells:
    """(thing, property) -> y, n or s."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(row["thing"], prop): answer for row in rows for prop, answer in row.items() if prop != "thing"}


def final_cells(world: str) -> Cells:
    """What the world says now."""
    loaded = load_world(world)
    letters = "nsy"
    return {
        (thing.name, prop.id): letters[loaded.facts[i, p]]
        for i, thing in enumerate(loaded.things)
        for p, prop in enumerate(loaded.properties)
    }


def disagreement(a: Cells, b: Cells) -> tuple[float, float]:
    """Share of common cells that differ, and that differ between a plain yes and a plain no."""
    common = a.keys() & b.keys()
    differ = sum(a[k] != b[k] for k in common)
    opposite = sum({a[k], b[k]} == {"y", "n"} for k in common)
    return differ / len(common), opposite / len(common)


def main(arguments: list[str]) -> None:
    """Print the rates."""
    folder, *worlds = arguments
    for world in worlds or ["things", "cities"]:
        first, second = (read_cells(Path(folder) / f"{world}-{which}.csv") for which in ("first", "second"))
        final = final_cells(world)
        differ, opposite = disagreement(first, second)
        print(
            f"{world}: {len(final)} cells; first against second judge: {differ:.2%} differ, {opposite:.3%} yes against no"
        )
        settled = sum(first[k] != second[k] for k in final)
        as_first = sum(first[k] != second[k] and final[k] == first[k] for k in final)
        as_second = sum(first[k] != second[k] and final[k] == second[k] for k in final)
        print(f"  {settled} settled by an arbiter: {as_first} as the first, {as_second} as the second judge had it")
        sample_path = Path(folder) / f"{world}-sample.csv"
        if sample_path.exists():
            with sample_path.open(encoding="utf-8", newline="") as file:
                sample = {(r["thing"], r["property"]): r["answer"] for r in csv.DictReader(file)}
            for name, cells in (("first against second judge", None), ("fresh judge against the final table", final)):
                chosen = {k: first[k] for k in sample} if cells is None else {k: cells[k] for k in sample}
                other = {k: second[k] for k in sample} if cells is None else sample
                differ, opposite = disagreement(chosen, other)
                print(f"  sample of {len(sample)}: {name}: {differ:.2%} differ, {opposite:.2%} yes against no")


if __name__ == "__main__":
    main(sys.argv[1:])
