"""Reading free English: worked examples of every construction, invariants, and the published rates."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnbench.envs.twentyq.knowledge import load_world
from turnbench.envs.twentyq.language.linear import LinearReader
from turnbench.envs.twentyq.language.query import Kind, flipped
from turnbench.envs.twentyq.language.thesaurus import phrase_concepts, thesaurus
from turnbench.envs.twentyq.language.understanding import understanding_of
from turnbench.envs.twentyq.language.words import fold, plain, stem
from turnbench.envs.twentyq.score_questions import score

READER = understanding_of("things")
WORLD = load_world("things")
RESULTS = Path(__file__).resolve().parents[3] / "results" / "twentyq"

MEANINGS = {
    # from the specification
    "Does it live in the sea?": "in_sea and living",
    "is it something you'd find in a kitchen": "kitchen",
    "Is it not alive?": "not living",
    "does it start with the letter B": "first letter b",
    # contractions, tags, statements, politeness
    "Isn't it alive?": "living",
    "Can't it fly?": "can_fly",
    "It's an animal, right?": "animal",
    "It doesn't have legs, does it?": "not has_legs",
    "There's glass in it, isn't there?": "has_glass",
    "Okay, next question: could you please tell me whether it has wheels?": "has_wheels",
    "If you don't mind my asking, is it alive?": "living",
    "The clue was size, so a small thing. Is it made of metal?": "mostly_metal",
    "**Question 4:** Is it an animal?": "animal",
    # typing errors
    "is it an anmial": "animal",
    "dose it have weels": "has_wheels",
    "is it realy big": "size big",
    # comparisons
    "Would you say it's bigger than a car?": "size > 370~510",
    "is it heavier than 10 kg": "weight > 10~10",
    "Is it smaller than a shoebox?": "size < 30~36",
    "does it weigh more than 2 pounds?": "weight > 0.9072~0.9072",
    "Does it cost more than $20?": "price > 20~20",
    "Would it fit in a shoebox?": "size fits 30~36",
    "Is it big?": "size big",
    "Would it cost more than, say, five pounds?": "price > 6.25~6.25",
    "Would a new one retail for less than approximately 20 US dollars?": "price < 20~20",
    "Would an adult exceed one metre in length, excluding the tail?": "size > 100",
    "Does it weigh more than a kilogram?": "weight > 1~1",
    "heavier than a grown man?": "weight > 65~95",
    "Is it taller than a person when it's standing up?": "size > 150~190",
    "Is it bigger as a chair?": "size > 75~110",
    "Is it heavier than a bottle of wine?": "weight > 1.1~1.4",
    "Would a shoebox fit in it?": "size > 30~36",
    "Bigger than a house, would you say?": "size > 850~2000",
    # closing padding
    "Is it made of wool, dear?": "woollen",
    "I'm guessing it doesn't fly, correct?": "not can_fly",
    "Is it made of wool or smth like that?": "woollen",
    "Is it alive, either by itself or as part of something?": "living",
    # combinations
    "Is it used in construction or repair work?": "for_building",
    "Is it ornamental, or purely practical?": "decorative",
    "Is it something people eat or drink?": "drink or food",
    "Was it invented before 1900?": "manmade and not modern",
    "Do both men and women wear it?": "wearable and not for_women",
    "Does it live on a farm?": "farm and living",
    # who does what, where the content words alone mislead
    "Does it hunt other animals for food?": "eats_meat",
    "Is it red or blue?": "blue or red",
    "is it neither a food nor a drink?": "not drink or food",
    "Is it an animal with stripes?": "animal and striped",
    "Does it live in groups, e.g. herds?": "lives_in_groups",
    "ooh ok fun!! is it alive": "living",
    "Is its mass greater than 10 kg?": "weight > 10~10",
    "Is it seen more in winter than in summer?": "winter",
    "Is it alive, or was it ever alive?": "living or was_alive",
    # spelling
    "Does its name have more than six letters?": "letters more 6",
    "Is it two words?": "words exactly 2",
    "does it end with a vowel?": "letter -1 vowel True",
}


@pytest.mark.parametrize("text", MEANINGS)
def test_meanings(text: str) -> None:
    query = READER.read(text)
    assert query.meaning == MEANINGS[text], query.reason


FORMS = {
    # whatever the hidden thing is called, it is "it"
    "Is the thing you are thinking of round?": "is it round",
    "Does the item in question fly?": "does it fly",
    "Is this object red?": "is it red",
    "Is that a bird?": "is it a bird",
    "Is it used to make the thing you sit on?": "is it used to make the thing you sit on",
    # what is denied
    "The object in question, can it be described as non-living?": "is it not living",
    "Is it not true that it flies?": "it flies",
    "Is it untrue that it flies?": "not it flies",
    "Is it anything but soft?": "is it not soft",
    "Is it too heavy for one person to lift?": "can you not lift it",
    "Is it too big to fit in a backpack?": "does it not fit in a backpack",
    # chatter before the question, asides inside it
    "Alright, not edible \U0001f602 Does it plug in? \U0001f50c": "does it plug in",
    "To clarify, is its main purpose transport?": "is it used for transport",
    "Is it, for the purposes of this game, a tool?": "is it a tool",
    "Would you say it is, by and large, soft?": "it is soft",
    "Is it composed wholly or partly of plastic?": "is it made of plastic",
    # typing errors in short words
    "does ti have wheels": "does it have wheels",
}


@pytest.mark.parametrize("text", FORMS)
def test_sentence_forms_are_reduced_to_the_plainest(text: str) -> None:
    assert plain(fold(text)) == FORMS[text]


SENT_BACK = {
    "I can't help with that.": "ask a yes/no question about the thing, or guess what it is.",
    "As an AI language model, I cannot play games.": "ask a yes/no question about the thing, or guess what it is.",
    "": "I got an empty message; ask a yes/no question.",
    "?!...": "I got an empty message; ask a yes/no question.",
    "What is it?": "I can only answer yes/no questions.",
    "Is it alive? Is it red?": "that was more than one question; ask one thing at a time.",
    "Is it a dog or a cat?": "name one thing per turn.",
    "Is it larger than a zorgblatt?": "I cannot compare with 'a zorgblatt'; take a common thing or an amount.",
    "Does it leave a small piece of metal behind?": "I did not understand the question; try other words.",
    "Does it have fringes or tassels?": "that could mean several things; be more specific.",
    "Is it frumious?": "I do not know what to make of 'frumious'; try other words.",
    "Is it " + "very " * 200 + "big?": "that is too long; ask one short question.",
}


@pytest.mark.parametrize("text", SENT_BACK)
def test_sent_back_with_the_reason(text: str) -> None:
    query = READER.read(text)
    assert (query.kind, query.reason) == (Kind.UNCLEAR, SENT_BACK[text])


@pytest.mark.parametrize("name", ["things", "cities"])
def test_every_canonical_question_means_itself(name: str) -> None:
    reader = understanding_of(name)
    for rule in load_world(name).rules:
        assert reader.read(rule.question).meaning == rule.id


def test_thesaurus_relates_words_and_phrases() -> None:
    assert "clothes" in thesaurus().words[stem("attire")]
    assert phrase_concepts([stem(w) for w in ("on", "a", "daily", "basis")]) == ["daily"]
    assert phrase_concepts([stem(w) for w in ("daily", "basis", "a")]) == []


def test_a_word_that_no_phrase_has_makes_every_reading_less_sure() -> None:
    reader = LinearReader(WORLD.reader)
    words = ["is", "it", "made", "of", "metal"]
    known, strange = reader.read(words), reader.read([*words, "zorgblatts"])
    assert known is not None
    assert strange is not None
    assert known.property == strange.property == "mostly_metal"
    assert strange.score < known.score
    assert reader.read([]) is None


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_any_text_is_read(text: str) -> None:
    query = READER.read(text)
    assert (query.kind is Kind.UNCLEAR) == (query.reason != "")
    assert query.kind is Kind.UNCLEAR or len(query.answers) == len(WORLD.things)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([p for _, p in WORLD.phrases]),
    st.sampled_from(["{}?", "Hmm, {}", "PLEASE TELL ME: {}", "  {} ??", "so, {}!"]),
)
def test_wrapping_does_not_change_the_meaning(phrase: str, wrapping: str) -> None:
    bare = READER.read(phrase.lstrip("!"))
    text = wrapping.format(phrase.lstrip("!"))
    assert READER.read(text.upper() if wrapping.isupper() else text).meaning == bare.meaning


@given(st.sampled_from(WORLD.rules))
def test_flipping_twice_is_nothing(rule: object) -> None:
    query = READER.read(rule.question)  # type: ignore[attr-defined]
    assert flipped(flipped(query)) == query
    assert [a + b for a, b in zip(query.answers, flipped(query).answers, strict=True)] == [2] * len(query.answers)


def test_bigger_and_smaller_exclude_each_other() -> None:
    for thing in ("car", "dog", "apple", "house"):
        bigger, smaller = READER.read(f"Is it bigger than a {thing}?"), READER.read(f"Is it smaller than a {thing}?")
        own = WORLD.find(thing)
        assert (bigger.answers[own], smaller.answers[own]) == (0, 0)
        for a, b in zip(bigger.answers, smaller.answers, strict=True):
            assert not a == b == 2


def test_published_rates_hold() -> None:
    """The floor under the figures in the README; the exact ones come from score_questions."""
    fresh = score(RESULTS / "questions-test.tsv")
    assert fresh.understanding >= 0.91
    assert fresh.correctness >= 0.975
    development = score(RESULTS / "questions-dev.tsv")
    assert development.understanding >= 0.96
    assert development.correctness >= 0.985
