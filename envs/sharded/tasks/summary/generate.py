"""Our own instances: a pile of short documents in which findings are planted, each in several documents in other words.

A scene (`scenes`) has three subjects. The query asks about one; its findings are planted in more than half of the documents, at
least one of them in every batch, so that no batch can be missed. Findings of the other subjects are spread over all documents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.tasks.summary import messages
from turnbench.envs.sharded.tasks.summary.scenes import SCENES, findings
from turnbench.envs.sharded.tasks.summary.scenes.scene import Scene
from turnbench.randomness import RandomStream, stable_hash


class Level(NamedTuple):
    """What a difficulty draws from; pairs are ranges with both ends included."""

    scenes: tuple[str, ...]
    names: int
    """Names of each pool in use; 0 means all."""
    documents: tuple[int, int]
    batches: tuple[int, int]
    insights: int
    others: int
    """Findings about other subjects."""
    mentions: tuple[int, int]
    """Documents that report a finding."""
    fillers: tuple[int, int]
    """Sentences of a document that say nothing."""


LEVELS = {
    "small": Level(("tram", "reserve"), 5, (9, 9), (3, 3), 3, 3, (3, 3), (0, 1)),
    "medium": Level(tuple(SCENES), 0, (12, 15), (4, 6), 4, 4, (2, 4), (1, 2)),
    "hard": Level(tuple(SCENES), 0, (16, 20), (6, 8), 6, 7, (2, 5), (1, 2)),
}


class Finding(NamedTuple):
    """A finding and how it can be said."""

    kind: str
    who: str
    number: int
    ways: tuple[str, ...]


def generate(rng: RandomStream, difficulty: str) -> Instance:
    """A new instance: 3 shards in small, 4 to 6 in medium, 6 to 8 in hard."""
    level = LEVELS[difficulty]
    scene = SCENES[rng.choice(level.scenes)]
    subject = rng.choice(list(scene.subjects))
    wanted = _draw(rng, scene, [subject], level.insights, level.names)
    others = _draw(rng, scene, [s for s in scene.subjects if s != subject], level.others, level.names)
    total, parts = _within(rng, level.documents), _within(rng, level.batches)
    numbers = list(range(1, total + 1))
    relevant = sorted(rng.sample(numbers, max(parts, (total + 1) // 2 + 1)))
    planted = _planted(rng, len(wanted), relevant, level.mentions)
    batches = _batches(rng, numbers, relevant, parts)
    reports: dict[int, list[Finding]] = {number: [] for number in numbers}
    for finding, documents in zip(wanted, planted, strict=True):
        for number in documents:
            reports[number].append(finding)
    for number in numbers:  # a document without a finding of the query has at least one other
        reports[number] += rng.sample(others, 1 + rng.below(2) if number not in relevant else rng.below(2))
    place = rng.choice(scene.places[: level.names] if level.names else scene.places)
    texts = _texts(rng, scene, reports, level.fillers)
    query = rng.choice(scene.subjects[subject].queries)
    topic = scene.topic.format(place=place)
    voice, other_voice = rng.sample(range(len(messages.FIRST)), 2)
    said = [messages.first_message(voice, topic, query, len(wanted), messages.shown(batches[0], texts))]
    said += [rng.choice(messages.NEXT).format(documents=messages.shown(batch, texts)) for batch in batches[1:]]
    content = [scene.name, place, subject, [sorted([f.kind, f.who, f.number] for f in reports[n]) for n in numbers]]
    return Instance(
        task="summary",
        name=f"summary-{stable_hash(content):064x}"[:14],
        shards=tuple(Shard(number, text) for number, text in enumerate(said, start=1)),
        full=messages.first_message(other_voice, topic, query, len(wanted), messages.shown(numbers, texts)),
        truth={
            "insights": [
                {"insight": f.ways[0], "facts": [[f.who], [str(f.number)]], "documents": documents}
                for f, documents in zip(wanted, planted, strict=True)
            ],
            "others": [[[f.who], [str(f.number)]] for f in others],
        },
        context={
            "voice": voice,
            "topic": topic,
            "query": query,
            "documents": [[number, texts[number]] for number in numbers],
            "batches": [[shard, batch] for shard, batch in enumerate(batches, start=1)],
        },
        content=content,
    )


def _within(rng: RandomStream, ends: tuple[int, int]) -> int:
    return ends[0] + rng.below(ends[1] - ends[0] + 1)


def _draw(rng: RandomStream, scene: Scene, subjects: Sequence[str], k: int, names: int) -> list[Finding]:
    """`k` findings about the subjects, no two of a kind about the same one; every kind once before any comes twice."""
    kinds = [(subject, kind) for subject in subjects for kind in scene.subjects[subject].kinds]
    rng.shuffle(kinds)
    found: dict[tuple[str, str], Finding] = {}
    while len(found) < k:
        subject, kind = kinds[len(found) % len(kinds)]
        slots = scene.subjects[subject].kinds[kind].draw(rng, names)
        name = f"{subject}/{kind}"
        ways = findings(scene.name).ways(name, **slots)
        found.setdefault((name, str(slots["who"])), Finding(name, str(slots["who"]), int(slots["number"]), ways))
    return list(found.values())


def _planted(rng: RandomStream, k: int, relevant: Sequence[int], mentions: tuple[int, int]) -> list[list[int]]:
    """For each of `k` findings the documents that report it, in ascending order; every relevant document reports one."""
    planted = [set(rng.sample(relevant, _within(rng, mentions))) for _ in range(k)]
    for number in relevant:
        if not any(number in documents for documents in planted):
            min(planted, key=len).add(number)
    return [sorted(documents) for documents in planted]


def _batches(rng: RandomStream, numbers: Sequence[int], relevant: Sequence[int], parts: int) -> list[list[int]]:
    """All documents in `parts` batches of nearly equal size, in an order drawn, a relevant one in each."""
    firsts = rng.sample(relevant, parts)
    rest = [number for number in numbers if number not in firsts]
    rng.shuffle(rest)
    batches = [[first, *rest[place::parts]] for place, first in enumerate(firsts)]
    for batch in batches:
        rng.shuffle(batch)
    return batches


def _texts(
    rng: RandomStream, scene: Scene, reports: Mapping[int, Sequence[Finding]], fillers: tuple[int, int]
) -> dict[int, str]:
    """Every document's text, a paragraph. A finding is said in another way in every document, as long as there are ways."""
    left: dict[tuple[str, str], list[str]] = {}
    texts = {}
    for number, found in reports.items():
        sentences = []
        for finding in found:
            ways = left.setdefault((finding.kind, finding.who), [])
            if not ways:
                ways += rng.sample(finding.ways, len(finding.ways))
            sentences.append(ways.pop())
        sentences += rng.sample(scene.fillers, _within(rng, fillers))
        rng.shuffle(sentences)
        texts[number] = " ".join([rng.choice(scene.openers), *sentences])
    return texts
