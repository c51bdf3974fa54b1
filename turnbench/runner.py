"""Runs an agent on an environment: many episodes interleaved, every finished one on disk at once.

The agent is asked about all waiting episodes together (`batch_size` of them). What it answers may not depend on that,
so a run gives the same result at any batch size, and a killed run that goes on gives the same as one left alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from turnbench.agents.base import Agent, AgentContext
from turnbench.agents.builtin import as_agent
from turnbench.agents.table import build_agent, code_hash
from turnbench.env import MAX_SEED, TextEnv, clean_action, hash_text
from turnbench.episode import Episode, History, Reply
from turnbench.errors import UsageError, did_you_mean
from turnbench.journal import Journal
from turnbench.machine import EpisodeMachine
from turnbench.provenance import git_commit, package_versions, platform_name, python_version
from turnbench.registry import full_id, make_env
from turnbench.result import (
    AgentRecord,
    EnvironmentRecord,
    EpisodeRecord,
    Failure,
    Interval,
    Provenance,
    Result,
    RunRecord,
    Summary,
    write_result,
)
from turnbench.statistics import mean_with_interval
from turnbench.version import __version__

DEFAULT_BATCH = 64
MAX_EPISODES = 10_000_000


@dataclass(frozen=True)
class Progress:
    """What a progress display is told after every finished episode."""

    done: int
    total: int
    mean_score: float
    failed: int
    turns: int


@dataclass
class RunSettings:
    """Everything that decides what a run plays. Two runs with equal settings and a deterministic agent are equal."""

    env_id: str
    episodes: int = 100
    first_seed: int = 0
    split: str = "test"
    arguments: dict[str, Any] = field(default_factory=dict)
    """Keyword arguments of the environment beyond its level's own."""
    options: dict[str, Any] = field(default_factory=dict)
    """Reset options of every episode, such as a fixed target."""
    salt: str = ""
    run_seed: int = 0
    """Mixed into every agent seed: another run seed is another draw of a stochastic agent."""
    turn_limit: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.episodes <= MAX_EPISODES:
            raise UsageError(f"The number of episodes is from 1 to {MAX_EPISODES:,}, not {self.episodes:,}.")
        if not 0 <= self.first_seed <= MAX_SEED - self.episodes:
            raise UsageError(
                f"Seeds run from 0 to 2**63 - 1: {self.first_seed} plus {self.episodes} episodes leaves that."
            )
        if self.run_seed < 0:
            raise UsageError(f"A run seed is 0 or more, not {self.run_seed}.")
        if self.turn_limit is not None and self.turn_limit < 1:
            raise UsageError(f"A turn limit is 1 or more, not {self.turn_limit}.")
        self.env_id = full_id(self.env_id)

    def make_env(self) -> TextEnv:
        """A fresh environment of this run."""
        return make_env(self.env_id, split=self.split, salt=self.salt, **self.arguments)


