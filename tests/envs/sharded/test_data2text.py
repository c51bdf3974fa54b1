"""ShardedData2Text from outside: its tables can be described when all was said and not before, and BLEU is BLEU."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st

from turnbench.checkplay import HOSTILE
from turnbench.envs.sharded.bleu import LONGEST, bleu
from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.source import DataFile
from turnbench.envs.sharded.task import BadRecord
from turnbench.envs.sharded.tasks.data2text import task as task_module
from turnbench.envs.sharded.tasks.data2text.families import BY_HEADER, FAMILIES, book
from turnbench.envs.sharded.tasks.data2text.family import STYLES
from turnbench.envs.sharded.tasks.data2text.generate import generate
from turnbench.envs.sharded.tasks.data2text.tables import html, read_tables
from turnbench.envs.sharded.tasks.data2text.task import Data2TextTask
from turnbench.errors import WorldDataError
from turnbench.randomness import RandomStream
from turnbench.registry import make_env
from turnbench.runner import run

TASK = Data2TextTask()
LEVELS = TASK.difficulties
VECTORS = Path(task_module.__file__).with_name("vectors.csv")


def drawn(difficulty: str, count: int) -> list[Instance]:
    rng = RandomStream.from_parts("test", difficulty)
    return [generate(rng, difficulty) for _ in range(count)]


def solved(messages: list[str], instance: Instance) -> float:
    reply = TASK.solver.answer("", messages)
    return 0.0 if reply is None else TASK.score(TASK.extract(reply, instance), instance)


# BLEU ----------------------------------------------------------------------------------------------------------------


def test_bleu_is_what_was_worked_out_by_hand() -> None:
    rows = list(csv.DictReader(VECTORS.read_text(encoding="utf-8").splitlines()))
    assert len(rows) >= 16
    for row in rows:
        reply, references = (row[key].replace("\\n", "\n") for key in ("reply", "references"))
        assert bleu(reply, references.split(" || ")) == pytest.approx(float(row["score"]), abs=1e-6), row["why"]


_WORDS = st.lists(
    st.sampled_from(["the", "cat", "sat", "on", "a", "mat", ",", ".", "12", "1,200", "it's"]), min_size=1, max_size=30
).map(" ".join)


@settings(max_examples=80, deadline=None)
@given(_WORDS, st.lists(_WORDS, min_size=1, max_size=3))
def test_bleu_is_the_librarys_own(reply: str, references: list[str]) -> None:
    longest = LONGEST * max(map(len, references))
    wanted = sacrebleu.corpus_bleu([reply.strip()[:longest]], [[one] for one in references]).score / 100
    assert bleu(reply, references) == pytest.approx(min(wanted, 1.0), abs=1e-6)
    assert bleu(references[0], [references[0]]) == (
        1.0 if len(references[0].split()) > 3 else bleu(references[0], references[:1])
    )


def test_a_long_reply_is_cut_and_gains_nothing_by_it() -> None:
    reference = "one two three four five six seven eight nine ten"
    many = " ".join([reference] * 40)
    assert bleu(many, [reference]) <= 1 / LONGEST
    assert bleu(many, [reference]) == bleu(many[: LONGEST * len(reference)], [reference])


def test_the_library_is_loaded_when_a_bleu_is_computed_and_not_before() -> None:
    code = (
        "import sys, turnbench; from turnbench.registry import make_env; e = make_env('ShardedData2Text-v0'); e.reset(seed=1)\n"
        "assert 'sacrebleu' not in sys.modules; e.step('x'); assert 'sacrebleu' in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "1" * 100_000, "\n" * 100_000, "a " * 50_000, "`.,-" * 25_000, "&quot;" * 20_000]
)
def test_hostile_replies_are_judged_at_once(text: str) -> None:
    (instance,) = drawn("hard", 1)
    TASK.score("warm", instance)
    before = time.perf_counter()
    assert TASK.score(TASK.extract(text, instance), instance) < 0.1
    assert time.perf_counter() - before < 2, "anything quadratic would take minutes"


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_a_reply(text: str) -> None:
    env = make_env("ShardedData2Text-v0")
    env.reset(seed=3)
    for _ in range(env.max_turns):
        _, reward, terminated, _, _ = env.step(text)
        if terminated:
            break
    assert terminated
    assert 0 <= reward < 0.1


# Instances -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("difficulty", LEVELS)
def test_no_shard_can_be_missed(difficulty: str) -> None:
    """Without table or cells nothing is said; without the captions' style or the note, something less good."""
    lost: dict[int, list[float]] = {}
    for instance in drawn(difficulty, 40):
        texts = [s.text for s in instance.shards]
        assert solved(texts, instance) == solved([instance.full], instance) == 1.0
        rules = 1 if difficulty != "small" else None
        for left_out in range(1, len(texts)):
            score = solved(texts[:left_out] + texts[left_out + 1 :], instance)
            if left_out == rules:
                assert score == 1.0
                continue
            lost.setdefault(left_out, []).append(score)
            if 'class="highlighted"' in texts[left_out]:
                assert score == 0.0
    for scores in lost.values():
        # Where no captions were shown, the solver takes the first style, which is that of a reference now and then.
        assert sum(scores) / len(scores) < 0.95


