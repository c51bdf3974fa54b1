"""The true advantage of every turn, A(s, a) = Q(s, a) - V(s) under the policy as it is.

`gathered["exact"]` has shape (K,). Where the world offers an exact model, dynamic programming over it and the policy's
action probabilities gives the truth: per state for a policy that sees states, over the tree of histories for one that
sees them and a tree small enough. Elsewhere many branches estimate it (64 per state).

The policy's probability of an action is that of its canonical text followed by the end of turn; all other texts
together count as INVALID, also those few that a world would read as an action.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from turnbench.baselines.gather import Laboratory, branches
from turnbench.baselines.lm.continuations import continuation_probabilities
from turnbench.baselines.rollout import Source, Spent
from turnbench.baselines.trajectory import Floats, Group, Trajectory
from turnbench.episode import Opening
from turnbench.errors import TreeTooLarge, UsageError
from turnbench.exact import ExactModel, ExactValues, Node, history_values, memory_free_values

RECORD = ("snapshots",)
BRANCHES = 64
"""Branches per state where there is no exact model."""
TREE = 20_000
"""Nodes of a tree of histories that is still enumerated."""


def gather(groups: Sequence[Group], lab: Laboratory) -> None:
    """Put true advantages into every trajectory."""
    left: list[Group] = []
    for group in groups:
        model = _model(group, lab)
        values = None if model is None else _values(model, group, lab)
        if model is None or values is None:
            left.append(group)
            continue
        for member in group.members:
            member.gathered["exact"] = along(model, values, member)
    if left:
        apart = replace(lab, spent=Spent())
        branches.gather(left, apart, BRANCHES, "many_branches")
        lab.spent.audit_tokens += apart.spent.processed_tokens
        for group in left:
            for member in group.members:
                v = member.gathered["many_branches"]
                member.gathered["exact"] = member.rewards_K + v[1:] - v[:-1]


def _model(group: Group, lab: Laboratory) -> ExactModel | None:
    """The world's model of the group's instance: an environment put into the initial state gives it."""
    source: Source = group.members[0].source
    if not source.snapshots:
        return None
    lab.arena.one.set_state(source.snapshots[0][0])
    return lab.arena.one.exact_model()


def _values(model: ExactModel, group: Group, lab: Laboratory) -> ExactValues | None:
    source: Source = group.members[0].source
    opening = source.machine.history.opening
    if lab.context == "state":
        return memory_free_values(model, opening.user_message, partial(_of_states, model, opening, lab))
    try:
        return history_values(model, partial(_of_histories, model, opening, lab), TREE)
    except TreeTooLarge:
        return None


def _of_states(model: ExactModel, opening: Opening, lab: Laboratory, seen: Sequence[str]) -> Floats:
    prompts = [lab.policy.chat.opening(Opening(opening.system_prompt, s)) for s in seen]
    return _probabilities(model, prompts, lab)


def _of_histories(
    model: ExactModel, opening: Opening, lab: Laboratory, seen: Sequence[tuple[tuple[int, str], ...]]
) -> Floats:
    """An invalid reply is put into the history as the bare end of turn, the shortest text that is no action."""
    chat = lab.policy.chat
    prompts = []
    for history in seen:
        text = list(chat.opening(opening))
        for action, said in history:
            words = chat.words(model.actions[action]) if action < len(model.actions) else ()
            text += [*words, chat.end, *chat.between(said)]
        prompts.append(tuple(text))
    return _probabilities(model, prompts, lab)


def _probabilities(model: ExactModel, prompts: Sequence[tuple[int, ...]], lab: Laboratory) -> Floats:
    chat = lab.policy.chat
    texts = [(*chat.words(a), chat.end) for a in model.actions]
    named = continuation_probabilities(lab.policy, prompts, texts, lab.sampler.temperature)
    lab.spent.audit_tokens += sum(map(len, prompts)) + len(prompts) * sum(map(len, texts))
    return np.concatenate([named, np.clip(1 - named.sum(1, keepdims=True), 0, 1)], 1)


def along(model: ExactModel, values: ExactValues, member: Trajectory) -> Floats:
    """A(s_k, a_k) of the turns of an episode, shape (K,).

    Raises:
        UsageError: an observation does not tell which state was reached, so the turns cannot be placed.
    """
    source: Source = member.source
    history = source.machine.history
    node = values.start
    out = np.zeros(member.turns)
    for k, turn in enumerate(history.turns):
        action = model.action_of(turn.reply.text)
        out[k] = values.advantage(node)[action]
        if k + 1 == member.turns:
            break
        reached = {
            t.state
            for t in model.transitions(node.state, action)
            if t.state is not None and t.observation == turn.observation
        }
        if len(reached) != 1:
            raise UsageError(
                f"After turn {k + 1} the observation fits {len(reached)} states of the exact model, not one."
            )
        seen = node.seen
        said = turn.observation if isinstance(seen, str) else (*seen, (action, turn.observation))  # type: ignore[misc]
        node = Node(reached.pop(), said)
    return out
