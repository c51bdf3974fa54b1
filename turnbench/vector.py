"""Many episodes at once in one process: what `gymnasium.make_vec` gives for a TurnBench id by default.

A text world's step costs microseconds, so a process per environment would spend its time on pipes. `BatchEnv` steps
its environments inline. A finished episode is replaced within the same step (`SAME_STEP`): its last text is in
`infos["final_obs"]`, and no artificial turn enters any trajectory. Gymnasium's "sync" and "async" modes work as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from turnbench.env import TextEnv
from turnbench.errors import UsageError
from turnbench.registration import NAMESPACE
from turnbench.registry import make_env

Texts = tuple[str, ...]


class BatchEnv(VectorEnv[Texts, Sequence[str], NDArray[Any]]):
    """`num_envs` copies of one environment, stepped inline.

    Args:
        env_id: a registered id.
        num_envs: number of copies, at least 1.
        autoreset_mode: SAME_STEP (default) or DISABLED (reset finished rows with
            `reset(options={"reset_mask": mask})`). NEXT_STEP is refused: it puts a turn that nobody played into
            every trajectory.
        arguments: the environment's keyword arguments.
    """

    metadata: dict[str, Any] = {"render_modes": [], "autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012 - as in Gymnasium

    def __init__(
        self,
        env_id: str,
        num_envs: int = 1,
        autoreset_mode: AutoresetMode | str = AutoresetMode.SAME_STEP,
        **arguments: Any,
    ) -> None:
        if num_envs < 1:
            raise UsageError(f"A batch needs at least one environment, not {num_envs}.")
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        if self.autoreset_mode is AutoresetMode.NEXT_STEP:
            raise UsageError("NEXT_STEP would add a turn nobody played: use SAME_STEP or DISABLED.")
        self.metadata = {**type(self).metadata, "autoreset_mode": self.autoreset_mode}
        self.envs: list[TextEnv] = [make_env(env_id, **arguments) for _ in range(num_envs)]
        self.num_envs = num_envs
        self.single_observation_space = self.envs[0].observation_space
        self.single_action_space = self.envs[0].action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._observations: list[str] = [""] * num_envs
        self._done = np.ones(num_envs, dtype=np.bool_)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[Texts, dict[str, Any]]:
        """Begin an episode in every row, or in the rows of `options["reset_mask"]` (bool, shape (num_envs,)).

        An integer seed gives row i the seed `seed + i`, as Gymnasium's own vector environments do.
        """
        rest = dict(options or {})
        mask = rest.pop("reset_mask", None)
        seeds = [seed + i for i in range(self.num_envs)] if isinstance(seed, int) else seed or [None] * self.num_envs
        if len(seeds) != self.num_envs:
            raise UsageError(f"{len(seeds)} seeds for {self.num_envs} environments: give one each, or one integer.")
        infos: dict[str, Any] = {}
        for i, env in enumerate(self.envs):
            if mask is None or mask[i]:
                self._observations[i], info = env.reset(seed=seeds[i], options=rest)
                self._done[i] = False
                infos = self._add_info(infos, info, i)
        return tuple(self._observations), infos

    def step(
        self, actions: Sequence[str]
    ) -> tuple[Texts, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """One action per row. Rewards have shape (num_envs,); truncation never comes from a world.

        With autoreset disabled, a finished row must be reset before the next step (EpisodeOver otherwise).
        """
        if len(actions) != self.num_envs:
            raise UsageError(f"{len(actions)} actions for {self.num_envs} environments: give one each.")
        observations = self._observations
        rewards = np.zeros(self.num_envs)
        done = np.zeros(self.num_envs, dtype=np.bool_)
        infos: dict[str, Any] = {}
        same_step = self.autoreset_mode is AutoresetMode.SAME_STEP
        for i, (env, action) in enumerate(zip(self.envs, actions, strict=True)):
            observations[i], reward, ended, _, info = env.step(action)
            if reward:
                rewards[i] = reward
            if ended:
                done[i] = True
                if same_step:
                    infos = self._add_info(infos, {"final_obs": observations[i], "final_info": info}, i)
                    observations[i], info = env.reset()
            if info:
                infos = self._add_info(infos, info, i)
        return tuple(observations), rewards, done, np.zeros(self.num_envs, dtype=np.bool_), infos

    def close_extras(self, **kwargs: Any) -> None:
        """Close every row."""
        for env in self.envs:
            env.close()


def __getattr__(name: str) -> Callable[..., BatchEnv]:
    """`turnbench.vector:TurnBench/TwentyQ-v0` as a string entry point: the batch of whatever id is asked for.

    Gymnasium passes a vector entry point only the keyword arguments, never the id, so the id is the attribute.
    """
    if not name.startswith(f"{NAMESPACE}/"):
        raise AttributeError(name)

    def creator(num_envs: int = 1, **arguments: Any) -> BatchEnv:
        return BatchEnv(name, num_envs, **arguments)

    return creator
