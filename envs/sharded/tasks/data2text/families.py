"""All families, and the sentences of each as a phrasebook, made when first used."""

from __future__ import annotations

from functools import cache

from turnbench.envs.sharded.tasks.data2text.contests import ELECTIONS, SEASONS
from turnbench.envs.sharded.tasks.data2text.culture import ALBUMS, AWARDS, MUSEUMS
from turnbench.envs.sharded.tasks.data2text.family import Family
from turnbench.envs.sharded.tasks.data2text.places import MOUNTAINS, RAILWAYS, WEATHER
from turnbench.envs.sharded.wording import Phrasebook

FAMILIES = (SEASONS, ELECTIONS, ALBUMS, AWARDS, MUSEUMS, MOUNTAINS, RAILWAYS, WEATHER)
BY_HEADER = {family.header: family for family in FAMILIES}

TITLES = Phrasebook({
    "page": (
        "The table is on the page {text:quoted}.", "It comes from the page {text:quoted}.", "The title of the page is {text:quoted}.",
        "I found the table on the page {text:quoted}.", "You can see the table on a page called {text:quoted}.",
    ),
    "section": (
        "It stands in the section {text:quoted}.", "The section is called {text:quoted}.", "There it is in the section {text:quoted}.",
        "The heading above the table says {text:quoted}.", "The section has the title {text:quoted}.",
    ),
})  # fmt: skip
"""Where a table stands."""


@cache
def book(family: Family) -> Phrasebook:
    """The family's sentences, what its page and section are called ("title", "section"), and its note ("note")."""
    return Phrasebook(
        {**family.sentences(), "title": (family.title,), "section": (family.section,), "note": family.notes}
    )
