"""Which instructions count: a file holds only so many and a small world repeats itself, and a repeated one is no new evidence."""

from __future__ import annotations

from turnbench.env import TextEnv
from turnbench.result import repeated


def distinct(env: TextEnv, instances: int, first_seed: int) -> tuple[int, ...]:
    """Places, from 0, of those among the first `instances` whose content (`TextEnv.instance_key`) did not come before."""
    places: dict[str, int] = {}
    for place in range(instances):
        env.reset(seed=0, options=repeated({}, first_seed, 1, place))
        places.setdefault(env.instance_key() or f"place {place}", place)
    return tuple(places.values())


def shortfall(task: str, found: int, asked: int, split: str, data: str | None) -> str | None:
    """The line that says that there are fewer distinct instructions than asked for; None where there are as many."""
    if found == asked:
        return None
    where = f"in the split {split} of {data}" if data else f"among the first {asked} of the split {split}"
    more = "; --split all uses the whole file" if data and split != "all" else ""
    many = "instruction" if found == 1 else "instructions"
    return f"{task}: only {found} distinct {many} {where}, {asked} were asked for; each counts once{more}"
