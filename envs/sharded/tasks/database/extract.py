"""The query in a reply: the last fenced block that holds one, else the last statement in the running text.

A block holds one where its first word is SELECT or WITH, whatever language it is said to be in. In running text a statement
begins with SELECT in capitals, in any case at the beginning of a line and after a colon or a backtick, or with WITH and a
definition; it goes to the semicolon or to the end of the paragraph, and SQLite's parser must take it, because people
say "select" as well. The work grows with the length of the reply and no faster.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from turnbench.envs.sharded.tasks.database.sandbox import LONGEST_SQL, is_grammatical
from turnbench.envs.sharded.tasks.database.tokens import first_word, tokens

FENCE = "```"
_LANGUAGE = re.compile(r"\s*(?:sqlite3?|sql|mysql|postgres(?:ql)?)\b", re.IGNORECASE)
_KEYWORD = re.compile(r"\b(?:select|with)\b", re.IGNORECASE)
_DEFINITION = re.compile(
    r"with\s+(?:recursive\s+)?\w{1,60}\s*(?:\([^()]{0,300}\)\s*)?as\s*(?:(?:not\s+)?materialized\s*)?\(", re.IGNORECASE
)
_STATEMENT = re.compile(
    r"(?:[^;'\"`\[/-]+|'[^']*'?|\"[^\"]*\"?|`[^`]*`?|\[[^\]]*\]?|--[^\n]*|/\*.*?(?:\*/|\Z)|[/-])*", re.DOTALL
)
"""Up to a semicolon outside strings, names and comments. What comes next is told by one character: nothing is tried twice."""
_PARAGRAPH = re.compile(r"\n\s*\n")
_PLACEHOLDER = re.compile(r"\.\.\.|\u2026|<\w{1,40}>|\?")
_CASE = re.compile(r"\b(?:if|in case|assuming|alternatively|option)\b", re.IGNORECASE)
_MOST_BLOCKS = 20
"""Fenced blocks looked at, from the last backwards."""
_MOST_TRIED = 5
"""Statements in running text that are given to the parser, from the last backwards."""


def query_in(reply: str) -> str:
    """The query, without the fence; "" where there is none."""
    return next(_fenced(reply), "") or _bare(reply)


def offers_query(reply: str) -> bool:
    """True where the query in a reply leaves nothing to be filled in (no "...", no <name>, no parameter) and is not one of
    several, each for another case.
    """
    sql = query_in(reply)
    return bool(sql) and len(sql) <= LONGEST_SQL and _is_complete(sql) and not _hedges(reply)


def _is_complete(sql: str) -> bool:
    code = "".join(" " if t.kind in ("space", "text") else t.text for t in tokens(sql))
    return _PLACEHOLDER.search(code) is None


def _hedges(reply: str) -> bool:
    different = {" ".join(sql.split()).rstrip("; ") for sql in _fenced(reply)}
    return len(different) >= 2 and len(_CASE.findall(" ".join(reply.split(FENCE)[0::2]))) >= 2


def _fenced(reply: str) -> Iterator[str]:
    """The queries in fenced blocks, the last first; the last block may lack its closing fence."""
    for block in reply.split(FENCE)[1::2][: -_MOST_BLOCKS - 1 : -1]:
        language = _LANGUAGE.match(block)
        body = block[language.end() :] if language else block
        if first_word(body) in ("select", "with"):
            yield body.strip()


def _bare(reply: str) -> str:
    """The last statement in running text that SQLite's parser takes."""
    tried = 0
    for paragraph in reversed(_PARAGRAPH.split(reply)):
        for sql in reversed(list(_statements(paragraph))[-_MOST_TRIED:]):
            tried += 1
            if is_grammatical(sql):
                return sql
            if tried == _MOST_TRIED:
                return ""
    return ""


def _statements(paragraph: str) -> Iterator[str]:
    at = 0
    while (hit := _KEYWORD.search(paragraph, at)) is not None:
        begin, at = hit.span()
        if not _begins(paragraph, begin, hit[0]):
            continue
        if paragraph[begin - 1 : begin] == "`":
            end = paragraph.find("`", begin)
            at = len(paragraph) if end < 0 else end
        else:
            end_of = _STATEMENT.match(paragraph, begin)
            assert end_of is not None  # it matches the empty string
            at = max(at, end_of.end())
        yield paragraph[begin:at].strip()


def _begins(paragraph: str, at: int, word: str) -> bool:
    """True where a statement begins with this word."""
    if word.lower() == "with":
        return _DEFINITION.match(paragraph, at) is not None
    before = paragraph[max(0, at - 20) : at].rstrip(" \t")
    return word == "SELECT" or not before or before[-1] in "\n:`"
