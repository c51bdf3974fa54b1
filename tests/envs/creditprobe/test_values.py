"""The worth of turns: derived by hand, enumerated, and played in the real environment."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from turnbench.envs.creditprobe.env import CreditProbe
from turnbench.envs.creditprobe.presets import PRESETS, WORDS, Flags
from turnbench.exact import ExactValues, Floats, Node, Policy, history_values, memory_free_values
from turnbench.randomness import RandomStream, stable_hash

ALL = sorted(PRESETS)


def walk(preset: str, turns: int, seed: int = 0, **kwargs: object) -> tuple[CreditProbe, str]:
    env = CreditProbe(preset, turns, split="all", **kwargs)  # type: ignore[arg-type]
    observation, _ = env.reset(seed=seed)
    return env, observation


def sided(probability: float) -> Policy:
    """Left with this probability, else right."""
    return lambda seen: np.tile([probability, 1 - probability, 0.0], (len(seen), 1))


def arbitrary(seen: Sequence[object]) -> Floats:
    """Some fixed stochastic policy: weights for all actions, INVALID included, by hash of what is seen."""
    p = np.array([[1 + stable_hash(repr(s), a) % 97 for a in range(3)] for s in seen], dtype=np.float64)
    out: Floats = p / p.sum(axis=1, keepdims=True)
    return out


def uniform_values(env: CreditProbe, opening: str, probability: float = 0.5) -> ExactValues:
    return memory_free_values(env.exact_model(), opening, sided(probability))


def at(values: ExactValues, index: int) -> list[Node]:
    """The nodes of room `index`."""
    return [node for node in values.q if node.state[0] == index]  # type: ignore[index]


def by_hand(env: CreditProbe, index: int, flags: Flags) -> dict[str, float]:
    """Q under the uniform policy of choosing each thing in room `index`, "" for neither: derived on paper."""
    rooms = [set(room) for room in env._rooms]
    here, ahead = rooms[index], set().union(*rooms[index + 1 :])
    noun = next(iter(sorted(here - {"crystal", "key", "fire", ""})), "")
    match env.preset.name:
        case "pivot" | "distractor":
            if "crystal" in here:
                return {"crystal": 1.0, noun: 0.0, "": 0.0}
            v = 0.5 if "crystal" in ahead else float(bool(flags))
        case "lucky":
            if "crystal" in here:
                return {"crystal": 0.75, noun: 0.25, "": 0.25}
            v = 0.5 if "crystal" in ahead else 0.75 if flags else 0.25
        case "key-door":
            if "key" in here:
                return {"key": 0.5, noun: 0.0, "": 0.0}
            if "door" in here:
                return {"door": float(bool(flags)), "wall": 0.0, "": 0.0}
            v = 0.5 if flags else 0.0
        case "cooperate":
            if "red lever" in here and not flags:
                return {"red lever": 0.5, "blue lever": 0.5, "": 0.0}
            if "red lever" in here:
                return {thing: float(flags[0] == thing) for thing in ("red lever", "blue lever", "")}
            v = 0.0 if "no lever" in flags else 0.5 if len(flags) < 2 else float(flags[1] == "same")
        case _:  # fatal
            whole = 0.0 if "hurt" in flags else 0.5 if "thin bridge" in ahead else 1.0
            dry = 0.75 if "puddle" in ahead else 1.0 if "wet" not in flags else 0.5 if "fire" in ahead else 0.0
            if "thin bridge" in here:
                return {"thin bridge": 0.0, "wide bridge": whole * dry, "": whole * dry}
            if "puddle" in here:
                return {"puddle": whole / 2, "path": whole, "": whole / 2}
            if "fire" in here:
                otherwise = whole * ("wet" not in flags)
                return {"fire": whole, noun: otherwise, "": otherwise}
            v = whole * dry
    return {**dict.fromkeys(here, v), "": v}


@pytest.mark.parametrize("turns", [4, 5, 9])
@pytest.mark.parametrize("preset", ALL)
def test_values_under_the_uniform_policy_are_those_derived_by_hand(preset: str, turns: int) -> None:
    for seed in range(12):
        env, opening = walk(preset, turns, seed)
        values = uniform_values(env, opening)
        for node in values.q:
            index, flags = node.state  # type: ignore[misc]
            worth = by_hand(env, index, flags)
            left, right = (worth[thing] for thing in env.preset.shown(env._rooms[index], flags))
            expected = np.array([left, right, worth[""]])
            assert np.array_equal(values.q[node], expected), (env.instance_key(), node)
            assert values.v[node] == (left + right) / 2
            assert np.array_equal(values.advantage(node), expected - (left + right) / 2)


@pytest.mark.parametrize(
    ("preset", "start", "worth"),
    [
        ("pivot", 0.5, {"crystal": 0.5}),
        ("lucky", 0.5, {"crystal": 0.25}),
        ("distractor", 0.5, {"crystal": 0.5, "trophy": 0.0}),
        ("key-door", 0.25, {"key": 0.25, "door": 0.5}),
        ("cooperate", 0.5, {"red lever": 0.0}),
    ],
)
@pytest.mark.parametrize("turns", [4, 5, 8])
def test_the_plain_numbers(preset: str, start: float, worth: dict[str, float], turns: int) -> None:
    """Advantages along the walk that chooses rightly, up to the second lever: +-worth at what is planted, else 0."""
    env, opening = walk(preset, turns)
    values = uniform_values(env, opening)
    assert values.value == start
    model, node = env.exact_model(), values.start
    for room in env._rooms[: env.pivotal()[-1] if preset == "cooperate" else turns]:
        thing = next((x for x in room if x in worth), room.left)
        action = (room.left, room.right).index(thing)
        a = worth.get(thing, 0.0)
        assert values.advantage(node)[[action, 1 - action]].tolist() == [a, -a]
        transition = model.transitions(node.state, action)[0]
        node = Node(transition.state, transition.observation)


@pytest.mark.parametrize("turns", [4, 5])
def test_the_plain_numbers_of_fatal(turns: int) -> None:
    env, opening = walk("fatal", turns)
    values = uniform_values(env, opening)
    assert values.value == 0.375
    model, node, past = env.exact_model(), values.start, set[str]()
    for room in env._rooms:
        chosen = next((x for x in room if x in ("wide bridge", "path", "fire")), room.left)
        action = (room.left, room.right).index(chosen)
        worth = {  # dry feet so far, so that the fire is worth nothing
            "wide bridge": 0.5 if "path" in past else 0.375,
            "path": 0.25 if "wide bridge" in past else 0.125,
        }.get(chosen, 0.0)
        assert values.advantage(node)[[action, 1 - action]].tolist() == [worth, -worth]
        past.add(chosen)
        transition = model.transitions(node.state, action)[0]
        node = Node(transition.state, transition.observation)
    assert transition.reward == 1.0


def test_levers_are_worth_what_the_policy_makes_of_them() -> None:
    """Uniform: the first levers are worth nothing. Second levers left with p: the first is worth the way it points."""
    sides = set()
    for seed in range(12):
        env, opening = walk("cooperate", 8, seed)
        first, second = env.pivotal()
        same = env._rooms[first].left == env._rooms[second].left
        sides.add(same)
        for probability in (0.5, 0.75, 1.0):
            values = uniform_values(env, opening, probability)
            node = next(n for n in at(values, first) if not str(n.seen).startswith("Invalid"))
            p = probability if same else 1 - probability
            assert values.q[node].tolist() == [p, 1 - p, 0.0]
        values = uniform_values(env, opening)
        for node in at(values, second):
            pulled = node.state[1][0]  # type: ignore[index]
            expected = [float(pulled == thing) for thing in env._rooms[second][:2]]
            assert values.q[node][:2].tolist() == expected
    assert sides == {True, False}


@pytest.mark.parametrize("preset", ALL)
def test_only_pivotal_turns_can_matter(preset: str) -> None:
    """Any policy: advantages of decoys are 0, and pi-weighted advantages add up to 0 everywhere."""
    for seed in range(5):
        env, opening = walk(preset, 7, seed)
        model = env.exact_model()
        values = memory_free_values(model, opening, _blind)
        for node in values.q:
            advantage = values.advantage(node)
            assert values.policy[node] @ advantage == pytest.approx(0.0, abs=1e-12)
            if node.state[0] not in env.pivotal():  # type: ignore[index]
                assert np.all(np.abs(values.q[node] - values.q[node][0]) == 0), "all actions lead to one value"
                assert np.allclose(advantage, 0.0, rtol=0, atol=1e-15)


def _blind(seen: Sequence[str]) -> Floats:
    """A stochastic policy that cannot tell whether its last reply was invalid: the prefix itself is worth nothing."""
    return arbitrary([text.removeprefix("Invalid. ") for text in seen])


@pytest.mark.parametrize("turns", [4, 5])
@pytest.mark.parametrize("preset", ALL)
def test_memory_free_and_history_values_agree(preset: str, turns: int) -> None:
    """The whole tree, for a policy that sees only the last observation: every history has its last sight's values."""
    env, opening = walk(preset, turns, seed=3)
    model = env.exact_model()
    flat = memory_free_values(model, opening, arbitrary)
    tree = history_values(model, lambda seen: arbitrary([h[-1][1] if h else opening for h in seen]))
    assert len(tree.q) == sum(model.action_count**k for k in range(turns))
    assert len(flat.q) <= 10 * turns
    for node, q in tree.q.items():
        said = node.seen[-1][1] if node.seen else opening  # type: ignore[index]
        assert np.array_equal(q, flat.q[Node(node.state, said)])


