"""SQL cut into tokens: enough to see where strings and comments end, and what a query asks for at its top level."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<space>\s+ | --[^\n]* | /\*.*?(?:\*/|\Z))
  | (?P<text>'[^']*(?:''[^']*)*'?)
  | (?P<name>"[^"]*"? | `[^`]*`? | \[[^\]]*\]?)
  | (?P<word>[^\W\d]\w*)
  | (?P<other>\d[\w.]* | .)
    """,
    re.DOTALL | re.VERBOSE,
)  # every alternative but the last one ends where its closing mark is missing: no position is looked at twice


_OPENINGS = (["select"], ["with"], ["values"], ["("])
"""What a subquery begins with, behind its parenthesis."""


class Token(NamedTuple):
    """A piece of SQL: `kind` is space (comments included), text, name (quoted identifier), word or other."""

    kind: str
    text: str

    @property
    def keyword(self) -> str:
        """A bare word in lower case, a mark as it is; "" for strings, quoted names and space."""
        return self.text.lower() if self.kind in ("word", "other") else ""

    @property
    def identifier(self) -> str:
        """The name it stands for where it can be one, in lower case; else "". SQLite takes strings for names, too."""
        if self.kind == "word":
            return self.text.lower()
        return self.text[1:-1].lower() if self.kind in ("name", "text") else ""


def tokens(sql: str) -> Iterator[Token]:
    """All tokens; joined they are the text again."""
    for hit in _TOKEN.finditer(sql):
        yield Token(str(hit.lastgroup), hit[0])


def meaningful(sql: str) -> list[Token]:
    """Tokens without space and comments."""
    return [t for t in tokens(sql) if t.kind != "space"]


def first_word(sql: str) -> str:
    """The first word in lower case, comments passed over; "" where something else comes first."""
    token = next((t for t in tokens(sql) if t.kind != "space"), None)
    return token.keyword if token is not None and token.kind == "word" else ""


def is_ordered(sql: str) -> bool:
    """True where the result as a whole has an order: ORDER BY outside all parentheses."""
    depth, before = 0, ""
    for token in meaningful(sql):
        word = token.keyword
        depth += (word == "(") - (word == ")")
        if depth == 0 and before == "order" and word == "by":
            return True
        before = word
    return False


def without_distinct(sql: str) -> str:
    """The query with every DISTINCT taken out, within COUNT(DISTINCT ...) as well."""
    return "".join(t.text for t in tokens(sql) if t.keyword != "distinct")


def expansions(sql: str) -> int:
    """An upper bound of how many copies of itself SQLite makes of a query while it prepares it.

    A common table expression is copied wherever it is named; ten that each name the one before twice make a thousand
    copies of the first before anything can be interrupted. The bound is the product, over all definitions `x AS (SELECT
    ...)`, of the number of other places where that name stands.
    """
    if "with" not in sql.lower():
        return 1
    found = meaningful(sql)
    named: dict[str, int] = {}
    for i, token in enumerate(found):
        column = i + 1 < len(found) and found[i + 1].keyword == "."
        if token.identifier and not column:
            named[token.identifier] = named.get(token.identifier, 0) + 1
    defined = [found[place].identifier for i in range(len(found)) if (place := _defined_before(found, i)) >= 0]
    bound = 1
    for name in defined:
        bound *= max(1, named.get(name, 0) - defined.count(name))
    return bound


def _defined_before(found: list[Token], at: int) -> int:
    """Where the name stands whose definition's AS is at `at`; -1 where there is none."""
    if found[at].keyword != "as":
        return -1
    after = at + 1
    while after < len(found) and found[after].keyword in ("not", "materialized"):
        after += 1
    opening = [t.keyword for t in found[after : after + 2]]
    if opening[:1] != ["("] or opening[1:] not in _OPENINGS:
        return -1
    before = at - 1
    if before >= 0 and found[before].keyword == ")":  # a list of columns
        while before >= 0 and found[before].keyword != "(":
            before -= 1
        before -= 1
    return before
