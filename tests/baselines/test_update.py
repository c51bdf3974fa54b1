"""The update against a straightforward one: a plain pass per text, no texts merged, no batches, the formula as it stands."""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from tiny_models import KINDS, widen, word_policy
from torch import Tensor

from turnbench.baselines import update as module
from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.rollout import Arena, rollout
from turnbench.baselines.sampling import Sampler
from turnbench.baselines.trajectory import Floats, Group
from turnbench.baselines.update import AVERAGING, Batch, Step, UpdateConfig, flatten, update
from turnbench.errors import UsageError

FREE = UpdateConfig(max_grad_norm=1e9)


def played(policy: Policy, context: str, temperature: float = 1.0, groups: int = 2, new: int = 3) -> list[Group]:
    stops = frozenset({*policy.chat.stops, *range(21, len(policy.tokenizer), 4)})
    sampler = Sampler(torch.Generator().manual_seed(0), stops, new, temperature)
    arena = Arena("TurnBench/CreditProbe-Short-v0", "train", {"turns": 3})
    return rollout(policy, arena, range(groups), 4, context, sampler)[0]


def random_credits(groups: Sequence[Group], spans: str, seed: int = 0) -> list[list[Floats]]:
    rng = np.random.default_rng(seed)
    return [[rng.normal(size=m.turns if spans == "turn" else len(m.logprobs_T)) for m in g.members] for g in groups]


def ones(groups: Sequence[Group]) -> list[Floats]:
    return [np.ones(len(g.members)) for g in groups]


def plain_loss(
    policy: Policy, groups: Sequence[Group], credits: Any, weights: Any, spans: str, ratio: str, config: UpdateConfig,
    on_policy: bool = True, reference: Policy | None = None,
) -> Tensor:  # fmt: skip
    """Minus the objective, term by term."""
    kept = []
    for g, cs, ws in zip(groups, credits, weights, strict=True):
        kept += [(m, c, w) for m, c, w in zip(g.members, cs, ws, strict=True) if w > 0]
    all_turns, all_tokens = sum(m.turns for m, _, _ in kept), sum(len(m.logprobs_T) for m, _, _ in kept)
    loss = torch.zeros(())
    for m, credit, weight in kept:

        def all_logps(of: Policy, m: Any = m) -> tuple[Tensor, Tensor]:
            logps, entropies = [], []
            for text, wanted in m.source.texts():
                logits = of.model(input_ids=torch.tensor([text]), use_cache=False).logits[0][[p - 1 for p in wanted]]
                full = (logits / config.temperature).log_softmax(-1)
                logps += [full[i, text[p]] for i, p in enumerate(wanted)]
                entropies += list(-(full.exp() * full).sum(-1))
            return torch.stack(logps), torch.stack(entropies)

        logp, entropy = all_logps(policy)
        old = logp.detach() if on_policy else torch.from_numpy(m.logprobs_T).float()
        for t, k in enumerate(m.turn_of_T):
            mine = torch.from_numpy(m.turn_of_T == k)
            share = (
                weight
                * {
                    "token": 1 / all_tokens,
                    "turn": 1 / all_turns / m.tokens_K[k],
                    "episode": 1 / len(kept) / len(logp),
                    "constant": 1 / len(kept) / config.constant,
                }[config.averaging]
            )
            advantage = credit[k if spans == "turn" else t]
            # Of a turn's ratio each of its n tokens stands for one part.
            r = ((logp - old)[mine].sum() if ratio == "turn" else (logp - old)[t]).exp()
            part = share / mine.sum() if ratio == "turn" else share
            clipped = r.clamp(1 - config.clip_low, 1 + config.clip_high)
            loss = loss - part * torch.minimum(r * advantage, clipped * advantage)
            loss = loss - config.entropy * share * entropy[t]
            if reference is not None:
                with torch.no_grad():
                    d = all_logps(reference)[0][t]
                d = d - logp[t]
                loss = loss + config.kl * share * (d.exp() - d - 1)
    return loss


