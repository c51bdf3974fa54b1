"""Runs an agent on an environment: many episodes interleaved, every finished one on disk at once.

The agent is asked about all waiting episodes together, or at the same time (`drivers`). What it answers may not depend
on that, so a run gives the same result at any batch size, and a killed run that goes on gives the same as one left alone.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np

from turnbench.agents.base import AgentContext, AnyAgent, AsyncAgent
from turnbench.agents.builtin import as_agent
from turnbench.agents.table import build_agent, code_hash, is_factory
from turnbench.drivers import Book, Progress, play_async, play_batched
from turnbench.env import MAX_SEED, TextEnv
from turnbench.episode import History
from turnbench.errors import EveryEpisodeFailed, UsageError, did_you_mean
from turnbench.journal import Journal, iterate_journal
from turnbench.provenance import git_commit, package_versions, platform_name, python_version
from turnbench.registry import full_id, make_env
from turnbench.result import (
    AgentRecord,
    EnvironmentRecord,
    EpisodeRecord,
    Interval,
    Provenance,
    Result,
    RunRecord,
    Summary,
    Usage,
    repeated,
    write_result,
)
from turnbench.statistics import mean_with_interval
from turnbench.version import __version__

DEFAULT_BATCH = 64
MAX_EPISODES = 10_000_000
NOTED_REPLIES = ("cut", "empty", "refused")
"""What is counted of replies: ended by the length limit, without text, declined by the model or its provider."""


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
    episode_seconds: float | None = None
    """Outer limit on the time of an episode."""
    repeats: int = 0
    """Play every instance so many times in a row, each time another seed: for worlds whose reset option `instance` fixes
    what is played and leaves chance (such as the user's words) to the seed. 0: every seed draws its own instance.
    """

    def __post_init__(self) -> None:
        if not 1 <= self.episodes <= MAX_EPISODES:
            raise UsageError(f"The number of episodes is from 1 to {MAX_EPISODES:,}, not {self.episodes:,}.")
        if not 0 <= self.first_seed <= MAX_SEED - self.episodes:
            raise UsageError(
                f"Seeds run from 0 to 2**63 - 1: {self.first_seed} plus {self.episodes} episodes leaves that."
            )
        if self.run_seed < 0:
            raise UsageError(f"A run seed is 0 or more, not {self.run_seed}.")
        if self.repeats < 0 or (self.repeats and self.episodes % self.repeats):
            raise UsageError(
                f"repeats is 0 (none) or a number that divides the {self.episodes} episodes, not {self.repeats}."
            )
        if self.repeats and "instance" in self.options:
            raise UsageError("repeats fixes the instances itself: leave out the reset option instance.")
        if self.turn_limit is not None and self.turn_limit < 1:
            raise UsageError(f"A turn limit is 1 or more, not {self.turn_limit}.")
        if self.episode_seconds is not None and not self.episode_seconds > 0:
            raise UsageError(f"A limit on an episode's seconds is above 0, not {self.episode_seconds}.")
        self.env_id = full_id(self.env_id)

    def make_env(self) -> TextEnv:
        """A fresh environment of this run."""
        return make_env(self.env_id, split=self.split, salt=self.salt, **self.arguments)


def run(
    agent: str | AnyAgent | Callable[[History], Any],
    env: str,
    *,
    out: str | Path | None = None,
    batch_size: int = DEFAULT_BATCH,
    progress: Callable[[Progress], None] | None = None,
    name: str | None = None,
    agent_options: Mapping[str, Any] | None = None,
    limits: Mapping[str, Any] | None = None,
    retry_failed: bool = False,
    **settings: Any,
) -> Result:
    """Play `episodes` episodes and return the result, written to `out` as well when a folder is given.

    Args:
        agent: what `--agent` takes, an `Agent` or `AsyncAgent`, or a function (also an asynchronous one) from a `History`
            to text.
        env: an environment id.
        out: run folder; a run that was stopped there goes on, one of other settings is refused.
        batch_size: episodes in flight, at least 1: asked about together, or with an asynchronous agent at the same time.
        progress: called after every finished episode.
        name: the agent's name in the result; by default what was asked for.
        agent_options: settings of an agent given by name (`--agent-arg`).
        limits: what an agent given by name may use, such as `max_cost`; a run stopped by one goes on with a higher one.
        retry_failed: play the failed episodes that `out` holds again; what they were is kept beside the result, which
            says how many there were.
        settings: see `RunSettings`.

    Raises:
        UsageError, JournalError: before anything is played.
        RunStopped: a limit was reached or the agent cannot go on; what is finished is in `out`.

    Warns:
        EveryEpisodeFailed: the agent or the environment broke in all of them; the score is 0 and means nothing.
    """
    if batch_size < 1:
        raise UsageError(f"A batch size is 1 or more, not {batch_size}.")
    unknown = settings.keys() - {f.name for f in fields(RunSettings)}
    if unknown:
        known = [f.name for f in fields(RunSettings)]
        name_ = sorted(unknown)[0]
        raise UsageError(f"run() has no setting {name_!r}; it has: {', '.join(known)}.{did_you_mean(name_, known)}")
    if retry_failed and out is None:
        raise UsageError("retry_failed plays the failed episodes of a run folder again: give out.")
    plan = RunSettings(env_id=env, **settings)
    first_env = plan.make_env()
    # A wrong option is refused before work starts.
    first_env.reset(seed=plan.first_seed, options=repeated(plan.options, plan.first_seed, plan.repeats, 0))
    if isinstance(agent, str):
        context = AgentContext(
            plan.env_id, first_env.arguments, type(first_env).players, agent_options or {}, limits or {}
        )
        player, called = build_agent(agent, context), name or agent
    else:
        if agent_options or limits:
            raise UsageError("Options and limits are for agents given by name: set them on the agent itself.")
        if is_factory(agent):
            agent = agent(AgentContext(plan.env_id, first_env.arguments, type(first_env).players))  # type: ignore[operator, arg-type]
        player = as_agent(agent)
        called = name or str(getattr(agent, "__qualname__", type(agent).__name__))
    details = _described(player, called)
    if isinstance(agent, str) and (code := code_hash(agent)) is not None:
        details = {**details, "code_hash": code}
        if agent_options:  # a factory's settings make another agent of it, whether or not it says so itself
            details = {"options": dict(agent_options), **details}
    described = AgentRecord(name=called, details=details)
    environment = describe_environment(first_env, plan.env_id)
    try:
        if out is None:
            book = Book(plan, player, first_env, None, progress)
            _play(book, player, batch_size)
            records = sorted(book.records, key=lambda r: r.index)
            return _sound(_result(plan, environment, described, records, batch_size, book))
        identity = {
            "environment": environment.model_dump(mode="json"),
            "agent": described.model_dump(mode="json"),
            "settings": {**asdict(plan), "salt": first_env.salt_hash},
        }
        with Journal(out, identity, retry_failed) as journal:
            book = Book(plan, player, first_env, journal, progress)
            try:
                _play(book, player, batch_size)
            finally:
                book.note()
            records = sorted(iterate_journal(out), key=lambda r: r.index)
            result = _result(plan, environment, described, records, batch_size, book)
            write_result(result, Path(out) / "result.json")
            return _sound(result)
    finally:
        player.close()


def _described(player: AnyAgent, called: str) -> dict[str, Any]:
    """What the agent says of itself. Raises UsageError where that is not JSON."""
    said: Any = player.describe()
    try:
        if not isinstance(said, dict):
            raise TypeError(f"it is {type(said).__name__}, not a dict")
        return cast("dict[str, Any]", json.loads(json.dumps(said, allow_nan=False)))
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(
            f"What describe() of the agent {called} returns cannot be written into a result ({error}): "
            "return a dict of str, int, float, bool, None, lists and dicts."
        ) from error


def _play(book: Book, player: AnyAgent, batch_size: int) -> None:
    if isinstance(player, AsyncAgent):
        play_async(book, player, batch_size)
    else:
        play_batched(book, player, batch_size)


def _sound(result: Result) -> Result:
    """The result; with a warning where nothing was played, because its mean score of 0 says nothing."""
    failures = [e.failure for e in result.episodes if e.failure is not None]
    if len(failures) == len(result.episodes):
        first = failures[0]
        warnings.warn(
            f"every one of {len(failures)} episodes failed, the first in the {first.boundary}: {first.kind}: {first.message}",
            EveryEpisodeFailed,
            stacklevel=3,
        )
    return result


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
    replies: dict[str, int] = {}
    for r in records:
        for meta in r.reply_meta or ():
            for kind in NOTED_REPLIES:
                if meta.get(kind):
                    replies[kind] = replies.get(kind, 0) + 1
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
        replies=replies,
    )


def _result(
    plan: RunSettings,
    environment: EnvironmentRecord,
    agent: AgentRecord,
    records: list[EpisodeRecord],
    batch_size: int,
    book: Book,
) -> Result:
    commit, dirty = git_commit()
    spent, usage, world_usage = book.spent, book.agent.usage(), book.env.usage()
    return Result(
        environment=environment,
        agent=agent,
        run=RunRecord(
            first_seed=plan.first_seed,
            episodes=plan.episodes,
            run_seed=plan.run_seed,
            batch_size=batch_size,
            turn_limit=plan.turn_limit,
            episode_seconds=plan.episode_seconds,
            options=plan.options,
            repeats=plan.repeats,
        ),
        summary=summarise(records),
        episodes=records,
        usage=None if usage is None else Usage.model_validate(usage),
        environment_usage=None if world_usage is None else Usage.model_validate(world_usage),
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
            environment_s=round(sum(r.environment_s for r in records), 3),
            resumed=spent.sessions - 1,
            retried=book.journal.set_aside if book.journal else 0,
        ),
    )
