"""Reads the query and the documents, gathers who reports what, and writes it down with all citations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from turnbench.envs.sharded.task import Solver
from turnbench.envs.sharded.tasks.summary.scenes import SCENES, findings, queries
from turnbench.randomness import RandomStream

_DOCUMENT = re.compile(r"Document (\d+):\n([^\n]*)")
GUESSED = 4
"""Bullets in a guess."""


class Summariser(Solver):
    """See the module."""

    def answer(self, system_prompt: str, messages: Sequence[str]) -> str | None:
        """A bullet for every finding of the query's subject in the documents so far; None without a query or a finding."""
        text = "\n".join(messages)
        asked = _asked(text)
        if asked is None:
            return None
        scene, subject = asked
        reported: dict[tuple[str, str, int], set[int]] = {}
        for number, document in _DOCUMENT.findall(text):
            for finding in _read(scene, document):
                if finding[0].startswith(f"{subject}/"):
                    reported.setdefault(finding, set()).add(int(number))
        return "\n".join(_bullet(scene, finding, sorted(by)) for finding, by in reported.items()) or None

    def guess(self, system_prompt: str, messages: Sequence[str], rng: RandomStream) -> str:
        """Findings of the query's subject, or of any, made up at random, with citations at random."""
        asked = _asked("\n".join(messages))
        scene = asked[0] if asked else rng.choice(list(SCENES))
        subject = asked[1] if asked else rng.choice(list(SCENES[scene].subjects))
        bullets = []
        for _ in range(GUESSED):
            kind = rng.choice(list(SCENES[scene].subjects[subject].kinds))
            slots = SCENES[scene].subjects[subject].kinds[kind].draw(rng)
            finding = f"{subject}/{kind}", str(slots["who"]), int(slots["number"])
            bullets.append(_bullet(scene, finding, sorted(rng.sample(range(1, 13), 3))))
        return "\n".join(bullets)


def _asked(text: str) -> tuple[str, str] | None:
    for line in text.split("\nDocument ", 1)[0].splitlines():
        for statement in queries().read(line):
            scene, _, subject = statement.kind.partition("/")
            return scene, subject
    return None


@lru_cache(maxsize=2_000)
def _read(scene: str, document: str) -> tuple[tuple[str, str, int], ...]:
    """(kind, who, number) of every finding; a document is read again in every turn."""
    return tuple((s.kind, s.slots["who"], s.slots["number"]) for s in findings(scene).read(document))


def _bullet(scene: str, finding: tuple[str, str, int], by: Sequence[int]) -> str:
    kind, who, number = finding
    said = findings(scene).ways(kind, who=who, number=number)[0].rstrip(".")
    return f"- {said} [{', '.join(map(str, by))}]."
