"""The program in a reply, and which of its functions is meant. Replies are looked at, never run.

The program is the last fenced block that holds a `def`, whole, with its imports and helpers; without a fence, the reply
itself where it is Python with a `def`. The function is the one of the expected name, else the last one at top level:
the paper's wording. (The released code puts the expected name in the place of the first function's, as text, which breaks
programs that begin with a helper.)
"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings

LONGEST_PROGRAM = 20_000
"""Characters; a longer one fails unread, since reading may take time that grows with it."""
_DEF = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]", re.MULTILINE)
_FENCE = "```"


def program_in(reply: str) -> str:
    """The program, "" where there is none."""
    held = [block for block in blocks(reply) if _DEF.search(block)]
    if held:
        return held[-1]
    if _FENCE not in reply and _DEF.search(reply) and _parsed(reply) is not None:
        return reply
    return ""


def blocks(reply: str) -> list[str]:
    """Texts of the fenced blocks, without common indentation. The last may lack its closing fence."""
    found: list[list[str]] = []
    inside = False
    for line in reply.split("\n"):
        mark = line.strip()
        if mark.startswith(_FENCE):
            # A fence with a language inside a block: the closing one was forgotten.
            inside = not inside or mark.strip("`") != ""
            if inside:
                found.append([])
        elif inside:
            found[-1].append(line.rstrip("\r"))
    return [textwrap.dedent("\n".join(lines)) for lines in found]


def function_in(program: str, expected: str) -> str:
    """Name of the function to call, "" where there is none to be found.

    A class `Solution` with a method of the expected name, as starter code may have it, gives "Solution.<name>" where
    there is no function at top level.
    """
    tree = _parsed(program)
    if tree is None:
        return ""
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assigned = [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    if expected in functions or expected in assigned:
        return expected
    if functions:
        return functions[-1]
    return f"Solution.{expected}" if _method(tree, expected) is not None else ""


def is_complete(program: str, expected: str) -> bool:
    """Whether the function to call is more than a signature: a body of nothing but text, `pass`, `...` or
    NotImplementedError is a plan. What cannot be read is an attempt, and a failed one.
    """
    tree = _parsed(program)
    if tree is None:
        return True
    name = function_in(program, expected)
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    node = found[-1] if found else _method(tree, expected)
    return name != "" if node is None else not all(_is_empty(each) for each in node.body)


def _method(tree: ast.Module, name: str) -> ast.FunctionDef | None:
    for owner in tree.body:
        if isinstance(owner, ast.ClassDef) and owner.name == "Solution":
            for node in owner.body:
                if isinstance(node, ast.FunctionDef) and node.name == name:
                    return node
    return None


def _is_empty(node: ast.stmt) -> bool:
    if isinstance(node, ast.Raise):
        return "NotImplementedError" in ast.dump(node)
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _parsed(program: str) -> ast.Module | None:
    if len(program) > LONGEST_PROGRAM:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd but legal text, such as "\d"
            return ast.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
