"""Summary: what a pile of documents says about a query, as bullets with citations, rewritten whenever documents come in.

Protocol: Laban et al. 2025, arXiv:2505.06120, appendix on summary; documents there are from Summary of a Haystack (Laban et
al. 2024, arXiv:2407.01370). The first message has the instruction, the query and the first documents; every further message
brings documents and asks to rewrite the whole; only the last summary is judged. The released code shows the first documents
twice, because it counts turns from one in one place and from zero in another; here every batch is shown once.

Score: see `judge`. Reference documents of a finding that are in no batch are left out: the released code keeps them, and then no
summary can cite them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.task import BadRecord, Solver, Task
from turnbench.envs.sharded.tasks.summary import messages
from turnbench.envs.sharded.tasks.summary.generate import generate
from turnbench.envs.sharded.tasks.summary.judge import score
from turnbench.envs.sharded.tasks.summary.keyfacts import derived
from turnbench.envs.sharded.tasks.summary.middle import citations_by_turn
from turnbench.envs.sharded.tasks.summary.solver import Summariser
from turnbench.randomness import RandomStream


class SummaryTask(Task):
    """See the module."""

    name: ClassVar[str] = "summary"
    own_order: ClassVar[bool] = True
    graded: ClassVar[bool] = True
    final_only: ClassVar[bool] = True

    def generate(self, rng: RandomStream, difficulty: str) -> Instance:
        """Documents of ours with planted findings."""
        return generate(rng, difficulty)

    def from_record(self, record: Mapping[str, Any], shards: Sequence[Shard]) -> Instance:
        """From `documents`, `insights`, `insightid2ref_citations`, `query`, `topic`, and `doc_idxs` of every shard.

        Published findings come without key facts: their numbers and names stand for them (`keyfacts.derived`).
        """
        topic, query = _text(record, "topic"), _text(record, "query")
        texts = _documents(record)
        batches = _batches(record, shards, texts)
        numbers = sorted(number for _, batch in batches for number in batch)
        insights = _insights(record, set(numbers))
        said = [messages.first_message(0, topic, query, len(insights), messages.shown(batches[0][1], texts))]
        said += [messages.NEXT[0].format(documents=messages.shown(batch, texts)) for _, batch in batches[1:]]
        return Instance(
            task=self.name,
            name=str(record.get("task_id") or query[:40]),
            shards=tuple(Shard(shard.id, text) for shard, text in zip(shards, said, strict=True)),
            full=messages.first_message(0, topic, query, len(insights), messages.shown(numbers, texts)),
            truth={"insights": insights},
            context={
                "voice": 0,
                "topic": topic,
                "query": query,
                "documents": [[number, texts[number]] for number in numbers],
                "batches": [list(batch) for batch in batches],
            },
        )

    def system_prompt(self, instance: Instance) -> str:
        """The same for all."""
        return messages.SYSTEM

    def concat_message(self, instance: Instance, shards: Sequence[Shard]) -> str:
        """The documents in the chunks given by the shards."""
        told = instance.context
        batches = dict(told["batches"])
        chunks = messages.chunked([batches[shard.id] for shard in shards], dict(told["documents"]))
        return messages.first_message(
            told["voice"], told["topic"], told["query"], len(instance.truth["insights"]), chunks
        )

    def offers_answer(self, reply: str, instance: Instance) -> bool:
        """Any text: the protocol takes every reply for a summary."""
        return bool(reply.strip())

    def extract(self, reply: str, instance: Instance) -> str:
        """The whole reply."""
        return reply.strip()

    def score(self, answer: str, instance: Instance) -> float:
        """The planted-fact score (`judge`)."""
        return score(answer, instance.truth["insights"], instance.truth.get("others", ()))

    def remarks(
        self, instance: Instance, groups: Sequence[Sequence[Shard]], replies: Sequence[str]
    ) -> Mapping[str, Any]:
        """`citations`: see `citations_by_turn`."""
        return {"citations": citations_by_turn(instance, replies, len(groups))}

    @property
    def solver(self) -> Solver:
        """Reads documents of the scenes in `scenes`."""
        return Summariser()


def _documents(record: Mapping[str, Any]) -> dict[int, str]:
    documents = record.get("documents")
    if not isinstance(documents, list) or not documents:
        raise BadRecord("its documents are no list, or an empty one")
    texts: dict[int, str] = {}
    for place, document in enumerate(documents, start=1):
        number = document.get("document_index") if isinstance(document, Mapping) else None
        if isinstance(number, bool) or not isinstance(number, int):
            raise BadRecord(f"its document {place} has no document_index")
        if number in texts:
            raise BadRecord(f"two of its documents have the document_index {number}")
        texts[number] = _text(document, "document_text").strip()
    return texts


def _batches(
    record: Mapping[str, Any], shards: Sequence[Shard], texts: Mapping[int, str]
) -> list[tuple[int, list[int]]]:
    batches: list[tuple[int, list[int]]] = []
    seen: set[int] = set()
    for shard, raw in zip(shards, record["shards"], strict=True):
        numbers = raw.get("doc_idxs")
        if not isinstance(numbers, list) or not numbers:
            raise BadRecord(f"its shard {shard.id} has no doc_idxs")
        for number in numbers:
            if isinstance(number, bool) or not isinstance(number, int) or number not in texts:
                raise BadRecord(f"its shard {shard.id} names the document {number!r}, which it does not have")
            if number in seen:
                raise BadRecord(f"its shards show document {number} twice")
            seen.add(number)
        batches.append((shard.id, list(numbers)))
    return batches


def _insights(record: Mapping[str, Any], shown: set[int]) -> list[dict[str, Any]]:
    raw, cited = record.get("insights"), record.get("insightid2ref_citations")
    if not isinstance(raw, list) or not raw or not isinstance(cited, Mapping):
        raise BadRecord("its insights are no list, or its insightid2ref_citations no object")
    found = []
    for place, insight in enumerate(raw, start=1):
        if not isinstance(insight, Mapping):
            raise BadRecord(f"its insight {place} is no object")
        text = _text(insight, "insight")
        by = cited.get(str(insight.get("insight_id")))
        if not isinstance(by, list):
            raise BadRecord(f"its insight {place} has no list of citations")
        facts = derived(text)
        if not facts:
            raise BadRecord(f"its insight {place} has neither a number, a name nor a long word to know it by")
        documents = sorted({number for number in by if number in shown})
        if documents:  # a finding that no document shown reports cannot be found
            found.append({"insight": text, "facts": facts, "documents": documents})
    if not found:
        raise BadRecord("none of its insights is in a document that it shows")
    return found


def _text(record: Mapping[str, Any], key: str) -> str:
    text = record.get(key)
    if not isinstance(text, str) or not text.strip():
        raise BadRecord(f"its {key} is no text")
    return text
