"""Players that know no rules: they copy from what was shown. Each family adds a reference player that does know them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from turnbench.envs.incontext.context import Fragment
from turnbench.envs.incontext.game import Game, Observation
from turnbench.envs.incontext.wording import read_observation, read_opening
from turnbench.episode import History
from turnbench.randomness import RandomStream


class Step(NamedTuple):
    """One of a player's own actions (or "" for a text that was none), and what was seen after it."""

    action: str
    seen: Observation


class Scene(NamedTuple):
    """All a player knows: the records, what it saw first, and what it did since."""

    records: tuple[Fragment, ...]
    first: Observation
    steps: tuple[Step, ...]

    @property
    def now(self) -> Observation:
        """What was seen last."""
        return self.steps[-1].seen if self.steps else self.first


class Player(ABC):
    """Reads an episode's messages. A family's players set `game_of`, which makes the game from the environment's arguments."""

    game_of: ClassVar[Any]

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self.arguments = dict(arguments)
        self.game: Game[Any, Any] = type(self).game_of(arguments)

    def reply(self, history: History) -> str:
        scene = self.scene(history)
        rng = RandomStream.from_parts("player", history.agent_seed, len(history.turns))
        return (self.act(scene, rng) if scene is not None else "") or rng.choice(self.game.actions)

    @abstractmethod
    def act(self, scene: Scene, rng: RandomStream) -> str:
        """An action; "" for any."""

    def forget(self, episode: str) -> None:
        """Nothing is kept."""
        return None

    def scene(self, history: History) -> Scene | None:
        """The episode as observations; None where its messages are none of this game's."""
        wording = self.arguments["wording"]
        opening = read_opening(self.game, history.opening.user_message, wording)
        if opening is None:
            return None
        steps = []
        for turn in history.turns:
            seen = read_observation(self.game, turn.observation, wording)
            if seen is None:
                return None
            steps.append(Step(self.game.read_action(turn.reply.text), seen))
        return Scene(opening[0], opening[1], tuple(steps))


class Random(Player):
    """Any action."""

    def act(self, scene: Scene, rng: RandomStream) -> str:
        return rng.choice(self.game.actions)


class Replay(Player):
    """Says the actions of the first record one after the other, whatever happens: copying open-loop."""

    def act(self, scene: Scene, rng: RandomStream) -> str:
        done = len(scene.steps)
        actions = scene.records[0].actions if scene.records else ()
        return actions[done] if done < len(actions) else ""


class Nearest(Player):
    """The hashmap of arXiv:2312.03801: does what a record did where it saw the very same, else what it did where most words of the
    view were the same; of several the most frequent, then the first shown.
    """

    def act(self, scene: Scene, rng: RandomStream) -> str:
        now = scene.now.view
        near: dict[int, Counter[str]] = {}
        for record in scene.records:
            for seen, action in zip(record.seen, record.actions, strict=False):
                same = sum(a == b for a, b in zip(seen.view, now, strict=False))
                near.setdefault(same, Counter())[action] += 1
        return near[max(near)].most_common(1)[0][0] if near else ""


def players_of(game_of: Any, reference: type[Player]) -> tuple[type[Player], ...]:
    """Reference, Random, Replay and Nearest of a family, in that order."""
    return tuple(
        type(base.__name__, (base,), {"game_of": staticmethod(game_of), "__doc__": base.__doc__})
        for base in (reference, Random, Replay, Nearest)
    )


def players_in(module: str) -> dict[str, str]:
    """The table `players` of an environment whose players stand in `module`."""
    names = {"reference": "Reference", "random": "Random", "replay": "Replay", "nearest": "Nearest"}
    return {name: f"{module}:{cls}" for name, cls in names.items()}
