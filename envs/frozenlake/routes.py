"""The best fixed route: what a player reaches who never looks. `python -m turnbench.envs.frozenlake.routes`."""

from __future__ import annotations

import argparse

from turnbench.envs.frozenlake.env import FrozenLake
from turnbench.envs.frozenlake.maps import Lake, fixed_route_ceiling


def lakes_of(split: str, episodes: int, first_seed: int, size: int = 4) -> list[Lake]:
    """The lakes that these seeds draw."""
    env = FrozenLake(size=size, split=split)
    lakes = []
    for seed in range(first_seed, first_seed + episodes):
        env.reset(seed=seed)
        lakes.append(env.lake)
    return lakes


def main() -> None:
    """Print the share of episodes that the best fixed route crosses."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--split", default="test")
    parser.add_argument("--episodes", type=int, default=1000)
    parser.add_argument("--first-seed", type=int, default=1_000_000)
    parser.add_argument("--size", type=int, default=4)
    given = parser.parse_args()
    lakes = lakes_of(given.split, given.episodes, given.first_seed, given.size)
    print(f"{fixed_route_ceiling(given.size, lakes):.3f}")


if __name__ == "__main__":
    main()
