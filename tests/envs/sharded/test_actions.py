"""ShardedActions from outside: instances, players, the scorer against vectors worked out by hand, hostile replies, records."""

from __future__ import annotations

import csv
import importlib
import json
import threading
import time
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pytest

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.task import BadRecord
from turnbench.envs.sharded.tasks.actions.calls import Call, read_calls, write_calls
from turnbench.envs.sharded.tasks.actions.domains import domains, functions
from turnbench.envs.sharded.tasks.actions.language import (
    ORDINALS,
    Fact,
    Goal,
    Scope,
    read_facts,
    read_goals,
    ways_of_fact,
    ways_of_goal,
)
from turnbench.envs.sharded.tasks.actions.plan import LEVELS, drawn
from turnbench.envs.sharded.tasks.actions.task import ActionsTask
from turnbench.episode import History, Opening, Reply, Turn
from turnbench.randomness import RandomStream
from turnbench.registry import make_env

ID = "TurnBench/ShardedActions-v0"
TASK = ActionsTask()


def function(name: str, required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": "",
        "parameters": {"type": "dict", "properties": properties, "required": required},
    }


FUNCTIONS = [
    function(
        "send_parcel", ["to", "weight"], to={"type": "string"}, weight={"type": "float"},
        fragile={"type": "boolean", "default": False}, service={"type": "string", "default": "standard"},
    ),
    function("math.factorial", ["number"], number={"type": "integer"}),
    function("search", ["tags"], tags={"type": "array", "items": {"type": "string"}}, limit={"type": "integer"}),
    function(
        "plot", ["point", "style"], point={"type": "tuple", "items": {"type": "float"}}, style={"type": "dict"},
        note={"type": "any"},
    ),
    function("scale", ["values", "by"], values={"type": "array", "items": {"type": "float"}}, by={"type": "integer"}),
    function(
        "combine", ["operator", "flags"], operator={"type": "string"}, flags={"type": "array", "items": {"type": "integer"}}
    ),
]  # fmt: skip


def instance(truth: list[dict[str, Any]]) -> Instance:
    return Instance("actions", "", (Shard(1, "Go."),), "", {"calls": truth}, {"functions": FUNCTIONS})


PARCELS = instance(
    [{"send_parcel": {"to": ["Lyon"], "weight": [2.5]}}, {"send_parcel": {"to": ["Bern"], "weight": [1]}}]
)
RIGHT = '[send_parcel(to="Lyon", weight=2.5), send_parcel(to="Bern", weight=1)]'


def score(reply: str, posed: Instance = PARCELS) -> float:
    return TASK.score(TASK.extract(reply, posed), posed)


def generated(difficulty: str, number: int) -> Instance:
    return TASK.generate(RandomStream.from_parts("test", difficulty, number), difficulty)


# Scoring -------------------------------------------------------------------------------------------------------------


def vectors() -> list[dict[str, str]]:
    table = files("turnbench.envs.sharded.tasks.actions") / "vectors.csv"
    return list(csv.DictReader(table.read_text("utf-8").splitlines(keepends=True)))


@pytest.mark.parametrize("row", vectors(), ids=lambda row: row["why"])
def test_the_scorer_against_hand_made_vectors(row: Mapping[str, str]) -> None:
    posed = instance(json.loads(row["truth"]))
    assert score(row["reply"], posed) == float(row["score"])


@pytest.mark.parametrize("reply", [RIGHT, f"```\n{RIGHT}\n```", f"Sure: {RIGHT}"])
def test_full_and_sharded_judge_a_reply_alike(reply: str) -> None:
    # FULL scores whatever is extracted, SHARDED only what is classified as an answer: the two must not come apart.
    assert TASK.offers_answer(reply, PARCELS) == bool(TASK.extract(reply, PARCELS)) == bool(score(reply))


