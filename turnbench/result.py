"""The result file: everything a stranger needs to read, check and replay a run. Schema version 1.

This module is a leaf: it imports nothing of ours but errors, so that a leaderboard or a notebook can read results
without the harness. `turnbench schema` prints the JSON Schema, which is committed as `turnbench/result-v1.schema.json`.
A file from a future schema is refused by name, never half read.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from turnbench.errors import ResultError

SCHEMA_VERSION = 1
Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Failure(_Strict):
    """Where and how an episode broke."""

    boundary: Literal["environment", "agent", "harness"]
    kind: str
    """Exception type."""
    message: str
    turn: int = Field(ge=0)
    """Completed turns before it broke."""


class EpisodeRecord(_Strict):
    """One episode, replayable from seed, options and actions."""

    index: int = Field(ge=0)
    seed: int = Field(ge=0)
    options: dict[str, Any] = {}
    instance: str
    """Hash of the canonical content; statistics resample instances."""
    actions: list[str]
    rewards: list[Finite]
    observation_hashes: list[str]
    """64-bit hashes of the opening and of the observation after each action: one more than actions."""
    observations: list[str] | None = None
    """The texts themselves, only where a replay cannot reproduce them (another model answered)."""
    score: Finite
    ending: str
    failure: Failure | None = None
    reply_meta: list[dict[str, Any]] | None = None
    """Per turn what the agent reported (tokens, latency, ...); None if nothing was."""
    notes: dict[str, Any] | None = None
    """What the environment says of the episode beside its score, such as every attempt; None where it has nothing to say."""
    wall_s: float = Field(ge=0)
    environment_s: float = Field(ge=0)

    @property
    def turns(self) -> int:
        """Number of actions."""
        return len(self.actions)


class EnvironmentRecord(_Strict):
    """What was played."""

    id: str
    arguments: dict[str, Any]
    split: str
    content_version: str
    content_hash: str
    salt_hash: str = ""
    ranked: bool = True
    reward_range: tuple[Finite, Finite]


class AgentRecord(_Strict):
    """Who played."""

    name: str
    details: dict[str, Any] = {}


class RunRecord(_Strict):
    """How the run was asked for."""

    first_seed: int = Field(ge=0)
    episodes: int = Field(ge=1)
    run_seed: int = Field(ge=0)
    batch_size: int = Field(ge=1)
    turn_limit: int | None = None
    episode_seconds: Finite | None = None
    options: dict[str, Any] = {}
    repeats: int = Field(default=0, ge=0)
    """Episodes of each instance, one after the other; 0 where every seed draws its own."""

    def options_of(self, index: int) -> dict[str, Any]:
        """Reset options of an episode."""
        return repeated(self.options, self.first_seed, self.repeats, index)


def repeated(options: dict[str, Any], first_seed: int, repeats: int, index: int) -> dict[str, Any]:
    """Reset options of episode `index` where every instance is played `repeats` times (0: no such plan)."""
    return {**options, "instance": first_seed + index // repeats} if repeats else options


class Interval(_Strict):
    """A confidence interval and how it was made."""

    low: Finite
    high: Finite
    level: Finite = 0.95
    method: str


class Summary(_Strict):
    """Computed from the episodes; `turnbench verify` computes it again. Failed episodes count with score 0."""

    episodes: int
    failed: dict[str, int]
    """Failed episodes per boundary."""
    instances: int
    mean_score: Finite
    interval: Interval
    mean_turns: Finite
    endings: dict[str, int]
    replies: dict[str, int] = {}
    """Replies that were "cut" by the length limit, "empty" or "refused", where there were any."""


class Usage(_Strict):
    """What an agent or a world behind a server used, in all sessions of the run, retried requests included."""

    requests: int = Field(ge=0)
    """Requests that brought an answer."""
    retries: int = Field(ge=0)
    failures: int = Field(ge=0)
    prompt_tokens: int = Field(ge=0)
    cached_tokens: int = Field(ge=0)
    """Of the prompt tokens, those the server had from before."""
    completion_tokens: int = Field(ge=0)
    reasoning_tokens: int = Field(ge=0)
    """Of the completion tokens, those that were reasoning, where the server says so."""
    reasoned: int = Field(default=0, ge=0)
    """Answers that came with reasoning, whether or not its tokens were counted."""
    reasoning_characters: int = Field(default=0, ge=0)
    latency_s: dict[str, Finite | None]
    """Seconds per answered request: p50, p90, p99, max."""
    cost: Finite | None = None
    prices: dict[str, Finite | None] | None = None
    """Per million tokens: "in", "out" and "cached"."""


class Provenance(_Strict):
    """Where and when. Never part of a comparison of two results."""

    turnbench: str
    python: str
    platform: str
    packages: dict[str, str]
    git_commit: str | None
    git_dirty: bool | None
    started: str
    finished: str
    wall_s: float
    """Of all sessions that added to the run."""
    cpu_s: float
    environment_s: float
    resumed: int = 0
    """How often the run was continued."""
    retried: int = Field(default=0, ge=0)
    """Failed episodes that were set aside and played again; their records are in no result."""


class Result(_Strict):
    """A whole run."""

    schema_version: Literal[1] = 1
    kind: Literal["turnbench.result"] = "turnbench.result"
    environment: EnvironmentRecord
    agent: AgentRecord
    run: RunRecord
    summary: Summary
    episodes: list[EpisodeRecord]
    usage: Usage | None = None
    """Of the agent."""
    environment_usage: Usage | None = None
    """Of a world that asks a server."""
    provenance: Provenance


def json_schema() -> dict[str, Any]:
    """JSON Schema of `Result`, with the `$schema` key that pydantic leaves out."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Result.model_json_schema()}


