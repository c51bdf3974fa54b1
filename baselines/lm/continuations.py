"""Probabilities of given texts after given prompts: of actions, of beliefs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from turnbench.baselines.lm.policy import Policy

AT_ONCE = 512
"""Prompts in one session."""


@torch.inference_mode()
def continuation_logprobs(
    policy: Policy, prompts: Sequence[Sequence[int]], texts: Sequence[Sequence[int]], temperature: float = 1.0
) -> NDArray[np.float64]:
    """Log p(text | prompt), summed over the text's tokens, shape (prompts, texts), natural logarithm.

    Args:
        policy: the model.
        prompts: token ids, none empty.
        texts: token ids, none empty; a beginning that texts share is computed once.
        temperature: logits are divided by it, above 0.
    """
    policy.freeze()
    out = np.zeros((len(prompts), len(texts)))
    for start in range(0, len(prompts), AT_ONCE):
        chunk = prompts[start : start + AT_ONCE]
        session, logits = policy.session(chunk)
        first = (logits / temperature).log_softmax(-1)
        # Texts that begin alike go on as one row for as long as they do: a trie, level by level.
        level: dict[tuple[int, ...], list[int]] = {(): list(range(len(chunk)))}
        scores: dict[tuple[int, ...], Tensor] = {(): first}
        depth = 0
        while True:
            depth += 1
            for i, text in enumerate(texts):
                if len(text) >= depth:
                    out[start : start + len(chunk), i] += (
                        scores[tuple(text[: depth - 1])][:, text[depth - 1]].double().cpu().numpy()
                    )
            nexts = list(dict.fromkeys(tuple(t[:depth]) for t in texts if len(t) > depth))
            if not nexts:
                break
            rows = [r for n in nexts for r in level[n[:-1]]]
            session.keep(rows)
            logits = session.extend([[n[-1]] for n in nexts for _ in range(len(chunk))])
            logp = (logits / temperature).log_softmax(-1)
            level = {n: list(range(j * len(chunk), (j + 1) * len(chunk))) for j, n in enumerate(nexts)}
            scores = {n: logp[j * len(chunk) : (j + 1) * len(chunk)] for j, n in enumerate(nexts)}
    return out


def continuation_probabilities(
    policy: Policy, prompts: Sequence[Sequence[int]], texts: Sequence[Sequence[int]], temperature: float = 1.0
) -> NDArray[np.float64]:
    """p(text | prompt), shape (prompts, texts)."""
    probabilities: NDArray[np.float64] = np.exp(continuation_logprobs(policy, prompts, texts, temperature))
    return probabilities
