"""A language model as an agent of the harness: batched, the tokens of earlier replies kept as they were sampled."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from turnbench.agents.base import Agent, AgentContext
from turnbench.baselines.checkpoints import checkpoint_names, checkpoint_path
from turnbench.baselines.lm.conversations import Conversations
from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.sampling import Sampled, Sampler
from turnbench.chatapi.answer import has_thought, split_thought
from turnbench.episode import History, Opening, Reply
from turnbench.errors import UnknownName, UsageError, did_you_mean
from turnbench.randomness import RandomStream
from turnbench.registry import make_env


class LanguageModelAgent(Agent):
    """Plays with a policy.

    What an episode's replies are drawn from is fixed by its agent seed, whatever other episodes are asked about.
    Reasoning before </think> is kept apart from the reply. The tokens of earlier replies stay as they were sampled,
    unless the model's template leaves earlier reasoning out: then a conversation in which there was some is written as
    the template writes it.

    Where the model's positions leave less room than `max_new_tokens`, a reply is cut where they end.

    Args:
        policy: the model.
        context: "history" (the whole conversation) or "state" (system prompt and last observation).
        temperature: 0 takes the likeliest token.
        max_new_tokens: a reply is cut there.
        details: JSON for the result: where the model comes from.
        top_k: only the likeliest so many tokens are drawn; 0 for all.
        top_p: only the likeliest tokens that together have this probability are drawn.
        system_prompt: replaces the environment's where given.
    """

    def __init__(
        self,
        policy: Policy,
        context: str = "history",
        temperature: float = 1.0,
        max_new_tokens: int = 16,
        details: dict[str, Any] | None = None,
        top_k: int = 0,
        top_p: float = 1.0,
        system_prompt: str | None = None,
    ) -> None:
        self.policy, self.context = policy, context
        self.temperature, self.max_new_tokens = temperature, max_new_tokens
        self.top_k, self.top_p, self.system_prompt = top_k, top_p, system_prompt
        self._details = details or {}
        self._said: dict[str, list[Sampled]] = {}
        self._conversations = Conversations(policy)
        self._over: list[str] = []
        self._positions = positions_of(policy)
        policy.freeze()

    def act(self, histories: Sequence[History]) -> list[Reply]:
        """A reply each; `meta` holds the number of tokens, whether the length limit cut the reply, and its reasoning.

        Raises:
            UsageError: a conversation has outgrown the model's positions.
        """
        self._conversations.drop(self._over)
        self._over.clear()
        texts = [self._prompt(h) for h in histories]
        keys = [h.episode for h in histories]
        room = [self.max_new_tokens if self._positions is None else self._positions - len(t) for t in texts]
        tight = [r < self.max_new_tokens for r in room]
        if any(tight):
            # They leave the others' session, where padding behind them would be beyond the model's positions.
            self._conversations.drop(k for k, t in zip(keys, tight, strict=True) if t)
            if min(room) < 1:
                raise UsageError(
                    f"The conversation takes {max(map(len, texts))} tokens, which leaves none for a reply, "
                    f"and the model has {self._positions} positions."
                )
            if len(histories) > 1:
                return self._with_the_tight_alone(histories, tight)
        limit = min(room[0], self.max_new_tokens)
        rows: list[int] | None = None
        if self.context == "history" and not any(tight):
            session, rows, logits = self._conversations.ready(keys, texts)
        else:
            session, logits = self.policy.session(texts)
        streams = [RandomStream.from_parts("tokens", h.agent_seed, len(h.turns)) for h in histories]
        sampler = Sampler(
            torch.Generator(),
            self.policy.chat.stops,
            limit,
            self.temperature,
            streams,
            self.top_k,
            self.top_p,
        )
        replies = []
        for history, reply in zip(histories, sampler.replies(session, logits, rows), strict=True):
            if rows is not None:
                self._conversations.said(history.episode, reply.tokens[:-1])
            self._said.setdefault(history.episode, []).append(reply)
            text = self.policy.chat.text(reply.tokens)
            meta: dict[str, Any] = {"tokens": len(reply.tokens), **({} if reply.stopped else {"cut": True})}
            if has_thought(text):
                meta["reasoning"], text = split_thought(text)
            replies.append(Reply(text, meta))
        return replies

    def _with_the_tight_alone(self, histories: Sequence[History], tight: Sequence[bool]) -> list[Reply]:
        """Each of those with little room by itself, because a reply's limit may not depend on the others."""
        roomy = [h for h, t in zip(histories, tight, strict=True) if not t]
        together = iter(self.act(roomy) if roomy else ())
        return [self.act([h])[0] if t else next(together) for h, t in zip(histories, tight, strict=True)]

    def _prompt(self, history: History) -> list[int]:
        chat = self.policy.chat
        opening = history.opening
        if self.system_prompt is not None:
            opening = Opening(self.system_prompt, opening.user_message)
        if self.context == "state":
            last = history.turns[-1].observation if history.turns else opening.user_message
            return list(chat.opening(Opening(opening.system_prompt, last)))
        said = self._said.get(history.episode, [])[: len(history.turns)]
        if chat.drops_thoughts and any(t.reply.meta.get("reasoning") for t in history.turns):
            return list(chat.conversation(opening, [(t.reply.text, t.observation) for t in history.turns]))
        text = list(chat.opening(opening))
        for k, turn in enumerate(history.turns):
            if k < len(said):
                text += said[k].tokens if said[k].stopped else [*said[k].tokens, chat.end]
            else:  # turns of somebody else, as in a replayed beginning
                text += [*chat.words(turn.reply.text), chat.end]
            text += chat.between(turn.observation)
        return text

    def forget(self, episode: str) -> None:
        """Drop the tokens of a finished episode."""
        self._said.pop(episode, None)
        self._over.append(episode)

    def describe(self) -> dict[str, Any]:
        """Weights hash, context, sampling, and what the template does to a conversation."""
        chat = self.policy.chat
        template = "plain" if chat.plain else "drops earlier reasoning" if chat.drops_thoughts else "keeps every token"
        return {
            "weights": self.policy.weights_hash(),
            "parameters": self.policy.parameters,
            "dtype": str(self.policy.model.dtype).removeprefix("torch."),
            "context": self.context,
            "template": template,
            "temperature": self.temperature,
            "top_k": self.top_k,
            "top_p": self.top_p,
            "max_new_tokens": self.max_new_tokens,
            "system_prompt": self.system_prompt,
            **self._details,
        }


