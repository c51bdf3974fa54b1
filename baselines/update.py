"""The update: from groups and credits to one clipped policy-gradient step, or several.

    J = sum over policy tokens of  c * min(ratio * A, clip(ratio) * A)  +  entropy bonus  -  beta * KL(policy, reference)

Schulman et al. 2017 (arXiv 1707.06347, equation 7) with an asymmetric clip (Yu et al. 2025, arXiv 2503.14476). c spreads
a weight of one over the batch as `averaging` says; it is one choice for all methods of a comparison. KL is the k3
estimate (Schulman 2020), exp(d) - d - 1 with d = log reference - log policy.

Texts that occur more than once in a batch, which is the rule when a policy sees states, are computed once: their
log-probabilities are the same, and only advantages differ. So is a prompt that has several replies. When a batch is used
for a single step the policy is the one that sampled it, so the ratio is 1 by construction and no second forward pass is
needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.lm.scoring import logits_before, micro_batches, prompt_of, wanted_tokens
from turnbench.baselines.rollout import Source
from turnbench.baselines.trajectory import Floats, Group
from turnbench.errors import UsageError

AVERAGING = ("token", "turn", "episode", "constant")
MICRO_TOKENS = 2048


@dataclass(frozen=True, kw_only=True)
class UpdateConfig:
    """What all methods of a comparison share."""

    averaging: str = "token"
    """"token": every token alike. "turn": every turn alike. "episode": every episode alike, its tokens alike (GRPO's
    first form). "constant": the sum over tokens by episodes times `constant` (Dr.GRPO)."""
    constant: float = 32.0
    clip_low: float = 0.2
    clip_high: float = 0.28
    kl: float = 0.0
    entropy: float = 0.0
    epochs: int = 1
    minibatches: int = 1
    max_grad_norm: float = 1.0
    temperature: float = 1.0

    def __post_init__(self) -> None:
        if self.averaging not in AVERAGING:
            raise UsageError(f"averaging is one of {', '.join(AVERAGING)}, not {self.averaging!r}.")
        if not (0 < self.clip_low < 1 and self.clip_high > 0):
            raise UsageError("clip_low lies between 0 and 1, and clip_high is above 0.")
        for name in ("constant", "max_grad_norm", "temperature"):
            if not getattr(self, name) > 0:
                raise UsageError(f"{name} is above 0, not {getattr(self, name)}.")
        for name in ("kl", "entropy"):
            if getattr(self, name) < 0:
                raise UsageError(f"{name} is 0 or more, not {getattr(self, name)}.")
        if self.epochs < 1 or self.minibatches < 1:
            raise UsageError("epochs and minibatches are 1 or more.")


@dataclass
class Batch:
    """A batch, flattened to policy tokens (N) and cut into distinct texts (U)."""

    texts_U: list[tuple[int, ...]]
    wanted_U: list[tuple[int, ...]]
    text_N: np.ndarray[Any, np.dtype[np.int64]]
    """Distinct text of each token."""
    place_N: np.ndarray[Any, np.dtype[np.int64]]
    """Which of the text's wanted tokens it is."""
    turn_N: np.ndarray[Any, np.dtype[np.int64]]
    """Turn of the batch it belongs to."""
    advantage_N: Floats
    share_N: Floats
    """c in the formula above, the episode's weight included."""
    old_N: Floats
    """Log-probability when it was sampled."""


