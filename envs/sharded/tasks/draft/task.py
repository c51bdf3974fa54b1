"""What ShardedDraft asks for and how it judges: the edits, applied to the draft that the assistant itself wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from turnbench.envs.sharded.instance import Instance
from turnbench.envs.sharded.own_output import OwnOutputTask
from turnbench.envs.sharded.tasks.draft.blocks import DRAFT, LIST, block, blocks
from turnbench.envs.sharded.tasks.draft.edits import NEW_ITEM, follow
from turnbench.envs.sharded.tasks.draft.generate import generate
from turnbench.envs.sharded.tasks.draft.kinds import KINDS, DraftKind, Slots, is_draft, read
from turnbench.envs.sharded.tasks.draft.solver import DraftSolver
from turnbench.randomness import RandomStream

_SYSTEM = (
    "You make up short lists for somebody and change them as asked. Show a list with one item a line and nothing else "
    "on the "
    "line. When you make one up, first show it as you made it, between a line DRAFT and a line END. Close every reply "
    "with the "
    "list as it stands in the end, between a line LIST and a line END. Use plain letters a to z in words. Places are "
    "counted from "
    "the top. Of several items that are equally long, the one nearest the top counts as the longest or the shortest, "
    "and sorting "
    "leaves equal ones in the order they had."
)
_BRIEF = (
    "Make up a list and show it between lines DRAFT and END. Close every reply with the list as it stands, between lines "
    "LIST and END."
)
_SOLVER = DraftSolver()


class DraftTask(OwnOutputTask):
    """A list of the assistant's own, and edits of it that only make sense to who knows it."""

    name: ClassVar[str] = "draft"
    closing: ClassVar[str] = "Starting from the list you made up, show me once more how it stands after all of that."

    def generate(self, rng: RandomStream, difficulty: str) -> Instance:
        """3 to 4 shards (small), 4 to 6 (medium) or 6 to 8 (hard)."""
        return generate(rng, difficulty)

    def system_prompt(self, instance: Instance) -> str:
        """The same for all instances of a difficulty; for the small one in a few words, as small models do not see what a user
        says behind many.
        """
        return _BRIEF if instance.context.get("brief") else _SYSTEM

    def commitment(self, reply: str, instance: Instance, news: range, earlier: str | None) -> str:
        """The items of the draft in the very first reply, one a line; "" where it is not what was asked for."""
        if earlier is not None:
            return earlier
        kind = KINDS[instance.truth["kind"]]
        items = [read(kind, i) for i in blocks(reply).get(DRAFT, ())]
        return "\n".join(items) if is_draft(kind, items, instance.truth["slots"]) else ""

    def answer_in(self, reply: str, instance: Instance) -> str:
        """The LIST block; it may be empty, as a choice among the items may leave none."""
        items = blocks(reply).get(LIST)
        kind = KINDS[instance.truth["kind"]]
        return "" if items is None else block(LIST, [read(kind, i) for i in items])

    def follows(self, commitment: str, answer: str, instance: Instance, shards: int) -> bool:
        """Whether the list is the draft after the edits, item by item."""
        if not commitment or not answer:
            return False
        truth = instance.truth
        expected = follow(commitment.split("\n"), truth["edits"][: shards - 1])
        return expected is not None and same(expected, answer.split("\n")[1:-1], KINDS[truth["kind"]], truth["slots"])

    @property
    def solver(self) -> DraftSolver:
        """Reads the templates that the generator writes."""
        return _SOLVER


def same(expected: Sequence[str], shown: Sequence[str], kind: DraftKind, slots: Slots) -> bool:
    """Whether a list is the expected one; a new item at its end may be any of the kind with the right first letter."""
    if len(expected) != len(shown) or not expected or not expected[-1].startswith(NEW_ITEM):
        return list(expected) == list(shown)
    *others, new = shown
    letter = expected[-1].removeprefix(NEW_ITEM)
    return others == list(expected[:-1]) and new not in others and new.startswith(letter) and kind.valid([new], slots)
