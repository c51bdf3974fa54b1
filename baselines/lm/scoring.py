"""Log-probabilities of given tokens with gradients: what the update, imitation and the critic are computed from.

Texts are sorted by length and cut into micro-batches. On our own forward pass, within one, the beginning that all texts
share is computed once, a prompt with several replies is computed once for all of them, and logits are computed only at
the wanted tokens; other models take whole texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from turnbench.baselines.lm.llama import Layer, LlamaForward
from turnbench.baselines.lm.session import padded, shared_beginning
from turnbench.baselines.lm.tree import Segment, pack

Wanted = Sequence[Sequence[int]]
"""For each text, positions p >= 1 of the tokens to predict (from all tokens before p)."""


def micro_batches(lengths: Sequence[int], limit: int) -> Iterator[list[int]]:
    """Indices sorted by length, cut where the padded size (rows x longest) would pass `limit` tokens."""
    order = sorted(range(len(lengths)), key=lambda i: lengths[i])
    batch: list[int] = []
    for i in order:
        if batch and (len(batch) + 1) * lengths[i] > limit:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def prompt_of(text: Sequence[int], wanted: Sequence[int]) -> tuple[int, ...]:
    """What comes before the wanted tokens where they are the end of the text; else the text is all prompt."""
    if wanted[0] + len(wanted) == len(text):
        return tuple(text[: wanted[0]])
    return tuple(text)


def hidden_before(forward: LlamaForward, texts: Sequence[Sequence[int]], wanted: Wanted) -> Tensor:
    """Hidden states that predict the wanted tokens, (sum of wanted, width), text by text in order."""
    device = forward.device
    shared = min(shared_beginning(texts), min(w[0] for w in wanted) - 1)
    if shared < 8:
        shared = 0
    past = None
    if shared:
        beginning = torch.tensor([list(texts[0][:shared])], device=device)
        past = forward.past(beginning)
    prompts: dict[tuple[int, ...], list[int]] = {}
    for i, (text, places) in enumerate(zip(texts, wanted, strict=True)):
        prompts.setdefault(prompt_of(text, places), []).append(i)
    if len(prompts) < len(texts):
        return _branching(forward, texts, wanted, prompts, shared, past)
    tokens_RT, _ = padded([t[shared:-1] or t[-1:] for t in texts], device)
    T = tokens_RT.shape[1]
    steps_T = torch.arange(T, device=device)
    mask = None
    if shared:  # right padding comes after every real token, so looking back is all that must be masked
        mask = torch.arange(shared + T, device=device) <= (shared + steps_T)[:, None]
    rows = [i for i, w in enumerate(wanted) for _ in w]
    columns = [p - 1 - shared for w in wanted for p in w]
    sources_N2 = torch.tensor([rows, columns], device=device).T
    return forward.hidden_at(tokens_RT, shared + steps_T, past, mask, sources_N2)


def _branching(
    forward: LlamaForward, texts: Sequence[Sequence[int]], wanted: Wanted, prompts: dict[tuple[int, ...], list[int]],
    shared: int, past: list[Layer] | None,
) -> Tensor:  # fmt: skip
    """The same where prompts have several replies: each prompt is a row, and its replies branch from its end."""
    rows, order = [], []
    for prompt, replies in prompts.items():
        if len(prompt) == len(texts[replies[0]]):  # wanted tokens in the middle: no branches
            for i in replies:
                rows.append([Segment(tuple(texts[i][shared:]), tuple(p - shared for p in wanted[i]))])
        else:
            root = Segment(prompt[shared:], ())
            branches = [texts[i][len(prompt) :] for i in replies]
            rows.append([root, *(Segment(tuple(b), tuple(range(len(b))), 0, len(root.tokens)) for b in branches)])
        order += replies
    packed = pack(rows, shared).to(forward.device)
    found = forward.hidden_at(packed.tokens_RT, packed.positions_RT, past, packed.mask_R1TS, packed.sources_N2)
    starts = dict(zip(order, np.cumsum([0, *(len(wanted[i]) for i in order)]).tolist(), strict=False))
    back = [starts[i] + j for i in range(len(texts)) for j in range(len(wanted[i]))]
    return found[torch.tensor(back, device=forward.device)]


def logits_before(policy_forward: Any, texts: Sequence[Sequence[int]], wanted: Wanted) -> Tensor:
    """Logits that predict the wanted tokens, (sum of wanted, vocabulary), float32, with gradients."""
    if isinstance(policy_forward, LlamaForward):
        return policy_forward.logits(hidden_before(policy_forward, texts, wanted)).float()
    model = policy_forward
    tokens_RT, counts_R = padded(texts, model.device)
    steps_T = torch.arange(tokens_RT.shape[1], device=model.device)
    out = model(input_ids=tokens_RT, attention_mask=(steps_T < counts_R[:, None]).long())
    rows = [i for i, w in enumerate(wanted) for _ in w]
    places = [p - 1 for w in wanted for p in w]
    logits: Tensor = out.logits[
        torch.tensor(rows, device=model.device), torch.tensor(places, device=model.device)
    ].float()
    return logits


def wanted_tokens(texts: Sequence[Sequence[int]], wanted: Wanted, device: torch.device) -> Tensor:
    """The wanted tokens themselves, in the order of `logits_before`."""
    return torch.tensor([t[p] for t, w in zip(texts, wanted, strict=True) for p in w], device=device)
