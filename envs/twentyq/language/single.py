"""One question about one property, measure or name: what the compounds of `understanding` are made of."""

from __future__ import annotations

import math
from functools import cache

from turnbench.envs.twentyq.knowledge import World
from turnbench.envs.twentyq.language.comparisons import Comparisons
from turnbench.envs.twentyq.language.forms import first_of_comparison
from turnbench.envs.twentyq.language.linear import LinearReader, Reading
from turnbench.envs.twentyq.language.naming import Naming
from turnbench.envs.twentyq.language.phrases import MARGIN, NEAR_ENOUGH, SAME, Content, Match, PhraseBook
from turnbench.envs.twentyq.language.query import Kind, Query, combined, flipped
from turnbench.envs.twentyq.language.spelling import Speller
from turnbench.envs.twentyq.language.vocabulary import FILLERS, NEGATIONS
from turnbench.envs.twentyq.language.words import negations, plain, stem

AGREED, STRANGE, ENOUGH, OPPOSITE = 1.0, 0.6, -1.05, 0.5
"""A question in words of its own is read where the log odds of the linear reader's belief, plus AGREED times the nearness of
the nearest phrase if it is of the same property, less STRANGE for every content word that no phrase of the property has,
come to ENOUGH; the opposite of a property needs more, because a question taken for its opposite is always answered wrongly.
The weights are those of a logistic regression on the development questions, rounded."""
LEAST_ODDS, SURE = 1e-3, 0.5
"""Belief closer to 0 or 1 than the first counts as that close; from the second on the linear reader overrules a phrase."""


@cache
def _parts(prop: str) -> frozenset[str]:
    """The properties of a combination."""
    return frozenset(prop.replace("|", "&").split("&"))


class SingleQuestions:
    """Reads questions that ask one thing about a world; the parts it is made of are shared with `Understanding`."""

    def __init__(self, world: World, book: PhraseBook, naming: Naming, speller: Speller) -> None:
        self._book = book
        self._naming = naming
        self._speller = speller
        self.comparisons = Comparisons(world, speller)
        self._linear = LinearReader(world.reader) if world.reader else None
        self._answers = {k: bytes(v.tolist()) for k, v in world.answers.items()}
        asked = {*self._answers, *(prop for prop, _ in world.phrases)}
        self._queries = {prop: combined(prop, self._answers) for prop in sorted(asked)}
        self._canonical = {plain(rule.question.lower()) for rule in world.rules}
        self._implied = {stem(word): needed for word, needed in world.implied.items()}
        self._implying_words = frozenset(w for w in book.vocabulary if stem(w) in self._implied)
        self._flipped: dict[str, Query] = {}

    def of_measure_or_name(self, text: str, words: list[str]) -> Query | None:
        """A question about size, weight, ... or about the letters of the name."""
        odd = negations(words) % 2
        affirmative = " ".join(w for w in words if w not in NEGATIONS) if odd else text
        if odd:
            words = affirmative.split()
        for reader in (self.comparisons.read, self._naming.spelling):
            if (query := reader(affirmative, words)) is not None:
                return flipped(query) if odd else query
        return None

    def phrase(self, text: str, words: list[str]) -> Query | None:
        """The question of a phrase known word for word; `words` are those of `text`."""
        found = self._book.verbatim(text)
        if found is None:
            return None
        if text in self._canonical or self._implying_words.isdisjoint(words):
            return self.about(*found)
        return self._implying(*found, self._book.content(words))

    def known(self, text: str) -> Query | None:
        """The one question that `text` asks in the content words of a known phrase, or about a measure or the name."""
        words = text.split()
        if (query := self.of_measure_or_name(text, words)) is not None:
            return query
        if "than" in words:
            if self.comparisons.is_comparison(text):
                return None  # with something of unknown size: it must not pass for another question
            words = first_of_comparison(words)
        content = self._book.content(words)
        match = self._book.nearest(content)
        if match is None or match.nearness < SAME:
            return None
        return self._implying(*self._same(match, words, content), content)

    def likely(self, text: str) -> Query | None:
        """The one question that `text` seems to ask in words of its own."""
        words = text.split()
        if "than" in words:
            if self.comparisons.is_comparison(text):
                return None
            words = first_of_comparison(words)
        content = self._book.content(words)
        found = self._likely(words, content, self._book.nearest(content))
        return None if found is None else self._implying(*found, content)

    def whole(self, text: str) -> Query | None:
        """The one question that all of `text` asks."""
        return self.known(text) or self.likely(text)

    def linear(self, words: list[str]) -> Reading | None:
        """What the linear reader alone makes of `words`."""
        return None if self._linear is None else self._linear.read(words)

    def about(self, prop: str, opposite: bool) -> Query:
        """The question about a property or a combination of some, or its opposite."""
        if not opposite:
            return self._queries[prop]
        found = self._flipped.get(prop)
        if found is None:
            found = self._flipped[prop] = flipped(self._queries[prop])
        return found

    def also(self, query: Query, prop: str) -> Query:
        """`query`, and the property as well."""
        answers = bytes(map(min, query.answers, self._answers[prop]))
        if answers == query.answers:
            return query
        return Query(Kind.ASK, " and ".join(sorted((query.meaning, prop))), answers)

    def _same(self, match: Match, words: list[str], content: Content) -> tuple[str, bool]:
        """(property, opposite) of a question with a known phrase's content words.

        Content words leave out who does what and what is asked of it ("hunt other animals"): where the linear reader,
        which sees those too, is sure of another property, it is right. Many such words in common leave no doubt.
        """
        reading = self.linear(words) if len(content.stems) < 6 else None
        if reading is None or reading.property == match.property or reading.score < SURE or reading.opposite:
            return match.property, match.opposite
        return reading.property, bool(content.negations % 2)

    def _likely(self, words: list[str], content: Content, match: Match | None) -> tuple[str, bool] | None:
        """(property, opposite) of which the linear reader is sure, or which it finds likely and the nearest phrase too."""
        if self._linear is None:
            return (match.property, match.opposite) if match is not None and self._accepts(match) else None
        reading = self._linear.read([w for w in words if w not in FILLERS or w in self._speller])
        if reading is None or self._confidence(reading, content, match) < ENOUGH + OPPOSITE * reading.opposite:
            return None
        return reading.property, reading.opposite ^ bool(content.negations % 2)

    def _confidence(self, reading: Reading, content: Content, match: Match | None) -> float:
        belief = min(max(reading.score, LEAST_ODDS), 1 - LEAST_ODDS)
        agreed = match is not None and (
            _parts(match.property) <= _parts(reading.property) or _parts(reading.property) <= _parts(match.property)
        )
        return (
            math.log(belief / (1 - belief))
            + AGREED * (match.nearness if match is not None and agreed else 0.0)
            - STRANGE * self._book.strangers(content, reading.property)
        )

    def _implying(self, prop: str, opposite: bool, content: Content) -> Query:
        """The question about a property, and what its verb takes for granted: only living things live somewhere."""
        query = self.about(prop, opposite)
        for word, needed in self._implied.items():
            if word in content.stems and "act" in content.stems and needed not in prop.split("&"):
                query = self.also(query, needed)
        return query

    @staticmethod
    def _accepts(match: Match) -> bool:
        return match.nearness >= NEAR_ENOUGH and match.nearness - match.rival_nearness >= MARGIN
