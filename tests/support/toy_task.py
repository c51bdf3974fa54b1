"""The smallest task of the sharded suite: how many marbles are in some boxes, each shard saying it of one box.

Importing this registers nothing: tests call `register`. Variants differ in one trait that the core must respect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gymnasium.envs.registration import registry

from turnbench.envs.sharded.env import ShardedEnv
from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.players import players_in, players_of
from turnbench.envs.sharded.task import BadRecord, Solver, Task
from turnbench.envs.sharded.wording import Phrasebook, shard_wordings
from turnbench.randomness import RandomStream, stable_hash
from turnbench.registration import register_env

COLOURS = ("red", "blue", "green", "yellow", "black", "white", "purple", "orange")
BOOK = Phrasebook(
    {
        "box": (
            "The {colour:words} box holds {count:int} marbles.",
            "There are {count:int} marbles in the {colour:words} box.",
            "I counted {count:int} marbles in the {colour:words} box.",
        )
    }
)
SIZES = {"small": (2, 2), "medium": (3, 4), "hard": (5, 5)}
_NUMBER = re.compile(r"\d{1,9}")


class MarblesSolver(Solver):
    """Adds what it read, once every box of the goal was named."""

    def _read(self, messages: Sequence[str]) -> tuple[list[str], dict[str, int]]:
        text = "\n".join(messages)
        counts = {s.slots["colour"]: s.slots["count"] for s in BOOK.read(text)}
        asked = next((s for s in text.splitlines() if s.lstrip("- ").startswith("How many marbles")), "")
        return [colour for colour in COLOURS if colour in asked], counts

    def answer(self, system_prompt: str, messages: Sequence[str]) -> str | None:
        boxes, counts = self._read(messages)
        if not boxes or any(colour not in counts for colour in boxes):
            return None
        return f"Together that is {sum(counts[colour] for colour in boxes)}."

    def guess(self, system_prompt: str, messages: Sequence[str], rng: RandomStream) -> str:
        boxes, counts = self._read(messages)
        return f"Together that is {sum(counts.get(colour, 10 + rng.below(90)) for colour in boxes)}."


class Marbles(Task):
    """The last number of a reply is its answer; a reply that asks something offers none."""

    name = "marbles"

    def generate(self, rng: RandomStream, difficulty: str) -> Instance:
        low, high = SIZES[difficulty]
        colours = rng.sample(COLOURS, low + rng.below(high - low + 1))
        return marbles({colour: 10 + rng.below(90) for colour in colours})

    def from_record(self, record: Mapping[str, Any], shards: Sequence[Shard]) -> Instance:
        if not isinstance(record.get("total"), int):
            raise BadRecord("its total is no whole number")
        return Instance(self.name, str(record["task_id"]), tuple(shards), "?", {"total": record["total"]})

    def system_prompt(self, instance: Instance) -> str:
        return "You count marbles. Answer with a number."

    def full_message(self, instance: Instance) -> str:
        return f"A full account.\n{instance.full}"

    def concat_message(self, instance: Instance, shards: Sequence[Shard]) -> str:
        return "All of this:\n" + super().concat_message(instance, shards)

    def offers_answer(self, reply: str, instance: Instance) -> bool:
        return "?" not in reply and _NUMBER.search(reply) is not None

    def extract(self, reply: str, instance: Instance) -> str:
        return (_NUMBER.findall(reply) or [""])[-1]

    def score(self, answer: str, instance: Instance) -> float:
        return float(answer == str(instance.truth["total"]))

    @property
    def solver(self) -> Solver:
        return MarblesSolver()


class GradedMarbles(Marbles):
    """Half the points for being off by ten at most."""

    graded = True

    def score(self, answer: str, instance: Instance) -> float:
        off = abs(int(answer or 10**9) - instance.truth["total"])
        return 1.0 if off == 0 else 0.5 if off <= 10 else 0.0


class OrderedMarbles(Marbles):
    """Revealed in order, whatever is asked; every reply counts."""

    own_order = True


class FinalMarbles(Marbles):
    """Only the last turn counts."""

    own_order = True
    final_only = True


class PublishedMarbles(Marbles):
    """Without a generator."""

    difficulties = ()


def marbles(boxes: Mapping[str, int]) -> Instance:
    """The instance with these boxes, shard ids from 1."""
    goal = f"How many marbles do my {' and '.join(boxes)} boxes hold?"
    shards = [Shard(1, goal)]
    for number, (colour, count) in enumerate(boxes.items(), start=2):
        text, wordings = shard_wordings(BOOK.ways("box", colour=colour, count=count))
        shards.append(Shard(number, text, wordings, topics=(f"{colour} one",)))
    full = "\n".join([goal, *(BOOK.ways("box", colour=c, count=n)[1] for c, n in reversed(boxes.items()))])
    content = sorted(boxes.items())
    return Instance("marbles", f"marbles-{stable_hash(content) >> 232:06x}", tuple(shards), full, {"total": sum(boxes.values())}, content=content)  # fmt: skip


Reference, Hasty, Forgetful, Noisy, Random, Novice = players_of(Marbles)


class MarblesEnv(ShardedEnv):
    """Count marbles.

    Task:
        How many marbles are in the boxes.
    Actions:
        Any text; its last number is the answer.
    Observations:
        The user's messages.
    Rewards:
        1 for the right number at the end, else 0.
    Episode end:
        success or failure.
    Levels:
        One.
    Capability tested and why:
        None; the core of the suite is tested with it.
    Instances:
        Colours and numbers of marbles.
    Score anchors:
        The reference loses nothing.

    References:
        None.
    Version history:
        v0.
    """

    family = "Marbles-v0"
    task = Marbles
    players = players_in("toy_task")


class GradedEnv(MarblesEnv):
    __doc__ = MarblesEnv.__doc__
    family = "GradedMarbles-v0"
    task = GradedMarbles


class OrderedEnv(MarblesEnv):
    __doc__ = MarblesEnv.__doc__
    family = "OrderedMarbles-v0"
    task = OrderedMarbles


class FinalEnv(MarblesEnv):
    __doc__ = MarblesEnv.__doc__
    family = "FinalMarbles-v0"
    task = FinalMarbles


class PublishedEnv(MarblesEnv):
    __doc__ = MarblesEnv.__doc__
    family = "PublishedMarbles-v0"
    task = PublishedMarbles


def register() -> None:
    """Register "TurnBench/Marbles-v0" and its variants, once however many tests ask for it."""
    for kind in (MarblesEnv, GradedEnv, OrderedEnv, FinalEnv, PublishedEnv):
        if (env_id := f"TurnBench/{kind.family}") not in registry:
            register_env(env_id, f"toy_task:{kind.__name__}")