@pytest.mark.parametrize(
    ("reply", "offers"),
    [
        (RIGHT, True),
        ("[send_parcel(to='?', weight=None)]", True),
        ("[unknown(x=1), send_parcel()]", True),
        ("[unknown(x=1)]", False),
        ("[]", False),
        ("", False),
        ("How heavy is the second parcel?", False),
        ("I would call send_parcel(to='Lyon', weight=2.5) for the first one.", False),
        ("Plan: [send_parcel(to=..., weight=...)]", False),
        ("[send_parcel(to=..., weight=...)]", False),
    ],
)
def test_what_offers_an_answer(reply: str, offers: bool) -> None:
    assert TASK.offers_answer(reply, PARCELS) is offers


def test_calls_are_written_as_they_are_read() -> None:
    calls = [
        Call("a.b", {"x": 'say "hi" \\ \n', "y": [1, -2.5, True, None]}),
        Call("c", {"z": {"k": ["ä"]}, "empty": [], "big": 10**30}),
    ]
    assert read_calls(write_calls(calls)) == calls


# Hostile replies -----------------------------------------------------------------------------------------------------

WITH = '[send_parcel(to="Lyon", weight=2.5), send_parcel(to={}, weight=1)]'
HOSTILE = {
    "brackets": "[" * 100_000, "parentheses": "(" * 100_000, "braces": "{" * 100_000, "closing": "]" * 100_000,
    "nested lists": "[" * 10_000 + "]" * 10_000, "nested lists that fit": WITH.format("[" * 4_000 + "]" * 4_000),
    "nested calls": "f(a=" * 2_000 + "1" + ")" * 2_000, "call of a call": WITH.format("f" + "()" * 4_000),
    "subscripts": WITH.format("f" + "[0]" * 3_000), "attributes": WITH.format("a" + ".b" * 4_000),
    "attributes of a number": WITH.format("1.0" + ".b" * 4_000), "attribute of a text": WITH.format('"Bern".lower'),
    "method": WITH.format('"Bern".lower()'), "minus": WITH.format("-" * 9_000 + "1"), "not": WITH.format("not " * 2_000 + "1"),
    "lambda": WITH.format('lambda: "Bern"'), "lambdas": WITH.format("lambda:" * 1_400 + "1"),
    "tilde": WITH.format("~" * 9_000 + "1"), "power": WITH.format("9**9**9**9"), "product": WITH.format('"Bern" * 10**9'),
    "sum": WITH.format("1" + "+1" * 4_000), "f-string": WITH.format('f"Bern"'), "bytes": WITH.format('b"Bern"'),
    "raw": WITH.format('r"Bern"'), "comprehension": WITH.format('[x for x in "Bern"]'), "walrus": WITH.format('(t := "Bern")'),
    "conditional": WITH.format('"Bern" if True else "Lyon"'), "ellipsis": WITH.format("..."), "complex": WITH.format("1j"),
    "import": WITH.format("__import__('os').system('touch /tmp/owned')"), "only import": "__import__('os').system('true')",
    "exec": "[exec('import os')]", "star": RIGHT[:-1] + ", *[1]]", "starred arguments": '[send_parcel(*["Lyon", 2.5])]',
    "dict arguments": '[send_parcel(**{"to": "Lyon", "weight": 2.5}), send_parcel(to="Bern", weight=1)]',
    "keyword twice": WITH.format('"Lyon", to="Bern"'), "huge integer": WITH.format("9" * 9_000),
    "huge hexadecimal": WITH.format("0x" + "f" * 9_000), "huge float": WITH.format("1e999999"), "NUL": RIGHT + "\x00",
    "NUL in a text": WITH.format('"Be\x00rn"'), "open text": WITH.format('"' + "\\" * 9_001), "quotes": '"' * 100_000,
    "open texts": '"a' * 50_000, "triple quotes": WITH.format('"""Bern"""'), "backticks": "`" * 100_000,
    "hidden nesting": '"""a","""' + "-" * 9_000 + '"', "hidden by a carriage return": "#\r" + "-" * 9_000 + "1",
    "digits": "1" * 100_000, "lines": "\n" * 100_000, "lines in between": "[" + "\n" * 100_000, "spaces": " " * 100_000,
    "dots": "." * 100_000, "underscores": "_" * 100_000, "exponents": "1e" * 50_000, "one name": "a" * 100_000,
    "surrogate": WITH.format('"\ufffd"'), "emoji": "\U0001f600" * 25_000, "statement": "import os", "two lines": "a=1\nb=2",
    "semicolon": RIGHT + "; 1", "unknown escape": WITH.format(r'"\d"'), "unknown name escape": WITH.format(r'"\N{NO}"'),
    "short escape": WITH.format(r'"\x"'), "await": WITH.format("await x"), "yield": WITH.format("(yield)"),
    "set": WITH.format('{"Bern"}'), "dict unpacking": WITH.format('{**{"a": 1}}'), "list as key": WITH.format("{[1]: 1}"),
    "slice": WITH.format('"Bern"[0:4]'), "comparison": WITH.format('"Bern" == "Bern"'), "fences": "```" * 30_000,
    "fence and nothing": "```python\n```", "template": "{{7*7}} ${7*7} {0} %s",
}  # fmt: skip