@pytest.mark.parametrize(("difficulty", "shards"), [("small", {4}), ("medium", {5, 6}), ("hard", {7})])
def test_instances_are_well_formed(difficulty: str, shards: set[int]) -> None:
    found = drawn(difficulty, 150)
    assert {len(i.shards) for i in found} == shards
    families = {BY_HEADER[read_tables(i.full)[0].header].name for i in found}
    assert len(families) == (3 if difficulty == "small" else len(FAMILIES))
    for instance in found:
        first = read_tables(instance.shards[0].text)
        assert len(first) == 1
        assert not first[0].marked
        (whole,) = read_tables(instance.full)
        assert (whole.header, whole.rows) == first[0][:2]
        references = instance.truth["references"]
        assert len(set(references)) == len(references) == (2 if difficulty == "small" else 3)
        for one in references:
            assert one.endswith(".")
            assert len(one.split()) <= 30
            assert all(whole.rows[r][c] in one for r, c in whole.marked), "it says every highlighted cell"
        assert not any(reference in shard.text for reference in references for shard in instance.shards)
        json.dumps([instance.content, dict(instance.truth)])


def test_every_sentence_is_read_as_what_it_is() -> None:
    for family in FAMILIES:
        rng = RandomStream.from_parts("sentences", family.name)
        assert len(family.notes) >= 4
        for focus in family.focuses:
            assert len(focus.sentences) == STYLES
        slots: dict[str, Any] = {
            "title": family.draw_title(rng, 0),
            "section": family.draw_section(rng, 0),
            "note": family.draw_note(rng, 0),
        }
        first, second = family.draw_rows(rng, 3, 0)[:2]
        slots |= first | {f"{key}2": cell for key, cell in second.items()}
        for name in family.sentences():
            (said,) = book(family).ways(name, **slots)
            assert [s.kind for s in book(family).read(said)] == [name]


def test_tables_are_read_back() -> None:
    rows = [["Ada Lind", "12,480"], ["Boris Novak", "3.5"]]
    text = f"Look.\n{html(['Name', 'Votes (%)'], rows, [(1, 0), (0, 1)])}\nThat was it. {html(['A', 'B'], [])}"
    one, other = read_tables(text)
    assert one == (("Name", "Votes (%)"), (("Ada Lind", "12,480"), ("Boris Novak", "3.5")), ((0, 1), (1, 0)))
    assert other == (("A", "B"), (), ())


def test_wording_does_not_make_another_instance() -> None:
    for instance in drawn("hard", 10):
        assert replace(instance, shards=(), full="", truth={}).key == instance.key
        assert not any(reference in json.dumps(instance.content) for reference in instance.truth["references"])


# Players -------------------------------------------------------------------------------------------------------------


def mean(player: str, reveal: str, **arguments: Any) -> float:
    arguments = {"reveal": reveal, **arguments}
    return run(player, "ShardedData2Text-v0", episodes=40, split="test", arguments=arguments).summary.mean_score


def test_players_lose_what_they_should() -> None:
    assert mean("hasty", "full") == mean("forgetful", "concat") == 1.0
    assert mean("hasty", "sharded") < 0.1
    assert mean("forgetful", "sharded") < 0.2
    assert mean("random", "full") < 0.06
    assert mean("noisy", "sharded") == pytest.approx(mean("noisy", "full"), abs=0.05)


