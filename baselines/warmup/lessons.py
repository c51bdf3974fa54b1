"""What a warm-up is made of: games of mediocre players, with facts, beliefs and verdicts in their places.

Every small world that is registered takes part; none is named here. A game is told as the whole conversation or, where
the last observation is enough to act, as one prompt per state. A world whose task can be told in several ways
(`TextEnv.reveals`) is played in one of some, drawn for each game. Beside a game, as branches that nothing else sees:

    facts       true sentences about the state (`TextEnv.facts`)
    knowledge   the same about the world, where there is much to know; in lessons of its own
    beliefs     the sentence that names the hidden answer, asked for before every reply (`TextEnv.belief_text`)
    verdicts    after a reply, whether the game will be won: "yes" or "no"
    modes       in some games the system prompt asks for a mode: a thought (facts) or SHORT before each reply

Beliefs, verdicts and modes are for methods that read or train them (arXiv 2602.12342, 2507.20252, 2505.13379).
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from turnbench.baselines.lm.chat import Chat
from turnbench.baselines.lm.tree import Segment
from turnbench.baselines.lm.words import BELIEF, EVALUATE, FACT, SHORT, THINK, THOUGHT
from turnbench.baselines.warmup.tree import Lesson
from turnbench.env import TextEnv
from turnbench.episode import Ending, Fact, History, Opening, Reply, Turn
from turnbench.randomness import RandomStream
from turnbench.registry import env_class, env_ids, make_env

MODE_REQUEST = "Choose a mode before you answer."
VERDICTS = ("no", "yes")
NUMBERS = 300
"""Of a vocabulary for tasks with something to work out: from here on only those that were said."""
WORLD_FACTS = 64
"""A world with more facts than this has knowledge to be learned apart from its games."""


@dataclass(frozen=True)
class Mix:
    """What share of lessons is what; all in [0, 1]."""

    modes: float = 0.1
    """Of games: those that ask for a mode."""
    states: float = 0.75
    """Of games where the last observation is enough: those told state by state."""
    facts: int = 4
    """Facts beside each state, at most."""
    knowledge: float = 0.5
    """Of lessons of worlds with much to know: those that are facts alone."""
    reveals: tuple[str, ...] = ("full", "concat", "sharded")
    """Settings in which a task that is told bit by bit is played; what the others say is these repeated."""


class World:
    """One small world as a source of lessons.

    Args:
        env_id: its id.
        chat: how to write it in tokens.
        mix: shares.
        player: name of the environment's player to imitate.
    """

    def __init__(self, env_id: str, chat: Chat, mix: Mix, player: str = "novice") -> None:
        self.env_id, self.chat, self.mix = env_id, chat, mix
        told = [{"reveal": way} for way in mix.reveals if way in env_class(env_id).reveals]
        self._settings = [make_env(env_id, split="train", **way) for way in told or [{}]]
        self.env: TextEnv = self._settings[0]
        self.longest = 0
        """Tokens of the longest reply so far, thoughts left out."""
        module, _, name = type(self.env).players[player].partition(":")
        self.player: Any = getattr(importlib.import_module(module), name)(self.env.arguments)
        vocabulary = chat.tokenizer.get_vocab()
        self._mark = {m: vocabulary.get(m) for m in (BELIEF, EVALUATE, FACT, SHORT, THINK, THOUGHT)}
        self._beginnings: dict[str, int] = {}
        self.env.reset(seed=0)
        self.knows = len(self.env.facts()) > WORLD_FACTS

    def lesson(self, seed: int, rng: RandomStream) -> Lesson:
        """A game (or facts alone) of this seed."""
        if len(self._settings) > 1:
            self.env = rng.choice(self._settings)
        if self.knows and rng.random() < self.mix.knowledge:
            return self._knowledge(seed, rng)
        return self._game(seed, rng)

    def _knowledge(self, seed: int, rng: RandomStream) -> Lesson:
        """Facts of the world, without an opening: it would be a hundred tokens in which none of them is to be found, and
        with it they are learned several times as slowly.
        """
        _, info = self.env.reset(seed=seed)
        beginning = self.chat.opening(Opening(info["system_prompt"], info["user_message"]))[:1]
        facts = rng.sample(self.env.facts(), 24)
        return Lesson(beginning, tuple(self._fact(f, -1, 0, "knowledge") for f in facts))

    def _fact(self, fact: Fact, parent: int, at: int, kind: str = "fact") -> Segment:
        """The sentence, of which only what is told is learned: which fact it is about cannot be foreseen, and how it ends
        need not be.
        """
        mark, words = self._marks(FACT), (*self.chat.words(str(fact)), self.chat.end)
        given, ending = self.chat.words(fact.given), self.chat.words(str(fact).rstrip(".!?"))
        asked = next((i for i, (a, b) in enumerate(zip(given, words, strict=False)) if a != b), len(given))
        first, last = len(mark) + asked, len(mark) + max(len(ending), asked + 1)
        return Segment((*mark, *words), tuple(range(max(first, 1), last)), parent, at, kind)

    def _marks(self, mark: str) -> tuple[int, ...]:
        """The mark's token; a tokenizer without it writes the mark out, so that any model can learn the segments."""
        token = self._mark[mark]
        return (token,) if token is not None else self.chat.words(mark)

    def _game(self, seed: int, rng: RandomStream) -> Lesson:
        env, mix = self.env, self.mix
        _, info = env.reset(seed=seed)
        opening = Opening(info["system_prompt"], info["user_message"])
        by_state = env.memoryless and rng.random() < mix.states
        modes = rng.random() < mix.modes
        told = Opening(f"{opening.system_prompt} {MODE_REQUEST}", opening.user_message) if modes else opening
        history = History("warm-up", opening, [], seed)
        turns: list[tuple[str, tuple[int, ...], list[Fact], str]] = []  # observation, reply, facts, belief
        over = False
        while not over:
            facts = [] if self.knows or not mix.facts else self._some_facts(rng)
            said = self.player.reply(history)
            reply = self.chat.words(said)
            self.longest = max(self.longest, len(reply) + 1)
            if modes:
                hidden = bool(env.secrets())
                thought = self.chat.words(str(facts[0])) if facts and not hidden else ()
                if thought and rng.below(2):
                    reply = (*self._marks(THINK), *thought, *self._marks(THOUGHT), *reply)
                else:
                    reply = (*self._marks(SHORT), *reply)
            last = history.turns[-1].observation if history.turns else told.user_message
            turns.append((last, (*reply, self.chat.end), facts, env.belief_text()))
            observation, _, over, _, info = env.step(said)
            history.turns.append(Turn(Reply(said), observation))
        self.player.forget("warm-up")
        verdict = VERDICTS[info["ending"] == Ending.SUCCESS]
        return self._by_state(told, turns, verdict) if by_state else self._as_conversation(told, turns, verdict)

    def _some_facts(self, rng: RandomStream) -> list[Fact]:
        facts = self.env.facts()
        return rng.sample(facts, min(self.mix.facts, len(facts)))

    def _as_conversation(self, opening: Opening, turns: Sequence[Any], verdict: str) -> Lesson:
        first = self.chat.opening(opening)
        begun = self._begun(opening, first)
        trunk: list[int] = []
        learned: list[int] = []
        branches: list[Segment] = []
        for k, (observation, reply, facts, belief) in enumerate(turns):
            trunk += self.chat.between(observation) if k else first[begun:]
            branches += self._beside(facts, belief, 0, len(trunk))
            learned += range(len(trunk), len(trunk) + len(reply))
            trunk += reply
            branches.append(self._verdict(verdict, 0, len(trunk)))
        return Lesson(first[:begun], (Segment(tuple(trunk), tuple(learned)), *branches))

    def _by_state(self, opening: Opening, turns: Sequence[Any], verdict: str) -> Lesson:
        segments: list[Segment] = []
        begun = 0
        beginning: tuple[int, ...] = ()
        for observation, reply, facts, belief in turns:
            prompt = self.chat.opening(Opening(opening.system_prompt, observation))
            begun = begun or self._begun(opening, prompt)
            beginning = prompt[:begun]
            own, me = prompt[begun:], len(segments)
            segments.append(Segment((*own, *reply), tuple(range(len(own), len(own) + len(reply)))))
            segments += self._beside(facts, belief, me, len(own))
            segments.append(self._verdict(verdict, me, len(own) + len(reply)))
        return Lesson(beginning, tuple(segments))

    def _begun(self, opening: Opening, prompt: tuple[int, ...]) -> int:
        """Tokens of a prompt that all prompts with this system prompt begin with, one token at least left over."""
        if opening.system_prompt not in self._beginnings:
            other = self.chat.opening(Opening(opening.system_prompt, "?"))
            same = 0
            while same < min(len(other), len(prompt)) - 1 and other[same] == prompt[same]:
                same += 1
            self._beginnings[opening.system_prompt] = same
        return self._beginnings[opening.system_prompt]

    def _beside(self, facts: Sequence[Fact], belief: str, parent: int, at: int) -> list[Segment]:
        found = [self._fact(f, parent, at) for f in facts]
        if belief:
            words = (*self._marks(BELIEF), *self.chat.words(belief), self.chat.end)
            found.append(Segment(words, tuple(range(1, len(words))), parent, at, "belief"))
        return found

    def _verdict(self, verdict: str, parent: int, at: int) -> Segment:
        words = (*self._marks(EVALUATE), *self.chat.words(verdict), self.chat.end)
        return Segment(words, tuple(range(1, len(words))), parent, at, "verdict")


