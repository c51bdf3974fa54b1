"""Kept keys and values give what one pass over the whole text gives, whatever is appended, dropped or doubled."""

from __future__ import annotations

import random

import pytest
import torch
from tiny_models import KINDS, plain_logits, word_policy

from turnbench.baselines.lm.llama import LlamaForward
from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.lm.session import GenericSession, LlamaSession, Session, begin, shared_beginning

TOLERANCE = 1e-4


@pytest.fixture(scope="module", params=[*KINDS, "words by transformers"])
def policy(request: pytest.FixtureRequest) -> Policy:
    made = KINDS[request.param.split()[0]]()
    if "by transformers" in request.param:
        made.forward = made.model  # the generic session on a model that has a faster one
    return made


def some_text(rng: random.Random, policy: Policy, length: int) -> list[int]:
    return [rng.randrange(len(policy.tokenizer)) for _ in range(length)]


def check(policy: Policy, logits: torch.Tensor, texts: list[list[int]]) -> None:
    """Row by row: the logits are those after the whole text."""
    assert logits.shape == (len(texts), len(policy.tokenizer))
    assert logits.dtype == torch.float32
    for row, text in zip(logits, texts, strict=True):
        torch.testing.assert_close(row, plain_logits(policy, text)[-1], atol=TOLERANCE, rtol=0)


def test_the_path_is_chosen_by_the_architecture() -> None:
    kinds = {name: type(make()._empty_session(1)) for name, make in KINDS.items()}
    assert kinds == {"words": LlamaSession, "gpt2": GenericSession, "grouped": GenericSession}


def test_ragged_growth_dropped_and_doubled_rows_equal_the_whole_text(policy: Policy) -> None:
    for seed in range(3):
        rng = random.Random(seed)
        session: Session = policy._empty_session(4)
        texts = [some_text(rng, policy, rng.randint(1, 9)) for _ in range(4)]
        check(policy, session.extend(texts), texts)
        for _ in range(6):
            added = [some_text(rng, policy, rng.choice([0, 0, 1, 2, 7])) for _ in texts]
            added[rng.randrange(len(texts))] = some_text(rng, policy, 3)
            texts = [[*t, *a] for t, a in zip(texts, added, strict=True)]
            check(policy, session.extend(added), [t for t, a in zip(texts, added, strict=True) if a])
            kept = [rng.randrange(len(texts)) for _ in range(rng.randint(2, 5))]  # any order, repeats
            session.keep(kept)
            assert session.rows == len(kept)
            texts = [texts[i] for i in kept]
        last = [some_text(rng, policy, 1) for _ in texts]  # rows that were empty so far included
        check(policy, session.extend(last), [[*t, *a] for t, a in zip(texts, last, strict=True)])


def test_a_doubled_row_goes_its_own_way(policy: Policy) -> None:
    rng = random.Random(5)
    text, left, right = (some_text(rng, policy, 4) for _ in range(3))
    session: Session = policy._empty_session(1)
    session.extend([text])
    session.keep([0, 0])
    check(policy, session.extend([left, right]), [[*text, *left], [*text, *right]])


def test_texts_longer_than_the_first_buffer_and_the_first_rotations() -> None:
    """64 slots and 512 positions are made at first; both must grow, and rows that lag behind must not notice."""
    policy = word_policy()
    assert isinstance(policy.forward, LlamaForward)
    rng = random.Random(1)
    session = LlamaSession(policy.forward, 2, slots=8)
    texts = [some_text(rng, policy, 5), some_text(rng, policy, 3)]
    session.extend(texts)
    for length in (1, 6, 40, 500):
        added = some_text(rng, policy, length)
        texts[0] += added
        check(policy, session.extend([added, []]), texts[:1])
    texts[1] += [7]
    check(policy, session.extend([[], [7]]), texts[1:])


@pytest.mark.parametrize(
    "texts",
    [
        [[5, 6, 7]],
        [[5]],
        [[5, 6, 7]] * 3,
        [[5, 6], [7], [5, 6], [8, 9, 10, 11]],
        [[*range(20, 40), 1], [*range(20, 40), 2, 3], [*range(20, 40), 1]],
        [[*range(20, 40)], [*range(20, 45)]],  # one is the beginning of the other
        [[*range(20, 27), 1], [*range(20, 27), 2]],  # share too little to be worth it
    ],
    ids=["one", "one token", "equal", "ragged", "shared beginning", "nested", "little shared"],
)
def test_begin(policy: Policy, texts: list[list[int]]) -> None:
    session, logits = policy.session(texts)
    assert session.rows == len(texts)
    check(policy, logits, texts)
    added = [[11 + i] for i in range(len(texts))]
    check(policy, session.extend(added), [[*t, *a] for t, a in zip(texts, added, strict=True)])


class Counting(Session):
    """Counts what goes through it."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.passed: list[list[list[int]]] = []

    def extend(self, texts):  # type: ignore[no-untyped-def]
        self.passed.append([list(t) for t in texts])
        return torch.arange(float(len(texts)))[:, None]

    def keep(self, rows):  # type: ignore[no-untyped-def]
        self.rows = len(rows)

    def append(self, other):  # type: ignore[no-untyped-def]
        raise NotImplementedError


def test_begin_computes_equal_texts_and_a_shared_beginning_once() -> None:
    trunk = list(range(50, 60))
    session, logits = begin(Counting, [[*trunk, 1], [*trunk, 2, 3], [*trunk, 1]])
    assert isinstance(session, Counting)
    assert session.passed == [[trunk], [[1], [2, 3]]]
    assert logits[:, 0].tolist() == [0, 1, 0]
    assert session.rows == 3


def test_shared_beginning_leaves_each_text_a_token() -> None:
    trunk = list(range(9))
    assert shared_beginning([trunk, trunk]) == 8
    assert shared_beginning([[*trunk, 1], [*trunk, 2], [*trunk, 1, 5]]) == 9
    assert shared_beginning([trunk, [*trunk, 5]]) == 8
    assert shared_beginning([trunk]) == 0
    assert shared_beginning([[*trunk[:7], 1], [*trunk[:7], 2]]) == 0
    assert shared_beginning([[*trunk, 5], [9, *trunk], [*trunk, 5]]) == 0
