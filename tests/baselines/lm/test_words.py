"""Words to tokens and back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from turnbench.baselines.lm.words import END, SPECIALS, UNK, build_word_tokenizer

TEXTS = ["the cat, the dog", "12 stones! Who's there?", "a: b\nc", "(x) - y.", '"no"; yes/no', "über naïve"]
TOKENIZER = build_word_tokenizer(TEXTS)
WORDS = [
    "the",
    "cat",
    "dog",
    "12",
    "stones",
    "Who",
    "s",
    "there",
    "a",
    "b",
    "c",
    "x",
    "y",
    "no",
    "yes",
    "über",
    "naïve",
]
MARKS = [",", "!", "'", "?", ":", "\n", "(", ")", "-", ".", '"', ";", "/"]


def there_and_back(text: str) -> str:
    return TOKENIZER.decode(TOKENIZER.encode(text, add_special_tokens=False))


def test_the_texts_themselves() -> None:
    for text in TEXTS:
        assert there_and_back(text) == text
        assert TOKENIZER.unk_token_id not in TOKENIZER.encode(text, add_special_tokens=False)


def test_a_word_is_one_token_and_so_is_a_mark() -> None:
    assert len(TOKENIZER.encode("the cat", add_special_tokens=False)) == 2
    assert len(TOKENIZER.encode("the cat, the dog", add_special_tokens=False)) == 5
    assert len(TOKENIZER.encode("a: b\nc", add_special_tokens=False)) == 5


def written(pieces: list[str]) -> str:
    """Words apart by spaces, marks behind them, as in English."""
    joined = ""
    for piece in pieces:
        joined += piece if piece in MARKS or not joined or joined[-1] == "\n" else f" {piece}"
    return joined


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from([*WORDS, *MARKS, " "]), min_size=1, max_size=12).map("".join).map(str.lstrip))
def test_any_text_of_known_pieces_comes_back_or_says_unknown(text: str) -> None:
    ids = TOKENIZER.encode(text, add_special_tokens=False)
    if TOKENIZER.unk_token_id not in ids:
        assert TOKENIZER.decode(ids) == text


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_sentences_of_the_vocabulary_come_back_exactly(data: st.DataObject) -> None:
    pieces = data.draw(st.lists(st.sampled_from([*WORDS, ",", ".", "!", "?", "\n"]), min_size=1, max_size=12))
    sentences = written(pieces)
    tokenizer = build_word_tokenizer([sentences, *TEXTS])
    ids = tokenizer.encode(sentences, add_special_tokens=False)
    assert tokenizer.unk_token_id not in ids
    assert tokenizer.decode(ids) == sentences


def test_an_unknown_word_is_one_unknown_token() -> None:
    ids = TOKENIZER.encode("the zebra, the dog", add_special_tokens=False)
    known_ids = TOKENIZER.encode("the cat, the dog", add_special_tokens=False)
    assert ids == [known_ids[0], TOKENIZER.convert_tokens_to_ids(UNK), *known_ids[2:]]


def test_specials_are_the_first_ids_and_single_tokens_inside_any_text() -> None:
    assert TOKENIZER.convert_tokens_to_ids(list(SPECIALS)) == list(range(len(SPECIALS)))
    assert set(TOKENIZER.all_special_ids) >= {TOKENIZER.convert_tokens_to_ids(s) for s in (END, UNK, "<|pad|>")}
    for special in SPECIALS:
        i = TOKENIZER.convert_tokens_to_ids(special)
        around = TOKENIZER.encode(f"the cat{special}the dog", add_special_tokens=False)
        assert around.count(i) == 1
        assert len(around) == 5
        assert TOKENIZER.decode(around, skip_special_tokens=True).split() == ["the", "cat", "the", "dog"]


def test_the_vocabulary_is_ordered_by_frequency_then_alphabet() -> None:
    one = build_word_tokenizer(["b b c d a", "c b"]).get_vocab()
    assert one == build_word_tokenizer(["c b", "b b c d a"]).get_vocab()
    words = sorted((i, w) for w, i in one.items() if i >= len(SPECIALS))
    assert [w for _, w in words] == ["▁b", "▁c", "▁a", "▁d"]


def test_saved_and_loaded_it_is_the_same(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from transformers import AutoTokenizer

    TOKENIZER.save_pretrained(tmp_path)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    text = f"the cat, zebra\nthe{END}"
    assert loaded.encode(text) == TOKENIZER.encode(text)
    assert loaded.chat_template == TOKENIZER.chat_template
    assert loaded.eos_token == END
