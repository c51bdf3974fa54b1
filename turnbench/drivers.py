"""The two ways to play many episodes: in batches, and asynchronously. What they share is kept in a `Book`.

Both only decide when an agent is asked; what happens to a reply is decided in `machine`. An episode that fails is
recorded like any other; `RunStopped` ends the run with all that is finished kept and all that is not left for later.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from turnbench.agents.base import Agent, AnyAgent, AsyncAgent
from turnbench.env import TextEnv, clean_action, hash_text
from turnbench.episode import Episode, History, Reply
from turnbench.errors import EpisodePostponed, RunStopped
from turnbench.journal import Journal
from turnbench.machine import EpisodeMachine
from turnbench.result import EpisodeRecord, Failure, repeated

T = TypeVar("T")
NOTE_EVERY_S = 1.0
_PLAIN = frozenset((bool, int, float, str, type(None)))


class Plan(Protocol):
    """What the drivers need of `RunSettings`."""

    episodes: int
    first_seed: int
    run_seed: int
    options: dict[str, Any]
    turn_limit: int | None
    episode_seconds: float | None
    repeats: int

    def make_env(self) -> TextEnv:
        """A fresh environment of the run."""
        ...


@dataclass(frozen=True)
class Progress:
    """What a progress display is told after every finished episode."""

    done: int
    total: int
    mean_score: float
    failed: int
    turns: int
    usage: Callable[[], dict[str, Any] | None] = lambda: None
    """What the agent says it used so far; see `Agent.usage`."""


@dataclass
class Spent:
    """Time over all sessions of a run."""

    started: float
    wall_s: float = 0.0
    cpu_s: float = 0.0
    sessions: int = 1


class Book:
    """Episodes of a run: which are left, which are done, and where the done ones go.

    With a journal finished episodes are on disk and nowhere else, so a long run does not grow; without one they are in
    `records`.

    Args:
        plan: what is to be played.
        agent: told what earlier sessions spent; asked what this one does.
        first_env: an environment that is already there.
        journal: the run's folder, open, or None.
        progress: told about every finished episode.
    """

    def __init__(
        self,
        plan: Plan,
        agent: AnyAgent,
        first_env: TextEnv,
        journal: Journal | None,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self.plan, self.agent, self.journal, self.progress = plan, agent, journal, progress
        self.records: list[EpisodeRecord] = []
        self.env = first_env
        self._free = [first_env]
        finished: set[int] = journal.finished if journal else set()
        self._left = iter([i for i in range(plan.episodes) if i not in finished])
        self._done = len(finished)
        self._score, self._failed, self._turns = journal.totals if journal else (0.0, 0, 0)
        fresh: dict[str, Any] = {"started": time.time(), "wall_s": 0.0, "cpu_s": 0.0, "count": 0}
        before = self._before = dict(journal.sessions) if journal else fresh
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        self._noted = time.monotonic()
        self._begun = False
        agent.go_on(before.get("agent", {}))
        first_env.go_on(before.get("environment", {}))

    def begin(self) -> tuple[int, EpisodeMachine] | None:
        """The next episode, or None when none is left."""
        index = next(self._left, None)
        if index is None:
            return None
        if not self._begun:
            self._begun = True  # a session that finds nothing left is none
            self.note()
        plan = self.plan
        env = self._free.pop() if self._free else plan.make_env()
        options = repeated(plan.options, plan.first_seed, plan.repeats, index)
        return index, EpisodeMachine(
            env, f"{index}", plan.first_seed + index, plan.run_seed, options, plan.turn_limit, plan.episode_seconds
        )

    def finish(self, index: int, machine: EpisodeMachine) -> None:
        """Keep a finished episode."""
        self.agent.forget(machine.history.episode)
        # An environment that broke may be in any state: only a sound one is used again.
        if machine.episode is not None and machine.episode.failure is None:
            self._free.append(machine.env)
        record = record_of(index, machine)
        if self.journal:
            self.journal.append(record)
            if time.monotonic() - self._noted > NOTE_EVERY_S:
                self.note()
        else:
            self.records.append(record)
        self._done += 1
        self._score += record.score
        self._turns += record.turns
        self._failed += record.failure is not None
        if self.progress:
            plan = self.plan
            self.progress(
                Progress(
                    self._done, plan.episodes, self._score / self._done, self._failed, self._turns, self.agent.usage
                )
            )

    @property
    def spent(self) -> Spent:
        """Time used so far, by this session (if it played anything) and those before."""
        b = self._before
        if not self._begun:
            return Spent(b["started"], b["wall_s"], b["cpu_s"], b["count"])
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        return Spent(b["started"], b["wall_s"] + wall, b["cpu_s"] + cpu, b["count"] + 1)

    def note(self) -> None:
        """Put what was spent beside the journal."""
        if self.journal and self._begun:
            now = self.spent
            self.journal.note_session(now.wall_s, now.cpu_s, agent=self.agent.spent(), environment=self.env.spent())
            self._noted = time.monotonic()


def shown(machine: EpisodeMachine) -> History:
    """What the agent is asked about, its own to change: what the episode is recorded from stays with the machine."""
    seen = machine.seen
    return History(seen.episode, seen.opening, seen.turns.copy(), seen.agent_seed)


def give(machine: EpisodeMachine, reply: Reply) -> None:
    """Pass on a reply; one whose `meta` no result could hold is the agent's failure."""
    if isinstance(reply, Reply) and reply.meta:
        try:
            if not _PLAIN.issuperset(map(type, reply.meta.values())):
                json.dumps(dict(reply.meta))
        except Exception as error:
            machine.fail("agent", TypeError(f"the reply's meta is not JSON: {error}"))
            return
    machine.reply(reply)


