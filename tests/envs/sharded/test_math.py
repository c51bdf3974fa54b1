"""ShardedMath from outside: its problems are solvable and not before their time, its numbers are read as people write them."""

from __future__ import annotations

import csv
import json
import re
import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnbench import TextEnv
from turnbench.checkplay import HOSTILE
from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.task import BadRecord
from turnbench.envs.sharded.tasks.math import answers, attempts
from turnbench.envs.sharded.tasks.math.env import ShardedMath
from turnbench.envs.sharded.tasks.math.families import FAMILIES
from turnbench.envs.sharded.tasks.math.generate import DIFFICULTIES, GOALS, generate
from turnbench.envs.sharded.tasks.math.task import MathTask
from turnbench.envs.sharded.tasks.math.working import UnnaturalError, Working, shown
from turnbench.envs.sharded.wording import FRAMES
from turnbench.randomness import RandomStream
from turnbench.registry import make_env

TASK = MathTask()
LEVELS = tuple(DIFFICULTIES)
VECTORS = Path(answers.__file__).with_name("vectors.csv")
GIVEN = {Fraction(3), Fraction(4), Fraction(6)}
"""Numbers that the problem behind the vectors states."""


def drawn(difficulty: str, count: int, seed: int = 0) -> list[Instance]:
    rng = RandomStream.from_parts("test", difficulty, seed)
    return [generate(rng, difficulty) for _ in range(count)]


def problem(answer: str = "18") -> Instance:
    return Instance("math", "test", (Shard(1, "How many eggs are left?"),), "", truth={"answer": answer})


def scored(reply: str, instance: Instance) -> float:
    return TASK.score(TASK.extract(reply, instance), instance)


def solved(messages: list[str], instance: Instance) -> float:
    reply = TASK.solver.answer("", messages)
    return 0.0 if reply is None else scored(reply, instance)


# Problems ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("difficulty", LEVELS)
def test_every_wording_is_understood_in_any_order(difficulty: str) -> None:
    rng = RandomStream.from_parts("order")
    for instance in drawn(difficulty, 60):
        assert solved([instance.full], instance) == 1.0
        shards = list(instance.shards)
        for _ in range(3):
            rng.shuffle(shards)
            said = [rng.choice(FRAMES) + rng.choice((s.text, *s.wordings)) for s in shards]
            assert solved(said, instance) == 1.0
            assert solved([" ".join(said)], instance) == 1.0


@pytest.mark.parametrize(("difficulty", "shards"), [("small", (3, 4)), ("medium", (4, 6)), ("hard", (6, 8))])
def test_problems_are_well_formed(difficulty: str, shards: tuple[int, int]) -> None:
    found = drawn(difficulty, 150)
    assert {len(i.shards) for i in found} == set(range(shards[0], shards[1] + 1))
    assert {GOALS.read(i.shards[0].text)[0].kind for i in found} == {f.name for f in DIFFICULTIES[difficulty].families}
    for instance in found:
        goal, *facts = instance.shards
        assert not any(re.search(r"\d", text) for text in (goal.text, *goal.wordings))
        assert all(re.search(r"\d", text) for fact in facts for text in (fact.text, *fact.wordings))
        assert all(len(s.wordings) >= 4 and s.topics for s in instance.shards)
        assert [s.id for s in instance.shards] == list(range(1, len(instance.shards) + 1))
        assert not any(s.text in instance.full for s in instance.shards), "FULL is worded differently"
        assert re.fullmatch(r"[1-9]\d*|\d+\.\d\d", instance.truth["answer"])
        assert re.fullmatch(r"math-[0-9a-f]{6}", instance.name)
        json.dumps([instance.content, dict(instance.truth)])


def test_small_problems_use_few_words() -> None:
    words: dict[str, set[str]] = {
        level: {w for i in drawn(level, 250) for s in i.shards for t in (s.text, *s.wordings) for w in t.split()}
        for level in LEVELS
    }
    texts = {level: {re.sub(r"[^a-z']", "", w.lower()) for w in words[level]} for level in LEVELS}
    assert len(texts["small"]) < 310 < 800 < len(texts["hard"])


