"""Monte Carlo values by branching: K rollouts from every state an episode went through (VinePPO, arXiv 2410.01679).

`gathered["branches"]` has shape (K + 1,): the mean remaining return before each turn, 0 after a terminal last turn.
States that are alike (same true state with the turns gone, same sight of the policy) are branched from once per group
and share the estimate. Every branch has chance of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from turnbench.baselines.gather import Laboratory
from turnbench.baselines.rollout import Source, play
from turnbench.baselines.trajectory import Group, Trajectory
from turnbench.episode import History
from turnbench.errors import UsageError
from turnbench.machine import EpisodeMachine

RECORD = ("snapshots",)
NAME = "branches"
AT_ONCE = 1024
"""Branches played together."""


def gather(groups: Sequence[Group], lab: Laboratory, branches: int | None = None, name: str = NAME) -> None:
    """Put estimates into every trajectory under `name`."""
    count = branches or lab.branches
    wanted: dict[tuple[int, str], tuple[Trajectory, int]] = {}
    for g, group in enumerate(groups):
        for member in group.members:
            for k in range(member.turns):
                wanted.setdefault((g, _sight(member, k)), (member, k))
    values: dict[tuple[int, str], float] = {}
    places = list(wanted.items())
    per_chunk = max(1, AT_ONCE // count)
    for start in range(0, len(places), per_chunk):
        chunk = places[start : start + per_chunk]
        sources = [
            _branch(lab, member, k, (start + i, j)) for i, (_, (member, k)) in enumerate(chunk) for j in range(count)
        ]
        play(lab.policy, sources, lab.sampler, frozenset(), lab.spent, lab.library)
        if failed := next((f for s in sources if (e := s.machine.episode) and (f := e.failure)), None):
            raise UsageError(f"The environment broke in a branch ({failed.message}): run `turnbench check` on it.")
        for i, (key, _) in enumerate(chunk):
            values[key] = float(np.mean([sum(s.machine.rewards) for s in sources[i * count : (i + 1) * count]]))
        lab.arena.give(s.machine.env for s in sources)
    for g, group in enumerate(groups):
        for member in group.members:
            before = [values[g, _sight(member, k)] for k in range(member.turns)]
            member.gathered[name] = np.array([*before, 0.0])


def _sight(member: Trajectory, turn: int) -> str:
    """True state with the turns gone, and all tokens the policy saw."""
    source: Source = member.source
    return f"{source.snapshots[turn][0]['world']}|{turn}|{source.text_before(turn)}"


def _branch(lab: Laboratory, member: Trajectory, turn: int, noise: tuple[int, int]) -> Source:
    source: Source = member.source
    state, turns = source.snapshots[turn]
    whole = source.machine.history
    history = History(whole.episode, whole.opening, whole.turns[:turns], whole.agent_seed)
    machine = EpisodeMachine.branch(lab.arena.take(), f"{whole.episode}.{turn}.{noise[1]}", state, history)
    machine.env.reseed(*lab.noise, "branch", *noise)
    branch = Source(machine, source.context)
    if source.context == "history" and turns:  # an episode's own opening is put there when it begins
        branch.pieces.append(tuple(source.text_before(turn)))
    return branch
