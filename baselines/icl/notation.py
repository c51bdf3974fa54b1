"""The tokenizer of in-context models: every word is a token, and a conversation is its words in a row.

Nothing marks who speaks, and the rules (the system prompt) are left out, so that one's own game reads exactly as the records before it:
the query is unmarked, as in arXiv:2312.03801. The word ";" ends an action, in records and in replies alike.
"""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

PAD, UNK, END = "<|pad|>", "<|unk|>", ";"
TEMPLATE = (
    "{% for m in messages %}{% if m.role == 'user' %}{{ m.content }} "
    "{% elif m.role == 'assistant' %}{{ m.content }} " + END + " {% endif %}{% endfor %}"
)


def word_notation(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """A tokenizer that knows every word of `texts`, in alphabetical order."""
    words = sorted({word for text in texts for word in text.split()} - {PAD, UNK, END})
    vocabulary = {token: i for i, token in enumerate([PAD, UNK, END, *words])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=UNK))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in (PAD, UNK, END)])
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, pad_token=PAD, unk_token=UNK, eos_token=END, chat_template=TEMPLATE
    )
