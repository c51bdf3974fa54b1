"""A critic: a copy of the policy's body with a scalar head, fitted to what the method's `targets` say.

It has weights of its own, so that fitting values never moves the policy. It reads what the policy reads, and values
the moment before each policy token; the moment before a turn's first token is the turn's value.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from turnbench.baselines.lm.llama import LlamaForward
from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.lm.scoring import hidden_before, micro_batches
from turnbench.baselines.rollout import Source
from turnbench.baselines.trajectory import Floats, Group
from turnbench.errors import UsageError

MICRO_TOKENS = 2048


class Critic:
    """Values of the moments before policy tokens, in units of return.

    Args:
        policy: whose body is copied.
        learning_rate: of AdamW.
        epochs: passes over a batch.

    Raises:
        UsageError: the policy is not a plain Llama, the one body a critic is written for.
    """

    def __init__(self, policy: Policy, learning_rate: float, epochs: int = 1) -> None:
        if not isinstance(policy.forward, LlamaForward):
            raise UsageError(
                "A critic needs a plain Llama (no grouped queries, no biases): use a method without values for this model."
            )
        self.model = copy.deepcopy(policy.model)
        self.forward = LlamaForward(self.model)
        self.head = nn.Linear(self.model.config.hidden_size, 1, device=policy.device)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.epochs = epochs
        self.optimizer = torch.optim.AdamW(
            [*self.model.model.parameters(), *self.head.parameters()], lr=learning_rate, weight_decay=0.0
        )

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {
            "model": self.model.state_dict(),
            "head": self.head.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Back to what `state` gave."""
        self.model.load_state_dict(state["model"])
        self.head.load_state_dict(state["head"])
        self.optimizer.load_state_dict(state["optimizer"])

    def values(self, groups: Sequence[Group], every_token: bool) -> tuple[list[list[Floats]], int]:
        """Values before each turn (or each policy token) by group and member, and the number of tokens scored."""
        moments = _Moments(groups, every_token)
        values_D = np.zeros(moments.distinct)
        with torch.no_grad():
            for batch in micro_batches([len(t) for t in moments.texts], MICRO_TOKENS):
                texts, wanted = [moments.texts[i] for i in batch], [moments.wanted[i] for i in batch]
                values_D[moments.places(batch)] = self._values(texts, wanted).double().cpu().numpy()
        flat = values_D[moments.moment_N]
        out: list[list[Floats]] = []
        at = 0
        for group in groups:
            out.append([])
            for m in group.members:
                n = int(m.tokens_K.sum()) if every_token else m.turns
                out[-1].append(flat[at : at + n])
                at += n
        return out, moments.tokens

    def fit(self, groups: Sequence[Group], targets: Sequence[Sequence[Floats]], every_token: bool) -> tuple[float, int]:
        """Regress to the targets, 0.5 (V - R)**2 on average over all moments.

        Moments that are the same are computed once: their squared errors sum to n (V - mean)**2 and a constant.

        Returns:
            the loss before fitting, and the number of tokens scored.
        """
        moments = _Moments(groups, every_token)
        flat = np.concatenate([t for group in targets for t in group])
        count_D = np.bincount(moments.moment_N, minlength=moments.distinct)
        mean_D = np.bincount(moments.moment_N, flat, moments.distinct) / np.maximum(count_D, 1)
        spread = float(((flat - mean_D[moments.moment_N]) ** 2).sum())
        aim, weight = (torch.from_numpy(x / y).float() for x, y in ((mean_D, 1.0), (count_D, len(flat))))
        first = 0.0
        for epoch in range(self.epochs):
            self.optimizer.zero_grad(set_to_none=True)
            total = 0.5 * spread / len(flat)
            for batch in micro_batches([len(t) for t in moments.texts], MICRO_TOKENS):
                values = self._values([moments.texts[i] for i in batch], [moments.wanted[i] for i in batch])
                index = torch.from_numpy(moments.places(batch))
                loss = 0.5 * (weight[index].to(values) * (values - aim[index].to(values)).square()).sum()
                loss.backward()  # type: ignore[no-untyped-call]
                total += float(loss.detach())
            torch.nn.utils.clip_grad_norm_([*self.model.model.parameters(), *self.head.parameters()], 1.0)
            self.optimizer.step()
            first = total if epoch == 0 else first
        return first, self.epochs * moments.tokens

    def _values(self, texts: Sequence[Sequence[int]], wanted: Sequence[Sequence[int]]) -> Tensor:
        values: Tensor = self.head(hidden_before(self.forward, texts, wanted).float())[:, 0]
        return values


class _Moments:
    """The moments of a batch that are valued, each distinct text once.

    `texts` and `wanted` are distinct; distinct moments (D) are numbered text by text; `moment_N` gives for every turn
    (or policy token) of the batch, in order, which of them it is.
    """

    def __init__(self, groups: Sequence[Group], every_token: bool) -> None:
        place: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
        order: list[int] = []
        for group in groups:
            for m in group.members:
                turn = 0
                source: Source = m.source
                for text, positions in source.texts():
                    firsts, at = [], 0
                    while at < len(positions):  # turn by turn through the text
                        firsts.append(positions[at])
                        at += int(m.tokens_K[turn])
                        turn += 1
                    wanted = positions if every_token else tuple(firsts)
                    # The last moment's own token and all after it do not matter, so equal prompts are equal texts.
                    key = ((*text[: wanted[-1]], 0), wanted)
                    order.append(place.setdefault(key, len(place)))
        self.texts = [t for t, _ in place]
        self.wanted = [w for _, w in place]
        self._starts = np.cumsum([0, *map(len, self.wanted)])
        self.distinct = int(self._starts[-1])
        self.tokens = sum(map(len, self.texts))
        self.moment_N = self.places(order)

    def places(self, texts: Sequence[int]) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Numbers of the moments of these texts, in order."""
        return np.concatenate([np.arange(self._starts[i], self._starts[i + 1]) for i in texts])
