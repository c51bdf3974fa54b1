"""Conversations that go on from call to call: what was read or said once is never encoded again.

One session holds a row per conversation. A text that goes on from what its row holds costs what is new in it; any other
(a new conversation, or one that a chat template wrote anew) is encoded whole. Rows of conversations that are over leave.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

import torch
from torch import Tensor

from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.lm.session import Session


class Conversations:
    """Rows of one session, by key.

    Args:
        policy: whose conversations they are; its weights stay as they are.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._session: Session | None = None
        self._held: dict[Hashable, list[int]] = {}
        """Tokens of each row, in the order of the rows."""

    def ready(self, keys: Sequence[Hashable], texts: Sequence[Sequence[int]]) -> tuple[Session, list[int], Tensor]:
        """The session, the row of each conversation in it, and the logits after each text.

        Args:
            keys: distinct.
            texts: the whole conversation so far, each.
        """
        new = [k for k, t in zip(keys, texts, strict=True) if not self._goes_on(k, t)]
        self.drop(k for k in new if k in self._held)
        rows = {k: i for i, k in enumerate(self._held)}
        asked = dict(zip(keys, texts, strict=True))
        found: dict[Hashable, Tensor] = {}
        if self._session is not None and (old := [k for k in self._held if k in asked]):
            added: list[Sequence[int]] = [[] for _ in self._held]
            for k in old:
                added[rows[k]] = list(asked[k])[len(self._held[k]) :]
            found |= dict(zip(old, self._session.extend(added), strict=True))
        if new:
            fresh, logits = self._policy.session([asked[k] for k in new])
            found |= dict(zip(new, logits, strict=True))
            if self._session is None:
                self._session = fresh
            else:
                self._session.append(fresh)
        for k in keys:
            self._held[k] = list(asked[k])  # new keys come last, as their rows do
        rows = {k: i for i, k in enumerate(self._held)}
        assert self._session is not None
        return self._session, [rows[k] for k in keys], torch.stack([found[k] for k in keys])

    def said(self, key: Hashable, tokens: Sequence[int]) -> None:
        """Note what a sampler has put into a conversation's row."""
        self._held[key] += tokens

    def drop(self, keys: Iterable[Hashable]) -> None:
        """Forget conversations that are over; unknown ones are none."""
        gone = {k for k in keys if k in self._held}
        if not gone:
            return
        stay = [i for i, k in enumerate(self._held) if k not in gone]
        for k in gone:
            del self._held[k]
        if self._session is not None:
            if stay:
                self._session.keep(stay)
            else:
                self._session = None

    def _goes_on(self, key: Hashable, text: Sequence[int]) -> bool:
        held = self._held.get(key)
        return held is not None and len(text) > len(held) and list(text[: len(held)]) == held
