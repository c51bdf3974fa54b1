"""A scripted way to make up lists and to change them, from the user's words and one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from turnbench.envs.sharded.own_output import OwnOutputSolver
from turnbench.envs.sharded.tasks.draft.blocks import DRAFT, LIST, block, blocks
from turnbench.envs.sharded.tasks.draft.edits import EDITS, NEW_ITEM, follow
from turnbench.envs.sharded.tasks.draft.generate import BOOK
from turnbench.envs.sharded.tasks.draft.kinds import KINDS, DraftKind, is_draft, read, size
from turnbench.envs.sharded.tasks.draft.words import ANIMALS, DISHES, NAMES, THINGS
from turnbench.envs.sharded.wording import Statement
from turnbench.randomness import RandomStream

_KNOWN = (*THINGS, *ANIMALS, *DISHES, *NAMES)


class DraftSolver(OwnOutputSolver):
    """Keeps to the draft of its first reply, where it sees that; else makes one up."""

    def reply(self, messages: Sequence[str], own: Sequence[str], rng: RandomStream) -> str | None:
        """The list after all edits, and the draft before it where it is new."""
        heard = statements(messages)
        if not heard:
            return None
        request, *changes = heard
        kind, slots = KINDS[request.kind.split()[0]], request.slots
        draft = [read(kind, i) for i in blocks(own[0]).get(DRAFT, ())] if own else []
        said = ""
        if not is_draft(kind, draft, slots):
            made = kind.draw(rng, slots, size(slots))
            draft = [item.casefold() for item in made]
            said = block(DRAFT, made) + "\n"
        after = follow(draft, [(c.kind, c.slots) for c in changes])
        return said + block(LIST, _with_new(after or [], rng))

    def guess(self, system_prompt: str, messages: Sequence[str], rng: RandomStream) -> str:
        """A draft of the right kind, and some of its items in a random order."""
        heard = statements(messages)
        kind, slots = (KINDS[heard[0].kind.split()[0]], heard[0].slots) if heard else _anything()
        draft = kind.draw(rng, slots, size(slots))
        kept = rng.sample(draft, 1 + rng.below(len(draft)))
        return f"{block(DRAFT, draft)}\n{block(LIST, kept)}"


def statements(messages: Sequence[str]) -> list[Statement]:
    """The request and the edits in their order; a message with the request in it holds all that was said before it."""
    found: list[Statement] = []
    for message in reversed(messages):
        read_here = [s for s in BOOK.read(message) if s.kind in EDITS or s.kind.split()[0] in KINDS]
        found = read_here + found
        for at, statement in enumerate(read_here):
            if statement.kind not in EDITS:
                return found[at:]
    return []


def _with_new(items: list[str], rng: RandomStream) -> list[str]:
    """The list, with a word of one's own where the user wants a new one with a certain first letter."""
    if not items or not items[-1].startswith(NEW_ITEM):
        return items
    letter, others = items[-1].removeprefix(NEW_ITEM), items[:-1]
    known = [w for w in _KNOWN if w.casefold().startswith(letter) and w.casefold() not in others]
    return [*others, rng.choice(known) if known else f"{letter}ombolo"]


def _anything() -> tuple[DraftKind, dict[str, Any]]:
    """For histories in which nothing can be read."""
    return KINDS["numbers"], {"count": "four", "low": 10, "high": 99}
