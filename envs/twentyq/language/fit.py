"""Fits a world's linear reader to its phrases: `python -m turnbench.envs.twentyq.language.fit WORLD ...`.

A linear support vector machine, one class against the rest (Fan et al. 2008, LIBLINEAR), on inverse-document-frequency
weighted features of unit length. Needs scikit-learn (the `dev` extra); playing needs only the fitted integers.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from turnbench.envs.twentyq.knowledge import World, load_world, phrases_hash
from turnbench.envs.twentyq.language.linear import IMPORTANCE_SCALE, WEIGHT_SCALE, features
from turnbench.envs.twentyq.language.vocabulary import NEGATIONS
from turnbench.envs.twentyq.language.words import plain

SMALLEST = 0.08
"""Weights below this are dropped; accuracy on the development questions does not notice."""
EMPHASIS = {"c": 1.5, "w": 0.7, "b": 1.0, "d": 1.0}
"""Content words count more than function words."""
STRENGTH = 1.0
"""The machine's C."""


def examples(world: World) -> list[tuple[str, set[str]]]:
    """(class, features) of every phrase and canonical question; "!" in front of a class asks the opposite."""
    out = []
    for prop, phrase in (*((r.id, r.question) for r in world.rules), *world.phrases):
        words = plain(phrase.lstrip("!").lower()).split()
        opposite = phrase.startswith("!") ^ bool(sum(w in NEGATIONS for w in words) % 2)
        if found := features(words):
            out.append((f"!{prop}" if opposite else prop, found))
    return out


def fit(world: World) -> dict[str, np.ndarray]:
    """The arrays that `LinearReader` loads."""
    from scipy.sparse import csr_matrix
    from sklearn.svm import LinearSVC

    rows = examples(world)
    users = Counter(f for _, found in rows for f in found)
    names = sorted(f for f, n in users.items() if n >= 2 or f.startswith("c "))
    index = {f: i for i, f in enumerate(names)}
    raw = [EMPHASIS[f[0]] * (math.log((1 + len(rows)) / (1 + users[f])) + 1) for f in names]
    importance = np.round(np.array(raw) * IMPORTANCE_SCALE).astype(np.int16)

    row_of, column_of, value = [], [], []
    for i, (_, found) in enumerate(rows):
        ids = [index[f] for f in sorted(found) if f in index]
        values = importance[ids].astype(float)
        row_of += [i] * len(ids)
        column_of += ids
        value += list(values / np.sqrt((values**2).sum()))
    matrix = csr_matrix((value, (row_of, column_of)), shape=(len(rows), len(names)))
    machine = LinearSVC(C=STRENGTH, random_state=0).fit(matrix, [label for label, _ in rows])

    weights = np.where(np.abs(machine.coef_) >= SMALLEST, machine.coef_, 0.0).T  # (features, classes)
    scaled = np.clip(np.round(weights * WEIGHT_SCALE), -127, 127).astype(np.int8)
    at, column = np.nonzero(scaled)
    start = np.concatenate([[0], np.cumsum(np.bincount(at, minlength=len(names)))])
    return {
        "features": np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        "importance": importance,
        "start": start.astype(np.int32),
        "classes": np.frombuffer("\n".join(machine.classes_).encode(), dtype=np.uint8),
        "column": column.astype(np.int16),
        "weight": scaled[at, column],
        "intercept": np.round(machine.intercept_ * WEIGHT_SCALE).astype(np.int16),
        "fitted_to": np.array(phrases_hash(world)),
    }


def main(names: list[str]) -> None:
    """Fit and write `data/<world>/reader.npz` for every named world."""
    for name in names or ["things", "cities"]:
        path = Path(__file__).parent.parent / "data" / name / "reader.npz"
        arrays = fit(load_world(name))
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
        print(f"{path.parent.name}: {len(arrays['weight'])} weights, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
