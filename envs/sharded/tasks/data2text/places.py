"""Tables about mountains, railways and weather."""

from __future__ import annotations

from turnbench.envs.sharded.tasks.data2text import pools
from turnbench.envs.sharded.tasks.data2text.family import Family, Focus
from turnbench.randomness import RandomStream

_RANGES = (
    "Kestrel Range",
    "Grey Teeth",
    "Saint Olan Mountains",
    "Frost Hills",
    "Lorne Alps",
    "Iron Crest",
    "Wolf Ridge",
    "Amber Range",
)
_PEAK_NAMES = ("Kor", "Brenn", "Tarn", "Vald", "Osk", "Hest", "Mirren", "Sund", "Galt", "Ymer", "Frey", "Dorn")
_PEAK_KINDS = ("Horn", "Peak", "Spire", "Tower", "Dome", "Needle", "Point", "Crag", "Knob", "Fell")
_LINE_NAMES = (
    "Coast Line", "Valley Line", "Lake Line", "Forest Line", "Harbour Line", "Mill Line", "Castle Line", "Quarry Line",
    "Orchard Line", "Abbey Line",
)  # fmt: skip
_OPERATORS = ("Westrail", "Nova Trains", "Crown Railways", "Blue Arrow", "Metroline", "Union Rail", "Swift Rail")
_STATIONS = (
    "Hill Farm",
    "West Airfield",
    "Castle Garden",
    "Old Lighthouse",
    "Botanic Park",
    "Weir Bridge",
    "Mill Meadow",
)


def _mountains(rng: RandomStream, rows: int, limit: int) -> list[dict[str, str]]:
    heights = pools.falling(rng, 1_020, 4_790, rows)
    kinds = pools.several(rng, _PEAK_KINDS, rows, limit)
    return [
        {
            "mountain": f"{pools.one(rng, _PEAK_NAMES, limit)} {what}", "height": str(height),
            "prominence": str(pools.between(rng, 90, 900)), "climbed": str(pools.between(rng, 1801, 1939)),
        }
        for what, height in zip(kinds, heights, strict=True)
    ]  # fmt: skip


def _lines(rng: RandomStream, rows: int, limit: int) -> list[dict[str, str]]:
    ends = pools.several(rng, pools.TOWNS[:15], rows, limit)  # the other half of the towns are where lines start
    return [
        {
            "line": line, "terminus": end, "length": str(pools.between(rng, 12, 240)), "stations": str(pools.between(rng, 5, 48)),
            "opened": str(pools.between(rng, 1848, 1968)),
        }
        for line, end in zip(pools.several(rng, _LINE_NAMES, rows, limit), ends, strict=True)
    ]  # fmt: skip


def _months(rng: RandomStream, rows: int, limit: int) -> list[dict[str, str]]:
    first = rng.below(13 - rows)
    table = []
    for month in range(first, first + rows):
        warmth = 6 - abs(month - 6)
        low, high = pools.between(rng, -140, -20) + 22 * warmth, pools.between(rng, 120, 220) + 24 * warmth
        table.append({
            "month": pools.MONTHS[month], "high": f"{high / 10:.1f}", "low": f"{low / 10:.1f}",
            "rain": str(pools.between(rng, 21, 146)), "days": str(pools.between(rng, 4, 23)),
        })  # fmt: skip
    return table


MOUNTAINS = Family(
    name="mountains",
    columns={
        "mountain": ("Mountain", "name"), "height": ("Height (m)", "int"), "prominence": ("Prominence (m)", "int"),
        "climbed": ("First ascent", "int"),
    },
    title="Mountains in {title:name}",
    section="Peaks of the {section:name}",
    note="name",
    notes=(
        "The nearest town is {note:name}.", "The closest town to all of them is {note:name}.", "They lie not far from the town of {note:name}.",
        "The town of {note:name} is close by.",
    ),
    clauses=(", near the town of {note}", ", not far from {note}"),
    focuses=(
        Focus(("mountain", "height", "climbed"), (
            "{mountain}, a peak of {height} metres in the {section} in {title}, was first climbed in {climbed}.",
            "Conquered in {climbed}, {mountain} in the {section} in {title} is {height} metres high.",
            "{mountain} in {title} rises to {height} metres in the {section} and has been climbed since {climbed}.",
            "In {climbed}, climbers first stood on top of {mountain}, which rises {height} metres high in the {section} in {title}.",
            "At {height} metres, {mountain} in the {section} of {title} had its first ascent in {climbed}.",
        )),
        Focus(("mountain", "height", "prominence"), (
            "{mountain} in the {section} in {title} has a height of {height} metres and a prominence of {prominence} metres.",
            "With a height of {height} metres, {mountain} in {title} stands {prominence} metres clear of the {section} around it.",
            "The {section} in {title} includes {mountain}, {height} metres high with {prominence} metres of prominence.",
            "{mountain} reaches {height} metres in the {section} of {title}, where its prominence is {prominence} metres.",
            "Of the peaks of the {section} in {title}, {mountain} is {height} metres tall and {prominence} metres prominent.",
        )),
        Focus(("mountain", "height"), (
            "{mountain} is {height} metres high and {mountain2} {height2} metres in the {section} in {title}.",
            "At {height} metres, {mountain} is higher than {mountain2} with {height2} metres in the {section} of {title}.",
            "In the {section} in {title}, {mountain} reaches {height} metres and {mountain2} reaches {height2}.",
            "The {section} in {title} has {mountain} with {height} metres and {mountain2} with {height2} metres.",
            "{mountain}, {height} metres tall, and {mountain2}, {height2} metres tall, belong to the {section} in {title}.",
        ), rows=2),
    ),
    draw_title=lambda rng, limit: pools.one(rng, pools.REGIONS, limit),
    draw_section=lambda rng, limit: pools.one(rng, _RANGES, limit),
    draw_note=lambda rng, limit: pools.one(rng, pools.TOWNS, limit),
    draw_rows=_mountains,
)  # fmt: skip

