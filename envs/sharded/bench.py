"""Conversations a second of every task: `python -m turnbench.envs.sharded.bench`.

For each task the reference player's sharded conversations are played, then the same replies are given again to the
environment alone; both are held against a floor timed in turn with them: a loop that draws and hands over as many texts
and does nothing else. Every conversation is about a new instance, which is drawn anew in every round; the last column is
what `degrade` and training see, ten conversations about each instance.
"""

from __future__ import annotations

import importlib
import statistics
import time
from collections.abc import Callable
from typing import Annotated, Any

import gymnasium
import typer

from turnbench.envs.sharded.env import generated
from turnbench.episode import History, Opening, Reply, Turn
from turnbench.randomness import RandomStream
from turnbench.registration import NAMESPACE


def worlds() -> list[str]:
    """Ids of the tasks, without their levels."""
    found = [
        s.id for s in gymnasium.registry.values() if s.namespace == NAMESPACE and "envs.sharded." in str(s.entry_point)
    ]
    return sorted(i for i in found if "-Small" not in i)


def played(env: Any, player: Any, seeds: range) -> list[list[str]]:
    """The replies of the player's conversations."""
    every = []
    for seed in seeds:
        _, info = env.reset(seed=seed)
        history = History(str(seed), Opening(info["system_prompt"], info["user_message"]), [], seed)
        over = False
        while not over:
            text = player.reply(history)
            observation, _, over, _, _ = env.step(text)
            history.turns.append(Turn(Reply(text), observation))
        every.append([turn.reply.text for turn in history.turns])
    return every


def again(env: Any, replies: list[list[str]]) -> None:
    """The same replies without the player."""
    for seed, texts in enumerate(replies):
        env.reset(seed=seed)
        for text in texts:
            env.step(text)


def repeated(env: Any, replies: list[list[str]]) -> None:
    """Ten conversations about an instance; the replies are to others, so wrong ones."""
    for seed, texts in enumerate(replies):
        env.reset(seed=seed, options={"instance": seed // 10})
        for text in texts:
            if env.step(text)[2]:
                break


def floor(replies: list[list[str]]) -> int:
    """As many texts drawn and handed over."""
    said = ("Also: there are 12 of them.", "By the way: each costs $3.", "I see. Please go on.")
    length = 0
    for seed, texts in enumerate(replies):
        rng = RandomStream.from_parts("floor", seed)
        for text in texts:
            length += len(rng.choice(said)) + len(text)
    return length


def seconds(work: Callable[[], Any], rounds: int) -> float:
    """Median over rounds."""
    took = []
    for _ in range(rounds):
        generated.cache_clear()
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def main(
    conversations: Annotated[int, typer.Option(help="Of each task.")] = 100,
    rounds: Annotated[int, typer.Option(help="Times each is measured; the median counts.")] = 3,
) -> None:
    """Print conversations a second with the player, of the environment alone (on new instances, on ten runs each), and of the floor."""
    print(
        f"{'task':18s} {'turns':>6s} {'with player':>12s} {'environment':>12s} {'ten each':>10s} {'floor':>10s} {'environment / floor':>20s}"
    )
    for env_id in worlds():
        env: Any = gymnasium.make(env_id, split="test").unwrapped
        module, _, name = env.players["reference"].partition(":")
        player = getattr(importlib.import_module(module), name)(env.arguments)
        replies = played(env, player, range(conversations))
        with_player = seconds(lambda: played(env, player, range(conversations)), rounds)  # noqa: B023 - called at once
        alone = seconds(lambda: again(env, replies), rounds)  # noqa: B023
        of_ten = seconds(lambda: repeated(env, replies), rounds)  # noqa: B023
        least = seconds(lambda: floor(replies), rounds)  # noqa: B023
        turns = sum(map(len, replies)) / conversations
        print(
            f"{env_id.rpartition('/')[2]:18s} {turns:6.1f} {conversations / with_player:12,.0f} {conversations / alone:12,.0f} "
            f"{conversations / of_ten:10,.0f} {conversations / least:10,.0f} {least / alone:20.4f}"
        )


if __name__ == "__main__":
    typer.run(main)
