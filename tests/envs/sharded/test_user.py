"""The scripted user: which piece is revealed for what is asked, in which words, and never anything else."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import toy_task
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_task import BOOK

from turnbench.envs.sharded import user as user_module
from turnbench.envs.sharded.instance import Shard
from turnbench.envs.sharded.replies import ReplyClass, classify
from turnbench.envs.sharded.reveal import groups_of
from turnbench.envs.sharded.synonyms import asked_by_phrase, stems, synonyms
from turnbench.envs.sharded.user import Said, ScriptedUser
from turnbench.envs.sharded.wording import ADDING, ANSWERING, FRAMES
from turnbench.randomness import RandomStream
from turnbench.registry import make_env

TRIP = (
    Shard(1, "What does our trip to the lake cost in all?"),
    Shard(2, "We go there by bus, and the fare is 12 euros for everyone.", ("The bus takes 12 euros a head.",), ("price", "ticket", "travel")),
    Shard(3, "There are 9 of us.", ("We are 9.",), ("people", "how many", "persons")),
    Shard(4, "We leave on Friday at noon.", ("Friday noon is when we leave.",), ("when", "day", "date")),
    Shard(5, "The cabin takes 80 euros a night.", ("It's 80 euros a night for the cabin.",), ("hotel", "accommodation")),
    Shard(6, "We stay for 3 nights.", ("It is 3 nights that we stay.",), ("how long", "duration")),
)  # fmt: skip
PUBLISHED = (
    Shard(0, "Can you write a function about a list?"),
    Shard(4, "the list has only integers"),
    Shard(7, "return an empty list if nothing fits"),
)
REFUSALS = (*user_module._IGNORANT, *user_module._SAID)


def say(
    reply: str,
    hidden: list[int],
    shards: tuple[Shard, ...] = TRIP,
    merge: int = 0,
    must_reveal: bool = False,
    seed: int = 0,
) -> Said:
    kind = classify(reply, lambda text: "?" not in text and any(c.isdigit() for c in text))
    return ScriptedUser(groups_of(shards, merge)).speak(reply, kind, hidden, must_reveal, RandomStream(seed))


@pytest.mark.parametrize(
    ("question", "group"),
    [
        ("How much is the bus?", 1),
        ("What is the price of a ticket?", 1),
        ("How will you travel?", 1),
        ("What are the fares?", 1),
        ("How many people are there?", 2),
        ("When do you leave?", 3),
        ("When?", 3),
        ("On which day does it begin?", 3),
        ("Do you sleep in a hotel?", 4),
        ("What about the cabin?", 4),
        ("How long?", 5),
        ("How many nights will you stay?", 5),
        ("Please tell me the duration.", 5),
        ("I need to know what the accommodation is like.", 4),
        ("How many nights is it?", 5),
        ("## Open\n\n- **Nights**: how many nights is it?", 5),
    ],
)
def test_what_is_asked_for_is_told(question: str, group: int) -> None:
    for hidden in ([1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [group]):
        assert say(question, hidden).group == group


@pytest.mark.parametrize(
    "reply",
    [
        "Anything else?", "Could you give me more details?", "I see. Please go on.", "Okay.", "", "\u200b", "?", "What else should I know?",
        "How can I help you?", "Shall I continue?", "Could you please clarify?", "What is your question?", "I'm sorry, I can't help with that.",
        "So the answer is 7.", "If it rains, 5. If not, 6.", "What about the trip?", "Could you tell me more about this trip to the lake?",
        "# which hotel?\n```\n# which hotel?\n```",
    ],
)  # fmt: skip
def test_where_nothing_definite_is_asked_the_user_goes_on(reply: str) -> None:
    if "hotel" in reply:
        reply = reply.partition("\n")[2]  # a question in a comment is asked of nobody
    for hidden in ([1, 2, 3, 4, 5], [3, 5], [4]):
        assert say(reply, hidden).group == hidden[0]


@pytest.mark.parametrize(
    "question",
    [
        "Which colour does the boat have?",
        "Is Anna coming?",
        "Should I use Celsius?",
        "Who pays? And is there any wifi?",
    ],
)
def test_a_question_about_anything_else_reveals_nothing_unless_the_user_must_go_on(question: str) -> None:
    said = say(question, [1, 2, 3, 4, 5])
    assert said.group is None
    assert said.text in user_module._IGNORANT
    assert say(question, [2, 3], must_reveal=True).group == 2


def test_what_was_said_already_is_not_said_again() -> None:
    said = say("How many nights do you stay?", [1, 2])
    assert said.group is None
    assert said.text in user_module._SAID
    assert say("How many nights do you stay?", [1, 2], must_reveal=True).group == 1


def test_of_several_questions_the_one_that_fits_best_is_answered() -> None:
    asked = "Which colour is the boat? How many nights do you stay? And are you many people?"
    assert say(asked, [1, 2, 3, 4, 5]).group == 5
    assert say(asked, [1, 2, 3, 4]).group == 2
    assert say(asked, [1, 3, 4]).group is None


def test_an_aside_is_answered_if_it_can_be_and_holds_up_nothing_otherwise() -> None:
    assert say("That makes 108 euros so far.\nHow many nights do you stay, though?", [2, 5]).group == 5
    long_talk = "One adds up what everybody pays. " * 30
    assert say(f"{long_talk} What about the hotel?", [2, 4]).group == 4
    assert say(f"{long_talk} Which colour is the boat?", [2, 4]).group == 2


def test_words_that_many_pieces_share_decide_little() -> None:
    boxes = toy_task.marbles({"red": 10, "blue": 20, "green": 30, "white": 40})
    for number, colour in enumerate(("red", "blue", "green", "white"), start=1):
        assert say(f"How many marbles does the {colour} box hold?", [1, 2, 3, 4], boxes.shards).group == number
    assert say("How many marbles are in the boxes?", [3, 4], boxes.shards).group == 3  # as good as "go on"


def test_a_rare_word_outweighs_common_ones() -> None:
    texts = (
        "Which fruit do I want?",
        "It is big and red like an apple.",
        "It is big and red inside.",
        "It is big, red and cheap.",
        "It is no kiwi.",
    )
    shards = tuple(Shard(number, text) for number, text in enumerate(texts))
    assert say("Is it a big red kiwi?", [1, 2, 3, 4], shards).group == 4


def test_words_of_the_goal_make_no_question_fit() -> None:
    shards = (*TRIP, Shard(7, "The lake is far away."))
    assert say("Which colour is the lake?", [1, 6], shards).group is None
    assert say("How far is the lake?", [1, 6], shards).group == 6
    assert say("What about the lake?", [1, 6], shards).group == 6


def test_pieces_are_reworded_and_framed_and_can_be_read() -> None:
    boxes = toy_task.marbles({"red": 10, "blue": 20})
    texts = {say("Okay.", [1, 2], boxes.shards, seed=seed).text for seed in range(200)}
    bare = {text.removeprefix(frame) for text in texts for frame in (*ADDING, "") if text.startswith(frame)} & set(
        boxes.shards[1].wordings
    )
    assert bare == set(boxes.shards[1].wordings)  # never the canonical text, which CONCAT shows
    assert {frame for frame in ADDING for text in texts if text.startswith(frame)} == set(ADDING)
    assert all(BOOK.read(text) == [("box", {"colour": "red", "count": 10})] for text in texts)
    answers = {say("What about the blue box?", [1, 2], boxes.shards, seed=seed).text for seed in range(100)}
    assert {frame for frame in FRAMES for text in answers if text.startswith(frame)} == set(ANSWERING)
    assert all(BOOK.read(text) == [("box", {"colour": "blue", "count": 20})] for text in answers)


ASKED = list(csv.DictReader(Path(__file__).with_name("asked_ways.csv").read_text(encoding="utf-8").splitlines()))
IRRELEVANT = {
    "Math": ("What is your name?", "Which country do you live in?", "Do you prefer a table or plain text?", "What colour is the bag?",
             "Is it raining there?", "Did the teacher check this?", "Which school grade is this for?"),
    "Code": ("Which Python version do you use?", "Do you want type hints?", "Should I write a docstring?", "Can I use numpy?",
             "Will this run in a notebook?", "Is performance critical?", "Should it log anything?"),
    "Database": ("Which database engine is this?", "Should I use a common table expression?", "Who designed the schema?",
                 "Do you have write permission?", "Should keywords be in upper case?"),
    "Actions": ("What is your email address?", "Which phone do you use?", "Do you want a receipt?", "Is this urgent?",
                "Do you have a premium subscription?", "Should I log the request?"),
}  # fmt: skip


def shards_of(task: str, instance: int) -> tuple[Shard, ...]:
    env: Any = make_env(f"Sharded{task}-v0", split="test")
    env.reset(seed=0, options={"instance": instance})
    shards: tuple[Shard, ...] = env.instance.shards
    return shards


@pytest.mark.parametrize(("half", "least"), [("tuned", 0.92), ("held out", 0.9)])
def test_what_is_asked_in_other_words_is_found(half: str, least: float) -> None:
    """Both halves were written before anybody looked at a topic or a synonym; the table was made with the first in view."""
    ways = [way for way in ASKED if way["half"] == half]
    assert len(ways) >= 60
    found = []
    for way in ways:
        shards = shards_of(way["task"], int(way["instance"]))
        (meant,) = (place for place, shard in enumerate(shards) if place and way["says"] in shard.text)
        found.append(say(way["question"], list(range(1, len(shards))), shards).group == meant)
    assert sum(found) / len(found) >= least


def test_few_questions_about_anything_else_find_something_all_the_same() -> None:
    revealed = []
    for task, asked in IRRELEVANT.items():
        for instance in range(8):
            shards = shards_of(task, instance)
            revealed += [say(one, list(range(1, len(shards))), shards).group is not None for one in asked]
    assert sum(revealed) / len(revealed) < 0.08


@pytest.mark.parametrize(
    ("question", "group"),
    [
        ("Is there a deadline?", 3), ("How expensive is the ride?", 1), ("How many guests come along?", 2), ("What is the rate per night?", 4),
        ("Where do you sleep?", None), ("What is the tariff?", 1), ("How many persons travel?", 2),
    ],
)  # fmt: skip
def test_synonyms_decide_only_where_no_piece_holds_the_word(question: str, group: int | None) -> None:
    assert say(question, [1, 2, 3, 4, 5]).group == group


def test_synonyms_are_stems_of_one_group_and_phrases_stand_for_a_word() -> None:
    (weigh,) = stems(["weighs"])
    assert stems(["weight", "heavy", "kilograms"]) <= synonyms(weigh)
    assert weigh not in synonyms(weigh)
    assert synonyms("wifi") == frozenset()
    assert stems(["duration"]) <= asked_by_phrase(["for", "how", "long"])["how long"]
    assert asked_by_phrase(["how", "very", "long"]) == {}


def test_refusals_say_nothing() -> None:
    for text in REFUSALS:
        assert BOOK.read(text) == []
        assert "?" not in text
        assert len(text.split()) < 10


def test_merged_pieces_are_said_together() -> None:
    said = say("How long?", [1, 2], merge=3)
    assert said.group == 2
    for number in (80, 3):
        assert str(number) in said.text
    assert "12" not in said.text


def test_published_pieces_are_said_as_they_are() -> None:
    texts = {say("Okay.", [1, 2], PUBLISHED, seed=seed).text for seed in range(100)}
    assert texts == {f"{frame}the list has only integers" for frame in ("", *ADDING)}
    assert say("What if nothing fits?", [1, 2], PUBLISHED).group == 2
    together = say("Okay.", [1], (*PUBLISHED, PUBLISHED[1]), merge=2).text
    assert together.endswith("return an empty list if nothing fits. the list has only integers")


@settings(max_examples=150, deadline=None)
@given(
    reply=st.one_of(st.text(), st.lists(st.sampled_from(["what is", "the fare", "night", "when", "hotel", "?", ".", "\n", "- ", "please tell me", "```", "if", "12"])).map(" ".join)),
    hidden=st.lists(st.integers(1, 5), min_size=1, max_size=5, unique=True).map(sorted),
    must=st.booleans(),
    kind=st.sampled_from(ReplyClass),
    seed=st.integers(0, 1000),
)  # fmt: skip
def test_whatever_is_said_at_most_one_hidden_piece_is_told_and_nothing_invented(
    reply: str, hidden: list[int], must: bool, kind: ReplyClass, seed: int
) -> None:
    said = ScriptedUser(groups_of(TRIP, 0)).speak(reply, kind, hidden, must, RandomStream(seed))
    if said.group is None:
        assert not must
        assert said.text in REFUSALS
    else:
        assert said.group in hidden
        assert said.text in {f"{frame}{TRIP[said.group].wordings[0]}" for frame in ("", *FRAMES)}
    again = ScriptedUser(groups_of(TRIP, 0)).speak(reply, kind, hidden, must, RandomStream(seed))
    assert again == said


@pytest.mark.parametrize(
    "hostile",
    ["a" * 100_000, "?" * 100_000, "what? " * 17_000, "which fare is it? " * 6_000, "```" * 33_000, "\n" * 100_000, "\t\n" * 50_000,
     ". " * 50_000, "- a b?\n" * 15_000, "1" * 100_000, "please tell me " * 7_000, "if so, " * 15_000, "(" * 100_000, "\U0001f600" * 100_000],
)  # fmt: skip
def test_hostile_replies_are_answered_in_time_that_grows_with_their_length(hostile: str) -> None:
    began = time.process_time()
    say(hostile, [1, 2, 3, 4, 5])
    assert time.process_time() - began < 2  # a tenth of it in truth; a quadratic step would take a minute


def test_the_choice_does_not_depend_on_the_order_of_sets() -> None:
    code = (
        "from turnbench.envs.sharded.instance import Shard; from turnbench.envs.sharded.replies import ReplyClass\n"
        "from turnbench.envs.sharded.user import ScriptedUser; from turnbench.randomness import RandomStream\n"
        "w = [f'w{i}' for i in range(40)]; groups = [[Shard(i, ' '.join(w[i * 3 % 17:i * 3 % 17 + 9]))] for i in range(8)]\n"
        "rng = RandomStream(1)\n"
        "print([ScriptedUser(groups).speak(' '.join(rng.sample(w, 6)) + '?', ReplyClass.CLARIFICATION, range(1, 8), False, rng)"
        " for _ in range(200)])\n"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