RAILWAYS = Family(
    name="railways",
    columns={
        "line": ("Line", "name"), "terminus": ("Terminus", "name"), "length": ("Length (km)", "int"), "stations": ("Stations", "int"),
        "opened": ("Opened", "int"),
    },
    title="Railways of {title:name}",
    section="Lines from {section:name}",
    note="name",
    notes=(
        "The operator is {note:name}.", "All trains are run by {note:name}.", "{note:name} operates these lines.",
        "The company behind the trains is {note:name}.",
    ),
    clauses=(", operated by {note}", ", with {note} as the operator"),
    focuses=(
        Focus(("line", "terminus", "opened"), (
            "The {line} from {section} to {terminus} in {title} opened in {opened}.",
            "Built by {opened}, the {line} links {section} with {terminus} in {title}.",
            "In {title}, the {line} has run between {section} and {terminus} since {opened}.",
            "Trains on the {line} have gone from {section} as far as {terminus} in {title} since {opened}.",
            "From {opened} on, {section} and {terminus} in {title} were connected by the {line}.",
        )),
        Focus(("line", "length", "stations"), (
            "The {line} from {section} in {title} is {length} kilometres long and has {stations} stations.",
            "With {stations} stations, the {line} from {section} covers {length} kilometres of {title}.",
            "In {title}, the {line} starts at {section} and serves {stations} stops over {length} kilometres.",
            "The {line} runs for {length} kilometres from {section} through {title} and calls at {stations} stations.",
            "Leaving {section}, the {line} in {title} stops {stations} times on its {length} kilometres.",
        )),
        Focus(("line", "length"), (
            "From {section} in {title}, the {line} runs for {length} kilometres and the {line2} for {length2} kilometres.",
            "The {line} is {length} kilometres long and the {line2} {length2} kilometres, both starting from {section} in {title}.",
            "In {title}, {section} is where the {line} with {length} kilometres and the {line2} with {length2} kilometres begin.",
            "Of the lines that leave {section} in {title}, the {line} covers {length} kilometres and the {line2} covers {length2}.",
            "Trains from {section} in {title} go {length} kilometres on the {line} and {length2} kilometres on the {line2}.",
        ), rows=2),
    ),
    draw_title=lambda rng, limit: pools.one(rng, pools.REGIONS, limit),
    draw_section=lambda rng, limit: pools.one(rng, pools.TOWNS[15:], limit),
    draw_note=lambda rng, limit: pools.one(rng, _OPERATORS, limit),
    draw_rows=_lines,
)  # fmt: skip

WEATHER = Family(
    name="weather",
    columns={
        "month": ("Month", "name"), "high": ("Record high (C)", "number"), "low": ("Record low (C)", "number"), "rain": ("Rain (mm)", "int"),
        "days": ("Rainy days", "int"),
    },
    title="Climate of {title:name}",
    section="Figures since {section:int}",
    note="name",
    notes=(
        "The figures were measured at {note:name}.", "The weather station stands at {note:name}.", "All values were taken at {note:name}.",
        "The instruments are at {note:name}.",
    ),
    clauses=(", measured at {note}", ", by the instruments at {note}"),
    focuses=(
        Focus(("month", "high", "low"), (
            "Since {section}, {title} has had a record high of {high} degrees and a record low of {low} degrees in {month}.",
            "In {month}, temperatures in {title} have ranged from {low} to {high} degrees since {section}.",
            "Records for {month} in {title}, kept since {section}, stand at {high} degrees and {low} degrees.",
            "The {month} extremes of {title} since {section} are a high of {high} and a low of {low} degrees.",
            "For {month}, the thermometer in {title} has shown between {low} and {high} degrees from {section} on.",
        )),
        Focus(("month", "rain", "days"), (
            "An average {month} in {title} has brought {rain} millimetres of rain on {days} days since {section}.",
            "Since {section}, {title} has averaged {rain} millimetres of rain and {days} rainy days in {month}.",
            "With {days} rainy days, {month} means {rain} millimetres of rain in {title}, by figures going back to {section}.",
            "Rain fell in {title} on {days} days of a typical {month}, {rain} millimetres in all, from {section} on.",
            "In {month}, {title} gets {rain} millimetres of rain spread over {days} days, as recorded since {section}.",
        )),
        Focus(("month", "rain"), (
            "Since {section}, {title} has averaged {rain} millimetres of rain in {month} and {rain2} millimetres in {month2}.",
            "In {title}, {month} brings {rain} millimetres of rain and {month2} brings {rain2}, by figures going back to {section}.",
            "Figures since {section} show {rain} millimetres of rain for {month} and {rain2} for {month2} in {title}.",
            "Rain in {title} comes to {rain} millimetres in {month} and to {rain2} millimetres in {month2}, as recorded since {section}.",
            "From {section} on, a typical {month} in {title} had {rain} millimetres of rain and a typical {month2} {rain2}.",
        ), rows=2),
    ),
    draw_title=lambda rng, limit: pools.one(rng, pools.TOWNS, limit),
    draw_section=lambda rng, limit: str(pools.between(rng, 1871, 1990)),
    draw_note=lambda rng, limit: pools.one(rng, _STATIONS, limit),
    draw_rows=_months,
)  # fmt: skip
