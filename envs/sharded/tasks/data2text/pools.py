"""Invented names for tables; every name is capitalised words, which is how a reader knows a name."""

from __future__ import annotations

from turnbench.randomness import RandomStream

TOWNS = (
    "Harwick", "Lowden", "Marbury", "Tessing", "Oakmere", "Penfold", "Ravensby", "Calder", "Dunmore", "Ellerton", "Fenwick",
    "Garsdale", "Holmfirth", "Ivybridge", "Kelham", "Longford", "Milbourne", "Northam", "Orrell", "Pickering", "Quorn", "Ryburn",
    "Selwick", "Thornby", "Upwell", "Wexcombe", "Yarrow", "Ashcroft", "Birkdale", "Cranford",
)  # fmt: skip
REGIONS = (
    "Valmora", "Estavia", "Norland", "Bergamont", "Sorrento Bay", "Karelind", "Tyrova", "Upper Lorne", "Ostmark", "Pellonia",
    "West Aster", "Corvania", "Drumland", "Halvia", "Isenmark", "Jorvania", "Lower Lorne", "Monteverde", "Rhonland", "Suvaria",
)  # fmt: skip
FIRST = (
    "Ada", "Boris", "Clara", "Dario", "Elin", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Karla", "Leon", "Mira", "Nils",
    "Olga", "Pavel", "Rosa", "Simon", "Tilda", "Victor",
)  # fmt: skip
LAST = (
    "Lind", "Marsh", "Novak", "Ortega", "Pohl", "Quist", "Rossi", "Stern", "Tanaka", "Ulrich", "Vance", "Weller", "Xander",
    "Young", "Zeller", "Abbott", "Brandt", "Castel", "Duval", "Engel", "Frost", "Gallo", "Hale", "Ibsen", "Jarvis",
)  # fmt: skip
ADJECTIVES = (
    "Paper", "Silver", "Distant", "Hollow", "Crimson", "Winter", "Broken", "Golden", "Silent", "Electric", "Northern", "Velvet",
    "Burning", "Little", "Midnight", "Salted",
)  # fmt: skip
NOUNS = (
    "Lanterns", "Rivers", "Thunder", "Mirrors", "Gardens", "Signals", "Harbour", "Letters", "Engines", "Orchard", "Shadows",
    "Compass", "Voices", "Island", "Feathers", "Tides",
)  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
PLACES = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
)  # fmt: skip


def several(rng: RandomStream, pool: tuple[str, ...], k: int, limit: int) -> list[str]:
    """`k` different items among the first `limit` (0: among all)."""
    return rng.sample(pool[:limit] if limit else pool, k)


def one(rng: RandomStream, pool: tuple[str, ...], limit: int = 0) -> str:
    """An item among the first `limit` (0: among all)."""
    return rng.choice(pool[:limit] if limit else pool)


def joined(rng: RandomStream, left: tuple[str, ...], right: tuple[str, ...], k: int, limit: int = 0) -> list[str]:
    """`k` pairs of words, such as "Paper Lanterns", that share no word."""
    return [" ".join(pair) for pair in zip(several(rng, left, k, limit), several(rng, right, k, limit), strict=True)]


def person(rng: RandomStream, limit: int = 0) -> str:
    """A first and a last name."""
    return joined(rng, FIRST, LAST, 1, limit)[0]


def between(rng: RandomStream, low: int, high: int) -> int:
    """Uniform, both ends included."""
    return low + rng.below(high - low + 1)


def falling(rng: RandomStream, low: int, high: int, k: int) -> list[int]:
    """`k` different numbers, the largest first."""
    found: set[int] = set()
    while len(found) < k:
        found.add(between(rng, low, high))
    return sorted(found, reverse=True)


def grouped(number: int) -> str:
    """12,480 with its comma from five digits on; four-digit numbers without, like years."""
    return f"{number:,}" if number >= 10_000 else str(number)
