"""Snake in words: steer to the apples, and do not bite yourself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from turnbench.env import TextEnv
from turnbench.envs.snake.board import MOVES, NOWHERE, Board, canonical, neighbours, read_move
from turnbench.episode import Ending, Fact, Opening, Outcome
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream
from turnbench.splits import split_of

TURN_COST = 0.01  # in apples
_Saved = tuple[tuple[int, ...], int, int, bool, str]


class Snake(TextEnv):
    """Steer a snake to the apples on a small board; it grows with each.

    Task:
        A snake of length 2 and an apple are on a square board. Each apple eaten makes the snake one longer, and a new
        one appears on a random empty cell until `apples` have been eaten, which is the goal.

    Actions:
        Any text; its last whole word among up, down, left and right moves the head one cell. The edge and the body
        kill. The cell of the tail is free, because the tail leaves it in the same move; so a snake of length 2 may
        turn round on the spot, and a longer one may not. A text without such a word costs its turn and moves nothing.

    Observations:
        The board, a sentence per row and a word per cell: "Row 1: empty head 2 empty apple." The numbers are the
        snake's segments in order, so the text is the whole state and the last one is enough to act. After a text that
        names no move it begins with "Say up, down, left or right." The last turn is told in one sentence instead.

    Rewards:
        Dense. An apple gives 1 / `apples`, death takes as much, and every turn costs a hundredth of it: with five
        apples 0.2, -0.2 and -0.002. The score is the sum: at most just below 1, and -1.01 / `apples` for a first
        move that kills.

    Episode end:
        `success` with the last apple, `failure` by death, `out_of_turns` after `budget` turns.

    Levels:
        Snake-Dense-v0, 5 by 5 cells. -Large: 7 by 7, where the same apples lie further apart.

    Capability tested and why:
        Reading a position from text and planning ahead of a reward that comes on many turns but not on all: going
        straight for the apple is rewarded soonest and walks a longer snake into itself. It is the control beside the
        sparse worlds: a method for finding the turns that mattered should lose nothing where the reward tells them.

    Instances:
        An instance is the start (snake and first apple) up to the eight symmetries of the square; later apples are
        chance. The 5 by 5 board has 236 of them, 144/41/51 in train, validation and test; the 7 by 7 board has 1002,
        604/201/197.

    Score anchors:
        Mean scores of 300 test episodes, 5 by 5 and 7 by 7: the random player -0.18 and -0.19; the novice, which goes
        for the apple and never plans, 0.25 and 0.23; the reference 0.96 and 0.91, with all apples in 299 and 248
        episodes. It never died there: the rest is budget, and it does not know the turns that are left.

    References:
        The arcade game "Blockade" (Gremlin 1976) and its single-player descendants. The usual reward of 1 for an
        apple, -1 for death and a small cost per step is divided here by the number of apples.

    Version history:
        v0: first version.

    Args:
        size: rows and columns of the board, 4 to 8.
        apples: number of apples to eat, 1 to size * size - 2.
        budget: number of turns, 1 to 1000.
    """

    family: ClassVar[str] = "Snake-Dense-v0"
    # Of five apples; an environment with another number of them has its own.
    reward_range: tuple[float, float] = (-0.25, 0.25)
    sparse: ClassVar[bool] = False
    memoryless: bool = True
    reset_options: ClassVar[frozenset[str]] = frozenset()
    tags: ClassVar[tuple[str, ...]] = ("planning", "spatial_reasoning", "dense_reward")
    players: ClassVar[Mapping[str, str]] = {
        "reference": "turnbench.envs.snake.players:Reference",
        "random": "turnbench.envs.snake.players:RandomMover",
        "novice": "turnbench.envs.snake.players:Novice",
    }

    def __init__(self, size: int = 5, apples: int = 5, budget: int = 30, split: str = "train", salt: str = "") -> None:
        if not 4 <= size <= 8:
            raise UsageError(f"size is a number of rows and columns from 4 to 8, not {size}.")
        if not 1 <= apples <= size * size - 2:
            raise UsageError(f"apples is a number from 1 to {size * size - 2} on a board of size {size}, not {apples}.")
        if not 1 <= budget <= 1000:
            raise UsageError(f"budget is a number of turns from 1 to 1000, not {budget}.")
        self.size, self.apples, self.budget = size, apples, budget
        super().__init__(split=split, salt=salt, arguments={"size": size, "apples": apples, "budget": budget})
        self._unit = 1 / apples
        self.warm_up = float(size <= 5)
        self.reward_range = (-1.25 * self._unit, 1.25 * self._unit)
        self._system_prompt = (
            f"You steer a snake on a board of {size} by {size} cells: say up, down, left or right. "
            f"Each apple gives {self._unit:.3g} and makes the snake longer, its body or the edge kills it and costs "
            f"{self._unit:.3g}, and every turn costs {TURN_COST * self._unit:.2g}. "
            f"Eat {apples} apple{'s' * (apples != 1)} within {budget} turn{'s' * (budget != 1)}."
        )
        self.board = Board(size, (0, 1), NOWHERE)
        self._eaten = 0
        self._dead = False
        self._key = ""

    @property
    def max_turns(self) -> int:
        """The budget."""
        return self.budget

    def _reset(self, rng: RandomStream, options: Mapping[str, Any]) -> Opening:
        while True:
            start = self._draw(rng)
            self._key = canonical(start)
            if self.split == "all" or split_of(self._key) == self.split:
                break
        self.board, self._eaten, self._dead = start, 0, False
        return Opening(self._system_prompt, start.text())

    def _draw(self, rng: RandomStream) -> Board:
        """A start, uniformly: head and second segment side by side, and an apple on any other cell."""
        neck = NOWHERE
        while neck == NOWHERE:
            head = rng.below(self.size**2)
            neck = rng.choice(neighbours(self.size)[head])
        return self._with_apple(Board(self.size, (head, neck), NOWHERE), rng)

    @staticmethod
    def _with_apple(board: Board, rng: RandomStream) -> Board:
        """The board with an apple on a random empty cell."""
        return board._replace(apple=rng.choice([c for c in range(board.size**2) if c not in board.snake]))

    def _step(self, action: str) -> Outcome:
        reward = -TURN_COST * self._unit
        move = read_move(action)
        if move != NOWHERE:
            if self.board.deadly(move):
                self._dead = True  # the snake stays as it was
                return Outcome("The snake is dead.", reward - self._unit, Ending.FAILURE)
            self.board = self.board.after(move)
            if self.board.apple == NOWHERE:
                reward += self._unit
                self._eaten += 1
                if self._eaten == self.apples:
                    return Outcome("The snake ate the last apple.", reward, Ending.SUCCESS)
                self.board = self._with_apple(self.board, self.rng)
        if self.turn + 1 >= self.budget:
            return Outcome("Time is up.", reward, Ending.OUT_OF_TURNS)
        text = self.board.text()
        return Outcome(text if move != NOWHERE else f"Say up, down, left or right. {text}", reward)

    def _save(self) -> _Saved:
        return self.board.snake, self.board.apple, self._eaten, self._dead, self._key

    def _load(self, saved: _Saved) -> None:
        snake, apple, self._eaten, self._dead, self._key = saved
        self.board = Board(self.size, snake, apple)

    def instance_key(self) -> str:
        """Size, and the start's cells in the lexicographically smallest of its eight images."""
        return self._key

    def state_key(self, elapsed: bool = True) -> str:
        """The board, and whether the snake lives; with `elapsed`, turns gone and apples eaten."""
        key = f"{self.board.text()}{' Dead.' if self._dead else ''}"
        return f"{key}|{self.turn}|{self._eaten}" if elapsed else key

    def signals(self) -> dict[str, float]:
        """`apples_eaten` so far."""
        return {"apples_eaten": float(self._eaten)}

    def facts(self) -> Sequence[Fact]:
        """What lies in each direction of the head, and in which direction the apple lies."""
        board = self.board
        around = [Fact(f"{m.capitalize()} of you is", f"{board.word(board.beside(k))}.") for k, m in enumerate(MOVES)]
        return [*around, *(Fact("The apple is", f"{MOVES[m]} of you.") for m in board.toward_apple())]
