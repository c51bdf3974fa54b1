"""Published records of summaries, and what a result keeps for the diagnostics."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from turnbench.degradation.diagnostics import middle_turns
from turnbench.degradation.plan import degrade
from turnbench.envs.sharded.instance import Shard
from turnbench.envs.sharded.source import DataFile
from turnbench.envs.sharded.task import BadRecord
from turnbench.envs.sharded.tasks.summary.task import SummaryTask
from turnbench.errors import WorldDataError
from turnbench.registry import make_env

TASK = SummaryTask()


def record() -> dict[str, Any]:
    return {
        "task_id": "sharded_summary_3", "task": "summary", "topic": "{weather}", "query": "What fell?", "domain": "news",
        "documents": [
            {"document_id": f"d{n}", "document_index": n, "document_text": f"Text {n}.", "insights_included": []} for n in (3, 8, 11, 20)
        ],
        "insights": [{"insight_id": "i1", "insight": "About 40 trees fell in Kent."}, {"insight_id": "i2", "insight": "Prices went up 12 percent in Devon."},
                     {"insight_id": "i3", "insight": "Unseen 5 in Cork."}],
        "insightid2ref_citations": {"i1": [3, 8, 99], "i2": [11], "i3": [99]},
        "shards": [{"shard_id": 0, "shard": "", "doc_idxs": [8, 3]}, {"shard_id": 1, "shard": "", "doc_idxs": [11]}],
    }  # fmt: skip


def test_a_published_record_is_played(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps([record()]))
    env = make_env("ShardedSummary-v0", data=str(path), split="all")
    first = env.reset(seed=1)[0]
    assert "{weather}" in first
    assert "What fell?" in first
    assert first.index("Document 8:\nText 8.") < first.index("Document 3:\nText 3.")
    assert "Write 2 bullet points" in first, "the third finding is in no document shown"
    second = env.step("?")[0]
    assert second.endswith("Document 11:\nText 11.")
    assert "Text 8." not in second, "the first documents are not shown twice"
    _, reward, terminated, *_ = env.step("- Forty trees fell in Kent [3, 8]\n- Devon: prices rose by 12 percent [11]")
    assert terminated
    assert reward == 1.0, "document 99 is never shown, so nobody has to cite it"
    full = make_env("ShardedSummary-v0", data=str(path), split="all", reveal="full").reset(seed=1)[0]
    assert full.index("Document 3:") < full.index("Document 8:") < full.index("Document 11:")
    assert "Text 20." not in full, "shown in no batch"
    concat = make_env("ShardedSummary-v0", data=str(path), split="all", reveal="concat").reset(seed=1)[0]
    assert "Chunk 1:\nDocument 8:" in concat
    assert "Chunk 2:\nDocument 11:" in concat


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("query",), None, "its query is no text"),
        (("topic",), " ", "its topic is no text"),
        (("documents",), {}, "its documents are no list, or an empty one"),
        (("documents", 1), "x", "its document 2 has no document_index"),
        (("documents", 1, "document_index"), "8", "its document 2 has no document_index"),
        (("documents", 1, "document_index"), 3, "two of its documents have the document_index 3"),
        (("documents", 0, "document_text"), 3, "its document_text is no text"),
        (("insights",), [], "its insights are no list, or its insightid2ref_citations no object"),
        (("insightid2ref_citations",), [], "its insights are no list, or its insightid2ref_citations no object"),
        (("insights", 0), "x", "its insight 1 is no object"),
        (("insights", 1, "insight"), None, "its insight is no text"),
        (("insights", 1, "insight"), "So it is.", "its insight 2 has neither a number, a name nor a long word to know it by"),
        (("insightid2ref_citations", "i2"), None, "its insight 2 has no list of citations"),
        (("insightid2ref_citations",), {"i1": [99], "i2": [], "i3": []}, "none of its insights is in a document that it shows"),
        (("shards", 0, "doc_idxs"), None, "its shard 0 has no doc_idxs"),
        (("shards", 0, "doc_idxs"), [4], "its shard 0 names the document 4, which it does not have"),
        (("shards", 0, "doc_idxs"), ["3"], "its shard 0 names the document '3', which it does not have"),
        (("shards", 1, "doc_idxs"), [3], "its shards show document 3 twice"),
    ],
)  # fmt: skip
def test_bad_records_are_named(path: tuple[Any, ...], value: Any, message: str) -> None:
    bad: Any = record()
    place = bad
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(BadRecord) as caught:
        TASK.from_record(bad, tuple(Shard(s["shard_id"], s["shard"]) for s in record()["shards"]))
    assert str(caught.value) == message


def test_a_file_without_a_usable_record_says_why(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps([{**record(), "query": ""}]))
    with pytest.raises(WorldDataError, match="its query is no text"):
        DataFile.read(str(path), TASK)


def test_a_result_keeps_what_was_cited_and_the_diagnostic_reads_it(tmp_path: Path) -> None:
    played = degrade("forgetful", ["ShardedSummary-v0"], out=tmp_path, settings=["full", "sharded"], instances=4, n=2)
    shares = middle_turns(played.of("sharded"))
    last = max(shares)
    assert sum(shares[last]) == pytest.approx(1)
    assert shares[last][0] > 0 < shares[last][-1]
    assert sum(shares[last][1:-1]) < 0.2, "it remembers the first message and the last"
    assert all(len(e.notes["citations"]) == 1 for e in played.of("full")[0].result.episodes if e.notes)
