"""Math as a task of the suite: word problems whose answer is one number, judged by its exact value.

Published source: GSM8K (Cobbe et al. 2021, arXiv:2110.14168) as cut into shards by Laban et al. 2025 (arXiv:2505.06120).
Their scorer compares strings after removing characters, which makes "$100.00" a "1" and "18.0" no 18; here values are
compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.questions import LONGEST_READ
from turnbench.envs.sharded.task import BadRecord, Solver, Task
from turnbench.envs.sharded.tasks.math import answers, attempts
from turnbench.envs.sharded.tasks.math.generate import generate
from turnbench.envs.sharded.tasks.math.numerals import last_numeral, numeral_at, numerals
from turnbench.envs.sharded.tasks.math.solver import MathSolver
from turnbench.randomness import RandomStream

_SYSTEM = 'Solve the word problem step by step, and state the number that answers it in a last line "Answer: NUMBER".'


class MathTask(Task):
    """Numbers as answers."""

    name: ClassVar[str] = "math"

    def generate(self, rng: RandomStream, difficulty: str) -> Instance:
        """A problem of one of ten families, see `families`."""
        return generate(rng, difficulty)

    def from_record(self, record: Mapping[str, Any], shards: Sequence[Shard]) -> Instance:
        """A record with `question` and `answer`, which ends with #### and the number.

        Raises:
            BadRecord: one of them is missing or no text, or no number follows the last ####.
        """
        question, answer = record.get("question"), record.get("answer")
        if not isinstance(question, str) or not question.strip():
            raise BadRecord("its question is missing or no text")
        if not isinstance(answer, str):
            raise BadRecord("its answer is missing or no text")
        _, mark, stated = answer.rpartition("####")
        stated = stated.strip()
        number = numeral_at(stated, 0, len(stated)) if mark else None
        if number is None or number.value is None or stated[number.end :] not in ("", "."):
            raise BadRecord("its answer has no number after ####")
        name = str(record.get("task_id") or "math")
        return Instance(self.name, name, tuple(shards), question, truth={"answer": stated})

    def system_prompt(self, instance: Instance) -> str:
        """One sentence, the same for all problems and settings; it ends with the form of the answer."""
        return _SYSTEM

    def offers_answer(self, reply: str, instance: Instance) -> bool:
        """See `attempts`; the given numbers are those of all shards, revealed or not, as the protocol's classifier sees them."""
        given = {
            number.value for shard in instance.shards for number in numerals(shard.text) if number.value is not None
        }
        return attempts.offers_answer(reply, given)

    def extract(self, reply: str, instance: Instance) -> str:
        """See `answers.extract`."""
        return answers.extract(reply)

    def score(self, answer: str, instance: Instance) -> float:
        """1 if the last number in `answer` has exactly the true value, else 0. No tolerance, no floating point."""
        found, truth = last_numeral(answer[-LONGEST_READ:]), last_numeral(str(instance.truth["answer"]))
        right = found is not None and truth is not None and found.value is not None and found.value == truth.value
        return float(right)

    @property
    def solver(self) -> Solver:
        """For problems of the generator."""
        return MathSolver()
