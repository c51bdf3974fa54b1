"""From a server's JSON to what was said: text, reasoning kept apart, and how the reply ended.

Reasoning arrives in a field of its own ("reasoning_content" with vLLM, SGLang and others, "reasoning" with some
gateways) or between <think> and </think> at the beginning of the text. A thought that was never closed, because the
length limit cut it, leaves no text.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from pydantic_core import from_json

_OPEN, _CLOSE = "<think>", "</think>"


class BadAnswer(ValueError):
    """The server sent something that is not a chat completion."""


class Answer(NamedTuple):
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
        data = _parsed(body)
    except (ValueError, RecursionError) as error:
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
        details = usage.get("prompt_tokens_details")
        cached = int(details.get("cached_tokens") or 0) if details else 0
        details = usage.get("completion_tokens_details")
        thought = int(details.get("reasoning_tokens") or 0) if details else 0
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


def _parsed(body: bytes) -> Any:
    """JSON, by pydantic's parser, which takes a third of the time; the standard library's also takes half a surrogate
    pair, which a server sends when the length limit cuts an emoji in two.
    """
    try:
        return from_json(body)
    except ValueError:
        return json.loads(body)


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