def test_every_template_is_one_sentence_of_one_kind() -> None:
    for family in FAMILIES:
        rng = RandomStream.from_parts("templates", family.name)
        for level in (1, 2):
            draw = family.draw(rng, level, frozenset(f.kind for f in family.facts))
            slots = {**draw.words, **{name: shown(value) for name, value in draw.numbers.items()}}
            for fact in family.facts:
                assert len(fact.ways) >= 5
                for said in family.book.ways(fact.kind, **slots):
                    assert re.fullmatch(r"[A-Z][^?!]*\.", said), said
                    (heard,) = family.book.read(said)
                    assert heard.kind == fact.kind
                    numbers = family.numbers_of([heard])
                    assert numbers == {gap: draw.numbers[gap] for gap in family.gaps[fact.kind]}, said
                    assert not GOALS.read(said)
            assert len(family.goals) >= 5
            for said in GOALS.ways(family.name, **slots):
                assert [s.kind for s in GOALS.read(said)] == [family.name]
                assert not family.book.read(said)


def test_english() -> None:
    for instance in [i for level in LEVELS for i in drawn(level, 50)]:
        for text in (instance.full, *(t for s in instance.shards for t in (s.text, *s.wordings))):
            assert not re.search(r"\b[Aa]n? \$?\d", text), f"an article before a number: {text}"
            assert not re.search(r"\b[Aa] [aeiou](?!n?i[cf]|se|ne)", text), text
            assert not re.search(r"\b[Aa]n [^aeiouh]", text), text
            assert not re.search(r"\b1 \w+s\b|  |\{|\}", text), text


def test_names_and_things_do_not_make_another_instance() -> None:
    for family in FAMILIES:
        kinds = frozenset(f.kind for f in family.facts)
        draws = [family.draw(RandomStream(seed), 1, kinds) for seed in range(5)]
        assert len({json.dumps(dict(d.words), sort_keys=True) for d in draws}) > 1
    seen: dict[str, set[str]] = {}
    for instance in drawn("small", 1500):
        seen.setdefault(instance.key, set()).add(instance.shards[0].text)
    assert max(len(texts) for texts in seen.values()) > 1
    assert 1000 < len(seen) < 1500


def test_steps_are_written_down_and_must_make_sense() -> None:
    do = Working(parts=1)
    assert do.minus(do.times(6, 4), 5) == 19
    assert do.packs(19, 4) == (4, 3)
    assert do.plus(7, None) == do.times(7, None) == 7
    assert do.percent(None, 7) is None
    assert do.lines() == ["6 * 4 = 24", "24 - 5 = 19", "19 / 4 = 4, 3 left over"]
    nonsense = (
        (do.minus, (3, 3)),
        (do.minus, (3, 4)),
        (do.over, (7, 2)),
        (do.percent, (10, 7)),
        (do.over, (7, 0)),
        (do.packs, (7, 0)),
    )
    for step, operands in nonsense:
        with pytest.raises(UnnaturalError):
            step(*operands)
    money = Working(parts=100)
    assert shown(money.over(37, 2)) == "18.50"
    with pytest.raises(UnnaturalError):
        money.over(1, 3)


# Guesses and conversations -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("difficulty", LEVELS)
def test_a_guess_at_the_first_turn_is_an_attempt_and_wrong(difficulty: str) -> None:
    rng = RandomStream.from_parts("guess", difficulty)
    right = 0.0
    for instance in drawn(difficulty, 300):
        reply = TASK.solver.guess("", [instance.shards[0].text], rng)
        assert re.fullmatch(r"Answer: \d+(\.\d\d)?", reply)
        assert TASK.offers_answer(reply, instance)
        right += scored(reply, instance)
    assert right <= 12, "more than a few percent"


def test_a_guess_keeps_to_what_was_said() -> None:
    said = [
        "How much money does Nora have in the end from the pears?",
        "Nora picks 100 pears.",
        "A crate holds 10 pears.",
    ]
    assert TASK.solver.answer("", said) is None
    guesses = {TASK.solver.guess("", said, RandomStream(seed)) for seed in range(30)}
    assert len(guesses) > 10
    said.append("A full crate sells for $7, and a crate that is not full is not sold.")
    assert TASK.solver.answer("", said) == "100 / 10 = 10, 0 left over\n10 * 7 = 70\nAnswer: 70"