def plain_gradients(policy: Policy, *args: Any, **kwargs: Any) -> tuple[dict[str, Tensor], float]:
    policy.model.zero_grad()
    loss = plain_loss(policy, *args, **kwargs)
    loss.backward()
    return {n: p.grad.clone() for n, p in policy.model.named_parameters() if p.grad is not None}, float(loss.detach())


def our_gradients(
    policy: Policy, batch: Batch, ratio: str, config: UpdateConfig, reference: Policy | None = None
) -> tuple[list[dict[str, Tensor]], Step]:
    """Gradients of every step of an optimizer that goes nowhere."""
    taken: list[dict[str, Tensor]] = []

    class Standing(torch.optim.SGD):
        def step(self, closure: Any = None) -> None:
            taken.append({n: p.grad.clone() for n, p in policy.model.named_parameters() if p.grad is not None})

    report = update(
        policy, reference, Standing(policy.model.parameters(), lr=1.0), batch, ratio, config, np.random.default_rng(0)
    )
    return taken, report


def assert_equal(ours: dict[str, Tensor], expected: dict[str, Tensor], tolerance: float = 1e-5) -> None:
    assert ours.keys() == expected.keys()
    largest = max(float(g.abs().max()) for g in expected.values())
    assert largest > 1e-3, "no gradient, so nothing was tested"
    for name, gradient in expected.items():
        torch.testing.assert_close(
            ours[name], gradient, atol=tolerance + 1e-4 * largest, rtol=1e-3, msg=lambda m, n=name: f"{n}: {m}"
        )


@pytest.mark.parametrize("averaging", AVERAGING)
@pytest.mark.parametrize(("spans", "ratio"), [("turn", "token"), ("token", "token"), ("turn", "turn")])
@pytest.mark.parametrize("context", ["history", "state"])
def test_gradient_is_that_of_the_formula(averaging: str, spans: str, ratio: str, context: str) -> None:
    policy = word_policy()
    groups = played(policy, context)
    config = dataclasses.replace(FREE, averaging=averaging, constant=5.0)
    credits = random_credits(groups, spans)
    expected, loss = plain_gradients(policy, groups, credits, ones(groups), spans, ratio, config)
    (ours,), report = our_gradients(policy, flatten(groups, credits, ones(groups), spans, config), ratio, config)
    assert_equal(ours, expected)
    assert report.loss == pytest.approx(loss, abs=1e-5)
    assert report.clipped == 0
    assert report.grad_norm == pytest.approx(
        math.sqrt(sum(float(g.square().sum()) for g in expected.values())), rel=1e-3
    )


@pytest.mark.parametrize("kind", ["gpt2", "grouped"])
def test_gradient_of_models_that_take_the_generic_path(kind: str) -> None:
    policy = KINDS[kind]()
    groups = played(policy, "history", temperature=0.7)
    config = dataclasses.replace(FREE, temperature=0.7)
    credits = random_credits(groups, "turn")
    expected, _ = plain_gradients(policy, groups, credits, ones(groups), "turn", "token", config)
    (ours,), _ = our_gradients(policy, flatten(groups, credits, ones(groups), "turn", config), "token", config)
    assert_equal(ours, expected)


@pytest.mark.parametrize("ratio", ["token", "turn"])
@pytest.mark.parametrize("context", ["history", "state"])
def test_off_policy_ratios_are_clipped_as_the_formula_says(ratio: str, context: str) -> None:
    """Sampled by a policy that was a little different: ratios on both sides of the clip."""
    policy = word_policy()
    groups = played(policy, context)
    rng = np.random.default_rng(1)
    for g in groups:
        for m in g.members:
            m.logprobs_T = m.logprobs_T + rng.normal(scale=0.3, size=len(m.logprobs_T))
    config = dataclasses.replace(FREE, epochs=2)
    credits = random_credits(groups, "turn")
    expected, _ = plain_gradients(policy, groups, credits, ones(groups), "turn", ratio, config, on_policy=False)
    batch = flatten(groups, credits, ones(groups), "turn", config)
    (first, second), report = our_gradients(policy, batch, ratio, config)
    assert_equal(first, expected)
    assert_equal(second, expected)  # the optimizer stood still
    assert 0.1 < report.clipped < 0.9


