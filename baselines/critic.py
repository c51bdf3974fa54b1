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
            raise UsageError("A critic needs a Llama-shaped policy: use a method without values for this model.")
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
        return {"model": self.model.state_dict(), "head": self.head.state_dict(), "optimizer": self.optimizer.state_dict()}

    def load(self, state: dict[str, Any]) -> None:
        """Back to what `state` gave."""
        self.model.load_state_dict(state["model"])
        self.head.load_state_dict(state["head"])
        self.optimizer.load_state_dict(state["optimizer"])

    def values(self, groups: Sequence[Group], every_token: bool) -> list[list[Floats]]:
        """Values before each turn (or each policy token), by group and member."""
        texts, wanted = _moments(groups, every_token)
        flat = np.zeros(sum(map(len, wanted)))
        starts = np.cumsum([0, *map(len, wanted)])
        with torch.no_grad():
            for batch in micro_batches([len(t) for t in texts], MICRO_TOKENS):
                values = self._values([texts[i] for i in batch], [wanted[i] for i in batch]).double().cpu().numpy()
                at = 0
                for i in batch:
                    flat[starts[i] : starts[i + 1]] = values[at : at + len(wanted[i])]
                    at += len(wanted[i])
        out: list[list[Floats]] = []
        at = 0
        for group in groups:
            out.append([])
            for m in group.members:
                n = int(m.tokens_K.sum()) if every_token else m.turns
                out[-1].append(flat[at : at + n])
                at += n
        return out

    def fit(self, groups: Sequence[Group], targets: Sequence[Sequence[Floats]], every_token: bool) -> tuple[float, int]:
        """Regress to the targets, 0.5 (V - R)**2 on average; returns the loss before fitting and the tokens scored."""
        texts, wanted = _moments(groups, every_token)
        flat = torch.tensor(np.concatenate([t for group in targets for t in group]), dtype=torch.float32)
        starts = np.cumsum([0, *map(len, wanted)])
        first = 0.0
        for epoch in range(self.epochs):
            self.optimizer.zero_grad(set_to_none=True)
            total = 0.0
            for batch in micro_batches([len(t) for t in texts], MICRO_TOKENS):
                values = self._values([texts[i] for i in batch], [wanted[i] for i in batch])
                aim = torch.cat([flat[starts[i] : starts[i + 1]] for i in batch]).to(values)
                loss = 0.5 * (values - aim).square().sum() / len(flat)
                loss.backward()  # type: ignore[no-untyped-call]
                total += float(loss.detach())
            torch.nn.utils.clip_grad_norm_([*self.model.model.parameters(), *self.head.parameters()], 1.0)
            self.optimizer.step()
            first = total if epoch == 0 else first
        return first, self.epochs * sum(map(len, texts))

    def _values(self, texts: Sequence[Sequence[int]], wanted: Sequence[Sequence[int]]) -> Tensor:
        values: Tensor = self.head(hidden_before(self.forward, texts, wanted).float())[:, 0]
        return values


def _moments(groups: Sequence[Group], every_token: bool) -> tuple[list[Sequence[int]], list[list[int]]]:
    """All texts, and in each the positions whose moment before is valued, in the order of turns and tokens."""
    texts: list[Sequence[int]] = []
    wanted: list[list[int]] = []
    for group in groups:
        for m in group.members:
            source: Source = m.source
            turn = 0
            for text, positions in source.texts():
                texts.append(text)
                if every_token:
                    wanted.append(list(positions))
                    continue
                firsts, at = [], 0
                while at < len(positions):
                    firsts.append(positions[at])
                    at += int(m.tokens_K[turn])
                    turn += 1
                wanted.append(firsts)
    return texts, wanted