def positions_of(policy: Policy) -> int | None:
    """Tokens that a conversation of this model may have; None where its configuration does not say."""
    found = getattr(policy.model.config, "max_position_embeddings", None)
    return found if isinstance(found, int) else None


def baseline_agent(name: str, context: AgentContext) -> LanguageModelAgent:
    """`baseline:NAME`: a committed checkpoint or a training run's folder.

    Args:
        name: a method ("ms-grpo": its checkpoint for this environment), "method/environment", "base", or a folder: a
            training run's, its `policy`, or any that save_pretrained wrote.
        context: which environment it will play.

    Raises:
        UnknownName: there is no such checkpoint; the message names those there are.
    """
    short = context.env_id.rpartition(":")[2].removeprefix("TurnBench/")
    if f"{name}/{short}" in checkpoint_names():
        folder = checkpoint_path(f"{name}/{short}")
    elif name in checkpoint_names():
        folder = checkpoint_path(name)
    elif Path(name).is_dir():
        folder = Path(name) / "policy" if (Path(name) / "policy").is_dir() else Path(name)
    else:
        known = checkpoint_names()
        methods = sorted({k.split("/")[0] for k in known if k.endswith(f"/{short}")})
        raise UnknownName(
            f"There is no checkpoint {name!r} for {short}; there is: {', '.join([*methods, *known]) or 'none'}, or a folder."
            f"{did_you_mean(name, [*methods, *known])}"
        )
    card = _card(folder)
    env = make_env(context.env_id, **context.env_arguments)
    play = card.get("play", {})
    how = play.get("context") or ("state" if env.memoryless else "history")
    return LanguageModelAgent(
        Policy.load(folder),
        context=how,
        temperature=float(play.get("temperature", 1.0)),
        max_new_tokens=int(play.get("max_new_tokens", 16)),
        details={"checkpoint": name},
    )


def _card(folder: Path) -> dict[str, Any]:
    path = folder / "card.json"
    if not path.exists():
        return {}
    card: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return card
