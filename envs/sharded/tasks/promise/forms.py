"""The forms in which choices and answers are written: a whole number, a time, a date, a square, a rule, a word.

A form reads a line tolerantly (units, markdown and words around it do no harm) but wants exactly one value in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

Value = int | str | tuple[int, int]
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_STARTS = tuple(sum(_DAYS[:month]) for month in range(12))
LONGEST = 200
"""Characters of a line that are read."""
_LABEL = re.compile(r"[\s>*_#`-]*(choice|answer)[\s*_`]*[:=](.*)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,])[-\u2212]?\d[\d,]{0,11}(?:\.0+)?(?![\d.,]*\d)")
_TIME = re.compile(r"(?<![\d:])(\d{1,2})[:.](\d{2})(?![\d:])")
_NAME = "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS)
_DATE = re.compile(
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_NAME})|({_NAME})\.? (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?)\b",
    re.IGNORECASE,
)
_SQUARE = re.compile(r"(?<!\w)([A-Za-z])[- ]?(\d{1,2})(?!\w)")
_TOKEN = re.compile(r"[a-z0-9]{1,40}")


class Form(NamedTuple):
    """How one type of value is written."""

    read: Callable[[str], Value | None]
    """The only value in a text of at most `LONGEST` characters; None where there is none or more than one."""
    write: Callable[[Value], str]


def labelled(reply: str) -> dict[str, list[str]]:
    """What stands after CHOICE: and ANSWER: (keys in lower case), in order; each on its own line."""
    found: dict[str, list[str]] = {"choice": [], "answer": []}
    for line in reply.splitlines():
        if ":" not in line and "=" not in line:
            continue
        if (hit := _LABEL.fullmatch(line[:LONGEST])) is not None:
            found[hit[1].lower()].append(hit[2].strip())
    return found


def day_of(day: int, month: str) -> int | None:
    """Day of a year of 365 days, from 0; None where there is no such day. The month by its first three letters."""
    at = [name[:3].lower() for name in MONTHS].index(month[:3].lower())
    return _STARTS[at] + day - 1 if 1 <= day <= _DAYS[at] else None


def date_of(day: int) -> tuple[int, str]:
    """Day of the month and name of the month."""
    at = max(month for month in range(12) if _STARTS[month] <= day % 365)
    return day % 365 - _STARTS[at] + 1, MONTHS[at]


def _read_number(text: str) -> int | None:
    found = _NUMBER.findall(text.rpartition("=")[2])
    if len(found) != 1:
        return None
    return int(found[0].replace(",", "").replace("\u2212", "-").partition(".")[0])


def _read_time(text: str) -> int | None:
    found = _TIME.findall(text)
    if len(found) != 1 or int(found[0][0]) > 23 or int(found[0][1]) > 59:
        return None
    return 60 * int(found[0][0]) + int(found[0][1])


def _read_date(text: str) -> int | None:
    found = _DATE.findall(text)
    if len(found) != 1:
        return None
    day, month, month_first, day_last = found[0]
    return day_of(int(day or day_last), month or month_first)


def _read_square(text: str) -> tuple[int, int] | None:
    found = _SQUARE.findall(text)
    return (ord(found[0][0].lower()) - ord("a"), int(found[0][1])) if len(found) == 1 else None


def _read_rule(text: str) -> tuple[int, int] | None:
    found = re.findall(r"\d+", text)
    return (int(found[0]), int(found[1])) if len(found) == 2 and max(map(len, found)) < 6 else None


def _read_word(text: str) -> str | None:
    word = text.strip(" \t\"'`*_.!,\u201c\u201d\u2018\u2019").lower()
    return word if _TOKEN.fullmatch(word) else None


def _write_time(value: Value) -> str:
    assert isinstance(value, int)
    return f"{value // 60}:{value % 60:02d}"


def _write_date(value: Value) -> str:
    assert isinstance(value, int)
    day, month = date_of(value)
    return f"{day} {month}"


def _write_square(value: Value) -> str:
    assert isinstance(value, tuple)
    return f"{chr(ord('A') + value[0])}{value[1]}"


def _write_rule(value: Value) -> str:
    assert isinstance(value, tuple)
    return f"times {value[0]} plus {value[1]}"


WHOLE = Form(_read_number, str)
TIME = Form(_read_time, _write_time)
DATE = Form(_read_date, _write_date)
SQUARE = Form(_read_square, _write_square)
RULE = Form(_read_rule, _write_rule)
WORD = Form(_read_word, str)
