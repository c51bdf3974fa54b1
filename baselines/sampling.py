"""Sampling replies: from logits to tokens, with what every method needs to know about each token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from turnbench.baselines.lm.session import Session
from turnbench.randomness import RandomStream


@dataclass
class Sampled:
    """One sampled reply."""

    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    entropies: list[float] = field(default_factory=list)
    certainties: list[float] = field(default_factory=list)
    stopped: bool = False
    """True where the policy ended its reply itself; False where the length limit cut it."""


@dataclass(frozen=True)
class Sampler:
    """How replies are drawn.

    Args:
        generator: the only source of randomness.
        stops: token ids that end a reply.
        max_new_tokens: a reply is cut there, at least 1.
        temperature: logits are divided by it; 0 takes the likeliest token.
    """

    generator: torch.Generator
    stops: frozenset[int]
    max_new_tokens: int = 24
    temperature: float = 1.0
    streams: Sequence[RandomStream] | None = None
    """One stream per row instead of the generator, so that what a row draws does not depend on its company."""
    top_k: int = 0
    """Only the likeliest so many tokens are drawn; 0 for all."""
    top_p: float = 1.0
    """Only the likeliest tokens that together have this probability are drawn (nucleus sampling, arXiv 1904.09751)."""

    def draw(self, logits_RV: Tensor, rows: Sequence[int] | None = None) -> tuple[Tensor, Tensor]:
        """One token per row, and the log-probabilities (R, V) it was drawn from; `rows` says whose streams to use.

        Inverse transform sampling, because `torch.multinomial` takes several times as long on a processor.
        """
        if self.temperature == 0:
            return logits_RV.argmax(-1), logits_RV.log_softmax(-1)
        logp_RV = self._narrowed(logits_RV / self.temperature).log_softmax(-1)
        sums_RV = logp_RV.exp().cumsum(-1)
        if self.streams is not None and rows is not None:
            # Doubles just below one would round to one, past every token.
            uniform_R1 = torch.tensor([[min(self.streams[r].random(), 1 - 2**-24)] for r in rows])
        else:
            uniform_R1 = torch.rand(len(logits_RV), 1, generator=self.generator, device=self.generator.device)
        drawn = torch.searchsorted(sums_RV, uniform_R1.to(sums_RV) * sums_RV[:, -1:], right=True)[:, 0]
        return drawn.clamp_max(logits_RV.shape[-1] - 1), logp_RV

    def _narrowed(self, logits_RV: Tensor) -> Tensor:
        """Logits with the tokens that `top_k` and `top_p` leave out at minus infinity."""
        if 0 < self.top_k < logits_RV.shape[-1]:
            least_R1 = logits_RV.topk(self.top_k, -1).values[:, -1:]
            logits_RV = logits_RV.masked_fill(logits_RV < least_R1, float("-inf"))
        if self.top_p < 1:
            ordered_RV, order_RV = logits_RV.sort(-1, descending=True)
            p_RV = ordered_RV.softmax(-1)
            before_RV = p_RV.cumsum(-1) - p_RV
            out_RV = torch.zeros_like(before_RV, dtype=torch.bool).scatter(-1, order_RV, before_RV >= self.top_p)
            logits_RV = logits_RV.masked_fill(out_RV, float("-inf"))
        return logits_RV

    @torch.inference_mode()
    def replies(self, session: Session, logits_RV: Tensor, rows: Sequence[int] | None = None) -> list[Sampled]:
        """A reply for every row of the session (or for `rows`), given the logits after each row's text.

        The last token of each reply is not yet in the session: it begins the next text that is appended.
        """
        asked = list(range(session.rows)) if rows is None else list(rows)
        replies = [Sampled() for _ in asked]
        active = list(range(len(asked)))
        for step in range(self.max_new_tokens):
            drawn, logp_RV = self.draw(logits_RV, active)
            chosen = logp_RV.gather(1, drawn[:, None])[:, 0].tolist()
            entropies = -(logp_RV.exp() * logp_RV.clamp_min(-100.0)).sum(-1)
            certainties = logits_RV.logsumexp(-1) - logits_RV.mean(-1)
            going: list[int] = []
            columns = zip(active, drawn.tolist(), chosen, entropies.tolist(), certainties.tolist(), strict=True)
            for row, token, logp, entropy, certainty in columns:
                reply = replies[row]
                reply.tokens.append(token)
                reply.logprobs.append(logp)
                reply.entropies.append(entropy)
                reply.certainties.append(certainty)
                if token in self.stops:
                    reply.stopped = True
                else:
                    going.append(row)
            if not going or step == self.max_new_tokens - 1:
                break
            going.sort(key=lambda i: asked[i])  # the session answers in the order of its rows
            texts: list[list[int]] = [[] for _ in range(session.rows)]
            for i in going:
                texts[asked[i]] = [replies[i].tokens[-1]]
            logits_RV = session.extend(texts)
            active = going
        return replies