def flatten(
    groups: Sequence[Group],
    credits: Sequence[Sequence[Floats]],
    weights: Sequence[Floats],
    spans: str,
    config: UpdateConfig,
) -> Batch:
    """Groups and their credits as one batch; episodes of weight 0 are left out.

    Raises:
        UsageError: credits that do not fit the spans, or are not finite.
    """
    place: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
    text_N, place_N, turn_N, advantage_N, share_N, old_N = [], [], [], [], [], []
    turns = 0
    kept = [
        (m, c, w)
        for g, cs, ws in zip(groups, credits, weights, strict=True)
        for m, c, w in zip(g.members, cs, ws, strict=True)
        if w > 0
    ]
    total_turns = sum(m.turns for m, _, _ in kept)
    total_tokens = sum(int(m.tokens_K.sum()) for m, _, _ in kept)
    for m, credit, weight in kept:
        expected = m.turns if spans == "turn" else int(m.tokens_K.sum())
        if np.shape(credit) != (expected,) or not np.all(np.isfinite(credit)):
            raise UsageError(
                f"The method gave credits of shape {np.shape(credit)} for an episode of {expected} {spans}s, "
                "or credits that are not finite: return one finite number per span."
            )
        advantage_T = np.repeat(credit, m.tokens_K) if spans == "turn" else credit
        share_T = _shares(m.tokens_K, len(kept), total_turns, total_tokens, config) * weight
        at = 0
        source: Source = m.source
        for text, wanted in source.texts():
            u = place.setdefault((text, wanted), len(place))
            n = len(wanted)
            text_N.append(np.full(n, u))
            place_N.append(np.arange(n))
            turn_N.append(turns + m.turn_of_T[at : at + n])
            advantage_N.append(advantage_T[at : at + n])
            share_N.append(share_T[at : at + n])
            old_N.append(m.logprobs_T[at : at + n])
            at += n
        turns += m.turns
    return Batch(
        [t for t, _ in place],
        [w for _, w in place],
        *(np.concatenate(x) for x in (text_N, place_N, turn_N, advantage_N, share_N, old_N)),
    )


def _shares(tokens_K: Any, episodes: int, turns: int, tokens: int, config: UpdateConfig) -> Floats:
    """Weight of each token of an episode in the mean that `averaging` names, shape (T,)."""
    T = int(tokens_K.sum())
    match config.averaging:
        case "token":
            return np.full(T, 1 / tokens)
        case "turn":
            return np.repeat(1 / (turns * np.maximum(tokens_K, 1)), tokens_K)
        case "episode":
            return np.full(T, 1 / (episodes * max(T, 1)))
    return np.full(T, 1 / (episodes * config.constant))


@dataclass
class Step:
    """What an update reports."""

    loss: float = 0.0
    entropy: float = 0.0
    kl: float = 0.0
    clipped: float = 0.0
    """Share of the tokens (turns, with a ratio per turn) whose ratio was clipped."""
    grad_norm: float = 0.0
    trained_tokens: int = 0
    """Tokens of distinct texts that went forward and backward."""
    reference_tokens: int = 0


def update(
    policy: Policy, reference: Policy | None, optimizer: torch.optim.Optimizer, batch: Batch, ratio: str, config: UpdateConfig,
    rng: np.random.Generator,
) -> Step:  # fmt: skip
    """Change the policy by `epochs` passes in `minibatches` steps each.

    Args:
        policy: the one that sampled the batch.
        reference: for the KL term; needed where `config.kl` is above 0.
        optimizer: of the policy's parameters.
        batch: from `flatten`.
        ratio: "token" or "turn": the unit of ratio and clipping.
        config: the shared choices.
        rng: order of the minibatches.
    """
    policy.thaw()
    report = Step()
    once = config.epochs == 1 and config.minibatches == 1
    steps = config.epochs * config.minibatches
    for _ in range(config.epochs):
        order = np.arange(len(batch.texts_U)) if once else rng.permutation(len(batch.texts_U))
        for part in np.array_split(order, config.minibatches):
            if len(part) == 0:
                continue
            optimizer.zero_grad(set_to_none=True)
            scale = (
                1.0
                if config.minibatches == 1
                else batch.share_N.sum() / max(batch.share_N[np.isin(batch.text_N, part)].sum(), 1e-12)
            )
            units = list(_by_prompt(batch, part.tolist()).values())
            for micro in micro_batches([_unit_size(batch, unit) for unit in units], MICRO_TOKENS):
                chosen = [u for i in micro for u in units[i]]
                _micro(policy, reference, batch, chosen, ratio, config, once, scale, report, steps)
                report.trained_tokens += sum(_unit_size(batch, units[i]) for i in micro)
            norm = torch.nn.utils.clip_grad_norm_(policy.model.parameters(), config.max_grad_norm)
            report.grad_norm += float(norm) / steps
            optimizer.step()
    return report


