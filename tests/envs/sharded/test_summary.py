"""ShardedSummary from outside: findings can be gathered from all documents and not from fewer, and the score is exact."""

from __future__ import annotations

import csv
import json
import time
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnbench.checkplay import HOSTILE
from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.tasks.summary import judge
from turnbench.envs.sharded.tasks.summary.bullets import MOST_WORDS, bullets_of, citations_of
from turnbench.envs.sharded.tasks.summary.generate import generate
from turnbench.envs.sharded.tasks.summary.keyfacts import canonical, derived
from turnbench.envs.sharded.tasks.summary.middle import citations_by_turn
from turnbench.envs.sharded.tasks.summary.scenes import SCENES, findings, queries
from turnbench.envs.sharded.tasks.summary.task import SummaryTask
from turnbench.randomness import RandomStream
from turnbench.registry import make_env
from turnbench.runner import run

TASK = SummaryTask()
LEVELS = TASK.difficulties
VECTORS = Path(judge.__file__).with_name("vectors.csv")


def drawn(difficulty: str, count: int) -> list[Instance]:
    rng = RandomStream.from_parts("test", difficulty)
    return [generate(rng, difficulty) for _ in range(count)]


def solved(messages: list[str], instance: Instance) -> float:
    return TASK.score(TASK.solver.answer("", messages) or "", instance)


# The score -----------------------------------------------------------------------------------------------------------


def insights(truth: str) -> list[dict[str, Any]]:
    """From "Name / Other name & 34 @ 1 4; ... | ...": facts and their variants, then the documents; what nobody asked for."""
    found = []
    for one in truth.partition(" | ")[0].split("; "):
        facts, _, documents = one.partition(" @ ")
        found.append(
            {"facts": [f.split(" / ") for f in facts.split(" & ")], "documents": [int(n) for n in documents.split()]}
        )
    return found


def test_scores_are_what_was_worked_out_by_hand() -> None:
    rows = list(csv.DictReader(VECTORS.read_text(encoding="utf-8").splitlines()))
    assert len(rows) >= 45
    for row in rows:
        reply = row["reply"].replace("\\r", "\r").replace("\\n", "\n")
        others = [[fact.split(" / ") for fact in one.split(" & ")] for one in row["truth"].split(" | ")[1:]]
        assert judge.score(reply, insights(row["truth"]), others) == pytest.approx(float(row["score"]), abs=1e-6), row[
            "why"
        ]


def test_a_long_summary_is_cut_in_proportion() -> None:
    filler = " word" * 295
    exact = f"- Halden Trust 34 [1]{filler}"
    assert len(exact.split()) == MOST_WORDS
    assert bullets_of(exact) == [exact]
    truth = insights("Halden Trust & 34 @ 1")
    early, late = f"- Halden Trust 34 [1]{filler * 2}", f"-{filler * 2} Halden Trust 34 [1]"
    assert judge.score(early, truth) == 1.0
    assert judge.score(late, truth) == 0.0
    both = "\n".join(["a b c d e f g h i j"] * 60)  # 600 words: each bullet keeps half of its ten
    assert bullets_of(both) == ["a b c d e"] * 60
    assert bullets_of("one\n" + "two " * 599) == ["one", " ".join(["two"] * 299)]


@pytest.mark.parametrize(
    ("bullet", "cited"),
    [
        ("x [3]", {3}), ("x [1, 4][7]", {1, 4, 7}), ("x [1 and 2]", {1, 2}), ("x [#3]", {3}), ("[Documents 2 & 3]", {2, 3}), ("x []", set()),
        ("x [,]", set()), ("x [1.5]", set()), ("x [[4]]", {4}), ("x [1234567]", set()), ("x 3 [b]", set()), ("x [2, 5", set()),
    ],
)  # fmt: skip
def test_citations(bullet: str, cited: set[int]) -> None:
    assert citations_of(bullet) == cited


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The Mills' 1,200.50 euros", " the mill 1200.5 euro "),
        ("twenty-one, thirty and four", " 21 30 and 4 "),
        ("twenty twenty one eleven", " 20 21 11 "),
        ("007 and 0.0 and 3rd", " 7 and 0 and 3 "),
        ("Ada\u2019s B.C.", " ada b c "),
        ("", "  "),
    ],
)
def test_tokens(text: str, tokens: str) -> None:
    assert canonical(text) == tokens


