"""A world to ask about: things, their yes/no properties, their measures, and the phrases people ask with.

A world is a folder of data in `data/` and no code:

    world.toml       name, version, wording, measures, yardsticks, subsets
    things.csv       name, aliases, group, and per measure the typical range
    facts.csv        one row per thing, one column per property: y, n or s (sometimes, depends)
    properties.csv   id, canonical question, definition, group of the property
    phrases.csv      property id, one way to ask it ("!" in front: asks the opposite); "a|b" asks for either, "a&!b" for both
    rules.toml       what must not contradict (read by the audit only)
    reader.npz       integers fitted to the phrases by `language/fit.py`

`python -m turnbench.envs.twentyq.audit WORLD` checks that they do not contradict themselves or each other.
"""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from turnbench.errors import UnknownName, WorldDataError, did_you_mean

NO, SOMETIMES, YES = 0, 1, 2
ANSWER_OF_LETTER = {"n": NO, "s": SOMETIMES, "y": YES}
FILES = ("world.toml", "things.csv", "facts.csv", "properties.csv", "phrases.csv")

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing a player may have to find."""

    name: str
    aliases: tuple[str, ...]
    group: str
    measures: Mapping[str, Range | None]
    """Typical range per measure in the measure's unit; None where it makes no sense."""


@dataclass(frozen=True, slots=True)
class Property:
    """A yes/no property."""

    id: str
    question: str
    definition: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity things can be compared by."""

    id: str
    unit: str
    more: tuple[str, ...]
    """Adjectives for a larger value, base form: big, tall, ..."""
    less: tuple[str, ...]
    verbs: tuple[str, ...]
    """Stems that name the measure without an adjective: "weighs more than", "costs under"."""
    units: Mapping[str, float]
    """Unit word -> how many of the measure's unit it is."""
    absolute: Range | None = None
    """"Is it big?" without a yardstick: below the first no, above the second yes, between them sometimes."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A property computed from a measure, such as "could one person lift it"."""

    id: str
    question: str
    measure: str
    below: Range
    """Wholly below the first: yes. Wholly above the second: no. Else sometimes."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A property that follows from others, such as "vertebrate"; a "!" in front of an id takes its opposite.

    Yes where any of `any` and all of `all` are; with "sometimes" between no and yes (Kleene's three-valued logic).
    """

    id: str
    question: str
    any: tuple[str, ...]
    all: tuple[str, ...]


