"""What one turn does, and the exact model of a lake that follows from it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from turnbench.envs.frozenlake.maps import ACTIONS, Lake, slides
from turnbench.envs.frozenlake.words import BUMPED, GOAL, HOLE, OVER, SAY, map_text, moved, read_action
from turnbench.episode import Ending, Outcome
from turnbench.exact import ExactModel, Transition


def after_move(lake: Lake, before: int, direction: str, last: bool, blind: bool) -> tuple[int, Outcome]:
    """The cell in which a move that really goes in `direction` ends, and the answer to it.

    Args:
        lake: the map.
        before: cell of the player.
        direction: one of `ACTIONS`.
        last: whether this is the last turn of the budget.
        blind: whether the answer says what the move did, and not where the player stands.
    """
    cell = lake.neighbour(before, direction)
    position = before if cell is None else cell
    if lake.cells[position] == "G":
        return position, Outcome(GOAL, 1.0, Ending.SUCCESS)
    if lake.cells[position] == "H":
        return position, Outcome(HOLE, 0.0, Ending.FAILURE)
    if last:
        return position, Outcome(OVER, 0.0, Ending.OUT_OF_TURNS)
    if blind:
        return position, Outcome(BUMPED if cell is None else moved(direction))
    return position, Outcome(map_text(lake, position))


def after_nonsense(lake: Lake, position: int, last: bool, blind: bool) -> Outcome:
    """The answer to a text that names no direction: it costs its turn and moves nobody."""
    if last:
        return Outcome(OVER, 0.0, Ending.OUT_OF_TURNS)
    return Outcome(SAY if blind else f"{SAY} {map_text(lake, position)}")


class FrozenLakeModel(ExactModel):
    """The exact model of one lake. A state is (cell of the player, turns gone).

    Args:
        lake: the map.
        slippery, blind, budget: as the arguments of the environment, the budget at least 1.
    """

    actions: tuple[str, ...] = ACTIONS

    def __init__(self, lake: Lake, slippery: bool, blind: bool, budget: int) -> None:
        self.lake, self.slippery, self.blind, self.budget = lake, slippery, blind, budget

    def action_of(self, text: str) -> int:
        """As the world reads it: the last direction word counts."""
        direction = read_action(text)
        return len(self.actions) if direction is None else self.actions.index(direction)

    def start(self) -> Hashable:
        """Top left, no turn gone."""
        return 0, 0

    def transitions(self, state: Hashable, action: int) -> Sequence[Transition]:
        """One transition per distinct answer, at most three; directions that end alike are one."""
        assert isinstance(state, tuple)
        position, gone = state
        last = gone + 1 == self.budget
        if action == len(self.actions):
            results = [(position, after_nonsense(self.lake, position, last, self.blind))]
        else:
            ways = slides(self.actions[action], self.slippery)
            results = [after_move(self.lake, position, way, last, self.blind) for way in ways]
        counts: dict[tuple[Hashable | None, float, str], int] = {}
        for cell, (said, reward, ending) in results:
            key = (None if ending is not None else (cell, gone + 1), reward, said)
            counts[key] = counts.get(key, 0) + 1
        return [Transition(n / len(results), *key) for key, n in counts.items()]
