"""The seven classes of replies: agreement with a labelled set, every rule by itself, and what a reply asks for.

`labelled_replies.csv` was written and labelled for this project by the protocol's definitions (arXiv:2505.06120): a complete,
concrete answer is an attempt; one specific question in less than a hundred words a clarification; and so on. What says
nothing (an empty fence, "...") counts as missing, and only vague questions ("Could you give me more details?") as discussion.

The replies are halved by a hash of their text. Rules were tuned on one half only; the other tells how far they carry, though
not without bias, because one author wrote rules and replies. Batch 1 was labelled before there were rules. Batches 2 to 6 were
written after a round of rules each, and agreement with them was measured before anything was tuned: 84, 74, 83, 74 and
86 percent. That is what to expect of replies nobody has seen; most of what is missed changes nothing in a conversation
(a refusal taken for a discussion).

`labelled_replies_blind.csv` holds 300 replies by someone who knew neither rules nor code, labelled by two others by the protocol's
definitions (they differed on 5, which a third settled). Agreement was measured once, and nothing was changed after it: 86 percent. Most
of the rest is babble ("hotel hotel", "null") that people call missing, and several answers without a word like "if" between them.
"""

from __future__ import annotations

import csv
import re
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnbench.envs.sharded.questions import content_words, outside_code, questions
from turnbench.envs.sharded.replies import ReplyClass, classify
from turnbench.randomness import stable_hash

LEAST_AGREEMENT = {"tuned": 0.97, "held out": 0.93, "blind": 0.86}


class Labelled(NamedTuple):
    """A reply, its class, and whether it holds a complete, concrete answer for its task."""

    label: str
    task: str
    offers_answer: bool
    reply: str

    @property
    def half(self) -> str:
        return ("tuned", "held out")[stable_hash(self.reply) % 2]

    @property
    def found(self) -> str:
        return str(classify(self.reply, lambda _: self.offers_answer))


def unescaped(text: str) -> str:
    r"""One reply a line: line breaks are written \n, other invisible characters \uXXXX."""
    return re.sub(
        r"\\(u[0-9a-f]{4}|.)", lambda m: {"n": "\n", "t": "\t", "\\": "\\"}.get(m[1]) or chr(int(m[1][1:], 16)), text
    )


def labelled(name: str) -> list[Labelled]:
    with (Path(__file__).parent / name).open(newline="", encoding="utf-8") as file:
        return [
            Labelled(row["class"], row["task"], row["offers_answer"] == "1", unescaped(row["reply"]))
            for row in csv.DictReader(file)
        ]


ROWS = labelled("labelled_replies.csv")
BLIND = labelled("labelled_replies_blind.csv")


def test_the_labelled_set_is_large_and_varied() -> None:
    classes = Counter(row.label for row in ROWS)
    assert set(classes) == set(ReplyClass)
    assert min(classes.values()) >= 35
    assert len({row.reply for row in ROWS}) == len(ROWS) > 500
    assert {row.task for row in ROWS} == {"math", "code", "database", "actions", "summary", "data2text"}
    assert all(row.offers_answer for row in ROWS if row.label == ReplyClass.ANSWER)
    assert all(row.label in (ReplyClass.ANSWER, ReplyClass.HEDGE) for row in ROWS if row.offers_answer)
    assert sum(row.offers_answer for row in ROWS if row.label == ReplyClass.HEDGE) > 30  # or hedges would be too easy


@pytest.mark.parametrize("half", ["tuned", "held out", "blind"])
def test_rules_agree_with_labels(half: str) -> None:
    rows = BLIND if half == "blind" else [row for row in ROWS if row.half == half]
    confusion = Counter((row.label, row.found) for row in rows)
    agreement = sum(n for (label, found), n in confusion.items() if label == found) / len(rows)
    table = "\n".join(f"{label:>16} as {found:<16} {n:3}" for (label, found), n in sorted(confusion.items()))
    assert agreement >= LEAST_AGREEMENT[half], f"{half}: {agreement:.3f} of {len(rows)}\n{table}"


def kind(reply: str, offers: bool = False) -> str:
    return str(classify(reply, lambda _: offers))


