"""The sandbox's filter of system calls and its wire: what passes is listed, and only plain data goes through."""

from __future__ import annotations

import contextlib
import math
import random
import sys
from typing import Any

import pytest

from turnbench.envs.sharded.sandbox.syscalls import MACHINES, filter_for
from turnbench.envs.sharded.sandbox.wire import NotPlain, decode, encode

LINUX = sys.platform == "linux"


@pytest.mark.parametrize("name", MACHINES)
def test_the_filter_lets_through_what_is_listed(name: str) -> None:
    """By an interpreter of the three instructions used."""
    machine = MACHINES[name]
    code = filter_for(machine, 3)
    steps = [
        (
            int.from_bytes(code[i : i + 2], sys.byteorder),
            code[i + 2],
            code[i + 3],
            int.from_bytes(code[i + 4 : i + 8], sys.byteorder),
        )
        for i in range(0, len(code), 8)
    ]

    def verdict(number: int, first: int = 0, architecture: int = machine.architecture) -> int:
        data, at, held = {0: number, 4: architecture, 16: first}, 0, 0
        while True:
            operation, if_true, if_false, value = steps[at]
            if operation == 0x06:
                return value
            if operation == 0x20:
                held, at = data[value], at + 1
            else:
                at += 1 + (if_true if held == value else if_false)

    allow, refuse, kill = 0x7FFF0000, 0x00050001, 0x80000000
    for number in range(1024):
        expected = allow if number in machine.allowed else refuse
        assert verdict(number) == verdict(number | 0x40000000 if number == machine.write else number) == expected
    assert verdict(machine.write, 3) == allow
    assert {verdict(machine.write, fd) for fd in (0, 1, 2, 4, 0xFFFFFFFF)} == {refuse}
    assert verdict(machine.allowed[0], architecture=0x40000003) == kill  # i386


PLAIN = [
    None, True, 0, -1, 2**63 - 1, 2**64, -(10**30), 1.5, -0.0, math.inf, -math.inf, "", "a\ud800\x00é", [], [[]], (), (1, [2]),
    set(), frozenset({1}), {}, {"a": {"b": [1]}}, {1: 2, (1, 2): 3}, {"$int": "0x1"}, {None: True}, {"a": {"$": 1}},
]  # fmt: skip


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_data_goes_both_ways(value: Any) -> None:
    back = decode(encode(value, 1_000))
    assert back == value
    assert type(back) is (frozenset if type(value) is set else type(value))


@pytest.mark.parametrize(
    "data",
    [
        {"$set": [[]]}, {"$set": 1}, {"$int": 1}, {"$int": "x"}, {"$float": "1"}, {"$dict": [1]}, {"$dict": [[[], 1]]}, {"$x": []},
        {"$set": [], "$tuple": []}, {"$set": [k * (2**61 - 1) for k in range(2_000)]}, {"$dict": [[k * (2**61 - 1), 0] for k in range(2_000)]}, {"$tuple": None}, {"a": 1, "$b": 2},
    ],
    ids=lambda data: repr(data)[:30],
)  # fmt: skip
def test_json_that_stands_for_nothing(data: Any) -> None:
    with pytest.raises(NotPlain):
        decode(data)


def test_any_json_decodes_or_is_refused() -> None:
    rng = random.Random(0)

    def some(depth: int) -> Any:
        kind = rng.randrange(8 if depth < 4 else 4)
        if kind < 4:
            return rng.choice([None, True, 3, "0x1f", "nan", ""])
        if kind < 6:
            return [some(depth + 1) for _ in range(rng.randrange(3))]
        return {
            rng.choice(["$int", "$float", "$set", "$tuple", "$dict", "a", ""]): some(depth + 1)
            for _ in range(rng.randrange(3))
        }

    for _ in range(2_000):
        with contextlib.suppress(NotPlain):
            decode(some(0))


def test_what_is_too_much_is_refused() -> None:
    for value in ("x" * 101, list(range(60)), 1 << 500, [[]] * 60, {str(i): 1 for i in range(60)}):
        with pytest.raises(NotPlain, match="a value that is too large"):
            encode(value, 100)
    deep: list[Any] = []
    deep.append(deep)
    with pytest.raises(NotPlain, match="a value nested more than 100 deep"):
        encode(deep, 1_000)
