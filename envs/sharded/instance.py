"""What a conversation is about: an instruction cut into shards, and what its answer is judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from turnbench.randomness import stable_hash


@dataclass(frozen=True)
class Shard:
    """One piece of an instruction, in words that stand on their own.

    The first shard of an instance states the goal; all others may come in any order and say the same together (Laban et
    al. 2025, arXiv:2505.06120, appendix B, properties P1 to P5).
    """

    id: int
    """Unique within the instance; need not be its position (published files number from 0 or 1)."""
    text: str
    """As it stands in CONCAT; full sentences."""
    wordings: tuple[str, ...] = ()
    """Other ways to say exactly the same; a user says one of these or `text`. Empty for published data."""
    topics: tuple[str, ...] = ()
    """Words by which someone would ask for it, beside its own: "deadline", "due", "when"."""


@dataclass(frozen=True)
class Instance:
    """One instruction with everything that is needed to pose and to judge it. All JSON."""

    task: str
    name: str
    """For reports: the published id, or a short one of a generated instance."""
    shards: tuple[Shard, ...]
    full: str
    """The fully specified instruction, as FULL poses it (before the task's template)."""
    truth: Mapping[str, Any] = field(default_factory=dict)
    """What answers are judged by. Privileged."""
    context: Mapping[str, Any] = field(default_factory=dict)
    """What the prompts show beside the instruction: a schema, functions, documents."""
    content: Any = None
    """What makes two instances the same to a player, whatever their wording (JSON): decides the split. `truth`, `context`
    and the shards' texts where None.
    """

    @property
    def key(self) -> str:
        """Canonical content."""
        content = self.content
        if content is None:
            content = [dict(self.truth), dict(self.context), [s.text for s in self.shards]]
        return key_of(self.task, content)


def key_of(task: str, content: Any) -> str:
    """`Instance.key` of an instance with this `content`."""
    return f"{task}: {stable_hash(content):064x}"
