"""Whether a program passes: its outputs, computed in the sandbox, against what was expected, which never leaves this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from turnbench.envs.sharded.sandbox import Limits, run_program
from turnbench.envs.sharded.sandbox.wire import decode

TOLERANCE = 1e-6
"""Of an expected float, absolute below 1 and relative above."""


def passes(program: str, function: str, tests: Sequence[Mapping[str, Any]], limits: Limits) -> bool:
    """True where `function` of `program` gives what is expected in all of `tests`; with no tests, never.

    Args:
        program: any text.
        function: its name, as `sandbox.Sandbox.run` takes it.
        tests: each with `inputs` and `output` (as `sandbox.wire` writes plain data) and where needed `tolerance`.
        limits: for all tests together.
    """
    outcomes = run_program(program, function, [[decode(each) for each in test["inputs"]] for test in tests], limits)
    return bool(tests) and all(
        outcome.failure is None and same(outcome.value, decode(test["output"]), test.get("tolerance", TOLERANCE))
        for outcome, test in zip(outcomes, tests, strict=True)
    )


def same(value: Any, expected: Any, tolerance: float = TOLERANCE) -> bool:
    """Equality of plain data by kind.

    A tuple is a list; True is not 1; an int and a float are equal where their numbers are, and within `tolerance` where
    a float is expected; not-a-number equals itself; the order of a dict does not count.
    """
    if isinstance(expected, bool) or isinstance(value, bool) or expected is None or isinstance(expected, str):
        return type(value) is type(expected) and bool(value == expected)
    if isinstance(expected, (int, float)):
        return isinstance(value, (int, float)) and _same_number(value, expected, tolerance)
    if isinstance(expected, (list, tuple)):
        return (
            isinstance(value, (list, tuple))
            and len(value) == len(expected)
            and all(same(a, b, tolerance) for a, b in zip(value, expected, strict=True))
        )
    if isinstance(expected, frozenset):
        return isinstance(value, frozenset) and _typed(value) == _typed(expected)
    if isinstance(expected, dict) and isinstance(value, dict) and len(value) == len(expected):
        found = {_typed(key): each for key, each in value.items()}
        keys = [(_typed(key), each) for key, each in expected.items()]
        return all(key in found and same(found[key], each, tolerance) for key, each in keys)
    return False


def _same_number(value: float, expected: float, tolerance: float) -> bool:
    if value == expected or (value != value and expected != expected):
        return True
    if not isinstance(expected, float) or abs(expected) == float("inf"):
        return False
    try:
        return abs(value - expected) <= tolerance * max(1.0, abs(expected))
    except OverflowError:  # an int beyond all floats
        return False


def _typed(value: Any) -> Any:
    """A hashable that is equal for what is the same: Python's own takes True for 1."""
    if isinstance(value, (tuple, frozenset)):
        return type(value).__name__, type(value)(_typed(each) for each in value)
    return isinstance(value, bool), value
