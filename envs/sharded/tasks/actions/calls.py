"""Function calls as text: reading a reply into calls, and writing calls down. Nothing in a reply is ever evaluated.

What is read (arXiv:2505.06120, appendix on the actions task; BFCL's parser as the released code calls it): the whole reply
is one Python expression, a list of calls with keyword arguments, whose values are literals. As in the released code the
brackets around the list may be missing, and the reply may stand in a fenced block or in backticks, with nothing outside.

Deviations from that code, which reads more than calls and some of it wrongly:

    positional   it drops them without a word; here a reply with one is no list of calls
    bare words   it takes `to=Lyon` for the text "Lyon"; here only literals are values
    arithmetic   it evaluates `2 + 3`, and takes `+5` and `not 5` for -5; here a sign is the minus of a number, nothing else
    twice        it lets the last of two equal keywords win; here a call has every keyword once
    strings      with a prefix (raw, bytes, formatted) or in triple quotes are no literals here
    lines        line breaks between calls may stand without brackets around them

Python's own parser can be made to exhaust the stack of the process, even by texts that it should refuse. So a reply is
first cut into the few kinds of tokens that such a list is made of, in one pass: what has others, two values in a row,
too many characters or brackets too deep is refused before `ast` sees it.
"""

from __future__ import annotations

import ast
import json
import keyword
import re
import warnings
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

LONGEST = 10_000
"""Characters of the longest reply that is read; published answers have a few hundred."""
DEEPEST = 12
"""Brackets within brackets; a list of calls with a list of dicts has four."""
_TOKEN = re.compile(
    r"(?P<space>\s+|#[^\n]*)"
    r"|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*){0,9})"
    r"|(?P<number>-?(?:0[xXoObB][0-9a-fA-F_]++|(?:[0-9][0-9_]*+(?:\.[0-9_]*+)?+|\.[0-9][0-9_]*+)(?:[eE][+-]?[0-9_]++)?+)(?![\w.]))"
    r"|(?P<text>\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+')"
    r"|(?P<open>[(\[{])"
    r"|(?P<close>[)\]}])"
    r"|(?P<mark>[,:=])",
    re.DOTALL,
)
_LITERAL_NAMES = ("True", "False", "None")
_FENCE = "```"


class Call(NamedTuple):
    """A call: the function's name, dotted where it is written so, and its arguments as Python values."""

    name: str
    arguments: Mapping[str, Any]


class _NoCallError(Exception):
    """The expression is something else than calls with literal arguments."""


def list_text(reply: str) -> str:
    """The reply without white space, fence or backticks around it."""
    text = reply.strip()
    if len(text) >= 2 * len(_FENCE) and text.startswith(_FENCE) and text.endswith(_FENCE):
        text = text[len(_FENCE) : -len(_FENCE)]
        first, line_break, rest = text.partition("\n")
        if line_break and (not first.strip() or first.strip().isidentifier()):  # "```python"
            text = rest
    elif len(text) >= 2 and text.startswith("`") and text.endswith("`"):
        text = text[1:-1]
    return text.strip()


def read_calls(reply: str) -> list[Call] | None:
    """The calls in a reply, in order; None for any reply that is not such a list and nothing else. Never raises."""
    text = list_text(reply).replace("\r\n", "\n").replace("\r", "\n")  # as Python's tokenizer does
    if not text or not _is_safe(text):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a string is a warning of Python, not ours
            whole = ast.parse(f"({text}\n)", mode="eval").body
        parts = whole.elts if isinstance(whole, ast.List | ast.Tuple) else [whole]
        return [_call(part) for part in parts]
    except (_NoCallError, SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def write_calls(calls: Iterable[Call]) -> str:
    """The calls as a list that `read_calls` reads; arguments are JSON values."""
    written = []
    for call in calls:
        arguments = ", ".join(f"{name}={_written(value)}" for name, value in call.arguments.items())
        written.append(f"{call.name}({arguments})")
    return f"[{', '.join(written)}]"


def _is_safe(text: str) -> bool:
    """True for a text of the right tokens in a possible order: what is left can nest by brackets alone, and not deep."""
    if len(text) > LONGEST or '"""' in text or "'''" in text:
        return False
    at, depth, before = 0, 0, ""
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            return False
        at, kind = token.end(), token.lastgroup or ""
        if kind == "space":
            continue
        value_before = before in ("name", "number", "text", "close")
        if kind == "open":
            depth += 1
            if depth > DEEPEST or (value_before and not (before == "name" and token[0] == "(")):
                return False
        elif kind == "close":
            depth -= 1
            if depth < 0:
                return False
        elif kind == "name":
            if value_before or (keyword.iskeyword(token[0]) and token[0] not in _LITERAL_NAMES):
                return False
        elif kind in ("number", "text") and value_before and not (before == kind == "text"):
            return False
        before = kind
    return depth == 0


def _call(node: ast.expr) -> Call:
    if not isinstance(node, ast.Call) or node.args:
        raise _NoCallError
    arguments: dict[str, Any] = {}
    for given in node.keywords:
        if given.arg is None or given.arg in arguments:
            raise _NoCallError
        arguments[given.arg] = _literal(given.value)
    return Call(_name(node.func), arguments)


def _name(node: ast.expr) -> str:
    """Python's reading of a name: letters that look alike are the same letter (NFKC)."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    raise _NoCallError


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant) and (node.value is None or type(node.value) in (bool, int, float, str)):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        if type(node.operand.value) in (int, float):
            return -node.operand.value  # type: ignore[operator]
    elif isinstance(node, ast.List):
        return [_literal(part) for part in node.elts]
    elif isinstance(node, ast.Tuple):
        return tuple(_literal(part) for part in node.elts)
    elif isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys):
        return {_literal(key): _literal(value) for key, value in zip(node.keys, node.values, strict=True) if key}
    raise _NoCallError


def _written(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
