"""From a player's whole reply to one query.

A reply may be a bare question, a guess, or a page of reasoning that ends in either. Exactly one question or guess is
taken per reply; naming several things, or asking several different questions, is sent back.
"""

from __future__ import annotations

import re
from functools import lru_cache

from turnbench.envs.twentyq.knowledge import World, load_world
from turnbench.envs.twentyq.language.comparisons import comparatives
from turnbench.envs.twentyq.language.forms import asks, refuses
from turnbench.envs.twentyq.language.naming import Naming
from turnbench.envs.twentyq.language.phrases import MARGIN, PhraseBook
from turnbench.envs.twentyq.language.query import Kind, Query, flipped, unclear
from turnbench.envs.twentyq.language.single import SingleQuestions
from turnbench.envs.twentyq.language.spelling import Speller
from turnbench.envs.twentyq.language.vocabulary import FILLERS, NEGATIONS, STOPWORDS
from turnbench.envs.twentyq.language.words import fold, plain

WHOLE, HARDLY = 0.8, 0.2
"""A compound of parts none of which is a known phrase stands only where the whole sentence points at something at all,
and gives way where the linear reader is this sure that the whole asks one of the parts ("construction or repair work")."""
LONGEST_READ = 2000
"""Of a longer reply only the last so many characters are read: reasoning comes first, the question last."""
_MEMORY = 200_000
_SENTENCE_END = re.compile(
    r"(?<=[?!\n])|(?<=\.)\s(?<!\bst\.\s)(?<!\bmt\.\s)(?<!\bd\.c\.\s)(?<!\be\.g\.\s)(?<!\bi\.e\.\s)(?<!\betc\.\s)(?<!\bvs\.\s)"
)
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
_AMBIGUOUS = unclear("that could mean several things; be more specific.")
_SEVERAL_NAMES = unclear("name one thing per turn.")
_OPEN = unclear("I can only answer yes/no questions.")
_REFUSED = unclear("ask a yes/no question about the thing, or guess what it is.")
_LOST = unclear("I did not understand the question; try other words.")


class Understanding:
    """Reads replies about one world. Instances are shared; `read` remembers what it has read."""

    def __init__(self, world: World) -> None:
        self.world = world
        canonical = [(rule.id, rule.question) for rule in world.rules]
        self._book = PhraseBook((*canonical, *world.phrases), world.synonyms)
        bare = Naming(world, Speller(()))
        units = {u for m in world.measures for u in m.units}
        adjectives = {a for m in world.measures for a in (*m.more, *m.less)}
        adjectives |= {form for a in adjectives for form in comparatives(a)}  # "taller" is no typing error for "tiller"
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
        self._single = SingleQuestions(world, self._book, self._naming, self._speller)
        self._memory: dict[str, Query] = {}
        self._kernels: dict[str, Query] = {}

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
        body = text[:-1]
        several = "?" in body or "." in body or "!" in body or "\n" in body
        sentences = [s for s in (_SENTENCE_END.split(text) if several else (text,)) if any(map(str.isalnum, s))]
        if not sentences:
            return _EMPTY
        if len(sentences) == 1:
            return self._sentence(sentences[0])
        asked = [s for s in sentences if s.rstrip().endswith(("?", '?"', "?*", "?)"))] or [
            s for s in sentences if len(sentences) > 1 and asks(plain(s))
        ]
        readings = [self._sentence(s) for s in (asked or sentences)[-8:]]
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
        query = self._kernels.get(text)
        if query is None:
            query = self._kernel(text)
            if len(self._kernels) >= _MEMORY:
                self._kernels.clear()
            if len(text) <= 400:
                self._kernels[text] = query
        return query

    def _kernel(self, text: str) -> Query:
        """What the plainest form of a sentence asks."""
        if not text:
            return _LOST
        words = text.split()
        if refuses(words):
            return _REFUSED
        if len(text) > 400:
            return unclear("that is too long; ask one short question.")
        # Phrases known word for word come before names: "is it orange" asks for the colour, "an orange" is a guess.
        if (query := self._single.phrase(text, words)) is not None:
            return query
        if (query := self._naming.guess(text)) is not None:
            return query
        mended = self._mend(text)
        if mended != text and (query := self._single.phrase(mended, mended.split())) is not None:
            return query
        text = mended
        for reader in (self._single.known, self._parts, self._narrowed, self._single.likely):
            if (query := reader(text)) is not None:
                return query
        if _OPEN_QUESTION.match(text):
            return _OPEN
        if self._naming.is_list(text):
            return _SEVERAL_NAMES
        return self._why(text)

    def _mend(self, text: str) -> str:
        words = text.split()
        if self._speller.knows(words):
            return text
        return " ".join(self._speller.mend(w) or w for w in words)

    def _narrowed(self, text: str) -> Query | None:
        """ "Is it a vehicle with wheels?", "an insect that can sting?": yes if it is of the kind and the rest holds."""
        found = _OF_A_KIND.match(text)
        if found is None:
            return None
        kind = self._book.verbatim(f"is it a {found['kind']}") or self._book.verbatim(f"is it an {found['kind']}")
        if kind is None or kind[1] or kind[0] not in self.world.kinds:
            return None
        rest = self._single.whole(found["rest"])
        return None if rest is None or rest.meaning == kind[0] else self._single.also(rest, kind[0])

    def _parts(self, text: str) -> Query | None:
        """ "Is it red or blue?" as one question: yes if either is; with "and", if both are."""
        conjunctions = set(_CONJUNCTION.findall(text))
        if len(conjunctions) != 1:
            return None
        word = conjunctions.pop()
        parts = text.split(f" {word} ")
        if len(parts) > _MOST_PARTS:
            return None
        queries, solid = [], []
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
            query = known = self._single.known(borrowed if i else part)
            if query is None:
                query = self._single.likely(borrowed if i else part)
            if query is None and i:
                query = known = self._single.known(part)
            if query is None:
                return None
            queries.append(query)
            solid.append(known is not None)
        meanings = sorted({q.meaning for q in queries})
        if flipped(queries[0]).meaning in meanings:  # "is it ornamental, or purely practical?" asks the first
            return queries[0]
        if not all(solid) and len(meanings) > 1 and not denied:
            reading = self._single.linear(text.split())
            if reading is not None and reading.score >= WHOLE and reading.property in meanings and not reading.opposite:
                return self._single.about(reading.property, False)
            if not any(solid) and (reading is None or reading.score < HARDLY):
                return _AMBIGUOUS
        pick = max if word == "or" else min
        word = "or" if word == "or" else "and"
        answers = bytes(pick(column) for column in zip(*(q.answers for q in queries), strict=True))
        query = Query(Kind.ASK, f" {word} ".join(meanings), answers)
        return flipped(query) if denied else query

    def _why(self, text: str) -> Query:
        content = self._book.content(text.split())
        if (found := _COMPARED.search(text)) is not None and self._single.comparisons.is_comparison(text):
            return unclear(f"I cannot compare with {found[1][:40]!r}; take a common thing or an amount.")
        if content.unknown:
            unknown = ", ".join(repr(w[:30]) for w in content.unknown[:3])
            return unclear(f"I do not know what to make of {unknown}; try other words.")
        match = self._book.nearest(content)
        if match is not None and match.nearness >= 0.5 and match.nearness - match.rival_nearness < MARGIN:
            return _AMBIGUOUS
        return _LOST


@lru_cache(maxsize=8)
def understanding_of(world_name: str) -> Understanding:
    """The shared reader of a world's questions."""
    return Understanding(load_world(world_name))