@pytest.mark.parametrize("averaging", AVERAGING)
@pytest.mark.parametrize("ratio", ["token", "turn"])
def test_entropy_and_kl_weigh_the_same_whatever_the_unit_of_the_ratio(ratio: str, averaging: str) -> None:
    """Their sums run over tokens with weight c; only the clipped part knows of turns."""
    policy, reference = word_policy(), word_policy(1)
    groups = played(policy, "history")
    config = dataclasses.replace(FREE, averaging=averaging, kl=0.3, entropy=0.2)
    credits = random_credits(groups, "turn")
    expected, _ = plain_gradients(policy, groups, credits, ones(groups), "turn", ratio, config, reference=reference)
    (ours,), report = our_gradients(
        policy, flatten(groups, credits, ones(groups), "turn", config), ratio, config, reference
    )
    assert_equal(ours, expected)
    if averaging == "token":
        sampled = np.concatenate([m.entropies_T for g in groups for m in g.members])
        assert report.entropy == pytest.approx(sampled.mean(), rel=1e-4)


@pytest.mark.parametrize("ratio", ["token", "turn"])
def test_where_every_ratio_is_clipped_the_share_of_clipped_ones_is_one(ratio: str) -> None:
    policy = word_policy()
    groups = played(policy, "history")
    for g in groups:
        for m in g.members:
            m.logprobs_T = m.logprobs_T - 2.0
    config = dataclasses.replace(FREE, epochs=2)
    _, report = our_gradients(
        policy, flatten(groups, random_credits(groups, "turn"), ones(groups), "turn", config), ratio, config
    )
    assert report.clipped == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("r", "advantage", "loss", "moves"),
    [
        (2.0, 1.0, -1.28, False),
        (2.0, -1.0, 2.0, True),
        (0.5, 1.0, -0.5, True),
        (0.5, -1.0, 0.8, False),
        (1.1, 1.0, -1.1, True),
    ],
)
def test_one_token_clipped_in_closed_form(r: float, advantage: float, loss: float, moves: bool) -> None:
    policy = word_policy()
    (group,) = played(policy, "history", groups=1, new=1)
    group.members = group.members[:1]
    (m,) = group.members
    m.logprobs_T = m.logprobs_T - math.log(r)
    config = dataclasses.replace(FREE, epochs=2)
    batch = flatten([group], [[np.full(3, advantage)]], [np.ones(1)], "turn", config)
    (gradient, _), report = our_gradients(policy, batch, "token", config)
    assert report.loss == pytest.approx(loss, abs=1e-4)
    assert (max(float(g.abs().max()) for g in gradient.values()) > 1e-6) == moves
    assert report.clipped == pytest.approx(float(not 0.8 <= r <= 1.28))


@pytest.mark.parametrize("context", ["history", "state"])
def test_on_policy_a_turns_ratio_gives_the_gradient_of_the_tokens_ratios(context: str) -> None:
    policy = word_policy()
    groups = played(policy, context)
    assert len({int(n) for g in groups for m in g.members for n in m.tokens_K}) > 1
    batch = flatten(groups, random_credits(groups, "turn"), ones(groups), "turn", FREE)
    (by_turn,), _ = our_gradients(policy, batch, "turn", FREE)
    (by_token,), _ = our_gradients(policy, batch, "token", FREE)
    assert_equal(by_turn, by_token)


