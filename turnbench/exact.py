"""Exact values of turns, from a world's own model of itself.

A world small enough to be solved offers an `ExactModel` of its current instance (`TextEnv.exact_model`). Dynamic
programming over it and a policy's action probabilities then gives Q, V and A of every turn without sampling:

* `memory_free_values`: the policy sees the last observation only. Cost grows with distinct (state, observation) pairs.
* `history_values`: any policy. Cost grows with distinct histories, so only small trees can be enumerated.

Sutton and Barto 2018, "Reinforcement Learning", equations 3.12-3.14 (undiscounted, finite horizon).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from turnbench.errors import TreeTooLarge, UsageError

Floats = NDArray[np.float64]


class Transition(NamedTuple):
    """One possible answer to an action, with its probability; `state` is None after the last turn."""

    probability: float
    state: Hashable | None
    reward: float
    observation: str


class ExactModel(ABC):
    """A world's model of its current instance.

    A state holds everything the future depends on, the number of turns gone included, so no state comes twice in an
    episode. Actions are numbered as in `actions`; number `len(actions)` is INVALID and stands for every other text.
    """

    actions: tuple[str, ...]
    """The canonical text of every action."""

    @abstractmethod
    def start(self) -> Hashable:
        """The state after `reset`."""

    @abstractmethod
    def transitions(self, state: Hashable, action: int) -> Sequence[Transition]:
        """What may follow; the probabilities add up to one."""

    def action_of(self, text: str) -> int:
        """The number of the action a text amounts to. A world that reads more than its canonical texts overrides it."""
        return self.actions.index(text) if text in self.actions else len(self.actions)

    @property
    def action_count(self) -> int:
        """Number of actions, INVALID included."""
        return len(self.actions) + 1


Policy = Callable[[Sequence[str]], Floats]
"""From n observations to action probabilities, shape (n, actions + 1), rows adding up to one, INVALID last."""
HistoryPolicy = Callable[[Sequence[tuple[tuple[int, str], ...]]], Floats]
"""From n histories, each a tuple of (action number, observation that answered it), to probabilities as above."""


class Node(NamedTuple):
    """Where a decision is taken: a state, and what the policy sees there (an observation or a history)."""

    state: Hashable
    seen: Hashable


@dataclass
class ExactValues:
    """Values of every reachable node. `q[node]` has shape (actions + 1,), in units of reward, INVALID last."""

    start: Node
    policy: dict[Node, Floats] = field(default_factory=dict)
    q: dict[Node, Floats] = field(default_factory=dict)
    v: dict[Node, float] = field(default_factory=dict)

    def advantage(self, node: Node) -> Floats:
        """A(node, a) = Q(node, a) - V(node) for every action, shape (actions + 1,)."""
        advantage: Floats = self.q[node] - self.v[node]
        return advantage

    @property
    def value(self) -> float:
        """Expected return from the start."""
        return self.v[self.start]


def memory_free_values(model: ExactModel, opening: str, policy: Policy, limit: int = 200_000) -> ExactValues:
    """Q, V and A of a policy that sees only the last observation, `opening` before the first turn.

    Raises:
        TreeTooLarge: more than `limit` nodes can be reached.
    """
    return _values(model, Node(model.start(), opening), lambda node, action, said: said, policy, limit)


def history_values(model: ExactModel, policy: HistoryPolicy, limit: int = 200_000) -> ExactValues:
    """Q, V and A of a policy that sees everything said so far.

    Raises:
        TreeTooLarge: the tree has more than `limit` nodes.
    """

    def grow(node: Node, action: int, said: str) -> Hashable:
        seen = node.seen
        assert isinstance(seen, tuple)
        return (*seen, (action, said))

    return _values(model, Node(model.start(), ()), grow, policy, limit)


def _values(
    model: ExactModel,
    start: Node,
    grow: Callable[[Node, int, str], Hashable],
    policy: Callable[[Any], Floats],
    limit: int,
) -> ExactValues:
    """Forward by turns to find the nodes, backward to value them; the policy is asked once per distinct sight."""
    layers: list[dict[Node, list[list[tuple[float, float, Node | None]]]]] = []
    layer, found = [start], 0
    while layer:
        found += len(layer)
        if found > limit:
            raise TreeTooLarge(f"More than {limit:,} nodes can be reached: use a shorter episode or branch instead.")
        edges: dict[Node, list[list[tuple[float, float, Node | None]]]] = {}
        following: dict[Node, None] = {}
        for node in layer:
            edges[node] = rows = []
            for action in range(model.action_count):
                row: list[tuple[float, float, Node | None]] = []
                for p, state, reward, said in model.transitions(node.state, action):
                    child = None if state is None else Node(state, grow(node, action, said))
                    row.append((p, reward, child))
                    if child is not None:
                        following[child] = None
                rows.append(row)
        layers.append(edges)
        layer = list(following)
    sights = list(dict.fromkeys(node.seen for edges in layers for node in edges))
    asked = policy(sights)
    if asked.shape != (len(sights), model.action_count):
        raise UsageError(
            f"The policy gave probabilities of shape {asked.shape}; {(len(sights), model.action_count)} is needed."
        )
    probabilities = {sight: np.asarray(p, dtype=np.float64) for sight, p in zip(sights, asked, strict=True)}
    values = ExactValues(start)
    for edges in reversed(layers):
        for node, rows in edges.items():
            q = np.array([sum(p * (r + (values.v[c] if c is not None else 0.0)) for p, r, c in row) for row in rows])
            values.policy[node] = probabilities[node.seen]
            values.q[node] = q
            values.v[node] = float(values.policy[node] @ q)
    return values
