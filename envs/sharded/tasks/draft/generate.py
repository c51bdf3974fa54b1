"""New instances: something to make up, and edits of it that all matter, whatever was made up.

Whether an edit matters depends on the draft, which nobody knows beforehand (sorting a sorted list changes nothing).
So every sequence of edits is tried on a few drafts drawn at random: leaving out any one of its edits must change the
outcome for each of them, and the outcomes of different drafts must differ. Shards have no topics: nobody can ask for
them, as they keep their order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.tasks.draft import words
from turnbench.envs.sharded.tasks.draft.edit_words import WAYS
from turnbench.envs.sharded.tasks.draft.edits import EDITS, FEWEST, NEW, PICKS, SORTS, UNDO, follow
from turnbench.envs.sharded.tasks.draft.kinds import KINDS, LETTERS, DraftKind, with_guests
from turnbench.envs.sharded.wording import Phrasebook
from turnbench.randomness import RandomStream, stable_hash

REQUESTS = {f"{name} {n}": [with_guests(way, n) for way in kind.ways] if kind.type == "S" else list(kind.ways)
            for name, kind in KINDS.items() for n in (range(4, 8) if kind.type == "S" else (0,))}  # fmt: skip
"""By kind and number of guests (0 for other kinds)."""
BOOK = Phrasebook({**REQUESTS, **WAYS})
"""Reads and says everything: statements are "KIND N" for requests, names of edits otherwise."""
_SMALL_KINDS = ("numbers", "animals", "seating")
_SMALL_EDITS = (
    "swap-ends", "swap", "first-to-end", "last-to-front", "reverse", "remove", "keep-first", "double", "add-end",
)  # fmt: skip
_SMALL_NUMBERS = {"low": (10, 11, 12, 15), "high": (30, 33, 35, 39)}
_EDITS = {"small": (2, 3), "medium": (3, 5), "hard": (5, 7)}
_ITEMS = {"small": (4, 4), "medium": (5, 6), "hard": (6, 7)}
_DRAFTS = 3
"""Drafts that every sequence of edits is tried on."""
_ENOUGH = 2
"""Items that must be left of each of them: of fewer, a guess would too often be right."""
_TRIES = 12
"""Edits drawn for one step before the whole sequence is begun again."""
_PICKY = 4
"""Once in so many times the last edit chooses among the items; elsewhere it rarely can, as it may leave too few."""
_GLUE = (
    "Then change it like this, one step after the other.",
    "After that, I want these changes, in this order.",
    "And then do all of this to it, step by step.",
    "When you have it, make the following changes one by one.",
)
Edits = list[tuple[str, dict[str, Any]]]


def generate(rng: RandomStream, difficulty: str) -> Instance:
    """An instance of a difficulty: "small", "medium" or "hard"."""
    names = _SMALL_KINDS if difficulty == "small" else tuple(KINDS)
    name = rng.choice(names)
    kind = KINDS[name]
    fewest, most = _ITEMS[difficulty]
    count = fewest + rng.below(most - fewest + 1)
    slots = kind.slots(rng)
    if difficulty == "small" and kind.type == "N":
        slots = {gap: rng.choice(values) for gap, values in _SMALL_NUMBERS.items()}
    if kind.type == "S":
        count = max(count, 5)  # with four guests one order in 24 would be right by chance
        slots |= dict(zip(LETTERS, rng.sample(words.GUESTS, count), strict=False))
    else:
        slots["count"] = words.NUMERALS[count]
    fewest, most = _EDITS[difficulty]
    length = fewest + rng.below(most - fewest + 1)
    allowed = [e for e in EDITS if kind.type in EDITS[e].types and (difficulty != "small" or e in _SMALL_EDITS)]
    edits: Edits | None = None
    while edits is None:
        drafts = [[item.casefold() for item in kind.draw(rng, slots, count)] for _ in range(_DRAFTS)]
        edits = _edits(rng, kind, slots, count, length, allowed, drafts)
    return _written(rng, name, slots, edits, {"brief": True} if difficulty == "small" else {})


def _edits(
    rng: RandomStream,
    kind: DraftKind,
    slots: Mapping[str, Any],
    count: int,
    length: int,
    allowed: Sequence[str],
    drafts: Sequence[list[str]],
) -> Edits | None:
    """`length` edits that all matter, added one by one; None where no further one was found."""
    chosen: Edits = []
    left = [count]  # after every version: how many items there are at least
    picking = [e for e in allowed if e in PICKS]
    picky = picking and rng.below(_PICKY) == 0
    for step in range(length):
        for _ in range(_TRIES):
            name = rng.choice(picking if picky and step == length - 1 else allowed)
            if not _may_follow(name, chosen, last=step == length - 1):
                continue
            edit = EDITS[name]
            named = min(max(2, left[-1]), len(words.PLACES))  # where there are fewer, what is drawn is rejected below
            gaps = edit.draw(rng, named, kind, slots)
            after = edit.left(left[-1], gaps)
            if name != UNDO and (left[-1] < edit.needs(gaps) or 0 < after < FEWEST):
                continue
            if "item" in gaps and any(gaps["item"] == other.get("item") for _, other in chosen):
                continue
            if _all_matter([*chosen, (name, gaps)], drafts):
                chosen.append((name, gaps))
                left = left[:-1] if name == UNDO else [*left, after]
                break
        else:
            return None
    return chosen


def _may_follow(name: str, chosen: Edits, last: bool) -> bool:
    earlier = [e for e, _ in chosen]
    if name == NEW:
        return last
    if name == UNDO:
        return bool(earlier) and name not in earlier
    return name not in earlier and not (name in SORTS and any(e in SORTS for e in earlier))


def _all_matter(edits: Edits, drafts: Sequence[list[str]]) -> bool:
    outcomes = []
    for draft in drafts:
        outcome = follow(draft, edits)
        if outcome is None or len(outcome) < _ENOUGH or outcome == draft or outcome in outcomes:
            return False
        for i in range(len(edits)):
            if follow(draft, [*edits[:i], *edits[i + 1 :]]) == outcome:
                return False
        outcomes.append(outcome)
    return True


def _written(rng: RandomStream, name: str, slots: dict[str, Any], edits: Edits, context: Mapping[str, Any]) -> Instance:
    kind = KINDS[name]
    guests = sum(letter in slots for letter in LETTERS)
    asked = list(BOOK.ways(f"{name} {guests}", **slots))
    rng.shuffle(asked)
    intro = rng.choice(kind.intros)
    shards = [Shard(1, f"{intro} {asked[0]}".strip(), tuple(asked[1:]))]
    prose = [rng.choice([i for i in kind.intros if i != intro]), asked[-1], rng.choice(_GLUE)]
    for number, (edit, gaps) in enumerate(edits, start=2):
        ways = list(BOOK.ways(edit, **gaps))
        rng.shuffle(ways)
        shards.append(Shard(number, ways[0], tuple(ways[1:])))
        prose.append(ways[-1])
    truth = {"kind": name, "slots": slots, "edits": [list(e) for e in edits]}
    return Instance(
        task="draft",
        name=f"draft-{stable_hash(truth) >> 232:06x}",
        shards=tuple(shards),
        full=" ".join(filter(None, prose)),
        truth=truth,
        context=context,
        content=truth,
    )
