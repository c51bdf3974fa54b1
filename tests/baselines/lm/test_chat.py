"""Conversations as tokens."""

from __future__ import annotations

from typing import Any

import pytest
from tiny_models import byte_tokenizer, world_texts

from turnbench.baselines.lm.chat import PLAIN_TEMPLATE, Chat
from turnbench.baselines.lm.words import ASSISTANT, END, SYSTEM, USER, build_word_tokenizer
from turnbench.episode import Opening
from turnbench.errors import UsageError

SAID = [
    "Room 1 of 4. Left a stone, right a rope. Left or right?",
    "Room 2 of 4. Left a coin, right a map. Left or right?",
]
OPENING = Opening("You walk through 4 rooms with two things each", SAID[0])


def word_chat() -> Chat:
    return Chat(build_word_tokenizer([*world_texts(), *SAID, OPENING.system_prompt]))


def byte_chat(template: str | None = None) -> Chat:
    tokenizer = byte_tokenizer()
    if template is not None:
        tokenizer.chat_template = template
    return Chat(tokenizer)


def whole(chat: Chat, replies: list[str]) -> list[int]:
    """The template applied to the whole conversation, up to where the next reply begins."""
    messages = [{"role": "system", "content": OPENING.system_prompt}, {"role": "user", "content": SAID[0]}]
    for i, reply in enumerate(replies):
        messages += [{"role": "assistant", "content": reply}, {"role": "user", "content": SAID[(i + 1) % 2]}]
    template = PLAIN_TEMPLATE if chat.plain else None
    text = chat.tokenizer.apply_chat_template(
        messages, tokenize=False, add_generation_prompt=True, chat_template=template
    )
    ids: list[int] = chat.tokenizer.encode(text, add_special_tokens=False)
    return ids


@pytest.mark.parametrize("replies", [[], ["left"], ["right", "left", "left or right"]])
def test_piece_by_piece_is_the_whole_template_for_words(replies: list[str]) -> None:
    chat = word_chat()
    text = [*chat.opening(OPENING)]
    for i, reply in enumerate(replies):
        text += [*chat.words(reply), chat.end, *chat.between(SAID[(i + 1) % 2])]
    assert text == whole(chat, replies)
    assert chat.tokenizer.unk_token_id not in text


def test_piece_by_piece_is_the_whole_plain_template_for_bytes() -> None:
    chat = byte_chat()
    text = [*chat.opening(OPENING)]
    for i, reply in enumerate(["left", "right"]):
        text += [*chat.words(f" {reply}"), chat.end, *chat.between(SAID[(i + 1) % 2])]
    assert text == whole(chat, ["left", "right"])


def test_how_words_are_marked() -> None:
    chat = word_chat()
    names = chat.tokenizer.convert_ids_to_tokens(list(chat.opening(OPENING)))
    assert names[0] == SYSTEM
    assert names.count(USER) == names.count(SYSTEM) == 1
    assert names[-1] == ASSISTANT
    assert chat.stops == {chat.end} == {chat.tokenizer.convert_tokens_to_ids(END)}
    assert chat.tokenizer.convert_ids_to_tokens(list(chat.between("Left")))[::2] == [USER, ASSISTANT]
    assert chat.opening(Opening("", "Left")) == chat.between("Left")


def test_a_tokenizer_without_a_template_gets_a_plain_one() -> None:
    chat = byte_chat()
    assert chat.plain
    opening = chat.opening(Opening("Say up.", "Left a map"))
    assert chat.tokenizer.decode(list(opening)) == "Say up.\n\nUser: Left a map\nAssistant:"
    assert (
        chat.tokenizer.decode([chat.end, *chat.between("Left a map")]) == "<|endoftext|>\nUser: Left a map\nAssistant:"
    )
    assert chat.stops == {chat.tokenizer.eos_token_id} == {chat.end}
    assert not word_chat().plain


def test_a_tokenizer_without_an_end_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        Chat(byte_tokenizer(eos=None))
    assert str(caught.value) == "The tokenizer has no end-of-sequence token: set tokenizer.eos_token before saving it."


def test_a_template_that_drops_replies_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        byte_chat("{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% endif %}{% endfor %}")
    assert str(caught.value) == "The chat template leaves out the assistant's words: mend tokenizer.chat_template."


def test_a_template_without_a_system_prompt_gets_it_in_the_first_message() -> None:
    refusing = "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no') }}{% endif %}"
    refusing += "{{ m.role }}: {{ m.content }}{% endfor %}"
    chat = byte_chat(refusing)
    said = chat.tokenizer.decode(list(chat.opening(Opening("Say up.", "Left"))))
    assert said == "user: Say up.\n\nLeft"
    assert chat.tokenizer.decode(list(chat.opening(Opening("", "Left")))) == "user: Left"


def test_a_templates_own_end_of_turn_stops_a_reply_beside_the_end_of_text() -> None:
    tokenizer: Any = byte_tokenizer()
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|over|>"]})
    tokenizer.chat_template = "{% for m in messages %}{{ m.role }}:{{ m.content }}<|over|>\n{% endfor %}"
    chat = Chat(tokenizer)
    over = tokenizer.convert_tokens_to_ids("<|over|>")
    assert chat.end == over
    assert chat.stops == {over, tokenizer.eos_token_id}
    assert tokenizer.decode(list(chat.between("Left"))) == "\nuser:Left<|over|>\n"


@pytest.mark.parametrize("make", [word_chat, byte_chat])
def test_the_text_of_a_reply_has_no_specials_and_no_space_around_it(make: Any) -> None:
    chat = make()
    assert chat.text([*chat.words("left or right"), chat.end]) == "left or right"
    assert chat.text([*chat.words(" left"), chat.end]) == "left"
    assert chat.text([chat.end]) == ""
    assert chat.text([]) == ""
    if not chat.plain:
        system, unknown = chat.tokenizer.convert_tokens_to_ids([SYSTEM, "<|unk|>"])
        assert chat.text([system, unknown, *chat.words("left"), system]) == "left"
