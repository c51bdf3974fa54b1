"""Our own instances: a table of one of the families, cells to describe, and captions in the style that is wanted.

The style is what the example captions have in common: the first reference is written in it, the others in other styles, and some
styles are left over. So the captions are worth hearing, as in the published data, and other words score as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.tasks.data2text import pools
from turnbench.envs.sharded.tasks.data2text.families import FAMILIES, TITLES, book
from turnbench.envs.sharded.tasks.data2text.family import STYLES, Family, Focus, fill, kind
from turnbench.envs.sharded.tasks.data2text.tables import html
from turnbench.randomness import RandomStream, stable_hash

GOALS = (
    "I need a short description of part of this table.", "Please describe a part of the following table.",
    "Help me put some of this table into words.", "Can you write a caption for a part of this table?",
    "Here is a table, and I want a sentence about some of it.",
)  # fmt: skip
RULES = (
    "Reply with a single sentence of at most 30 words.", "Write one sentence only, no longer than 30 words.",
    "The description has to be one sentence with 30 words at most.", "Keep it to one sentence and not more than 30 words.",
    "I want exactly one sentence, 30 words or fewer.",
)  # fmt: skip
EXAMPLES = (
    "These captions of other tables show how I like it:", "Captions that I wrote for similar tables:",
    "Write it the way I wrote these about other tables:", "For the style, look at these captions of other tables:",
    "This is how other tables were described:",
)  # fmt: skip
MARKED = (
    "The description is about the highlighted cells only:", "Describe just the cells that are highlighted here:",
    "Only the highlighted cells matter:", "Here is the table again, with the cells to describe highlighted:",
    "Leave out everything but the highlighted cells:",
)  # fmt: skip


class Level(NamedTuple):
    """What a difficulty draws from."""

    families: tuple[Family, ...]
    focuses: int
    styles: int
    references: int
    names: int
    """Names of each pool in use; 0 means all."""
    rows: tuple[int, int]
    examples: int
    noted: bool
    """Whether there is something to take up that the table does not say."""


_EASY = tuple(family for family in FAMILIES if family.name in ("seasons", "museums", "mountains"))
LEVELS = {
    "small": Level(_EASY, 1, 3, 2, names=6, rows=(3, 3), examples=2, noted=False),
    "medium": Level(FAMILIES, 2, STYLES, 3, names=0, rows=(4, 5), examples=3, noted=False),
    "hard": Level(FAMILIES, 3, STYLES, 3, names=0, rows=(6, 8), examples=3, noted=True),
}


class Told(NamedTuple):
    """A table, the rows to describe, and what goes with it."""

    family: Family
    focus: Focus
    rows: list[dict[str, str]]
    chosen: list[int]
    title: str
    section: str
    note: str
    """"" where there is none."""

    def sentence(self, name: str) -> str:
        """The sentence of a kind about the chosen rows."""
        second = {f"{key}2": cell for key, cell in self.rows[self.chosen[-1]].items()}
        slots = {"title": self.title, "section": self.section, "note": self.note, **self.rows[self.chosen[0]], **second}
        return fill(book(self.family), name, slots)

    def cells(self) -> list[list[str]]:
        """The table, its columns in the family's order."""
        return [[row[key] for key in self.family.columns] for row in self.rows]

    def marked(self) -> list[tuple[int, int]]:
        """The cells to describe, as (row, column)."""
        columns = list(self.family.columns)
        return sorted((row, columns.index(key)) for row in self.chosen for key in self.focus.columns)

    def page(self) -> str:
        """The title of the page."""
        return fill(book(self.family), "title", {"title": self.title})

    def heading(self) -> str:
        """The title of the section."""
        return fill(book(self.family), "section", {"section": self.section})


def generate(rng: RandomStream, difficulty: str) -> Instance:
    """A new instance: 4 shards in small, 5 or 6 in medium, 7 in hard."""
    level = LEVELS[difficulty]
    family = rng.choice(level.families)
    number = rng.below(level.focuses)
    styles = rng.sample(range(level.styles), level.references)
    kinds = [kind(family.name, number, style, level.noted) for style in styles]
    told = _told(rng, family, number, level)
    captions = [_told(rng, family, number, level).sentence(kinds[0]) for _ in range(level.examples)]
    texts, full = _said(rng, told, captions, compact=difficulty == "small")
    content = [family.name, told.cells(), told.marked(), told.page(), told.heading(), told.note]
    return Instance(
        task="data2text",
        name=f"data2text-{stable_hash(content):064x}"[:16],
        shards=tuple(Shard(place, text) for place, text in enumerate(texts, start=1)),
        full=full,
        truth={"references": [told.sentence(name) for name in kinds]},
        content=content,
    )


def _told(rng: RandomStream, family: Family, focus: int, level: Level) -> Told:
    rows = family.draw_rows(rng, pools.between(rng, *level.rows), level.names)
    chosen = sorted(rng.sample(range(len(rows)), family.focuses[focus].rows))
    title, section = family.draw_title(rng, level.names), family.draw_section(rng, level.names)
    note = family.draw_note(rng, level.names) if level.noted else ""
    return Told(family, family.focuses[focus], rows, chosen, title, section, note)


def _said(rng: RandomStream, told: Told, captions: list[str], compact: bool) -> tuple[list[str], str]:
    """The shards' texts in the published order (table, captions, highlighted cells, where the table stands), and the whole
    instruction in another order and other words. `compact` puts the rules to the table and the two titles together.
    """

    def two(ways: Sequence[str]) -> list[str]:
        return rng.sample(ways, 2)

    goals, rules, examples, marks = two(GOALS), two(RULES), two(EXAMPLES), two(MARKED)
    pages, headings = two(TITLES.ways("page", text=told.page())), two(TITLES.ways("section", text=told.heading()))
    notes = two(book(told.family).ways("note", note=told.note)) if told.note else []
    table = html(told.family.header, told.cells())
    marked = html(told.family.header, told.cells(), told.marked())
    bullets = "\n".join(f"- {caption}" for caption in captions)
    texts = [f"{goals[0]} {rules[0]}\n{table}"] if compact else [f"{goals[0]}\n{table}", rules[0]]
    texts += [f"{examples[0]}\n{bullets}", f"{marks[0]}\n{marked}"]
    apart = not compact and (bool(told.note) or rng.below(2) == 0)
    texts += [pages[0], headings[0]] if apart else [f"{pages[0]} {headings[0]}"]
    texts += notes[:1]
    where = " ".join([pages[1], headings[1], *notes[1:]])
    return texts, f"{goals[1]} {marks[1]}\n{marked}\n{where}\n{rules[1]} {examples[1]}\n{bullets}"
