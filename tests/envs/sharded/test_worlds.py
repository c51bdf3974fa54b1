"""What every world of the family promises, whatever its task: found by walking the registry, so that a new one is tested too.

A world is a registered id; those without a level are tested at their hardest as well. What only one task promises stands
in that task's file.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any, NamedTuple

import pytest

from turnbench.envs.sharded.bench import worlds
from turnbench.envs.sharded.env import ShardedEnv
from turnbench.envs.sharded.instance import Instance
from turnbench.envs.sharded.own_output import OwnOutputEnv
from turnbench.envs.sharded.reveal import SINGLE
from turnbench.randomness import RandomStream
from turnbench.registry import env_class, env_ids, make_env
from turnbench.result import Result
from turnbench.runner import run
from turnbench.splits import SPLITS

LOSES_LITTLE = {("ShardedTranslation-v0", "shuffle-concat"): 0.9}
"""BLEU over the whole notices another order of the parts a little."""
HASTY_KEEPS = {"ShardedSummary": 0.55}
"""Share of the score that the first documents alone are worth; nothing elsewhere."""


class World(NamedTuple):
    """An id and what else is given."""

    env_id: str
    difficulty: str = ""

    def __str__(self) -> str:
        return f"{self.env_id.rpartition('/')[2]}{' ' * bool(self.difficulty)}{self.difficulty}"

    @property
    def arguments(self) -> dict[str, Any]:
        return {"difficulty": self.difficulty} if self.difficulty else {}

    @property
    def kind(self) -> type[ShardedEnv]:
        found = env_class(self.env_id)
        assert issubclass(found, ShardedEnv)
        return found

    @property
    def exact(self) -> bool:
        """One right answer, given when everything was said."""
        return not self.kind.task.graded and not self.kind.task.own_order

    @property
    def own_output(self) -> bool:
        return issubclass(self.kind, OwnOutputEnv)

    @property
    def episodes(self) -> int:
        """Programs are run in a process of their own: fewer there."""
        return 8 if "Code" in self.env_id else 24


BASE = worlds()
ALL = [World(i) for i in env_ids() if env_class(i).__module__.startswith("turnbench.envs.sharded.tasks.")]
ALL += [World(i, env_class(i).task.difficulties[-1]) for i in BASE if env_class(i).task.difficulties]  # type: ignore[attr-defined]


@cache
def played(world: World, player: str, reveal: str, split: str = "test") -> Result:
    arguments = {**world.arguments, "reveal": reveal}
    result = run(player, world.env_id, episodes=world.episodes, split=split, arguments=arguments)
    assert not result.summary.failed
    return result


def mean(world: World, player: str, reveal: str) -> float:
    return played(world, player, reveal).summary.mean_score


def drawn(world: World, count: int) -> list[Instance]:
    env = make_env(world.env_id, split="all", **world.arguments)
    found = []
    for number in range(count):
        env.reset(seed=0, options={"instance": number})
        found.append(env.instance)  # type: ignore[attr-defined]
    return found


def test_all_nine_are_there() -> None:
    assert len(BASE) == 9
    assert len(ALL) == 9 + 8 + 8, "eight have a small level and difficulties"


@pytest.mark.parametrize(("world", "reveal"), [(w, r) for w in ALL for r in w.kind.reveals], ids=str)
def test_the_reference_loses_nothing_in_any_setting(world: World, reveal: str) -> None:
    score = mean(world, "reference", reveal)
    if world.own_output and reveal == "user-turns-only":
        assert score <= (0.07 if "Promise" in str(world) else 0.042), (
            "by chance: it cannot see its own words, which decide"
        )
    else:
        assert score >= LOSES_LITTLE.get((str(world), reveal), 1.0)
    if not world.exact or reveal in (*SINGLE, "recap"):
        return
    for episode in played(world, "reference", reveal).episodes:
        notes = episode.notes or {}
        right = [a["revealed"] for a in notes["attempts"] if a["score"] == 1.0]
        assert right == [notes["groups"]], "not solved before the last piece was told"


@pytest.mark.parametrize("world", [w for w in ALL if w.exact], ids=str)
def test_nothing_is_solved_before_the_deciding_shard(world: World) -> None:
    task = world.kind.task()
    rng = RandomStream.from_parts("subsets")

    def solved(instance: Instance, texts: list[str]) -> float:
        answer = task.solver.answer(task.system_prompt(instance), texts)
        return 0.0 if answer is None else task.score(task.extract(answer, instance), instance)

    for instance in drawn(world, min(30, 2 * world.episodes)):
        goal, *rest = [shard.text for shard in instance.shards]
        assert (
            solved(instance, [goal, *rest])
            == solved(instance, [goal, *rest[::-1]])
            == solved(instance, [instance.full])
            == 1.0
        )
        assert task.solver.answer(task.system_prompt(instance), rest) is None
        for left_out in range(len(rest)):
            assert solved(instance, [goal, *rest[:left_out], *rest[left_out + 1 :]]) == 0.0, rest[left_out]
        for _ in range(3):
            assert solved(instance, [goal, *rng.sample(rest, rng.below(len(rest)))]) == 0.0


@pytest.mark.parametrize("world", [w for w in ALL if not w.difficulty], ids=str)
def test_players_land_where_they_should(world: World) -> None:
    keeps = max((share for name, share in HASTY_KEEPS.items() if name in str(world)), default=0.1)
    assert mean(world, "hasty", "full") == mean(world, "hasty", "concat") == 1.0
    assert mean(world, "hasty", "sharded") <= keeps
    assert mean(world, "hasty", "snowball") <= keeps
    assert mean(world, "forgetful", "full") == 1.0
    assert mean(world, "forgetful", "sharded") <= 0.9
    assert mean(world, "random", "full") <= 0.07
    assert mean(world, "random", "sharded") <= (0.13 if world.episodes < 10 else 0.1)
    one, other = mean(world, "noisy", "full"), mean(world, "noisy", "sharded")
    assert 0.4 <= one <= 0.9
    assert other == pytest.approx(one, abs=0.26 if world.episodes < 10 else 0.15), "as good in every setting"
    if not world.own_output:
        assert mean(world, "hasty", "user-turns-only") == 1.0, "the shortcut: the last message says everything"


@pytest.mark.parametrize("env_id", [w.env_id for w in ALL if not w.difficulty])
def test_splits_are_disjoint(env_id: str) -> None:
    seen: dict[str, str] = {}
    for split in SPLITS:
        env = make_env(env_id, split=split)
        for seed in range(60):
            env.reset(seed=seed)
            assert seen.setdefault(env.instance_key(), split) == split
    assert set(seen.values()) == set(SPLITS)


@pytest.mark.parametrize("world", [w for w in ALL if w.kind.task.difficulties], ids=str)
def test_a_first_guess_is_wrong_and_so_is_a_wrong_answer(world: World) -> None:
    task = world.kind.task()
    hits, tries = 0.0, 0
    for n, instance in enumerate(drawn(world, 3 * world.episodes)):
        rng = RandomStream.from_parts("guess", n)
        reply = task.solver.guess(task.system_prompt(instance), [instance.shards[0].text], rng)
        assert task.offers_answer(reply, instance) or world.own_output, "choices of one's own may be invalid guesses"
        hits, tries = hits + task.score(task.extract(reply, instance), instance), tries + 1
        if n < 5 and not world.own_output:
            wrong = task.wrong_answer(instance, rng)
            assert task.score(task.extract(wrong, instance), instance) <= 0.1
    assert hits / tries <= 0.05


SAID = """
import hashlib, json, sys
from turnbench.registry import make_env
from turnbench.runner import run
for env_id in json.loads(sys.argv[1]):
    told = []
    for split in ("train", "test"):
        env = make_env(env_id, split=split)
        for seed in range(4):
            told += [env.reset(seed=seed), env.instance, [env.step(s)[0] for s in ("Go on.", "How many, and when?")]]
        told += [e.actions for e in run("random", env_id, episodes=1, split=split).episodes]
    print(env_id, hashlib.sha256(repr(told).encode()).hexdigest())
"""


def test_all_is_the_same_in_every_process_and_on_every_hash_seed() -> None:
    ids = [w.env_id for w in ALL if not w.difficulty]
    told = [
        subprocess.run(
            [sys.executable, "-c", SAID, json.dumps(ids)],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        ).stdout.splitlines()
        for seed in ("1", "2")
    ]
    assert len(told[0]) == len(ids)
    assert [one for one, other in zip(*told, strict=True) if one != other] == []
