"""A scripted way to choose, to stay with it, and to work out what follows."""

from __future__ import annotations

from collections.abc import Sequence

from turnbench.envs.sharded.own_output import OwnOutputSolver
from turnbench.envs.sharded.tasks.promise.forms import Value, labelled
from turnbench.envs.sharded.tasks.promise.generate import KINDS
from turnbench.envs.sharded.tasks.promise.kind import AGAIN, BAN, CHOOSE, Fact, Kind, Slots
from turnbench.envs.sharded.wording import Statement
from turnbench.randomness import RandomStream


class PromiseSolver(OwnOutputSolver):
    """Stays with the choices in its own replies, where it sees them; else makes new ones."""

    def reply(self, messages: Sequence[str], own: Sequence[str], rng: RandomStream) -> str | None:
        """New choices, one a line, and what follows from the last."""
        heard = statements(messages)
        if heard is None:
            return None
        kind, said = heard
        limits = said[0].slots
        written = (kind.form.read(text) for reply in own for text in labelled(reply)["choice"])
        made = [choice for choice in written if choice is not None and kind.fits(choice, limits)]
        choice: Value | None = None
        bans: list[Slots] = []
        facts: list[Fact] = []
        lines = []
        for statement in said:
            if statement.kind == BAN:
                bans.append(statement.slots)
            change = statement.kind in (CHOOSE, AGAIN)
            if change or (choice is not None and any(kind.banned(choice, ban) for ban in bans)):
                if made:
                    choice = made.pop(0)
                else:
                    choice = kind.draw(rng, limits, bans, choice)
                    lines.append(f"CHOICE: {kind.form.write(choice)}")
            elif statement.kind in kind.facts:
                facts.append((statement.kind, statement.slots))
        if facts and choice is not None:
            lines.append(f"ANSWER: {kind.answer_form.write(kind.result(choice, facts))}")
        return "\n".join(lines) or None

    def guess(self, system_prompt: str, messages: Sequence[str], rng: RandomStream) -> str:
        """A choice, and what would follow from it and some facts drawn at random."""
        heard = statements(messages)
        kind = heard[0] if heard is not None else KINDS["game"]
        limits = heard[1][0].slots if heard is not None else kind.limits(rng)
        choice = kind.draw(rng, limits)
        result = kind.result(choice, kind.some_facts(rng, 2 + rng.below(2)))
        return f"CHOICE: {kind.form.write(choice)}\nANSWER: {kind.answer_form.write(result)}"


def statements(messages: Sequence[str]) -> tuple[Kind, list[Statement]] | None:
    """The kind of choice, and what was said from the request on, in its order.

    A message that holds the request again holds all that was said before it as well.
    """
    for start in range(len(messages) - 1, -1, -1):
        for kind in KINDS.values():
            said = kind.book.read(messages[start])
            requests = [at for at, statement in enumerate(said) if statement.kind == CHOOSE]
            if requests:
                later = (statement for message in messages[start + 1 :] for statement in kind.book.read(message))
                return kind, [*said[requests[0] :], *later]
    return None
