"""Plain data as JSON, the same in both directions. Both processes load this file, so it imports nothing of ours.

    None, bool, str     as they are
    int                 as it is within 64 bits, else {"$int": "-0x1f"}: decimal digits of a long one cost quadratic time
    float               as it is where finite, else {"$float": "nan"}
    list                a list
    tuple, set          {"$tuple": [...]}, {"$set": [...]}; a frozenset is a set
    dict                an object where all keys are str and none begins with "$", else {"$dict": [[key, value], ...]}

JSON data thus stands for itself, unless an object has a key that begins with "$".
"""

from __future__ import annotations

from typing import Any

DEEPEST = 100
"""Levels of nesting."""
_MOST_ALIKE = 100


class NotPlain(ValueError):
    """A value that cannot be sent, or JSON that stands for none."""


def encode(value: Any, most: int) -> Any:
    """The JSON for a value of at most `most` items and characters in all.

    Looks at true types and uses the built-in types' own methods, so that overridden ones are never called; values of
    subclasses are sent as their base.

    Raises:
        NotPlain: of any other type, nested too deeply (or in itself), or too much.
    """
    return _Encoder(most).encode(value, 0)


class _Encoder:
    def __init__(self, most: int) -> None:
        self.left = most

    def encode(self, value: Any, depth: int) -> Any:
        kind = type(value)
        self._pay(2)
        if value is None or kind is bool:
            return value
        if issubclass(kind, str):
            self._pay(str.__len__(value))
            return str.__str__(value)
        if issubclass(kind, int):
            bits = int.bit_length(value)
            self._pay(bits // 4)
            number = int.__index__(value)
            return number if bits < 64 else {"$int": hex(number)}
        if issubclass(kind, float):
            real = float.__float__(value)
            return real if real - real == 0.0 else {"$float": float.__repr__(real)}
        if depth >= DEEPEST:
            raise NotPlain(f"a value nested more than {DEEPEST} deep")
        if issubclass(kind, list):
            return [self.encode(each, depth + 1) for each in list.__iter__(value)]
        if issubclass(kind, tuple):
            return {"$tuple": [self.encode(each, depth + 1) for each in tuple.__iter__(value)]}
        if issubclass(kind, set):
            return {"$set": [self.encode(each, depth + 1) for each in set.__iter__(value)]}
        if issubclass(kind, frozenset):
            return {"$set": [self.encode(each, depth + 1) for each in frozenset.__iter__(value)]}
        if issubclass(kind, dict):
            pairs = [[self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in dict.items(value)]
            if all(type(key) is str and not key.startswith("$") for key, _ in pairs):
                return dict(pairs)
            return {"$dict": pairs}
        raise NotPlain(f"a value of type {kind.__name__}, which is no plain data")

    def _pay(self, amount: int) -> None:
        self.left -= amount
        if self.left < 0:
            raise NotPlain("a value that is too large")


def decode(data: Any, depth: int = 0) -> Any:
    """The value that JSON stands for; never trusts it.

    Raises:
        NotPlain: it stands for none.
    """
    if isinstance(data, list):
        _check(depth <= DEEPEST)
        return [decode(each, depth + 1) for each in data]
    if not isinstance(data, dict):
        return data
    _check(depth <= DEEPEST)
    if not any(key.startswith("$") for key in data):
        return {key: decode(value, depth + 1) for key, value in data.items()}
    _check(len(data) == 1)
    [(mark, inner)] = data.items()
    try:
        return _marked(mark, inner, depth)
    except (TypeError, ValueError) as error:  # of the wrong shape, or an unhashable member or key
        raise NotPlain(f"{mark[:10]!r} of something else") from error


def _marked(mark: str, inner: Any, depth: int) -> Any:
    if mark == "$int" and isinstance(inner, str):
        return int(inner, 16)
    if mark == "$float" and inner in ("nan", "inf", "-inf"):
        return float(inner)
    _check(isinstance(inner, list))
    if mark == "$tuple":
        return tuple(decode(each, depth + 1) for each in inner)
    if mark == "$set":
        return frozenset(_spread([decode(each, depth + 1) for each in inner]))
    _check(mark == "$dict")
    values = [decode(value, depth + 1) for _, value in inner]
    return dict(zip(_spread([decode(key, depth + 1) for key, _ in inner]), values, strict=True))


def _spread(members: list[Any]) -> list[Any]:
    """The same, which must not have been chosen to have one hash: a table of them would take quadratic time."""
    alike: dict[int, int] = {}
    for each in members:
        number = hash(each)
        alike[number] = alike.get(number, 0) + 1
        _check(alike[number] <= _MOST_ALIKE)
    return members


def _check(holds: bool) -> None:
    if not holds:
        raise NotPlain("JSON that stands for no value")
