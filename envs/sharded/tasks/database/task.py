"""The database task: prompts, what counts as an answer, and execution match (arXiv:2505.06120, section 4).

Where we leave the paper or the released code:

    output rules   stand in the system prompt of every setting; the code gives them in FULL and CONCAT only
    extraction     by rule (`extract`); there a model copies the query out
    literals       the prediction is run as it is; the code puts the gold query's constants into it, so that wrong ones pass
    DISTINCT       counts; the code takes it out of both queries, so that duplicates pass. `AsReleased` does so, too
    order          matters where the gold query has ORDER BY at its top level; in the code, anywhere
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.task import BadRecord, Solver, Task
from turnbench.envs.sharded.tasks.database import extract
from turnbench.envs.sharded.tasks.database.compare import same
from turnbench.envs.sharded.tasks.database.databases import databases, files_of, result_of_gold
from turnbench.envs.sharded.tasks.database.generate import generate
from turnbench.envs.sharded.tasks.database.sandbox import LONGEST_SQL, run
from turnbench.envs.sharded.tasks.database.solver import DatabaseSolver
from turnbench.envs.sharded.tasks.database.tokens import first_word, is_ordered, without_distinct
from turnbench.randomness import RandomStream

_SYSTEM = """\
You write SQL for people who ask about the data in this SQLite database:

{schema}

Answer with exactly one SQLite query, in a fenced block that begins with ```sql. It should return what was asked for and \
nothing else. If something about the request is unclear, you may ask for clarification instead."""
_BRIEF = "Answer with one SQLite query, in a block that begins with ```sql, on these tables. Days are written YYYY-MM-DD.\n{outline}"
_CONCAT = "Write one query that takes all of the following into account:"


class DatabaseTask(Task):
    """One SQLite query that answers a question."""

    name: ClassVar[str] = "database"
    keeps_distinct: ClassVar[bool] = True

    def generate(self, rng: RandomStream, difficulty: str) -> Instance:
        """A question over a new database."""
        return generate(rng, difficulty)

    def next_instance(self, rng: RandomStream, difficulty: str, wanted: Callable[[str], bool]) -> Instance:
        """The same instance as by the loop, faster."""
        return generate(rng, difficulty, wanted)

    def from_record(self, record: Mapping[str, Any], shards: Sequence[Shard]) -> Instance:
        """A published question; its databases are looked for in the folder that TURNBENCH_SPIDER names."""
        for key in ("fully_specified_question", "reference_sql", "db_id", "schema_sql"):
            if not isinstance(record.get(key), str) or not record[key].strip():
                raise BadRecord(f"its {key} is missing or no text")
        difficulty = record.get("spider_difficulty", "")
        if not isinstance(difficulty, str):
            raise BadRecord("its spider_difficulty is no text")
        question, gold, db_id = record["fully_specified_question"], record["reference_sql"], record["db_id"]
        if first_word(gold) not in ("select", "with"):
            raise BadRecord("its reference_sql is no SELECT statement")
        truth = {"sql": gold, "files": files_of(db_id), "difficulty": difficulty}
        places, limits = databases(truth)
        if run(places[0], gold, limits) is None:
            raise BadRecord(f"its reference_sql cannot be run on {truth['files'][0]}")
        return Instance(
            task=self.name,
            name=str(record.get("task_id") or f"{db_id}"),
            shards=tuple(shards),
            full=question,
            truth=truth,
            context={"schema": record["schema_sql"]},
            content=[db_id, question, gold],
        )

    def system_prompt(self, instance: Instance) -> str:
        """The schema and the form of answers; in all settings the same. For the small difficulty both in a few words, as
        small models do not see what a user says behind many.
        """
        if "outline" in instance.context:
            return _BRIEF.format(outline=instance.context["outline"])
        return _SYSTEM.format(schema=instance.context["schema"])

    def concat_message(self, instance: Instance, shards: Sequence[Shard]) -> str:
        """A line that asks to consider all of it, and the shards as bullets."""
        return f"{_CONCAT}\n{super().concat_message(instance, shards)}"

    def offers_answer(self, reply: str, instance: Instance) -> bool:
        """A query with nothing left to fill in, and not one of several under conditions."""
        return extract.offers_query(reply)

    def extract(self, reply: str, instance: Instance) -> str:
        """The last query."""
        return extract.query_in(reply)

    def score(self, answer: str, instance: Instance) -> float:
        """1 where the answer returns what the gold query does, on every database of the instance; else 0."""
        if not answer or len(answer) > LONGEST_SQL:
            return 0.0
        gold = instance.truth["sql"]
        ordered = is_ordered(gold)
        if not self.keeps_distinct:
            gold, answer = without_distinct(gold), without_distinct(answer)
        places, limits = databases(instance.truth)
        for place in places:
            found = run(place, answer, limits)
            wanted = None if found is None else result_of_gold(place, gold, limits)
            if found is None or wanted is None or not same(wanted, found, ordered):
                return 0.0
        return 1.0

    @cached_property
    def solver(self) -> Solver:
        """Reads generated questions."""
        return DatabaseSolver()


class AsReleased(DatabaseTask):
    """DISTINCT does not count, as in the released code."""

    keeps_distinct: ClassVar[bool] = False