@pytest.mark.parametrize("remember", [False, True])
@pytest.mark.parametrize("preset", ALL)
def test_exact_values_are_what_playing_gives(preset: str, remember: bool) -> None:
    """Monte Carlo through the environment itself, with policies that see the last observation or the whole history."""
    for turns in (4, 5):
        env, opening = walk(preset, turns, seed=turns, remind=not remember)
        model = env.exact_model()
        values = history_values(model, arbitrary) if remember else memory_free_values(model, opening, arbitrary)
        table = {node.seen: np.cumsum(p).tolist() for node, p in values.policy.items()}
        start, stream, wins, episodes = env.get_state(), RandomStream(turns), 0.0, 2000
        for k in range(episodes):
            env.set_state(start)
            env.reseed(k)
            seen: object = () if remember else opening
            terminated, reward = False, 0.0
            while not terminated:
                draw = stream.random()
                action = min(sum(draw >= edge for edge in table[seen]), len(WORDS))
                text = WORDS[action] if action < len(WORDS) else "I cannot decide."
                observation, reward, terminated, _, _ = env.step(text)
                seen = (*seen, (action, observation)) if remember else observation  # type: ignore[misc]
            wins += reward
        v = values.value
        assert 0.0 < v < 1.0
        assert wins / episodes == pytest.approx(v, abs=4.5 * math.sqrt(v * (1 - v) / episodes))


@pytest.mark.parametrize("preset", ALL)
def test_long_walks_stay_small(preset: str) -> None:
    env, opening = walk(preset, 64)
    values = uniform_values(env, opening)
    assert len(values.q) <= 10 * 64
    assert values.value == {"key-door": 0.25, "fatal": 0.375}.get(preset, 0.5)