def test_facts_of_a_sentence_without_any() -> None:
    assert derived("Roughly 40 percent of voters in Ohio and Utah oppose it.") == [["40"], ["Ohio"], ["Utah"]]
    assert derived("Teachers want smaller classrooms before anything else.") == [
        ["Teachers"],
        ["smaller"],
        ["classrooms"],
        ["anything"],
    ]
    assert derived("So it is.") == []
    assert len(derived(" ".join(f"N{'a' * n}" for n in range(30)))) == 8


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.sampled_from(drawn("medium", 5)))
def test_any_text_has_a_score(text: str, instance: Instance) -> None:
    assert 0.0 <= TASK.score(TASK.extract(text, instance), instance) <= 1.0
    assert 0.0 <= TASK.score(instance.truth["insights"][0]["insight"] + text, instance) <= 1.0


@pytest.mark.parametrize(
    "text",
    [*HOSTILE, "1" * 100_000, "[" * 100_000, "[1" * 50_000, "[1,1]" * 20_000, "\n" * 100_000, "a\n" * 50_000, "doc " * 25_000,
     "[" + "1, " * 33_000 + "]", "'s" * 50_000, "twenty " * 14_000, "`" * 100_000, "1,1.1" * 20_000],
)  # fmt: skip
def test_hostile_replies_are_judged_at_once(text: str) -> None:
    (instance,) = drawn("hard", 1)
    TASK.score("warm", instance)
    before = time.perf_counter()
    assert TASK.score(TASK.extract(text, instance), instance) == 0.0
    assert citations_by_turn(instance, [text])[0][0] >= 0
    assert time.perf_counter() - before < 2, "anything quadratic would take minutes"


# Instances -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("difficulty", LEVELS)
def test_no_batch_can_be_missed(difficulty: str) -> None:
    for instance in drawn(difficulty, 40):
        texts = [s.text for s in instance.shards]
        assert solved(texts, instance) == solved([instance.full], instance) == 1.0
        assert solved([texts[0], *reversed(texts[1:])], instance) == 1.0
        for left_out in range(1, len(texts)):
            assert solved(texts[:left_out] + texts[left_out + 1 :], instance) < 1.0
        assert solved(texts[1:], instance) == 0.0, "the query is in the first"


@pytest.mark.parametrize(
    ("difficulty", "shards", "documents"),
    [("small", (3, 3), (9, 9)), ("medium", (4, 6), (12, 15)), ("hard", (6, 8), (16, 20))],
)
def test_instances_are_well_formed(difficulty: str, shards: tuple[int, int], documents: tuple[int, int]) -> None:
    found = drawn(difficulty, 120)
    assert {len(i.shards) for i in found} == set(range(shards[0], shards[1] + 1))
    assert {len(i.context["documents"]) for i in found} == set(range(documents[0], documents[1] + 1))
    for instance in found:
        numbers = [n for n, _ in instance.context["documents"]]
        assert numbers == list(range(1, len(numbers) + 1))
        assert sorted(n for _, batch in instance.context["batches"] for n in batch) == numbers
        texts = dict(instance.context["documents"])
        for insight in instance.truth["insights"]:
            (who,), (number,) = insight["facts"]
            assert len(insight["documents"]) >= 2
            said = [t for n, t in texts.items() if n in insight["documents"]]
            assert all(who in text and number in text for text in said)
            assert not any(who in t and f" {number} " in t for n, t in texts.items() if n not in insight["documents"])
        for shard, (_, batch) in zip(instance.shards, instance.context["batches"], strict=True):
            assert all(f"Document {n}:\n{texts[n]}" in shard.text for n in batch)
            assert shard.text.count("Document ") == len(batch)
        json.dumps([instance.content, dict(instance.truth), dict(instance.context)])


def test_a_finding_is_said_in_other_words_in_every_document() -> None:
    for instance in drawn("hard", 20):
        for insight in instance.truth["insights"]:
            who = insight["facts"][0][0]
            said = [
                s
                for n, t in instance.context["documents"]
                if n in insight["documents"]
                for s in t.split(". ")
                if who in s
            ]
            assert len(set(said)) >= min(5, len(said))


def test_every_sentence_is_read_as_what_it_is() -> None:
    for scene in SCENES.values():
        assert not [f for f in (*scene.openers, *scene.fillers) if findings(scene.name).read(f)]
        assert not any(c.isdigit() for f in (*scene.openers, *scene.fillers) for c in f)
        for subject, about in scene.subjects.items():
            assert len(about.queries) >= 5
            for query in about.queries:
                assert [q.kind for q in queries().read(query)] == [f"{scene.name}/{subject}"]
            for kind, one in about.kinds.items():
                assert len(one.ways) >= 5
                for who in one.who:
                    for number in one.number:
                        for said in findings(scene.name).ways(f"{subject}/{kind}", who=who, number=number):
                            assert findings(scene.name).read(said) == [
                                (f"{subject}/{kind}", {"who": who, "number": number})
                            ]


def test_no_name_states_another() -> None:
    """Else a bullet about one finding could cover a part of another of its kind."""
    for scene in SCENES.values():
        for about in scene.subjects.values():
            for one in about.kinds.values():
                assert not [pair for pair in combinations(one.who, 2) if canonical(pair[0]) in canonical(pair[1])]


