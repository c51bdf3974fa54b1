"""What every page in `turnbench.baselines.credit` must hold; a new page is found by itself."""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import re
from dataclasses import fields
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trajectories import GATHERED, episode, group, random_group, with_gathered

from turnbench.baselines.method import load_method, method_names
from turnbench.baselines.trajectory import Floats, Group, Trajectory

NAMES = method_names()
GROUP_RELATIVE = [name for name in NAMES if not load_method(name).needs]


def page_of(name: str) -> ModuleType:
    """The module of a method."""
    return importlib.import_module(f"turnbench.baselines.credit.{name.replace('-', '_')}")


def some_group(seed: int, size: int = 4) -> Group:
    return random_group(np.random.default_rng(seed), size)


def spans(name: str, member: Trajectory) -> int:
    """Length of a credit of this member."""
    return member.turns if load_method(name).spans == "turn" else int(member.tokens_K.sum())


def same(left: list[Floats], right: list[Floats]) -> bool:
    return len(left) == len(right) and all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


def test_there_are_methods() -> None:
    assert NAMES
    assert GROUP_RELATIVE


@pytest.mark.parametrize("name", NAMES)
def test_needs_are_known_to_the_factories(name: str) -> None:
    unknown = set(load_method(name).needs) - set(GATHERED)
    assert not unknown, f"say in tests/support/trajectories.py what shape {unknown} have"


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.integers(1, 5))
def test_a_finite_number_per_span(name: str, seed: int, size: int) -> None:
    of, method = some_group(seed, size), load_method(name)
    answers = [method.credit(of, method.config)]
    if method.targets is not None:
        answers.append(method.targets(of, method.config))
    for arrays in answers:
        assert [a.shape for a in arrays] == [(spans(name, m),) for m in of.members]
        assert all(a.dtype == np.float64 and np.isfinite(a).all() for a in arrays)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.permutations(range(4)))
def test_the_order_of_members_does_not_matter(name: str, seed: int, order: list[int]) -> None:
    of, method = some_group(seed), load_method(name)
    plain = method.credit(of, method.config)
    shuffled = method.credit(Group(of.seed, [of.members[i] for i in order]), method.config)
    for place, i in enumerate(order):
        assert shuffled[place] == pytest.approx(plain[i], abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(3))
def test_asking_twice_gives_the_same_and_changes_nothing(name: str, seed: int) -> None:
    of, method = some_group(seed), load_method(name)
    before = copy.deepcopy(of)
    first = method.credit(of, method.config)
    kept = copy.deepcopy(first)
    assert same(kept, method.credit(of, method.config))
    if method.targets is not None:
        method.targets(of, method.config)
    for array in first:
        array += 1.0  # credits are the caller's: changing them must not reach the group either
    for now, then in zip(of.members, before.members, strict=True):
        for f in fields(Trajectory):
            np.testing.assert_equal(getattr(now, f.name), getattr(then, f.name))


@pytest.mark.parametrize("name", GROUP_RELATIVE)
@pytest.mark.parametrize("reward", [0.0, 1.0, 0.1])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_members_that_are_alike_get_exactly_nothing(name: str, size: int, reward: float) -> None:
    """With 0.1, means are not exact: (0.1 + 0.1 + 0.1) / 3 is not 0.1 in floating point."""
    of, method = group(*(episode([0.0, 0.0, reward]) for _ in range(size))), load_method(name)
    assert all(not c.any() for c in method.credit(of, method.config))


@pytest.mark.parametrize("name", NAMES)
def test_an_episode_that_was_over_before_it_began(name: str) -> None:
    """No turns, no tokens: an empty credit, and a weight like any other."""
    of = with_gathered(group(episode([]), episode([1.0, 0.0]), episode([])), np.random.default_rng(0))
    method = load_method(name)
    credits = method.credit(of, method.config)
    assert [len(c) for c in credits] == [0, spans(name, of.members[1]), 0]
    if method.select is not None:
        assert np.isfinite(method.select([of], [credits], method.config, np.random.default_rng(0))[0]).all()


@pytest.mark.parametrize("name", [name for name in NAMES if load_method(name).select])
def test_a_selection_weighs_every_episode(name: str) -> None:
    method = load_method(name)
    assert method.select is not None
    groups = [some_group(seed, size) for seed, size in enumerate((1, 4, 3))]
    credits = [method.credit(of, method.config) for of in groups]
    weights = method.select(groups, credits, method.config, np.random.default_rng(0))
    assert [w.shape for w in weights] == [(1,), (4,), (3,)]
    assert all((w >= 0).all() and np.isfinite(w).all() for w in weights)


@pytest.mark.parametrize("name", NAMES)
def test_groups_do_not_share_state(name: str) -> None:
    """What a method says about a group does not depend on the groups it saw before."""
    method = load_method(name)
    fresh = method.credit(some_group(1), method.config)
    method.credit(some_group(2), method.config)
    assert same(fresh, method.credit(some_group(1), method.config))


@pytest.mark.parametrize("name", NAMES)
def test_the_page_explains_itself(name: str) -> None:
    doc = page_of(name).__doc__ or ""
    assert re.search(r"arXiv\s+\d{4}\.\d{5}|\b(19|20)\d\d, \"|no paper", doc), "name the paper, or say 'no paper'"
    assert "Deviations:" in doc
    assert "Edge cases:" in doc


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_explained(name: str) -> None:
    """A docstring under each field of Config, and one for the class."""
    tree = ast.parse(inspect.getsource(page_of(name)))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == "Config":
            assert ast.get_docstring(node)
            for field, after in zip(node.body, [*node.body[1:], None], strict=True):
                if isinstance(field, ast.AnnAssign):
                    explained = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
                    assert explained, f"{ast.unparse(field)} has no docstring"


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_short(name: str) -> None:
    assert len(inspect.getsource(page_of(name)).splitlines()) <= 100


def test_the_factories_end_values_where_the_world_ended() -> None:
    of = with_gathered(group(episode([1, 1]), episode([1, 1], truncated=True)), np.random.default_rng(0))
    assert [m.gathered["values"][-1] == 0 for m in of.members] == [True, False]
