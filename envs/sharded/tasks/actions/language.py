"""What a user says of calls: sentences from the functions' sayings, written here and read back.

A fact is one argument of one call or of all calls of a function. Which call is meant is said by its place ("the second
parcel", "parcel number 2"), or by nothing where there is one alone ("the parcel"); "each parcel" and "every parcel" are all of
them, and an exception to that begins with "Unlike the others" or "As an exception".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from turnbench.envs.sharded.tasks.actions.domains import FLAG, Parameter, functions
from turnbench.envs.sharded.wording import Phrasebook

MOST_CALLS = 4
ORDINALS = ("first", "second", "third", "fourth")
NUMBERS = ("one", "two", "three", "four")
_EXCEPTIONS = ("Unlike the others, ", "As an exception, ")
_OPENING = re.compile(rf"\b(?:{'|'.join(_EXCEPTIONS)})(\w)")
_GOALS = (
    "I need to {what}.", "Please {what}.", "I want you to {what}.", "I would like to {what}.", "Help me to {what}.", "I have to {what}.",
    "Today I want to {what}.",
)  # fmt: skip
_MORE_GOALS = (
    "I also want to {what}.", "Apart from that I have to {what}.", "On top of that, {what}.", "After that I need to {what}.",
    "And then {what}.",
)  # fmt: skip


class Scope(StrEnum):
    """Which calls of a function a fact is about."""

    ONLY = "only"
    """The only one there is."""
    ONE = "one"
    """One of several, whose arguments of that name are all told one by one."""
    ALL = "all"
    EXCEPT = "except"
    """One of several, other than what is said of all."""


class Fact(NamedTuple):
    """An argument that the user tells."""

    function: str
    parameter: str
    scope: Scope
    place: int
    """Of the call among those of its function, from 0; 0 for all."""
    value: Any


class Goal(NamedTuple):
    """How many calls of which function are wanted."""

    function: str
    calls: int


def ways_of_goal(goals: Sequence[Goal]) -> tuple[str, ...]:
    """Every way to say what is wanted; two goals stand in one sentence, a third one in a sentence of its own."""
    joined = " and ".join(_clause(goal) for goal in goals[:2])
    ways = [way.replace("{what}", joined) for way in _GOALS]
    if len(goals) > 2:
        rest = " and ".join(_clause(goal) for goal in goals[2:])
        more = [way.replace("{what}", rest) for way in _MORE_GOALS]
        ways = [f"{way} {more[i % len(more)]}" for i, way in enumerate(ways)]
    return tuple(ways)


def ways_of_fact(fact: Fact, count: int) -> tuple[str, ...]:
    """Every way to say a fact about a function of which `count` calls are wanted, the plainest first."""
    function = functions()[fact.function]
    parameter = next(p for p in function.parameters if p.name == fact.parameter)
    key, text = _spoken(parameter, fact.value)
    ways = []
    for form in _forms(function.noun, fact.scope, fact.place, count):
        ways += [way.replace("{v}", text) for way in _in_form(parameter.sayings[key], form)]
    return tuple(ways)


def read_goals(message: str) -> Iterator[Goal]:
    """What a message says is wanted."""
    for statement in _goal_book().read(message):
        for clause in statement.slots["what"].split(" and "):
            if (goal := _clauses().get(clause)) is not None:
                yield goal


@lru_cache(maxsize=4000)  # a player reads every message again each turn
def read_facts(message: str, function: str) -> tuple[Fact, ...]:
    """What a message tells of the calls of a function; an exception is read as a fact about one call, which it is."""
    book, meanings = _book(function)
    facts = []
    for statement in book.read(_plain(message, functions()[function].noun)):
        parameter, scope, said_yes = meanings[statement.kind]
        place = statement.slots.get("k", 1) - 1
        facts.append(Fact(function, parameter.name, scope, place, _heard(parameter, said_yes, statement.slots)))
    return tuple(facts)


class _Form(NamedTuple):
    """How a call is named in a sentence: its beginning, and elsewhere."""

    begin: str
    inside: str
    only_beginning: bool = False


def _forms(noun: str, scope: Scope, place: int, count: int) -> list[_Form]:
    if scope is Scope.ONLY:
        names = [f"the {noun}"]
    elif scope is Scope.ALL:
        names = [f"each {noun}", f"every {noun}"] if count > 2 else [f"each {noun}"]
    else:
        names = [f"the {ORDINALS[place]} {noun}", f"{noun} number {place + 1}"]
    if scope is Scope.EXCEPT:
        return [_Form(opening + name, "", True) for opening in _EXCEPTIONS for name in names]
    return [_Form(_capital(name), name) for name in names]


def _in_form(sayings: Sequence[str], form: _Form) -> Iterator[str]:
    for saying in sayings:
        if saying.startswith("{S}"):
            yield form.begin + saying.removeprefix("{S}")
        elif not form.only_beginning:
            yield saying.replace("{s}", form.inside)


def _spoken(parameter: Parameter, value: Any) -> tuple[str, str]:
    """(key of the sayings, the value in words)."""
    if parameter.gap == FLAG:
        return ("yes" if value else "no"), ""
    parts = [_word(parameter, one) for one in (value if parameter.type == "array" else [value])]
    return "", ", ".join(parts[:-1]) + f" and {parts[-1]}" if len(parts) > 1 else parts[0]


def _word(parameter: Parameter, value: Any) -> str:
    if parameter.gap == "number":
        return f"{value:g}"
    return f'"{value}"' if parameter.gap == "quoted" else str(value)


def _heard(parameter: Parameter, said_yes: bool, slots: Mapping[str, Any]) -> Any:
    """The value of what was read."""
    if parameter.gap == FLAG:
        return said_yes
    if parameter.gap == "time":
        return f"{slots['h']:02d}:{slots['m']:02d}"
    if parameter.type == "array":
        return [slots[name] for name in "abc" if name in slots]
    return slots["v"]


def _clause(goal: Goal) -> str:
    function = functions()[goal.function]
    return function.one if goal.calls == 1 else function.many.replace("{n}", NUMBERS[goal.calls - 1])


@lru_cache(maxsize=1)
def _clauses() -> Mapping[str, Goal]:
    goals = [Goal(name, count) for name in functions() for count in range(1, MOST_CALLS + 1)]
    return {_clause(goal): goal for goal in goals}


@lru_cache(maxsize=1)
def _goal_book() -> Phrasebook:
    return Phrasebook({"goal": [way.replace("{what}", "{what:words}") for way in (*_GOALS, *_MORE_GOALS)]})


@lru_cache(maxsize=64)
def _book(name: str) -> tuple[Phrasebook, Mapping[str, tuple[Parameter, Scope, bool]]]:
    """Of a function: templates for messages in plain words, and what the kinds of statements mean."""
    function = functions()[name]
    noun = function.noun
    forms = {
        Scope.ONLY: _Form(f"The {noun}", f"the {noun}"),
        Scope.ONE: _Form(f"{_capital(noun)} number {{k:int}}", f"{noun} number {{k:int}}"),
        Scope.ALL: _Form(f"Each {noun}", f"each {noun}"),
    }
    templates: dict[str, list[str]] = {}
    meanings = {}
    for parameter in function.parameters:
        for scope, form in forms.items():
            for key, sayings in parameter.sayings.items():
                for gap in _gaps(parameter):
                    kind = f"{parameter.name} {scope} {key} {gap}"
                    templates[kind] = [way.replace("{v}", gap) for way in _in_form(sayings, form)]
                    meanings[kind] = parameter, scope, key == "yes"
    return Phrasebook(templates), meanings


def _gaps(parameter: Parameter) -> list[str]:
    """How a value stands in a template."""
    gap = parameter.gap
    if parameter.type == "array":
        return [f"{{a:{gap}}} and {{b:{gap}}}", f"{{a:{gap}}}, {{b:{gap}}} and {{c:{gap}}}"]
    return {FLAG: [""], "time": ["{h:int}:{m:int}"]}.get(gap, [f"{{v:{gap}}}"])


def _plain(message: str, noun: str) -> str:
    """A message with every call named the same way: without openings, by its number, and "each" for "every"."""
    text = _OPENING.sub(lambda found: found[1].upper(), message)
    text = re.sub(rf"\b([Ee])very (?={noun}\b)", lambda found: "Each " if found[1] == "E" else "each ", text)

    def numbered(found: re.Match[str]) -> str:
        name = f"{noun} number {ORDINALS.index(found[2]) + 1}"
        return _capital(name) if found[1] == "The" else name

    return re.sub(rf"\b([Tt]he) ({'|'.join(ORDINALS)}) {noun}\b", numbered, text)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
