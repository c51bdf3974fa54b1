"""A word-level tokenizer trained on the environments' own text, for models of about a million parameters.

Every word, number, punctuation mark and line break is one token, so a move costs two (the word and the end of turn).
Decoding gives the text back, but for spaces at its very beginning. Words outside the vocabulary become `<|unk|>`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

PAD, UNK, END = "<|pad|>", "<|unk|>", "<|end|>"
SYSTEM, USER, ASSISTANT = "<|system|>", "<|user|>", "<|assistant|>"
THINK, THOUGHT, SHORT = "<|think|>", "<|/think|>", "<|short|>"
"""Modes of answering: a thought between THINK and THOUGHT before the reply, or SHORT and the reply."""
EVALUATE, BELIEF, FACT = "<|evaluate|>", "<|belief|>", "<|fact|>"
"""Open segments beside the conversation: a verdict on oneself, a belief about what is hidden, a true sentence."""
RESERVED = tuple(f"<|reserved_{i}|>" for i in range(8))
SPECIALS = (PAD, UNK, END, SYSTEM, USER, ASSISTANT, THINK, THOUGHT, SHORT, EVALUATE, BELIEF, FACT, *RESERVED)

TEMPLATE = (
    "{% for m in messages %}"
    "{% if m.role == 'system' %}" + SYSTEM + "{% elif m.role == 'user' %}" + USER + "{% else %}" + ASSISTANT + "{% endif %}"
    "{{ m.content }}"
    "{% if m.role == 'assistant' %}" + END + "{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}" + ASSISTANT + "{% endif %}"
)  # fmt: skip


def _splitter() -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(prepend_scheme="always"),
            pre_tokenizers.Split(Regex(r"[^\w▁]"), "isolated"),
        ]
    )


def build_word_tokenizer(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """A tokenizer that knows every word of `texts`, the most frequent first (ties in alphabetical order)."""
    splitter = _splitter()
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(piece for piece, _ in splitter.pre_tokenize_str(text))
    words = sorted(counts, key=lambda w: (-counts[w], w))
    vocabulary = {token: i for i, token in enumerate([*SPECIALS, *(w for w in words if w not in SPECIALS)])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=UNK))
    tokenizer.pre_tokenizer = splitter
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in SPECIALS])
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, pad_token=PAD, unk_token=UNK, eos_token=END, chat_template=TEMPLATE
    )
