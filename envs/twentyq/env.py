"""Twenty Questions: find the hidden thing by asking yes/no questions in free English."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from turnbench.env import TextEnv
from turnbench.envs.twentyq.knowledge import NO, SOMETIMES, YES, World, load_world
from turnbench.envs.twentyq.language.query import Kind, Query, unclear
from turnbench.envs.twentyq.language.understanding import Understanding, understanding_of
from turnbench.envs.twentyq.posterior import Posterior
from turnbench.episode import Ending, Fact, Opening, Outcome
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream, stable_hash
from turnbench.splits import split_of

ANSWERS = {NO: "No.", SOMETIMES: "Sometimes.", YES: "Yes."}
_ASK, _GUESS = Kind.ASK, Kind.GUESS
_Saved = tuple[int, int, int, int, tuple[tuple[Query, int], ...]]


@lru_cache(maxsize=64)  # an environment is made for every episode in flight, and the answer is always the same
def _things_of(world: str, subset: str, split: str) -> tuple[int, ...]:
    """The things of a level's world that a split may hide."""
    known = load_world(world)
    members = known.members(subset)
    return tuple(i for i in members if split in ("all", split_of(f"{known.name}: {known.things[i].name}")))


class TwentyQ(TextEnv):
    """Find the hidden thing by asking yes/no questions.

    Task:
        The world hides one everyday thing (GuessMyCity: a city). The player asks one yes/no question per turn in free
        English and wins by naming the thing within the budget of questions.

    Actions:
        Any text. Reasoning may come first; the last question (or guess, or statement) counts. "Is it a piano?",
        "My final answer: the piano" and a bare "piano" are guesses, compared by name and alias. "Isn't it alive?"
        asks whether it is alive; "Is it not alive?" asks the opposite. Up to three properties joined by "or" / "and"
        make one question. Naming several things is not a guess and asks nothing.

    Observations:
        Begin with "Yes.", "No." or "Sometimes." (it depends on the kind, owner or circumstances), then the number of
        questions left; or with "Please rephrase:" and the reason. The first `free_retries` replies that cannot be
        understood cost nothing; each later one costs a question. Wrong guesses cost a question like any other.

    Rewards:
        Sparse: 0 until the end, then 1 for naming the thing, else 0.

    Episode end:
        `success` on the right name, `out_of_turns` when the questions are used up (the thing is then told).

    Levels:
        TwentyQ-v0, the full world. -Small: 64 things. -Listed: all candidates are shown at the start. -Unreliable:
        each yes or no is flipped with probability 0.1, the same way however often it is asked; guesses are judged
        truly. -Budget10 and -Budget50: ten or fifty questions. GuessMyCity-v0, -Listed: the same about cities.

    Capability tested and why:
        Planning questions that divide what is still possible, keeping track of the answers, and stopping in time.
        Every turn has a measurable worth (bits of information), but only the last one is rewarded, so it separates
        methods that find the turns that mattered from those that spread the reward.

    Instances:
        An instance is the hidden thing. Splits hold disjoint things by hash of the name: of 493 things 290/102/101, of 226
        cities 135/48/43 (train, validation, test). TwentyQ-Small is a closed world: its splits share the 64 things.

    Score anchors:
        Measured by tests: the reference player (greedy information gain over the posterior, from answers alone) wins
        at least 95 % of TwentyQ-v0; a player that names 20 different things at random wins 20/N of N things; the
        random player wins 1 - (1 - 1/2N)**20 in expectation.

    References:
        Knowledge written and judged for this project (see `results/twentyq/`). The game as a language-model task:
        Abdulhai et al. 2023, "LMRL Gym"; Bertolazzi et al. 2023 on expected information gain in this game.

    Version history:
        v0: first version.

    Args:
        world: folder in `data/`: "things" or "cities".
        subset: "full", or a subset named in the world's `world.toml`.
        candidates: show the names of all candidates in the opening.
        flip: probability in [0, 0.5) that a yes becomes a no and the reverse.
        budget: number of questions, 1 to 200.
        free_retries: replies that cannot be understood and cost nothing, 0 to 100.
        answerer: a model behind a chat server that answers instead of the table; such a variant is unranked, and its
            episodes cannot be replayed exactly. Guesses are still compared by name.
        answerer_url: where that server is, up to /v1; its key is in OPENAI_API_KEY.
    """

    family: ClassVar[str] = "TwentyQ-v0"
    tags: ClassVar[tuple[str, ...]] = ("information_seeking", "credit_assignment", "memory")
    players: ClassVar[Mapping[str, str]] = {
        "reference": "turnbench.envs.twentyq.players:Reference",
        "random": "turnbench.envs.twentyq.players:RandomAsker",
        "careless": "turnbench.envs.twentyq.players:Careless",
        "novice": "turnbench.envs.twentyq.players:Novice",
        "guesser": "turnbench.envs.twentyq.players:Guesser",
    }

    def __init__(
        self,
        world: str = "things",
        subset: str = "full",
        candidates: bool = False,
        flip: float = 0.0,
        budget: int = 20,
        free_retries: int = 3,
        answerer: str = "",
        answerer_url: str = "",
        split: str = "train",
        salt: str = "",
    ) -> None:
        if not 0 <= flip < 0.5:
            raise UsageError(f"flip is a probability from 0 to below 0.5, not {flip}.")
        if not 1 <= budget <= 200:
            raise UsageError(f"budget is a number of questions from 1 to 200, not {budget}.")
        if not 0 <= free_retries <= 100:
            raise UsageError(f"free_retries is a number from 0 to 100, not {free_retries}.")
        if answerer:
            from turnbench.envs.twentyq.answerer import answerer as answerer_named

            if flip:
                raise UsageError("An answerer of another kind is unreliable enough: leave out flip.")
            self._answerer = answerer_named(answerer, answerer_url)
            self.ranked, self.waits = False, True
        elif answerer_url:
            raise UsageError("answerer_url is where the answerer is: name its model with answerer.")
        self.world: World = load_world(world)
        self.members = self.world.members(subset)
        self.closed_world = subset != "full"
        self.warm_up = 3.0 if self.closed_world else 0.0
        self._reader: Understanding = understanding_of(world)
        self._read = self._reader.read
        self.flip, self.budget, self.free_retries = flip, budget, free_retries
        self._show_candidates = candidates
        super().__init__(
            split=split,
            salt=salt,
            arguments={
                "world": world,
                "subset": subset,
                "candidates": candidates,
                "flip": flip,
                "budget": budget,
                "free_retries": free_retries,
                # Only where there is one: a seed's episode depends on these, and must stay what it was.
                **({"answerer": answerer, "answerer_url": answerer_url} if answerer else {}),
            },
            max_observation=32768,
        )
        self.content_version, self.content_hash = self.world.version, self.world.content_hash
        self._pool = _things_of(world, subset, "all" if self.closed_world else split)
        # The texts of every answer at every number of questions left, so that a step only looks one up.
        self._said = [[f"{ANSWERS[a]} {_left(n)}" for n in range(budget + 1)] for a in (NO, SOMETIMES, YES)]
        self._target = -1
        self._left = self._retries = self._noise = 0
        self._asked: list[tuple[Query, int]] = []
        self._posterior: Posterior | None = None
        self._facts: list[Fact] | None = None

    @property
    def max_turns(self) -> int:
        """The budget plus the free retries."""
        return self.budget + self.free_retries

    @cached_property
    def opening(self) -> Opening:
        """The same for every hidden thing."""
        w = self.world.wording
        system = w["system_prompt"].format(budget=self.budget, free_retries=self.free_retries)
        if self.flip:
            system += (
                f" Be careful: about {self.flip:.0%} of my yes and no answers are wrong, though never about a guess."
            )
        message = w["user_message"].format(budget=self.budget)
        if self._show_candidates:
            names = sorted(self.world.things[i].name for i in self.members)
            message = f"It is one of these {len(names)}: {', '.join(names)}.\n{message}"
        return Opening(system, message)

    def _reset(self, rng: RandomStream, options: Mapping[str, Any]) -> Opening:
        drawn = rng.choice(self._pool)
        self._noise = rng.word()
        if "target" in options:
            drawn = self.world.find(str(options["target"]))
            if drawn not in self.members:
                raise UsageError(f"{self.world.things[drawn].name!r} is not in this level's smaller world.")
        self._target = drawn
        self._left, self._retries = self.budget, self.free_retries
        self._asked = []
        self._posterior = None
        return self.opening

    def _step(self, action: str) -> Outcome:
        query = self._read(action)
        if self.waits and query.kind is not _GUESS:
            return self._answered_by_model(action, query)
        if query.kind is _ASK:
            answer = query.answers[self._target]
            if self.flip and answer != SOMETIMES and self._flips(query):
                answer = YES - answer
        elif query.kind is _GUESS:
            if query.thing == self._target:
                self._asked.append((query, YES))
                return Outcome(self._won(), 1.0, Ending.SUCCESS)
            answer = NO
        else:
            return self._rephrase(query)
        self._asked.append((query, answer))
        return self._count(answer)

    def _count(self, answer: int) -> Outcome:
        self._left = left = self._left - 1
        if left:
            return Outcome(self._said[answer][left])
        return self._lost(ANSWERS[answer])

    def _answered_by_model(self, action: str, query: Query) -> Outcome:
        answer = self._answerer.answer(self.target, action)
        if answer is None:
            return self._rephrase(unclear("That cannot be answered with yes or no."))
        if query.kind is _ASK:  # the posterior reads what the table knows of the question, if it knows it
            self._asked.append((query, answer))
        return self._count(answer)

    def _flips(self, query: Query) -> bool:
        """Whether this question is answered wrongly: fixed per episode and meaning, so asking again is no help."""
        return stable_hash(self._noise, query.meaning.removeprefix("not ")) % (1 << 53) < self.flip * (1 << 53)

    def _rephrase(self, query: Query) -> Outcome:
        self._asked.append((query, -1))
        if self._retries:
            self._retries -= 1
            return Outcome(f"Please rephrase: {query.reason} This one was free. {_left(self._left)}")
        self._left -= 1
        said = f"Please rephrase: {query.reason}"
        return Outcome(f"{said} {_left(self._left)}") if self._left else self._lost(said)

    def _lost(self, said: str) -> Outcome:
        return Outcome(f"{said} That was your last question. It was {self._named()}.", 0.0, Ending.OUT_OF_TURNS)

    def _won(self) -> str:
        used = self.budget - self._left + 1
        return f"Yes. It is {self._named()}. You needed {used} question{'s' * (used != 1)}."

    def _named(self) -> str:
        name = self.target
        if self.world.wording.get("article", "yes") == "no":
            return name
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"

    def _save(self) -> _Saved:
        return self._target, self._left, self._retries, self._noise, tuple(self._asked)

    def _load(self, saved: _Saved) -> None:
        self._target, self._left, self._retries, self._noise, asked = saved
        self._asked = list(asked)
        self._posterior = None

    def spent(self) -> dict[str, Any]:
        """What the answerer's server was asked for."""
        return self._answerer.spent() if self.waits else {}

    def go_on(self, spent: Mapping[str, Any]) -> None:
        """Count on."""
        if self.waits:
            self._answerer.go_on(spent)

    def usage(self) -> dict[str, Any] | None:
        """Requests and tokens of the answerer."""
        return self._answerer.usage() if self.waits else None

    def instance_key(self) -> str:
        """World and hidden thing."""
        return f"{self.world.name}: {self.target}"

    @property
    def target(self) -> str:
        """Name of the hidden thing."""
        return self.world.things[self._target].name

    def belief_text(self) -> str:
        """The guess that would win."""
        return f"Is it {self._named()}?"

    def facts(self) -> list[Fact]:
        """Answers to everyday questions about every thing of the level ("cat: Is it alive? Yes."), whatever is hidden."""
        if self._facts is None:
            from turnbench.envs.twentyq.players import Novice  # the players read worlds, not the other way round

            self._facts = Novice(self.arguments).facts()
        return self._facts

    def secrets(self) -> tuple[str, ...]:
        """Name and aliases."""
        return (self.target, *self.world.things[self._target].aliases)

    def posterior(self) -> Posterior:
        """Exact posterior over the level's things given the answers so far, uniform before the first. Privileged."""
        if self._posterior is None:
            self._posterior = Posterior(self.world, self.members, self.flip)
        for query, answer in self._asked[self._posterior.observed :]:
            self._posterior.observe(query, answer)
        return self._posterior

    def state_key(self, elapsed: bool = True) -> str:
        """Hidden thing, what the answers leave possible, free retries left; with `elapsed`, questions left."""
        key = f"{self.target}|{self.posterior().key()}|{self._retries}"
        return f"{key}|{self._left}" if elapsed else key

    def signals(self) -> dict[str, float]:
        """About the last turn: `information_bits`, by how much the answer lowered the entropy of the posterior (bits,
        negative where an unreliable answer confused), `surprisal_bits` of that answer, and `entropy_bits` left.
        """
        p = self.posterior()
        return {
            "information_bits": p.last_gain,
            "surprisal_bits": p.last_surprisal,
            "entropy_bits": p.entropy,
        }


def _left(n: int) -> str:
    return f"{n} question{'s' * (n != 1)} left."
