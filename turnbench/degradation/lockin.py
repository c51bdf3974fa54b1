"""What a wrong commitment costs: P(success | a wrong answer was given at turn t) against P(success | none was).

An intervention, where the protocol's diagnostics are correlations: the same conversations are played twice. In both the
first t replies are ours and the agent finds them in its history as its own; it goes on from there with the same
information. Once the reply at turn t is a wrong answer (`TextEnv.wrong_answer`), once it says only that it listens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from turnbench.agents.base import Agent, AgentContext, AnyAgent, AsyncAgent
from turnbench.agents.builtin import as_agent
from turnbench.agents.table import build_agent
from turnbench.degradation.budget import Budget
from turnbench.degradation.comparison import Cell, short_name
from turnbench.degradation.instructions import distinct
from turnbench.degradation.metrics import Paired, paired
from turnbench.degradation.plan import luck_of
from turnbench.env import TextEnv
from turnbench.episode import History, Reply
from turnbench.errors import UsageError
from turnbench.registry import make_env
from turnbench.result import Usage, repeated
from turnbench.runner import run

LISTENING = "I see. Please go on."
"""A reply that commits to nothing and asks nothing."""


class LockIn(NamedTuple):
    """Success in percent with and without the commitment, and their paired difference over instructions."""

    committed: float
    uncommitted: float
    difference: Paired
    usages: tuple[Usage, ...] = ()
    """What the agent used, where it says so, in each of the two."""
    world_usages: tuple[Usage, ...] = ()
    """What the world's own models used."""


class _Forced:
    """The first replies of every conversation, by its name in the run."""

    def __init__(self, env: TextEnv, first_seed: int, n: int, turn: int, commit: bool) -> None:
        self._env, self._first_seed, self._n, self.turn, self._commit = env, first_seed, n, turn, commit
        self.described = {"lock_in": {"turn": turn, "committed": commit}}

    def reply(self, history: History) -> Reply | None:
        """Ours while it is our turn, None afterwards."""
        told = len(history.turns) + 1
        if told > self.turn:
            return None
        if told < self.turn or not self._commit:
            return Reply(LISTENING)
        index = int(history.episode)
        self._env.reset(seed=self._first_seed + index, options=repeated({}, self._first_seed, self._n, index))
        return Reply(self._env.wrong_answer())


class _Wrapped:
    """What both kinds of wrapped agent hand on to the agent inside."""

    inner: AnyAgent
    forced: _Forced

    def describe(self) -> dict[str, Any]:
        """The agent's own, and what was forced."""
        return {**self.inner.describe(), **self.forced.described}

    def forget(self, episode: str) -> None:
        self.inner.forget(episode)

    def spent(self) -> dict[str, Any]:
        return self.inner.spent()

    def go_on(self, spent: Mapping[str, Any]) -> None:
        self.inner.go_on(spent)

    def usage(self) -> dict[str, Any] | None:
        return self.inner.usage()

    def close(self) -> None:
        self.inner.close()


class _Committed(_Wrapped, Agent):
    """An agent whose first replies are given."""

    def __init__(self, inner: Agent, forced: _Forced) -> None:
        self.inner: Agent = inner
        self.forced = forced

    def act(self, histories: Sequence[History]) -> list[Reply]:
        """Ours where it is our turn, the agent's elsewhere."""
        given = [self.forced.reply(h) for h in histories]
        asked = [h for h, reply in zip(histories, given, strict=True) if reply is None]
        own = iter(self.inner.act(asked) if asked else ())
        return [next(own) if reply is None else reply for reply in given]


class _CommittedAsync(_Wrapped, AsyncAgent):
    """The same for agents that wait."""

    def __init__(self, inner: AsyncAgent, forced: _Forced) -> None:
        self.inner: AsyncAgent = inner
        self.forced = forced

    async def start(self) -> None:
        """The agent's own."""
        await self.inner.start()

    async def stop(self) -> None:
        """The agent's own."""
        await self.inner.stop()

    async def reply(self, history: History) -> Reply:
        """Ours where it is our turn, the agent's elsewhere."""
        return self.forced.reply(history) or await self.inner.reply(history)


def can_lock_in(env_id: str, **arguments: Any) -> bool:
    """False for worlds without wrong answers to commit to, such as those where the first answer is the player's to choose."""
    env = make_env(env_id, **arguments)
    env.reset(seed=0)
    return bool(env.wrong_answer())


def lock_in(
    agent: str | AnyAgent | Callable[..., Any],
    env_id: str,
    *,
    out: str | Path,
    instances: int = 20,
    n: int = 10,
    turn: int = 1,
    split: str = "test",
    first_seed: int = 0,
    arguments: Mapping[str, Any] | None = None,
    batch_size: int = 64,
    name: str | None = None,
    agent_options: Mapping[str, Any] | None = None,
    limits: Mapping[str, Any] | Budget | None = None,
    run_seed: int = 0,
) -> LockIn:
    """Measure lock-in of an agent in the sharded setting of one world; resumable like `degrade`.

    Args:
        agent: as `degrade` takes it, with all that follows but `turn`.
        env_id: a world with settings and wrong answers.
        out: folder.
        instances: instructions.
        n: runs of each.
        turn: at which turn, from 1, the wrong answer is given; all replies before it only listen.
        split: of the world.
        first_seed: number of the first instance.
        arguments: of the world.
        batch_size: conversations in flight.
        name: the agent's name.
        agent_options: of an agent given by name.
        limits: the same; where it is the `Budget` that `degrade` had, what was used there counts.
        run_seed: another draw of a stochastic agent; both arms have their own luck (`luck_of`).

    Raises:
        UsageError: a world without wrong answers to commit to, or a turn below 1.
    """
    if turn < 1:
        raise UsageError(f"Turns count from 1, not {turn}.")
    settings = {**(arguments or {}), "reveal": "sharded"}
    env = make_env(env_id, split=split, **settings)
    if not can_lock_in(env_id, split=split, **settings):
        raise UsageError(f"{env_id} has no wrong answer to commit to, so lock-in cannot be measured there.")
    places = distinct(env, instances, first_seed)
    budget, cells = Budget.of(limits), {}
    for commit in (True, False):
        forced = _Forced(env, first_seed, n, turn, commit)
        inner: AnyAgent
        if isinstance(agent, str):
            context = AgentContext(env_id, env.arguments, type(env).players, agent_options or {}, budget.left)
            inner = build_agent(agent, context)
        else:
            inner = as_agent(agent)
        wrapped: AnyAgent = (
            _CommittedAsync(inner, forced) if isinstance(inner, AsyncAgent) else _Committed(inner, forced)
        )
        called = name or (agent if isinstance(agent, str) else str(getattr(agent, "__name__", "agent")))
        arm = f"{'committed' if commit else 'listening'}-{turn}"
        with budget.stops_told_in_all():
            result = run(
                wrapped,
                env_id,
                out=Path(out) / f"{short_name(env_id)}-{arm}",
                batch_size=batch_size,
                name=called,
                episodes=(places[-1] + 1) * n,
                repeats=n,
                split=split,
                first_seed=first_seed,
                run_seed=luck_of(env_id, arm, run_seed),
                arguments=settings,
            )
        budget.add(result.usage)
        cells[commit] = Cell(env_id, arm, result, places)
    after, without = cells[True].scores_IN, cells[False].scores_IN
    usages = tuple(u for cell in cells.values() if (u := cell.result.usage) is not None)
    world_usages = tuple(u for cell in cells.values() if (u := cell.result.environment_usage) is not None)
    return LockIn(float(after.mean()), float(without.mean()), paired([after], [without]), usages, world_usages)