def test_what_is_no_problem_of_ours_is_guessed_at() -> None:
    assert TASK.solver.answer("", ["How many eggs are left?", "There are 12."]) is None
    assert re.fullmatch(r"Answer: \d+", TASK.solver.guess("", ["How many eggs are left?"], RandomStream(1)))
    assert scored(TASK.wrong_answer(problem("7"), RandomStream(1)), problem("7")) == 0.0


def test_a_question_is_answered_with_the_fact_it_is_about() -> None:
    asked = {"weekly": "How much is saved each week?", "weeks": "How many weeks does the plan last?"}
    savings = next(f for f in FAMILIES if f.name == "savings")
    found = 0
    for number in range(40):
        for kind, question in asked.items():
            env: TextEnv = make_env("ShardedMath-v0")
            opening, _ = env.reset(seed=number, options={"instance": number})
            if GOALS.read(opening.split("\n\n")[1])[0].kind == "savings":
                found += 1
                reply, *_ = env.step(question)
                assert [s.kind for s in savings.book.read(reply)] == [kind]
    assert found


def test_the_system_prompt_is_the_same_everywhere_and_promises_nothing() -> None:
    prompts = {
        make_env("ShardedMath-v0", reveal=r).reset(seed=s)[1]["system_prompt"]
        for r in ShardedMath.reveals
        for s in (1, 2)
    }
    (prompt,) = prompts
    assert prompt.endswith('"Answer: NUMBER".')
    assert prompt.count(".") == 1
    assert "step by step" in prompt


# Answers -------------------------------------------------------------------------------------------------------------


def vectors() -> list[dict[str, str]]:
    with VECTORS.open(encoding="utf-8", newline="") as file:
        return [{**row, "reply": row["reply"].replace("\\n", "\n")} for row in csv.DictReader(file)]


@pytest.mark.parametrize("row", vectors(), ids=lambda row: f"{row['reply'][:30]!r} for {row['truth']}")
def test_vector(row: dict[str, str]) -> None:
    assert scored(row["reply"], problem(row["truth"])) == float(row["score"])
    assert attempts.offers_answer(row["reply"], GIVEN) == (row["attempt"] == "1")


def test_there_are_vectors_of_all_kinds() -> None:
    for score in "01":
        for attempt in "01":
            assert sum(row["score"] == score and row["attempt"] == attempt for row in vectors()) >= 5


@pytest.mark.parametrize(
    ("reply", "extracted"),
    [
        ("6 * 4 = 24\n24 - 6 = 18\nAnswer: $18 for all", "$18"),
        ("Nora pays $24 - $6 = $18 in the end.", "$18"),
        (r"So \boxed{18 \text{ pens}} it is, 3 a box.", "18"),
        ("The answer is 3 * 6 = 18, as said.", "3 * 6 = 18"),
        ("I do not know.", ""),
    ],
)
def test_extracted_is_a_piece_of_the_reply_that_ends_with_the_number(reply: str, extracted: str) -> None:
    assert TASK.extract(reply, problem()) == extracted


def test_numbers_of_the_problem_are_no_answer_by_themselves() -> None:
    instance = Instance("math", "t", (Shard(1, "How many?"), Shard(2, "Nora has 6 pens.")), "", truth={"answer": "18"})
    assert not TASK.offers_answer("I see, Nora has 6 pens.", instance)
    assert TASK.offers_answer("I see, Nora has 18 pens.", instance)
    assert TASK.offers_answer("So Nora has 6 pens.", instance)


def test_hostile_replies() -> None:
    for reply in HOSTILE:
        TASK.offers_answer(reply, problem())
        assert scored(reply, problem()) in (0.0, 1.0)


@given(st.text(alphabet=st.sampled_from("0123456789.,/-$%=*#{}\\[]()\n answerisbox?!'eE\u2212\u00a0\u0661")))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read(reply: str) -> None:
    TASK.offers_answer(reply, problem())
    extracted = TASK.extract(reply, problem())
    assert extracted in reply
    assert TASK.score(extracted, problem()) in (0.0, 1.0)
    assert TASK.score(reply, problem()) in (0.0, 1.0)


PIECES = (
    "1", "1,", "1,111", "1/", "1 ", "-", "(", "[", "{", "`", "```", "\n", " ", "$", "####", "answer: ", "answer to ",
    "\\boxed{", "\\boxed{1", "\\frac{1}{", "final answer \n", "= ", "1 = 1. ", "? ", "1e9", "a",
)  # fmt: skip


