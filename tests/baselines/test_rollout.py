"""Rollouts: what was recorded while sampling with kept keys and values is what the policy says of the whole text."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch
from tiny_models import KINDS, plain_logits, word_policy
from torch import Tensor

from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.lm.session import GenericSession, LlamaSession, Session, shared_beginning
from turnbench.baselines.rollout import Arena, Source, Spent, rollout
from turnbench.baselines.sampling import Sampled, Sampler
from turnbench.baselines.trajectory import Group, Trajectory
from turnbench.env import TextEnv
from turnbench.episode import Opening
from turnbench.errors import UsageError

LAKE = "TurnBench/FrozenLake-v0"
SLIPPERY = "TurnBench/FrozenLake-Slippery-v0"
PROBE = "TurnBench/CreditProbe-Short-v0"


def sampler_for(policy: Policy, seed: int = 6, many_stops: bool = True, **settings: Any) -> Sampler:
    """With `many_stops`, every ninth word ends a reply, so that replies of all lengths occur."""
    stops = {*policy.chat.stops, *(range(25, len(policy.tokenizer), 9) if many_stops else ())}
    return Sampler(torch.Generator().manual_seed(seed), frozenset(stops), **{"max_new_tokens": 6, **settings})


def lake(
    policy: Policy, context: str, seeds: Sequence[int] = range(6), size: int = 8, **settings: Any
) -> list[Trajectory]:
    arena = Arena(LAKE, "train", {"budget": 8})
    groups, _ = rollout(policy, arena, seeds, size, context, sampler_for(policy, **settings))
    return [m for g in groups for m in g.members]


@dataclass(frozen=True)
class Scripted(Sampler):
    """Says the same words in every turn, whatever the policy thinks."""

    script: tuple[int, ...] = ()
    calls: list[int] = field(default_factory=list)

    def draw(self, logits_RV: Tensor, rows: Sequence[int] | None = None) -> tuple[Tensor, Tensor]:
        token = self.script[len(self.calls) % len(self.script)]
        self.calls.append(len(logits_RV))
        return torch.full((len(logits_RV),), token), logits_RV.log_softmax(-1)


def scripted(policy: Policy, words: str) -> Scripted:
    script = (*policy.chat.words(words), policy.chat.end)
    return Scripted(torch.Generator(), policy.chat.stops, len(script), script=script)


@pytest.mark.parametrize("temperature", [1.0, 0.7])
@pytest.mark.parametrize("context", ["history", "state"])
@pytest.mark.parametrize("kind", KINDS)
def test_recorded_logprobs_are_those_of_one_pass_over_the_text(kind: str, context: str, temperature: float) -> None:
    policy = KINDS[kind]()
    members = lake(policy, context, temperature=temperature)
    assert len({m.turns for m in members}) > 1, "no episode ended early, so nothing was tested"
    replies = [r for m in members for r in m.source.replies]
    assert len({len(r.tokens) for r in replies}) > 2
    assert {r.stopped for r in replies} == {True, False}
    early = [m for m in members if m.turns < 8]
    for m in [*early[:4], *members[::6]]:  # a pass per text takes its time
        at = 0
        for text, wanted in m.source.texts():
            logits = plain_logits(policy, text)[[p - 1 for p in wanted]]
            logp = (logits / temperature).log_softmax(-1)
            n = len(wanted)
            chosen = logp.gather(1, torch.tensor([text[p] for p in wanted])[:, None])[:, 0]
            entropy = -(logp.exp() * logp).sum(-1)
            certainty = logits.logsumexp(-1) - logits.mean(-1)
            np.testing.assert_allclose(m.logprobs_T[at : at + n], chosen, atol=1e-4)
            np.testing.assert_allclose(m.entropies_T[at : at + n], entropy, atol=1e-4)
            np.testing.assert_allclose(m.certainties_T[at : at + n], certainty, atol=1e-4)
            at += n
        assert at == len(m.logprobs_T) == m.tokens_K.sum()
        assert len(m.source.texts()) == (1 if context == "history" else m.turns)


@pytest.mark.parametrize("context", ["history", "state"])
@pytest.mark.parametrize("kind", KINDS)
def test_texts_are_the_conversation_with_the_tokens_as_they_were_sampled(
    kind: str, context: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = KINDS[kind]()
    sampled: list[list[list[int]]] = []
    inner = Sampler.replies

    def recording(self: Sampler, session: Session, logits: Tensor) -> list[Sampled]:
        replies = inner(self, session, logits)
        sampled.append([list(r.tokens) for r in replies])
        return replies

    monkeypatch.setattr(Sampler, "replies", recording)
    members = lake(policy, context)
    chat = policy.chat
    respelled = 0
    for i, m in enumerate(members):
        source: Source = m.source
        history = source.machine.history
        mine = [round_[sum(m.turns > k for m in members[:i])] for k, round_ in enumerate(sampled[: m.turns])]
        assert [len(t) for t in mine] == m.tokens_K.tolist()
        assert [turn.reply.text for turn in history.turns] == [chat.text(t) for t in mine]
        whole: list[int] = []
        texts: list[tuple[list[int], list[int]]] = []
        for k, tokens in enumerate(mine):
            asked = history.turns[k - 1].observation if k else history.opening.user_message
            if context == "state":
                prompt = list(chat.opening(Opening(history.opening.system_prompt, asked)))
                texts.append(([*prompt, *tokens], list(range(len(prompt), len(prompt) + len(tokens)))))
                continue
            if k and not source.replies[k - 1].stopped:
                whole.append(chat.end)
            whole += chat.between(asked) if k else chat.opening(history.opening)
            texts = [(whole, [*(texts[0][1] if texts else []), *range(len(whole), len(whole) + len(tokens))])]
            whole += tokens
        assert [(list(t), list(w)) for t, w in source.texts()] == texts
        respelled += sum(list(chat.words(chat.text(t))) != t for t in mine)
        for k in range(m.turns):
            before = texts[k][0][: texts[k][1][0]] if context == "state" else whole[: texts[0][1][sum(m.tokens_K[:k])]]
            assert source.text_before(k) == before
    assert respelled > 5, "encoding the texts again would give the same tokens, so nothing was tested"


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[int, list[int]]]]:
    """(rows of the session, tokens appended to each) of every call of `extend`."""
    calls: list[tuple[int, list[int]]] = []
    for kind in (LlamaSession, GenericSession):
        inner = kind.extend

        def counting(self: Any, texts: Any, inner: Any = inner) -> Tensor:
            calls.append((self.rows, [len(t) for t in texts]))
            logits: Tensor = inner(self, texts)
            return logits

        monkeypatch.setattr(kind, "extend", counting)
    return calls


@pytest.mark.parametrize("kind", KINDS)
def test_finished_episodes_leave_the_batch(kind: str, passed: list[tuple[int, list[int]]]) -> None:
    members = lake(KINDS[kind](), "history", max_new_tokens=3, many_stops=False)
    live = [sum(m.turns > k for m in members) for k in range(max(m.turns for m in members))]
    assert live[0] == 48
    assert live[-1] < 48
    rows = [r for r, lengths in passed if r != 1 and lengths]
    rows = rows[rows.index(48) :]  # from where the openings are complete
    assert list(dict.fromkeys(rows)) == list(dict.fromkeys(live))
    assert len(rows) <= 1 + 3 * len(live)


@pytest.mark.parametrize("kind", KINDS)
def test_every_token_goes_through_once_and_a_shared_opening_once_per_group(
    kind: str, passed: list[tuple[int, list[int]]]
) -> None:
    policy = KINDS[kind]()
    members = lake(policy, "history", seeds=(4,), size=5)
    opening = len(members[0].source.pieces[0])
    assert passed[0] == (1, [opening])
    texts = sum(len(m.source.texts()[0][0]) for m in members)
    assert sum(map(sum, (lengths for _, lengths in passed))) == texts - 4 * opening - 5  # last tokens lead to nothing


def test_equal_states_of_a_group_are_computed_once(passed: list[tuple[int, list[int]]]) -> None:
    policy = word_policy()
    arena = Arena(PROBE, "train")
    groups, spent = rollout(policy, arena, [0], 7, "state", scripted(policy, "left"))
    prompts = groups[0].members[0].source.pieces
    assert len(prompts) == 4
    assert [call for call in passed if call[0] == 1] == [(1, [len(p)]) for p in prompts]
    assert spent.read_tokens == sum(map(len, prompts))


def test_what_is_spent_by_hand() -> None:
    policy = word_policy()
    arena = Arena(PROBE, "train", {"turns": 2})
    chat = policy.chat
    groups, spent = rollout(policy, arena, [0, 1], 3, "history", scripted(policy, "left"))
    history = groups[0].members[0].source.machine.history, groups[1].members[0].source.machine.history
    read = sum(len(chat.opening(h.opening)) + 3 * len(chat.between(h.turns[0].observation)) for h in history)
    read -= shared_beginning([chat.opening(h.opening) for h in history])  # computed once for both groups
    assert spent == Spent(episodes=6, environment_steps=12, generated_tokens=24, read_tokens=read)
    assert spent.processed_tokens == read + 24
    total = Spent(1, 2, 3, 4, 5)
    total.add(Spent(10, 20, 30, 40, 50))
    assert total == Spent(11, 22, 33, 44, 55)
    assert total.processed_tokens == 33 + 44 + 55
    # A cut reply is as many tokens read more as an end of turn has: one.
    cut = Scripted(torch.Generator(), chat.stops, 1, script=chat.words("left"))
    _, shorter = rollout(policy, arena, [0, 1], 3, "history", cut)
    assert shorter == Spent(episodes=6, environment_steps=12, generated_tokens=12, read_tokens=read + 6)


def test_members_of_a_group_share_instance_and_beginning_and_not_their_tokens() -> None:
    policy = word_policy()
    arena = Arena(LAKE, "train", {"budget": 8})
    groups, _ = rollout(policy, arena, [0, 1, 2], 6, "history", sampler_for(policy), frozenset({"states"}))
    assert [g.seed for g in groups] == [0, 1, 2]
    for group in groups:
        assert len({m.instance for m in group.members}) == len({m.states_K[0] for m in group.members}) == 1
        assert len({m.source.pieces[0] for m in group.members}) == 1
        assert len({tuple(m.source.replies[0].tokens) for m in group.members}) > 1
        assert all(len(m.states_K) == m.turns for m in group.members)
    assert len({g.members[0].instance for g in groups}) == 3


@pytest.mark.parametrize(("env_id", "different"), [(SLIPPERY, True), (LAKE, False)])
def test_chance_falls_for_each_member_on_its_own(env_id: str, different: bool) -> None:
    policy = word_policy()
    arena = Arena(env_id, "train", {"budget": 10})

    def ways(*noise: Any) -> list[tuple[str, ...]]:
        record = frozenset({"states"})
        groups, _ = rollout(policy, arena, [0], 8, "state", scripted(policy, "right"), record, noise)
        return [m.states_K for m in groups[0].members]

    assert (len(set(ways(1))) > 2) == different
    assert ways(1) == ways(1)
    assert (ways(1) != ways(2)) == different


def the_same(one: list[Group], two: list[Group]) -> bool:
    def numbers(groups: list[Group]) -> list[Any]:
        return [
            (m.rewards_K.tolist(), m.logprobs_T.tolist(), m.source.texts(), m.states_K, m.ending, m.instance)
            for g in groups
            for m in g.members
        ]

    return numbers(one) == numbers(two)


@pytest.mark.parametrize("context", ["history", "state"])
def test_one_seed_one_rollout_and_the_process_wide_random_state_is_left_alone(context: str) -> None:
    policy = word_policy()
    arena = Arena(SLIPPERY, "train", {"budget": 10})
    record = frozenset({"states", "snapshots"})
    state = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # noqa: NPY002

    def play(seed: int) -> list[Group]:
        return rollout(policy, arena, [0, 1], 4, context, sampler_for(policy, seed), record, ("x",))[0]

    first = play(0)
    assert the_same(first, play(0))
    assert not the_same(first, play(1))
    now = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # noqa: NPY002
    assert now == state


def test_a_context_that_hides_what_is_needed_is_refused() -> None:
    policy = word_policy()
    arena = Arena("TurnBench/FrozenLake-Blind-v0", "train")
    with pytest.raises(UsageError) as caught:
        rollout(policy, arena, [0], 1, "state", sampler_for(policy))
    assert str(caught.value) == (
        "In FrozenLake-v0 with these arguments the last observation alone is not enough to act: use --set context=history."
    )
    groups, _ = rollout(policy, arena, [0], 1, "history", sampler_for(policy))
    assert groups[0].members[0].turns
    with pytest.raises(UsageError) as caught:
        rollout(policy, arena, [0], 1, "all", sampler_for(policy))
    assert str(caught.value) == "The context is 'history' or 'state', not 'all'."


@pytest.mark.parametrize("where", ["_step", "_reset"])
def test_a_world_that_breaks_is_named(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = word_policy()
    arena = Arena(PROBE, "train")

    def broken(self: TextEnv, *_: Any) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(type(arena.one), where, broken)
    with pytest.raises(UsageError) as caught:
        rollout(policy, arena, [0], 2, "history", sampler_for(policy))
    assert str(caught.value) == "The environment broke while training (boom): run `turnbench check` on it."


def test_without_temperature_the_likeliest_token_is_taken() -> None:
    policy = word_policy()
    members = lake(policy, "history", seeds=(3,), size=2, temperature=0.0)
    assert members[0].source.texts() == members[1].source.texts()
    text, wanted = members[0].source.texts()[0]
    logits = plain_logits(policy, text)[[p - 1 for p in wanted]]
    assert logits.argmax(-1).tolist() == [text[p] for p in wanted]
    np.testing.assert_allclose(members[0].logprobs_T, logits.log_softmax(-1).max(-1).values, atol=1e-4)


def test_states_and_snapshots_are_recorded_only_where_asked_for() -> None:
    policy = word_policy()
    arena = Arena(PROBE, "train")
    (plain,), _ = rollout(policy, arena, [0], 1, "history", sampler_for(policy))
    assert plain.members[0].states_K == ()
    assert plain.members[0].source.snapshots == []
    record = frozenset({"snapshots"})
    (group,), _ = rollout(policy, arena, [0], 1, "history", sampler_for(policy), record)
    snapshots = group.members[0].source.snapshots
    assert [turns for _, turns in snapshots] == [0, 1, 2, 3]
    env = arena.take()
    for k, (state, _) in enumerate(snapshots):
        env.set_state(state)
        assert env.turn == k


def test_environments_are_used_again() -> None:
    policy = word_policy()
    arena = Arena(PROBE, "train")
    rollout(policy, arena, [0], 3, "history", sampler_for(policy))
    kept = [arena.take() for _ in range(3)]
    assert len({id(env) for env in kept}) == 3
    assert arena.one not in kept
    arena.give(kept)
    groups, _ = rollout(policy, arena, [5], 3, "history", sampler_for(policy))
    assert {id(m.source.machine.env) for m in groups[0].members} == {id(env) for env in kept}
