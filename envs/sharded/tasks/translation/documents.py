"""The documents that are shipped: 36 short German news-like texts with two English versions each, written for this project."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

SHIPPED = Path(__file__).with_name("documents.json")
"""In the published format, with a second version under `more_references`."""


@lru_cache(maxsize=1)
def shipped_lines() -> tuple[tuple[tuple[str, str], ...], ...]:
    """Of every shipped document its lines as (German, English), the English of `document_en`."""
    records = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return tuple(tuple(zip(r["document_de"].split("\n"), r["document_en"].split("\n"), strict=True)) for r in records)