LITERAL = ("huge hexadecimal", "huge float", "surrogate", "unknown escape")
"""Hostile, but a list of calls with literal arguments: an attempt, and wrong."""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_replies_score_nothing_and_cost_nothing(name: str) -> None:
    reply = HOSTILE[name]
    begun = time.thread_time()
    assert score(reply) == 0.0
    assert TASK.offers_answer(reply, PARCELS) is (name in LITERAL)
    assert time.thread_time() - begun < 0.05


def test_letters_that_look_alike_are_read_as_python_reads_them() -> None:
    assert score('[ｓend_parcel(to="Lyon", ｗeight=2.5), send_parcel(to="Bern", weight=1)]') == 1.0
    assert score('[send_parcel(to="Lyon", weight=2.5, ｗeight=1), send_parcel(to="Bern", weight=1)]') == 0.0
    assert score('[ѕend_parcel(to="Lyon", weight=2.5), send_parcel(to="Bern", weight=1)]') == 0.0  # a Cyrillic letter


def test_hostile_replies_fit_on_a_small_stack() -> None:
    # Python's own parser can end the process on a thread like this; whoever serves environments has such threads.
    scores: list[float] = []
    before = threading.stack_size(256 * 1024)
    try:
        worker = threading.Thread(target=lambda: scores.extend(score(reply) for reply in HOSTILE.values()))
        worker.start()
        worker.join()
    finally:
        threading.stack_size(before)
    assert scores == [0.0] * len(HOSTILE)


# Sentences -----------------------------------------------------------------------------------------------------------


def test_every_sentence_is_read_as_what_it_says() -> None:
    rng = RandomStream.from_parts("sentences")
    for name, of in functions().items():
        for parameter in of.parameters:
            for scope in Scope:
                for value in drawn(rng, parameter, min(2, len(parameter.pool)), parameter.pool):
                    place = rng.below(4) if scope in (Scope.ONE, Scope.EXCEPT) else 0
                    ways = ways_of_fact(Fact(name, parameter.name, scope, place, value), 4)
                    assert len(ways) == len(set(ways)) >= 4, ways
                    read_as = Scope.ONE if scope is Scope.EXCEPT else scope
                    for way in ways:
                        assert way[0].isupper() or way[0] == '"'
                        assert way.endswith(".")
                        assert list(read_facts(way, name)) == [Fact(name, parameter.name, read_as, place, value)], way
                        assert not list(read_goals(way))


def test_every_goal_is_read_as_what_it_says() -> None:
    for first, second, third in zip(functions(), [*functions()][1:], [*functions()][2:], strict=False):
        for goals in (
            [Goal(first, 1)],
            [Goal(first, 2), Goal(second, 1)],
            [Goal(first, 1), Goal(second, 2), Goal(third, 1)],
        ):
            for way in ways_of_goal(goals):
                assert list(read_goals(way)) == goals
                assert not any(char.isdigit() for char in way)


