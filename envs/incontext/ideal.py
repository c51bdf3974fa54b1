"""Ideal scores: what the best player, and those that only copy, are worth with every kind of context.

`python -m turnbench.envs.incontext.ideal --out results/incontext/ideal.csv` writes the table. Every folder in `families` offers its
part in a module `ideal` with a function `cells(episodes) -> Iterable[Cell]`; nothing is listed here.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TextIO

from turnbench.env import TextEnv
from turnbench.envs.incontext import families
from turnbench.envs.incontext.players import Player
from turnbench.episode import History, Opening, Reply, Turn
from turnbench.randomness import stable_hash

EPISODES: Final = 1000
SPLIT: Final = "test"
FIRST_SEED: Final = 0
_Z: Final = 1.959964  # of a 95 % interval


class Cell(NamedTuple):
    """One ideal score."""

    name: str
    """What is shown and, where it matters, how the world looks, such as "named, prefix of 5 steps"."""
    player: str
    """best (by calculation), or the player that was simulated: reference, random, replay, nearest."""
    how: str
    """exact or simulated."""
    score: float
    """Mean score in [0, 1]."""
    low: float
    """95 % interval of the mean; the score itself where it is exact."""
    high: float
    episodes: int = 0
    """Number simulated, on the test split from seed 0; 0 where it is exact."""
    arguments: Mapping[str, Any] = {}
    """The environment's arguments that were simulated, beside its defaults."""


def usual_contexts(isolated: Sequence[int], wholes: Sequence[int] = (2,)) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Names and arguments of the contexts every family is asked about.

    Args:
        isolated: numbers of isolated steps.
        wholes: numbers of whole games beside one, of 2 and 4.
    """
    return (
        ("no records", {"context": "none"}),
        ("wrong level", {"burst": 0.0}),
        ("whole", {}),
        *((f"{_NUMBERS[n]} whole", {"demonstrations": n}) for n in wholes),
        ("prefixes, share 1/2", {"context": "prefix"}),
        ("suffixes, share 1/2", {"context": "suffix"}),
        *((f"{n} isolated", {"context": "isolated", "steps": n}) for n in isolated),
        ("shuffled", {"context": "shuffled"}),
        ("whole, half of them of wrong levels", {"burst": 0.5}),
    )


_NUMBERS: Final = {2: "two", 4: "four"}


def exact(name: str, score: float, player: str = "best") -> Cell:
    """A score by calculation."""
    return Cell(name, player, "exact", score, score, score)


def simulate(name: str, env: Callable[..., TextEnv], player: type[Player], episodes: int, **arguments: Any) -> Cell:
    """A score by play.

    Args:
        name: of the cell.
        env: class of the environment.
        player: who plays.
        episodes: how many; they have the seeds 0, 1, ... of the split test.
        arguments: of the environment.
    """
    world = env(split=SPLIT, **arguments)
    agent = player(world.arguments)
    total = sum(play(world, agent, FIRST_SEED + k) for k in range(episodes))
    low, high = interval(total, episodes)
    return Cell(name, _name_of(player, world), "simulated", total / episodes, low, high, episodes, arguments)


def _name_of(player: type[Player], world: TextEnv) -> str:
    for name, entry in world.players.items():
        module, _, cls = entry.partition(":")
        if getattr(importlib.import_module(module), cls) is player:
            return name
    return player.__name__


def play(world: TextEnv, player: Player, seed: int) -> float:
    """Score of one episode."""
    _, info = world.reset(seed=seed)
    agent_seed = stable_hash("ideal", seed) >> 193
    history = History(f"ideal-{seed}", Opening(info["system_prompt"], info["user_message"]), [], agent_seed)
    score, done = 0.0, False
    while not done:
        said = player.reply(history)
        seen, reward, done, _, _ = world.step(said)
        score += reward
        history.turns.append(Turn(Reply(said), seen))
    return score


def interval(total: float, n: int) -> tuple[float, float]:
    """95 % interval of a mean of n scores in [0, 1] by Wilson (1927); too wide, if anything, for scores between 0 and 1."""
    p = total / n
    middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n * n))
    return min(max(middle - half, 0.0), p), max(min(middle + half, 1.0), p)


def family_cells(episodes: int = EPISODES) -> Iterator[tuple[str, Iterable[Cell]]]:
    """Every family that has a table, with its cells."""
    for root in families.__path__:
        for folder in sorted(Path(root).iterdir()):
            if (folder / "ideal.py").exists():
                yield folder.name, importlib.import_module(f"{families.__name__}.{folder.name}.ideal").cells(episodes)


def write(out: TextIO, episodes: int = EPISODES) -> None:
    """The table, as comma-separated values."""
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["family", *Cell._fields])
    for family, cells in family_cells(episodes):
        for c in cells:
            scores = [f"{x:.4f}" for x in (c.score, c.low, c.high)]
            rows.writerow([family, c.name, c.player, c.how, *scores, c.episodes, json.dumps(dict(c.arguments))])
            out.flush()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Writes the ideal scores of all in-context families.")
    parser.add_argument("--out", help="file to write; without it, the table is printed")
    parser.add_argument("--episodes", type=int, default=EPISODES, help="number of simulated episodes of a cell")
    given = parser.parse_args()
    if given.out is None:
        write(sys.stdout, given.episodes)
        return
    path = Path(given.out)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")  # it takes minutes, and half a table must not pass for one
    with unfinished.open("w", encoding="utf-8") as file:
        write(file, given.episodes)
    unfinished.replace(path)


if __name__ == "__main__":
    main()