def test_time_is_proportional_to_length() -> None:
    for piece in PIECES:
        reply = (piece * (100_000 // len(piece) + 1))[:100_000]
        for read in (TASK.extract, TASK.offers_answer, TASK.score):
            took = []
            for _ in range(3):
                begun = time.process_time()
                read(reply, problem())
                took.append(time.process_time() - begun)
                if took[-1] < 0.05:
                    break
            assert min(took) < 1, f"{piece!r}: {took}"


# Published data ------------------------------------------------------------------------------------------------------

RECORD = {
    "task_id": "sharded-GSM8K/1",
    "task": "math",
    "question": "Ada has 3 boxes of 6 pens. She finds 2 pens and loses 2. How many pens does she have?",
    "answer": "3*6=<<3*6=18>>18\n18+2-2=18\n#### 18",
    "shards": [
        {"shard_id": 1, "shard": "how many pens does Ada have"},
        {"shard_id": 2, "shard": "She has 3 boxes."},
        {"shard_id": 4, "shard": "6 pens are in a box."},
        {"shard_id": 5, "shard": "She finds 2 pens and loses 2."},
    ],
}


def play(path: Path, reveal: str, replies: list[str]) -> tuple[list[str], float]:
    env = make_env("ShardedMath-v0", data=str(path), reveal=reveal, split="all")
    said, reward = [env.reset(seed=1)[0]], 0.0
    for reply in replies:
        observation, reward, *_ = env.step(reply)
        said.append(observation)
    return said, reward


def test_a_published_record_is_played(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps([RECORD]))
    said, reward = play(path, "full", ["So 18."])
    assert said[0].endswith(str(RECORD["question"]))
    assert reward == 1.0
    said, reward = play(path, "concat", ["#### 17"])
    assert said[0].endswith("\n- She has 3 boxes.\n- 6 pens are in a box.\n- She finds 2 pens and loses 2.")
    assert reward == 0.0
    said, reward = play(path, "sharded", ["Which boxes?", "The answer is 20.", "Go on.", "The answer is 18.0"])
    assert said[0].endswith("how many pens does Ada have")
    assert "She has 3 boxes." in said[1]
    assert reward == 1.0
    assert all(a != b for a, b in pairwise(said))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": None}, "its question is missing or no text"),
        ({"question": "  "}, "its question is missing or no text"),
        ({"question": ["a"]}, "its question is missing or no text"),
        ({"answer": None}, "its answer is missing or no text"),
        ({"answer": 18}, "its answer is missing or no text"),
        ({"answer": "18"}, "its answer has no number after ####"),
        ({"answer": "18 ####"}, "its answer has no number after ####"),
        ({"answer": "#### eighteen"}, "its answer has no number after ####"),
        ({"answer": "#### 18 pens"}, "its answer has no number after ####"),
        ({"answer": "#### 18\n#### ?"}, "its answer has no number after ####"),
        ({"answer": f"#### {'9' * 5000}"}, "its answer has no number after ####"),
    ],
)
def test_a_malformed_record_says_what_is_wrong(change: dict[str, object], message: str, tmp_path: Path) -> None:
    record = {**RECORD, **change}
    with pytest.raises(BadRecord, match=f"^{re.escape(message)}$"):
        TASK.from_record(record, (Shard(1, "a"), Shard(2, "b")))
    path = tmp_path / "data.json"
    path.write_text(json.dumps([record, RECORD]))
    with pytest.warns(UserWarning, match=re.escape(f"record 1 (sharded-GSM8K/1): {message}")):
        make_env("ShardedMath-v0", data=str(path), split="all").reset(seed=1)


@pytest.mark.parametrize("answer", ["#### 1,250", "#### $1250.00", "#### 1250.", "words\n####1250"])
def test_published_answers_are_numbers_however_written(answer: str) -> None:
    instance = TASK.from_record({**RECORD, "answer": answer}, (Shard(1, "a"), Shard(2, "b")))
    assert scored("Answer: 1250", instance) == 1.0
    assert scored("Answer: 125", instance) == 0.0
    assert instance.name == "sharded-GSM8K/1"
