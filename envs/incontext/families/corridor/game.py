"""The corridor's rules: in every room one lever leads on, any other leads back to the first room and costs a life.

A level is the code (the right lever of every room, by number) and the names of the rooms, each a tuple. A state is (room reached,
lives left); the room after the last is the exit.
"""

from __future__ import annotations

import re
from typing import Final

from turnbench.envs.incontext.game import Game, Observation
from turnbench.envs.incontext.words import ACTIONS, THINGS
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream

MOST_ROOMS: Final = 12
PLAIN_ROOM: Final = "room"
"""The view of a room without a name."""
CLICK, CLUNK, SLIP, EXIT, LOST, NOTHING = "click", "clunk", "slip", "exit", "lost", "nothing"

Code = tuple[int, ...]
Level = tuple[Code, tuple[str, ...]]
State = tuple[int, int]

_SENTENCES: Final = {
    "": "You are in {room}.",
    CLICK: "Click: you are in {room}.",
    CLUNK: "Clunk: you are back, in {room}.",
    SLIP: "The lever slips: you are in {room}.",
    NOTHING: "That is no lever: you are in {room}.",
    EXIT: "The last door opens: you are out.",
    LOST: "Clunk: that was your last life.",
}
_ANONYMOUS: Final = "a plain room"


class Corridor(Game[Level, State]):
    """Rules at one setting.

    Args:
        length: number of rooms, 1 to 12.
        levers: number of levers in every room, 2 to 8.
        lives: wrong pulls that end the game; 0 for any number.
        named: rooms have names; otherwise they all look alike, and where one is must be counted.
        permuted: names are drawn anew for every level; otherwise the first room always has the same, and so on.
    """

    events = (CLICK, CLUNK, SLIP, EXIT, LOST, NOTHING)

    def __init__(self, length: int, levers: int, lives: int, named: bool, permuted: bool) -> None:
        if not 1 <= length <= MOST_ROOMS:
            raise UsageError(f"length is a number of rooms from 1 to {MOST_ROOMS}, not {length}.")
        if not 2 <= levers <= len(ACTIONS):
            raise UsageError(f"levers is a number from 2 to {len(ACTIONS)}, not {levers}.")
        if not 0 <= lives <= 100:
            raise UsageError(f"lives is a number up to 100, 0 for any number of wrong pulls, not {lives}.")
        self.length, self.lives, self.named, self.permuted = length, lives, named, permuted
        self.actions = ACTIONS[:levers]

    def draw_level(self, rng: RandomStream) -> Level:
        """Any code, levers may come again; names without repetition."""
        code = tuple(rng.below(len(self.actions)) for _ in range(self.length))
        return code, tuple(rng.sample(THINGS, self.length) if self.permuted else THINGS[: self.length])

    def key(self, level: Level) -> str:
        """The code; where rooms are named and names permuted, the names as well."""
        code, names = level
        shown = names if self.named and self.permuted else ()
        return ".".join([*(self.actions[lever] for lever in code), *shown])

    def start(self, level: Level, rng: RandomStream) -> State:
        """The first room, all lives."""
        return 0, self.lives

    def budget(self, level: Level, start: State) -> int:
        """Twice the number of rooms."""
        return self.longest

    @property
    def longest(self) -> int:
        """Twice the number of rooms: more would let the code be found by trying."""
        return 2 * self.length

    def act(self, level: Level, state: State, action: str, slip: bool) -> tuple[State, str]:
        """A slip does nothing; so does a text that is no lever."""
        room, lives = state
        if not action:
            return state, NOTHING
        if slip:
            return state, SLIP
        if action == self.actions[level[0][room]]:
            return (room + 1, lives), EXIT if room + 1 == self.length else CLICK
        if self.lives and lives == 1:
            return (0, 0), LOST
        return (0, lives - 1 if self.lives else 0), CLUNK

    def over(self, level: Level, state: State) -> bool:
        """Out, or no life left."""
        return state[0] == self.length or bool(self.lives and state[1] == 0)

    def score(self, level: Level, state: State) -> float:
        """1 for getting out."""
        return float(state[0] == self.length)

    def progress(self, level: Level, state: State) -> float:
        """Share of the rooms passed."""
        return state[0] / self.length

    def expert(self, level: Level, state: State) -> str:
        """The right lever."""
        return self.actions[level[0][min(state[0], self.length - 1)]]

    def view(self, level: Level, state: State) -> tuple[str, ...]:
        """The room's name, or a word for any room."""
        if self.over(level, state):
            return ()
        return (level[1][state[0]] if self.named else PLAIN_ROOM,)

    def rules(self, slip: float) -> str:
        """In plain English."""
        lives = f" You have {self.lives} lives, and each wrong lever costs one." if self.lives else ""
        slips = f" A pull slips with probability {slip:g}; then nothing happens." if slip else ""
        rooms = "Every room has a name." if self.named else "All rooms look alike."
        return (
            f"You walk through a corridor of {self.length} rooms. {rooms} In each you pull one of the levers "
            f"{', '.join(self.actions[:-1])} and {self.actions[-1]}. One lever opens the way to the next room; any other takes you back to "
            f"the first room.{lives}{slips} The order of the levers never changes within a level. Get out within {self.longest} pulls."
        )

    def sentence(self, seen: Observation) -> str:
        """One of seven."""
        room = f"the {seen.view[0]} room" if seen.view and self.named else _ANONYMOUS
        return _SENTENCES[seen.event].format(room=room)

    def read_sentence(self, text: str) -> Observation | None:
        """The other way round."""
        for event, template in _SENTENCES.items():
            before, _, after = template.partition("{room}")
            if "{room}" not in template:
                if text == template:
                    return Observation(event, ())
            elif text.startswith(before) and text.endswith(after):
                room = text[len(before) : len(text) - len(after)]
                if not self.named:
                    return Observation(event, (PLAIN_ROOM,)) if room == _ANONYMOUS else None
                found = re.fullmatch(r"the (\w+) room", room)
                return Observation(event, (found[1],)) if found else None
        return None
