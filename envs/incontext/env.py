"""`InContextEnv`: everything the families share of an environment; a family adds its game and its page."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from typing import Any, ClassVar

from turnbench.env import Place, TextEnv
from turnbench.envs.incontext.context import KINDS, ContextPlan, Fragment, draw_context
from turnbench.envs.incontext.game import Game, Observation
from turnbench.envs.incontext.wording import WORDINGS, Message, system_prompt, write_observation, write_opening
from turnbench.episode import Ending, Opening, Outcome
from turnbench.errors import UsageError, did_you_mean
from turnbench.randomness import RandomStream
from turnbench.splits import split_of

MOST_DEMONSTRATIONS = 16
MOST_STEPS = 256
MAX_OBSERVATION = 65536
_TRIES = 10_000
SHOWN = "Before it you are shown records of games, which may have been played in this very level or in others."


class InContextEnv(TextEnv):
    """A game whose hidden level can be learned from records shown before it.

    A family's `__init__` makes its game from its own arguments and passes it on with the shared ones.

    Args:
        game: the rules.
        own: the family's own arguments, resolved.
        demonstrations: number of whole games whose transitions are shown, 0 to 16.
        context: what is shown of them; see `context.KINDS`.
        steps: number of transitions shown instead, up to 256; 0 for those of the demonstrations. Not with whole games.
        share: for prefix and suffix, the share of each game that a piece takes, in (0, 1].
        burst: probability that the records are of the query's own level (1 always, 0 never); otherwise every record is of
            another level each. This is p_b of arXiv:2312.03801 in its strongest form, all records or none.
        slip: probability that an action fails, in [0, 1).
        demo_slip: the same in the records; -1 for the same as `slip`.
        demo_noise: share of the records' actions drawn from all actions instead of the expert's.
        levels: number of levels in the split; 0 for as many as there are.
        wording: "plain" or "compact".
        split: as everywhere; levels are disjoint.
        salt: as everywhere.
    """

    reset_options: ClassVar[frozenset[str]] = frozenset({"instance"})

    def __init__(
        self,
        game: Game[Any, Any],
        own: Mapping[str, Any],
        *,
        demonstrations: int = 1,
        context: str = "whole",
        steps: int = 0,
        share: float = 0.5,
        burst: float = 1.0,
        slip: float = 0.1,
        demo_slip: float = -1.0,
        demo_noise: float = 0.0,
        levels: int = 0,
        wording: str = "plain",
        split: str = "train",
        salt: str = "",
    ) -> None:
        if context not in KINDS:
            raise UsageError(
                f"There is no context {context!r}; there is: {', '.join(KINDS)}.{did_you_mean(context, KINDS)}"
            )
        if wording not in WORDINGS:
            raise UsageError(f"wording is {' or '.join(WORDINGS)}, not {wording!r}.{did_you_mean(wording, WORDINGS)}")
        _within("demonstrations", demonstrations, 0, MOST_DEMONSTRATIONS)
        _within("steps", steps, 0, MOST_STEPS)
        _within("levels", levels, 0, math.inf)
        for name, value in (("burst", burst), ("demo_noise", demo_noise)):
            _within(name, value, 0, 1, float)
        for name, value in (("share", share), ("slip", slip), ("demo_slip", demo_slip)):
            _within(name, value, -math.inf, math.inf, float)
        if not 0 < share <= 1:
            raise UsageError(f"share is above 0 and at most 1, not {share}.")
        if not 0 <= slip < 1 or not (demo_slip == -1 or 0 <= demo_slip < 1):
            raise UsageError("slip and demo_slip are probabilities below 1 (demo_slip -1: the same as slip).")
        if steps and context == "whole":
            raise UsageError("Whole games have the steps they have: choose another context, or leave steps at 0.")
        self.game = game
        demo_slip = slip if demo_slip == -1 else demo_slip
        self.plan = ContextPlan(context, demonstrations, steps, share, demo_slip, demo_noise)
        self.burst, self.slip, self.levels, self.wording = burst, slip, levels, wording
        shared: dict[str, Any] = {
            "demonstrations": demonstrations,
            "context": context,
            "steps": steps,
            "share": share,
            "burst": burst,
            "slip": slip,
            "demo_slip": demo_slip,
            "demo_noise": demo_noise,
            "levels": levels,
            "wording": wording,
        }
        super().__init__(split=split, salt=salt, arguments={**own, **shared}, max_observation=MAX_OBSERVATION)
        shown = context != "none" and bool(demonstrations or steps)
        self._system = system_prompt(game.rules(slip), SHOWN if shown else "", wording)
        self._numbered: dict[int, Any] = {}
        self._level: Any = None
        self._state: Any = None
        self._budget = 0
        self._message = Message("", ())
        self._records: tuple[Fragment, ...] = ()
        self._before: tuple[Any, str] | None = None
        self.same_level = False
        """Whether the records of this episode are of its own level. Privileged."""

    def __init_subclass__(cls, **given: Any) -> None:
        """A family's `**shared` stands for the arguments above: whoever asks for its signature is told their names."""
        super().__init_subclass__(**given)
        own = inspect.signature(cls.__init__).parameters.values()
        shared = inspect.signature(InContextEnv.__init__).parameters.values()
        named = {p.name: p for p in own if p.kind is not p.VAR_KEYWORD}
        # A family may give a shared argument a default of its own by naming it.
        rest = [p for p in shared if p.kind is p.KEYWORD_ONLY and p.name not in named]
        cls.__init__.__signature__ = inspect.Signature([*named.values(), *rest])  # type: ignore[attr-defined]

    # Levels ------------------------------------------------------------------------------------------------------

    def _new_level(self, rng: RandomStream) -> Any:
        """A level of this split."""
        return self.numbered_level(rng.below(self.levels)) if self.levels else self._drawn_level(rng)

    def numbered_level(self, number: int) -> Any:
        """Level `number` of this split: the same whatever is shown before it, so that two contexts can meet one level."""
        if number not in self._numbered:
            rng = RandomStream.from_parts("level", self.family, self.split, self.salt, number)
            self._numbered[number] = self._drawn_level(rng)
        return self._numbered[number]

    def _drawn_level(self, rng: RandomStream) -> Any:
        for _ in range(_TRIES):
            level = self.game.draw_level(rng)
            if self.split == "all" or split_of(f"{self.family}:{self.game.key(level)}") == self.split:
                return level
        raise UsageError(
            f"The split {self.split} has no level of so small a game: take the split all, or a larger game."
        )

    def _other_level(self, rng: RandomStream) -> Any:
        own = self.game.key(self._level)
        for _ in range(_TRIES):
            level = self._new_level(rng)
            if self.game.key(level) != own:
                return level
        raise UsageError("There is no other level to show records of: take more levels, or a burst of 1.")

    # The contract ------------------------------------------------------------------------------------------------

    @property
    def max_turns(self) -> int:
        """The longest budget of the family."""
        return self.game.longest

    def _reset(self, rng: RandomStream, options: Mapping[str, Any]) -> Opening:
        number = options.get("instance")
        if number is None:
            self._level = self._new_level(rng)
        elif isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise UsageError(f"The reset option instance is a whole number from 0, not {number!r}.")
        else:
            self._level = self.numbered_level(number)
        self._state = self.game.start(self._level, rng)
        self._budget = self.game.budget(self._level, self._state)
        self.same_level = rng.random() < self.burst
        records = RandomStream(rng.word())  # of its own: what is shown does not change how the query's chances fall
        source = (lambda: self._level) if self.same_level else (lambda: self._other_level(records))
        self._records = draw_context(self.game, source, self.plan, records)
        self._message = write_opening(self.game, self._records, self.seen(), self.wording)
        self._before = None
        return Opening(self._system, self._message.text)

    def _step(self, action: str) -> Outcome:
        word = self.game.read_action(action)
        self._before = (self._state, word)
        slip = bool(self.slip) and self.rng.random() < self.slip
        self._state, event = self.game.act(self._level, self._state, word, slip)
        said = write_observation(self.game, self.seen(event), self.wording)
        over = self.game.over(self._level, self._state)
        if not over and self.turn + 1 < self._budget:
            return Outcome(said)
        score = self.game.score(self._level, self._state)
        ending = Ending.SUCCESS if score == 1.0 else Ending.FAILURE if over else Ending.OUT_OF_TURNS
        return Outcome(said, score, ending)

    def _save(self) -> tuple[Any, ...]:
        opening = self._level, self._budget, self._message, self._records, self.same_level
        return *opening, self._state, self._before

    def _load(self, saved: tuple[Any, ...]) -> None:
        self._level, self._budget, self._message, self._records, self.same_level, self._state, self._before = saved

    # Privileged --------------------------------------------------------------------------------------------------

    def seen(self, event: str = "") -> Observation:
        """What can be seen now."""
        return self.game.observe(self._level, self._state, event)

    @property
    def records(self) -> tuple[Fragment, ...]:
        """What this episode's opening shows."""
        return self._records

    @property
    def level(self) -> Any:
        """The hidden level."""
        return self._level

    def instance_key(self) -> str:
        """The level."""
        return f"{self.family}:{self.game.key(self._level)}"

    def state_key(self, elapsed: bool = True) -> str:
        """Level and state; with `elapsed`, turns gone."""
        key = f"{self.game.key(self._level)}|{self._state}"
        return f"{key}|{self.turn}" if elapsed else key

    def secrets(self) -> tuple[str, ...]:
        """Nothing that a record may not rightly show is a single string; see the tests of each family."""
        return ()

    def signals(self) -> dict[str, float]:
        """About the last action: how far the game has come, and what it has to do with the records.

        `progress` in [0, 1]. Of an action: `valid`; `right`, it is the expert's. Where the first record has an action at the same place
        in time, `time_copied` (it is the same) and `time_right` (that one is the expert's); where a record has an action at the
        same view, `view_copied` and `view_right` likewise. A copy that is not right is harmful.
        """
        found = {"progress": self.game.progress(self._level, self._state)}
        if self._before is None:
            return found
        state, action = self._before
        expert = self.game.expert(self._level, state)
        found |= {"valid": float(bool(action)), "right": float(action == expert)}
        if self._records and self.turn <= len(self._records[0].actions):
            shown = self._records[0].actions[self.turn - 1]
            found |= {"time_copied": float(action == shown), "time_right": float(shown == expert)}
        view = self.game.view(self._level, state)
        there = {a for r in self._records for s, a in zip(r.seen, r.actions, strict=False) if s.view == view}
        if there:
            found |= {"view_copied": float(action in there), "view_right": float(expert in there)}
        return found

    def expert(self) -> str:
        """The action of one who knows the level."""
        return self.game.expert(self._level, self._state)

    def places(self) -> tuple[Place, ...]:
        """The actions in the records."""
        return self._message.places

    def action_words(self) -> tuple[str, ...]:
        """Every action."""
        return self.game.actions


def _within(name: str, value: float, low: float, high: float, kind: type = int) -> None:
    if not isinstance(value, (int, kind)):
        raise UsageError(f"{name} is a {'whole ' if kind is int else ''}number, not {value!r}.")
    if isinstance(value, bool) or not low <= value <= high:
        top = f" and at most {high:g}" if high != math.inf else ""
        raise UsageError(f"{name} is at least {low:g}{top}, not {value!r}.")
