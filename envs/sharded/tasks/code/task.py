"""The code task: a function is specified bit by bit, and passes or not.

Laban et al. 2025 (arXiv:2505.06120), section 3 and appendix: instructions from HumanEval and the call-based part of
LiveCodeBench, an answer is right when all its tests pass. Deviations are listed on the environment's page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.sandbox import Limits
from turnbench.envs.sharded.task import BadRecord, Solver, Task
from turnbench.envs.sharded.tasks.code.extract import LONGEST_PROGRAM, function_in, is_complete, program_in
from turnbench.envs.sharded.tasks.code.generate import generate
from turnbench.envs.sharded.tasks.code.judge import passes
from turnbench.envs.sharded.tasks.code.records import tests_of
from turnbench.envs.sharded.tasks.code.solver import CodeSolver
from turnbench.randomness import RandomStream, stable_hash

SOURCES = ("humaneval", "lcb_easy", "lcb_medium")
OURS = Limits(seconds=4.0, total_seconds=8.0)
"""For generated instances, whose references take less than a millisecond."""
PUBLISHED_SECONDS = 6.0
"""For each test, as in the released code."""
_MOST_SECONDS = 60.0
_IMPORT = re.compile(r"^(?:import|from)[ \t]+\w[^\n]*$", re.MULTILINE)
_SYSTEM = (
    "You are an expert Python programmer. You write the Python function that is asked for: a single function at the top "
    "level that stands on its own, using nothing beyond the standard library, neither reading input nor printing. "
    "Put the complete function, with any imports it needs, into a fenced code block that begins with ```python."
)
_BRIEF = "Answer with one Python function, in a block that begins with ```python."


class CodeTask(Task):
    """See the module."""

    name: ClassVar[str] = "code"

    def generate(self, rng: RandomStream, difficulty: str) -> Instance:
        """A function of one of nine families with one to six rules; see `generate`."""
        return generate(rng, difficulty)

    def from_record(self, record: Mapping[str, Any], shards: Sequence[Shard]) -> Instance:
        """A published record.

        Needs `source`, `metadata.func_name`, tests (see `records`), and `prompt` (HumanEval) or `question_content` with
        or without `starter_code` (LiveCodeBench). Raises BadRecord.
        """
        source = record.get("source")
        if source not in SOURCES:
            raise BadRecord(f"its source is {source!r} and not one of {', '.join(SOURCES)}")
        function = _function_name(record)
        key = "prompt" if source == "humaneval" else "question_content"
        full = record.get(key)
        if not isinstance(full, str) or not full.strip():
            raise BadRecord(f"its {key} is missing")
        starter = record.get("starter_code") or ""
        if not isinstance(starter, str):
            raise BadRecord("its starter_code is no text")
        return Instance(
            task=self.name,
            name=str(record.get("task_id") or "code"),
            shards=tuple(shards),
            full=full,
            truth={
                "function": function,
                "preamble": "\n".join(_IMPORT.findall(full)) if source == "humaneval" else "",
                "tests": tests_of(record),
            },
            context={"source": source, "starter_code": starter},
        )

    # Prompts ---------------------------------------------------------------------------------------------------------

    def system_prompt(self, instance: Instance) -> str:
        """The same for every instance of a difficulty; for the small one in a few words, as small models do not see what a
        user says behind many.
        """
        return _BRIEF if instance.context.get("brief") else _SYSTEM

    def full_message(self, instance: Instance) -> str:
        """The instruction in its source's template."""
        return _posed(instance, instance.full)

    def concat_message(self, instance: Instance, shards: Sequence[Shard]) -> str:
        """The first shard as a line and the others as bullets, in the same template."""
        lines = [shards[0].text, *(f"- {shard.text}" for shard in shards[1:])]
        return _posed(instance, "\n".join(lines))

    # Answers ---------------------------------------------------------------------------------------------------------

    def offers_answer(self, reply: str, instance: Instance) -> bool:
        """True for a program whose function is more than a signature; whether it works is another matter."""
        program = program_in(reply)
        return program != "" and is_complete(program, instance.truth["function"])

    def extract(self, reply: str, instance: Instance) -> str:
        """The program, see `extract.program_in`."""
        return program_in(reply)

    def score(self, answer: str, instance: Instance) -> float:
        """1 where all tests pass in the sandbox, else 0."""
        truth = instance.truth
        if not answer or len(answer) > LONGEST_PROGRAM:
            return 0.0
        function = function_in(answer, truth["function"])
        if not function:
            return 0.0
        program = f"{truth['preamble']}\n{answer}" if truth.get("preamble") else answer
        limits = OURS
        if "source" in instance.context:
            limits = Limits(PUBLISHED_SECONDS, min(_MOST_SECONDS, PUBLISHED_SECONDS * len(truth["tests"])))
        return float(_verdict(program, function, truth["tests"], limits))

    # Players ---------------------------------------------------------------------------------------------------------

    @property
    def solver(self) -> Solver:
        """Reads generated instances."""
        return CodeSolver()


_VERDICTS: dict[int, bool] = {}
"""By hash: players repeat themselves, and a program that never ends costs seconds."""
_MOST_VERDICTS = 20_000


def _verdict(program: str, function: str, tests: Sequence[Mapping[str, Any]], limits: Limits) -> bool:
    key = stable_hash(program, function, tests)
    if key not in _VERDICTS:
        if len(_VERDICTS) >= _MOST_VERDICTS:
            _VERDICTS.clear()
        _VERDICTS[key] = passes(program, function, tests, limits)
    return _VERDICTS[key]


def _posed(instance: Instance, instruction: str) -> str:
    starter = instance.context.get("starter_code", "")
    if instance.context.get("source") == "humaneval":
        head, tail = "Write the Python function that is asked for here, completing it where it is begun.", ""
    elif instance.context.get("source"):
        head = "Solve this programming problem with a Python function."
        tail = f"Begin with this code:\n```python\n{starter}\n```" if starter else ""
    else:
        head, tail = "Write the Python function that is described here.", ""
    end = "Answer with the whole function in one fenced code block."
    return "\n\n".join(part for part in (head, instruction, tail, end) if part)


def _function_name(record: Mapping[str, Any]) -> str:
    metadata = record.get("metadata")
    if isinstance(metadata, str):
        try:
            metadata = json.loads(metadata)
        except ValueError as error:
            raise BadRecord("its metadata is not JSON") from error
    name = metadata.get("func_name") if isinstance(metadata, Mapping) else None
    if not isinstance(name, str) or not name.isidentifier():
        raise BadRecord("its metadata names no function (func_name)")
    return name
