"""The private stream: fixed for ever, unbiased, and never the process-wide one."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnbench.randomness import RandomStream, stable_hash
from turnbench.splits import SPLITS, split_of


def test_words_are_splitmix64() -> None:
    """Reference output of SplitMix64 from seed 1234567 (published with the generator's C source)."""
    stream = RandomStream(1234567)
    assert [stream.word() for _ in range(5)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_hash_is_fixed_for_ever() -> None:
    assert f"{stable_hash('TwentyQ-v0', {'b': 1, 'a': [1.5, None]}, 7):064x}"[:16] == "80985ac4f828a034"


@given(st.integers(1, 2**64), st.integers(0, 2**64 - 1))
def test_below_stays_below(n: int, seed: int) -> None:
    assert 0 <= RandomStream(seed).below(n) < n


@given(st.lists(st.integers()), st.integers(0, 2**64 - 1))
def test_shuffle_is_a_permutation_and_sample_distinct(items: list[int], seed: int) -> None:
    shuffled = list(items)
    RandomStream(seed).shuffle(shuffled)
    assert Counter(shuffled) == Counter(items)
    positions = RandomStream(seed).sample(range(len(items)), len(items) // 2)
    assert len(set(positions)) == len(items) // 2


def test_draws_are_uniform() -> None:
    stream = RandomStream.from_parts("uniform")
    counts = Counter(stream.below(7) for _ in range(70_000))
    chi_square = sum((counts[k] - 10_000) ** 2 / 10_000 for k in range(7))
    assert chi_square < 22.5  # the 99.9 % point at 6 degrees of freedom


def test_state_restores_the_stream() -> None:
    stream = RandomStream(5)
    stream.word()
    twin = RandomStream(stream.state)
    assert [stream.random() for _ in range(4)] == [twin.random() for _ in range(4)]


@pytest.mark.parametrize("n", [0, -1, 2**64 + 1])
def test_below_refuses(n: int) -> None:
    with pytest.raises(ValueError, match=r"below\(\) needs 1 <= n <= 2\*\*64"):
        RandomStream(0).below(n)


def test_splits_have_their_shares() -> None:
    counts = Counter(split_of(f"instance {i}") for i in range(10_000))
    assert set(counts) == set(SPLITS)
    assert abs(counts["train"] - 6_000) < 200
    assert abs(counts["test"] - 2_000) < 200
