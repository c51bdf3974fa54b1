"""The settings: what of an instruction is said when (arXiv:2505.06120, section 3, and the design of its follow-ups).

    full             one message: the fully specified instruction
    concat           one message: all shards as bullets
    shuffle-concat   the same, all shards but the first in an order drawn anew (the released code moves the first as well; that
                     would open with a detail and not with the goal)
    sharded          a conversation: the first shard, then at most one further shard a turn
    recap            a sharded conversation and one more message that restates everything; only the reply to it is judged.
                     The paper describes three such messages; this is the released code's, built from the original shards and
                     saying nothing about earlier answers
    snowball         sharded, each message repeating what the user revealed before, in the words it was said in
    user-turns-only  sharded, but the assistant is shown all the user said so far as one message and none of its own replies:
                     a shortcut that rebuilds concat, for scorecards to expose

Merging the shards into 1 to k groups (`merge`) gives the gradual settings between concat and sharded.
"""

from __future__ import annotations

from collections.abc import Sequence

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.task import Task
from turnbench.randomness import RandomStream

SINGLE = ("full", "concat", "shuffle-concat")
REVEALS = (*SINGLE, "sharded", "recap", "snowball", "user-turns-only")


def single_message(reveal: str, task: Task, instance: Instance, rng: RandomStream) -> str:
    """The only message of a single-turn setting."""
    if reveal == "full":
        return task.full_message(instance)
    shards = list(instance.shards)
    if reveal == "shuffle-concat":
        rest = shards[1:]
        rng.shuffle(rest)
        shards = [shards[0], *rest]
    return task.concat_message(instance, shards)


def groups_of(shards: Sequence[Shard], merge: int) -> tuple[tuple[Shard, ...], ...]:
    """Neighbouring shards in `merge` groups of nearly equal size, the first shard in the first; a group each where 0."""
    if not merge or merge >= len(shards):
        return tuple((shard,) for shard in shards)
    cuts = [round(i * len(shards) / merge) for i in range(merge + 1)]
    return tuple(tuple(shards[a:b]) for a, b in zip(cuts, cuts[1:], strict=False))


def together(texts: Sequence[str]) -> str:
    """Pieces said in one message: as sentences after each other, or, where one has several lines, below each other."""
    if any("\n" in text for text in texts):
        return "\n".join(texts)
    closed = [text if text.rstrip()[-1:] in ".!?:;" else f"{text}." for text in texts[:-1]]
    return " ".join([*closed, *texts[-1:]])


def with_earlier(said: Sequence[str], now: str) -> str:
    """SNOWBALL: the messages that revealed something before as bullets, then what is new."""
    before = "\n".join(f"- {text}" for text in said)
    return f"Just to repeat what I told you before:\n{before}\nAnd now:\n- {now}"


def all_said(said: Sequence[str]) -> str:
    """USER-TURNS-ONLY: everything the user said, the newest last."""
    return "\n".join(said)


def recap_message(task: Task, instance: Instance) -> str:
    """RECAP: the whole instruction again, through CONCAT's template."""
    return f"To recapitulate, this is the whole task:\n{task.concat_message(instance, instance.shards)}"
