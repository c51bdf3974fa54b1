"""Dark room with a key and a door: where they are, and what the walking words mean, to be learned from records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from turnbench.envs.incontext.env import InContextEnv
from turnbench.envs.incontext.families.keydoor.game import KeyDoor
from turnbench.envs.incontext.players import players_in
from turnbench.errors import UsageError

KEYS = ("shown", "hidden")
VOCABULARIES = ("permuted", "fixed")


def game_of(arguments: Mapping[str, Any]) -> KeyDoor:
    """The game that these arguments of the environment play."""
    return KeyDoor(
        arguments["size"], arguments["key"] == "shown", arguments["jingle"], arguments["vocabulary"] == "permuted"
    )


class DarkKeyDoor(InContextEnv):
    """Find a key and then a door in a dark room, by words whose directions only records, or walking, can tell.

    Task:
        A room of seven rows and columns. In one cell lies a key, in another is a door; neither is seen. Walking over the key picks it up;
        the door opens to who comes with the key, and nobody notices it otherwise. Four words lead in the four directions of the compass;
        which in which differs between levels. Before the game records of other games are shown, by an expert and in the same level
        (or, by `burst`, in others).

    Actions:
        A walking word: bim, dovo, gup or kez. Of any text the last whole word that is one of them counts, upper and lower case alike.
        Any other text costs the turn and changes nothing. At a wall one stays, and so one does, with probability `slip`, anywhere.

    Observations:
        Plain: "You are at row 3, column 5. Your hands are empty." (or "You hold the key."), after "Something jingles. ", "You slip and
        stay. " or "That is no way to walk. " where that happened, and "The door opens: you are out." Compact: the words "r3 c5 empty"
        (or "key"), after "jingle", "slip" or "nothing"; "door". Nothing is said of walls. With `key="hidden"` nothing tells whether the
        key is held but having heard it jingle, so that steps out of order no longer say everything.

    Rewards:
        Sparse: 0 until the end, then 1 for the door, else 0.

    Episode end:
        `success` at the door; `out_of_turns` after 24 turns (16 in rooms of five), which is the longest shortest way.

    Levels:
        DarkKeyDoor-v0: one record, plain wording, holding the key is shown. -Aliased: it is not. -Small: five rows and columns. -Compact:
        short wording. -Shuffled: the steps of the record in random order. -Small-Wrong: five rows, and the record
        is of another level. -Small-None: five rows, no record; in the larger room hardly anybody wins without one.

    Capability tested and why:
        To take places and the meaning of words from a record and to use both from elsewhere: start and slips differ, so copying the
        actions fails. Order is worth little here and coverage much, even where the key is hidden, since the jingle marks its cell: a
        case between the corridor of alike rooms (order is everything) and the workshop (order is nothing).

    Instances:
        An instance is a level: key cell, door cell and compass; the start is drawn anew among the other cells. Of DarkKeyDoor-v0 there
        are 56,448: 33,877 / 11,432 / 11,139 (train, validation, test); in rooms of five 14,400: 8,634 / 2,916 / 2,850. With vocabulary
        fixed 2,352 (1,394 / 474 / 484) and 600 (351 / 124 / 125). Splits hold disjoint levels by hash.

    Score anchors:
        Success in 1,000 test episodes (seed 0), reference / random / replay / nearest: DarkKeyDoor-v0 1.00 / 0.03 / 0.12 / 0.39, -Aliased
        1.00 / 0.03 / 0.11 / 0.31, -Small 1.00 / 0.04 / 0.18 / 0.43, -Compact 1.00 / 0.02 / 0.12 / 0.38, -Shuffled 1.00 / 0.03 / 0.02 /
        0.36, -Small-Wrong 0.15 / 0.05 / 0.05 / 0.00, -Small-None 0.15 / 0.04 / 0.04 / 0.04. Without records nobody exceeds n(n - 1) / (2 x 48 x 47)
        on average over the n steps that do not slip (every step tries one cell at most): 0.10, and 0.18 in rooms of five. The
        reference weighs key, door and compass exactly by whole records, the expert's choices included, and its own walk; where it
        has to search it goes where most is promised per step, so it is a lower bound of the best there. Ideal scores of all kinds of
        records: results/incontext/ideal.csv.

    References:
        Laskin et al. 2022, "In-context reinforcement learning with algorithm distillation" (arXiv:2210.14215), for the dark room with
        key and door; Raparthy et al. 2024, "Generalization to new sequential decision making tasks with in-context learning"
        (arXiv:2312.03801), for records of the same level. Compass, words and slips are of this version.

    Version history:
        v0: first version.

    Args:
        size: rows and columns, 5 or 7.
        key: "shown": every observation tells whether the key is held; "hidden": none does.
        jingle: whether picking up the key is heard.
        vocabulary: "permuted": every level has a compass of its own; "fixed": the words always are up, right, down and left.
        shared: arguments of all families; see `InContextEnv`.
    """

    family: ClassVar[str] = "DarkKeyDoor-v0"
    tags: ClassVar[tuple[str, ...]] = ("in_context_learning", "demonstrations", "exploration")
    players: ClassVar[Mapping[str, str]] = players_in("turnbench.envs.incontext.families.keydoor.players")

    def __init__(
        self, size: int = 7, key: str = "shown", jingle: bool = True, vocabulary: str = "permuted", **shared: Any
    ) -> None:
        if key not in KEYS:
            raise UsageError(f"key is {' or '.join(KEYS)}, not {key!r}.")
        if vocabulary not in VOCABULARIES:
            raise UsageError(f"vocabulary is {' or '.join(VOCABULARIES)}, not {vocabulary!r}.")
        own = {"size": size, "key": key, "jingle": jingle, "vocabulary": vocabulary}
        super().__init__(game_of(own), own, **shared)
