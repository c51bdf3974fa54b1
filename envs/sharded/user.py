"""The user: a script that reveals a piece of the instruction at a time, as the protocol's simulator is told to.

Rules (arXiv:2505.06120, appendix on the user simulator): the first message is the first shard, word for word; later ones
reveal at most one piece each, all of it, reworded, never twice, and invent nothing; a question about something that was
not yet said is answered with that piece, of several questions the one that fits a piece best; a question about anything
else reveals nothing. Published shards have one wording only, so they are said as they are.

What a question is about is decided by its words: by stems that a piece holds or lists as its `topics`, rare ones weighing
more; by words that mean about the same (`synonyms`), where no piece holds the word itself, which weigh half; and by topics
such as "when" or "how long", which weigh half. Words of the goal, which everybody knows, do not make a question fit unless
it consists of nothing else.

Deviation: where nothing is asked, or only for "more details", or more about the goal, the user goes on with the next
piece, where the protocol leaves it to a model to choose ("the most basic and currently most relevant"); the order of the
instance stands for "basic". A reply that is no clarification or interrogation but asks something beside (an answer and "which
year, though?") is answered if it can be; otherwise the user goes on.

Which words are chosen is drawn from the episode's stream, so that every run of an instruction hears it differently.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from turnbench.envs.sharded.instance import Shard
from turnbench.envs.sharded.questions import content_words, questions, words_of
from turnbench.envs.sharded.replies import ReplyClass
from turnbench.envs.sharded.reveal import together
from turnbench.envs.sharded.synonyms import asked_by_phrase, stems, synonyms
from turnbench.envs.sharded.wording import ADDING, ANSWERING
from turnbench.randomness import RandomStream

T = TypeVar("T")
LEAST_WEIGHT = 0.2
"""What the words that a question and a piece share must weigh together."""
SYNONYM = 0.5
"""What a synonym weighs of the word that a piece holds."""
_QUESTION_WORDS = frozenset(["how", "what", "when", "where", "which", "who", "whom", "whose", "why"])
_IGNORANT = (
    "No idea.", "I don't know.", "Can't say, sorry.", "Not sure about that.", "Hm, I can't tell you that.",
    "I have nothing to say on that.", "Don't know, sorry.",
)  # fmt: skip
_SAID = (
    "I already told you that.", "As I said before.", "You have that from me already.", "See above, I said so.", "I said that.",
)  # fmt: skip


class Said(NamedTuple):
    """A user's message, and which group of shards it reveals (None: nothing)."""

    text: str
    group: int | None


class User(Protocol):
    """Who holds the shards."""

    def speak(self, reply: str, kind: ReplyClass, hidden: Sequence[int], must_reveal: bool, rng: RandomStream) -> Said:
        """The next message.

        Args:
            reply: what the assistant said last.
            kind: its class.
            hidden: groups not revealed yet, in order; at least one.
            must_reveal: the user's patience is at an end: this message reveals something.
            rng: the episode's stream.
        """
        ...


class ScriptedUser:
    """The user described above.

    Args:
        groups: the instance's shards, as they are revealed together.
    """

    def __init__(self, groups: Sequence[Sequence[Shard]]) -> None:
        self._groups = groups
        self._words = [frozenset().union(*map(_words_of_shard, group)) for group in groups]
        self._phrases = [frozenset().union(*map(_phrases_of_shard, group)) for group in groups]
        self._weight = _rarity(self._words)
        self._phrase_weight = _rarity(self._phrases)

    def speak(self, reply: str, kind: ReplyClass, hidden: Sequence[int], must_reveal: bool, rng: RandomStream) -> Said:
        """The piece asked for, or the next one, or an answer that reveals nothing."""
        asked = [_Question.read(text) for text in questions(reply)]
        meant = [self._meant(question, hidden) for question in asked]
        open_ones = [fit for fit in meant if fit is not None and fit.hidden]
        if open_ones:
            return self._reveal(max(open_ones, key=lambda fit: (fit.weight, -fit.group)).group, ANSWERING, rng)
        about_the_goal = all(question.content <= self._words[0] for question in asked)
        if about_the_goal or must_reveal or kind not in ReplyClass.asking():
            return self._reveal(hidden[0], ADDING, rng)
        return Said(rng.choice(_SAID if any(meant) else _IGNORANT), None)

    def _meant(self, question: _Question, hidden: Sequence[int]) -> _Fit | None:
        """The piece that a question is about: where two fit alike, a hidden one, then the shorter, then the earlier one."""
        fits = [_Fit(self._fit(question, g), g in hidden, -len(self._words[g]), g) for g in range(1, len(self._groups))]
        best = max(fits, key=lambda fit: (*fit[:3], -fit.group), default=None)
        return best if best is not None and best.weight > LEAST_WEIGHT else None

    def _fit(self, question: _Question, group: int) -> float:
        held, goal = self._words[group], self._words[0]
        weights = [self._weight[word] for word in question.content & held]
        if question.content & held <= goal and not question.content <= goal:
            weights = []
        for word, alike in question.alike.items():
            if word not in self._weight and (meant := (alike & held) - goal):
                weights.append(SYNONYM * max(self._weight[other] for other in meant))
        # "When" and "how many" are asked of many things: they count half.
        weights += [self._phrase_weight[phrase] / 2 for phrase in self._phrases[group] if phrase <= question.words]
        return math.fsum(weights)  # the same in whatever order a set has

    def _reveal(self, group: int, frames: Sequence[str], rng: RandomStream) -> Said:
        said = [rng.choice(shard.wordings) if shard.wordings else shard.text for shard in self._groups[group]]
        frame = rng.choice(frames) if rng.below(2) else ""
        return Said(frame + together(said), group)


class _Fit(NamedTuple):
    """How well a group answers a question."""

    weight: float
    hidden: bool
    brevity: int
    group: int


class _Question(NamedTuple):
    """Stems of a question: of the words that say what it is about, of those that mean about the same as each, and of all words."""

    content: frozenset[str]
    alike: Mapping[str, frozenset[str]]
    words: frozenset[str]

    @staticmethod
    def read(text: str) -> _Question:
        content, words = stems(content_words(text)), words_of(text)
        alike = {word: synonyms(word) for word in content} | asked_by_phrase(words)
        return _Question(content, alike, stems(words))


def _words_of_shard(shard: Shard) -> frozenset[str]:
    return stems(content_words(" ".join([shard.text, *shard.topics])))


def _phrases_of_shard(shard: Shard) -> frozenset[frozenset[str]]:
    """Topics without a content word but with a question word: "when", "how long"."""
    bare = (words_of(topic) for topic in shard.topics if not content_words(topic))
    return frozenset(stems(words) for words in bare if not _QUESTION_WORDS.isdisjoint(words))


def _rarity(features: Sequence[frozenset[T]]) -> dict[T, float]:
    """What many pieces share says little about which one is asked for (inverse document frequency)."""
    holders = Counter(feature for some in features for feature in some)
    return {feature: math.log((1 + len(features)) / n) for feature, n in holders.items()}
