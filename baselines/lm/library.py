"""Prompts that come again: their keys and values are kept for as long as the weights stay.

When a policy sees single states, many episodes of a group stand before the same prompt, in one round or in another.
The library encodes each prompt once, from a beginning that all share, and hands out copies that replies grow from.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from turnbench.baselines.lm.llama import LlamaForward
from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.lm.session import LlamaSession, Session, shared_beginning

MOST_SLOTS = 65_536
"""Tokens kept before the library begins anew."""


class PromptLibrary:
    """Sessions on prompts, for one state of the weights.

    Args:
        policy: whose prompts they are.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.read_tokens = 0
        """Tokens that went through the model so far."""
        self._rows: dict[tuple[int, ...], int] = {}
        self._session: LlamaSession | None = None
        self._logits: Tensor | None = None
        self._beginning: tuple[tuple[int, ...], LlamaSession] | None = None

    def session(self, prompts: Sequence[tuple[int, ...]]) -> tuple[Session, Tensor]:
        """A session that holds these prompts, a row each, and the logits after each."""
        new = [p for p in dict.fromkeys(prompts) if p not in self._rows]
        if new:
            session, logits = self._encode(new)
            if not isinstance(session, LlamaSession):  # another kind of cache: nothing is kept
                places = {p: i for i, p in enumerate(new)}
                index = [places[p] for p in prompts]
                session.keep(index)
                return session, logits[torch.tensor(index, device=logits.device)]
            if self._session is None or self._logits is None:
                self._session, self._logits = session, logits
            else:
                self._session.append(session)
                self._logits = torch.cat([self._logits, logits])
            self._rows |= {p: len(self._rows) + i for i, p in enumerate(new)}
        assert self._session is not None
        assert self._logits is not None
        index = [self._rows[p] for p in prompts]
        out = self._session.fork(index), self._logits[torch.tensor(index, device=self._logits.device)]
        if self._session.slots > MOST_SLOTS:
            self._rows, self._session, self._logits = {}, None, None
        return out

    def _encode(self, prompts: list[tuple[int, ...]]) -> tuple[Session, Tensor]:
        if self._beginning is None and isinstance(self.policy.forward, LlamaForward):
            shared = shared_beginning(prompts)
            if shared:
                session, _ = self.policy.session([prompts[0][:shared]])
                self.read_tokens += shared
                if isinstance(session, LlamaSession):
                    self._beginning = (prompts[0][:shared], session)
        if self._beginning is not None:
            tokens, session = self._beginning
            shared = len(tokens)
            if all(p[:shared] == tokens and len(p) > shared for p in prompts):
                rows = session.fork([0] * len(prompts))
                self.read_tokens += sum(len(p) - shared for p in prompts)
                return rows, rows.extend([p[shared:] for p in prompts])
        self.read_tokens += sum(map(len, prompts))
        return self.policy.session(prompts)