def test_a_copy_of_the_cells_is_no_description() -> None:
    scores = []
    for instance in drawn("medium", 60):
        (table,) = read_tables(instance.full)
        scores.append(TASK.score(" ".join(table.rows[r][c] for r, c in table.marked), instance))
    assert sum(scores) / len(scores) < 0.05


def test_a_wrong_answer_is_a_sentence_that_scores_next_to_nothing() -> None:
    rng = RandomStream(1)
    scores = [TASK.score(TASK.wrong_answer(instance, rng), instance) for instance in drawn("medium", 20)]
    assert max(scores) < 0.1
    assert sum(scores) / len(scores) < 0.03


def test_every_reply_is_an_attempt_and_the_best_or_the_last_counts() -> None:
    for scoring, score in (("max", 1.0), ("last", 0.0)):
        env = make_env("ShardedData2Text-v0", scoring=scoring)
        env.reset(seed=4)
        instance = env.unwrapped.instance  # type: ignore[attr-defined]
        perfect = instance.truth["references"][1]
        replies = [perfect, *["Why?"] * (len(instance.shards) - 1)]
        ended = [env.step(reply)[1:3] for reply in replies]
        assert [terminated for _, terminated in ended] == [False] * (len(replies) - 1) + [True]
        assert ended[-1][0] == score
        assert len(env.unwrapped.notes()["attempts"]) == len(replies)  # type: ignore[index]


# Published records ---------------------------------------------------------------------------------------------------

RECORD: dict[str, Any] = {
    "task_id": "sharded-totto/1",
    "task": "data2text",
    "references": ["Ada won in 1999.", "In 1999 Ada was the winner."],
    "table_html": "<table></table>",
    "table_highlighted_html": "<table><tr><td class='x'>Ada</td></tr></table>",
    "fewshot_descriptions": "- Bert lost in 2001.",
    "metadata": {"table_page_title": "Winners {of} races", "year": 1999},
    "shards": [{"shard_id": 1, "shard": "Here is a table."}, {"shard_id": 2, "shard": "Look at the highlighted cell."}],
}


def test_a_published_record_is_played(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps([RECORD]))
    env = make_env("ShardedData2Text-v0", data=str(path), split="all")
    observation, _ = env.reset(seed=1)
    assert observation.endswith("Here is a table.")
    assert env.step("Hm.")[0] == "Look at the highlighted cell."
    assert env.step("In 1999 Ada was the winner.")[1] == 1.0
    full = make_env("ShardedData2Text-v0", data=str(path), split="all", reveal="full").reset(seed=1)[0]
    assert "table_page_title: Winners {of} races\nyear: 1999" in full
    assert "- Bert lost in 2001." in full
    assert RECORD["table_highlighted_html"] in full
    concat = make_env("ShardedData2Text-v0", data=str(path), split="all", reveal="concat").reset(seed=1)[0]
    assert "Hint 1:\nHere is a table.\n\nHint 2:\nLook at the highlighted cell." in concat


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"references": None}, "its references are no list, or an empty one"),
        ({"references": []}, "its references are no list, or an empty one"),
        ({"references": ["a", " "]}, "one of its references is no text"),
        ({"references": [1]}, "one of its references is no text"),
        ({"metadata": "x"}, "its metadata is no object"),
        ({"table_highlighted_html": None}, "its table_highlighted_html is no text"),
        ({"fewshot_descriptions": ["x"]}, "its fewshot_descriptions is no text"),
    ],
)
def test_bad_records_are_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRecord) as caught:
        TASK.from_record({**RECORD, **change}, (Shard(1, "a"), Shard(2, "b")))
    assert str(caught.value) == message


def test_a_blank_shard_is_named(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps({**RECORD, "shards": [{"shard_id": 1, "shard": "a"}, {"shard_id": 7, "shard": " "}]}))
    with pytest.raises(WorldDataError, match="its shard 7 is blank"):
        DataFile.read(str(path), TASK)


def test_closed_form_of_brevity() -> None:
    words = [f"w{n}" for n in range(40)]
    assert bleu(" ".join(words[:10]), [" ".join(words)]) == pytest.approx(math.exp(1 - 40 / 10), abs=1e-6)
