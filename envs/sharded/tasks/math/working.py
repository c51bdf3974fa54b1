"""Arithmetic that writes down its steps and refuses quantities that make no sense in a story.

Numbers are exact: `int`, or `Fraction` where money has cents.
"""

from __future__ import annotations

from fractions import Fraction

Value = int | Fraction


class UnnaturalError(ValueError):
    """A step left nothing or less, or gave a part of something that comes whole."""


def plain(value: Value) -> Value:
    """The same number, as an int where it is whole."""
    return value.numerator if value.denominator == 1 else value


def shown(value: Value) -> str:
    """As a problem or an answer writes it: "18", and with cents "18.50"."""
    value = plain(value)
    return str(value) if isinstance(value, int) else f"{float(value):.2f}"


class Working:
    """The steps of one calculation. An operand None stands for something that was not said: nothing is done with it.

    Args:
        parts: quantities are multiples of 1/parts: 1 for whole numbers, 100 for money.
    """

    def __init__(self, parts: int) -> None:
        self._parts = parts
        self._steps: list[tuple[Value, str, Value, str, Value]] = []

    def plus(self, a: Value, b: Value | None) -> Value:
        """`a` + `b`."""
        return a if b is None else self._step(a, " + ", b, "", a + b)

    def minus(self, a: Value, b: Value | None) -> Value:
        """`a` - `b`, which must be positive."""
        return a if b is None else self._step(a, " - ", b, "", a - b)

    def times(self, a: Value, b: Value | None) -> Value:
        """`a` * `b`."""
        return a if b is None else self._step(a, " * ", b, "", a * b)

    def over(self, a: Value, b: Value) -> Value:
        """`a` / `b`, which must come out even."""
        self._demand_divisor(a, b)
        return self._step(a, " / ", b, "", Fraction(a) / Fraction(b))

    def percent(self, share: Value | None, of: Value) -> Value | None:
        """So many percent of `of`."""
        return None if share is None else self._step(share, "% of ", of, "", Fraction(share * of) / 100)

    def packs(self, things: Value, size: Value) -> tuple[Value, Value]:
        """How often `size` goes into `things`, and what is left over."""
        self._demand_divisor(things, size)
        full, left = divmod(things, size)
        self._step(things, " / ", size, f", {shown(left)} left over", full)
        return full, left

    def _step(self, a: Value, sign: str, b: Value, note: str, result: Value) -> Value:
        if result <= 0 or (result * self._parts).denominator != 1:
            raise UnnaturalError(f"{shown(a)}{sign}{shown(b)}")
        result = plain(result)
        self._steps.append((a, sign, b, note, result))
        return result

    def _demand_divisor(self, a: Value, b: Value) -> None:
        if b == 0:  # never drawn, but a user of another kind may say so
            raise UnnaturalError(f"{shown(a)} / 0")

    def lines(self) -> list[str]:
        """Such as ["6 * 4 = 24", "24 - 5 = 19"]."""
        return [f"{shown(a)}{sign}{shown(b)} = {shown(result)}{note}" for a, sign, b, note, result in self._steps]
