"""The time a tour takes: a stretch at a steady speed, a climb at another one, and what holds the traveller up."""

from __future__ import annotations

from collections.abc import Mapping

from turnbench.envs.sharded.tasks.math.family import Draw, Family, names, needed, number, optional, scene
from turnbench.envs.sharded.tasks.math.working import Value, Working
from turnbench.randomness import RandomStream

_SCENES = (
    ("bike tour", ("river", "canal", "lake"), (10, 12, 15, 20), (4, 5, 6, 10)),
    ("hike", ("coast", "river", "forest edge"), (3, 4, 5, 6), (2, 3)),
    ("moped trip", ("coast", "lake", "border"), (20, 30, 60), (10, 12, 15)),
    ("horse ride", ("beach", "canal", "forest edge"), (6, 10, 12), (3, 4, 5)),
    ("skating tour", ("canal", "promenade", "lake"), (10, 12, 15), (4, 5, 6)),
    ("training run", ("river", "old railway", "promenade"), (6, 10, 12), (4, 5, 6)),
)
"""What it is, where it leads, and speeds in km/h: divisors of 60, so that a kilometre takes whole minutes."""

_CAUSES = ("roadworks", "a closed bridge", "a landslide", "a flooded meadow", "a locked gate")
_HILLS = ("a mountain pass", "a steep hill", "a ridge", "a range of dunes")


class Trip(Family):
    """(distance + detour) x minutes per km, plus the climb likewise, plus all breaks."""

    name = "trip"
    goals = (
        "How many minutes does {who:name}'s {tour:words} take in all?",
        "For how many minutes is {who:name} out on the {tour:words}?",
        "I need the total time of {who:name}'s {tour:words} in minutes.",
        "How long, in minutes, does it take {who:name} to complete the {tour:words}?",
        "Tell me how many minutes pass from the start to the end of {who:name}'s {tour:words}.",
    )
    facts = (
        needed(
            "distance", "distance far km kilometres long length route",
            "The way along the {place:words} is {distance:int} km long.",
            "There are {distance:int} km to cover along the {place:words}.",
            "The route follows the {place:words} for {distance:int} km.",
            "Along the {place:words}, the distance is {distance:int} km.",
            "It is {distance:int} km along the {place:words}.",
        ),
        needed(
            "speed", "speed fast quickly pace hour km/h",
            "Along the {place:words}, {who:name} covers {speed:int} km an hour.",
            "{who:name} keeps a steady {speed:int} km per hour along the {place:words}.",
            "The speed of {who:name} along the {place:words} is {speed:int} km/h.",
            "In one hour, {who:name} gets {speed:int} km further along the {place:words}.",
            "{who:name} moves at {speed:int} km/h along the {place:words}.",
        ),
        optional(
            "lunch", "lunch break eat meal stop stops rest pause",
            "{who:name} stops for lunch for {lunch:int} minutes.",
            "A lunch break on the way takes {who:name} {lunch:int} minutes.",
            "{who:name} spends {lunch:int} minutes over lunch on the way.",
            "On the way, {who:name} rests for {lunch:int} minutes to eat lunch.",
            "Lunch on the way keeps {who:name} for {lunch:int} minutes.",
        ),
        optional(
            "ferry", "ferry boat water cross crossing",
            "Crossing the water by ferry adds {ferry:int} minutes.",
            "One stretch is done by ferry, which takes {ferry:int} minutes.",
            "There is a ferry on the route, and the crossing takes {ferry:int} minutes.",
            "The ferry crossing on the route lasts {ferry:int} minutes.",
            "It takes {ferry:int} minutes to get across the water by ferry.",
        ),
        optional(
            "detour", "detour roadworks closed longer added",
            "A detour around {cause:words} makes the way along the {place:words} {detour:int} km longer.",
            "Because of {cause:words}, {detour:int} km have to be added along the {place:words}.",
            "Owing to {cause:words}, the way along the {place:words} gets {detour:int} km longer than planned.",
            "On account of {cause:words}, there are {detour:int} km more to cover along the {place:words}.",
            "To get around {cause:words}, {detour:int} km must be added to the way along the {place:words}.",
        ),
        optional(
            "climb", "climb hill hills uphill mountain pass steep",
            "The route also leads over {hill:words}, which adds {climb:int} km, and there {who:name} makes only {climb_speed:int} km/h.",
            "To cross {hill:words}, {who:name} has to go another {climb:int} km, at {climb_speed:int} km an hour.",
            "Apart from the rest, {who:name} goes {climb:int} km over {hill:words} at {climb_speed:int} km/h.",
            "There is also {hill:words} on the route, {climb:int} km that {who:name} covers at {climb_speed:int} km per hour.",
            "In addition, {who:name} has to get over {hill:words}, which means {climb:int} km at {climb_speed:int} km an hour.",
        ),
        optional(
            "photos", "photo photos picture pictures view camera",
            "{who:name} takes {photos:int} photo breaks of {photo_time:int} minutes each.",
            "For photos, {who:name} stops {photos:int} times, for {photo_time:int} minutes each time.",
            "There are {photos:int} stops for photos, and each costs {who:name} {photo_time:int} minutes.",
            "Each of {who:name}'s {photos:int} photo stops lasts {photo_time:int} minutes.",
            "{who:name} stops to take pictures {photos:int} times and needs {photo_time:int} minutes every time.",
        ),
        optional(
            "rain", "rain shower weather shelter wet wait",
            "A shower makes {who:name} wait for {rain:int} minutes.",
            "{who:name} takes shelter from a shower for {rain:int} minutes.",
            "When a shower comes, {who:name} waits {rain:int} minutes for it to pass.",
            "A shower holds {who:name} up for {rain:int} minutes.",
            "Sheltering from a shower costs {who:name} {rain:int} minutes.",
        ),
    )  # fmt: skip

    def draw(self, rng: RandomStream, level: int, stated: frozenset[str]) -> Draw:
        """Speeds that fit the way of travelling."""
        tour, places, speeds, climbs = scene(rng, level, _SCENES)
        (who,) = names(rng, level, 1)
        numbers = {
            "distance": number(rng, level, 3, 12, 50, 80),
            "speed": rng.choice(speeds),
            "lunch": number(rng, level, 10, 30, 60, 90, step=5),
            "ferry": number(rng, level, 6, 12, 30, 45),
            "detour": number(rng, level, 2, 5, 8, 12),
            "climb": number(rng, level, 2, 5, 8, 12),
            "climb_speed": rng.choice(climbs),
            "photos": number(rng, level, 2, 4, 6, 9),
            "photo_time": number(rng, level, 2, 4, 6, 9),
            "rain": number(rng, level, 7, 20, 30, 45),
        }
        words = {
            "who": who, "tour": tour, "place": rng.choice(places),
            "cause": rng.choice(_CAUSES), "hill": rng.choice(_HILLS),
        }  # fmt: skip
        return Draw(words, numbers)

    def solve(self, v: Mapping[str, Value], do: Working) -> Value:
        """Minutes."""
        time = do.times(do.plus(v["distance"], v.get("detour")), do.over(60, v["speed"]))
        if "climb" in v:
            time = do.plus(time, do.times(v["climb"], do.over(60, v["climb_speed"])))
        if "photos" in v:
            time = do.plus(time, do.times(v["photos"], v["photo_time"]))
        return do.plus(do.plus(do.plus(time, v.get("lunch")), v.get("ferry")), v.get("rain"))