@dataclass(frozen=True)
class World:
    """Everything fixed about a world. Shared by all episodes, so copying and pickling keep it by name."""

    name: str
    version: str
    content_hash: str
    wording: Mapping[str, str]
    things: tuple[Thing, ...]
    properties: tuple[Property, ...]
    facts: NDArray[np.int8]
    """Shape (things, properties), values NO, SOMETIMES, YES."""
    measures: tuple[Measure, ...]
    thresholds: tuple[Threshold, ...]
    derived: tuple[Derived, ...]
    yardsticks: Mapping[str, Mapping[str, Range]]
    """Things outside the world to compare with: name -> measure -> range."""
    subsets: Mapping[str, tuple[str, ...]]
    reader: bytes
    """The fitted linear reader, as in `language/linear.py`; empty before it is fitted."""
    phrases: tuple[tuple[str, str], ...]
    """(property or threshold id, way to ask). The id may be a combination, see `query.combined`."""
    synonyms: Mapping[str, str]
    kinds: frozenset[str]
    """Properties that name a kind of thing: "is it a vehicle with wheels" asks for both."""
    implied: Mapping[str, str]
    """Verb -> property that "does it <verb> ..." takes for granted: only living things live somewhere."""
    index: Mapping[str, int] = field(default_factory=dict)
    """Name or alias, casefolded -> thing."""

    def __deepcopy__(self, memo: dict[int, Any]) -> World:
        return self

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return load_world, (self.name,)

    def find(self, name: str) -> int:
        """Index of a thing by name or alias. Raises UnknownName with the closest that exists."""
        found = self.index.get(name.casefold().strip())
        if found is None:
            hint = did_you_mean(name, self.index)
            raise UnknownName(f"The world {self.name!r} has no {self.wording['noun']} called {name!r}.{hint}")
        return found

    def members(self, subset: str) -> tuple[int, ...]:
        """Indices of a subset; "full" is every thing."""
        if subset == "full":
            return tuple(range(len(self.things)))
        if subset not in self.subsets:
            known = ", ".join(("full", *self.subsets))
            raise UnknownName(f"The world {self.name!r} has no subset {subset!r}; it has: {known}.")
        return tuple(self.find(n) for n in self.subsets[subset])

    @cached_property
    def rules(self) -> tuple[Property | Threshold | Derived, ...]:
        """Everything a question can be about, in order: properties, thresholds, derived properties."""
        return (*self.properties, *self.thresholds, *self.derived)

    @cached_property
    def answers(self) -> Mapping[str, NDArray[np.int8]]:
        """Answers by id of rule, each of shape (things,)."""
        table = {p.id: self.facts[:, i] for i, p in enumerate(self.properties)}
        for threshold in self.thresholds:
            table[threshold.id] = self._threshold_answers(threshold)
        for derived in self.derived:

            def column(name: str) -> NDArray[np.int8]:
                return YES - table[name[1:]] if name.startswith("!") else table[name]

            parts = [column(n) for n in derived.all]
            if derived.any:
                parts.append(np.maximum.reduce([column(n) for n in derived.any]))
            table[derived.id] = np.minimum.reduce(parts)
        return table

    def _threshold_answers(self, rule: Threshold) -> NDArray[np.int8]:
        low, high = rule.below
        out = np.full(len(self.things), SOMETIMES, dtype=np.int8)
        for i, thing in enumerate(self.things):
            span = thing.measures[rule.measure]
            if span is not None:
                out[i] = YES if span[1] <= low else NO if span[0] >= high else SOMETIMES
        return out


