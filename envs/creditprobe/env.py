"""CreditProbe: walk through rooms of which one or a few decide, and find out which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from turnbench.env import TextEnv
from turnbench.envs.creditprobe.model import ENDS, WalkModel
from turnbench.envs.creditprobe.presets import PRESETS, Flags, Rooms, answer, question, read_word
from turnbench.episode import Ending, Opening, Outcome
from turnbench.errors import UnknownName, UsageError, did_you_mean
from turnbench.randomness import RandomStream
from turnbench.splits import split_of

MAX_TURNS = 64
_SYSTEM = (
    "You walk through {turns} rooms with two things each; answer left or right to choose one, any other reply chooses "
    "nothing. Something on the way decides whether you succeed."
)


class CreditProbe(TextEnv):
    """Walk through T rooms and succeed at the end; a planted few of the turns matter, and exactly how much is known.

    Task:
        A walk through T rooms, one turn each. Every room shows two things, one on the left and one on the right, the
        sides drawn, and asks for one of them. Whether the walk succeeds is decided in a few rooms by a planted rule
        (the preset), which is not told: it has to be found from the outcomes. All other rooms are decoys whose choice
        changes nothing.

    Actions:
        "left" or "right". Of any text the last whole word that is one of them counts ("I think I go left." is "left"),
        upper and lower case alike. Any other text is invalid: it costs the turn and chooses nothing, which is never
        right where something must be chosen, and stumbles into a puddle.

    Observations:
        "Room 3 of 8. Left a crystal, right a stone. Left or right?" After an invalid reply the observation begins with
        "Invalid. ".
        With `remind` the observation also says all of the past that still matters to a choice ("You hold the key."),
        so that the last observation alone is enough to act. Nothing is said about success before the end: then
        "You succeed." or "You fail."

    Rewards:
        Sparse: 0 until the end, then 1 for success, else 0.

    Episode end:
        `success` or `failure`, always after exactly T turns.

    Levels:
        CreditProbe-v0: eight rooms, preset pivot (one crystal decides). -Short: four rooms. -Long: 32 rooms. With
        eight rooms and another preset: -KeyDoor (two turns far apart are needed), -Fatal (a mistake that cannot be
        repaired and one that can), -Lucky (as pivot, success with probability 3/4 or 1/4), -Distractor (a later turn
        goes with success and causes nothing), -Cooperate (two turns must agree). The system prompt is the same in all
        but for T.

    Capability tested and why:
        Turn-level credit assignment, audited: Q, V and A of every turn under any policy follow from the exact model
        (`turnbench.exact`), and for the uniform policy they can be derived by hand (`presets.py` does). An estimator of
        advantages can thus be compared with the truth, not with another estimator.

    Instances:
        An instance is the preset and what all rooms show on either side. Splits hold disjoint instances by hash of that.

    Score anchors:
        Mean score of 2,000 test episodes (seed 0), reference / random / novice:
        CreditProbe-v0 1.00 / 0.52 / 0.47, -Short 1.00 / 0.49 / 0.50, -Long 1.00 / 0.49 / 0.48, -KeyDoor 1.00 / 0.24 /
        0.23, -Fatal 1.00 / 0.37 / 0.41, -Lucky 0.75 / 0.50 / 0.51, -Distractor 1.00 / 0.50 / 0.47, -Cooperate 1.00 /
        0.51 / 0.43. Expected by calculation: random 1/2, key-door 1/4, fatal 3/8; on -Lucky no player exceeds 3/4.
        Always left or always right scores as random does. Replies that are all invalid fail (-Lucky: 1/4).

    References:
        Arjona-Medina et al. 2019, "RUDDER: return decomposition for delayed rewards", and Hung et al. 2019,
        "Optimizing agent behavior over long time scales by transporting value", for the key-and-door kind of task;
        Harutyunyan et al. 2019, "Hindsight credit assignment", for outcomes that mislead. The worlds here are new.

    Version history:
        v0: first version.

    Args:
        preset: "pivot", "key-door", "fatal", "lucky", "distractor" or "cooperate".
        turns: number of rooms, 2 to 64 (key-door and cooperate from 3, fatal from 4).
        remind: say in every room what of the past matters.
        pivot: for pivot and lucky, the room of the crystal from 1 to `turns`; 0 draws it uniformly per instance.
    """

    family: ClassVar[str] = "CreditProbe-v0"
    tags: ClassVar[tuple[str, ...]] = ("credit_assignment", "exact_values", "audit")
    reset_options: ClassVar[frozenset[str]] = frozenset()
    players: ClassVar[Mapping[str, str]] = {
        "reference": "turnbench.envs.creditprobe.players:Reference",
        "random": "turnbench.envs.creditprobe.players:RandomWalker",
        "novice": "turnbench.envs.creditprobe.players:Novice",
    }

    def __init__(
        self,
        preset: str = "pivot",
        turns: int = 8,
        remind: bool = True,
        pivot: int = 0,
        split: str = "train",
        salt: str = "",
    ) -> None:
        if preset not in PRESETS:
            known = ", ".join(sorted(PRESETS))
            raise UnknownName(f"There is no preset {preset!r}; there is: {known}.{did_you_mean(preset, PRESETS)}")
        self.preset = PRESETS[preset]
        if not 2 <= turns <= MAX_TURNS:
            raise UsageError(f"turns is a number of rooms from 2 to {MAX_TURNS}, not {turns}.")
        if turns < self.preset.min_turns:
            raise UsageError(f"The preset {preset!r} needs at least {self.preset.min_turns} turns, not {turns}.")
        if pivot and not self.preset.movable:
            raise UsageError(f"The preset {preset!r} has no single room to fix: leave pivot at 0.")
        if not 0 <= pivot <= turns:
            raise UsageError(f"pivot is a room from 1 to {turns}, or 0 to draw it, not {pivot}.")
        super().__init__(
            split=split,
            salt=salt,
            arguments={"preset": preset, "turns": turns, "remind": remind, "pivot": pivot},
        )
        self.turns, self.remind, self.pivot = turns, remind, pivot
        self.memoryless = remind
        self.warm_up = 0.1 if turns <= 32 else 0.0
        self._system = _SYSTEM.format(turns=turns)
        self._rooms: Rooms = ()
        self._key = ""
        self._index = 0
        self._flags: Flags = ()

    @property
    def max_turns(self) -> int:
        """One turn per room: every episode has exactly this many."""
        return self.turns

    def _reset(self, rng: RandomStream, options: Mapping[str, Any]) -> Opening:
        while True:  # at least a fifth of all instances, roughly, is in any split
            self._rooms = self.preset.draw(self.turns, self.pivot, rng)
            self._key = f"{self.preset.name}: {', '.join('/'.join(filter(None, room)) for room in self._rooms)}"
            if self.split == "all" or split_of(self._key) == self.split:
                break
        self._index, self._flags = 0, ()
        return Opening(self._system, question(self.preset, self._rooms, 0, (), self.remind))

    def _step(self, action: str) -> Outcome:
        word = read_word(action)
        self._flags, prefix = answer(self.preset, self._rooms, self._index, self._flags, word)
        self._index += 1
        if self._index < self.turns:
            return Outcome(prefix + question(self.preset, self._rooms, self._index, self._flags, self.remind))
        chance = self.preset.chance(self._flags)
        # No draw where the outcome is certain: a certain end must not depend on where the stream stands.
        won = self.rng.random() < chance if 0 < chance < 1 else chance == 1
        return Outcome(prefix + ENDS[won], float(won), Ending.SUCCESS if won else Ending.FAILURE)

    def _save(self) -> Any:
        return self._rooms, self._key, self._index, self._flags

    def _load(self, saved: Any) -> None:
        self._rooms, self._key, self._index, self._flags = saved

    def instance_key(self) -> str:
        """The preset and what the rooms show on the left and right, such as "pivot: rope/map, coin/crystal"."""
        return self._key

    def state_key(self, elapsed: bool = True) -> str:
        """What the rooms show, what the past left behind, and the room, which is the state and not only a clock: it
        stays in the key without `elapsed` as well.
        """
        return f"{self._key} | {' '.join(self._flags)} | {self._index}"

    def pivotal(self) -> tuple[int, ...]:
        """Indices (0-based, ascending) of the turns whose choice can matter in this instance; all others are
        decoys, with advantage exactly 0 for policies that do not react to the "Invalid. " prefix. Privileged: it gives
        the planted structure away.
        """
        return self.preset.pivotal(self._rooms)

    def exact_model(self) -> WalkModel:
        """The model of the current instance, for `turnbench.exact`. Privileged."""
        return WalkModel(self.preset, self._rooms, self.remind)
