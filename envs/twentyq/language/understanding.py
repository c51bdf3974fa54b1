"""From a player's whole reply to one query.

A reply may be a bare question, a guess, or a page of reasoning that ends in either. Exactly one question or guess is
taken per reply; naming several things, or asking several different questions, is sent back.
"""

from __future__ import annotations

import re
from functools import lru_cache

from turnbench.envs.twentyq.knowledge import World, load_world
from turnbench.envs.twentyq.language.comparisons import Comparisons
from turnbench.envs.twentyq.language.linear import LinearReader
from turnbench.envs.twentyq.language.naming import Naming
from turnbench.envs.twentyq.language.phrases import MARGIN, NEAR_ENOUGH, SAME, Content, Match, PhraseBook
from turnbench.envs.twentyq.language.query import Kind, Query, flipped, unclear
from turnbench.envs.twentyq.language.spelling import Speller
from turnbench.envs.twentyq.language.vocabulary import FILLERS, NEGATIONS, STOPWORDS
from turnbench.envs.twentyq.language.words import fold, negations, plain, stem

SURE, LIKELY, SURE_OPPOSITE = -0.1, -0.45, 0.2
"""Least decision value of the linear reader on its own, when the nearest phrase agrees with it, and for the opposite of
a property (a question taken for its opposite is always answered wrongly); set on the development questions, never on
the published ones."""
LONGEST_READ = 2000
"""Of a longer reply only the last so many characters are read: reasoning comes first, the question last."""
_MEMORY = 200_000
_SENTENCE_END = re.compile(r"(?<=[?!\n])|(?<!\bst\.)(?<!\bmt\.)(?<!\bd\.c\.)(?<=\.)\s")
_ENDS = frozenset("?!.\n")
_LABEL = re.compile(
    r"(?:^|\n)\s*\**(?:final )?(?:question|answer|guess|my question|next question|ask|action|output)\s*(?:\d+)?\**\s*:\**",
    re.IGNORECASE,
)
_CONJUNCTION = re.compile(r" (or|and|but) ")
_OPEN_QUESTION = re.compile(r"^(?:what|where|when|why|who|whom|how|which)\b")
_MOST_PARTS = 3

_OF_A_KIND = re.compile(
    r"^is it (?:a|an|some|the) (?:kind of |type of |sort of )?(?P<kind>[a-z]+(?: [a-z]+)?) (?:that |which |you |people )?"
    r"(?P<rest>(?:is|are|has|have|can|does|do|you|people|lives|eats|with|used|made|found|worn|kept|from|for|in|on|flies|makes|gives|looks|grows|visits|transports|comes|usually|often|mainly) .+)$"
)
_COMPARED = re.compile(r"\bthan (.+)$")
_EMPTY = unclear("I got an empty message; ask a yes/no question.")
_SEVERAL = unclear("that was more than one question; ask one thing at a time.")
_SEVERAL_NAMES = unclear("name one thing per turn.")
_OPEN = unclear("I can only answer yes/no questions.")
_LOST = unclear("I did not understand the question; try other words.")