def small_worlds() -> list[str]:
    """Ids of every registered world that a small model can learn and that has a novice to imitate."""
    found = []
    for env_id in env_ids():
        env = make_env(env_id) if "novice" in env_class(env_id).players else None
        if env is not None and env.warm_up > 0:
            found.append(env_id)
    return found


def texts_of(env_id: str, episodes: int = 300) -> list[str]:
    """Everything said in games of the novice, the reference and others, for building a vocabulary."""
    env = make_env(env_id, split="train")
    texts: list[str] = [MODE_REQUEST, *VERDICTS]
    env.reset(seed=0)
    knows = len(env.facts()) > WORLD_FACTS
    if knows:
        texts += map(str, env.facts())
    for name in ("novice", "reference"):
        module, _, attribute = type(env).players[name].partition(":")
        player: Any = getattr(importlib.import_module(module), attribute)(env.arguments)
        for seed in range(episodes):
            _, info = env.reset(seed=seed)
            history = History("words", Opening(info["system_prompt"], info["user_message"]), [], seed)
            texts += [history.opening.system_prompt, history.opening.user_message, env.belief_text()]
            over = False
            while not over:
                texts += [] if knows else map(str, env.facts())
                said = player.reply(history) if name == "novice" or seed % 20 else "?"
                observation, _, over, _, _ = env.step(said)
                texts += [said, observation] if name == "novice" or type(env).reveals else [observation]
                history.turns.append(Turn(Reply(said), observation))
            player.forget("words")
    return [*texts, *_numbers_between(texts)] if type(env).reveals else texts


def _numbers_between(texts: Sequence[str]) -> list[str]:
    """All numbers up to the highest in the texts (below `NUMBERS`), after a space and after a line break, because of those
    that are worked out some do not occur in a few games.
    """
    highest = max((int(n) for text in texts for n in re.findall(r"\d+", text) if len(n) < 4), default=0)
    numbers = list(map(str, range(min(highest + 1, NUMBERS))))
    return [" ".join(numbers), "\n".join(numbers)]
