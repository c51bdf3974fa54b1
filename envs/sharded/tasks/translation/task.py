"""Translation from German, two sentences a turn, everything so far translated again in every turn.

Protocol: Laban et al. 2025, arXiv:2505.06120, appendix on translation (WMT 2019 German news, the first ten sentences of a
document). It is the paper's control: sentences are translated one by one, so nothing should be lost by hearing them bit by bit.

Score: BLEU of the last reply, whole, against the references (`turnbench.envs.sharded.bleu`). The published file has one
reference a document; a record may name further ones in `more_references`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from turnbench.envs.sharded.bleu import bleu
from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.task import BadRecord, Solver, Task
from turnbench.envs.sharded.tasks.translation.solver import LookUp
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream

SYSTEM = (
    "You are a professional translator from German into English. Reply with the English translation and nothing else, one "
    "line for every line of the German text."
)
FIRST = "Please translate this German text into English.\n\n{text}"
CHUNKED = (
    "Please translate this German text into English. It is given in numbered parts that belong together.\n\n{text}"
)
NEXT = "This is how the text goes on. Translate all of it so far, the earlier part as well; you may improve what you have.\n\n{text}"


class TranslationTask(Task):
    """See the module."""

    name: ClassVar[str] = "translation"
    own_order: ClassVar[bool] = True
    graded: ClassVar[bool] = True
    final_only: ClassVar[bool] = True
    difficulties: ClassVar[tuple[str, ...]] = ()

    def generate(self, rng: RandomStream, difficulty: str) -> Instance:
        """Always raises UsageError: translations with references are written, not generated."""
        raise UsageError("Translation has no generator: its documents come from a data file.")

    def from_record(self, record: Mapping[str, Any], shards: Sequence[Shard]) -> Instance:
        """From `document_de`, `document_en`, optionally `more_references`, and shards of German sentences. A blank shard, which
        two published records end with, is left out: it would be a turn that brings nothing.
        """
        german = _text(record, "document_de")
        more = record.get("more_references", [])
        if not isinstance(more, list) or not all(isinstance(one, str) and one.strip() for one in more):
            raise BadRecord("its more_references are not a list of texts")
        if "".join("".join(shard.text for shard in shards).split()) != "".join(german.split()):
            raise BadRecord("its shards together are not its document_de")
        chunks = [(shard.id, shard.text.strip()) for shard in shards if shard.text.strip()]
        if len(chunks) < 2:
            raise BadRecord("fewer than two of its shards hold text")
        said = [(NEXT if place else FIRST).format(text=text) for place, (_, text) in enumerate(chunks)]
        return Instance(
            task=self.name,
            name=str(record.get("task_id") or german.strip().splitlines()[0][:40]),
            shards=tuple(Shard(number, text) for (number, _), text in zip(chunks, said, strict=True)),
            full=FIRST.format(text=german.strip()),
            truth={"references": [_text(record, "document_en"), *more]},
            context={"chunks": [list(chunk) for chunk in chunks]},
            content=german,
        )

    def system_prompt(self, instance: Instance) -> str:
        """The same for all."""
        return SYSTEM

    def concat_message(self, instance: Instance, shards: Sequence[Shard]) -> str:
        """The chunks, numbered in the order given."""
        texts = dict(instance.context["chunks"])
        parts = [f"Part {place}:\n{texts[shard.id]}" for place, shard in enumerate(shards, start=1)]
        return CHUNKED.format(text="\n\n".join(parts))

    def offers_answer(self, reply: str, instance: Instance) -> bool:
        """Any text: the protocol takes every reply for a translation."""
        return bool(reply.strip())

    def extract(self, reply: str, instance: Instance) -> str:
        """The whole reply."""
        return reply.strip()

    def score(self, answer: str, instance: Instance) -> float:
        """BLEU against all references."""
        return bleu(answer, instance.truth["references"])

    @property
    def solver(self) -> Solver:
        """Knows the shipped documents only."""
        return LookUp()

    def wrong_answer(self, instance: Instance, rng: RandomStream) -> str:
        """The translation of another text: words like "the" keep its BLEU a little above 0, and it is not the last reply."""
        return self.solver.guess(self.system_prompt(instance), [instance.shards[0].text], rng)


def _text(record: Mapping[str, Any], key: str) -> str:
    text = record.get(key)
    if not isinstance(text, str) or not text.strip():
        raise BadRecord(f"its {key} is no text")
    return text
