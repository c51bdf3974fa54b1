"""The exact model of one walk: the preset's own functions, seen as states and transitions."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final

from turnbench.envs.creditprobe.presets import WORDS, Flags, Preset, Rooms, answer, question, read_word
from turnbench.exact import ExactModel, Transition

ENDS: Final = {True: "You succeed.", False: "You fail."}
"""What is said after the last room."""

State = tuple[int, Flags]
"""Index of the room (0-based) and what the past left behind."""


class WalkModel(ExactModel):
    """A walk of T rooms. At most 10 (state, observation) pairs per room can be reached: 5 flags, with and without
    "Invalid. ".
    """

    actions = WORDS

    def __init__(self, preset: Preset, rooms: Rooms, remind: bool) -> None:
        self.preset, self.rooms, self.remind = preset, rooms, remind

    def start(self) -> State:
        """The first room, nothing done yet."""
        return 0, ()

    def action_of(self, text: str) -> int:
        """As the environment reads a reply: the last whole word that is left or right counts."""
        word = read_word(text)
        return WORDS.index(word) if word else len(WORDS)

    def transitions(self, state: Hashable, action: int) -> Sequence[Transition]:
        """One answer in every room; in the last one both ends, where the outcome is noisy."""
        index, flags = _state(state)
        word = WORDS[action] if action < len(WORDS) else ""
        flags, prefix = answer(self.preset, self.rooms, index, flags, word)
        index += 1
        if index < len(self.rooms):
            said = prefix + question(self.preset, self.rooms, index, flags, self.remind)
            return [Transition(1.0, (index, flags), 0.0, said)]
        chance = self.preset.chance(flags)
        ends = [
            Transition(chance, None, 1.0, prefix + ENDS[True]),
            Transition(1 - chance, None, 0.0, prefix + ENDS[False]),
        ]
        return [end for end in ends if end.probability]


def _state(state: Hashable) -> State:
    """`state` as this model's own type."""
    assert isinstance(state, tuple)
    index, flags = state
    return index, flags
