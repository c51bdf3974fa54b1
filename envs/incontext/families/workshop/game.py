"""The workshop's rules: gadgets that each do one thing to a row of letters, and a row to be made.

A level is what every gadget does (numbers of `OPERATORS`, by the gadgets' order) and the ring of three letters, each a tuple. A state is
(row, target), both by number. What a state shows is all there is to know of it, so records lose nothing when their steps are shuffled.
"""

from __future__ import annotations

from typing import Final

from turnbench.envs.incontext.families.workshop.operators import (
    BUMPS,
    CHOICES,
    LETTERS,
    NAMES,
    distances,
    moves,
    rows,
    starts,
)
from turnbench.envs.incontext.game import Game, Observation
from turnbench.envs.incontext.words import ACTIONS, THINGS
from turnbench.errors import UsageError, did_you_mean
from turnbench.randomness import RandomStream

GADGETS: Final = 4
NEAREST, FARTHEST = 3, 6
"""Distance of a target at the start."""
LENGTHS: Final = (4, 5)
"""In rows of three some tables of gadgets reach no target that far; six make the players' tables large."""
MOST_SLACK: Final = 8
DONE, SLIP, NOTHING = "done", "slip", "nothing"

Table = tuple[int, ...]
Level = tuple[Table, tuple[str, ...]]
State = tuple[int, int]

_DONE: Final = "The row is the target: done."
_BEFORE: Final = {"": "", SLIP: "The gadget jams. ", NOTHING: "That is no gadget. "}


class Workshop(Game[Level, State]):
    """Rules at one setting.

    Args:
        length: letters in a row, 4 or 5.
        operators: which of the eight may occur: "all", "first" (four) or "last" (the other four).
        slack: actions allowed beyond the shortest way, 0 to 8.
        permuted: every level has three letters of its own, in an order of its own; otherwise always the same.
    """

    events = ("", DONE, SLIP, NOTHING)
    actions = ACTIONS[:GADGETS]

    def __init__(self, length: int, operators: str, slack: int, permuted: bool) -> None:
        if length not in LENGTHS:
            raise UsageError(f"length is 4 or 5 letters, not {length!r}.")
        if operators not in CHOICES:
            raise UsageError(
                f"operators is {', '.join(CHOICES)}, not {operators!r}.{did_you_mean(operators, list(CHOICES))}"
            )
        if isinstance(slack, bool) or not 0 <= slack <= MOST_SLACK:
            raise UsageError(f"slack is a number of actions from 0 to {MOST_SLACK}, not {slack!r}.")
        self.length, self.operators, self.slack, self.permuted = length, CHOICES[operators], slack, permuted

    def draw_level(self, rng: RandomStream) -> Level:
        """Four different operators in any order; letters without repetition."""
        table = tuple(rng.sample(self.operators, GADGETS))
        return table, tuple(rng.sample(THINGS, LETTERS) if self.permuted else THINGS[:LETTERS])

    def key(self, level: Level) -> str:
        """What the gadgets do; where letters are permuted the letters as well, as far as the gadgets show their order."""
        table, letters = level
        does = ".".join(str(operator) for operator in table)
        if not self.permuted:
            return does
        first = letters.index(min(letters))
        ring = letters[first:] + letters[:first] if BUMPS & set(table) else tuple(sorted(letters))
        return ".".join([does, *ring])

    def start(self, level: Level, rng: RandomStream) -> State:
        """Any row and target 3 to 6 steps apart that show all three letters."""
        pairs = starts(self.length, tuple(sorted(level[0])), NEAREST, FARTHEST)
        row, target = pairs[rng.below(len(pairs))]
        return int(row), int(target)

    def budget(self, level: Level, start: State) -> int:
        """The shortest way and the slack."""
        return self._far(level, start) + self.slack

    @property
    def longest(self) -> int:
        """The largest distance and the slack."""
        return FARTHEST + self.slack

    def act(self, level: Level, state: State, action: str, slip: bool) -> tuple[State, str]:
        """A slip does nothing; so does a text that is no gadget."""
        row, target = state
        if not action:
            return state, NOTHING
        if slip:
            return state, SLIP
        row = int(moves(self.length)[level[0][self.actions.index(action)], row])
        return (row, target), DONE if row == target else ""

    def over(self, level: Level, state: State) -> bool:
        """The target is made."""
        return state[0] == state[1]

    def score(self, level: Level, state: State) -> float:
        """1 for the target."""
        return float(state[0] == state[1])

    def progress(self, level: Level, state: State) -> float:
        """1 at the target, 0 from six steps on."""
        return max(0.0, 1 - self._far(level, state) / FARTHEST)

    def expert(self, level: Level, state: State) -> str:
        """The first of the gadgets that come one step nearer."""
        row, target = state
        far = distances(self.length, tuple(sorted(level[0])))[:, target]
        nearer = far[moves(self.length)[list(level[0]), row]]
        return self.actions[int(nearer.argmin())]

    def _far(self, level: Level, state: State) -> int:
        return int(distances(self.length, tuple(sorted(level[0])))[state])

    def view(self, level: Level, state: State) -> tuple[str, ...]:
        """The row's letters, then the target's."""
        if self.over(level, state):
            return ()
        return tuple(level[1][letter] for number in state for letter in rows(self.length)[number])

    def rules(self, slip: float) -> str:
        """In plain English."""
        fixed = f"{', '.join(THINGS[:LETTERS])}, and {THINGS[0]} again; it is the same in all levels"
        ring = "which letters, and in what order, differs between levels" if self.permuted else fixed
        slips = f" A gadget jams with probability {slip:g}; then nothing happens." if slip else ""
        does = "; ".join(NAMES[operator] for operator in self.operators)
        return (
            f"You are in a workshop with a row of {self.length} letters and the gadgets {', '.join(self.actions[:-1])} and "
            f"{self.actions[-1]}. Each gadget does one thing to the row, always the same within a level and each a different one of these: "
            f"{does}. The three letters stand in a ring ({ring}), and to bump a letter is to put the next of the ring in its place."
            f"{slips} Make the row equal to the target; you have as many actions as the shortest way takes, plus {self.slack}."
        )

    def sentence(self, seen: Observation) -> str:
        """Row and target, after what happened."""
        if seen.event == DONE:
            return _DONE
        row, target = seen.view[: self.length], seen.view[self.length :]
        return f"{_BEFORE[seen.event]}The row is {' '.join(row)}, the target is {' '.join(target)}."

    def read_sentence(self, text: str) -> Observation | None:
        """The other way round."""
        if text == _DONE:
            return Observation(DONE, ())
        for event, before in _BEFORE.items():
            if text.startswith(f"{before}The row is ") and text.endswith("."):
                row, _, target = text[len(before) + len("The row is ") : -1].partition(", the target is ")
                words = tuple(row.split()), tuple(target.split())
                return Observation(event, sum(words, ())) if [len(w) for w in words] == [self.length] * 2 else None
        return None
