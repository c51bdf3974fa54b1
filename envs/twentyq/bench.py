"""Speed of Twenty Questions as ratios to a minimal environment: `python -m turnbench.envs.twentyq.bench`.

The floor is a guess-the-number environment of a dozen lines that parses an action and formats an observation. Floor and
rows are timed in turn, several times over, and the median ratio of back-to-back pairs is printed, because a shared
machine's clock rates wander.
"""

from __future__ import annotations

import itertools
import json
import random
import statistics
import time
from collections.abc import Callable

import gymnasium

from turnbench.envs.twentyq.env import TwentyQ
from turnbench.envs.twentyq.knowledge import load_world
from turnbench.randomness import RandomStream
from turnbench.vector import BatchEnv

REPEATS = 7
SECONDS = 0.4
NEW_TEXTS = 100_000


class GuessTheNumber:
    """The floor: a dozen lines that do the least a text environment must do."""

    def reset(self, seed: int) -> str:
        self.number = random.Random(seed).randrange(1000)
        self.left = 20
        return "Guess a number from 0 to 999."

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, str]]:
        self.left -= 1
        guess = int(action) if action.isdigit() else -1
        if guess == self.number:
            return "Right.", 1.0, True, False, {}
        said = "Higher." if guess < self.number else "Lower."
        return f"{said} {self.left} left.", 0.0, self.left == 0, False, {}


def rate(steps: Callable[[], int], seconds: float = SECONDS) -> float:
    """Steps per second of repeated calls of `steps`, which returns how many it made."""
    done, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        done += steps()
    return done / spent


def floor() -> Callable[[], int]:
    env = GuessTheNumber()
    seeds = itertools.count()

    def episode() -> int:
        env.reset(next(seeds))
        for k in range(20):
            if env.step(str(k))[2]:
                return k + 1
        return 20

    return episode


def seen_phrasings() -> Callable[[], int]:
    """Whole episodes of questions whose wording has come up before, resets included."""
    env = gymnasium.make("TurnBench/TwentyQ-v0").unwrapped
    assert isinstance(env, TwentyQ)
    questions = [phrase.lstrip("!") + "?" for _, phrase in load_world("things").phrases[:2000:2]]
    turn, seeds = itertools.cycle(questions), itertools.count()

    def episode() -> int:
        env.reset(seed=next(seeds))
        for k in range(20):
            if env.step(next(turn))[2]:
                return k + 1
        return 20

    for _ in range(len(questions) // 20 + 1):
        episode()
    return episode


def batched() -> Callable[[], int]:
    """The same through `make_vec`'s in-process batch of 64."""
    env = BatchEnv("TurnBench/TwentyQ-v0", 64)
    questions = [phrase.lstrip("!") + "?" for _, phrase in load_world("things").phrases[:2000:2]]
    turns = itertools.cycle([questions[k : k + 64] for k in range(0, len(questions) - 64, 64)])
    env.reset(seed=0)

    def step() -> int:
        env.step(next(turns))
        return 64

    for _ in range(len(questions) // 64):
        step()
    return step


def new_phrasings() -> Callable[[], int]:
    """Questions never worded so before: known phrases with their middle reworded and in ever new wrappings."""
    env = gymnasium.make("TurnBench/TwentyQ-v0", budget=200).unwrapped
    assert isinstance(env, TwentyQ)
    phrases = [phrase.lstrip("!").split() for _, phrase in load_world("things").phrases]
    openings = [
        "Hmm, {}?",
        "Okay, next question: {}?",
        "I wonder, {}?",
        "Please tell me, {}?",
        "So {}, right?",
        "{}, please?",
    ]
    fillers = ["really", "usually", "actually", "normally", "generally", "typically", "mostly", "commonly"]
    order = RandomStream.from_parts("bench")
    texts: dict[str, None] = {}
    while len(texts) < NEW_TEXTS:
        words = list(order.choice(phrases))
        for _ in range(2):
            words.insert(order.below(len(words)) + 1, order.choice(fillers))
        texts[order.choice(openings).format(" ".join(words))] = None
    unused, seeds = iter(texts), itertools.count()

    def episode() -> int:
        env.reset(seed=next(seeds))
        for k in range(200):
            if env.step(next(unused))[2]:
                return k + 1
        return 200

    return episode


def save_restore() -> Callable[[], int]:
    """One get_state and one set_state in the middle of a game."""
    env = gymnasium.make("TurnBench/TwentyQ-v0").unwrapped
    assert isinstance(env, TwentyQ)
    env.reset(seed=0)
    for question in ("Is it alive?", "Is it red?", "Is it big?", "Does it fly?"):
        env.step(question)

    def once() -> int:
        for _ in range(100):
            env.set_state(env.get_state())
        return 100

    return once


def import_ms() -> float:
    """Milliseconds that `import turnbench` adds to `import gymnasium`, median of fresh interpreters."""
    import subprocess
    import sys

    code = "import gymnasium, time; t = time.perf_counter(); import turnbench; print((time.perf_counter() - t) * 1000)"
    runs = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(7)
    ]
    return statistics.median(runs)


def main() -> None:
    """Print the table and, as the last line, the same as JSON."""
    rows = {
        "seen phrasings, one env": seen_phrasings(),
        "seen phrasings, batch of 64": batched(),
        "never-seen phrasings": new_phrasings(),
        "save and restore": save_restore(),
    }
    base = floor()
    out: dict[str, dict[str, float]] = {}
    for name, steps in rows.items():
        pairs = [(rate(base), rate(steps)) for _ in range(REPEATS)]
        ratio = statistics.median(b / a for a, b in pairs)
        out[name] = {
            "per_second": round(statistics.median(b for _, b in pairs)),
            "floor_per_second": round(statistics.median(a for a, _ in pairs)),
            "ratio": round(ratio, 4),
        }
    print(f"{'':30}{'per second':>12}{'floor':>12}{'ratio':>9}")
    for name, row in out.items():
        print(f"{name:30}{row['per_second']:>12,}{row['floor_per_second']:>12,}{row['ratio']:>9.3f}")
    added = import_ms()
    print(f"import turnbench adds {added:.1f} ms to import gymnasium")
    print(json.dumps({**out, "import_ms": round(added, 1)}))


if __name__ == "__main__":
    main()