def _micro(
    policy: Policy, reference: Policy | None, batch: Batch, chosen: list[int], ratio: str, config: UpdateConfig,
    once: bool, scale: float, report: Step, steps: int,
) -> None:  # fmt: skip
    """Forward and backward of some distinct texts, with all tokens of the batch that are theirs."""
    texts, wanted = [batch.texts_U[u] for u in chosen], [batch.wanted_U[u] for u in chosen]
    device = policy.device
    logits = logits_before(policy.forward, texts, wanted) / config.temperature
    all_logp = logits.log_softmax(-1)
    targets = wanted_tokens(texts, wanted, device)
    logp_M = all_logp.gather(1, targets[:, None])[:, 0]
    entropy_M = -(all_logp.exp() * all_logp).sum(-1)
    starts = np.zeros(len(batch.texts_U), dtype=np.int64)
    starts[chosen] = np.cumsum([0, *(len(w) for w in wanted[:-1])])
    mine = np.isin(batch.text_N, chosen)
    index_N = torch.from_numpy(starts[batch.text_N[mine]] + batch.place_N[mine]).to(device)

    def tensor(values: Floats) -> Tensor:
        return torch.from_numpy(values[mine]).to(device, torch.float32)

    advantage_N, share_N = tensor(batch.advantage_N), tensor(batch.share_N) * scale
    logp_N = logp_M[index_N]
    log_ratio_N = logp_N - (logp_N.detach() if once else tensor(batch.old_N))
    gain_N = share_N
    if ratio == "turn":  # one ratio for the whole reply (arXiv 2512.17008)
        _, turn_N = np.unique(batch.turn_N[mine], return_inverse=True)
        turn = torch.from_numpy(turn_N).to(device)
        sums = torch.zeros(int(turn.max()) + 1, device=device).index_add(0, turn, log_ratio_N)
        log_ratio_N = sums[turn]
        # Each token stands for its whole reply, so it counts one part of it: to first order the step stays the same.
        gain_N = share_N / torch.bincount(turn)[turn]
    ratio_N = log_ratio_N.exp()
    clipped_N = ratio_N.clamp(1 - config.clip_low, 1 + config.clip_high)
    gain = torch.minimum(ratio_N * advantage_N, clipped_N * advantage_N)
    loss = -(gain_N * gain).sum()
    report.loss += float(loss.detach()) / steps
    report.clipped += float((share_N * (ratio_N != clipped_N)).sum()) / steps
    report.entropy += float((share_N * entropy_M[index_N]).sum().detach()) / steps
    if config.entropy:
        loss = loss - config.entropy * (share_N * entropy_M[index_N]).sum()
    if reference is not None and config.kl:
        with torch.no_grad():
            ref = (logits_before(reference.forward, texts, wanted) / config.temperature).log_softmax(-1)
            ref_M = ref.gather(1, targets[:, None])[:, 0]
        report.reference_tokens += sum(map(len, texts))
        difference = (ref_M - logp_M)[index_N]
        kl = (share_N * (difference.exp() - difference - 1)).sum()
        report.kl += float(kl.detach()) / steps
        loss = loss + config.kl * kl
    loss.backward()  # type: ignore[no-untyped-call]


def _by_prompt(batch: Batch, part: Sequence[int]) -> dict[tuple[int, ...], list[int]]:
    """Distinct texts by their prompt: those of one prompt stay in one micro-batch, where it is computed once."""
    units: dict[tuple[int, ...], list[int]] = {}
    for u in part:
        units.setdefault(prompt_of(batch.texts_U[u], batch.wanted_U[u]), []).append(int(u))
    return units


def _unit_size(batch: Batch, unit: Sequence[int]) -> int:
    """Tokens that go through the model for the texts of one prompt."""
    prompt = len(prompt_of(batch.texts_U[unit[0]], batch.wanted_U[unit[0]]))
    return prompt + sum(len(batch.texts_U[u]) - prompt for u in unit)
