"""Tables about who won: seasons of a club, and elections of a town."""

from __future__ import annotations

from turnbench.envs.sharded.tasks.data2text import pools
from turnbench.envs.sharded.tasks.data2text.family import Family, Focus
from turnbench.randomness import RandomStream

_CLUBS = ("Rovers", "Wanderers", "United", "Athletic", "Rangers", "Albion", "Harriers", "Town")
_LEAGUES = (
    "Northern League", "Coastal League", "Premier Division", "Valley League", "Southern Cup League", "Border League",
    "Capital Division", "Island League",
)  # fmt: skip
_PARTIES = (
    "Green Union",
    "Civic Party",
    "Liberal League",
    "Workers Front",
    "Farmers Alliance",
    "Town Forum",
    "New Centre",
)
_GAMES = 30


def _seasons(rng: RandomStream, rows: int, limit: int) -> list[dict[str, str]]:
    start = pools.between(rng, 1950, 2010)
    table = []
    for year in range(start, start + rows):
        wins = pools.between(rng, 3, 21)
        draws = pools.between(rng, 1, 8)
        points = 3 * wins + draws
        place = pools.PLACES[max(0, min(11, 12 - points // 6))]
        cells = {"season": year, "wins": wins, "draws": draws, "lost": _GAMES - wins - draws, "points": points}
        table.append({**{key: str(value) for key, value in cells.items()}, "place": place})
    return table


def _candidates(rng: RandomStream, rows: int, limit: int) -> list[dict[str, str]]:
    votes = pools.falling(rng, 210, 14_800, rows)
    names = pools.joined(rng, pools.FIRST, pools.LAST, rows, limit)
    total = sum(votes)
    return [
        {
            "candidate": name,
            "party": pools.one(rng, _PARTIES),
            "votes": pools.grouped(n),
            "share": f"{100 * n / total:.1f}",
        }
        for name, n in zip(names, votes, strict=True)
    ]


SEASONS = Family(
    name="seasons",
    columns={
        "season": ("Season", "int"), "wins": ("Won", "int"), "draws": ("Drawn", "int"), "lost": ("Lost", "int"),
        "points": ("Points", "int"), "place": ("Place", "words"),
    },
    title="{title:name}",
    section="Seasons in the {section:name}",
    note="name",
    notes=(
        "The coach was {note:name}.", "All that time the team was coached by {note:name}.", "{note:name} was the coach of the team.",
        "In those years {note:name} was in charge as coach.",
    ),
    clauses=(" under coach {note}", " with {note} as coach"),
    focuses=(
        Focus(("season", "points", "place"), (
            "In {season}, {title} finished {place} in the {section} with {points} points.",
            "With {points} points, {title} came {place} in the {section} in {season}.",
            "{title} took {place} place in the {season} season of the {section}, earning {points} points.",
            "The {season} season saw {title} end up {place} in the {section} on {points} points.",
            "{title} collected {points} points in the {section} in {season} and ranked {place}.",
        )),
        Focus(("season", "wins", "lost"), (
            "{title} won {wins} games and lost {lost} in the {section} in {season}.",
            "In the {section} of {season}, {title} had {wins} wins and {lost} defeats.",
            "With {wins} victories and {lost} losses, {title} completed the {season} season of the {section}.",
            "During {season}, {title} recorded {wins} wins against {lost} losses in the {section}.",
            "{title} ended the {section} season of {season} having won {wins} matches and lost {lost}.",
        )),
        Focus(("season", "points"), (
            "{title} took {points} points in the {section} in {season} and {points2} in {season2}.",
            "In the {section}, {title} went from {points} points in {season} to {points2} points in {season2}.",
            "After {points} points in {season}, {title} collected {points2} points in the {section} in {season2}.",
            "The {section} brought {title} {points} points in {season} and {points2} points in {season2}.",
            "{title} had {points} points in {season}, and the {section} season of {season2} ended with {points2}.",
        ), rows=2),
    ),
    draw_title=lambda rng, limit: f"{pools.one(rng, pools.TOWNS, limit)} {pools.one(rng, _CLUBS, limit)}",
    draw_section=lambda rng, limit: pools.one(rng, _LEAGUES, limit),
    draw_note=pools.person,
    draw_rows=_seasons,
)  # fmt: skip

ELECTIONS = Family(
    name="elections",
    columns={
        "candidate": ("Candidate", "name"), "party": ("Party", "name"), "votes": ("Votes", "int"), "share": ("Share (%)", "number"),
    },
    title="{title:name} Council Election",
    section="Results of {section:int}",
    note="number",
    notes=(
        "The turnout was {note:number} percent.", "Of all voters, {note:number} percent took part.",
        "Turnout stood at {note:number} percent.", "In all, {note:number} percent of those entitled to vote did so.",
    ),
    clauses=(" at a turnout of {note} percent", ", with {note} percent of voters taking part"),
    focuses=(
        Focus(("candidate", "party", "votes"), (
            "{candidate} of the {party} received {votes} votes in the {section} council election in {title}.",
            "In the council election of {section} in {title}, {votes} votes went to {candidate} of the {party}.",
            "In {title}, {party} candidate {candidate} got {votes} votes in {section}.",
            "The {section} election in {title} brought {candidate} of the {party} {votes} votes.",
            "As a candidate of the {party}, {candidate} collected {votes} votes for the {title} council in {section}.",
        )),
        Focus(("candidate", "votes", "share"), (
            "{candidate} received {votes} votes, or {share} percent, in the {title} council election of {section}.",
            "With {votes} votes, {candidate} reached {share} percent in the election of {section} in {title}.",
            "In the {section} election in {title}, {candidate} won a share of {share} percent with {votes} votes.",
            "The council election of {section} in {title} gave {candidate} {votes} votes, which was {share} percent.",
            "{candidate} took {share} percent of the vote in {title} in {section}, a total of {votes} votes.",
        )),
        Focus(("candidate", "votes"), (
            "In the {section} council election in {title}, {candidate} received {votes} votes and {candidate2} {votes2}.",
            "{candidate} beat {candidate2} by {votes} votes to {votes2} in {title} in {section}.",
            "With {votes} votes, {candidate} finished ahead of {candidate2}, who had {votes2}, in the {title} election of {section}.",
            "The election of {section} in {title} saw {candidate} get {votes} votes, while {candidate2} got {votes2}.",
            "{candidate} won {votes} votes against {votes2} for {candidate2} when {title} voted in {section}.",
        ), rows=2),
    ),
    draw_title=lambda rng, limit: pools.one(rng, pools.TOWNS, limit),
    draw_section=lambda rng, limit: str(pools.between(rng, 1952, 2023)),
    draw_note=lambda rng, limit: f"{pools.between(rng, 38, 84)}.{pools.between(rng, 1, 9)}",
    draw_rows=_candidates,
)  # fmt: skip
