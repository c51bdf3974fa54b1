"""The panel: its rules by hand, its scores by their closed forms."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from turnbench.envs.incontext.context import Fragment
from turnbench.envs.incontext.families.vending.bayes import BayesPlayer
from turnbench.envs.incontext.families.vending.env import VendingPanel
from turnbench.envs.incontext.families.vending.game import CERTAIN, UNCERTAIN, Panel
from turnbench.envs.incontext.families.vending.ideal import BANDIT, SMALL, bandit, knowing, seen, small
from turnbench.envs.incontext.families.vending.players import Nearest, Reference, Replay
from turnbench.envs.incontext.game import Observation
from turnbench.envs.incontext.ideal import play
from turnbench.envs.incontext.words import THINGS
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream

LEVEL = ((0, 5, 7), (1, 0, 1))
"""blick: dovo, gansi: bim, irbu: dovo."""


def panel(**given: Any) -> Panel:
    settings = {"symbols": 3, "buttons": 2, "turns": 2, "repeats": False, "chances": CERTAIN, "permuted": True}
    return Panel(**{**settings, **given})


def mean_and_error(scores: list[float]) -> tuple[float, float]:
    return float(np.mean(scores)), float(np.std(scores) / len(scores) ** 0.5)


# Rules -------------------------------------------------------------------------------------------------------------


def test_a_game() -> None:
    game = panel()
    state = ((2, 1), 0, ((True, False), (True, False)))
    assert game.view(LEVEL, state) == ("irbu",)
    assert game.expert(LEVEL, state) == "dovo"
    state, event = game.act(LEVEL, state, "dovo", False)
    assert (event, game.view(LEVEL, state), game.progress(LEVEL, state)) == ("pays", ("gansi",), 0.5)
    for action, slip, told in (("", False, "nothing"), ("bim", True, "slip")):
        assert game.act(LEVEL, state, action, slip) == (state, told)
    state, event = game.act(LEVEL, state, "dovo", False)
    assert (event, game.view(LEVEL, state), game.over(LEVEL, state)) == ("empty", (), True)
    assert game.score(LEVEL, state) == 0.5


def test_pay_by_chance_does_not_touch_the_score() -> None:
    game = panel(chances=UNCERTAIN)
    for luck, action, event in itertools.product(
        [(True, True), (True, False), (False, False)], ("bim", "dovo"), [None]
    ):
        state, event = game.act(LEVEL, ((0, 1), 0, (luck, luck)), action, False)
        assert state[1] == (action == "dovo")
        assert event == ("pays" if luck[action != "dovo"] else "empty")


def test_chances_of_pay() -> None:
    game, rng, n = panel(chances=UNCERTAIN, turns=3), RandomStream(5), 3000
    luck = [pair for _ in range(n) for pair in game.start(LEVEL, rng)[2]]
    for side, chance in enumerate(UNCERTAIN):
        share = sum(pair[side] for pair in luck) / len(luck)
        assert share == pytest.approx(chance, abs=4 * (0.24 / len(luck)) ** 0.5)


@pytest.mark.parametrize(
    ("event", "view", "text"),
    [
        ("", ("holm",), "The panel shows holm."),
        ("pays", ("holm",), "It pays. The panel shows holm."),
        ("empty", ("holm",), "It pays nothing. The panel shows holm."),
        ("slip", ("holm",), "The button sticks. The panel shows holm."),
        ("nothing", ("holm",), "That is no button. The panel shows holm."),
        ("pays", (), "It pays. The panel goes dark."),
        ("empty", (), "It pays nothing. The panel goes dark."),
    ],
)
def test_sentences(event: str, view: tuple[str, ...], text: str) -> None:
    assert panel().sentence(Observation(event, view)) == text
    assert panel().read_sentence(text) == (event, view)


def test_symbols_come_once_or_again() -> None:
    once, again = VendingPanel(), VendingPanel(**SMALL)
    repeated = 0
    for seed in range(30):
        for env in (once, again):
            env.reset(seed=seed)
            shown = [env.seen().view[0]]
            while not env.step(env.expert())[2]:
                shown.append(env.seen().view[0])
            assert len(shown) == env.game.longest // 2
            if env is once:
                assert len(set(shown)) == 8
            else:
                repeated += len(set(shown)) < 16
    assert repeated == 30


def test_key_is_the_table() -> None:
    assert panel().key(LEVEL) == "blick:dovo.gansi:bim.irbu:dovo"
    for permuted in (True, False):
        names, buttons = panel(permuted=permuted).draw_level(RandomStream(1))
        assert list(names) == sorted(set(names))
        assert (len(names), len(buttons)) == (3, 3)
        assert permuted or names == (0, 1, 2)


def test_an_endless_talker_runs_out_of_tries() -> None:
    env = VendingPanel(turns=3)
    env.reset(seed=0)
    for _ in range(5):
        assert not env.step("hello")[2]
    assert env.step("hello")[1:] == (0.0, True, False, {"ending": "out_of_turns"})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"symbols": 0}, "symbols is a number from 1 to 24, not 0."),
        ({"buttons": 9}, "buttons is a number from 2 to 8, not 9."),
        ({"turns": 0}, "turns is a number of symbols from 1 to 32, not 0."),
        ({"turns": 17}, "17 turns without repeats need as many symbols, not 16: set repeats."),
        ({"payout": "rich"}, "payout is certain or uncertain, not 'rich'."),
        ({"vocabulary": "new"}, "vocabulary is permuted or fixed, not 'new'."),
    ],
)
def test_arguments_that_cannot_be(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        VendingPanel(**arguments)
    assert str(error.value) == message


# Scores ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"demonstrations": 2},
        {"context": "isolated", "steps": 5},
        {"context": "shuffled"},
        {"context": "prefix", "share": 0.25},
    ],
    ids=str,
)
def test_pairs_shown_are_answered_rightly_and_others_by_chance(arguments: dict[str, Any]) -> None:
    """With m different pairs known: m/16 + (1 - m/16)/4, episode by episode as far as no chance is in it."""
    env = VendingPanel(**arguments)
    player = Reference(env.arguments)
    guessed = right = 0
    known_share = []
    for seed in range(250):
        score = play(env, player, seed)
        shown = {s.view[0] for r in env.records for s, _ in zip(r.seen, r.actions, strict=False)}
        env.reset(seed=seed)
        queries = [env.seen().view[0]]
        while not env.step(env.expert())[2]:
            queries.append(env.seen().view[0])
        known = len(shown & set(queries))
        assert known / 8 <= score
        right += round(8 * score) - known
        guessed += 8 - known
        known_share.append(len(shown))
    assert right / guessed == pytest.approx(1 / 4, abs=4 * (3 / 16 / guessed) ** 0.5)
    games = {"demonstrations": (8, 2), "steps": (1, 5)}
    expected = next((seen(*games[k]) for k in games if k in arguments), 8)
    mean, error = mean_and_error(known_share)
    assert mean == pytest.approx(expected if "share" not in arguments else seen(2, 4), abs=4 * error + 1e-9)


def test_closed_forms() -> None:
    assert knowing(0) == 0.25
    assert knowing(16) == 1.0
    assert knowing(8) == 8 / 16 + (1 - 8 / 16) / 4
    assert seen(8, 1) == pytest.approx(8)
    assert seen(1, 2) == pytest.approx(1 + 15 / 16)


@pytest.mark.parametrize("arguments", [{"context": "none"}, {"burst": 0.0}], ids=str)
def test_without_a_record_of_ones_own_there_is_chance(arguments: dict[str, Any]) -> None:
    env = VendingPanel(**arguments)
    mean, error = mean_and_error([play(env, Reference(env.arguments), seed) for seed in range(400)])
    assert mean == pytest.approx(0.25, abs=4 * error)


def test_replay_is_right_by_chance() -> None:
    env = VendingPanel()
    mean, error = mean_and_error([play(env, Replay(env.arguments), seed) for seed in range(600)])
    assert mean == pytest.approx(1 / 16 + 15 / 16 / 4, abs=4 * error)


@pytest.mark.parametrize("kind", ["shuffled", "whole"])
def test_order_and_nearness_are_all_the_same(kind: str) -> None:
    """Shuffling the same records before the same queries changes no score, and looking up what was pressed is best."""
    env = VendingPanel(demonstrations=2)
    whole = [play(env, Reference(env.arguments), seed) for seed in range(80)]
    env.plan = replace(env.plan, kind=kind)
    arguments = {**env.arguments, "context": kind}
    assert [play(env, Reference(arguments), seed) for seed in range(80)] == whole
    assert np.mean([play(env, Nearest(arguments), seed) for seed in range(80)]) == pytest.approx(
        np.mean(whole), abs=0.06
    )


def test_one_learns_from_ones_own_presses_in_the_small_panel() -> None:
    env = VendingPanel(**SMALL, context="none")
    mean, error = mean_and_error([play(env, Reference(env.arguments), seed) for seed in range(500)])
    assert mean == pytest.approx(small(), abs=4 * error)


def test_records_that_may_be_of_another_level() -> None:
    """With symbols of their own, levels are told apart; the score is half that of each."""
    env = VendingPanel(burst=0.5, demonstrations=2, symbols=8)
    scores = {True: [], False: []}  # type: dict[bool, list[float]]
    for seed in range(300):
        score = play(env, Reference(env.arguments), seed)
        scores[env.same_level].append(score)
    assert min(scores[True]) == 1.0
    mean, error = mean_and_error(scores[False])
    assert mean == pytest.approx(0.25, abs=4 * error)


# The bandit --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("buttons", "turns"), [(2, 12), (3, 10), (5, 7)])
def test_pressing_the_likeliest_is_the_best_plan(buttons: int, turns: int) -> None:
    assert bandit(buttons, turns) == pytest.approx(bandit(buttons, turns, greedy=False), abs=1e-12)


def test_bandit_without_records() -> None:
    env = VendingPanel(**BANDIT, context="none")
    mean, error = mean_and_error([play(env, Reference(env.arguments), seed) for seed in range(500)])
    assert mean == pytest.approx(bandit(5, 24), abs=4 * error)


def test_odds_of_a_button() -> None:
    """Each pay makes the odds 0.6/0.4 times larger, whoever pressed; an expert's press is certain anyway."""
    player = BayesPlayer.__new__(BayesPlayer)
    player.game = panel(chances=UNCERTAIN, buttons=2)
    view = ("holm",)
    steps = ("pays", "pays", "empty", "slip")
    seen_ = (Observation("", view), *(Observation(e, view) for e in steps))
    vector = player.read(Fragment(seen_, ("bim", "bim", "dovo", "bim"), ()), 1.0).buttons["holm"]
    assert vector[0] / vector[1] == pytest.approx(1.5**3)
    certain = player.read(Fragment(seen_[:2], ("dovo",), ()), 0.0).buttons["holm"]
    assert certain[0] == 0.0 < certain[1]


def test_chance_that_symbols_belong_together() -> None:
    player = BayesPlayer.__new__(BayesPlayer)
    player.game = panel(symbols=2)
    n = len(THINGS)
    assert player.belong(0) == pytest.approx(1.0)
    assert player.belong(1) == pytest.approx(2 / n)
    assert player.belong(2) == pytest.approx(2 / (n * (n - 1)))
    assert player.belong(3) == 0.0
