"""A family of tables: what its columns are, how its rows are drawn, and the sentences that describe its cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from turnbench.envs.sharded.wording import Phrasebook
from turnbench.randomness import RandomStream

STYLES = 5
_GAP = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Focus:
    """Which columns of a row are highlighted, and the sentences about them: one of each of the `STYLES` styles.

    Gaps are `{title}` and `{section}` (from the page's and the section's title) and the columns' keys; with two rows those of
    the second end in 2, and the first stands above the second.
    """

    columns: tuple[str, ...]
    sentences: tuple[str, ...]
    rows: int = 1


@dataclass(frozen=True, eq=False)
class Family:
    """See the module. `draw_*` take the stream and how many names of each pool may be used (0: all)."""

    name: str
    columns: Mapping[str, tuple[str, str]]
    """Key to header and kind of gap (see `turnbench.envs.sharded.wording`), in the order of the table."""
    title: str
    """The page's title with the gap {title:name}."""
    section: str
    """The section's title with the gap {section:...}."""
    note: str
    """Kind of the gap {note} of what the table does not say."""
    notes: tuple[str, ...]
    """Sentences that say it."""
    clauses: tuple[str, ...]
    """How a description takes it up, put before its full stop; style n has clause n, counted round."""
    focuses: tuple[Focus, ...]
    """The last one is about two rows."""
    draw_title: Callable[[RandomStream, int], str]
    draw_section: Callable[[RandomStream, int], str]
    draw_note: Callable[[RandomStream, int], str]
    draw_rows: Callable[[RandomStream, int, int], list[dict[str, str]]]
    """Also takes the number of rows, 3 to 8; cells by key."""

    @property
    def header(self) -> tuple[str, ...]:
        """What stands above the columns."""
        return tuple(header for header, _ in self.columns.values())

    def sentences(self) -> dict[str, tuple[str]]:
        """All sentences as templates of a phrasebook, each a kind of its own: see `kind`."""
        kinds = {"title": _gap_kind(self.title), "section": _gap_kind(self.section), "note": self.note}
        kinds |= {key: of for key, (_, of) in self.columns.items()}
        kinds |= {f"{key}2": of for key, (_, of) in self.columns.items()}
        found = {}
        for f, focus in enumerate(self.focuses):
            for style, sentence in enumerate(focus.sentences):
                for noted in (False, True):
                    whole = sentence[:-1] + self.clauses[style % len(self.clauses)] + "." if noted else sentence
                    found[kind(self.name, f, style, noted)] = (_GAP.sub(lambda g: f"{{{g[1]}:{kinds[g[1]]}}}", whole),)
        return found


def kind(family: str, focus: int, style: int, noted: bool) -> str:
    """The name of a kind of sentence, such as "albums 0 3 1"."""
    return f"{family} {focus} {style} {int(noted)}"


def fill(book: Phrasebook, name: str, slots: Mapping[str, str]) -> str:
    """The sentence of a kind with its gaps filled; what is not needed is passed over."""
    return book.ways(name, **slots)[0]


def _gap_kind(pattern: str) -> str:
    return pattern.partition(":")[2].partition("}")[0]
