"""Choices of a hiding place and of a code word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from turnbench.envs.sharded.tasks.promise.forms import SQUARE, WORD, Form, Value
from turnbench.envs.sharded.tasks.promise.kind import ASK, BAN, CHOOSE, Fact, Kind, Slots
from turnbench.randomness import RandomStream

_TREASURES = ("the treasure", "the key", "the golden coin", "the secret letter", "the chocolate egg", "the old compass")
_LETTERS = {"five": 5, "six": 6, "seven": 7}
_MARGIN = 7
"""Squares of the map around those that can be chosen: two moves of three squares each way stay on it."""


class Hiding(Kind):
    """A square of a map, and where the thing hidden there is carried."""

    noun: ClassVar[str] = "square"
    form: ClassVar[Form] = SQUARE
    answer_form: ClassVar[Form] = SQUARE
    examples: ClassVar[tuple[str, str]] = "A1", "Z26"
    convention: ClassVar[str] = (
        "The map has columns A to Z from west to east and rows 1 to 26 from south to north; a square is its column "
        "and its row."
    )
    brief_convention: ClassVar[str] = "Columns run from west to east, rows from south to north."
    intros: ClassVar[tuple[str, ...]] = ("We play on a map.", "The children are waiting for the hunt to begin.", "")
    facts: ClassVar[Mapping[str, int]] = {"north": 2, "south": 2, "east": 2, "west": 2}
    ways: ClassVar[Mapping[str, tuple[str, ...]]] = {
        CHOOSE: (
            "Hide {thing:words} in a square of the map, column {c1:id} to {c2:id} and row {low:int} to {high:int}, "
            "but not in {a:id} "
            "or {b:id}, and tell me where.",
            "Please choose a square for {thing:words}, in the columns {c1:id} to {c2:id} and the rows {low:int} to "
            "{high:int}, and "
            "neither {a:id} nor {b:id}.",
            "In which square do you put {thing:words}, from column {c1:id} to {c2:id}, from row {low:int} to "
            "{high:int} and not on "
            "{a:id} or {b:id}?",
            "You decide where {thing:words} is hidden, anywhere in the columns {c1:id} to {c2:id} and the rows "
            "{low:int} to "
            "{high:int} except {a:id} and {b:id}.",
        ),
        BAN: (
            "There is water below row {n:int}, so choose another square if yours is under water.",
            "If the square you chose lies in a row under {n:int}, please choose another.",
            "Only row {n:int} and the rows above it are allowed after all: choose another square if yours is not.",
            "Nothing south of row {n:int}, please, so take another square if yours is there.",
        ),
        **{
            way: (
                f"Somebody carries it {{n:int}} squares to the {way}.",
                f"Then it is moved {way} by {{n:int}} squares.",
                f"The wind takes it {{n:int}} squares {way}.",
                f"A dog drags it {{n:int}} squares towards the {way}.",
            )
            for way in ("north", "south", "east", "west")
        },
        ASK: ("Where is it now?", "In which square is it now?", "Which square is that?", "So where do I have to look?"),
    }  # fmt: skip

    def limits(self, rng: RandomStream) -> dict[str, Any]:
        """Of the middle of the map, with two squares ruled out."""
        c1, low = _MARGIN + rng.below(2), _MARGIN + 1 + rng.below(2)
        c2, high = 25 - _MARGIN - rng.below(2), 26 - _MARGIN - rng.below(2)
        columns = rng.sample(range(c1, c2 + 1), 2)
        a, b = (SQUARE.write((column, low + rng.below(high - low + 1))) for column in sorted(columns))
        letters = {"c1": chr(ord("A") + c1), "c2": chr(ord("A") + c2)}
        return {"thing": self.treasure(rng), **letters, "low": low, "high": high, "a": a, "b": b}

    def treasure(self, rng: RandomStream) -> str:
        """What is hidden."""
        return rng.choice(_TREASURES)

    def fits(self, choice: Value, limits: Slots) -> bool:
        """A square in the part of the map and not ruled out."""
        if not isinstance(choice, tuple) or SQUARE.write(choice) in (limits["a"], limits["b"]):
            return False
        column = chr(ord("A") + choice[0])
        return bool(limits["c1"] <= column <= limits["c2"] and limits["low"] <= choice[1] <= limits["high"])

    def any(self, rng: RandomStream, limits: Slots) -> Value:
        """A square in the part of the map."""
        c1, c2 = ord(limits["c1"]) - ord("A"), ord(limits["c2"]) - ord("A")
        return c1 + rng.below(c2 - c1 + 1), limits["low"] + rng.below(limits["high"] - limits["low"] + 1)

    def ban(self, rng: RandomStream, limits: Slots) -> dict[str, Any]:
        """Of southern rows."""
        return {"n": limits["low"] + (limits["high"] - limits["low"]) * (25 + rng.below(26)) // 100 + 1}

    def banned(self, choice: Value, gaps: Slots) -> bool:
        """Too far south."""
        return isinstance(choice, tuple) and bool(choice[1] < gaps["n"])

    def gaps(self, rng: RandomStream, fact: str) -> dict[str, Any]:
        """Two squares or three."""
        return {"n": 2 + rng.below(2)}

    def result(self, choice: Value, facts: Sequence[Fact]) -> Value:
        """The square after all moves."""
        assert isinstance(choice, tuple)
        column, row = choice
        for fact, gaps in facts:
            column += {"east": gaps["n"], "west": -gaps["n"]}.get(fact, 0)
            row += {"north": gaps["n"], "south": -gaps["n"]}.get(fact, 0)
        return column, row


class Word(Kind):
    """A code word, and the code that is made of it."""

    noun: ClassVar[str] = "code word"
    form: ClassVar[Form] = WORD
    answer_form: ClassVar[Form] = WORD
    examples: ClassVar[tuple[str, str]] = "ox", "9o9"
    convention: ClassVar[str] = "Codes are written in small letters and digits, without spaces."
    intros: ClassVar[tuple[str, ...]] = ("Nobody else may know it.", "We need a code for the club house.", "")
    facts: ClassVar[Mapping[str, int]] = {
        "append": 2, "prefix": 2, "drop-first": 1, "drop-last": 1, "repeat-last": 1, "last-front": 1,
    }  # fmt: skip
    ways: ClassVar[Mapping[str, tuple[str, ...]]] = {
        CHOOSE: (
            "Choose a code word of {letters:words} letters that begins with {first:quoted} and does not end with "
            "{last:quoted}.",
            "Please make up a code word: {letters:words} letters, the first one {first:quoted}, the last one not "
            "{last:quoted}.",
            "Which code word do you choose, if it has {letters:words} letters, starts with {first:quoted} and ends "
            "with anything but "
            "{last:quoted}?",
            "You decide on our code word, which starts with {first:quoted}, is {letters:words} letters long and has "
            "no {last:quoted} "
            "at its end.",
        ),
        BAN: (
            "The letter {letter:quoted} must not be in the word after all, so choose another word if it is.",
            "If there is an {letter:quoted} in the word you chose, please choose another word.",
            "I forgot that {letter:quoted} is not allowed anywhere in the word: choose another one if yours has it.",
            "Only words without {letter:quoted} are safe, so choose another word if yours has one.",
        ),
        "append": ("Put {n:int} behind it.", "The code goes on with {n:int}.", "Now write {n:int} at the end of it.",
                   "Add the digits {n:int} at the back."),
        "prefix": ("Put {n:int} in front of it.", "The code begins with {n:int}, and then comes what we had.",
                   "Now write {n:int} before all that.", "Add the digits {n:int} at the front."),
        "drop-first": ("Leave out the first character.", "The first character has to go.",
        "Now drop whatever comes first.",
                       "Strike out the character at the front."),
        "drop-last": ("Leave out the last character.", "The last character has to go.", "Now drop whatever comes last.",
                      "Strike out the character at the end."),
        "repeat-last": ("Write the last character twice.", "The last character comes two times.",
                        "Now put the last character down once more behind it.", "Double the character at the end."),
        "last-front": ("Move the last character to the front.", "The last character has to come first instead.",
                       "Now bring the character at the end to the front.",
                       "Let whatever is last go before all the rest."),
        ASK: ("What is the code now?", "How does the code read?", "So what do I have to type?", "Which code is that?"),
    }  # fmt: skip

    def limits(self, rng: RandomStream) -> dict[str, Any]:
        """Length, first letter, and a last letter that is ruled out."""
        return {
            "letters": rng.choice(tuple(_LETTERS)),
            "first": rng.choice("bcdfghklmnprst"),
            "last": rng.choice("aeiou"),
        }

    def fits(self, choice: Value, limits: Slots) -> bool:
        """A word of the right length and ends."""
        if not isinstance(choice, str) or not re.fullmatch("[a-z]+", choice):
            return False
        ends = choice[0] == limits["first"] and choice[-1] != limits["last"]
        return ends and len(choice) == _LETTERS[limits["letters"]]

    def any(self, rng: RandomStream, limits: Slots) -> Value:
        """A word that can be spoken, of no language."""
        length = _LETTERS[limits["letters"]]
        rest = "".join(rng.choice("aeiou" if i % 2 else "bdfgklmnprstvz") for i in range(1, length))
        return str(limits["first"] + rest)

    def ban(self, rng: RandomStream, limits: Slots) -> dict[str, Any]:
        """Of a letter that many words have, spoken with a vowel first."""
        return {"letter": rng.choice([x for x in "aeilnors" if x != limits["first"]])}

    def banned(self, choice: Value, gaps: Slots) -> bool:
        """The letter is in the word."""
        return isinstance(choice, str) and gaps["letter"] in choice

    def gaps(self, rng: RandomStream, fact: str) -> dict[str, Any]:
        """Digits."""
        return {"n": 2 + rng.below(97)} if fact in ("append", "prefix") else {}

    def result(self, choice: Value, facts: Sequence[Fact]) -> Value:
        """The code, change by change."""
        assert isinstance(choice, str)
        code = choice
        for fact, gaps in facts:
            if fact == "append":
                code = f"{code}{gaps['n']}"
            elif fact == "prefix":
                code = f"{gaps['n']}{code}"
            elif fact == "last-front":
                code = code[-1] + code[:-1]
            else:
                code = {"drop-first": code[1:], "drop-last": code[:-1], "repeat-last": code + code[-1]}[fact]
        return code
