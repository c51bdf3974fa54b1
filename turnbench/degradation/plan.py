"""Which worlds, settings and instances are played, and playing them: a run folder for every world and setting.

Every setting plays the same instances with the same seeds of the world, so that settings differ in nothing but how the task is posed.
The agent's luck is drawn anew in every one of them: `luck_of` gives each world and setting a run seed of its own, because an agent that
samples would otherwise draw the same in all of them, and what is one accident would look like many. An instruction that comes twice
is counted once (`instructions.py`).

A setting is a value of the worlds' argument `reveal`, or `gradual`: the pieces told in 1, 2, ... messages, for worlds that take
`merge` (the number of messages) and whose notes tell `shards` (the number of pieces). See `gradual.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from turnbench.agents.base import AnyAgent
from turnbench.degradation.budget import Budget
from turnbench.degradation.comparison import Cell, Comparison, Job, short_name
from turnbench.degradation.instructions import distinct
from turnbench.degradation.tally import Tally
from turnbench.drivers import Progress
from turnbench.env import TextEnv
from turnbench.errors import UnknownName, UsageError, did_you_mean
from turnbench.randomness import stable_hash
from turnbench.registry import env_class, env_ids, full_id, make_env
from turnbench.result import repeated
from turnbench.runner import DEFAULT_BATCH, run

USUAL = ("full", "concat", "sharded", "recap", "snowball", "user-turns-only")
"""Settings played where none are named, as far as a world has them."""
GRADUAL = "gradual"
ALL_PIECES = "sharded"
"""Where `gradual` ends: as many messages as pieces."""


def luck_of(env_id: str, arm: str, run_seed: int = 0) -> int:
    """The run seed of one world and setting (or arm of lock-in), from the user's; below 2**48."""
    return stable_hash("degrade", env_id, arm, run_seed) >> 208


def reveal_worlds() -> list[str]:
    """Ids of every registered world that can pose its task in several settings; levels of a world are left out."""
    found = [i for i in env_ids() if env_class(i).reveals]
    return [i for i in found if "-" not in short_name(i)]


def worlds_named(names: Sequence[str]) -> list[str]:
    """Ids from names: an id, with or without namespace and version, or a part of one that fits a single world.

    Raises:
        UnknownName, UsageError: none or several fit, or the world has no settings.
    """
    if not names:
        return reveal_worlds()
    every = [i for i in env_ids() if env_class(i).reveals]
    found = []
    for name in names:
        if ":" in name or name in every:
            found.append(full_id(name))
            continue
        exact = [i for i in every if name.casefold() in (i.rpartition("/")[2].casefold(), short_name(i).casefold())]
        near = [i for i in reveal_worlds() if name.casefold() in short_name(i).casefold()]
        fits = exact or near
        if len(fits) > 1:
            raise UsageError(f"{name!r} fits several worlds: {', '.join(map(short_name, fits))}; name one.")
        if not fits:
            known = [short_name(i) for i in reveal_worlds()]
            raise UnknownName(
                f"No world with settings is called {name!r}; there is: {', '.join(known)}."
                f"{did_you_mean(name, [*known, *map(_without_family, known)])}"
            )
        found += fits
    for env_id in found:
        if not env_class(env_id).reveals:
            raise UsageError(f"{env_id} cannot reveal its task bit by bit: it has no settings to compare.")
    return list(dict.fromkeys(found))


def _without_family(name: str) -> str:
    """ "ShardedMath" as "Math"."""
    return re.sub(r"^[A-Z][a-z]+(?=[A-Z])", "", name)


def plan(
    worlds: Sequence[str] = (),
    settings: Sequence[str] = (),
    *,
    instances: int = 20,
    n: int = 10,
    split: str = "test",
    first_seed: int = 0,
    arguments: Mapping[str, Any] | None = None,
) -> tuple[list[Job], dict[str, list[int]]]:
    """What `degrade` would play with the same arguments, and the number of pieces of every distinct instruction in `gradual`.

    Raises:
        UsageError, UnknownName: what cannot be played, before anything is.
    """
    if instances < 1 or n < 1:
        raise UsageError(f"instances and n are 1 or more, not {instances} and {n}.")
    given = dict(arguments or {})
    if "reveal" in given:
        raise UsageError(f"The argument reveal is what is compared: name settings={given['reveal']} instead.")
    if "merge" in given and GRADUAL in settings:
        raise UsageError("gradual tells the pieces in every number of messages: leave out the argument merge.")
    ids = worlds_named(worlds)
    if not ids:
        raise UsageError("No world that reveals its task bit by bit is registered.")
    known = [*dict.fromkeys(s for i in ids for s in env_class(i).reveals), GRADUAL]
    for setting in settings:
        if setting not in known:
            raise UnknownName(
                f"There is no setting {setting!r}; there is: {', '.join(known)}.{did_you_mean(setting, known)}"
            )
    chosen = list(dict.fromkeys(settings or USUAL))
    if GRADUAL in chosen and ALL_PIECES not in chosen:
        chosen.append(ALL_PIECES)
    jobs, pieces = [], {}
    for env_id in ids:
        has = [s for s in chosen if s in env_class(env_id).reveals]
        made = [make_env(env_id, split=split, **given, reveal=setting) for setting in has]
        if not made:
            continue
        places = distinct(made[0], instances, first_seed)
        jobs += [Job(env_id, setting, {**given, "reveal": setting}, places, n) for setting in has]
        if GRADUAL in chosen and ALL_PIECES in has and "merge" in made[0].arguments:
            pieces[env_id] = _pieces(make_env(env_id, split=split, **given), places, first_seed)
            told = {**given, "reveal": ALL_PIECES}
            jobs += [Job(env_id, GRADUAL, {**told, "merge": m}, places, n, m) for m in range(1, max(pieces[env_id]))]
    if GRADUAL in chosen and not pieces:
        raise UsageError("None of these worlds takes `merge`, the number of messages, so none can be played gradually.")
    return jobs, pieces