def read_result(path: str | Path) -> Result:
    """The result in a file, or in `result.json` of a folder.

    Raises:
        ResultError: no such file, not JSON, another kind of file, a future schema, or a broken field (named).
    """
    path = Path(path)
    if path.is_dir():
        if (path / "run.json").exists() and not (path / "result.json").exists():
            raise ResultError(f"The run in {str(path)!r} is not finished: repeat its command to go on.")
        path = path / "result.json"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResultError(
            f"There is no result file {str(path)!r}: give a result.json or the folder it is in."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ResultError(f"Cannot read {str(path)!r}: {error}.") from error
    except json.JSONDecodeError as error:
        raise ResultError(f"{str(path)!r} is not JSON (line {error.lineno}): give a result.json.") from error
    if not isinstance(raw, dict) or raw.get("kind") != "turnbench.result":
        raise ResultError(f"{str(path)!r} is not a TurnBench result: its 'kind' is not 'turnbench.result'.")
    version = raw.get("schema_version")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise ResultError(
            f"{str(path)!r} has result schema {version}, but this TurnBench reads up to {SCHEMA_VERSION}: "
            "upgrade with pip install --upgrade turnbench."
        )
    try:
        return Result.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"])
        raise ResultError(f"{str(path)!r} is not a valid result: {where}: {first['msg']}.") from error


def write_result(result: Result, path: str | Path) -> None:
    """Write atomically: a reader sees the old file or the whole new one.

    Raises:
        ResultError: the folder cannot be written.
    """
    write_atomically(Path(path), result.model_dump_json(indent=1) + "\n")


def write_atomically(path: Path, text: str) -> None:
    """Temporary file beside it, fsync, rename. Raises ResultError where the folder cannot be written."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            umask = os.umask(0)
            os.umask(umask)
            Path(temporary).chmod(
                0o666 & ~umask
            )  # mkstemp's files are the owner's alone; a result is meant to be shared
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ResultError(f"Cannot write {str(path)!r}: {error.strerror or error}; choose another folder.") from error
