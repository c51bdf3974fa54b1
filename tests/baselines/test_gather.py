"""What methods ask for beyond rewards: measured values, exact advantages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from tiny_models import walker, word_policy

from turnbench.baselines.critic import Critic
from turnbench.baselines.gather import Laboratory, branches, exact, gatherer, recorded_for, token_values, values
from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.rollout import Arena, rollout
from turnbench.baselines.sampling import Sampler
from turnbench.baselines.trajectory import Group
from turnbench.errors import UnknownName
from turnbench.exact import ExactValues, Node

PROBE = "TurnBench/CreditProbe-Short-v0"
SNAKE = "TurnBench/Snake-Dense-v0"


def laboratory(policy: Policy, env_id: str, context: str, new: int = 2, seed: int = 0, **arguments: Any) -> Laboratory:
    sampler = Sampler(torch.Generator().manual_seed(seed), policy.chat.stops, new)
    return Laboratory(policy, Arena(env_id, "train", arguments), sampler, context, ("test", seed))


def played(lab: Laboratory, seeds: tuple[int, ...] = (0,), size: int = 4) -> list[Group]:
    record = frozenset({"states", "snapshots"})
    return rollout(lab.policy, lab.arena, seeds, size, lab.context, lab.sampler, record, lab.noise)[0]


def canonical(group: Group) -> Group:
    """The members whose every reply is a canonical action or nothing like one, as the exact policy has them."""
    sound = [
        m for m in group.members if all(t.reply.text in ("left", "right", "") for t in m.source.machine.history.turns)
    ]
    return Group(group.seed, sound)


def truth(lab: Laboratory, group: Group) -> ExactValues:
    model = exact._model(group, lab)
    assert model is not None
    found = exact._values(model, group, lab)
    assert found is not None
    return found


@pytest.mark.parametrize("context", ["state", "history"])
def test_branches_estimate_the_value_of_the_state(context: str) -> None:
    lab = laboratory(walker(), PROBE, context, turns=3, pivot=2)
    (group,) = played(lab)
    found = truth(lab, group)
    count = 400
    branches.gather([group], lab, branches=count)
    exact.gather([group], lab)
    checked = 0
    for m in canonical(group).members:
        measured = m.gathered["branches"]
        assert measured.shape == (m.turns + 1,)
        assert measured[-1] == 0
        # V(s_k) = V(s_0) + the advantages on the way, for rewards that come at the end of a world without chance.
        expected = found.value + np.cumsum([0.0, *m.gathered["exact"][:-1]])
        # 400 branches: standard error of at most 0.025; replies that read as an action but are not spelled as one are
        # missing from the exact policy, hence the 0.05.
        np.testing.assert_allclose(measured[:-1], expected, atol=4 * 0.025 + 0.05)
        checked += 1
    assert checked


def test_branches_are_counted_shared_and_given_back() -> None:
    lab = laboratory(walker(), PROBE, "state", turns=3)
    (group,) = played(lab, size=6)
    sights = {branches._sight(m, k) for m in group.members for k in range(m.turns)}
    by_turn = [len({branches._sight(m, k) for m in group.members}) for k in range(3)]
    assert by_turn[0] == 1
    branches.gather([group], lab, branches=5)
    assert lab.spent.episodes == 5 * len(sights)
    assert lab.spent.environment_steps == 5 * sum(n * (3 - k) for k, n in enumerate(by_turn))
    assert len({m.gathered["branches"][0] for m in group.members}) == 1
    assert len(lab.arena._free) >= 5 * len(sights)
    for m in group.members:
        assert len(m.source.pieces) == len(m.source.replies) == m.turns
        assert m.source.machine.done


def test_branches_in_parts_have_chance_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = laboratory(word_policy(), "TurnBench/FrozenLake-Slippery-v0", "state", budget=4)
    (group,) = played(lab, size=2)
    seeds: list[tuple[Any, ...]] = []
    monkeypatch.setattr(type(lab.arena.one), "reseed", lambda self, *parts: seeds.append(parts))
    monkeypatch.setattr(branches, "AT_ONCE", 7)
    branches.gather([group], lab, branches=3)
    assert len(seeds) == len(set(seeds)) == lab.spent.episodes
    assert all(s[:3] == ("test", 0, "branch") for s in seeds)


def test_rewards_before_a_branch_do_not_count() -> None:
    """On Snake rewards come on the way: a value is what is left to earn, so value and past add up to no more than all."""
    lab = laboratory(word_policy(worlds=(SNAKE,)), SNAKE, "state", budget=6)
    groups = played(lab, seeds=(0, 1, 2), size=6)
    branches.gather(groups, lab, branches=4)
    for g in groups:
        for m in g.members:
            assert m.gathered["branches"].shape == (m.turns + 1,)
            assert m.gathered["branches"][-1] == 0


@pytest.mark.parametrize("env_id", [PROBE, "TurnBench/FrozenLake-Slippery-v0"])
def test_exact_advantages_are_those_of_dynamic_programming_at_every_turn(env_id: str) -> None:
    arguments = {"turns": 4} if env_id == PROBE else {"budget": 5}
    policy = walker() if env_id == PROBE else word_policy()
    lab = laboratory(policy, env_id, "state", **arguments)
    groups = played(lab, seeds=(0, 1), size=4)
    exact.gather(groups, lab)
    assert lab.spent.audit_tokens > 0
    for group in groups:
        found = truth(lab, group)
        for node in found.q:  # by definition the policy's mean advantage is 0
            assert found.policy[node] @ found.advantage(node) == pytest.approx(0, abs=1e-9)
            assert found.policy[node].sum() == pytest.approx(1, abs=1e-5)
        model = exact._model(group, lab)
        assert model is not None
        for m in group.members:
            assert m.gathered["exact"].shape == (m.turns,)
            history = m.source.machine.history
            seen, nodes = history.opening.user_message, []
            for turn in history.turns:  # the sight is enough to find the node: it names the room, or the place
                k = len(nodes)
                action = model.action_of(turn.reply.text)
                fitting = [n for n in found.q if n.seen == seen and _turn(n) == k]
                assert len({round(float(found.advantage(n)[action]), 9) for n in fitting}) >= 1
                assert any(m.gathered["exact"][k] == pytest.approx(found.advantage(n)[action]) for n in fitting)
                nodes.append(fitting)
                seen = turn.observation


def _turn(node: Node) -> int:
    """Turns gone: the room of a walk, the second part of a lake's state."""
    assert isinstance(node.state, tuple)
    return next(p for p in node.state if isinstance(p, int)) if isinstance(node.state[1], tuple) else node.state[1]


