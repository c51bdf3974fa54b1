"""AST match: do calls carry out what the reference asks for?

As in BFCL v3, category "parallel", Python (Patil et al. 2025, "The Berkeley Function Calling Leaderboard"; its checker is
what arXiv:2505.06120 scores actions with): as many calls as the reference has, in any order; a call has the function's
name, all required parameters and no unknown ones, and every value is of the declared type and among the accepted ones.

Values. Strings are compared without case, spaces and the characters , . / - _ * ^, single quotes as double ones. A whole number
is accepted for a float, never a float for an integer nor a bool for a number. A tuple is accepted where a tuple is declared,
a list there and for an array. A value of another type than declared is accepted if the reference accepts a value of that
very type (published schemas say "integer" where the answer is 0.5). In a dict every key has accepted values of its own. "" in an
accepted list says that the parameter may be left out.

Deviations from the checker:

    assignment   it gives every reference call the first call that fits, which can leave nothing for the next where accepted
                 values overlap; here calls are assigned by a bipartite matching
    defaults     an optional parameter may also be left out where the accepted values have its default
    ""           it takes this mark for an accepted text; here it is one only where the schema names no other default
    in lists     a whole number is accepted for a float there, too; dicts may hold lists and dicts
    bool         it takes True for 1 inside lists and dicts; here they differ everywhere
    punctuation  it takes "*" for "-", because nothing is left of either; such strings are compared as they are
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from turnbench.envs.sharded.tasks.actions.calls import Call

TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "float": (float, int), "boolean": (bool,), "array": (list,), "tuple": (list, tuple),
    "dict": (dict,), "any": (str, int, float, bool, list, tuple, dict, type(None)),
}  # fmt: skip
"""Declared types, as BFCL names them, and the Python types of their values; a bool is of no other type."""
_IGNORED = str.maketrans("'", '"', " ,./-_*^")


def all_match(
    calls: Sequence[Call], reference: Sequence[Mapping[str, Any]], functions: Sequence[Mapping[str, Any]]
) -> bool:
    """True if the calls and the reference calls can be assigned to each other, one to one.

    Args:
        calls: what was answered.
        reference: one-key mappings, function name to parameter to accepted values.
        functions: the schema, every name once.
    """
    if len(calls) != len(reference):
        return False
    schemas = {function["name"]: function["parameters"] for function in functions}
    fits = []
    for wanted in reference:
        ((name, accepted),) = wanted.items()
        fits.append([i for i, call in enumerate(calls) if call.name == name and _fits(call, accepted, schemas[name])])
    return _assignable(fits)


def _assignable(fits: Sequence[Sequence[int]]) -> bool:
    """True if every row can have a number of its own from its list (Kuhn's augmenting paths)."""
    owner: dict[int, int] = {}

    def place(row: int, tried: set[int]) -> bool:
        for i in fits[row]:
            if i not in tried:
                tried.add(i)
                if i not in owner or place(owner[i], tried):
                    owner[i] = row
                    return True
        return False

    return all(place(row, set()) for row in range(len(fits)))


def _fits(call: Call, accepted: Mapping[str, Sequence[Any]], schema: Mapping[str, Any]) -> bool:
    properties, required = schema["properties"], schema.get("required", ())
    if any(name not in call.arguments for name in required):
        return False
    for name, value in call.arguments.items():
        if name not in properties or name not in accepted or not _is_accepted(value, accepted[name], properties[name]):
            return False
    return all(may_be_left_out(accepted[n], properties.get(n, {})) for n in accepted if n not in call.arguments)


def may_be_left_out(accepted: Sequence[Any], declared: Mapping[str, Any]) -> bool:
    """True if a parameter that is not required need not be given."""
    return any(_is_mark(one) or ("default" in declared and _equal(declared["default"], one)) for one in accepted)


def _is_mark(value: Any) -> bool:
    return isinstance(value, str) and not value


def _is_accepted(value: Any, accepted: Sequence[Any], declared: Mapping[str, Any]) -> bool:
    fitting = _is_of_type(value, declared)
    for one in accepted:
        if _is_mark(one) and not (fitting and declared.get("default", "") == ""):
            continue
        if _equal(value, one) and (fitting or _same_types(value, one)):
            return True
    return False


def _is_of_type(value: Any, declared: Mapping[str, Any]) -> bool:
    allowed = TYPES[declared.get("type", "any")]
    if isinstance(value, bool):
        return bool in allowed
    if not isinstance(value, allowed):
        return False
    items = declared.get("items")
    return not (isinstance(value, list | tuple) and isinstance(items, Mapping)) or all(
        _is_of_type(item, items) for item in value
    )


def _same_types(value: Any, accepted: Any) -> bool:
    if type(value) is not type(accepted):
        return False
    return not isinstance(value, list) or all(map(_same_types, value, accepted))


def _equal(value: Any, accepted: Any) -> bool:
    if isinstance(accepted, str):
        return isinstance(value, str) and _plain(value) == _plain(accepted)
    if isinstance(accepted, bool) or accepted is None:
        return value is accepted
    if isinstance(accepted, int | float):
        return isinstance(value, int | float) and not isinstance(value, bool) and value == accepted
    if isinstance(accepted, Mapping):
        return isinstance(value, Mapping) and _equal_dicts(value, accepted)
    return isinstance(value, list | tuple) and len(value) == len(accepted) and all(map(_equal, value, accepted))


def _equal_dicts(value: Mapping[Any, Any], accepted: Mapping[str, Any]) -> bool:
    for key, given in value.items():
        if key not in accepted or not any(_equal(given, one) for one in _choices(accepted[key])):
            return False
    return all(key in value or any(map(_is_mark, _choices(accepted[key]))) for key in accepted)


def _choices(accepted: Any) -> Sequence[Any]:
    return accepted if isinstance(accepted, list) else (accepted,)


def _plain(text: str) -> str:
    return text.translate(_IGNORED).lower() or text
