"""Hidden tests of published records, as pairs of inputs and output. Nothing of a record is ever run or unpickled here.

Three forms:

    public_test_cases    a JSON string of a list of {"input", "output"}: one JSON value a line for each argument, and JSON
    private_test_cases   the same, or that string pickled, compressed and in base64. A pickle is a program; of this one the
                         instructions are read, not carried out, and it may only say one string
    test                 HumanEval's own: a function `check(candidate)` whose asserts compare a call with a literal; read
                         as a syntax tree
"""

from __future__ import annotations

import ast
import base64
import binascii
import json
import pickletools
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from turnbench.envs.sharded.sandbox.wire import NotPlain, encode
from turnbench.envs.sharded.task import BadRecord

MOST_UNPACKED = 1 << 25
"""Bytes of a decompressed list of tests."""
_LONGEST_CHECK = 1_000_000
_PICKLE_TEXT = frozenset({"UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"})
_PICKLE_REST = frozenset({"PROTO", "FRAME", "MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT", "STOP"})

Test = dict[str, Any]


def tests_of(record: Mapping[str, Any]) -> list[Test]:
    """All tests: `inputs` and `output`, wire-encoded, and `tolerance` where one is given.

    Raises:
        BadRecord: there are none, or they cannot be read.
    """
    tests = list(_pairs(record.get("public_test_cases"), "public_test_cases"))
    if record.get("private_test_cases"):
        tests += _pairs(_unpacked(record["private_test_cases"]), "private_test_cases")
    if not tests and record.get("test"):
        tests = list(_asserted(record["test"]))
    if not tests:
        raise BadRecord("it has no tests")
    return tests


def _pairs(text: Any, key: str) -> Iterator[Test]:
    if text is None or text == "":
        return
    try:
        cases = json.loads(text) if isinstance(text, str) else text
        for case in cases:
            lines = case["input"].split("\n") if isinstance(case["input"], str) else None
            if lines is None or not isinstance(case["output"], str):
                raise TypeError
            inputs = [json.loads(line) for line in lines if line.strip()]
            yield {"inputs": [_wire(each) for each in inputs], "output": _wire(json.loads(case["output"]))}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadRecord(f"its {key} are no list of inputs and outputs in JSON") from error


def _unpacked(packed: Any) -> str:
    if not isinstance(packed, str):
        raise BadRecord("its private_test_cases are no text")
    if packed.lstrip().startswith("["):
        return packed
    try:
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(base64.b64decode(packed, validate=True), MOST_UNPACKED)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise BadRecord("its private_test_cases are neither JSON nor compressed in base64") from error
    if unpacking.unconsumed_tail:
        raise BadRecord(f"its private_test_cases unpack to more than {MOST_UNPACKED >> 20} MB")
    return _pickled_text(data)


def _pickled_text(data: bytes) -> str:
    text: str | None = None
    try:
        for instruction, argument, _ in pickletools.genops(data):
            if instruction.name in _PICKLE_TEXT and text is None:
                text = str(argument)
            elif instruction.name not in _PICKLE_REST:
                raise BadRecord(
                    f"its private_test_cases are a pickle of something else than a text ({instruction.name})"
                )
    except ValueError as error:
        if isinstance(error, BadRecord):
            raise
        raise BadRecord("its private_test_cases are no pickle") from error
    if text is None:
        raise BadRecord("its private_test_cases are a pickle without a text")
    return text


def _asserted(code: Any) -> Iterator[Test]:
    if not isinstance(code, str) or len(code) > _LONGEST_CHECK:
        raise BadRecord("its test is no text of reasonable length")
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadRecord("its test is not Python") from error
    checks = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "check"]
    if len(checks) != 1 or len(checks[0].args.args) != 1:
        raise BadRecord("its test has no function check(candidate)")
    candidate = checks[0].args.args[0].arg
    for node in checks[0].body:
        if isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            continue
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant) and node.test.value is True:
            continue
        test = _assertion(node.test, candidate) if isinstance(node, ast.Assert) else None
        if test is None:
            raise BadRecord(f"its test has a line that is no plain comparison: {ast.unparse(node)[:60]}")
        yield test


def _assertion(node: ast.expr, candidate: str) -> Test | None:
    """`candidate(literals) == literal` (or `is`), or `abs(candidate(literals) - literal) < literal`."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return None
    left, right = node.left, node.comparators[0]
    try:
        if isinstance(node.ops[0], (ast.Eq, ast.Is)) and (inputs := _call(left, candidate)) is not None:
            return {"inputs": inputs, "output": _wire(ast.literal_eval(right))}
        if isinstance(node.ops[0], (ast.Lt, ast.LtE)) and _is_named(left, "abs") and isinstance(left, ast.Call):
            inside = left.args[0]
            if isinstance(inside, ast.BinOp) and isinstance(inside.op, ast.Sub):
                inputs = _call(inside.left, candidate)
                if inputs is not None:
                    output, tolerance = float(ast.literal_eval(inside.right)), float(ast.literal_eval(right))
                    return {"inputs": inputs, "output": _wire(output), "tolerance": tolerance}
    except (ValueError, TypeError, IndexError, RecursionError, MemoryError):
        return None
    return None


def _call(node: ast.expr, candidate: str) -> list[Any] | None:
    if not _is_named(node, candidate) or not isinstance(node, ast.Call) or node.keywords:
        return None
    return [_wire(ast.literal_eval(argument)) for argument in node.args]


def _is_named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _wire(value: Any) -> Any:
    try:
        return encode(value, MOST_UNPACKED)
    except NotPlain as error:
        raise ValueError(str(error)) from error