class Understanding:
    """Reads replies about one world. Instances are shared; `read` remembers what it has read."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._answers = {k: bytes(v.tolist()) for k, v in world.answers.items()}
        canonical = [(rule.id, rule.question) for rule in world.rules]
        self._book = PhraseBook((*canonical, *world.phrases), world.synonyms)
        bare = Naming(world, Speller(()))
        units = {u for m in world.measures for u in m.units}
        adjectives = {a for m in world.measures for a in (*m.more, *m.less)}
        functional = {
            "than",
            "bigger",
            "smaller",
            "larger",
            "heavier",
            "lighter",
            "letter",
            "guess",
            "answer",
            "think",
        }
        yardsticks = {w for y in world.yardsticks for w in y.split()}
        rest = bare.words | STOPWORDS | FILLERS | NEGATIONS | units | adjectives | functional | yardsticks
        self._speller = Speller([*self._book.vocabulary.elements(), *rest, *20 * [*units, *adjectives, *functional]])
        self._naming = Naming(world, self._speller)
        self._comparisons = Comparisons(world, self._speller)
        self._linear = LinearReader(world.reader) if world.reader else None
        self._implied = {stem(word): needed for word, needed in world.implied.items()}
        self._memory: dict[str, Query] = {}

    def read(self, reply: str) -> Query:
        """What `reply` asks. Never raises, whatever the text."""
        query = self._memory.get(reply)
        if query is None:
            query = self._read(reply)
            if len(self._memory) >= _MEMORY:
                self._memory.clear()
            if len(reply) <= LONGEST_READ:
                self._memory[reply] = query
        return query

    def _read(self, reply: str) -> Query:
        text = fold(reply[-LONGEST_READ:])
        if ":" in text and (labels := list(_LABEL.finditer(text))) and text[labels[-1].end() :].strip():
            text = text[labels[-1].end() :]
        several = not _ENDS.isdisjoint(text[:-1])
        sentences = [s for s in (_SENTENCE_END.split(text) if several else (text,)) if any(map(str.isalnum, s))]
        if not sentences:
            return _EMPTY
        asked = [s for s in sentences if s.rstrip().endswith(("?", '?"', "?*", "?)"))] or sentences
        readings = [self._sentence(s) for s in asked[-8:]]
        understood = {q.meaning: q for q in readings if q.kind is not Kind.UNCLEAR}
        if len(understood) > 1:
            guesses = sum(q.kind is Kind.GUESS for q in understood.values())
            return _SEVERAL_NAMES if guesses > 1 else _SEVERAL
        if _SEVERAL_NAMES in readings:
            return _SEVERAL_NAMES
        if understood:
            return next(iter(understood.values()))
        return readings[-1]

    def _sentence(self, sentence: str) -> Query:
        text = plain(sentence)
        if not text:
            return _LOST
        if len(text) > 400:
            return unclear("that is too long; ask one short question.")
        # Phrases known word for word come before names: "is it orange" asks for the colour, "an orange" is a guess.
        if (known := self._book.verbatim(text)) is not None:
            return self._about(*known)
        if (query := self._naming.guess(text)) is not None:
            return query
        mended = self._mend(text)
        if mended != text and (known := self._book.verbatim(mended)) is not None:
            return self._about(*known)
        text, words = mended, mended.split()
        if (query := self._of_measure_or_name(text, words)) is not None:
            return query
        content = self._book.content(words)
        match = self._book.nearest(content)
        if match is not None and match.nearness >= SAME:  # the very same content words as a known phrase
            return self._implying(match.property, match.opposite, content)
        if (query := self._parts(text)) is not None:
            return query
        if (query := self._narrowed(text)) is not None:
            return query
        if (found := self._likely(words, content, match)) is not None:
            return self._implying(*found, content)
        if _OPEN_QUESTION.match(text):
            return _OPEN
        if self._naming.is_list(text):
            return _SEVERAL_NAMES
        return self._why(text, content)

    def _mend(self, text: str) -> str:
        words = text.split()
        if all(w in self._speller for w in words):
            return text
        return " ".join(self._speller.mend(w) or w for w in words)

    def _of_measure_or_name(self, text: str, words: list[str]) -> Query | None:
        """A question about size, weight, ... or about the letters of the name."""
        odd = negations(words) % 2
        affirmative = " ".join(w for w in words if w not in NEGATIONS) if odd else text
        for reader in (self._comparisons.read, self._naming.spelling):
            if (query := reader(affirmative)) is not None:
                return flipped(query) if odd else query
        return None

    def _whole(self, text: str, same_only: bool = False) -> Query | None:
        """The one question that all of `text` asks; with `same_only`, in the very words of a known phrase."""
        words = text.split()
        if (query := self._of_measure_or_name(text, words)) is not None:
            return query
        content = self._book.content(words)
        match = self._book.nearest(content)
        if match is not None and match.nearness >= SAME:
            return self._implying(match.property, match.opposite, content)
        found = None if same_only else self._likely(words, content, match)
        return None if found is None else self._implying(*found, content)

    def _likely(self, words: list[str], content: Content, match: Match | None) -> tuple[str, bool] | None:
        """(property, opposite) of which the linear reader is sure, or which it finds likely and the nearest phrase too."""
        if "than" in words and self._comparisons.is_comparison(" ".join(words)):
            return None  # with something of unknown size: it must not pass for another question
        if self._linear is None:
            return (match.property, match.opposite) if match is not None and self._accepts(match) else None
        # "Is it seen more in winter than in summer?" asks about what comes first.
        asked = words[: words.index("than")] if "than" in words[2:] else words
        reading = self._linear.read([w for w in asked if w not in FILLERS or w in self._speller])
        if reading is None or (reading.opposite and reading.score < SURE_OPPOSITE):
            return None
        agreed = match is not None and match.property == reading.property and not content.unknown
        if reading.score < (LIKELY if agreed else SURE):
            return None
        return reading.property, reading.opposite ^ bool(content.negations % 2)

    def _implying(self, prop: str, opposite: bool, content: Content) -> Query:
        """The question about a property, and what its verb takes for granted: only living things live somewhere."""
        query = self._about(prop, opposite)
        for word, needed in self._implied.items():
            if word in content.stems and "act" in content.stems and prop != needed:
                query = self._also(query, needed)
        return query

    def _about(self, prop: str, opposite: bool) -> Query:
        query = Query(Kind.ASK, prop, self._answers[prop])
        return flipped(query) if opposite else query

    @staticmethod
    def _accepts(match: Match) -> bool:
        return match.nearness >= NEAR_ENOUGH and match.nearness - match.rival_nearness >= MARGIN

    def _narrowed(self, text: str) -> Query | None:
        """ "Is it a vehicle with wheels?", "an insect that can sting?": yes if it is of the kind and the rest holds."""
        found = _OF_A_KIND.match(text)
        if found is None:
            return None
        kind = self._book.verbatim(f"is it a {found['kind']}") or self._book.verbatim(f"is it an {found['kind']}")
        if kind is None or kind[1] or kind[0] not in self.world.kinds:
            return None
        rest = self._whole(found["rest"])
        return None if rest is None or rest.meaning == kind[0] else self._also(rest, kind[0])

    def _also(self, query: Query, prop: str) -> Query:
        """`query`, and the property as well."""
        answers = bytes(map(min, query.answers, self._answers[prop]))
        return Query(Kind.ASK, " and ".join(sorted((query.meaning, prop))), answers)

    def _parts(self, text: str) -> Query | None:
        """ "Is it red or blue?" as one question: yes if either is; with "and", if both are."""
        conjunctions = set(_CONJUNCTION.findall(text))
        if len(conjunctions) != 1:
            return None
        word = conjunctions.pop()
        parts = text.split(f" {word} ")
        if len(parts) > _MOST_PARTS:
            return None
        queries = []
        denied = word == "or" and any(w in NEGATIONS for w in parts[0].split())
        if denied:  # "not food or drink" denies both
            parts = [" ".join(w for w in part.split() if w not in NEGATIONS) for part in parts]
        frame = parts[0].split()
        if self._naming.guess(parts[0]) is not None:
            return _SEVERAL_NAMES
        for i, part in enumerate(parts):
            own = part.split()
            # A later part borrows the opening of the first ("found in a kitchen | bathroom"); one that stands alone
            # must be a known phrase as it is.
            borrowed = " ".join(frame[: max(0, len(frame) - len(own))] + own)
            query = self._whole(borrowed) if i else self._whole(part)
            if query is None and i:
                query = self._whole(part, same_only=True)
            if query is None:
                return None
            queries.append(query)
        pick = max if word == "or" else min
        word = "or" if word == "or" else "and"
        answers = bytes(pick(column) for column in zip(*(q.answers for q in queries), strict=True))
        meanings = sorted({q.meaning for q in queries})
        query = Query(Kind.ASK, f" {word} ".join(meanings), answers)
        return flipped(query) if denied else query

    def _why(self, text: str, content: Content) -> Query:
        if (found := _COMPARED.search(text)) is not None and self._comparisons.is_comparison(text):
            return unclear(f"I cannot compare with {found[1][:40]!r}; take a common thing or an amount.")
        if content.unknown:
            unknown = ", ".join(repr(w[:30]) for w in content.unknown[:3])
            return unclear(f"I do not know what to make of {unknown}; try other words.")
        match = self._book.nearest(content)
        if match is not None and match.nearness >= 0.5 and match.nearness - match.rival_nearness < MARGIN:
            return unclear("that could mean several things; be more specific.")
        return _LOST


@lru_cache(maxsize=8)
def understanding_of(world_name: str) -> Understanding:
    """The shared reader of a world's questions."""
    return Understanding(load_world(world_name))