def test_the_functions_are_as_the_task_says() -> None:
    assert len(domains()) >= 8
    assert all(2 <= len(group) <= 4 for group in domains().values())
    assert len(functions()) == sum(map(len, domains().values()))
    parameters = [p for of in functions().values() for p in of.parameters]
    assert {p.type for p in parameters} == {"string", "integer", "float", "boolean", "array"}
    assert any(p.enum for p in parameters)
    assert any(not p.required for p in parameters)
    assert any("." in name for name in functions())
    for of in functions().values():
        assert any(p.required and p.gap != "flag" and len(p.pool) >= 4 for p in of.parameters), of.name
    for parameter in parameters:
        assert len(set(map(str, parameter.pool))) == len(parameter.pool)
        assert not isinstance(parameter.default, list)


# Instances -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("difficulty", LEVELS)
def test_shards_and_calls_are_as_many_as_the_difficulty_says(difficulty: str) -> None:
    level = LEVELS[difficulty]
    for number in range(60):
        made = generated(difficulty, number)
        assert level.shards[0] <= len(made.shards) <= level.shards[1]
        assert level.calls[0] <= len(made.truth["calls"]) <= level.calls[1]
        assert [s.id for s in made.shards] == list(range(1, len(made.shards) + 1))
        assert all(s.wordings and s.topics for s in made.shards[1:])
        assert json.loads(json.dumps([made.truth, made.context, made.content])) == [
            made.truth,
            made.context,
            made.content,
        ]


def test_the_wording_does_not_change_the_content() -> None:
    by_content: dict[str, set[str]] = {}
    for number in range(400):
        made = generated("small", number)
        by_content.setdefault(made.key, set()).add(made.full)
    assert any(len(texts) > 1 for texts in by_content.values())


# Episodes ------------------------------------------------------------------------------------------------------------


def test_a_question_is_answered_with_what_it_asks_for() -> None:
    env = make_env(ID, split="all")
    asked = right = 0
    for seed in range(100):
        env.reset(seed=seed)
        wanted = told_in(env.instance.shards[-1].text)  # type: ignore[attr-defined]
        of = functions()[wanted.function]
        topic = next(p.topics[0] for p in of.parameters if p.name == wanted.parameter)
        which = {Scope.ONLY: "the", Scope.ALL: "each"}.get(wanted.scope, f"the {ORDINALS[wanted.place]}")
        said, reward, *_ = env.step(f"What is the {topic} of {which} {of.noun}?")
        assert reward == 0
        asked, right = asked + 1, right + (told_in(said) == wanted)
    assert right / asked > 0.95


def told_in(message: str) -> Fact:
    (fact,) = (fact for name in functions() for fact in read_facts(message, name))
    return fact


@pytest.mark.parametrize("player", make_env(ID).players.values())
def test_players_stand_any_history(player: str) -> None:
    module, _, name = player.partition(":")
    made = getattr(importlib.import_module(module), name)({})
    for text in ("", "[" * 1000, "\x00", "Please send two parcels.", "Parcel number 99 goes to Lyon."):
        history = History("x", Opening("", text), [Turn(Reply(text), text)], 1)
        assert isinstance(made.reply(history), str)


# Published records ---------------------------------------------------------------------------------------------------

RECORD: dict[str, Any] = {
    "task_id": "sharded-BFCL/parallel_1",
    "task": "actions",
    "fully_specified_question": [
        [{"role": "user", "content": "Give me 5! and 10!, and find pictures of sea and sun."}]
    ],
    "function": FUNCTIONS,
    "reference_answer": [
        {"math.factorial": {"number": [5]}},
        {"math.factorial": {"number": [10]}},
        {"search": {"tags": [["sea", "sun"], ["sun", "sea"]], "limit": ["", 10]}},
    ],
    "language": "Python",
    "test_category": "parallel",
    "shards": [{"shard_id": 1, "shard": "I need factorials."}, {"shard_id": 2, "shard": "One is of 5."}],
}