def test_texts_that_occur_often_are_computed_once() -> None:
    policy = word_policy()
    groups = played(policy, "state", new=1)
    groups += played(policy, "state", new=1)  # all of it twice
    credits = random_credits(groups, "turn")
    batch = flatten(groups, credits, ones(groups), "turn", FREE)
    texts = [t for g in groups for m in g.members for t, _ in m.source.texts()]
    assert len(batch.texts_U) == len(set(texts)) <= len(texts) / 2
    expected, _ = plain_gradients(policy, groups, credits, ones(groups), "turn", "token", FREE)
    (ours,), report = our_gradients(policy, batch, "token", FREE)
    assert_equal(ours, expected)
    assert report.trained_tokens < sum(map(len, set(texts)))  # prompts with several replies are computed once
    prompts = {t[: w[0]] for t, w in zip(batch.texts_U, batch.wanted_U, strict=True)}
    replies = sum(len(w) for w in batch.wanted_U)
    assert report.trained_tokens == sum(map(len, prompts)) + replies


@pytest.mark.parametrize("limit", [1, 150, 10**6])
def test_micro_batches_do_not_matter(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = word_policy()
    groups = played(policy, "history")
    batch = flatten(groups, random_credits(groups, "turn"), ones(groups), "turn", FREE)
    (usual,), _ = our_gradients(policy, batch, "turn", FREE)
    monkeypatch.setattr(module, "MICRO_TOKENS", limit)
    (ours,), _ = our_gradients(policy, batch, "turn", FREE)
    assert_equal(ours, usual)


@pytest.mark.parametrize("minibatches", [2, 3])
def test_minibatches_split_the_gradient(minibatches: int) -> None:
    """Each is a mean over its own part; with their parts as weights they add up to the whole."""
    policy = word_policy()
    groups = played(policy, "state")
    config = dataclasses.replace(FREE, minibatches=minibatches)
    batch = flatten(groups, random_credits(groups, "turn"), ones(groups), "turn", FREE)
    (whole,), _ = our_gradients(policy, batch, "token", FREE)
    steps, report = our_gradients(policy, batch, "token", config)
    assert len(steps) == minibatches
    order = np.random.default_rng(0).permutation(len(batch.texts_U))
    weights = [batch.share_N[np.isin(batch.text_N, p)].sum() for p in np.array_split(order, minibatches)]
    assert sum(weights) == pytest.approx(batch.share_N.sum())
    together = {n: sum(w * s[n] for w, s in zip(weights, steps, strict=True)) / sum(weights) for n in whole}
    assert_equal(together, whole)
    assert report.trained_tokens <= sum(map(len, batch.texts_U))


def test_more_minibatches_than_texts() -> None:
    policy = word_policy()
    (group,) = played(policy, "history", groups=1)
    config = dataclasses.replace(FREE, minibatches=9, epochs=2)
    steps, _ = our_gradients(
        policy, flatten([group], random_credits([group], "turn"), ones([group]), "turn", config), "token", config
    )
    assert len(steps) == 8


def test_kl_is_zero_for_the_policy_itself_and_positive_for_another() -> None:
    policy = word_policy()
    groups = played(policy, "history")
    config = dataclasses.replace(FREE, kl=1.0)
    nothing = [[np.zeros(m.turns) for m in g.members] for g in groups]
    batch = flatten(groups, nothing, ones(groups), "turn", config)
    (gradient,), report = our_gradients(policy, batch, "token", config, copy.deepcopy(policy))
    assert report.kl == pytest.approx(0, abs=1e-6)
    assert report.reference_tokens == sum(map(len, batch.texts_U))
    assert max(float(g.abs().max()) for g in gradient.values()) < 1e-4
    other = word_policy()
    widen(other.model, 1)
    expected, _ = plain_gradients(policy, groups, nothing, ones(groups), "turn", "token", config, reference=other)
    (gradient,), report = our_gradients(policy, batch, "token", config, other)
    assert report.kl > 0.1
    assert_equal(gradient, expected)


def test_episodes_of_weight_zero_do_not_matter_and_others_count_by_weight() -> None:
    policy = word_policy()
    groups = played(policy, "history")
    credits = random_credits(groups, "turn")
    weights = [np.array([1.0, 0.0, 2.0, 0.0]), np.array([0.0, 0.5, 0.0, 1.0])]
    for averaging in AVERAGING:
        config = dataclasses.replace(FREE, averaging=averaging)
        expected, _ = plain_gradients(policy, groups, credits, weights, "turn", "token", config)
        (ours,), _ = our_gradients(policy, flatten(groups, credits, weights, "turn", config), "token", config)
        assert_equal(ours, expected)
    credits[0][1] = np.full(99, np.nan)  # nobody looks
    flatten(groups, credits, weights, "turn", FREE)


@pytest.mark.parametrize(
    ("spans", "bad", "message"),
    [
        ("turn", np.zeros(4), "The method gave credits of shape (4,) for an episode of 3 turns, or"),
        ("turn", np.zeros((3, 1)), "The method gave credits of shape (3, 1) for an episode of 3 turns, or"),
        ("turn", np.array([0.0, np.nan, 0.0]), "The method gave credits of shape (3,) for an episode of 3 turns, or"),
        ("turn", np.array([0.0, np.inf, 0.0]), "The method gave credits of shape (3,) for an episode of 3 turns, or"),
        ("token", np.zeros(2), "The method gave credits of shape (2,) for an episode of 3 tokens, or"),
    ],
)
def test_credits_that_do_not_fit_are_refused(spans: str, bad: Floats, message: str) -> None:
    policy = word_policy()
    (group,) = played(policy, "history", groups=1, new=1)
    credits = random_credits([group], spans)
    credits[0][2] = bad
    with pytest.raises(UsageError) as caught:
        flatten([group], credits, ones([group]), spans, FREE)
    assert str(caught.value) == f"{message} credits that are not finite: return one finite number per span."


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"averaging": "mean"}, "averaging is one of token, turn, episode, constant, not 'mean'."),
        ({"clip_low": 1.0}, "clip_low lies between 0 and 1, and clip_high is above 0."),
        ({"clip_high": 0.0}, "clip_low lies between 0 and 1, and clip_high is above 0."),
        ({"epochs": 0}, "epochs and minibatches are 1 or more."),
        ({"minibatches": 0}, "epochs and minibatches are 1 or more."),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        UpdateConfig(**settings)
    assert str(caught.value) == message


