"""How much free English is understood: `python -m turnbench.envs.twentyq.score_questions FILE.tsv [--failures]`.

A file holds one labelled question per line: label, TAB, what a player typed. A label says what was meant, in terms of
the world's properties, written by someone who did not know the reader:

    id, !id                one property, or its opposite
    a|b, a&b               either, both
    = question             the same as this canonical question about size, weight, price or spelling
    - words                no property covers it
    ?                      not an answerable yes/no question

Beside FILE.tsv may stand FILE-adjudicated.csv (question, thing, answer y/n/s): for a sample of the answers that differ from
the label's, what a judge who saw only question and thing holds right. With it the share of right answers is estimated a
second time, because a label is one reading of a question, not the only one.

A question counts as understood when it is not sent back, and its answers count over every thing of the world: the share
of things for which the answer is the one that the label's properties give.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from turnbench.envs.twentyq.language.query import Kind, combined
from turnbench.envs.twentyq.language.understanding import Understanding, understanding_of
from turnbench.errors import WorldDataError


@dataclass
class Score:
    """Counts over a file, and the failures one by one."""

    questions: int = 0
    covered: int = 0
    understood: int = 0
    right: float = 0.0
    """Sum over understood questions of the share of things answered as meant."""
    uncovered: int = 0
    uncovered_answered: int = 0
    """Questions that no property covers and that were answered as if one did."""
    adjudicated: float = 0.0
    """`right`, plus what the adjudication gives back."""
    failures: list[str] = field(default_factory=list)

    @property
    def understanding(self) -> float:
        """Share of covered questions that are understood."""
        return self.understood / self.covered

    @property
    def correctness(self) -> float:
        """Share of answers to understood questions that are right, over all things."""
        return self.right / self.understood

    @property
    def uncovered_share(self) -> float:
        """Share of all questions that no property covers."""
        return self.uncovered / self.questions


def read_labels(path: Path) -> Iterator[tuple[str, str]]:
    """(label, question) per line. Raises WorldDataError on a line without a TAB."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        label, tab, question = line.partition("\t")
        if not tab:
            raise WorldDataError(f"{path} line {number} has no TAB between label and question.")
        yield label.strip(), question


def meant(label: str, reader: Understanding) -> bytes | None:
    """Answers that a label stands for; None where nothing covers it, empty where its canonical question compares with
    something of unknown size. Raises WorldDataError on an unknown property.
    """
    if label.startswith("-") or label == "?":
        return None
    canonical = re.match(r"^(!\s*)?=\s*(.+)$", label)
    if canonical:
        query = reader.read(canonical[2])
        if query.kind is not Kind.ASK:
            return b""
        return _opposite(query.answers) if canonical[1] else query.answers
    for part in re.split(r"[|&]", label):
        if part.strip().lstrip("! ") not in reader.world.answers:
            raise WorldDataError(f"The label {part.strip()!r} is not a property of the world {reader.world.name!r}.")
    return combined(label, {k: bytes(v.tolist()) for k, v in reader.world.answers.items()}).answers


def _opposite(answers: bytes) -> bytes:
    return bytes(2 - a for a in answers)


def read_adjudicated(path: Path) -> dict[str, dict[str, str]]:
    """Question -> thing -> answer, from the file beside `path`; empty where there is none."""
    beside = path.with_name(f"{path.stem}-adjudicated.csv")
    found: dict[str, dict[str, str]] = {}
    if beside.exists():
        with beside.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found.setdefault(row["question"], {})[row["thing"]] = row["answer"]
    return found


def score(path: Path, world: str = "things") -> Score:
    """Score of one labelled file."""
    reader = understanding_of(world)
    judged = read_adjudicated(path)
    total = Score()
    for label, question in read_labels(path):
        total.questions += 1
        query = reader.read(question)
        answers = meant(label, reader)
        if answers is None:
            total.uncovered += 1
            if query.kind is not Kind.UNCLEAR:
                total.uncovered_answered += 1
                total.failures.append(f"answered   {label} | {question} | {query.meaning}")
            continue
        total.covered += 1
        if query.kind is Kind.UNCLEAR:
            total.failures.append(f"sent back  {label} | {question} | {query.reason}")
            continue
        total.understood += 1
        share = sum(a == b for a, b in zip(answers, query.answers, strict=False)) / len(query.answers)
        total.right += share
        verdicts = [
            "nsy"[query.answers[reader.world.find(thing)]] == answer
            for thing, answer in judged.get(question, {}).items()
        ]
        total.adjudicated += share + (1 - share) * (sum(verdicts) / len(verdicts) if verdicts else 0.0)
        if share < 1:
            total.failures.append(f"{share:9.1%}  {label} | {question} | {query.meaning}")
    return total


def main(arguments: list[str]) -> None:
    """Print the figures of each file, and with `--failures` what went wrong."""
    for name in (a for a in arguments if not a.startswith("-")):
        s = score(Path(name))
        print(
            f"{name}: {s.questions} questions, {s.uncovered_share:.1%} that no property covers "
            f"({s.uncovered_answered} of those {s.uncovered} were answered all the same); of the {s.covered} covered "
            f"{s.understanding:.1%} understood, of whose answers {s.correctness:.1%} are right"
            + (f" ({s.adjudicated / s.understood:.1%} adjudicated)" if read_adjudicated(Path(name)) else "")
        )
        if "--failures" in arguments:
            print("\n".join(sorted(s.failures)))


if __name__ == "__main__":
    main(sys.argv[1:])