@pytest.mark.parametrize(
    ("reply", "offers", "expected"),
    [
        # missing, whatever the task thinks it finds
        ("", True, "missing"),
        ("```python\n```", True, "missing"),
        ("\u200b?!", True, "missing"),
        # an answer stays one, whatever is asked or promised around it
        ("What is 2 + 2? It is 4. Shall I go on? Which unit do you want?", True, "answer attempt"),
        ("I am sorry, I cannot be sure, but I say 4.", True, "answer attempt"),
        ("If it is 3 apples, that makes 12. The answer is 12.", True, "answer attempt"),
        ("If a, it is 5. If b, it is 7. So, as b holds, the answer is 7.", True, "answer attempt"),
        ("```python\ndef f(x):\n    if x: return 1\n    if not x: return 2\n```", True, "answer attempt"),
        ("```python\ndef f(): ...\n```\nIf it is empty, it returns 0. If not, it returns 1.", True, "answer attempt"),
        ("It is 12. Let me know if it should be in cents, or if you want more.", True, "answer attempt"),
        # several answers under conditions are none
        ("If a, it is 5. If b, it is 7.", True, "hedge"),
        ("If a, it is 5. If b, it is 7. Which one is it?", True, "hedge"),
        ("If a, it is 5.\n\nOtherwise, it is 7.", False, "hedge"),
        ("Option A: SELECT a FROM t. Option B: SELECT b FROM t.", True, "hedge"),
        ("Option A: SELECT a FROM t. Option B: SELECT b FROM t. I recommend the first.", True, "answer attempt"),
        # one thing, several things
        ("Which year?", False, "clarification"),
        ("Which year " + "or so " * 60 + "?", False, "discussion"),
        ("Which year, and which country?", False, "interrogation"),
        ("I cannot tell. Which year?", False, "clarification"),
        # a word for several answers is enough where the same function is written twice
        ("Depending on ties:\n```\ndef f(): 1\n```\n```\ndef f(): 2\n```", True, "hedge"),
        ("Depending on ties:\n```\ndef f(): 1\n```\n```\ndef g(): 2\n```", True, "answer attempt"),
        ("Orders: SELECT a FROM t. Items: SELECT b FROM t.", True, "hedge"),
        (
            "SELECT a FROM t WHERE b IN (SELECT b FROM u). If it is empty, so is the result; if not, it is sorted.",
            True,
            "answer attempt",
        ),
        # declining and waiting
        ("I cannot help with that.", False, "refuse"),
        ("I cannot tell yet.", False, "discussion"),
        ("Go on.", False, "discussion"),
    ],
)
def test_rules(reply: str, offers: bool, expected: str) -> None:
    assert kind(reply, offers) == expected


@pytest.mark.parametrize(
    ("reply", "asked"),
    [
        ("Which year?", ["Which year?"]),
        ("When?", ["When?"]),
        ("And how many?", ["how many?"]),
        ("Which year, and in which country?", ["Which year", "which country?"]),
        ("Do you want the names and the ages?", ["Do you want the names and the ages?"]),
        ("Tell me the price and the number of seats.", ["Tell me the price", "the number of seats."]),
        ("Please tell me what the house and the garden cost.", ["Please tell me what the house and the garden cost."]),
        ("I need to know the price. What does it cost?", ["What does it cost?"]),
        ("I need the following:\n\n1. The price\n2) **Seats**\n\nThanks!", ["The price", "**Seats**"]),
        ("The radius is missing. Could you provide it?", ["The radius is missing."]),
        ("`start`, `end` and `room` are missing. Please give me these.", ["`start`", "`end`", "`room` are missing."]),
        ("(Which year?)", ["(Which year?)"]),
        ("¿Qué año?", ["¿Qué año?"]),
        ("Which table is it? The `singer` table? Or `band`?", ["Which table is it? The `singer` table? Or `band`?"]),
        ('By "large" I can see `area` and `seats`. Which one?', ['By "large" I can see `area` and `seats`.']),
        ("Are names unique, and may they be empty?", ["Are names unique", "may they be empty?"]),
        ("Why a stack? Because the last one closes first.", []),
        ("What do we know? We know the price.", []),
        ("What does it cost? I need that to go on.", ["What does it cost?"]),
        ("```\n# sorted?\n```", []),
        ("Some code: ```\n# sorted? never closed", []),
        ("Anything else?", []),
        ("Shall I go ahead and write it?", []),
        ("How can I help you today?", []),
        ("Does that make sense? Would that be okay?", []),
        ("Let me know what you'd like to know about the database.", []),
        ("Could you provide more details, please?", []),
        ("See http://x.y/?a=b for 3.5 of it.", []),
        ("- a\n- b", []),
        ("", []),
    ],
)
def test_what_a_reply_asks_for(reply: str, asked: list[str]) -> None:
    assert questions(reply) == asked


def test_code_is_not_read() -> None:
    assert outside_code("a ```b``` c ```d") == "a \n c "
    assert content_words("Could you please give me the maximum_size of 3 Lists?") == ["maximum", "size", "3", "lists"]


@given(
    st.text()
    | st.lists(
        st.sampled_from(["if ", "? ", "```", "\n", "- ", "which", "please tell me", ", and ", "I need:", "not ", "."])
    ).map("".join)
)
def test_any_text_has_a_class(reply: str) -> None:
    for offers in (True, False):
        assert kind(reply, offers) in set(ReplyClass)
    assert all(asked.strip() == asked != "" for asked in questions(reply))


@pytest.mark.parametrize(
    "part",
    ["a", "?", "what is x? ", "```", "\n", " ", "[", "[ ", "select ", "if ", "should you x ", ".", "\ndef a", "no ", "not ", "n't able x",
     "i need to know the x and the y, which z ", "1", "\"')]", "- a\n", "\t\n", "\r", ". ", "(1", "please tell me ", "\U0001f600", "\u4ec0\u4e48\uff1f"],
)  # fmt: skip
def test_hostile_replies_are_classified_in_time_that_grows_with_their_length(part: str) -> None:
    hostile = part * (100_000 // len(part))
    began = time.process_time()
    kind(hostile, True)
    kind(hostile, False)
    assert time.process_time() - began < 2  # a tenth of it in truth; a quadratic step would take a minute