def test_a_gradient_is_cut_to_the_largest_norm_allowed() -> None:
    policy = word_policy()
    groups = played(policy, "history")
    credits = [[100 * c for c in cs] for cs in random_credits(groups, "turn")]
    config = dataclasses.replace(FREE, max_grad_norm=0.5)
    (ours,), report = our_gradients(policy, flatten(groups, credits, ones(groups), "turn", config), "token", config)
    assert math.sqrt(sum(float(g.square().sum()) for g in ours.values())) == pytest.approx(0.5, rel=1e-3)
    assert report.grad_norm > 1


@pytest.mark.parametrize("ratio", ["token", "turn"])
def test_a_step_makes_what_was_good_likelier(ratio: str) -> None:
    policy = word_policy()
    groups = played(policy, "history", groups=1)
    credits = [[np.full(m.turns, 1.0 if i == 0 else -1.0) for i, m in enumerate(groups[0].members)]]
    batch = flatten(groups, credits, ones(groups), "turn", FREE)
    optimizer = torch.optim.SGD(policy.model.parameters(), lr=0.001)
    config, rng = dataclasses.replace(FREE, epochs=2), np.random.default_rng(0)
    losses = [update(policy, None, optimizer, batch, ratio, config, rng).loss for _ in range(3)]
    assert losses[2] < losses[1] < losses[0]