def test_a_published_record_is_played(tmp_path: Any) -> None:
    path = tmp_path / "published.json"
    path.write_text(json.dumps([RECORD]))
    env = make_env(ID, data=str(path), split="all", reveal="full")
    _, info = env.reset(seed=0)
    assert info["user_message"] == "Give me 5! and 10!, and find pictures of sea and sun."
    assert '{"name": "math.factorial"' in info["system_prompt"]
    reply = '[search(tags=["sun", "sea"]), math.factorial(number=10), math.factorial(number=5)]'
    assert env.step(reply)[1:3] == (1.0, True)
    env = make_env(ID, data=str(path), split="all")
    env.reset(seed=0)
    wrong = env.wrong_answer()  # type: ignore[attr-defined]
    assert read_calls(wrong)
    assert env.step(wrong)[1:3] == (0.0, False)
    assert env.step(reply)[1:3] == (1.0, True)


BAD = [
    ({"fully_specified_question": "5!"}, "its fully_specified_question has no text at [0][0].content"),
    (
        {"fully_specified_question": [[{"role": "user", "content": " "}]]},
        "its fully_specified_question has no text at [0][0].content",
    ),
    ({"language": "Java"}, "its language is 'Java', not 'Python'"),
    ({"language": None}, "its language is None, not 'Python'"),
    ({"test_category": "simple"}, "its test_category is 'simple', not 'parallel'"),
    ({"function": []}, "its function is not a list with at least one function"),
    ({"function": [{"description": "x"}]}, "its function 1 has no name"),
    ({"function": [FUNCTIONS[1], FUNCTIONS[1]]}, "its function 'math.factorial' is there twice"),
    ({"function": [{"name": "f"}]}, "its function 'f' has no parameters.properties"),
    ({"function": [function("f", ["x"])]}, "its function 'f' requires parameters that it does not have"),
    ({"function": [function("f", [], x=1)]}, "its function 'f' has a parameter 'x' that is no object"),
    (
        {"function": [function("f", [], x={"type": "date"})]},
        "its function 'f' has a parameter 'x' of the unknown type 'date'",
    ),
    (
        {"function": [function("f", [], x={"type": "array", "items": {"type": ["a"]}})]},
        "its function 'f' has a parameter 'x' of the unknown type ['a']",
    ),
    ({"reference_answer": {}}, "its reference_answer is not a list with at least one call"),
    (
        {"reference_answer": [{"a": {}, "b": {}}]},
        "its reference call 1 is not an object with one key, the function's name",
    ),
    ({"reference_answer": [{"nothing": {}}]}, "its reference call 1 names 'nothing', which is not among its functions"),
    ({"reference_answer": [{"search": []}]}, "its reference call 1 has no object of parameters"),
    (
        {"reference_answer": [{"search": {"tags": "sea"}}]},
        "its reference call 1 has no list of accepted values for 'tags'",
    ),
    (
        {"reference_answer": [{"search": {"tags": [["sea"]], "size": [1]}}]},
        "its reference call 1 has a parameter 'size' that the function lacks",
    ),
    ({"reference_answer": [{"search": {"limit": [1]}}]}, "its reference call 1 lacks the required parameter 'tags'"),
]


@pytest.mark.parametrize(("change", "message"), BAD, ids=lambda value: value if isinstance(value, str) else "")
def test_bad_records_are_refused_with_a_reason(change: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRecord) as caught:
        TASK.from_record(RECORD | change, [Shard(1, "Go.")])
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "key", ["fully_specified_question", "function", "reference_answer", "language", "test_category"]
)
def test_records_with_a_key_missing_are_refused(key: str) -> None:
    with pytest.raises(BadRecord, match=f"^its {key} "):
        TASK.from_record({k: v for k, v in RECORD.items() if k != key}, [Shard(1, "Go.")])