def run(
    agent: str | Agent | Callable[[History], str | Reply],
    env: str,
    *,
    out: str | Path | None = None,
    batch_size: int = DEFAULT_BATCH,
    progress: Callable[[Progress], None] | None = None,
    name: str | None = None,
    **settings: Any,
) -> Result:
    """Play `episodes` episodes and return the result, written to `out` as well when a folder is given.

    Args:
        agent: what `--agent` takes, an `Agent`, or a function from a `History` to text.
        env: an environment id.
        out: run folder; a run that was stopped there goes on, one of other settings is refused.
        batch_size: episodes in flight, at least 1.
        progress: called after every finished episode.
        name: the agent's name in the result; by default what was asked for.
        settings: see `RunSettings`.

    Raises:
        UsageError, JournalError: before anything is played.
    """
    if batch_size < 1:
        raise UsageError(f"A batch size is 1 or more, not {batch_size}.")
    unknown = settings.keys() - {f.name for f in fields(RunSettings)}
    if unknown:
        known = [f.name for f in fields(RunSettings)]
        name_ = sorted(unknown)[0]
        raise UsageError(f"run() has no setting {name_!r}; it has: {', '.join(known)}.{did_you_mean(name_, known)}")
    plan = RunSettings(env_id=env, **settings)
    first_env = plan.make_env()
    first_env.reset(seed=plan.first_seed, options=plan.options)  # a wrong option is refused before work starts
    if isinstance(agent, str):
        context = AgentContext(plan.env_id, first_env.arguments, type(first_env).players)
        player, called = build_agent(agent, context), name or agent
    else:
        player = as_agent(agent)
        called = name or str(getattr(agent, "__qualname__", type(agent).__name__))
    details = player.describe()
    if isinstance(agent, str) and (code := code_hash(agent)) is not None:
        details = {**details, "code_hash": code}
    described = AgentRecord(name=called, details=details)
    environment = describe_environment(first_env, plan.env_id)
    try:
        if out is None:
            records, spent = _play(plan, first_env, player, batch_size, progress, {}, None)
        else:
            identity = {
                "environment": environment.model_dump(mode="json"),
                "agent": described.model_dump(mode="json"),
                "settings": {**asdict(plan), "salt": first_env.salt_hash},
            }
            with Journal(out, identity) as journal:
                records, spent = _play(plan, first_env, player, batch_size, progress, journal.finished, journal)
                result = _result(plan, environment, described, records, batch_size, spent)
                write_result(result, Path(out) / "result.json")
                return result
    finally:
        player.close()
    return _result(plan, environment, described, records, batch_size, spent)


@dataclass
class _Spent:
    """Time over all sessions of a run."""

    started: float
    wall_s: float = 0.0
    cpu_s: float = 0.0
    sessions: int = 1


def _play(
    plan: RunSettings,
    first_env: TextEnv,
    agent: Agent,
    batch_size: int,
    progress: Callable[[Progress], None] | None,
    finished: dict[int, EpisodeRecord],
    journal: Journal | None,
) -> tuple[list[EpisodeRecord], _Spent]:
    """The batched driver."""
    fresh: dict[str, Any] = {"started": time.time(), "wall_s": 0.0, "cpu_s": 0.0, "count": 1}
    before = journal.sessions if journal else fresh
    wall, cpu = time.perf_counter(), time.process_time()

    def spent() -> _Spent:
        return _Spent(
            before["started"],
            before["wall_s"] + time.perf_counter() - wall,
            before["cpu_s"] + time.process_time() - cpu,
            before["count"],
        )

    records = {i: r for i, r in finished.items() if i < plan.episodes}
    waiting = iter([i for i in range(plan.episodes) if i not in records])
    free = [first_env]
    live: dict[int, EpisodeMachine] = {}
    score, failed = (
        sum(r.score for r in records.values()),
        sum(r.failure is not None for r in records.values()),
    )
    turns = sum(r.turns for r in records.values())
    noted = time.monotonic()
    while True:
        while len(live) < batch_size and (index := next(waiting, None)) is not None:
            env = free.pop() if free else plan.make_env()
            seed = plan.first_seed + index
            live[index] = EpisodeMachine(env, f"{index}", seed, plan.run_seed, plan.options, plan.turn_limit)
        if not live:
            break
        ask(agent, [m for m in live.values() if not m.done])
        for index in [i for i, m in live.items() if m.done]:
            machine = live.pop(index)
            agent.forget(machine.history.episode)
            # An environment that broke may be in any state: only a sound one is used again.
            if machine.episode is not None and machine.episode.failure is None:
                free.append(machine.env)
            record = record_of(index, machine)
            records[index] = record
            if journal:
                journal.append(record)
                if time.monotonic() - noted > 1.0:
                    now = spent()
                    journal.note_session(now.wall_s, now.cpu_s)
                    noted = time.monotonic()
            score, turns = score + record.score, turns + record.turns
            failed += record.failure is not None
            if progress:
                progress(Progress(len(records), plan.episodes, score / len(records), failed, turns))
    total = spent()
    if journal:
        journal.note_session(total.wall_s, total.cpu_s)
    return [records[i] for i in sorted(records)], total


