"""Vending panel: a table of symbols and buttons, to be read off the record of another game."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from turnbench.envs.incontext.env import InContextEnv
from turnbench.envs.incontext.families.vending.game import CERTAIN, UNCERTAIN, Panel
from turnbench.envs.incontext.players import players_in
from turnbench.errors import UsageError

PAYOUTS = {"certain": CERTAIN, "uncertain": UNCERTAIN}
VOCABULARIES = ("permuted", "fixed")


def game_of(arguments: Mapping[str, Any]) -> Panel:
    """The game that these arguments of the environment play."""
    return Panel(
        arguments["symbols"],
        arguments["buttons"],
        arguments["turns"],
        arguments["repeats"],
        PAYOUTS[arguments["payout"]],
        arguments["vocabulary"] == "permuted",
    )


class VendingPanel(InContextEnv):
    """Press the right button for each symbol by a table that only a record of another game tells.

    Task:
        A panel shows one symbol after the other, and for each one of the buttons is right. Before the game the player is
        shown records of an expert's games, usually at the same panel. Press the right button as often as possible.

    Actions:
        The name of a button: bim, dovo, gup or kez, always the same four. Of any text the last whole word that is one
        counts. Any other text changes nothing and costs one of the tries, of which there are twice as many as symbols.

    Observations:
        Records first (`context` says what of them), then one's own game: "It pays. The panel shows holm.", "It pays nothing.
        The panel shows holm." and at the end "It pays. The panel goes dark." In the compact wording the same are "pays
        holm", "empty holm" and "pays"; a record begins with "new", and a ";" ends an action. A button that sticks
        (`slip`) leaves the symbol where it is.

    Rewards:
        Sparse: at the end the share of all symbols whose right button was pressed; 1 is all right. With uncertain pay the
        right presses count and not what they paid, so luck is no merit and the expert always scores 1.

    Episode end:
        `success` when all symbols were answered rightly, `failure` when all were answered, `out_of_turns` when the tries
        are used up before.

    Levels:
        VendingPanel-v0: 16 symbols of which eight come, none twice, four buttons, one whole record, no slips. -Compact: the
        compact wording. -Shuffled: the steps of the record one by one in random order. -Small: four symbols that come again, 16
        in all, so that one's own presses tell something too; -Small-Wrong: -Small with a record of another panel;
        -Small-None: -Small without records. At full size no player does better than chance without a record of its own
        panel, so those two are no levels there; `burst=0` and `context="none"` make them. -Bandit: one symbol, five buttons,
        24 presses; the right button pays with probability 0.6, the others with 0.4; the record is of somebody who
        presses anything.

    Capability tested and why:
        Look-up in context, and nothing else: turns are independent, the symbol shown is all that matters, and steps one by
        one are worth as much as in their order. It is the control where the order of records must not matter, the
        first thing a small model learns in context, and as -Bandit the bridge to bandits with logged presses.

    Instances:
        An instance is the table: which symbols there are and the right button of each. Of 16 symbols out of 24 and four
        buttons there are about 3 * 10^15, of the small panel 2,720,256, of the bandit 120. Splits hold disjoint instances by
        hash; of the bandit's they have 75 / 25 / 20 (train, validation, test), and what is to be found, a button, is common
        to all: the button most often right is so in 6 of the 20.

    Score anchors:
        Mean score of 2,000 test episodes, reference / random / replay / nearest: VendingPanel-v0 0.62 / 0.25 / 0.30 / 0.62,
        -Compact 0.63 / 0.25 / 0.30 / 0.63, -Shuffled 0.62 / 0.25 / 0.26 / 0.63, -Small 1.00 / 0.25 / 0.44 / 0.99,
        -Small-Wrong 0.65 / 0.25 / 0.25 / 0.25, -Small-None 0.64 / 0.25 / 0.25 / 0.25, -Bandit 0.57 / 0.20 / 0.20 / 0.19.
        By calculation: 0.25 without records; with m different symbols in the records m/16 + (1 - m/16)/4, so 0.625 with one
        whole record; 0.65 for -Small-None; for -Bandit without a record 0.39. The reference is the best
        player; only where the records are of the same level with a probability between 0 and 1 and their steps shuffled
        is it an approximation, and it does not know the levels by heart, where `levels` makes them few.

    References:
        Raparthy et al. 2023, "Generalization to new sequential decision making tasks with in-context learning",
        arXiv:2312.03801, for records of the same level (p_b, here `burst`); Lee et al. 2023, "Supervised pretraining can
        learn in-context reinforcement learning", arXiv:2306.14892, for bandits with logged presses in context.
        The panel is new.

    Version history:
        v0: first version.

    Args:
        symbols: number of symbols of a level, 1 to 24.
        buttons: number of buttons, 2 to 8.
        turns: number of symbols shown in an episode, 1 to 32; without repeats at most `symbols`.
        repeats: a symbol may come again within an episode.
        payout: "certain": the right button pays and no other; "uncertain": it pays with probability 0.6, the others with 0.4.
        vocabulary: "permuted" draws the symbols of a level from 24; with "fixed" all levels have the same.
        slip: probability that a button sticks; by default 0 here.
        shared: see `InContextEnv`.
    """

    family: ClassVar[str] = "VendingPanel-v0"
    tags: ClassVar[tuple[str, ...]] = ("in_context_learning", "demonstrations", "bandit")
    players: ClassVar[Mapping[str, str]] = players_in("turnbench.envs.incontext.families.vending.players")

    def __init__(
        self,
        symbols: int = 16,
        buttons: int = 4,
        turns: int = 8,
        repeats: bool = False,
        payout: str = "certain",
        vocabulary: str = "permuted",
        slip: float = 0.0,
        **shared: Any,
    ) -> None:
        if payout not in PAYOUTS:
            raise UsageError(f"payout is {' or '.join(PAYOUTS)}, not {payout!r}.")
        if vocabulary not in VOCABULARIES:
            raise UsageError(f"vocabulary is {' or '.join(VOCABULARIES)}, not {vocabulary!r}.")
        own = {
            "symbols": symbols,
            "buttons": buttons,
            "turns": turns,
            "repeats": repeats,
            "payout": payout,
            "vocabulary": vocabulary,
        }
        super().__init__(game_of(own), own, slip=slip, **shared)
