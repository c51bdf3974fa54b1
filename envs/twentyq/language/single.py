"""One question about one property, measure or name: what the compounds of `understanding` are made of."""

from __future__ import annotations

from turnbench.envs.twentyq.knowledge import World
from turnbench.envs.twentyq.language.comparisons import Comparisons
from turnbench.envs.twentyq.language.linear import LinearReader, Reading
from turnbench.envs.twentyq.language.naming import Naming
from turnbench.envs.twentyq.language.phrases import MARGIN, NEAR_ENOUGH, SAME, Content, Match, PhraseBook
from turnbench.envs.twentyq.language.query import Kind, Query, combined, flipped
from turnbench.envs.twentyq.language.spelling import Speller
from turnbench.envs.twentyq.language.vocabulary import FILLERS, NEGATIONS
from turnbench.envs.twentyq.language.words import negations, plain, stem

SURE, LIKELY, SURE_OPPOSITE = -0.1, -0.45, 0.2
"""Least decision value of the linear reader on its own, when the nearest phrase agrees with it, and for the opposite of
a property (a question taken for its opposite is always answered wrongly); set on the development questions, never on
the published ones."""
STRANGE, FAMILIAR_ENOUGH = 0.9, 0.3
"""An unsure reading needs a question whose content words are mostly its property's own; the weight of that share, and
the least sum with the decision value."""


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

    def of_measure_or_name(self, text: str, words: list[str]) -> Query | None:
        """A question about size, weight, ... or about the letters of the name."""
        odd = negations(words) % 2
        affirmative = " ".join(w for w in words if w not in NEGATIONS) if odd else text
        for reader in (self.comparisons.read, self._naming.spelling):
            if (query := reader(affirmative)) is not None:
                return flipped(query) if odd else query
        return None

    def phrase(self, text: str) -> Query | None:
        """The question of a phrase known word for word."""
        found = self._book.verbatim(text)
        if found is None:
            return None
        words = text.split()
        if text in self._canonical or self._implied.keys().isdisjoint(map(stem, words)):
            return self.about(*found)
        return self._implying(*found, self._book.content(words))

    def known(self, text: str) -> Query | None:
        """The one question that `text` asks in the content words of a known phrase, or about a measure or the name."""
        words = text.split()
        if (query := self.of_measure_or_name(text, words)) is not None:
            return query
        content = self._book.content(words)
        match = self._book.nearest(content)
        if match is None or match.nearness < SAME:
            return None
        return self._implying(*self._same(match, words, content), content)

    def likely(self, text: str) -> Query | None:
        """The one question that `text` seems to ask in words of its own."""
        words = text.split()
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
        return flipped(self._queries[prop]) if opposite else self._queries[prop]

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
        if "than" in words and self.comparisons.is_comparison(" ".join(words)):
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
        if reading.score + STRANGE * self._book.familiarity(content, reading.property) < FAMILIAR_ENOUGH:
            return None  # "does it leave a piece of metal behind?" asks more than "is it metal?"
        return reading.property, reading.opposite ^ bool(content.negations % 2)

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