def _rows(text: str, file: str, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(text.splitlines())
    missing = set(columns) - set(reader.fieldnames or ())
    if missing:
        raise WorldDataError(f"{file} lacks the column {sorted(missing)[0]!r}.")
    for row in reader:
        if None in row or None in row.values():
            raise WorldDataError(f"{file} line {reader.line_num} has too many or too few columns.")
        yield row


def _range(text: str, where: str) -> Range | None:
    if not text:
        return None
    low, _, high = text.partition("~")  # not "-": a latitude may be negative
    try:
        span = (float(low), float(high or low))
    except ValueError:
        raise WorldDataError(f"{where}: {text!r} is not a number or a range low~high.") from None
    if span[0] > span[1]:
        raise WorldDataError(f"{where}: the range {text!r} is upside down.")
    return span


@lru_cache(maxsize=8)
def load_world(name: str) -> World:
    """The world in `data/<name>`.

    Raises:
        UnknownName: no such folder.
        WorldDataError: a file contradicts its format or another file.
    """
    root = files(__package__) / "data"
    known = sorted(p.name for p in root.iterdir() if (p / "world.toml").is_file())
    if name not in known:
        raise UnknownName(f"There is no world {name!r}; there is: {', '.join(known)}.{did_you_mean(name, known)}")
    texts = {f: (root / name / f).read_text(encoding="utf-8") for f in FILES}
    reader = root / name / "reader.npz"
    return parse_world(texts, reader.read_bytes() if reader.is_file() else b"")


def phrases_hash(world: World) -> str:
    """Hash of all that the linear reader is fitted to: the world's questions and phrases, and the thesaurus."""
    thesaurus = (files("turnbench.envs.twentyq.language") / "thesaurus.csv").read_text(encoding="utf-8")
    parts = [*((r.id, r.question) for r in world.rules), *world.phrases, thesaurus]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def parse_world(texts: Mapping[str, str], reader: bytes = b"") -> World:
    """A world from the texts of its files, by file name (see `FILES`), and the fitted reader."""
    spec = tomllib.loads(texts["world.toml"])
    measures = tuple(
        Measure(
            id=m["id"],
            unit=m["unit"],
            more=tuple(m["more"]),
            less=tuple(m["less"]),
            verbs=tuple(m["verbs"]),
            units={k: float(v) for k, v in m["units"].items()},
            absolute=tuple(m["absolute"]) if "absolute" in m else None,
        )
        for m in spec["measure"]
    )
    things: list[Thing] = []
    index: dict[str, int] = {}
    for row in _rows(texts["things.csv"], "things.csv", ("name", "aliases", "group", *(m.id for m in measures))):
        aliases = tuple(a for a in row["aliases"].split("|") if a)
        for word in (row["name"], *aliases):
            other = index.setdefault(word.casefold(), len(things))
            if other != len(things):
                raise WorldDataError(f"things.csv: {word!r} names both {things[other].name!r} and {row['name']!r}.")
        spans = {m.id: _range(row[m.id], f"things.csv, {row['name']}, {m.id}") for m in measures}
        things.append(Thing(row["name"], aliases, row["group"], spans))

    properties = tuple(
        Property(row["id"], row["question"], row["definition"])
        for row in _rows(texts["properties.csv"], "properties.csv", ("id", "question", "definition"))
    )
    facts = np.zeros((len(things), len(properties)), dtype=np.int8)
    ids = tuple(p.id for p in properties)
    names = [t.name for t in things]
    for i, row in enumerate(_rows(texts["facts.csv"], "facts.csv", ("thing", *ids))):
        if i >= len(names) or row["thing"] != names[i]:
            raise WorldDataError(f"facts.csv row {i + 2} is {row['thing']!r}, out of step with things.csv.")
        try:
            facts[i] = [ANSWER_OF_LETTER[row[p]] for p in ids]
        except KeyError as error:
            raise WorldDataError(f"facts.csv, {row['thing']}: {error.args[0]!r} is not y, n or s.") from None
    if len(names) != i + 1:
        raise WorldDataError(f"facts.csv ends after {i + 1} of {len(names)} things.")
    facts.setflags(write=False)

    thresholds = tuple(
        Threshold(t["id"], t["question"], t["measure"], tuple(t["below"])) for t in spec.get("threshold", ())
    )
    derived = tuple(
        Derived(d["id"], d["question"], tuple(d.get("any", ())), tuple(d.get("all", ())))
        for d in spec.get("derived", ())
    )
    for rule in derived:
        for part in (*rule.any, *rule.all):
            if part.lstrip("!") not in {*ids, *(t.id for t in thresholds), *(d.id for d in derived)}:
                raise WorldDataError(f"world.toml: {rule.id!r} derives from the unknown property {part!r}.")
    askable = {*ids, *(t.id for t in thresholds), *(d.id for d in derived)}
    phrases = tuple(
        (r["property"], r["phrase"]) for r in _rows(texts["phrases.csv"], "phrases.csv", ("property", "phrase"))
    )
    for prop, phrase in phrases:
        for part in re.split(r"[|&]", prop):
            if part.removeprefix("!") not in askable:
                raise WorldDataError(f"phrases.csv: {phrase!r} asks the unknown property {part!r}.")
    digest = hashlib.sha256("\0".join(texts[f] for f in FILES).encode() + reader).hexdigest()[:16]
    return World(
        name=spec["name"],
        version=str(spec["version"]),
        content_hash=digest,
        wording=spec["wording"],
        things=tuple(things),
        properties=properties,
        facts=facts,
        measures=measures,
        thresholds=thresholds,
        derived=derived,
        yardsticks={
            k: {m: (float(v[0]), float(v[1])) for m, v in spans.items()}
            for k, spans in spec.get("yardstick", {}).items()
        },
        subsets={k: tuple(v) for k, v in spec.get("subset", {}).items()},
        reader=reader,
        phrases=phrases,
        synonyms=spec.get("synonyms", {}),
        kinds=frozenset(spec.get("kinds", ())),
        implied=spec.get("implied", {}),
        index=index,
    )
