"""The middle-turn diagnostic: which turn's documents does a summary cite? (arXiv:2505.06120, "loss in middle turns")."""

from __future__ import annotations

from collections.abc import Sequence

from turnbench.envs.sharded.instance import Instance
from turnbench.envs.sharded.reveal import groups_of
from turnbench.envs.sharded.tasks.summary.bullets import bullets_of, citations_of


def citations_by_turn(instance: Instance, replies: Sequence[str], merge: int = 0) -> list[list[int]]:
    """For the reply at turn t, how many of its citations name documents first shown at turn j.

    Args:
        instance: of the task "summary".
        replies: those of a conversation, the first one first; the one to a recap, which shows nothing new, is left out.
        merge: as the environment's; 1 where everything is shown at once.

    Returns:
        A row a reply. Row t has t + 1 numbers: citations of documents first shown at turns 1 to t, and last those of documents
        not shown by then, most of them invented. A document that two bullets cite counts twice, one cited twice in a bullet
        once. For the published shares, divide by the row's sum.
    """
    batches = dict(instance.context["batches"])
    groups = groups_of(instance.shards, merge)
    shown = {n: turn for turn, group in enumerate(groups, 1) for shard in group for n in batches[shard.id]}
    rows = []
    for turn, reply in enumerate(replies[: len(groups)], start=1):
        row = [0] * (turn + 1)
        for bullet in bullets_of(reply):
            for number in citations_of(bullet):
                first = shown.get(number, turn + 1)
                row[min(first, turn + 1) - 1] += 1
        rows.append(row)
    return rows
