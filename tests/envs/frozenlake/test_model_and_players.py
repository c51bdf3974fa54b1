"""The exact model against the world itself, and the players against what theory says of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from turnbench.envs.frozenlake.env import FrozenLake
from turnbench.envs.frozenlake.maps import ACTIONS, Lake, draw_lake
from turnbench.envs.frozenlake.model import FrozenLakeModel
from turnbench.envs.frozenlake.players import Novice, Reference, best_chance, best_moves
from turnbench.envs.frozenlake.words import map_text
from turnbench.episode import History, Opening, Reply, Turn
from turnbench.exact import Floats, memory_free_values
from turnbench.randomness import RandomStream
from turnbench.runner import run

LEVELS = [(4, False), (8, False), (4, True), (8, True)]
MAP = "SFFF/FHFH/FFFH/HFFG"
TEXTS = (*ACTIONS, "hello")


@pytest.mark.parametrize(("size", "blind"), LEVELS)
def test_model_and_world_say_the_same_on_firm_ice(size: int, blind: bool) -> None:
    env = FrozenLake(size=size, blind=blind, split="all")
    rng = RandomStream(size + blind)
    for seed in range(60):
        env.reset(seed=seed)
        model = env.exact_model()
        state, done = model.start(), False
        while not done:
            action = rng.below(model.action_count)
            (expected,) = model.transitions(state, action)
            said, reward, done, _, _ = env.step(TEXTS[action])
            assert (expected.probability, expected.observation, expected.reward) == (1.0, said, reward)
            assert (expected.state is None) == done
            state = expected.state
            assert done or state == (env.position, env.turn)


@pytest.mark.parametrize(("size", "blind"), LEVELS)
def test_model_and_world_say_the_same_on_slippery_ice(size: int, blind: bool) -> None:
    env = FrozenLake(size=size, blind=blind, slippery=True, split="all", budget=12)
    rng = RandomStream(size + blind)
    for seed in range(60):
        env.reset(seed=seed)
        model = env.exact_model()
        state, done = model.start(), False
        while not done:
            action = rng.below(model.action_count)
            rows = model.transitions(state, action)
            assert sum(row.probability for row in rows) == pytest.approx(1.0, abs=1e-12)
            said, reward, done, _, _ = env.step(TEXTS[action])
            state = None if done else (env.position, env.turn)
            assert sum((state, reward, said) == (row.state, row.reward, row.observation) for row in rows) == 1


def test_probabilities_in_a_corner() -> None:
    """From the start, left leads against two edges and down: two thirds stay."""
    model = FrozenLakeModel(Lake(4, MAP.replace("/", "")), True, False, 100)
    rows = model.transitions((0, 0), ACTIONS.index("left"))
    assert {row.state: row.probability for row in rows} == {(0, 1): 2 / 3, (4, 1): 1 / 3}


def test_exact_value_of_the_random_walk_is_what_is_played() -> None:
    """Dynamic programming against 4,000 walks on one slippery lake."""
    env = FrozenLake(slippery=True, split="all", budget=30)
    rng, n = RandomStream(9), 4000
    opening, _ = env.reset(seed=0, options={"map": MAP})
    uniform = memory_free_values(env.exact_model(), opening, lambda seen: np.full((len(seen), 5), 0.2))
    wins = 0.0
    state = env.get_state()
    for k in range(n):
        env.set_state(state)
        env.reseed(k)
        done = False
        while not done:
            _, reward, done, _, _ = env.step(rng.choice(TEXTS))
        wins += reward
    assert wins / n == pytest.approx(uniform.value, abs=4 * (uniform.value / n) ** 0.5)


def test_best_plan_is_worth_what_it_says_and_more_than_every_deviation() -> None:
    """The plan's own value, evaluated by the model, is the value iteration's; no single turn can be bettered."""
    for seed in range(5):
        lake = draw_lake(RandomStream(seed), 4, "all")
        budget = 12
        model = FrozenLakeModel(lake, True, False, budget)
        plan, value = best_moves(lake, budget), {}
        for gone in reversed(range(budget)):
            for cell in range(lake.goal):
                q = [
                    sum(row.probability * (row.reward + value.get(row.state, 0.0)) for row in rows)
                    for rows in (model.transitions((cell, gone), a) for a in range(4))
                ]
                chosen = q[ACTIONS.index(plan[budget - gone][cell])]
                if lake.cells[cell] != "H":
                    assert chosen == pytest.approx(max(q), abs=1e-12)
                    value[cell, gone] = chosen
        assert value[0, 0] == pytest.approx(best_chance(lake, budget), abs=1e-12)


def test_a_shortest_path_by_the_last_observation_alone_is_worth_one() -> None:
    env = FrozenLake(size=8, split="all")
    opening, _ = env.reset(seed=3)
    player = Reference(env.arguments)

    def policy(seen: Sequence[str]) -> Floats:
        replies = [player.reply(History("e", Opening("", text), [], 0)) for text in seen]
        return np.array([[float(reply == action) for action in (*ACTIONS, "")] for reply in replies])

    values = memory_free_values(env.exact_model(), opening, policy)
    assert values.value == 1.0
    assert values.advantage(values.start).max() <= 0.0


def _history(lake_map: str, *turns: str, seed: int = 0) -> History:
    lake = Lake(4, lake_map.replace("/", ""))
    return History("e", Opening("", map_text(lake, 0)), [Turn(Reply("x"), t) for t in turns], seed)


ARGUMENTS = {"size": 4, "slippery": False, "blind": False, "budget": 16}


@pytest.mark.parametrize(
    ("lake_map", "chances"),
    [
        # 0.0625 is a move of the one in four that is any; the rest is shared as the page of the player says.
        ("SFFF/FFFF/FFFF/FFFG", {"down": 0.4375, "right": 0.4375}),
        ("SFFF/HFFF/FFFF/FFFG", {"down": 0.0625 + 0.75 * 0.25, "right": 0.0625 + 0.75 * 0.75}),
    ],
)
def test_novice_moves_as_described(lake_map: str, chances: dict[str, float]) -> None:
    n = 6000
    said = [Novice(ARGUMENTS).reply(_history(lake_map, seed=seed)) for seed in range(n)]
    for action in ACTIONS:
        p = chances.get(action, 0.0625)
        assert said.count(action) / n == pytest.approx(p, abs=4 * (p * (1 - p) / n) ** 0.5), action


def test_novice_in_a_dead_end_goes_back() -> None:
    """Two holes ahead, both dropped with 1/4: then it takes one of the two ways that are open."""
    lake = Lake(4, "SFFFFFHFFHFFFFFG")
    n = 6000
    history = [History("e", Opening("", map_text(lake, 5)), [], seed) for seed in range(n)]
    said = [Novice(ARGUMENTS).reply(h) for h in history]
    for action, p in (("up", 0.0625 + 0.75 / 8), ("left", 0.0625 + 0.75 / 8), ("down", 0.0625 + 0.75 * 3 / 8)):
        assert said.count(action) / n == pytest.approx(p, abs=4 * (p * (1 - p) / n) ** 0.5), action


def test_blind_players_keep_track() -> None:
    player = Reference({**ARGUMENTS, "blind": True})
    told = ("You moved down.", "You bumped into the edge.", "Say up, down, left or right.", "You moved down.", "junk")
    seen = player.where(_history(MAP, *told))
    assert seen is not None
    assert seen[1] == 8
    assert player.reply(_history(MAP, *told)) == "right"
    assert player.reply(History("e", Opening("", "no map"), [], 0)) in ACTIONS


ANCHORS = {
    "": (1.0, 0.53, 0.045),
    "-Slippery": (0.91, 0.21, 0.11),
    "-Large": (1.0, 0.135, 0.0),
    "-Blind": (1.0, 0.53, 0.045),
}


@pytest.mark.parametrize("level", ANCHORS)
def test_anchors(level: str) -> None:
    """The page's numbers; loosely, because few maps make up much of the 4 x 4 test split."""
    for player, expected in zip(("reference", "novice", "random"), ANCHORS[level], strict=True):
        result = run(player, f"TurnBench/FrozenLake{level}-v0", episodes=300)
        assert result.summary.failed == {}
        assert result.summary.mean_score == pytest.approx(expected, abs=0.08), player
