"""A conversation as tokens: the one place where a tokenizer's chat template is applied.

An opening is rendered once; each later observation is rendered as what the template puts between the end of a reply
and the beginning of the next, so the tokens of a reply stay as they were sampled and nothing is encoded twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from turnbench.episode import Opening
from turnbench.errors import UsageError

PLAIN_TEMPLATE = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ m.content }}\n\n"
    "{% elif m.role == 'user' %}User: {{ m.content }}\n"
    "{% else %}Assistant:{{ ' ' + m.content }}{{ eos_token }}\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}Assistant:{% endif %}"
)
_REPLY = "\u2402reply\u2402"


class Chat:
    """Renders conversations with one tokenizer.

    Args:
        tokenizer: any transformers tokenizer; one without a chat template gets a plain one (`plain` is then True).

    Raises:
        UsageError: the tokenizer has no end-of-sequence token, or its template drops the assistant's words.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.plain = not tokenizer.chat_template
        if tokenizer.eos_token_id is None:
            raise UsageError("The tokenizer has no end-of-sequence token: set tokenizer.eos_token before saving it.")
        self._has_system = True
        try:
            self._render([("system", "a"), ("user", "b")], True)
        except Exception:  # templates refuse system prompts each in its own way
            self._has_system = False
        around = self._render([("user", "q"), ("assistant", _REPLY)], False)
        if _REPLY not in around:
            raise UsageError("The chat template leaves out the assistant's words: mend tokenizer.chat_template.")
        after = self._encode(around.split(_REPLY, 1)[1])
        end = after[0] if after and after[0] in set(tokenizer.all_special_ids) else tokenizer.eos_token_id
        self.stops: frozenset[int] = frozenset({end, tokenizer.eos_token_id})
        """Sampling one of these ends a reply."""
        self.end: int = end
        self.drops_thoughts = self._drops_thoughts()
        """True where the template leaves the reasoning out of replies that are not the last, as some models intend."""
        self._opening = lru_cache(maxsize=4096)(self._opening_ids)
        self._between = lru_cache(maxsize=65536)(self._between_ids)

    def _drops_thoughts(self) -> bool:
        earlier = f"<think>\n{_REPLY}\n</think>\n\nok"
        whole = self._render([("user", "q"), ("assistant", earlier), ("user", "q")], True)
        return _REPLY not in whole

    def conversation(self, opening: Opening, turns: Sequence[tuple[str, str]]) -> tuple[int, ...]:
        """The whole conversation as the template writes it, up to where the next reply begins; turns are (reply,
        observation). For templates that rewrite earlier replies: the tokens are encoded anew.
        """
        messages = [("user", opening.user_message)]
        if opening.system_prompt and self._has_system:
            messages.insert(0, ("system", opening.system_prompt))
        elif opening.system_prompt:
            messages = [("user", f"{opening.system_prompt}\n\n{opening.user_message}")]
        for reply, observation in turns:
            messages += [("assistant", reply), ("user", observation)]
        return tuple(self._encode(self._render(messages, True)))

    def opening(self, opening: Opening) -> tuple[int, ...]:
        """System prompt and first message, up to where the first reply begins."""
        return self._opening(opening.system_prompt, opening.user_message)

    def between(self, observation: str) -> tuple[int, ...]:
        """From after a reply's end token to where the next reply begins."""
        return self._between(observation)

    def text(self, ids: Sequence[int]) -> str:
        """The words of a reply, its end token and other special tokens left out."""
        words: str = self.tokenizer.decode(list(ids), skip_special_tokens=True)
        return words.strip()

    def words(self, text: str) -> tuple[int, ...]:
        """Tokens of a reply's words, without the end token."""
        return tuple(self._encode(text))

    def _opening_ids(self, system: str, message: str) -> tuple[int, ...]:
        messages = [("system", system)] if system else []
        if system and not self._has_system:
            messages, message = [], f"{system}\n\n{message}"
        return tuple(self._encode(self._render([*messages, ("user", message)], True)))

    def _between_ids(self, observation: str) -> tuple[int, ...]:
        whole = self._render([("user", "q"), ("assistant", _REPLY), ("user", observation)], True)
        ids = self._encode(whole.split(_REPLY, 1)[1])
        return tuple(ids[1:] if ids and ids[0] in self.stops else ids)

    def _render(self, messages: Sequence[tuple[str, str]], generation: bool) -> str:
        text: str = self.tokenizer.apply_chat_template(
            [{"role": role, "content": content} for role, content in messages],
            tokenize=False,
            add_generation_prompt=generation,
            chat_template=PLAIN_TEMPLATE if self.plain else None,
        )
        return text

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False)
        return ids
