"""Lever corridor: a code of levers, one for every room, to be read off the record of another game."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from turnbench.envs.incontext.env import InContextEnv
from turnbench.envs.incontext.families.corridor.game import Corridor
from turnbench.envs.incontext.players import players_in
from turnbench.errors import UsageError

ROOMS = ("named", "aliased")
VOCABULARIES = ("permuted", "fixed")


def game_of(arguments: Mapping[str, Any]) -> Corridor:
    """The game that these arguments of the environment play."""
    return Corridor(
        arguments["length"],
        arguments["levers"],
        arguments["lives"],
        arguments["rooms"] == "named",
        arguments["vocabulary"] == "permuted",
    )


class LeverCorridor(InContextEnv):
    """Walk through a corridor by a code of levers that only a record of an earlier game tells.

    Task:
        In every room of a corridor one lever leads on; any other leads back to the first room and costs a life. Before
        the game the player is shown records of an expert's games, usually played in the same corridor. Get out.

    Actions:
        The name of a lever: bim, dovo, gup, kez, lirt or morn, always the same six. Of any text the last whole word
        that is one counts. Any other text costs the pull and changes nothing.

    Observations:
        Records first (`context` says what of them), then one's own game: "Click: you are in the ulba room.", "Clunk: you
        are back, in the lunto room.", "The lever slips: you are in the lunto room." With `rooms` "aliased" every room is
        "a plain room", and where one is must be counted. In the compact wording the same are "click ulba", "clunk lunto"
        and "slip lunto"; a record begins with "new", and a ";" ends an action.

    Rewards:
        Sparse: 1 for getting out, else 0. The share of the rooms passed is a signal for plots, not a reward.

    Episode end:
        `success` at the exit, `failure` with the last life, `out_of_turns` after twice as many pulls as rooms.

    Levels:
        LeverCorridor-v0: six named rooms of six levers, three lives, one whole record, pulls slip with probability 0.1.
        -Aliased: rooms without names. -Compact: the compact wording. -Shuffled: the steps of the record one by one in
        random order. -Small: four rooms of two levers, where one can get out without a record; -Small-Wrong: -Small with a record of another corridor; -Small-None: -Small without records. At full
        size no player gets out without a record of its own corridor (anchors below), so those two are no levels there;
        `burst=0` and `context="none"` make them.

    Capability tested and why:
        Learning in context from another's game: the code cannot be guessed, so all that is won above a player without
        records comes from them. One argument decides whether the order of their steps matters: where rooms have names,
        every step tells the lever of a room and order is worth nothing; where they look alike, a step by itself only
        tells that some room has this lever. Dynamics, expert and budget are the same. Slips keep the
        record's actions from being the right ones when said one after the other.

    Instances:
        An instance is the code and, where rooms are named by the level's own names (`vocabulary` "permuted"), the names
        in order; 46,656 codes, with names about 4.5 * 10^12 instances. Without names that tell levels apart the splits have
        27,937 / 9,443 / 9,276 codes (train, validation, test); with them they are disjoint as pairs of code and names.

    Score anchors:
        Mean score of 2,000 test episodes, reference / random / replay / nearest: LeverCorridor-v0 1.00 / 0.00 / 0.37 /
        1.00, -Aliased 1.00 / 0.00 / 0.37 / 0.00, -Compact 1.00 / 0.00 / 0.39 / 1.00, -Shuffled 1.00 / 0.00 / 0.00 / 1.00,
        -Small 1.00 / 0.15 / 0.65 / 1.00, -Small-Wrong 0.35 / 0.14 / 0.14 / 0.06, -Small-None 0.33 / 0.14 / 0.14 / 0.14.
        By calculation (`corridor/plan.py`): knowing the first five rooms of six is worth 0.21, four 0.05, three 0.01, none
        0.0003; -Small without a record 0.34. One shuffled record of aliased rooms is worth 0.30: the lever of the exit
        gives itself away, the order of the other five does not (0.11 if it did not either).
        The reference holds the exact posterior over codes and pulls the likeliest lever. It does not know the levels by
        heart, so with few `levels` a player who does may be better; with records of other levels mixed in (burst between 0
        and 1), shuffled or isolated, it weighs the names roughly and is a lower bound.

    References:
        Raparthy et al. 2023, "Generalization to new sequential decision making tasks with in-context learning",
        arXiv:2312.03801, for records of the same level (p_b, here `burst`); Nikulin et al. 2024, "XLand-100B",
        arXiv:2406.08973, for the hidden stage that makes order matter. The corridor is new.

    Version history:
        v0: first version.

    Args:
        length: number of rooms, 1 to 12.
        levers: number of levers in every room, 2 to 8.
        lives: wrong pulls that end the game, 0 for any number.
        rooms: "named" or "aliased".
        vocabulary: "permuted" draws the names of the rooms for every level; with "fixed" the first room always has the
            same name, and so on.
        shared: see `InContextEnv`.
    """

    family: ClassVar[str] = "LeverCorridor-v0"
    tags: ClassVar[tuple[str, ...]] = ("in_context_learning", "demonstrations", "memory")
    players: ClassVar[Mapping[str, str]] = players_in("turnbench.envs.incontext.families.corridor.players")

    def __init__(
        self,
        length: int = 6,
        levers: int = 6,
        lives: int = 3,
        rooms: str = "named",
        vocabulary: str = "permuted",
        **shared: Any,
    ) -> None:
        if rooms not in ROOMS:
            raise UsageError(f"rooms is {' or '.join(ROOMS)}, not {rooms!r}.")
        if vocabulary not in VOCABULARIES:
            raise UsageError(f"vocabulary is {' or '.join(VOCABULARIES)}, not {vocabulary!r}.")
        own = {"length": length, "levers": levers, "lives": lives, "rooms": rooms, "vocabulary": vocabulary}
        super().__init__(game_of(own), own, **shared)
