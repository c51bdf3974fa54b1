"""Rollouts: a policy plays groups of episodes, all at once, and everything a method may need is recorded.

The policy sees either the whole conversation ("history") or the system prompt and the last observation ("state", the
setting of MS-GRPO, arXiv 2508.10839). With "history" one session lives as long as the episodes do and finished ones
leave it. With "state" every turn is a prompt of its own, and prompts that come again are computed once per rollout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from turnbench.baselines.lm.library import PromptLibrary
from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.lm.session import Session, shared_beginning
from turnbench.baselines.sampling import Sampled, Sampler
from turnbench.baselines.trajectory import Group, Trajectory
from turnbench.env import TextEnv
from turnbench.episode import Ending, Opening, Reply
from turnbench.errors import UsageError
from turnbench.machine import EpisodeMachine
from turnbench.registry import make_env


@dataclass
class Spent:
    """What was used up; sums over rollouts, branches, scoring and updates."""

    episodes: int = 0
    environment_steps: int = 0
    generated_tokens: int = 0
    """Sampled by the policy."""
    read_tokens: int = 0
    """Of prompts and observations, as they went through the model (what was shared or kept counts once)."""
    scored_tokens: int = 0
    """Put through a forward pass only to be valued: critics, references, beliefs."""
    trained_tokens: int = 0
    """Put through forward and backward passes, of the policy and of a critic; what is the same is counted once."""
    audit_tokens: int = 0
    """Spent on the true advantage, which no learner has: reported, and no part of any budget."""

    @property
    def processed_tokens(self) -> int:
        """What a budget counts: generated, read and scored."""
        return self.generated_tokens + self.read_tokens + self.scored_tokens

    def add(self, other: Spent) -> None:
        """Sum in place."""
        self.episodes += other.episodes
        self.environment_steps += other.environment_steps
        self.generated_tokens += other.generated_tokens
        self.read_tokens += other.read_tokens
        self.scored_tokens += other.scored_tokens
        self.trained_tokens += other.trained_tokens
        self.audit_tokens += other.audit_tokens


@dataclass
class Source:
    """The tokens of an episode, turn by turn: what the update is computed from."""

    machine: EpisodeMachine
    context: str
    pieces: list[tuple[int, ...]] = field(default_factory=list)
    """Environment tokens before each reply: with "state" the whole prompt, with "history" what was added."""
    replies: list[Sampled] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    snapshots: list[tuple[Mapping[str, Any], int]] = field(default_factory=list)
    """Environment state before each turn, and how many turns the history then had."""

    def text_before(self, turn: int) -> list[int]:
        """All tokens the policy saw when it began the reply of `turn`."""
        if self.context == "state":
            return list(self.pieces[turn])
        text: list[int] = []
        for k in range(turn):
            text += self.pieces[k]
            text += self.replies[k].tokens
        return [*text, *self.pieces[turn]]

    def texts(self) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """(token ids, positions of policy tokens): one text for the episode, or one per turn with "state"."""
        if self.context == "state":
            out = []
            for piece, reply in zip(self.pieces, self.replies, strict=True):
                text = (*piece, *reply.tokens)
                out.append((text, tuple(range(len(piece), len(text)))))
            return out
        whole: list[int] = []
        wanted: list[int] = []
        for piece, reply in zip(self.pieces, self.replies, strict=True):
            whole += piece
            wanted += range(len(whole), len(whole) + len(reply.tokens))
            whole += reply.tokens
        return [(tuple(whole), tuple(wanted))]


class Arena:
    """Environments of one id, reused from rollout to rollout."""

    def __init__(self, env_id: str, split: str, arguments: Mapping[str, Any] | None = None, salt: str = "") -> None:
        self.env_id, self.split, self.arguments, self.salt = env_id, split, dict(arguments or {}), salt
        self._free: list[TextEnv] = []
        self.one = self.take()
        """An environment for questions about the world; never played."""

    def take(self) -> TextEnv:
        """An environment nobody else uses until `give` brings it back."""
        if self._free:
            return self._free.pop()
        return make_env(self.env_id, split=self.split, salt=self.salt, **self.arguments)

    def give(self, envs: Iterable[TextEnv]) -> None:
        """Take back environments."""
        self._free.extend(envs)


def check_context(context: str, env: TextEnv) -> None:
    """Refuse a context the environment cannot be played with.

    Raises:
        UsageError: unknown, or "state" where the last observation alone is not enough to act.
    """
    if context not in ("history", "state"):
        raise UsageError(f"The context is 'history' or 'state', not {context!r}.")
    if context == "state" and not env.memoryless:
        raise UsageError(
            f"In {env.family} with these arguments the last observation alone is not enough to act: use --set context=history."
        )


def play(
    policy: Policy, sources: Sequence[Source], sampler: Sampler, record: frozenset[str], spent: Spent,
    library: PromptLibrary | None = None,
) -> None:  # fmt: skip
    """Play all episodes to their end, in rounds of one turn each; `library` keeps prompts from one call to the next."""
    live = [s for s in sources if not s.machine.done]
    session: Session | None = None
    library = library or PromptLibrary(policy)
    while live:
        for s in live:
            if "states" in record:
                s.states.append(s.machine.env.state_key(elapsed=False))
            if "snapshots" in record:
                s.snapshots.append((s.machine.env.get_state(), len(s.machine.history.turns)))
        replies, session = _round(policy, live, session, library, sampler, spent)
        for s, reply in zip(live, replies, strict=True):
            s.replies.append(reply)
            spent.generated_tokens += len(reply.tokens)
            s.machine.reply(Reply(policy.chat.text(reply.tokens)))
        spent.environment_steps += len(live)
        if session is not None and live[0].context == "history":
            session.keep([i for i, s in enumerate(live) if not s.machine.done])
        live = [s for s in live if not s.machine.done]
    spent.episodes += len(sources)


def _round(
    policy: Policy,
    live: Sequence[Source],
    session: Session | None,
    library: PromptLibrary,
    sampler: Sampler,
    spent: Spent,
) -> tuple[list[Sampled], Session]:
    """One reply for every live episode."""
    chat = policy.chat
    if live[0].context == "state":
        for s in live:
            history = s.machine.history
            s.pieces.append(chat.opening(Opening(history.opening.system_prompt, _last(s))))
        before = library.read_tokens
        session, logits = library.session([s.pieces[-1] for s in live])
        spent.read_tokens += library.read_tokens - before
        return sampler.replies(session, logits), session
    added: list[list[int]] = []
    for s in live:
        if not s.machine.history.turns:
            s.pieces.append(chat.opening(s.machine.history.opening))
            added.append([])
        elif s.replies:
            last = s.replies[-1]
            piece = chat.between(_last(s))
            s.pieces.append(piece if last.stopped else (chat.end, *piece))
            added.append([last.tokens[-1], *s.pieces[-1]])
        else:
            added.append([])  # a branch brings the text so far as its first piece
    if session is None:
        texts = [s.text_before(len(s.replies)) for s in live]
        session, logits = policy.session(texts)
        spent.read_tokens += _distinct_tokens(texts)
    else:
        logits = session.extend(added)
        spent.read_tokens += sum(len(a) - 1 for a in added)
    return sampler.replies(session, logits), session


def _last(source: Source) -> str:
    history = source.machine.history
    return history.turns[-1].observation if history.turns else history.opening.user_message


def _distinct_tokens(texts: Sequence[Sequence[int]]) -> int:
    """Tokens that went through the model: equal texts once, a beginning that all share once."""
    distinct = list({tuple(t) for t in texts})
    shared = shared_beginning(distinct)
    return shared + sum(len(t) - shared for t in distinct)


def rollout(
    policy: Policy,
    arena: Arena,
    seeds: Sequence[int],
    group_size: int,
    context: str,
    sampler: Sampler,
    record: frozenset[str] = frozenset(),
    noise: Sequence[Any] = (),
    library: PromptLibrary | None = None,
) -> tuple[list[Group], Spent]:
    """Play `group_size` episodes of each seed.

    Members of a group share the instance and the initial state; chance after it falls independently for each, from
    a stream of `noise`, seed and member.

    Args:
        policy: who plays.
        arena: where.
        seeds: one group each.
        group_size: G, at least 1.
        context: "history" or "state".
        sampler: how replies are drawn.
        record: "states" and "snapshots", where a method needs them.
        noise: JSON parts that make this rollout's chance its own.
        library: prompts encoded earlier with the same weights.

    Returns:
        the groups in the order of `seeds`, and what was spent.

    Raises:
        UsageError: a context the environment cannot be played with, or an environment that broke.
    """
    check_context(context, arena.one)
    spent = Spent()
    sources: list[Source] = []
    for seed in seeds:
        for member in range(group_size):
            machine = EpisodeMachine(arena.take(), f"{seed}.{member}", seed)
            if not machine.done:
                machine.env.reseed(*noise, seed, member)
            sources.append(Source(machine, context))
    policy.freeze()
    play(policy, sources, sampler, record, spent, library)
    groups = []
    for i, seed in enumerate(seeds):
        members = [_trajectory(s) for s in sources[i * group_size : (i + 1) * group_size]]
        groups.append(Group(seed, members))
    arena.give(s.machine.env for s in sources)
    return groups, spent


def _trajectory(source: Source) -> Trajectory:
    episode = source.machine.episode
    assert episode is not None
    if episode.failure is not None:
        raise UsageError(
            f"The environment broke while training ({episode.failure.message}): run `turnbench check` on it."
        )

    def joined(name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.array([x for r in source.replies for x in getattr(r, name)], dtype=np.float64)

    return Trajectory(
        rewards_K=np.array(episode.rewards, dtype=np.float64),
        tokens_K=np.array([len(r.tokens) for r in source.replies], dtype=np.int64),
        logprobs_T=joined("logprobs"),
        entropies_T=joined("entropies"),
        certainties_T=joined("certainties"),
        states_K=tuple(source.states),
        ending=episode.ending,
        truncated=episode.ending == Ending.LIMIT,
        instance=episode.instance,
        source=source,
    )