# Players -------------------------------------------------------------------------------------------------------------


def mean(player: str, reveal: str, difficulty: str = "medium") -> float:
    arguments = {"reveal": reveal, "difficulty": difficulty}
    return run(player, "ShardedSummary-v0", episodes=40, split="test", arguments=arguments).summary.mean_score


def test_players_lose_what_they_should() -> None:
    assert mean("hasty", "full") == mean("forgetful", "concat") == 1.0
    assert 0.1 < mean("hasty", "sharded") < 0.5
    assert mean("hasty", "sharded") < mean("forgetful", "sharded") < 0.8
    assert mean("random", "full") < 0.02
    assert mean("noisy", "sharded") == pytest.approx(mean("noisy", "full"), abs=0.05)


@pytest.mark.parametrize("difficulty", LEVELS)
def test_nobody_wins_by_copying_everything(difficulty: str) -> None:
    scores: dict[str, list[float]] = {}
    for instance in drawn(difficulty, 60):
        documents, count = instance.context["documents"], len(instance.truth["insights"])
        heaps = {
            "a bullet each": [[document] for document in documents],
            "one bullet": [documents],
            "as many bullets as asked for": [documents[place::count] for place in range(count)],
            "a bullet a sentence": [[(n, said)] for n, text in documents for said in text.split(". ")],
        }
        for name, heap in heaps.items():
            bullets = (f"- {' '.join(t for _, t in some)} [{', '.join(str(n) for n, _ in some)}]" for some in heap)
            early = (f"[{', '.join(str(n) for n, _ in some)}] {' '.join(t for _, t in some)}" for some in heap)
            scores.setdefault(name, []).append(max(TASK.score("\n".join(way), instance) for way in (bullets, early)))
    assert max(sum(of) / len(of) for of in scores.values()) < 0.1, {n: sum(of) / len(of) for n, of in scores.items()}


def test_only_the_last_summary_counts() -> None:
    env = make_env("ShardedSummary-Small-v0")
    env.reset(seed=1)
    instance = env.unwrapped.instance  # type: ignore[attr-defined]
    perfect = TASK.solver.answer("", [instance.full]) or ""
    assert [env.step(reply)[1] for reply in (perfect, perfect, "Anything else?")] == [0.0, 0.0, 0.0]
    env.reset(seed=1)
    assert [env.step(reply)[1] for reply in ("", "?", perfect)] == [0.0, 0.0, 1.0]


def test_merged_batches_are_read_all_the_same() -> None:
    for merge in (1, 2, 3):
        assert run("reference", "ShardedSummary-v0", episodes=8, arguments={"merge": merge}).summary.mean_score == 1.0


# The middle turns ----------------------------------------------------------------------------------------------------


def pile() -> Instance:
    """Three shards that show documents 5 and 2, then 9, then 1."""
    return Instance(
        "summary",
        "test",
        tuple(Shard(n, "x") for n in (0, 1, 2)),
        "",
        context={"batches": [[0, [5, 2]], [1, [9]], [2, [1]]]},
    )


def test_citations_are_counted_by_the_turn_that_showed_the_document() -> None:
    replies = ["- a [5, 2]\n- b [2]\n- c [9]", "- a [5, 9, 9]\n- b [77]", "- a [1, 2, 5, 9]"]
    assert citations_by_turn(pile(), replies) == [[3, 1], [1, 1, 1], [2, 1, 1, 0]]
    assert citations_by_turn(pile(), [*replies, "- recap [1]"]) == citations_by_turn(pile(), replies)
    assert citations_by_turn(pile(), ["", "- x"]) == [[0, 0], [0, 0, 0]]


def test_citations_with_merged_batches() -> None:
    assert citations_by_turn(pile(), ["- a [5, 9]", "- a [1, 5]"], merge=2) == [[2, 0], [1, 1, 0]]
    assert citations_by_turn(pile(), ["- a [5, 9, 1]"], merge=1) == [[3, 0]]


def test_the_reference_cites_all_turns_alike() -> None:
    env = make_env("ShardedSummary-v0", split="all")
    said, replies = [env.reset(seed=7)[1]["user_message"]], []
    terminated = False
    while not terminated:
        replies.append(TASK.solver.answer("", said) or "Nothing yet.")
        observation, reward, terminated, *_ = env.step(replies[-1])
        said.append(observation)
    assert reward == 1.0
    instance = env.unwrapped.instance  # type: ignore[attr-defined]
    rows = citations_by_turn(instance, replies)
    assert len(rows) == len(instance.shards)
    assert all(row[-1] == 0 for row in rows)
    assert all(count > 0 for count in rows[-1][:-1])
