"""Texts that branch: packed, they are learned as if each were a text of its own, and branches are invisible."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import pytest
import torch
from tiny_models import KINDS, word_policy, world_texts
from torch import Tensor

from turnbench.baselines.lm.chat import Chat
from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.lm.tree import Segment
from turnbench.baselines.lm.words import build_word_tokenizer
from turnbench.baselines.warmup.lessons import Mix, World, small_worlds
from turnbench.baselines.warmup.tree import Lesson, losses, paths
from turnbench.randomness import RandomStream


def plain_losses(policy: Policy, lesson: Lesson) -> dict[str, list[float]]:
    """Negative log-likelihood of every learned token by kind: one plain pass per path."""
    out: dict[str, list[float]] = {}
    for text, learned, kind in paths(lesson):
        with torch.no_grad():
            logp = policy.model(input_ids=torch.tensor([text]), use_cache=False).logits[0].log_softmax(-1)
        out.setdefault(kind, []).extend(-float(logp[p - 1, text[p]]) for p in learned)
    return out


def packed_losses(policy: Policy, lessons: list[Lesson], limit: int = 2048) -> dict[str, list[float]]:
    out: dict[str, list[float]] = {}
    with torch.no_grad():
        for loss_N, kinds in losses(policy.forward, lessons, limit):
            for kind, value in zip(kinds, loss_N.tolist(), strict=True):
                out.setdefault(kind, []).append(value)
    return out


def assert_same(one: dict[str, list[float]], other: dict[str, list[float]]) -> None:
    assert one.keys() == other.keys()
    for kind in one:
        np.testing.assert_allclose(sorted(one[kind]), sorted(other[kind]), atol=1e-4, rtol=1e-4, err_msg=kind)


@pytest.mark.parametrize("env_id", small_worlds())
def test_packed_lessons_cost_what_their_paths_cost(env_id: str) -> None:
    """Every small world: games told whole and state by state, with facts, beliefs, verdicts, modes and knowledge."""
    policy = word_policy(worlds=(env_id,))
    world = World(env_id, policy.chat, Mix(modes=0.5, states=0.5))
    lessons = [world.lesson(seed, RandomStream(seed)) for seed in range(4)]
    lessons = [x for x in lessons if x.size < 900] or lessons[:1]
    for lesson in lessons[:2]:
        assert_same(packed_losses(policy, [lesson]), plain_losses(policy, lesson))
        assert sum(map(len, plain_losses(policy, lesson).values())) == lesson.learned


def drawn(rng: random.Random, vocabulary: int) -> Lesson:
    """Segments anywhere: branches of branches, from first to last token of their parents."""
    beginning = tuple(rng.randrange(vocabulary) for _ in range(rng.randint(1, 12)))
    segments: list[Segment] = []
    for n in range(rng.randint(1, 7)):
        tokens = tuple(rng.randrange(vocabulary) for _ in range(rng.randint(2, 8)))
        parent = rng.randrange(-1, n)
        at = rng.randint(1, len(segments[parent].tokens)) if parent >= 0 else 0
        learned = rng.sample(range(0 if parent >= 0 else 1, len(tokens)), rng.randint(1, len(tokens) - 1))
        segments.append(Segment(tokens, tuple(sorted(learned)), parent, at, f"kind {n}"))
    return Lesson(beginning, tuple(segments))


@pytest.mark.parametrize("seed", range(6))
def test_any_tree(seed: int) -> None:
    policy = word_policy()
    rng = random.Random(seed)
    lessons = [drawn(rng, len(policy.tokenizer)) for _ in range(5)]
    lessons.append(dataclasses.replace(lessons[0], segments=lessons[1].segments))  # shares the beginning of the first
    expected: dict[str, list[float]] = {}
    for lesson in lessons:
        assert_same(packed_losses(policy, [lesson]), plain_losses(policy, lesson))
        for kind, values in plain_losses(policy, lesson).items():
            expected.setdefault(kind, []).extend(values)
    for limit in (1, 40, 2048):
        assert_same(packed_losses(policy, lessons, limit), expected)


@pytest.mark.parametrize("kind", ["gpt2", "grouped"])
def test_models_of_another_kind_learn_the_same_lessons_path_by_path(kind: str) -> None:
    policy = KINDS[kind]()
    lesson = drawn(random.Random(1), len(policy.tokenizer))
    assert_same(packed_losses(policy, [lesson]), plain_losses(policy, lesson))


def test_gradients_are_those_of_the_paths() -> None:
    policy = word_policy()
    lesson = drawn(random.Random(2), len(policy.tokenizer))

    def gradients(pieces: list[Tensor]) -> dict[str, Tensor]:
        policy.model.zero_grad()
        torch.stack(pieces).sum().backward()
        return {n: p.grad.clone() for n, p in policy.model.named_parameters() if p.grad is not None}

    ours = gradients([loss.sum() for loss, _ in losses(policy.forward, [lesson], 30)])
    pieces = []
    for text, learned, _ in paths(lesson):
        logp = policy.model(input_ids=torch.tensor([text]), use_cache=False).logits[0].log_softmax(-1)
        pieces += [-logp[p - 1, text[p]] for p in learned]
    for name, gradient in gradients(pieces).items():
        torch.testing.assert_close(ours[name], gradient, atol=1e-3, rtol=1e-3, msg=lambda m, n=name: f"{n}: {m}")


def test_a_branch_is_invisible_to_all_but_its_own() -> None:
    policy = word_policy()
    trunk = Segment(tuple(range(30, 50)), (5, 12, 19), kind="trunk")
    aside = Segment((7, 8, 9, 10), (1, 2, 3), 0, 9, "aside")
    after = Segment((11, 12, 13), (1, 2), 0, 20, "after")
    below = Segment((14, 15), (0, 1), 1, 2, "below")
    before = packed_losses(policy, [Lesson((3, 4, 5), (trunk, aside, after, below))])
    changed = dataclasses.replace(aside, tokens=(7, 99, 98, 97))
    now = packed_losses(policy, [Lesson((3, 4, 5), (trunk, changed, after, below))])
    for kind in ("trunk", "after"):
        np.testing.assert_allclose(now[kind], before[kind], atol=1e-5)
    for kind in ("aside", "below"):  # the change itself, and what goes on from it
        assert np.abs(np.subtract(now[kind], before[kind])).max() > 1e-3
    moved = dataclasses.replace(trunk, tokens=(*trunk.tokens[:15], 99, *trunk.tokens[16:]))  # behind where it begins
    later = packed_losses(policy, [Lesson((3, 4, 5), (moved, aside, after, below))])
    np.testing.assert_allclose(later["aside"], before["aside"], atol=1e-5)
    assert np.abs(np.subtract(later["after"], before["after"])).max() > 1e-3


def test_sizes_count_the_beginning_once() -> None:
    lesson = Lesson((1, 2, 3), (Segment((4, 5), (1,)), Segment((6, 7, 8), (0, 2), 0, 1)))
    assert (lesson.size, lesson.learned) == (8, 3)
    assert [(t, w) for t, w, _ in paths(lesson)] == [([1, 2, 3, 4, 5], [4]), ([1, 2, 3, 4, 6, 7, 8], [4, 6])]


@pytest.mark.parametrize("env_id", ["TurnBench/FrozenLake-v0", "TurnBench/TwentyQ-Small-v0"])
def test_lessons_follow_their_seed(env_id: str) -> None:
    chat = Chat(build_word_tokenizer(world_texts(env_id)))
    one, other = World(env_id, chat, Mix()), World(env_id, chat, Mix())
    first = [one.lesson(s, RandomStream(s)) for s in range(6)]
    backwards = [other.lesson(s, RandomStream(s)) for s in reversed(range(6))]
    assert first == backwards[::-1]
    assert len(set(first)) == 6
