"""Data-to-text: one sentence about highlighted cells of a table.

Protocol: Laban et al. 2025, arXiv:2505.06120, appendix on data-to-text; tables there are from ToTTo (Parikh et al. 2020). The
shards are whole pieces of material and come in their order: the table with the rules, example captions, the table with
its highlighted cells, the titles of page and section. Every reply is an attempt, as the paper says; the released code has the
replies of this task classified by a model, because its list of exceptions holds an old name of the task.

Score: BLEU of the whole reply against all references (`turnbench.envs.sharded.bleu`); the rules on length are not checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from turnbench.envs.sharded.bleu import bleu
from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.task import BadRecord, Solver, Task
from turnbench.envs.sharded.tasks.data2text.generate import generate
from turnbench.envs.sharded.tasks.data2text.solver import Describer
from turnbench.randomness import RandomStream

SYSTEM = (
    "You are a careful analyst who describes tables. Reply with the description and nothing else: one sentence that says what "
    "the table's cells say and adds nothing to it."
)
FULL = (
    "Please describe the highlighted cells of this table in a single sentence of at most 30 words.\n\n{table}\n\n"
    "About the table:\n{metadata}\n\nDescriptions of other tables, as examples:\n{examples}"
)
HINTS = "Please describe the highlighted cells of a table in a single sentence of at most 30 words.\n\n{hints}"
TRIES = 20
"""Guesses of which `wrong_answer` takes the worst."""


class Data2TextTask(Task):
    """See the module."""

    name: ClassVar[str] = "data2text"
    own_order: ClassVar[bool] = True
    graded: ClassVar[bool] = True

    def generate(self, rng: RandomStream, difficulty: str) -> Instance:
        """A table of ours; the references follow from the highlighted cells, the titles and the examples' style."""
        return generate(rng, difficulty)

    def from_record(self, record: Mapping[str, Any], shards: Sequence[Shard]) -> Instance:
        """From `references`, `table_highlighted_html`, `fewshot_descriptions`, `metadata`; shards as they are."""
        references = record.get("references")
        if not isinstance(references, list) or not references:
            raise BadRecord("its references are no list, or an empty one")
        if not all(isinstance(one, str) and one.strip() for one in references):
            raise BadRecord("one of its references is no text")
        metadata = record.get("metadata")
        if not isinstance(metadata, Mapping):
            raise BadRecord("its metadata is no object")
        for shard in shards:
            if not shard.text.strip():
                raise BadRecord(f"its shard {shard.id} is blank")
        return Instance(
            task=self.name,
            name=str(record.get("task_id") or references[0][:40]),
            shards=tuple(shards),
            full=FULL.format(
                table=_text(record, "table_highlighted_html"),
                metadata="\n".join(f"{key}: {value}" for key, value in metadata.items()),
                examples=_text(record, "fewshot_descriptions"),
            ),
            truth={"references": list(references)},
        )

    def system_prompt(self, instance: Instance) -> str:
        """The same for all."""
        return SYSTEM

    def concat_message(self, instance: Instance, shards: Sequence[Shard]) -> str:
        """The shards as numbered hints."""
        hints = "\n\n".join(f"Hint {place}:\n{shard.text}" for place, shard in enumerate(shards, start=1))
        return HINTS.format(hints=hints)

    def offers_answer(self, reply: str, instance: Instance) -> bool:
        """Any text: the protocol takes every reply for a description."""
        return bool(reply.strip())

    def extract(self, reply: str, instance: Instance) -> str:
        """The whole reply."""
        return reply.strip()

    def score(self, answer: str, instance: Instance) -> float:
        """BLEU against all references."""
        return bleu(answer, instance.truth["references"])

    @property
    def solver(self) -> Solver:
        """Reads tables of the families in `families`."""
        return Describer()

    def wrong_answer(self, instance: Instance, rng: RandomStream) -> str:
        """The worst of some guesses: a shared "for" or a full stop keeps the BLEU of most of them a little above 0."""
        told = [instance.shards[0].text]
        guesses = [self.solver.guess(self.system_prompt(instance), told, rng) for _ in range(TRIES)]
        return min(guesses, key=lambda guess: self.score(guess, instance))


def _text(record: Mapping[str, Any], key: str) -> str:
    text = record.get(key)
    if not isinstance(text, str) or not text.strip():
        raise BadRecord(f"its {key} is no text")
    return text
