"""Fits a world's linear reader to its phrases: `python -m turnbench.envs.twentyq.language.fit WORLD ...`.

Every feature gets a vector, every class one too, and the softmax over their products is trained by Adam (Kingma and Ba
2015) with smoothed labels and features left out at random. Playing needs only the fitted whole numbers.
"""

from __future__ import annotations

import math
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from turnbench.envs.twentyq.knowledge import World, load_world, phrases_hash
from turnbench.envs.twentyq.language.linear import IMPORTANCE_SCALE, UNIT, features
from turnbench.envs.twentyq.language.words import negations, plain

EMPHASIS = {"c": 1.5, "w": 0.7, "b": 1.0, "d": 1.0, "t": 0.7, "g": 0.4}
"""Content words count more than function words, and these more than pieces of words."""
LEAST_USES = {"c": 1, "w": 1, "b": 3, "d": 2, "t": 1, "g": 4}
"""Features of fewer examples are left out."""
SIZE = 64
"""Length of a vector."""
PASSES, LEAST_STEPS, BATCH, RATE = 6, 400, 512, 4e-3
"""Passes over the examples, of a small world so many that there are LEAST_STEPS batches."""
SHARPNESS = 9.0
"""Factor from products to log odds."""
SMOOTHING = 0.1
"""Share of belief that an example leaves to all other classes together."""
DROPPED = 0.1
"""Share of its features that an example loses at random, other ones at every pass."""

Floats = NDArray[np.float32]


def examples(world: World) -> list[tuple[str, list[str]]]:
    """(class, words) of every phrase and canonical question; "!" in front of a class asks the opposite."""
    out = []
    for prop, phrase in (*((r.id, r.question) for r in world.rules), *world.phrases):
        words = plain(phrase.lstrip("!").lower()).split()
        opposite = phrase.startswith("!") ^ bool(negations(words) % 2)
        if features(words):
            out.append((f"!{prop}" if opposite else prop, words))
    return out


