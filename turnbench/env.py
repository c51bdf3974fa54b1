"""`TextEnv`: the contract every world keeps, enforced here so that a world cannot forget it.

`reset` and `step` are final. They seed, count turns, clean the action and guard the order of calls; a world writes
five short methods (`_reset`, `_step`, `_save`, `_load`, `instance_key`) and says in class attributes what it is.
`turnbench check ENV-ID` (`turnbench.check.check_env`) tests what code cannot force.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, final

import gymnasium
from gymnasium.utils import seeding

from turnbench.episode import Fact, Opening, Outcome
from turnbench.errors import EpisodeOver, UsageError, did_you_mean
from turnbench.randomness import RandomStream, stable_hash
from turnbench.spaces import TextSpace
from turnbench.splits import SPLITS

if TYPE_CHECKING:  # numpy-heavy, and most worlds have none
    import numpy as np

    from turnbench.exact import ExactModel

MAX_SEED: Final = (1 << 63) - 1
_NOT_STARTED: Final = "not started"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Place(NamedTuple):
    """Where in the first message an action of a demonstration stands (character positions), and what an expert does there."""

    begin: int
    end: int
    expert: str


def clean_action(action: str) -> str:
    """The action as a world sees it: lone surrogates become U+FFFD, all else stays."""
    if action.isascii():
        return action
    return _LONE_SURROGATE.sub("\ufffd", action)


class TextEnv(gymnasium.Env[str, str]):
    """A multi-turn text world.

    Observations and actions are `str`; any string is a legal action. `terminated` is the world's own verdict, its
    turn budget included; `truncated` is always False here, because only a runner's outer limits truncate. In a sparse
    world the reward is 0 until the last turn and then the score in [0, 1].

    Args:
        split: "train", "validation", "test", or "all" (no restriction; for demonstrations).
        salt: private text mixed into every seed, so that a hidden test draws other episodes; public runs leave it "".
        arguments: the resolved keyword arguments of the world (JSON); they are part of every seed's hash.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012 - as in Gymnasium

    family: ClassVar[str]
    """Family and version, such as "TwentyQ-v0": part of every seed's hash."""
    reward_range: tuple[float, float] = (0.0, 1.0)
    sparse: ClassVar[bool] = True
    memoryless: bool = False
    """True where the system prompt and the last observation are enough to act: a policy may see these alone."""
    warm_up: float = 0.0
    """Share of the warm-up of small models, relative to other worlds; 0 where a million parameters cannot learn it."""
    closed_world: bool = False
    """True where the world is so small that its splits must share instances; its page says so."""
    reset_options: ClassVar[frozenset[str]] = frozenset({"target"})
    tags: ClassVar[tuple[str, ...]] = ()
    """Capabilities tested, for grouping on a scorecard."""
    players: ClassVar[Mapping[str, str]] = {}
    """Scripted players as "package.module:Class"; at least `reference` and `random`."""
    reveals: ClassVar[tuple[str, ...]] = ()
    """Values of the argument `reveal`, for worlds whose task can be posed at once or bit by bit: what `turnbench degrade` compares."""
    last_only: bool = False
    """True for variants whose agents are shown the system prompt and the last observation, and nothing they said before."""
    ranked: bool = True
    """False for variants whose answers another model gives."""
    waits: bool = False
    """True for variants whose step waits for something outside, such as another model."""
    content_version: str = "1"
    content_hash: str = ""
    """Hash of the data files the world plays from; empty where the code alone fixes it."""

    def __init__(self, *, split: str, salt: str, arguments: Mapping[str, Any], max_observation: int = 4096) -> None:
        if split not in (*SPLITS, "all"):
            hint = did_you_mean(split, (*SPLITS, "all"))
            raise UsageError(f"There is no split {split!r}: use one of {', '.join(SPLITS)} or all.{hint}")
        self.split = split
        self.salt = salt
        self.arguments = dict(arguments)
        self.observation_space = TextSpace(max_observation)
        self.action_space = TextSpace(None)
        self._ending: str | None = _NOT_STARTED
        self._turn = 0
        self._seed = -1
        self._seeder: RandomStream | None = None
        self._generator: np.random.Generator | None = None
        self.rng = RandomStream(0)

    # What a world writes -----------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def max_turns(self) -> int:
        """No episode has more turns than this, whatever is said."""

    @abstractmethod
    def _reset(self, rng: RandomStream, options: Mapping[str, Any]) -> Opening:
        """Begin an episode from its own random stream.

        `rng` is `self.rng`: a world whose turns are random goes on drawing from it. `TextEnv` saves and restores it
        and `reseed` sets it, so a world never copies or replaces it.
        """

    @abstractmethod
    def _step(self, action: str) -> Outcome:
        """Answer one action. No exception may leave this method, whatever the text."""

    @abstractmethod
    def _save(self) -> Any:
        """Everything that changes within an episode but the random stream, as plain values."""

    @abstractmethod
    def _load(self, saved: Any) -> None:
        """Go back to what `_save` returned."""

    @abstractmethod
    def instance_key(self) -> str:
        """Canonical content of the current instance. Privileged: never shown to an agent."""

    @property
    def target(self) -> str:
        """The hidden answer, where the world has one. Privileged."""
        return ""

    @abstractmethod
    def state_key(self, elapsed: bool = True) -> str:
        """Hashable true state; with or without the number of turns gone. Privileged."""

    def signals(self) -> dict[str, float]:
        """Named numbers about the last turn (such as information in bits) for trainers and audits. Privileged."""
        return {}

    def facts(self) -> Sequence[Fact]:
        """True sentences about the current instance or the world, in the words its observations use, for teaching a
        small model the world before it plays. Each says apart what is asked and what is true. Privileged.
        """
        return ()

    def belief_text(self) -> str:
        """The sentence that names the hidden answer as a player would ("Is it a cat?"); "" where nothing is hidden.

        A policy's probability of it is its belief in the truth. Privileged.
        """
        return ""

    def wrong_answer(self) -> str:
        """A reply that commits to a wrong answer, as a player would give it; "" in worlds without answers to commit to.

        The same whenever the instance is the same. Privileged.
        """
        return ""

    def seeded_by(self) -> Mapping[str, Any]:
        """The arguments as a seed's hash holds them: a world that reads a file puts its content in the place of its path."""
        return self.arguments

    def expert(self) -> str:
        """What the best player who knows everything hidden would say now; "" in worlds without one. Privileged."""
        return ""

    def places(self) -> Sequence[Place]:
        """Actions of demonstrations in the first message of this episode, for training in context. Privileged."""
        return ()

    def action_words(self) -> Sequence[str]:
        """Every action, in worlds where actions are single words; for drawing some at random."""
        return ()

    def exact_model(self) -> ExactModel | None:
        """The world's model of the current instance, where it is small enough to be solved. Privileged."""
        return None

    def spent(self) -> Mapping[str, Any]:
        """What a world that asks a server has used, over all its environments in this process; JSON, see `go_on`."""
        return {}

    def go_on(self, spent: Mapping[str, Any]) -> None:
        """Take up what earlier sessions of a run spent, nothing at its beginning."""
        return None

    def usage(self) -> Mapping[str, Any] | None:
        """What a result records of it (requests, tokens, latencies); None for worlds that ask nobody."""
        return None

    def notes(self) -> Mapping[str, Any] | None:
        """What a result keeps of a finished episode beside its score, as JSON (such as every attempt and its score).

        Never shown to an agent. The same whenever the episode is replayed.
        """
        return None

    def secrets(self) -> tuple[str, ...]:
        """Strings that would give the answer away if an agent saw them before the end; what `check_env` looks for."""
        return (self.target,) if self.target else ()

    # The contract ------------------------------------------------------------------------------------------------

    @final
    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        """Begin an episode.

        Args:
            seed: in [0, 2**63). None draws the next one from the stream that the last given seed began, or from the
                operating system if there was none; the info says which it was.
            options: world-specific; `{"target": NAME}` fixes the hidden answer for demonstrations and tests.

        Returns:
            The opening observation, and info with `system_prompt`, `user_message` and `seed`.

        Raises:
            UsageError: seed out of range, or an option the world does not have.
        """
        given = {} if options is None else options
        for name in given:
            if name not in self.reset_options:
                known = ", ".join(sorted(self.reset_options)) or "none"
                raise UsageError(f"{self.family} has no reset option {name!r}; it has: {known}.")
        if seed is not None:
            if isinstance(seed, bool) or not hasattr(seed, "__index__") or not 0 <= int(seed) <= MAX_SEED:
                raise UsageError(f"A seed is an integer from 0 to 2**63 - 1, not {seed!r}.")
            seed = int(seed)
            self._np_random_seed, self._generator = seed, None
            self._seeder = RandomStream.from_parts("seeds", seed)
        else:
            if self._seeder is None:
                self._seeder = RandomStream(int(self.np_random.bit_generator.random_raw()))
            seed = self._seeder.word() >> 1
        self.rng.state = RandomStream.from_parts(self.family, self.seeded_by(), self.split, self.salt, seed).state
        opening = self._reset(self.rng, given)
        self._seed, self._turn, self._ending = seed, 0, None
        info = {"system_prompt": opening.system_prompt, "user_message": opening.user_message, "seed": seed}
        return opening.observation, info

    @final
    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Say something. Returns observation, reward, terminated, False, info (with `ending` on the last turn).

        Raises:
            EpisodeOver: before the first `reset`, or after the episode ended.
            UsageError: the action is not a string.
        """
        if self._ending is not None:
            when = "has not begun" if self._ending is _NOT_STARTED else f"has ended ({self._ending})"
            raise EpisodeOver(f"The episode {when}: call reset() before step().")
        if not isinstance(action, str):
            raise UsageError(f"An action is a string, not {type(action).__name__}: pass the reply's text.")
        observation, reward, ending = self._step(clean_action(action))
        self._turn += 1
        if ending is None:
            return observation, reward, False, False, {}
        self._ending = str(ending)
        return observation, reward, True, False, {"ending": self._ending}

    @property
    def _np_random(self) -> np.random.Generator | None:
        """What Gymnasium's `np_random` returns: the generator that `gymnasium.Env.reset(seed=)` would have made, made when
        somebody asks, because no world draws from it and making it takes longer than most of them need for a step.
        """
        if self._generator is None and self._np_random_seed is not None:
            self._generator, _ = seeding.np_random(self._np_random_seed)
        return self._generator

    @_np_random.setter
    def _np_random(self, value: np.random.Generator | None) -> None:
        self._generator = value

    @property
    def turn(self) -> int:
        """Number of actions answered in this episode."""
        return self._turn

    @property
    def seed(self) -> int:
        """Seed of the current episode, -1 before the first."""
        return self._seed

    @property
    def salt_hash(self) -> str:
        """What a result records of the salt: it can be checked against a salt, and does not reveal it."""
        return hash_text(f"salt:{self.salt}") if self.salt else ""

    @property
    def instance_hash(self) -> str:
        """Hash of `instance_key`, fit for a result file."""
        return hash_text(self.instance_key())

    @final
    def get_state(self) -> dict[str, Any]:
        """The whole state of the episode in a few microseconds; `set_state` continues identically from it."""
        return {
            "turn": self._turn,
            "ending": self._ending,
            "seed": self._seed,
            "seeder": None if self._seeder is None else self._seeder.state,
            "stream": self.rng.state,
            "world": self._save(),
        }

    @final
    def reseed(self, *parts: Any) -> None:
        """Let chance fall differently from here on: the instance and everything so far stay, later draws are those of
        a stream seeded by `parts` (JSON). For branches that need noise of their own.
        """
        self.rng.state = RandomStream.from_parts("branch", *parts).state

    @final
    def set_state(self, state: Mapping[str, Any]) -> None:
        """Return to a state that `get_state` of this or an equal environment gave."""
        self._turn, self._ending, self._seed = state["turn"], state["ending"], state["seed"]
        self._seeder = None if state["seeder"] is None else RandomStream(state["seeder"])
        self.rng.state = state["stream"]
        self._load(state["world"])


def hash_text(text: str) -> str:
    """16 hexadecimal digits that stand for a text in results (64 bits of SHA-256)."""
    return _hash_short(text) if len(text) <= 200 else _hash_long(text)


def _hashed(text: str) -> str:
    return f"{stable_hash(text) >> 192:016x}"


_hash_short = lru_cache(maxsize=8192)(_hashed)  # worlds say the same short things again and again,
_hash_long = lru_cache(maxsize=64)(_hashed)  # and many of them open every episode alike
