"""Tables about music, prizes and museums."""

from __future__ import annotations

from turnbench.envs.sharded.tasks.data2text import pools
from turnbench.envs.sharded.tasks.data2text.family import Family, Focus
from turnbench.randomness import RandomStream

_LABELS = ("Bluebird", "Harbour Sound", "Tin Drum", "Parlour", "Red Kite", "Meridian", "Low Tide", "Sunday Records")
_BANDS = ("Trio", "Quartet", "Orchestra", "Brothers", "Sisters", "Band", "Collective", "Ensemble")
_PRIZES = (
    "Golden Quill",
    "Crystal Mask",
    "Silver Reel",
    "Meridian Prize",
    "Amber Star",
    "Ivory Tower Award",
    "Laurel Medal",
)
_CATEGORIES = ("best novel", "best script", "best drama", "best debut", "best comedy", "best essay", "best translation")
_MUSEUMS = (
    "Clock Museum", "Maritime Museum", "Toy Museum", "City Gallery", "Railway Museum", "Glass Museum", "Map Museum",
    "Textile Museum", "Bread Museum", "Piano Gallery", "Bee Museum", "Photo Gallery",
)  # fmt: skip
_OFFICES = (
    "Arts Council",
    "Statistics Office",
    "Tourist Board",
    "Heritage Trust",
    "City Archive",
    "Culture Department",
)


def _albums(rng: RandomStream, rows: int, limit: int) -> list[dict[str, str]]:
    year = pools.between(rng, 1962, 1995)
    table = []
    for album in pools.joined(rng, pools.ADJECTIVES, pools.NOUNS, rows, limit):
        year += pools.between(rng, 1, 4)
        table.append({
            "year": str(year), "album": album, "peak": str(pools.between(rng, 2, 98)), "weeks": str(pools.between(rng, 3, 74)),
            "copies": pools.grouped(pools.between(rng, 11, 950) * 1000),
        })  # fmt: skip
    return table


def _nominations(rng: RandomStream, rows: int, limit: int) -> list[dict[str, str]]:
    year = pools.between(rng, 1960, 1990)
    table = []
    for work in pools.joined(rng, pools.ADJECTIVES, pools.NOUNS, rows, limit):
        year += pools.between(rng, 1, 3)
        votes = pools.between(rng, 4, 60)
        table.append({
            "year": str(year), "work": work, "category": pools.one(rng, _CATEGORIES), "votes": str(votes),
            "result": "won" if votes > 30 else "lost",
        })  # fmt: skip
    return table


def _museums(rng: RandomStream, rows: int, limit: int) -> list[dict[str, str]]:
    visitors = pools.falling(rng, 2_100, 480_000, rows)
    return [
        {
            "museum": museum, "visitors": pools.grouped(n), "shows": str(pools.between(rng, 2, 19)),
            "opened": str(pools.between(rng, 1846, 1984)),
        }
        for museum, n in zip(pools.several(rng, _MUSEUMS, rows, limit), visitors, strict=True)
    ]  # fmt: skip


ALBUMS = Family(
    name="albums",
    columns={
        "year": ("Year", "int"), "album": ("Album", "name"), "peak": ("Chart peak", "int"), "weeks": ("Weeks in chart", "int"),
        "copies": ("Copies sold", "int"),
    },
    title="{title:name} Discography",
    section="Albums on {section:name}",
    note="name",
    notes=(
        "All of them were produced by {note:name}.", "The producer was {note:name}.", "{note:name} produced these records.",
        "Behind the desk as producer was {note:name}.",
    ),
    clauses=(", produced by {note}", " with {note} as producer"),
    focuses=(
        Focus(("year", "album", "peak"), (
            "{album}, released by the {title} on {section} in {year}, reached number {peak} in the charts.",
            "In {year}, the {title} climbed to number {peak} with {album} on {section}.",
            "The {title} released {album} on {section} in {year}, where it peaked at number {peak}.",
            "The {section} album {album} by the {title} went up to number {peak} in {year}.",
            "With {album}, the {title} had a chart entry at number {peak} on {section} in {year}.",
        )),
        Focus(("album", "weeks", "copies"), (
            "{album} by the {title} stayed in the charts for {weeks} weeks and sold {copies} copies for {section}.",
            "On {section}, the {title} sold {copies} copies of {album}, which spent {weeks} weeks in the charts.",
            "The {section} record {album} by the {title} sold {copies} copies during {weeks} weeks on the chart.",
            "The {title} spent {weeks} weeks in the charts with {album}, a {section} release that sold {copies} copies.",
            "Over {weeks} chart weeks, {section} sold {copies} copies of {album} by the {title}.",
        )),
        Focus(("album", "peak"), (
            "{album} by the {title} reached number {peak} on {section}, while {album2} reached number {peak2}.",
            "On {section}, the {title} got to number {peak} with {album} and to number {peak2} with {album2}.",
            "The {section} albums {album} and {album2} by the {title} peaked at {peak} and {peak2}.",
            "The {title} charted at number {peak} with {album} and at number {peak2} with {album2}, both on {section}.",
            "Released on {section}, {album} and {album2} took the {title} to numbers {peak} and {peak2}.",
        ), rows=2),
    ),
    draw_title=lambda rng, limit: f"{pools.one(rng, pools.LAST, limit)} {pools.one(rng, _BANDS, limit)}",
    draw_section=lambda rng, limit: pools.one(rng, _LABELS, limit),
    draw_note=pools.person,
    draw_rows=_albums,
)  # fmt: skip

