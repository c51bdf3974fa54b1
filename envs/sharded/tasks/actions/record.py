"""The published format of one record: BFCL's functions and accepted values, checked before anything relies on them.

Keys (the released data, task "actions"): `fully_specified_question` with the instruction at [0][0].content, `function`,
`reference_answer`, `language` and `test_category`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from turnbench.envs.sharded.task import BadRecord
from turnbench.envs.sharded.tasks.actions.matching import TYPES, may_be_left_out


def question_of(record: Mapping[str, Any]) -> str:
    """The fully specified instruction. Raises BadRecord."""
    try:
        text = record["fully_specified_question"][0][0]["content"]
    except (KeyError, IndexError, TypeError):
        text = None
    if not isinstance(text, str) or not text.strip():
        raise BadRecord("its fully_specified_question has no text at [0][0].content")
    if record.get("language") != "Python":
        raise BadRecord(f"its language is {record.get('language')!r}, not 'Python'")
    category = record.get("test_category")
    if not isinstance(category, str) or "parallel" not in category:
        raise BadRecord(f"its test_category is {category!r}, not 'parallel'")
    return text


def functions_of(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The function list. Raises BadRecord."""
    raw = record.get("function")
    if not isinstance(raw, list) or not raw:
        raise BadRecord("its function is not a list with at least one function")
    names = set()
    for place, function in enumerate(raw, start=1):
        name = function.get("name") if isinstance(function, Mapping) else None
        if not isinstance(name, str) or not name:
            raise BadRecord(f"its function {place} has no name")
        if name in names:
            raise BadRecord(f"its function {name!r} is there twice")
        names.add(name)
        _check_parameters(name, function.get("parameters"))
    return raw


def reference_of(record: Mapping[str, Any], functions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The reference calls with their accepted values, every one of which some call can match. Raises BadRecord."""
    raw = record.get("reference_answer")
    if not isinstance(raw, list) or not raw:
        raise BadRecord("its reference_answer is not a list with at least one call")
    schemas = {function["name"]: function["parameters"] for function in functions}
    for place, call in enumerate(raw, start=1):
        if not isinstance(call, Mapping) or len(call) != 1:
            raise BadRecord(f"its reference call {place} is not an object with one key, the function's name")
        ((name, accepted),) = call.items()
        if name not in schemas:
            raise BadRecord(f"its reference call {place} names {name!r}, which is not among its functions")
        if not isinstance(accepted, Mapping):
            raise BadRecord(f"its reference call {place} has no object of parameters")
        _check_accepted(place, accepted, schemas[name])
    return raw


def _check_parameters(name: str, parameters: Any) -> None:
    if not isinstance(parameters, Mapping) or not isinstance(parameters.get("properties"), Mapping):
        raise BadRecord(f"its function {name!r} has no parameters.properties")
    properties, required = parameters["properties"], parameters.get("required", [])
    if not isinstance(required, list) or any(not isinstance(one, str) or one not in properties for one in required):
        raise BadRecord(f"its function {name!r} requires parameters that it does not have")
    for parameter, declared in properties.items():
        while True:  # items of items
            if not isinstance(declared, Mapping):
                raise BadRecord(f"its function {name!r} has a parameter {parameter!r} that is no object")
            if not isinstance(kind := declared.get("type"), str) or kind not in TYPES:
                raise BadRecord(f"its function {name!r} has a parameter {parameter!r} of the unknown type {kind!r}")
            if "items" not in declared:
                break
            declared = declared["items"]


def _check_accepted(place: int, accepted: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    properties = schema["properties"]
    for parameter, values in accepted.items():
        if not isinstance(values, list) or not values:
            raise BadRecord(f"its reference call {place} has no list of accepted values for {parameter!r}")
        if parameter not in properties and not may_be_left_out(values, {}):
            raise BadRecord(f"its reference call {place} has a parameter {parameter!r} that the function lacks")
    for parameter in schema.get("required", []):
        if parameter not in accepted:
            raise BadRecord(f"its reference call {place} lacks the required parameter {parameter!r}")
