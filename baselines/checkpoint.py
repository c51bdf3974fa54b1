"""Writing and reading the state of a training run: never half a file, never lost."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch

from turnbench.errors import UsageError


def save_state(state: dict[str, Any], path: Path) -> None:
    """Write to a temporary file, sync, rename: the old state stays until the new one is whole."""
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def load_state(path: Path) -> dict[str, Any]:
    """What `save_state` wrote."""
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


class Curve:
    """A JSON-lines log that a resumed run goes on with: rows after the checkpoint are cut off and written again.

    Where TensorBoard is installed, its numbers go to a folder `tensorboard` beside it as well.

    Args:
        path: the file.
        rows: rows to keep, None for all.
    """

    def __init__(self, path: Path, rows: int | None = None) -> None:
        self._board = _tensorboard(path.parent / "tensorboard", rows or 0)
        kept = read_curve(path)[:rows] if path.exists() else []
        self.rows = len(kept)
        temporary = path.with_suffix(".tmp")
        temporary.write_text("".join(json.dumps(r) + "\n" for r in kept), encoding="utf-8")
        temporary.replace(path)
        self._file = path.open("a", encoding="utf-8")

    def write(self, row: dict[str, Any]) -> None:
        """Append a row and hand it to the operating system."""
        self._file.write(json.dumps(row, allow_nan=False) + "\n")
        self._file.flush()
        self.rows += 1
        if self._board is not None:
            for name, value in row.items():
                for part, number in value.items() if isinstance(value, dict) else [("", value)]:
                    self._board.add_scalar(f"{name}/{part}" if part else name, number, self.rows)

    def sync(self) -> None:
        """Have everything on disk, before a checkpoint says it is."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        if self._board is not None:
            self._board.close()


def _tensorboard(folder: Path, rows: int) -> Any:
    """A writer that takes up after so many rows; None where TensorBoard is not installed."""
    if find_spec("tensorboard") is None:
        return None
    from torch.utils.tensorboard import SummaryWriter

    return SummaryWriter(str(folder), purge_step=rows + 1)


def read_curve(path: Path) -> list[dict[str, Any]]:
    """Rows of a curve; a last line that was cut off by a kill is dropped."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            break
    return rows


def _differences(kept: dict[str, Any], now: dict[str, Any], within: str = "") -> list[str]:
    """Where two JSON objects differ, as "config.groups (8, not 16)"."""
    out = []
    for key in sorted({*kept, *now}):
        a, b = kept.get(key), now.get(key)
        if isinstance(a, dict) and isinstance(b, dict):
            out += _differences(a, b, f"{within}{key}.")
        elif a != b:
            out.append(f"{within}{key} ({a!r}, not {b!r})")
    return out


def claim(folder: Path, identity: dict[str, Any]) -> None:
    """Make `folder` this run's, or see that it is already.

    Raises:
        UsageError: another run lives there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "run.json"
    text = json.dumps(identity, indent=1, sort_keys=True)
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        now = json.loads(text)
        if kept != now:
            changed = _differences(kept, now)
            raise UsageError(
                f"{folder} holds a run that differs in {', '.join(changed)}: choose another --out, or delete the folder."
            )
        return
    if any(p.name != "run.tmp" for p in folder.iterdir()):  # a kill while claiming leaves that one
        raise UsageError(f"{folder} is not empty and holds no training run: choose another --out.")
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
