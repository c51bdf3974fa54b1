"""Many texts growing at once, with keys and values kept, so that nothing is ever encoded twice.

A session has rows. `extend` appends tokens to some of them and gives the logits after each one's last token; `keep`
drops the rows of finished episodes. A beginning that all rows share is computed once. Two kinds, one behaviour:
`LlamaSession` on our own forward pass, `GenericSession` on any transformers causal model and its own cache.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from turnbench.baselines.lm.llama import Layer, LlamaForward

Tokens = Sequence[int]
_SHARED_AT_LEAST = 8
"""Shorter common beginnings are not worth a forward pass of their own."""
_SPARE_SLOTS = 32
"""Slots that are made beyond those in use."""


def shared_beginning(texts: Sequence[Tokens]) -> int:
    """Number of first tokens that all texts share, at least one token of each left out of it."""
    if len(texts) < 2:
        return 0
    whole = [tuple(t) for t in texts]
    low, high = min(whole), max(whole)  # what the extremes share, all share
    limit = min(len(t) for t in whole) - 1
    shared = next((i for i in range(limit) if low[i] != high[i]), limit)
    return shared if shared >= _SHARED_AT_LEAST else 0


def padded(texts: Sequence[Tokens], device: torch.device, fill: int = 0) -> tuple[Tensor, Tensor]:
    """Texts as a right-padded (R, T) tensor, and their lengths (R,)."""
    lengths = [len(t) for t in texts]
    longest = max(lengths)
    rows = [[*t, *([fill] * (longest - len(t)))] for t in texts]
    return torch.tensor(rows, device=device), torch.tensor(lengths, device=device)


class Session(ABC):
    """Rows of growing texts."""

    rows: int

    @abstractmethod
    def extend(self, texts: Sequence[Tokens]) -> Tensor:
        """Append `texts[i]` to row i, nothing where it is empty.

        Returns:
            logits (non-empty texts, vocabulary) after each one's last token, in row order, float32.
        """

    @abstractmethod
    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these rows only, in this order; a row may be named more than once to branch."""

    @abstractmethod
    def append(self, other: Any) -> None:
        """Take over the rows of another session of the same kind, behind this one's."""