AWARDS = Family(
    name="awards",
    columns={
        "year": ("Year", "int"), "work": ("Work", "name"), "category": ("Category", "words"), "votes": ("Jury votes", "int"),
        "result": ("Result", "words"),
    },
    title="{title:name} Awards",
    section="Nominations for the {section:name}",
    note="name",
    notes=(
        "The jury came from {note:name}.", "Each time the jury was from {note:name}.", "The members of the jury lived in {note:name}.",
        "Those who judged came from {note:name}.",
    ),
    clauses=(" before a jury from {note}", ", judged by a jury from {note}"),
    focuses=(
        Focus(("year", "work", "category", "result"), (
            "In {year}, {title} {result} the {section} for {category} with {work}.",
            "{title} {result} the {year} {section}, in which {work} stood for {category}.",
            "With {work}, {title} {result} the {section} for {category} in {year}.",
            "Nominated for {category} with {work}, {title} {result} the {section} in {year}.",
            "The {section} for {category} was {result} by {title} in {year} with {work}.",
        )),
        Focus(("year", "work", "votes"), (
            "{work} by {title} got {votes} jury votes for the {section} in {year}.",
            "In {year}, {title} received {votes} votes from the jury of the {section} with {work}.",
            "With {votes} votes from the jury, {work} by {title} stood for the {section} in {year}.",
            "The jury of the {section} gave {work} by {title} {votes} votes in {year}.",
            "{title} collected {votes} jury votes in the {section} contest of {year} with {work}.",
        )),
        Focus(("year", "votes"), (
            "{title} received {votes} jury votes for the {section} in {year} and {votes2} in {year2}.",
            "The jury of the {section} gave {title} {votes} votes in {year} and {votes2} votes in {year2}.",
            "After {votes} jury votes in {year}, {title} got {votes2} for the {section} in {year2}.",
            "For the {section}, {title} had {votes} jury votes in {year} compared with {votes2} in {year2}.",
            "In {year} and {year2}, {title} collected {votes} and {votes2} jury votes for the {section}.",
        ), rows=2),
    ),
    draw_title=pools.person,
    draw_section=lambda rng, limit: pools.one(rng, _PRIZES, limit),
    draw_note=lambda rng, limit: pools.one(rng, pools.TOWNS, limit),
    draw_rows=_nominations,
)  # fmt: skip

MUSEUMS = Family(
    name="museums",
    columns={
        "museum": ("Museum", "name"), "visitors": ("Visitors", "int"), "shows": ("Exhibitions", "int"), "opened": ("Opened", "int"),
    },
    title="Museums in {title:name}",
    section="Visitors in {section:int}",
    note="name",
    notes=(
        "The figures come from the {note:name}.", "The counting was done by the {note:name}.", "The {note:name} published these numbers.",
        "The source of the numbers is the {note:name}.",
    ),
    clauses=(", according to the {note}", ", as the {note} reported"),
    focuses=(
        Focus(("museum", "visitors", "opened"), (
            "The {museum} in {title}, opened in {opened}, had {visitors} visitors in {section}.",
            "In {section}, {visitors} people visited the {museum} in {title}, which dates from {opened}.",
            "Founded in {opened}, the {museum} in {title} counted {visitors} visitors in {section}.",
            "The {museum}, which has been open in {title} since {opened}, drew {visitors} guests in {section}.",
            "With {visitors} visitors in {section}, the {museum} has been a part of {title} since {opened}.",
        )),
        Focus(("museum", "visitors", "shows"), (
            "The {museum} in {title} showed {shows} exhibitions to {visitors} visitors in {section}.",
            "In {section}, the {museum} in {title} attracted {visitors} people with {shows} exhibitions.",
            "Thanks to {shows} exhibitions, the {museum} in {title} reached {visitors} visitors in {section}.",
            "During {section}, {visitors} people saw {shows} exhibitions at the {museum} in {title}.",
            "There were {shows} exhibitions and {visitors} visitors at the {museum} in {title} in {section}.",
        )),
        Focus(("museum", "visitors"), (
            "In {section}, the {museum} in {title} had {visitors} visitors and the {museum2} {visitors2}.",
            "The {museum} drew {visitors} people and the {museum2} drew {visitors2} in {title} in {section}.",
            "With {visitors} visitors, the {museum} in {title} was ahead of the {museum2}, which had {visitors2}, in {section}.",
            "In {title}, {visitors} people went to the {museum} and {visitors2} to the {museum2} in {section}.",
            "Visitors in {section} numbered {visitors} at the {museum} and {visitors2} at the {museum2} in {title}.",
        ), rows=2),
    ),
    draw_title=lambda rng, limit: pools.one(rng, pools.TOWNS, limit),
    draw_section=lambda rng, limit: str(pools.between(rng, 1988, 2023)),
    draw_note=lambda rng, limit: pools.one(rng, _OFFICES, limit),
    draw_rows=_museums,
)  # fmt: skip
