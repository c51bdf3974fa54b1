"""Messages in two wordings, written and read: plain English for large models, compact notation for very small ones.

Plain: every record has a heading, an observation is a sentence on a line of its own and an action a line that begins with ">".

Compact: one line of single words. Every piece of a record begins with "new", and so does one's own game, so that nothing marks it as
the query; an action is the word before a ";". `new holm bim ; click krel dovo ; exit new holm` shows one record of two steps.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from turnbench.env import Place
from turnbench.envs.incontext.context import Fragment
from turnbench.envs.incontext.game import Game, Observation
from turnbench.envs.incontext.words import END, NEW

WORDINGS: Final = ("plain", "compact")
_RECORD: Final = "Record {}:"
_QUERY: Final = "Your game:"
_COMPACT_RULES: Final = (
    " It is written in short: every record begins with the word new, and so does your game; the word before ; is what was done; "
    "the words after it are what happened and what is seen then. Answer with one word."
)
_PLAIN_RULES: Final = " Answer with one word."


def system_prompt(rules: str, shown: str, wording: str) -> str:
    """The rules, what the records are (`shown`), and how to answer."""
    return rules + (f" {shown}" if shown else "") + (_COMPACT_RULES if wording == "compact" else _PLAIN_RULES)


class Message(NamedTuple):
    """The first message, and the places of the records' actions in it."""

    text: str
    places: tuple[Place, ...]


def write_observation(game: Game[Any, Any], seen: Observation, wording: str) -> str:
    """One observation."""
    if wording == "plain":
        return game.sentence(seen)
    return " ".join((seen.event, *seen.view) if seen.event else seen.view)


def write_opening(game: Game[Any, Any], records: Sequence[Fragment], query: Observation, wording: str) -> Message:
    """The first message: records, then what is seen of one's own game."""
    text = _Text()
    if wording == "compact":
        for record in records:
            text.add(f"{NEW} {write_observation(game, record.seen[0], wording)}")
            for action, expert, seen in zip(record.actions, record.experts, record.seen[1:], strict=True):
                text.add(" ").place(action, expert).add(f" {END} {write_observation(game, seen, wording)}")
            text.add(" ")
        text.add(f"{NEW} {write_observation(game, query, wording)}")
        return text.message()
    for number, record in enumerate(records, 1):
        text.add(_RECORD.format(number) + "\n" + game.sentence(record.seen[0]) + "\n")
        for action, expert, seen in zip(record.actions, record.experts, record.seen[1:], strict=True):
            text.add("> ").place(action, expert).add("\n" + game.sentence(seen) + "\n")
        text.add("\n")
    text.add(f"{_QUERY}\n{game.sentence(query)}" if records else game.sentence(query))
    return text.message()


class _Text:
    def __init__(self) -> None:
        self._parts: list[str] = []
        self._places: list[Place] = []
        self._size = 0

    def add(self, text: str) -> _Text:
        self._parts.append(text)
        self._size += len(text)
        return self

    def place(self, action: str, expert: str) -> _Text:
        self._places.append(Place(self._size, self._size + len(action), expert))
        return self.add(action)

    def message(self) -> Message:
        return Message("".join(self._parts), tuple(self._places))


def read_observation(game: Game[Any, Any], text: str, wording: str) -> Observation | None:
    """What `write_observation` wrote; None for any other text."""
    if wording == "plain":
        return game.read_sentence(text.strip())
    words = text.split()
    if not words:
        return None
    event = words[0] if words[0] in game.events else ""
    return Observation(event, tuple(words[1:] if event else words))


def read_opening(game: Game[Any, Any], message: str, wording: str) -> tuple[tuple[Fragment, ...], Observation] | None:
    """Records and query of a first message, as any agent can read them (the expert's actions are taken to be those done);
    None for any other text.
    """
    if wording == "compact":
        pieces = [p.split() for p in re.split(rf"(?<!\S){NEW}(?!\S)", message)[1:]]
        lines = [_compact_lines(words) for words in pieces]
    else:
        blocks = re.split(r"\n\n", message.strip())
        lines = [
            [line for line in b.split("\n") if line != _QUERY and not re.fullmatch(r"Record \d+:", line)]
            for b in blocks
        ]
    parts = [_read_lines(game, each, wording) for each in lines]
    if not parts or any(p is None for p in parts):
        return None
    *records, query = (p for p in parts if p is not None)
    return tuple(records), query.seen[-1]


def _compact_lines(words: Sequence[str]) -> list[str]:
    """Observation, "> action", observation, ... as in the plain wording."""
    lines: list[str] = []
    rest: list[str] = []
    for word in words:
        if word == END and rest:
            action = rest.pop()
            lines += [" ".join(rest), f"> {action}"]
            rest = []
        else:
            rest.append(word)
    return [*lines, " ".join(rest)]


def _read_lines(game: Game[Any, Any], lines: Sequence[str], wording: str) -> Fragment | None:
    seen = [read_observation(game, line, wording) for line in lines[::2]]
    actions = tuple(line[2:] for line in lines[1::2])
    if len(lines) % 2 == 0 or not all(line.startswith("> ") for line in lines[1::2]):
        return None
    known = tuple(s for s in seen if s is not None)
    return Fragment(known, actions, actions) if len(known) == len(seen) else None
