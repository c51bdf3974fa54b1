"""One episode as a state machine: the single place where replies meet an environment.

Drivers (batched, asynchronous, training rollouts, branches) only decide when to call `reply`. What a failing agent or
environment means, when an outer limit ends an episode, and what is recorded, is decided here once.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from turnbench.env import TextEnv
from turnbench.episode import Ending, Episode, Failure, History, Opening, Reply, Turn
from turnbench.errors import RunStopped
from turnbench.randomness import stable_hash

_NO_OPENING = Opening("", "")
_HERE = Path(__file__).resolve().parent
_OURS = (_HERE, *(_HERE.parent / room for room in ("envs", "baselines")))  # where a checkout has them


class EpisodeMachine:
    """Plays one episode of `env`. `history` is what the agent sees; when `done`, `episode` is what is left.

    Args:
        env: an environment nobody else uses until the episode is done.
        name: unique within the run.
        seed: the episode's seed.
        run_seed: mixed into the agent's seed.
        options: reset options.
        turn_limit: the runner's outer limit on turns; None for none.
        seconds: the runner's outer limit on the episode's time; None for none.
    """

    def __init__(
        self,
        env: TextEnv,
        name: str,
        seed: int,
        run_seed: int = 0,
        options: Mapping[str, Any] | None = None,
        turn_limit: int | None = None,
        seconds: float | None = None,
    ) -> None:
        self.env = env
        self.seed = seed
        self.options = dict(options or {})
        self.turn_limit = turn_limit
        self.rewards: list[float] = []
        self.episode: Episode | None = None
        self._instance = ""
        self._started = time.perf_counter()
        self._seconds = seconds
        self._inside = 0.0
        self.history = History(name, _NO_OPENING, [], stable_hash("agent", run_seed, seed) >> 193)
        began = time.perf_counter()
        try:
            _, info = env.reset(seed=seed, options=self.options)
            self.history.opening = Opening(info["system_prompt"], info["user_message"])
            self._instance = env.instance_hash
        except Exception as error:
            self.fail("environment", error)
        self._inside += time.perf_counter() - began

    @classmethod
    def branch(cls, env: TextEnv, name: str, state: Mapping[str, Any], history: History) -> EpisodeMachine:
        """A machine that goes on from `state` (of `env.get_state`) and the turns of `history`; rewards count from here.

        The environment goes on with the chance saved in `state`; `env.reseed` gives the branch noise of its own.
        """
        machine = cls.__new__(cls)
        machine.env, machine.seed, machine.options, machine.turn_limit = env, int(state["seed"]), {}, None
        machine.rewards, machine.episode, machine._instance = [], None, ""
        machine._started, machine._seconds, machine._inside = time.perf_counter(), None, 0.0
        machine.history = History(name, history.opening, list(history.turns), history.agent_seed)
        env.set_state(state)
        return machine

    @property
    def done(self) -> bool:
        """True once `episode` is there."""
        return self.episode is not None

    @property
    def seen(self) -> History:
        """What the agent is asked about: the whole history, or in a world that says so its last observation alone."""
        h = self.history
        if not self.env.last_only or not h.turns:
            return h
        return History(h.episode, Opening(h.opening.system_prompt, h.observation), [], h.agent_seed)

    def reply(self, reply: Reply) -> None:
        """Give the agent's reply to the environment. A reply that is not a `Reply` of text is the agent's failure."""
        if self.done:
            raise AssertionError("the episode is over")
        if not isinstance(reply, Reply) or not isinstance(reply.text, str):
            what = type(reply.text).__name__ if isinstance(reply, Reply) else type(reply).__name__
            self.fail("agent", TypeError(f"the reply is {what}, not a Reply with text"))
            return
        began = time.perf_counter()
        try:
            observation, reward, terminated, _, info = self.env.step(reply.text)
            turn = Turn(reply, observation)
            ending = info.get("ending", Ending.FAILURE) if terminated else None
            notes = self.env.notes() if terminated else None
        except RunStopped:  # a world that asks another model may find that nobody answers any more
            raise
        except Exception as error:
            self._inside += time.perf_counter() - began
            self.fail("environment", error)
            return
        self._inside += time.perf_counter() - began
        self.history.turns.append(turn)
        self.rewards.append(float(reward))
        if ending is not None:
            self._finish(str(ending), notes=notes)
        elif self.turn_limit is not None and len(self.rewards) >= self.turn_limit:
            self._finish(Ending.LIMIT)
        elif self._seconds is not None and (self.seconds_left or 0.0) <= 0:
            self.out_of_time()

    @property
    def seconds_left(self) -> float | None:
        """Of the episode's time, 0 or less when it is over; None without a limit."""
        return None if self._seconds is None else self._seconds - (time.perf_counter() - self._started)

    def out_of_time(self) -> None:
        """End the episode because its time is over: like a limit on turns, neither success nor failure."""
        self._finish(Ending.LIMIT)

    def fail(self, boundary: str, error: BaseException) -> None:
        """End the episode because `boundary` (environment, agent or harness) broke."""
        message = str(error)[:500]
        if boundary == "agent" and (frames := traceback.extract_tb(error.__traceback__)):
            where = frames[-1]
            if not any(
                Path(where.filename).is_relative_to(room) for room in _OURS
            ):  # a bug in a user's agent: say where it is
                message += f" ({Path(where.filename).name}, line {where.lineno})"
        self._finish(Ending.ERROR, Failure(boundary, type(error).__name__, message, len(self.rewards)))

    def _finish(self, ending: str, failure: Failure | None = None, notes: Mapping[str, Any] | None = None) -> None:
        self.episode = Episode(
            episode=self.history.episode,
            seed=self.seed,
            opening=self.history.opening,
            turns=self.history.turns[len(self.history.turns) - len(self.rewards) :],
            rewards=self.rewards,
            ending=str(ending),
            instance=self._instance,
            failure=failure,
            options=self.options,
            wall_s=time.perf_counter() - self._started,
            environment_s=self._inside,
            notes=notes,
        )