class LlamaSession(Session):
    """Rows on `LlamaForward`: one buffer per layer, (rows, slots, heads, size); slot = position, so rows have no gaps.

    Buffers have room to spare, in slots and, where rows are added, in rows: what was encoded is copied rarely.
    """

    def __init__(self, forward: LlamaForward, rows: int, slots: int = 64) -> None:
        self.forward, self.rows = forward, rows
        self.lengths = torch.zeros(rows, dtype=torch.long, device=forward.device)
        self._kv = [(self._buffer(rows, slots), self._buffer(rows, slots)) for _ in range(forward.layers)]

    def _buffer(self, rows: int, slots: int) -> Tensor:
        """Room for so many rows; zeros, because what a mask hides is still multiplied by zero."""
        shape = (rows, slots, self.forward.heads, self.forward.size)
        return torch.zeros(shape, dtype=self.forward.dtype, device=self.forward.device)

    @torch.inference_mode()
    def extend(self, texts: Sequence[Tokens]) -> Tensor:
        """See `Session.extend`."""
        asked = active = [i for i, t in enumerate(texts) if t]
        device = self.forward.device
        if 3 * len(asked) >= self.rows > len(asked) and max(map(len, texts)) == 1:
            # A single token for many rows: the others get one as well, behind their text, where the next will overwrite
            # it, because reading all rows in place costs less than copying the keys and values of most.
            active, texts = list(range(self.rows)), [t or (0,) for t in texts]
        tokens_RT, counts_R = padded([texts[i] for i in active], device)
        every = len(active) == self.rows
        index_R = torch.tensor(active, device=device)
        before_R = self.lengths if every else self.lengths[index_R]
        after_R = before_R + counts_R
        slots = int(after_R.max())
        self._grow(slots)
        T = tokens_RT.shape[1]
        steps_T = torch.arange(T, device=device)
        positions_RT = before_R[:, None] + steps_T
        valid_RT = steps_T < counts_R[:, None]
        where = (index_R[:, None].expand(-1, T)[valid_RT], positions_RT[valid_RT])

        def write(layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
            kept_k, kept_v = (kept[: self.rows] for kept in self._kv[layer])
            kept_k[where], kept_v[where] = keys[valid_RT], values[valid_RT]
            if every:
                return kept_k[:, :slots], kept_v[:, :slots]
            return kept_k[index_R, :slots], kept_v[index_R, :slots]

        mask = torch.arange(slots, device=device) <= positions_RT[:, None, :, None]
        last_R1 = counts_R[:, None] - 1
        hidden, _ = self.forward.hidden(tokens_RT, positions_RT.clamp_max(slots - 1), None, mask, write, last_R1)
        last_RW = hidden[:, 0]
        if len(asked) < len(active):
            asked_R = torch.tensor(asked, device=device)
            self.lengths = self.lengths.index_add(0, asked_R, torch.ones_like(asked_R))
            last_RW = last_RW[asked_R]
        elif every:
            self.lengths = after_R
        else:
            self.lengths[index_R] = after_R
        return self.forward.logits(last_RW).float()

    @torch.inference_mode()
    def keep(self, rows: Sequence[int]) -> None:
        """See `Session.keep`."""
        if list(rows) == list(range(self.rows)):
            return
        index = torch.tensor(list(rows), dtype=torch.long, device=self.forward.device)
        if len(rows) <= self._kv[0][0].shape[0]:  # within the buffers that are there
            used = int(self.lengths[index].max()) if len(rows) else 0
            for kept in (x for layer in self._kv for x in layer):
                kept[: len(rows), :used] = kept[index, :used]
        else:
            self._kv = self._taken(index)
        self.lengths, self.rows = self.lengths[index], len(rows)

    def _taken(self, index: Tensor) -> list[Layer]:
        """Copies of these rows, with some slots to grow into."""
        used = int(self.lengths[index].max()) if len(index) else 0
        size = len(index), used + _SPARE_SLOTS

        def taken(kept: Tensor) -> Tensor:
            out = kept.new_empty(*size, *kept.shape[2:])
            out[:, used:] = 0
            torch.index_select(kept[:, :used], 0, index, out=out[:, :used])
            return out

        return [(taken(k), taken(v)) for k, v in self._kv]

    @property
    def slots(self) -> int:
        """Tokens there is room for, over all rows."""
        return self.rows * self._kv[0][0].shape[1]

    @torch.inference_mode()
    def fork(self, rows: Sequence[int]) -> LlamaSession:
        """A session of its own that begins as these rows, in this order, repeats allowed."""
        other = LlamaSession.__new__(LlamaSession)
        other.forward, other.rows = self.forward, len(rows)
        index = torch.tensor(list(rows), dtype=torch.long, device=self.forward.device)
        other._kv, other.lengths = self._taken(index), self.lengths[index]
        return other

    @torch.inference_mode()
    def append(self, other: LlamaSession) -> None:
        """Take over the rows of another session, behind this one's."""
        used, rows = int(other.lengths.max()), self.rows + other.rows
        self._grow(used, rows)
        for mine, theirs in zip(self._kv, other._kv, strict=True):
            for to, source in zip(mine, theirs, strict=True):
                to[self.rows : rows, :used] = source[: other.rows, :used]
        self.lengths, self.rows = torch.cat([self.lengths, other.lengths]), rows

    def _grow(self, slots: int, rows: int = 0) -> None:
        """Make sure of room for texts of so many tokens, and for so many rows; at least doubling what has to grow."""
        have_rows, have_slots = self._kv[0][0].shape[:2]
        if slots <= have_slots and rows <= have_rows:
            return
        new_rows = max(rows, 2 * have_rows) if rows > have_rows else have_rows
        new_slots = max(slots + _SPARE_SLOTS, 2 * have_slots) if slots > have_slots else have_slots

        def larger(kept: Tensor) -> Tensor:
            out = self._buffer(new_rows, new_slots)
            out[: self.rows, :have_slots] = kept[: self.rows]
            return out

        self._kv = [(larger(k), larger(v)) for k, v in self._kv]


class GenericSession(Session):
    """Rows on any transformers causal model with a growing key-value cache; padding between turns stays, masked."""

    def __init__(self, model: Any, rows: int) -> None:
        from transformers import DynamicCache

        self.model, self.rows = model, rows
        self._cache = DynamicCache(config=model.config)
        self._mask = torch.zeros(rows, 0, dtype=torch.long, device=model.device)
        self._lengths = torch.zeros(rows, dtype=torch.long, device=model.device)

    @torch.inference_mode()
    def extend(self, texts: Sequence[Tokens]) -> Tensor:
        """See `Session.extend`."""
        tokens_RT, counts_R = padded(texts, self.model.device)
        steps_T = torch.arange(tokens_RT.shape[1], device=self.model.device)
        self._mask = torch.cat([self._mask, (steps_T < counts_R[:, None]).long()], 1)
        out = self.model(
            input_ids=tokens_RT,
            attention_mask=self._mask,
            # Padding repeats the last position of its row, or a row that is nearly full would pass the model's last one.
            position_ids=(self._lengths[:, None] + torch.minimum(steps_T, counts_R[:, None] - 1)).clamp_min(0),
            past_key_values=self._cache,
            use_cache=True,
        )
        self._lengths = self._lengths + counts_R
        active = counts_R.nonzero()[:, 0]
        logits: Tensor = out.logits[active, counts_R[active] - 1].float()
        return logits

    @torch.inference_mode()
    def keep(self, rows: Sequence[int]) -> None:
        """See `Session.keep`."""
        if list(rows) == list(range(self.rows)):
            return
        index = torch.tensor(list(rows), dtype=torch.long, device=self.model.device)
        self._cache.batch_select_indices(index)
        self._mask, self._lengths, self.rows = self._mask[index], self._lengths[index], len(rows)

    @torch.inference_mode()
    def append(self, other: GenericSession) -> None:
        """See `Session.append`; the shorter cache gets masked slots at its end."""
        from transformers import DynamicCache

        slots = max(self._mask.shape[1], other._mask.shape[1])

        def longer(kept: Tensor, axis: int) -> Tensor:
            shape = list(kept.shape)
            shape[axis] = slots - shape[axis]
            return torch.cat([kept, kept.new_zeros(shape)], axis) if shape[axis] else kept

        cache = DynamicCache(config=self.model.config)
        for layer, (mine, theirs) in enumerate(zip(self._cache.layers, other._cache.layers, strict=True)):
            keys, values = (
                torch.cat([longer(getattr(mine, n), 2), longer(getattr(theirs, n), 2)]) for n in ("keys", "values")
            )
            cache.update(keys, values, layer)
        self._cache = cache
        self._mask = torch.cat([longer(self._mask, 1), longer(other._mask, 1)])
        self._lengths = torch.cat([self._lengths, other._lengths])
        self.rows += other.rows


def begin(make: Any, texts: Sequence[Tokens]) -> tuple[Session, Tensor]:
    """A session holding `texts`, and the logits after each; equal texts and a shared beginning are computed once.

    Args:
        make: from a number of rows to an empty `Session`.
        texts: token ids, none empty.
    """
    distinct = list(dict.fromkeys(map(tuple, texts)))
    place = {t: i for i, t in enumerate(distinct)}
    shared = shared_beginning(distinct)
    session: Session = make(1 if shared else len(distinct))
    if shared:
        session.extend([distinct[0][:shared]])
        session.keep([0] * len(distinct))
    logits = session.extend([t[shared:] for t in distinct])
    if len(distinct) < len(texts):
        rows = [place[tuple(t)] for t in texts]
        session.keep(rows)
        logits = logits[torch.tensor(rows, device=logits.device)]
    return session, logits
