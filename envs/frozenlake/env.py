"""Frozen lake: cross a lake in words without falling into a hole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from turnbench.env import TextEnv
from turnbench.envs.frozenlake.maps import SIZES, Lake, draw_lake, key_of, parse_map, slides
from turnbench.envs.frozenlake.model import FrozenLakeModel, after_move, after_nonsense
from turnbench.envs.frozenlake.words import facts_at, map_text, read_action
from turnbench.episode import Fact, Opening, Outcome
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream

MAX_BUDGET = 1000


class FrozenLake(TextEnv):
    """Cross a frozen lake without falling into a hole.

    Task:
        The player stands in the top left corner of a square lake of ice and holes and walks to the goal in the bottom
        right corner.

    Actions:
        up, down, left or right, in any case. In a longer text the last whole word that is one of them counts. A move
        against the edge leaves the player in place and costs its turn, and so does a text without a direction.

    Observations:
        The map in words: "Row 1: you ice hole ice. Row 2: ...", with "you" where the player stands. It depends on
        the true position alone, so the last observation is enough to act. A text without a direction is answered by
        "Say up, down, left or right." and the map. On the blind level the map is shown once, at the start; then the
        player hears "You moved right." (the direction it really moved) or "You bumped into the edge.".

    Rewards:
        Sparse: 1 on reaching the goal, else 0.

    Episode end:
        `success` at the goal, `failure` in a hole, `out_of_turns` when the budget of moves is used up.

    Levels:
        FrozenLake-v0: 4 x 4, firm ice, 16 moves. -Slippery: a move goes where it was meant to or to one of the two
        sides, each with probability 1/3, in 100 moves. -Large: 8 x 8, 32 moves. -Blind: the position is not shown.

    Capability tested and why:
        Planning ahead on a map that is plain to see: firm ice needs a path, slippery ice a plan under chance, and
        blindness a memory of one's own moves. One wrong move ends everything while most others can be taken back, and
        the world is small enough for the exact value of every turn, so estimates of credit can be held against it.

    Instances:
        An instance is a map up to transposition: a map and its mirror image about the diagonal from start to goal are
        one. Every cell but start and goal is a hole with probability 0.2; maps without a path are drawn again. Splits
        hold disjoint instances by hash. Of size 4 there are 1,925: 1,137 / 379 / 409 (train, validation, test); of
        size 8 more than can be counted. Maps of few holes come often: half of the test episodes of size 4 play one of
        eleven maps, so their intervals are wider than the number of episodes suggests.

    Score anchors:
        Success in 2,000 test episodes, reference / novice / random: FrozenLake-v0 1.00 / 0.53 / 0.04, -Slippery
        0.91 / 0.21 / 0.11, -Large 1.00 / 0.13 / 0.00, -Blind 1.00 / 0.52 / 0.05. The reference plans on the map: a
        shortest path, and on slippery ice the best plan for the moves left (value iteration), which no player beats.
        The best route that is the same on every map crosses 0.45 of the 4 x 4 test maps: above that, a player reads
        the map.

    References:
        FrozenLake of the Gymnasium library (Towers et al. 2024, "Gymnasium: a standard interface for reinforcement
        learning environments"), with maps drawn anew for every episode.

    Version history:
        v0: first version.

    Args:
        size: rows and columns, 4 or 8.
        slippery: whether a move may go to one of the two sides.
        blind: whether the map is shown only at the start.
        budget: number of moves, 1 to 1000; 0 for 4 * size, or 25 * size where it is slippery.
    """

    family: ClassVar[str] = "FrozenLake-v0"
    tags: ClassVar[tuple[str, ...]] = ("planning", "credit_assignment", "spatial_reasoning")
    reset_options: ClassVar[frozenset[str]] = frozenset({"map"})
    players: ClassVar[Mapping[str, str]] = {
        "reference": "turnbench.envs.frozenlake.players:Reference",
        "random": "turnbench.envs.frozenlake.players:RandomWalker",
        "novice": "turnbench.envs.frozenlake.players:Novice",
    }

    def __init__(
        self,
        size: int = 4,
        slippery: bool = False,
        blind: bool = False,
        budget: int = 0,
        split: str = "train",
        salt: str = "",
    ) -> None:
        if size not in SIZES:
            raise UsageError(f"size is 4 or 8, not {size}.")
        if not 0 <= budget <= MAX_BUDGET:
            raise UsageError(f"budget is a number of moves from 1 to {MAX_BUDGET}, or 0 for the usual, not {budget}.")
        self.size, self.slippery, self.blind = size, slippery, blind
        self.budget = budget or (25 if slippery else 4) * size
        super().__init__(
            split=split,
            salt=salt,
            # The budget that is played, so that naming the usual one draws the same episodes as leaving it out.
            arguments={"size": size, "slippery": slippery, "blind": blind, "budget": self.budget},
        )
        self.memoryless = not blind  # a property of the level, not of the class
        self.warm_up = 0.0 if size > SIZES[0] else 0.5 if slippery or blind else 1.5
        self._system = _rules(self.budget, slippery, blind)
        self._lake = Lake(size, "S" + "F" * (size * size - 2) + "G")
        self._position = 0

    @property
    def max_turns(self) -> int:
        """The budget."""
        return self.budget

    def _reset(self, rng: RandomStream, options: Mapping[str, Any]) -> Opening:
        if "map" in options:
            self._lake = parse_map(options["map"], self.size)
        else:
            self._lake = draw_lake(rng, self.size, self.split)
        self._position = 0
        return Opening(self._system, map_text(self._lake, 0))

    def _step(self, action: str) -> Outcome:
        last = self.turn + 1 == self.budget
        direction = read_action(action)
        if direction is None:
            return after_nonsense(self._lake, self._position, last, self.blind)
        if self.slippery:
            direction = self.rng.choice(slides(direction, True))
        self._position, outcome = after_move(self._lake, self._position, direction, last, self.blind)
        return outcome

    def _save(self) -> tuple[str, int]:
        return self._lake.cells, self._position

    def _load(self, saved: tuple[str, int]) -> None:
        cells, self._position = saved
        self._lake = Lake(self.size, cells)

    @property
    def lake(self) -> Lake:
        """The map of this episode."""
        return self._lake

    @property
    def position(self) -> int:
        """Cell of the player, numbered row by row from 0. Privileged on the blind level."""
        return self._position

    def instance_key(self) -> str:
        """Size and map, a map and its mirror image being one."""
        return key_of(self._lake)

    def state_key(self, elapsed: bool = True) -> str:
        """Map and cell of the player; with `elapsed`, turns gone."""
        key = f"{self._lake.map}|{self._position}"
        return f"{key}|{self.turn}" if elapsed else key

    def facts(self) -> Sequence[Fact]:
        """Where the player stands, how far the goal is over the ice, and what is on its four sides."""
        return facts_at(self._lake, self._position)

    def exact_model(self) -> FrozenLakeModel:
        """All levels: a state is (cell, turns gone)."""
        return FrozenLakeModel(self._lake, self.slippery, self.blind, self.budget)


def _rules(budget: int, slippery: bool, blind: bool) -> str:
    rules = (
        f"You cross a frozen lake. Say up, down, left or right. A hole ends the game. Reach the goal in {budget} moves."
    )
    if slippery:
        rules += " The ice is slippery: a move goes your way or to one of its two sides, each as often."
    if blind:
        rules += " I show the lake once and then only say what your move did."
    return rules
