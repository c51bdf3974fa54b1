"""From a server's JSON to what was said: text, reasoning kept apart, and how the reply ended.

Reasoning arrives in a field of its own ("reasoning_content" with vLLM, SGLang and others, "reasoning" with some
gateways) or between <think> and </think> at the beginning of the text. A thought that was never closed, because the
length limit cut it, leaves no text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

_OPEN, _CLOSE = "<think>", "</think>"


class BadAnswer(ValueError):
    """The server sent something that is not a chat completion."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One completion."""

    text: str
    reasoning: str
    finish: str
    """The server's word for why it stopped: "stop", "length", "content_filter", ..."""
    refused: bool
    prompt_tokens: int
    cached_tokens: int
    """Of the prompt, those the server had from before."""
    completion_tokens: int
    reasoning_tokens: int
    """Of the completion, those that were reasoning; 0 where the server does not say."""


def parse_answer(body: bytes) -> Answer:
    """The first choice of a chat completion.

    Raises:
        BadAnswer: not JSON, or not a chat completion; says which.
    """
    try:
        data = json.loads(body)
    except ValueError as error:
        raise BadAnswer(f"not JSON: {body[:80]!r}") from error
    try:
        choice = data["choices"][0]
        message = choice["message"]
        content = message.get("content")
        text = content if isinstance(content, str) else _joined(content)
        reasoning = message.get("reasoning_content") or message.get("reasoning") or ""
        refusal = message.get("refusal")
        finish = str(choice.get("finish_reason") or "")
        usage = data.get("usage") or {}
        prompt, completion = int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0)
        cached = int((usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0)
        thought = int((usage.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise BadAnswer(f"not a chat completion: {body[:80]!r}") from error
    if not isinstance(reasoning, str):
        raise BadAnswer(f"reasoning that is not text: {reasoning!r:.80}")
    if has_thought(text):
        inside, text = split_thought(text)
        reasoning = f"{reasoning}{inside}"
    if isinstance(refusal, str) and refusal:
        text = text or refusal
    refused = bool(refusal) or finish == "content_filter"
    return Answer(text, reasoning, finish, refused, prompt, cached, completion, thought)


def has_thought(text: str) -> bool:
    """True for a reply that thinks aloud first."""
    return _CLOSE in text or text.lstrip().startswith(_OPEN)


def split_thought(text: str) -> tuple[str, str]:
    """(reasoning, text) of a reply that thinks aloud first; templates may have swallowed the opening tag."""
    before, close, after = text.partition(_CLOSE)
    if close:
        return before.replace(_OPEN, "", 1).strip(), after.strip()
    return before.replace(_OPEN, "", 1).strip(), ""


def _joined(content: Any) -> str:
    """Text of a content given as parts."""
    if content is None:
        return ""
    return "".join(part.get("text", "") for part in content if part.get("type") in (None, "text", "output_text"))
