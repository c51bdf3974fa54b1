"""Committed checkpoints: `<method>/<environment>/`, and `base`, the warm-up they all start from.

Each folder is what transformers' save_pretrained writes, in bfloat16, with a `card.json` that says how it came to be.
"""

from __future__ import annotations

from pathlib import Path

from turnbench.errors import UnknownName, did_you_mean

FOLDER = Path(__file__).parent


def checkpoint_names() -> list[str]:
    """ "base" and every "<method>/<environment>" there is, sorted."""
    return sorted(str(p.parent.relative_to(FOLDER)) for p in FOLDER.rglob("config.json"))


def checkpoint_path(name: str) -> Path:
    """Folder of a committed checkpoint.

    Raises:
        UnknownName: there is none of that name.
    """
    if name in checkpoint_names():
        return FOLDER / name
    known = checkpoint_names()
    raise UnknownName(
        f"There is no checkpoint {name!r}; there is: {', '.join(known) or 'none'}.{did_you_mean(name, known)}"
    )
