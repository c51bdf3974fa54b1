"""Replays a result without its agent: the same observations, rewards and scores, or a sentence that says where not.

A result claims nothing that this cannot check, except what another model answered (`ranked` is False there).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from turnbench.env import TextEnv, hash_text
from turnbench.errors import ReplayMismatch, UsageError
from turnbench.registry import make_env
from turnbench.result import EpisodeRecord, Result
from turnbench.runner import summarise


@dataclass(frozen=True)
class ReplayedTurn:
    """One turn as it was played again."""

    action: str
    observation: str
    reward: float


def environment_of(result: Result, salt: str = "") -> TextEnv:
    """The environment a result was made on, rebuilt.

    Raises:
        ReplayMismatch: its content has changed since, or the salt is not the one of the run.
    """
    record = result.environment
    env = make_env(record.id, split=record.split, salt=salt, **record.arguments)
    if env.salt_hash != record.salt_hash:
        raise ReplayMismatch(f"This result of {record.id} was made with a private salt: pass the same one with --salt.")
    if (env.content_version, env.content_hash) != (record.content_version, record.content_hash):
        raise ReplayMismatch(
            f"{record.id} now has content {env.content_version} ({env.content_hash}), the result was made on "
            f"{record.content_version} ({record.content_hash}): install the TurnBench version {result.provenance.turnbench}."
        )
    return env


def replay_episode(env: TextEnv, record: EpisodeRecord) -> tuple[str, list[ReplayedTurn]]:
    """Opening and turns of an episode, played again and compared as they come.

    Raises:
        ReplayMismatch: an observation, a reward or the ending differs; names episode and turn.
    """
    where = f"Episode {record.index} (seed {record.seed})"
    opening, info = env.reset(seed=record.seed, options=record.options)
    if record.observation_hashes[0] != hash_text(opening):
        raise ReplayMismatch(f"{where} opens differently when replayed.")
    turns = []
    terminated = False
    for k, action in enumerate(record.actions):
        if terminated:
            raise ReplayMismatch(f"{where} has actions after its end at turn {k}.")
        observation, reward, terminated, _, info = env.step(action)
        if record.observation_hashes[k + 1] != hash_text(observation):
            raise ReplayMismatch(f"{where}, turn {k + 1}: the replayed observation differs.")
        if record.rewards[k] != reward:
            raise ReplayMismatch(f"{where}, turn {k + 1}: reward {record.rewards[k]} became {reward} when replayed.")
        turns.append(ReplayedTurn(action, observation, float(reward)))
    ending = info.get("ending") if terminated else None
    if record.ending not in ("limit", "error") and record.ending != ending:
        raise ReplayMismatch(f"{where} ended with {record.ending!r}, replayed with {ending!r}.")
    if record.ending in ("limit", "error") and terminated:
        raise ReplayMismatch(f"{where} claims {record.ending!r}, but the replayed episode ended with {ending!r}.")
    if not math.isclose(record.score, math.fsum(record.rewards), abs_tol=1e-12):
        raise ReplayMismatch(
            f"{where} claims score {record.score}, but its rewards sum to {math.fsum(record.rewards)}."
        )
    notes = env.notes() if terminated else None
    if record.notes != (None if notes is None else dict(notes)):
        raise ReplayMismatch(f"{where} claims other notes than its replay gives.")
    if record.instance and record.instance != env.instance_hash:
        raise ReplayMismatch(f"{where} claims another instance than its seed gives.")
    return opening, turns


def verify(result: Result, salt: str = "") -> Iterator[EpisodeRecord]:
    """Check seeds, replay every episode and compute the summary again; yields each episode once it has been checked.

    Raises:
        UsageError: the environment's answers came from another model, so that there is nothing to replay.
        ReplayMismatch: anything differs.
    """
    if not result.environment.ranked:
        raise UsageError(
            f"{result.environment.id} with these arguments asks a model for its answers and cannot be replayed."
        )
    if [r.index for r in result.episodes] != list(range(result.run.episodes)):
        raise ReplayMismatch(f"The run asked for {result.run.episodes} episodes; the result lacks some or has others.")
    env = environment_of(result, salt)
    for record in result.episodes:
        if record.seed != result.run.first_seed + record.index:
            raise ReplayMismatch(f"Episode {record.index} has seed {record.seed}, not first seed plus index.")
        if record.options != result.run.options_of(record.index):
            raise ReplayMismatch(f"Episode {record.index} was reset with other options than the run.")
        if len(record.observation_hashes) != record.turns + 1 or len(record.rewards) != record.turns:
            raise ReplayMismatch(
                f"Episode {record.index} has {record.turns} actions but other numbers of rewards or hashes."
            )
        replay_episode(env, record)
        yield record
    again = summarise(result.episodes)
    if again != result.summary:
        raise ReplayMismatch("The summary is not what the episodes add up to.")