def ask(agent: Agent, machines: Sequence[EpisodeMachine]) -> None:
    """One round: a reply for every waiting machine. An agent that breaks on the batch is asked one by one, so that
    only the episodes it cannot play fail.
    """
    if not machines:
        return
    try:
        replies = agent.act([m.history for m in machines])
        if len(replies) != len(machines):
            raise TypeError(f"act returned {len(replies)} replies for {len(machines)} histories")
    except Exception as error:
        if len(machines) == 1:
            machines[0].fail("agent", error)
            return
        for machine in machines:
            ask(agent, [machine])
        return
    for machine, reply in zip(machines, replies, strict=True):
        machine.reply(reply)


def record_of(index: int, machine: EpisodeMachine) -> EpisodeRecord:
    """The result's record of a finished machine."""
    episode = machine.episode
    assert episode is not None
    texts = [episode.opening.observation, *(t.observation for t in episode.turns)]
    meta = [dict(t.reply.meta) for t in episode.turns]
    return EpisodeRecord(
        index=index,
        seed=episode.seed,
        options=dict(episode.options),
        instance=episode.instance,
        actions=[clean_action(t.reply.text) for t in episode.turns],
        rewards=episode.rewards,
        observation_hashes=[hash_text(t) for t in texts],
        observations=None if machine.env.ranked else texts,
        score=episode.score,
        ending=episode.ending,
        failure=_failure(episode),
        reply_meta=meta if any(meta) else None,
        wall_s=episode.wall_s,
        environment_cpu_s=episode.cpu_s,
    )


def _failure(episode: Episode) -> Failure | None:
    f = episode.failure
    if f is None:
        return None
    return Failure.model_validate(
        {"boundary": f.boundary, "kind": f.kind, "message": clean_action(f.message), "turn": f.turn}
    )


def describe_environment(env: TextEnv, env_id: str) -> EnvironmentRecord:
    """What a result records of an environment."""
    return EnvironmentRecord(
        id=env_id,
        arguments=env.arguments,
        split=env.split,
        content_version=env.content_version,
        content_hash=env.content_hash,
        salt_hash=env.salt_hash,
        ranked=env.ranked,
        reward_range=env.reward_range,
    )


def summarise(records: Sequence[EpisodeRecord]) -> Summary:
    """Summary of the episodes; the bootstrap's generator has a fixed seed, so that it can be checked."""
    scores = [r.score for r in records]
    instances = [r.instance or f"seed {r.seed}" for r in records]
    estimate = mean_with_interval(scores, instances, np.random.default_rng(0))
    failed: dict[str, int] = {}
    endings: dict[str, int] = {}
    for r in records:
        endings[r.ending] = endings.get(r.ending, 0) + 1
        if r.failure is not None:
            failed[r.failure.boundary] = failed.get(r.failure.boundary, 0) + 1
    return Summary(
        episodes=len(records),
        failed=failed,
        instances=len(set(instances)),
        mean_score=estimate.mean,
        interval=Interval(low=estimate.low, high=estimate.high, method=estimate.method),
        mean_turns=float(np.mean([r.turns for r in records])),
        endings=dict(sorted(endings.items())),
    )


def _result(
    plan: RunSettings,
    environment: EnvironmentRecord,
    agent: AgentRecord,
    records: list[EpisodeRecord],
    batch_size: int,
    spent: _Spent,
) -> Result:
    commit, dirty = git_commit()
    return Result(
        environment=environment,
        agent=agent,
        run=RunRecord(
            first_seed=plan.first_seed,
            episodes=plan.episodes,
            run_seed=plan.run_seed,
            batch_size=batch_size,
            turn_limit=plan.turn_limit,
            options=plan.options,
        ),
        summary=summarise(records),
        episodes=records,
        provenance=Provenance(
            turnbench=__version__,
            python=python_version(),
            platform=platform_name(),
            packages=package_versions(),
            git_commit=commit,
            git_dirty=dirty,
            started=datetime.fromtimestamp(spent.started, UTC).isoformat(timespec="seconds"),
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            wall_s=round(spent.wall_s, 3),
            cpu_s=round(spent.cpu_s, 3),
            environment_cpu_s=round(sum(r.environment_cpu_s for r in records), 3),
            resumed=spent.sessions - 1,
        ),
    )
