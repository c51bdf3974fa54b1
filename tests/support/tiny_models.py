"""Models of a few thousand parameters, built on the spot from nothing: one of each kind the laboratory must take.

Their weights are drawn much wider than usual, so that attention, positions and norms all show in the logits: a tiny
model as it is usually initialised says nearly the same whatever it reads, and a test against it could hardly fail.
"""

from __future__ import annotations

import copy
import functools
import importlib
import random
from collections.abc import Sequence
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from turnbench.baselines.lm.policy import Policy, new_policy
from turnbench.baselines.lm.tree import Segment
from turnbench.baselines.lm.words import build_word_tokenizer
from turnbench.baselines.warmup.tree import Lesson, losses
from turnbench.episode import History, Opening, Reply, Turn
from turnbench.registry import make_env

WORLDS = ("TurnBench/FrozenLake-v0", "TurnBench/CreditProbe-Short-v0")
"""Whose words the vocabularies below know."""


@functools.cache
def world_texts(*worlds: str) -> tuple[str, ...]:
    """What is said in some games of these worlds' novices and random players."""
    texts: list[str] = []
    for world in worlds or WORLDS:
        env = make_env(world, split="train")
        for name in ("novice", "random"):
            module, _, attribute = type(env).players[name].partition(":")
            player = getattr(importlib.import_module(module), attribute)(env.arguments)
            for seed in range(6):
                _, info = env.reset(seed=seed)
                history = History("words", Opening(info["system_prompt"], info["user_message"]), [], seed)
                texts += [*history.opening, env.belief_text()]
                over = False
                while not over:
                    said = player.reply(history)
                    observation, _, over, _, _ = env.step(said)
                    history.turns.append(Turn(Reply(said), observation))
                    texts += [said, observation]
                player.forget("words")
    return tuple(texts)


def widen(model: torch.nn.Module, seed: int, size: float = 0.3) -> None:
    """Draw every weight anew: matrices with standard deviation `size`, norms around 1."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            drawn = torch.randn(parameter.shape, generator=generator)
            parameter.copy_(drawn * size if parameter.dim() > 1 else 1 + 0.3 * drawn)


def word_policy(seed: int = 0, worlds: Sequence[str] = WORLDS, wide: bool = True) -> Policy:
    """A plain Llama with a word-level tokenizer: the kind that takes our own forward pass."""
    policy = new_policy(build_word_tokenizer(world_texts(*worlds)), width=32, layers=2, heads=2, inner=64, seed=seed)
    if wide:
        widen(policy.model, seed)
    return policy


@functools.cache
def _bytes(vocabulary: int, every_byte: bool) -> str:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=special,
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet() if every_byte else [],
    )
    # The plain template's own words, so that none of its characters is missing from the alphabet.
    tokenizer.train_from_iterator([*world_texts(), "User: Assistant:\n\n"] * 2, trainer)
    saved: str = tokenizer.to_str()
    return saved


def byte_tokenizer(
    vocabulary: int = 120, eos: str | None = "<|endoftext|>", every_byte: bool = False
) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer without a chat template, as GPT-2 has; with `every_byte` it can write any text."""
    return PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(_bytes(vocabulary, every_byte)), eos_token=eos)


def gpt2_policy(seed: int = 0, every_byte: bool = False) -> Policy:
    """A GPT-2 with learned positions and a BPE tokenizer: the generic path."""
    tokenizer = byte_tokenizer(320, every_byte=True) if every_byte else byte_tokenizer()
    config = GPT2Config(
        vocab_size=len(tokenizer), n_embd=32, n_layer=2, n_head=2, n_positions=2048, resid_pdrop=0.0, embd_pdrop=0.0,
        attn_pdrop=0.0, bos_token_id=None, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    return _policy(GPT2LMHeadModel(config), tokenizer, seed)


def grouped_policy(seed: int = 0) -> Policy:
    """A Llama with four heads on two pairs of keys and values: Llama by name, generic by path."""
    tokenizer = build_word_tokenizer(world_texts())
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        intermediate_size=64, max_position_embeddings=2048, pad_token_id=tokenizer.pad_token_id, bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    return _policy(LlamaForCausalLM(config), tokenizer, seed)


KINDS = {"words": word_policy, "gpt2": gpt2_policy, "grouped": grouped_policy}
"""One policy of each kind, by name."""


def _policy(model: Any, tokenizer: PreTrainedTokenizerFast, seed: int) -> Policy:
    widen(model, seed)
    return Policy(model, tokenizer, "tiny")


PROBE = "TurnBench/CreditProbe-Short-v0"


@functools.cache
def _walker() -> Policy:
    rng = random.Random(0)
    told: list[tuple[Opening, list[tuple[str, str]]]] = []
    for turns in (2, 3, 4):
        env = make_env(PROBE, split="train", turns=turns)
        for seed in range(50):
            _, info = env.reset(seed=seed)
            opening, said = Opening(info["system_prompt"], info["user_message"]), []
            for _ in range(turns):
                word = rng.choice(("left", "right"))
                said.append((word, env.step(word)[0] if rng.random() < 0.9 else env.step("stone")[0]))
            told.append((opening, said))
    texts = [t for o, said in told for t in (o.system_prompt, o.user_message, *(x for turn in said for x in turn))]
    policy = new_policy(build_word_tokenizer(texts), width=32, layers=2, heads=2, inner=64)
    chat, lessons = policy.chat, []
    for opening, said in told:
        text, learned = list(chat.opening(opening)), []
        asked = opening.user_message
        for word, answer in said:
            reply = (*chat.words(word), chat.end)
            prompt = chat.opening(Opening(opening.system_prompt, asked))
            lessons.append(Lesson(prompt[:-1], (Segment((prompt[-1], *reply), (1, 2)),)))
            learned += [len(text), len(text) + 1]
            text += [*reply, *chat.between(answer)]
            asked = answer
        lessons.append(Lesson(tuple(text[:1]), (Segment(tuple(text[1:]), tuple(p - 1 for p in learned)),)))
    optimizer = torch.optim.Adam(policy.model.parameters(), lr=1e-2)
    for _ in range(30):
        batch = rng.sample(lessons, 24)
        optimizer.zero_grad()
        for loss_N, _ in losses(policy.forward, batch, 4096):
            (loss_N.sum() / sum(x.learned for x in batch)).backward()
        optimizer.step()
    return policy


def walker() -> Policy:
    """A fresh copy of a policy that says left or right in walks of two to four rooms, knowing nothing else.

    Imitating random words for 30 steps: enough that replies are valid, as after a real warm-up, and that neither word
    is preferred by much.
    """
    made = _walker()
    return Policy(copy.deepcopy(made.model), made.tokenizer, "walker")


def plain_logits(policy: Policy, text: Sequence[int]) -> torch.Tensor:
    """Logits (T, vocabulary) after each token of one text, by transformers alone, no cache, no padding."""
    with torch.no_grad():
        logits: torch.Tensor = policy.model(input_ids=torch.tensor([list(text)]), use_cache=False).logits[0].float()
    return logits


def opening_of(env_id: str, seed: int = 0, **arguments: Any) -> Opening:
    """How an episode begins."""
    _, info = make_env(env_id, split="train", **arguments).reset(seed=seed)
    return Opening(info["system_prompt"], info["user_message"])
