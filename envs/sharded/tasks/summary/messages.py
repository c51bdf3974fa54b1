"""What the user says in the summary task, around documents that are shown as "Document 7:" and their text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

SYSTEM = (
    "You summarise collections of documents for a reader with a question. Reply with the bullet points and nothing else: one "
    "finding each, and in square brackets the numbers of all documents that report it."
)
_FORM = (
    'Write {count} bullet points, each on a line of its own that starts with "-", one finding a bullet. Put the numbers of all '
    "documents that report it at its end in square brackets, as in [2, 5]. Use at most 300 words."
)
FIRST = (
    "I am collecting documents about {topic} and have a question.\n{query}\nPlease summarise what they say about it. {form}\n\n{documents}",
    "Please read these documents about {topic}. What I want to know is this:\n{query}\nAnswer with a summary. {form}\n\n{documents}",
    "Here is some material about {topic}.\n{query}\nI need a summary of everything that answers this question. {form}\n\n{documents}",
)
NEXT = (
    "I have found more documents. Please rewrite the whole summary with all documents in mind, the earlier ones and these.\n\n{documents}",
    "More has come in. Write the summary again from the beginning, so that it covers all documents so far.\n\n{documents}",
    "Here are further documents. Bring the summary up to date; it should rest on the old and the new ones alike.\n\n{documents}",
    "Some more material. Please redo the summary of all we have, these documents included.\n\n{documents}",
)
CHUNKS = "The documents came in several chunks; the order means nothing, treat them all alike.\n\n{chunks}"


def first_message(voice: int, topic: str, query: str, count: int, documents: str) -> str:
    """The task with documents; `voice` chooses the words."""
    form = _FORM.format(count=count)
    return FIRST[voice].format(topic=topic, query=query, form=form, documents=documents)


def shown(numbers: Iterable[int], texts: Mapping[int, str]) -> str:
    """Documents as they stand in a message."""
    return "\n\n".join(f"Document {number}:\n{texts[number]}" for number in numbers)


def chunked(batches: Sequence[Sequence[int]], texts: Mapping[int, str]) -> str:
    """Documents in the chunks in which they came."""
    parts = [f"Chunk {place}:\n{shown(batch, texts)}" for place, batch in enumerate(batches, start=1)]
    return CHUNKS.format(chunks="\n\n".join(parts))
