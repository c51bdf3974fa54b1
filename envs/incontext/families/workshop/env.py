"""Rewrite workshop: what four gadgets do to a row of letters, to be learned from records or by trying."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from turnbench.envs.incontext.env import InContextEnv
from turnbench.envs.incontext.families.workshop.game import Workshop
from turnbench.envs.incontext.players import players_in
from turnbench.errors import UsageError

VOCABULARIES = ("permuted", "fixed")


def game_of(arguments: Mapping[str, Any]) -> Workshop:
    """The game that these arguments of the environment play."""
    return Workshop(
        arguments["length"], arguments["operators"], arguments["slack"], arguments["vocabulary"] == "permuted"
    )


class RewriteWorkshop(InContextEnv):
    """Turn a row of letters into another with four gadgets whose workings only records, or trying, can tell.

    Task:
        A row of four letters and a target, in three letters. Each of four gadgets does one thing to the row, of eight possible ones that the
        rules name: moves the first letter to the end, moves the last to the front, reverses the row, swaps the first two, swaps the
        last two, bumps the first, bumps the last, bumps every letter. To bump is to put the next letter of a ring of three in its
        place. Before the game records of other games are shown, by an expert and with the same gadgets (or, by `burst`, with others).

    Actions:
        A gadget: bim, dovo, gup or kez. Of any text the last whole word that is one of them counts, upper and lower case alike. Any other
        text costs the turn and changes nothing.

    Observations:
        Plain: "The row is holm krel holm mib, the target is krel krel holm mib." after "That is no gadget. " or "The gadget jams. "
        where that happened, and "The row is the target: done." Compact: the eight letters, after "nothing" or "slip"; "done".
        Nothing else matters to what follows, so the order of recorded steps is of no use to anyone.

    Rewards:
        Sparse: 0 until the end, then 1 if the target was made, else 0.

    Episode end:
        `success` at the target; `out_of_turns` after as many turns as the shortest way takes and `slack` more.

    Levels:
        RewriteWorkshop-v0: one record, plain wording. -Compact: short wording. -Shuffled: the steps of the record in random order.
        -Wrong: the record is of another level. -None: no record. A slip jams a gadget: nothing happens. By default there are none.

    Capability tested and why:
        To infer what an operation does from a few uses of it, and to plan with what was inferred. Start and target differ in every
        game, so a record cannot be copied; as observations are Markov, shuffling must cost nothing, a control for the corridor of
        alike rooms. Gadgets can also be learned by trying, so the gain by records is smaller than there. With `operators` a model
        can be trained on four operators and tested on the four others, and with `length` on longer rows.

    Instances:
        An instance is a level: what the four gadgets do and the ring of letters (without its order where no gadget bumps); start and
        target are drawn anew, uniformly among pairs 3 to 6 steps apart that show all three letters. Of RewriteWorkshop-v0 there are
        6,557,760: 3,933,865 / 1,311,431 / 1,312,464 (train, validation, test). With vocabulary fixed 1,680: 1,015 / 339 / 326. With
        operators "first" 97,152 (58,268 / 19,412 / 19,472) or, fixed, 24 (10 / 9 / 5); with "last" 97,152 (58,225 / 19,392 / 19,535) or
        24 (13 / 7 / 4). Splits hold disjoint levels by hash.

    Score anchors:
        Success in 1,000 test episodes (seed 0), reference / random / replay / nearest: RewriteWorkshop-v0 0.98 / 0.04 / 0.09 / 0.06,
        -Compact 0.99 / 0.06 / 0.07 / 0.05, -Shuffled 0.99 / 0.06 / 0.06 / 0.06, -Wrong 0.53 / 0.06 / 0.04 / 0.01, -None 0.54 / 0.05 /
        0.05 / 0.05. One who knows the level scores 1. The reference weighs every table of gadgets exactly by whole records and its own
        steps, the expert's choices included, and looks ahead up to a bound; it is a lower bound of the best. Ideal scores of all
        kinds of records: results/incontext/ideal.csv.

    References:
        Raparthy et al. 2024, "Generalization to new sequential decision making tasks with in-context learning" (arXiv:2312.03801), for
        records of the same level; Lee et al. 2023, "Supervised pretraining can learn in-context reinforcement learning"
        (arXiv:2306.14892), for records as unordered steps. The game is new.

    Version history:
        v0: first version.

    Args:
        length: letters in a row, 4 or 5.
        operators: which of the eight may occur: "all"; "first" (first to the end, reverse, swap the first two, bump the first) or "last"
            (the four others).
        slack: turns beyond the shortest way, 0 to 8.
        vocabulary: "permuted": every level has three letters of its own in an order of its own; "fixed": always the same.
        slip: probability that a gadget jams, in [0, 1).
        shared: arguments of all families; see `InContextEnv`.
    """

    family: ClassVar[str] = "RewriteWorkshop-v0"
    tags: ClassVar[tuple[str, ...]] = ("in_context_learning", "demonstrations", "planning")
    players: ClassVar[Mapping[str, str]] = players_in("turnbench.envs.incontext.families.workshop.players")

    def __init__(
        self,
        length: int = 4,
        operators: str = "all",
        slack: int = 2,
        vocabulary: str = "permuted",
        slip: float = 0.0,
        **shared: Any,
    ) -> None:
        if vocabulary not in VOCABULARIES:
            raise UsageError(f"vocabulary is {' or '.join(VOCABULARIES)}, not {vocabulary!r}.")
        own = {"length": length, "operators": operators, "slack": slack, "vocabulary": vocabulary}
        super().__init__(game_of(own), own, slip=slip, **shared)
