"""The critic learns what it is given, and reads the moment before a token."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from tiny_models import KINDS, walker, word_policy

from turnbench.baselines.critic import Critic
from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.rollout import Arena, rollout
from turnbench.baselines.sampling import Sampler
from turnbench.baselines.trajectory import Floats, Group, returns_to_go
from turnbench.errors import UsageError

CONTEXTS = ["history", "state"]


def played(policy: Policy, context: str, size: int = 4, new: int = 2) -> list[Group]:
    sampler = Sampler(torch.Generator().manual_seed(0), policy.chat.stops, new)
    arena = Arena("TurnBench/CreditProbe-Short-v0", "train", {"turns": 3})
    return rollout(policy, arena, range(3), size, context, sampler)[0]


def shaken(policy: Policy) -> Critic:
    """A critic whose head says something already."""
    critic = Critic(policy, 1e-2)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        critic.head.weight.copy_(torch.randn(critic.head.weight.shape, generator=generator))
        critic.head.bias.fill_(0.5)
    return critic


def plain_values(critic: Critic, group_member: object) -> list[float]:
    """Values before every policy token, one plain pass of transformers per text."""
    out: list[float] = []
    for text, wanted in group_member.source.texts():  # type: ignore[attr-defined]
        with torch.no_grad():
            hidden = critic.model.model(input_ids=torch.tensor([text]), use_cache=False).last_hidden_state[0]
            out += critic.head(hidden[[p - 1 for p in wanted]])[:, 0].tolist()
    return out


@pytest.mark.parametrize("context", CONTEXTS)
def test_values_are_those_of_the_moment_before_each_token(context: str) -> None:
    policy = word_policy()
    groups = played(policy, context, new=4)
    critic = shaken(policy)
    by_token, scored = critic.values(groups, every_token=True)
    by_turn, _ = critic.values(groups, every_token=False)
    assert scored > 0
    for group, tokens, turns in zip(groups, by_token, by_turn, strict=True):
        for m, of_tokens, of_turns in zip(group.members, tokens, turns, strict=True):
            assert of_tokens.shape == (len(m.logprobs_T),)
            assert of_turns.shape == (m.turns,)
            np.testing.assert_allclose(of_tokens, plain_values(critic, m), atol=1e-4)
            firsts = np.cumsum([0, *m.tokens_K[:-1]])
            np.testing.assert_allclose(of_turns, of_tokens[firsts], atol=1e-4)
    assert np.ptp(np.concatenate(by_token[0])) > 0.1


def test_the_same_moment_is_computed_once() -> None:
    policy = walker()
    groups = played(policy, "state", size=8)
    _, scored = shaken(policy).values(groups, every_token=False)
    prompts = {p for g in groups for m in g.members for p in m.source.pieces}
    assert scored == sum(len(p) + 1 for p in prompts)
    assert len(prompts) < sum(m.turns for g in groups for m in g.members) / 2


@pytest.mark.parametrize("every_token", [True, False])
@pytest.mark.parametrize("context", CONTEXTS)
def test_it_fits_a_constant(context: str, every_token: bool) -> None:
    policy = walker()
    groups = played(policy, context)
    critic = Critic(policy, 1e-2, epochs=4)
    before, _ = critic.values(groups, every_token)
    assert not np.concatenate([v for g in before for v in g]).any()  # it begins at 0
    targets = [[np.full(v.shape, 0.7) for v in g] for g in before]
    losses = [critic.fit(groups, targets, every_token)[0] for _ in range(12)]
    assert losses[0] == pytest.approx(0.5 * 0.7**2)
    assert losses[-1] < 1e-3
    after, _ = critic.values(groups, every_token)
    np.testing.assert_allclose(np.concatenate([v for g in after for v in g]), 0.7, atol=0.1)


@pytest.mark.parametrize("every_token", [True, False])
@pytest.mark.parametrize("context", CONTEXTS)
def test_loss_and_gradient_are_those_of_the_mean_over_all_moments(context: str, every_token: bool) -> None:
    """Equal moments with unequal targets are merged; that must not show."""
    policy = walker()
    groups = played(policy, context)
    critic = shaken(policy)
    rng = np.random.default_rng(0)
    values, _ = critic.values(groups, every_token)
    targets: list[list[Floats]] = [[rng.normal(size=v.shape) for v in g] for g in values]
    flat = np.concatenate([v for g in values for v in g])
    aim = np.concatenate([t for g in targets for t in g])

    hidden, count = 0.0, len(flat)
    expected = copy.deepcopy(critic)
    for group, of_group in zip(groups, targets, strict=True):
        for m, target in zip(group.members, of_group, strict=True):
            chosen = range(len(m.logprobs_T)) if every_token else np.cumsum([0, *m.tokens_K[:-1]]).tolist()
            said = []
            for text, wanted in m.source.texts():
                states = expected.model.model(input_ids=torch.tensor([text]), use_cache=False).last_hidden_state[0]
                said += list(expected.head(states[[p - 1 for p in wanted]])[:, 0])
            for at, token in enumerate(chosen):
                hidden = hidden + 0.5 * (said[token] - float(target[at])) ** 2 / count
    hidden.backward()  # type: ignore[attr-defined]
    norm = torch.nn.utils.clip_grad_norm_([*expected.model.model.parameters(), *expected.head.parameters()], 1.0)
    assert norm > 0.01
    loss, _ = critic.fit(groups, targets, every_token)
    assert loss == pytest.approx(0.5 * np.mean((flat - aim) ** 2), rel=1e-4)
    ours = [p.grad for p in [*critic.model.model.parameters(), *critic.head.parameters()]]
    theirs = [p.grad for p in [*expected.model.model.parameters(), *expected.head.parameters()]]
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-3)


def test_it_tells_states_apart() -> None:
    policy = walker()
    groups = played(policy, "state", size=16)
    critic = Critic(policy, 5e-3, epochs=8)
    targets = [
        [returns_to_go(np.arange(m.turns) - 1.0) for m in g.members] for g in groups
    ]  # by the number of the room
    for _ in range(8):
        critic.fit(groups, targets, every_token=False)
    (first, *_), _ = critic.values(groups, every_token=False)
    np.testing.assert_allclose(np.mean(first, 0), returns_to_go(np.arange(3) - 1.0), atol=0.25)


def test_fitting_leaves_the_policy_as_it_was() -> None:
    policy = walker()
    before = policy.weights_hash()
    groups = played(policy, "state")
    critic = Critic(policy, 1e-2)
    critic.fit(groups, [[np.ones(m.turns) for m in g.members] for g in groups], every_token=False)
    assert policy.weights_hash() == before
    assert all(p.grad is None for p in policy.model.parameters())


def test_saved_and_loaded_it_goes_on_as_if_nothing_had_been() -> None:
    policy = walker()
    groups = played(policy, "state")
    targets = [[np.ones(m.turns) for m in g.members] for g in groups]
    one = Critic(policy, 1e-2)
    one.fit(groups, targets, every_token=False)
    other = Critic(policy, 1e-2)
    other.load(copy.deepcopy(one.state()))
    losses = [c.fit(groups, targets, every_token=False)[0] for c in (one, other) for _ in range(2)]
    assert losses[:2] == losses[2:]
    for a, b in zip(one.model.parameters(), other.model.parameters(), strict=True):
        torch.testing.assert_close(a, b, atol=0, rtol=0)


@pytest.mark.parametrize("kind", ["gpt2", "grouped"])
def test_models_of_another_kind_are_refused(kind: str) -> None:
    with pytest.raises(UsageError) as caught:
        Critic(KINDS[kind](), 1e-3)
    assert (
        str(caught.value)
        == "A critic needs a plain Llama (no grouped queries, no biases): use a method without values for this model."
    )