class Rows:
    """The features of all examples as one ragged table: `column[start[i]:start[i + 1]]` are those of example i."""

    def __init__(self, found: list[list[str]], index: dict[str, int]) -> None:
        columns = [[index[f] for f in names if f in index] for names in found]
        self.start = np.cumsum([0, *map(len, columns)])
        self.column = np.concatenate([np.array(c, dtype=np.int64) for c in columns])

    def batch(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Columns of these examples, one after the other, and the place in the batch that each belongs to."""
        sizes = self.start[rows + 1] - self.start[rows]
        place = np.repeat(np.arange(len(rows)), sizes)
        first = np.repeat(self.start[rows] - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
        return self.column[first + np.arange(len(place))], place


class Adam:
    """One array's optimiser; `rate` is given at every step."""

    def __init__(self, value: Floats) -> None:
        self.value = value
        self._mean, self._square, self._steps = np.zeros_like(value), np.zeros_like(value), 0

    def step(self, gradient: Floats, rate: float) -> None:
        self._steps += 1
        self._mean += 0.1 * (gradient - self._mean)
        self._square += 0.001 * (gradient * gradient - self._square)
        size = rate * math.sqrt(1 - 0.999**self._steps) / (1 - 0.9**self._steps)
        self.value -= size * self._mean / (np.sqrt(self._square) + 1e-8)


def fit(world: World, progress: bool = False) -> dict[str, np.ndarray]:
    """The arrays that `LinearReader` loads."""
    from scipy.sparse import csr_matrix

    random = np.random.default_rng(0)
    rows = examples(world)
    found = [features(words) for _, words in rows]
    users = Counter(f for names in found for f in names)
    names = sorted(f for f, n in users.items() if n >= LEAST_USES[f[0]])
    index = {f: i for i, f in enumerate(names)}
    raw = [EMPHASIS[f[0]] * (math.log((1 + len(rows)) / (1 + users[f])) + 1) for f in names]
    importance = np.round(np.array(raw) * IMPORTANCE_SCALE).astype(np.int16)
    weight: Floats = (importance / IMPORTANCE_SCALE).astype(np.float32)
    table = Rows(found, index)
    classes = sorted({label for label, _ in rows})
    number = {c: i for i, c in enumerate(classes)}
    target = np.array([number[label] for label, _ in rows])

    vector = Adam((random.standard_normal((len(names), SIZE)) * 0.3 / SIZE).astype(np.float32))
    class_vector = Adam((random.standard_normal((len(classes), SIZE)) / math.sqrt(SIZE)).astype(np.float32))
    bias = Adam(np.zeros(len(classes), dtype=np.float32))
    batches = math.ceil(len(rows) / BATCH)
    passes = max(PASSES, math.ceil(LEAST_STEPS / batches))
    steps, done = passes * batches, 0
    for number_of_pass in range(passes):
        order, loss = random.permutation(len(rows)), 0.0
        for at in range(0, len(rows), BATCH):
            chosen = order[at : at + BATCH]
            column, place = table.batch(chosen)
            kept = random.random(len(column)) >= DROPPED
            column, place = column[kept], place[kept]
            value = weight[column]
            length = np.sqrt(np.bincount(place, value * value, minlength=len(chosen))).astype(np.float32)
            value = (value / np.maximum(length, 1e-6)[place]).astype(np.float32)
            inputs = csr_matrix((value, (place, column)), shape=(len(chosen), len(names)))
            inside = inputs @ vector.value
            logits = SHARPNESS * (inside @ class_vector.value.T) + bias.value
            logits -= logits.max(axis=1, keepdims=True)
            belief = np.exp(logits)
            belief /= belief.sum(axis=1, keepdims=True)
            at_target = belief[np.arange(len(chosen)), target[chosen]]
            loss -= float(np.log(np.maximum(at_target, 1e-9)).sum())
            belief -= SMOOTHING / len(classes)
            belief[np.arange(len(chosen)), target[chosen]] -= 1 - SMOOTHING
            belief /= len(chosen)
            rate, done = RATE * (1 - done / steps), done + 1
            class_gradient = SHARPNESS * (belief.T @ inside)
            inside_gradient = SHARPNESS * (belief @ class_vector.value)
            vector.step(inputs.T @ inside_gradient, rate)
            class_vector.step(class_gradient, rate)
            bias.step(belief.sum(axis=0), rate)
        if progress:
            print(f"  pass {number_of_pass + 1} of {passes}: loss {loss / len(rows):.3f}", flush=True)

    # To whole numbers: features and classes to int8, and their products' unit to what UNIT leaves room for.
    weighted: Floats = vector.value * weight[:, None]
    feature_scale = 127 / np.quantile(np.abs(weighted), 0.9999)
    inside = _inside(table, weighted, weight)
    gain = UNIT / np.quantile(np.abs(inside), 0.9999)
    class_scale = 127 / np.abs(class_vector.value).max()
    product = gain * class_scale / SHARPNESS
    return {
        "features": np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        "importance": importance,
        "vector": np.clip(np.round(weighted * feature_scale), -127, 127).astype(np.int8),
        "classes": np.frombuffer("\n".join(classes).encode(), dtype=np.uint8),
        "class_vector": np.round(class_vector.value * class_scale).astype(np.int8),
        "bias": np.round(bias.value * product).astype(np.int32),
        "gain": np.array(gain / feature_scale, dtype=np.float64),
        "temperature": np.array(product, dtype=np.float64),
        "fitted_to": np.array(phrases_hash(world)),
    }


def _inside(rows: Rows, weighted: Floats, weight: Floats) -> Floats:
    """The sums of a sample of examples, at unit length of their weights."""
    chosen = np.arange(0, len(rows.start) - 1, 10)
    column, place = rows.batch(chosen)
    total = np.zeros((len(chosen), weighted.shape[1]), dtype=np.float32)
    np.add.at(total, place, weighted[column])
    length = np.sqrt(np.bincount(place, weight[column] ** 2, minlength=len(chosen)))
    return (total / np.maximum(length, 1e-6)[:, None]).astype(np.float32)


def main(names: list[str]) -> None:
    """Fit and write `data/<world>/reader.npz` for every named world."""
    for name in names or ["things", "cities"]:
        path, start = Path(__file__).parent.parent / "data" / name / "reader.npz", time.monotonic()
        arrays = fit(load_world(name), progress=True)
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
        print(
            f"{name}: {len(arrays['vector'])} features, {path.stat().st_size / 1000:.0f} kB, "
            f"{time.monotonic() - start:.0f} s"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
