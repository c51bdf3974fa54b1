"""Recorded episodes made up for the tests of credit methods: only what a test says matters, the rest is filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from turnbench.baselines.trajectory import Floats, Group, Trajectory

GATHERED = {"exact": "turn", "values": "moment", "branches": "moment", "token_values": "token moment"}
"""What methods may ask for, and what there is one number of: a turn (K), a moment (K + 1), a token moment (T + 1)."""


def episode(
    rewards: Sequence[float],
    *,
    tokens: Sequence[int] | None = None,
    states: Sequence[str] | None = None,
    truncated: bool = False,
    gathered: Mapping[str, Sequence[float]] | None = None,
) -> Trajectory:
    """An episode with these rewards per turn; two tokens a turn and a state per turn index unless told."""
    counts = np.array(tokens if tokens is not None else [2] * len(rewards), dtype=np.int64)
    length = int(counts.sum())
    return Trajectory(
        rewards_K=np.array(rewards, dtype=np.float64),
        tokens_K=counts,
        logprobs_T=-np.linspace(0.1, 2.0, length),
        entropies_T=np.linspace(0.5, 1.5, length),
        certainties_T=np.linspace(3.0, 4.0, length),
        states_K=tuple(states) if states is not None else tuple(f"state {k}" for k in range(len(rewards))),
        truncated=truncated,
        gathered={name: np.array(numbers, dtype=np.float64) for name, numbers in (gathered or {}).items()},
    )


def group(*members: Trajectory, seed: int = 0) -> Group:
    """These episodes as one group."""
    return Group(seed=seed, members=list(members))


def outcomes(*returns: float, turns: int = 1) -> Group:
    """A group of episodes of `turns` turns that earn their return with the last one."""
    return group(*(episode([0.0] * (turns - 1) + [total]) for total in returns))


def random_group(rng: np.random.Generator, members: int, longest: int = 5) -> Group:
    """Dense rewards, early finishers, revisited states, and every number a method might ask to be gathered."""
    made = []
    for _ in range(members):
        turns = int(rng.integers(1, longest + 1))
        tokens = rng.integers(1, 5, turns).tolist()
        made.append(
            episode(
                (rng.integers(-4, 5, turns) / 4).tolist(),
                tokens=tokens,
                states=["start"] + [f"state {s}" for s in rng.integers(0, 3, turns - 1)],
                truncated=bool(rng.integers(2)),
            )
        )
    return with_gathered(group(*made), rng)


def with_gathered(of: Group, rng: np.random.Generator) -> Group:
    """The same group, each member with random numbers for all of GATHERED, 0 after the end that the world made."""
    for m in of.members:
        sizes = {"turn": m.turns, "moment": m.turns + 1, "token moment": len(m.logprobs_T) + 1}
        m.gathered = {name: rng.normal(size=sizes[unit]) for name, unit in GATHERED.items()}
        if not m.truncated:
            for name, unit in GATHERED.items():
                if unit != "turn":
                    m.gathered[name][-1] = 0.0
    return of


def rounded(credits: list[Floats]) -> list[list[float]]:
    """Credits as lists, rounded to nine places, so that a test can write them down."""
    return [[round(float(a), 9) + 0.0 for a in c] for c in credits]