def play_batched(book: Book, agent: Agent, batch_size: int) -> None:
    """Keep `batch_size` episodes going and ask the agent about all that wait, round by round."""
    live: dict[int, EpisodeMachine] = {}
    while True:
        while len(live) < batch_size and (begun := book.begin()) is not None:
            live[begun[0]] = begun[1]
        if not live:
            return
        ask(agent, [m for m in live.values() if not m.done])
        for index in [i for i, m in live.items() if m.done]:
            book.finish(index, live.pop(index))


def ask(agent: Agent, machines: Sequence[EpisodeMachine]) -> None:
    """One round: a reply for every waiting machine. An agent that breaks on the batch is asked one by one, so that
    only the episodes it cannot play fail.
    """
    if not machines:
        return
    try:
        replies = agent.act([shown(m) for m in machines])
        if len(replies) != len(machines):
            raise TypeError(f"act returned {len(replies)} replies for {len(machines)} histories")
    except RunStopped:
        raise
    except Exception as error:
        if len(machines) == 1:
            machines[0].fail("agent", error)
            return
        for machine in machines:
            ask(agent, [machine])
        return
    for machine, reply in zip(machines, replies, strict=True):
        give(machine, reply)


def play_async(book: Book, agent: AsyncAgent, concurrency: int) -> None:
    """Keep `concurrency` episodes waiting for the agent at once, in one event loop."""
    run_in_loop(_play_async(book, agent, concurrency))


async def _play_async(book: Book, agent: AsyncAgent, concurrency: int) -> None:
    stopped: list[RunStopped] = []
    later: list[EpisodePostponed] = []

    async def worker() -> None:
        while not stopped and (begun := book.begin()) is not None:
            index, machine = begun
            try:
                while not machine.done:
                    await _turn(agent, machine)
            except EpisodePostponed as postponed:
                later.append(postponed)
                agent.forget(machine.history.episode)
                continue
            except RunStopped as stop:  # the others may still finish what they have begun
                stopped.append(stop)
                agent.forget(machine.history.episode)
                return
            book.finish(index, machine)

    await agent.start()
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(concurrency, book.plan.episodes)):
                group.create_task(worker())
    except BaseExceptionGroup as errors:  # a worker broke, for instance because the disk is full: it is one error
        raise errors.exceptions[0] from None
    finally:
        await agent.stop()
    if stopped:
        raise stopped[0]
    if later:
        raise RunStopped(
            f"{len(later)} of {book.plan.episodes} episodes could not be played and are left for later: {later[-1]}. "
            "Repeat the command to play them."
        )


async def _turn(agent: AsyncAgent, machine: EpisodeMachine) -> None:
    """One reply, within what is left of the episode's time; steps that wait themselves do not hold up the others."""
    try:
        if machine.seconds_left is None:
            reply = await agent.reply(shown(machine))
        else:
            async with asyncio.timeout(machine.seconds_left):
                reply = await agent.reply(shown(machine))
    except RunStopped:
        raise
    except TimeoutError as error:
        if machine.seconds_left is not None and machine.seconds_left <= 0:
            machine.out_of_time()
        else:
            machine.fail("agent", error)
        return
    except Exception as error:
        machine.fail("agent", error)
        return
    if machine.env.waits:
        await asyncio.to_thread(give, machine, reply)
    else:
        give(machine, reply)


def run_in_loop(work: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run`, also where a loop is running already, as in a notebook: then in a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def record_of(index: int, machine: EpisodeMachine) -> EpisodeRecord:
    """The result's record of a finished machine."""
    episode = machine.episode
    assert episode is not None
    texts = [episode.opening.observation, *(t.observation for t in episode.turns)]
    meta = [t.reply.meta if t.reply.text.strip() else {**t.reply.meta, "empty": True} for t in episode.turns]
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
        notes=None if episode.notes is None else dict(episode.notes),
        reply_meta=[dict(m) for m in meta] if any(meta) else None,
        wall_s=episode.wall_s,
        environment_s=episode.environment_s,
    )


def _failure(episode: Episode) -> Failure | None:
    f = episode.failure
    if f is None:
        return None
    return Failure.model_validate(
        {"boundary": f.boundary, "kind": f.kind, "message": clean_action(f.message), "turn": f.turn}
    )