def test_the_mean_advantage_of_many_sampled_actions_is_nothing() -> None:
    lab = laboratory(walker(), PROBE, "state", turns=3, pivot=1)
    (group,) = played(lab, size=300)
    exact.gather([group], lab)
    first = np.array([m.gathered["exact"][0] for m in group.members])
    assert first.std() > 0.2
    assert abs(first.mean()) < 4 * first.std() / np.sqrt(len(first)) + 0.03
    later = np.array([m.gathered["exact"][1:] for m in group.members])
    assert np.abs(later).max() < 0.05  # decoys, but for what a policy makes of "Invalid. "


class Deaf(Policy):
    """Answers every sight alike: only its last token, the same in every prompt, reaches the output."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy.model, policy.tokenizer)
        with torch.no_grad():
            for layer in self.model.model.layers:
                layer.self_attn.o_proj.weight.zero_()


@pytest.mark.parametrize("preset", ["pivot", "cooperate", "key-door"])
def test_the_tree_of_histories_agrees_with_states_where_the_policy_does_not_remember(preset: str) -> None:
    policy = Deaf(walker())
    found = {}
    for context in ("state", "history"):
        lab = laboratory(policy, PROBE, context, turns=3, preset=preset)
        (group,) = played(lab, size=8)
        found[context] = truth(lab, group).value
        exact.gather([group], lab)
        found[context, "along"] = {
            tuple(t.reply.text for t in m.source.machine.history.turns): m.gathered["exact"].round(6).tolist()
            for m in canonical(group).members
        }
    assert found["state"] == pytest.approx(found["history"], abs=1e-5)
    both = found["state", "along"].keys() & found["history", "along"].keys()
    assert both
    for replies in both:
        np.testing.assert_allclose(found["state", "along"][replies], found["history", "along"][replies], atol=1e-5)


def test_a_tree_too_large_and_a_world_without_a_model_are_measured_by_many_branches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exact, "BRANCHES", 6)
    monkeypatch.setattr(exact, "TREE", 5)
    walk = laboratory(walker(), PROBE, "history", turns=3)
    snake = laboratory(word_policy(worlds=(SNAKE,)), SNAKE, "state", budget=5)
    for lab in (walk, snake):
        (group,) = played(lab, size=3)
        exact.gather([group], lab)
        assert lab.spent.audit_tokens > 0
        assert lab.spent.processed_tokens == 0  # no budget pays for the truth
        for m in group.members:
            v = m.gathered["many_branches"]
            np.testing.assert_allclose(m.gathered["exact"], m.rewards_K + v[1:] - v[:-1])


def test_the_critics_values_end_with_zero_or_with_the_last_one_after_a_cut() -> None:
    lab = laboratory(walker(), PROBE, "state", turns=3)
    lab.critic = Critic(lab.policy, 1e-2)
    with torch.no_grad():
        lab.critic.head.bias.fill_(0.5)
    (group,) = played(lab, size=2)
    group.members[1].truncated = True
    values.gather([group], lab)
    token_values.gather([group], lab)
    assert lab.spent.scored_tokens > 0
    for m in group.members:
        of_turns, of_tokens = m.gathered["values"], m.gathered["token_values"]
        assert of_turns.shape == (m.turns + 1,)
        assert of_tokens.shape == (len(m.logprobs_T) + 1,)
        assert of_turns[:-1] == pytest.approx(0.5)
        assert of_turns[-1] == of_tokens[-1] == (0.5 if m.truncated else 0)


def test_gatherers_are_found_by_name() -> None:
    assert gatherer("branches") is branches
    assert recorded_for(("values",)) == frozenset()
    assert recorded_for(("exact", "values")) == {"snapshots"}
    with pytest.raises(UnknownName) as caught:
        gatherer("luck")
    assert str(caught.value) == "Nothing gathers 'luck': a method's NEEDS are modules of turnbench.baselines.gather."