def _pieces(env: TextEnv, places: Sequence[int], first_seed: int) -> list[int]:
    found = []
    for place in places:
        env.reset(seed=0, options=repeated({}, first_seed, 1, place))
        pieces = (env.notes() or {}).get("shards")
        if not isinstance(pieces, int) or pieces < 1:
            raise UsageError(
                f"The notes of {env.family} do not tell its number of shards, so it cannot be played gradually."
            )
        found.append(pieces)
    return found


def degrade(
    agent: str | AnyAgent | Callable[..., Any],
    worlds: Sequence[str] = (),
    *,
    out: str | Path,
    settings: Sequence[str] = (),
    instances: int = 20,
    n: int = 10,
    split: str = "test",
    first_seed: int = 0,
    arguments: Mapping[str, Any] | None = None,
    batch_size: int = DEFAULT_BATCH,
    progress: Callable[[str, str, Progress], None] | None = None,
    name: str | None = None,
    agent_options: Mapping[str, Any] | None = None,
    limits: Mapping[str, Any] | Budget | None = None,
    retry_failed: bool = False,
    run_seed: int = 0,
) -> Comparison:
    """Play the same instances in every setting; what is finished in `out` is not played again.

    Args:
        agent: as `turnbench.run` takes it.
        worlds: names of worlds (`worlds_named`); all with settings by default.
        out: folder with a run folder per world and setting.
        settings: `USUAL` by default; a world without one of them goes without it. `gradual` comes with `sharded`.
        instances: instructions of each world; those that repeat another are left out.
        n: runs of each instruction.
        split: of the worlds.
        first_seed: number of the first instance.
        arguments: of the worlds, beside `reveal`.
        batch_size: conversations in flight.
        progress: told about every finished conversation: world, setting, and how far everything together is.
        name: the agent's name.
        agent_options: of an agent given by name.
        limits: the same; `max_tokens_total` and `max_cost` are of all that is played together, and with a `Budget` of all that shares it.
        retry_failed: play conversations that failed again, as `turnbench.run` does.
        run_seed: another draw of a stochastic agent; see `luck_of`.

    Raises:
        UsageError: before anything is played.
        RunStopped: as `turnbench.run`; the same call goes on.
    """
    jobs, pieces = plan(
        worlds, settings, instances=instances, n=n, split=split, first_seed=first_seed, arguments=arguments
    )
    called = name or (agent if isinstance(agent, str) else str(getattr(agent, "__name__", "agent")))
    played, budget = Comparison(called, instances, pieces=pieces), Budget.of(limits)
    tally = None if progress is None else Tally(jobs, out, retry_failed)
    for job in jobs:
        with budget.stops_told_in_all():
            result = run(
                agent,
                job.env_id,
                out=Path(out) / job.folder,
                batch_size=batch_size,
                progress=None if progress is None or tally is None else _told(progress, tally, job),
                name=name,
                agent_options=agent_options,
                limits=budget.left,
                episodes=job.episodes,
                repeats=n,
                split=split,
                first_seed=first_seed,
                run_seed=luck_of(job.env_id, job.arm, run_seed),
                arguments=job.arguments,
                retry_failed=retry_failed,
            )
        budget.add(result.usage)
        cell = Cell(job.env_id, job.setting, result, job.places)
        if job.merge:
            played.gradual[job.env_id, job.merge] = cell
        else:
            played.cells[job.env_id, job.setting] = cell
    return played


def _told(progress: Callable[[str, str, Progress], None], tally: Tally, job: Job) -> Callable[[Progress], None]:
    return lambda done: progress(job.env_id, job.arm, tally.after(job, done))
