"""Versions, platform and commit: what a result records about the machine it was made on."""

from __future__ import annotations

import platform
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

RECORDED = ("gymnasium", "numpy", "pydantic", "rapidfuzz", "snowballstemmer", "torch", "transformers")
"""Packages that can change what a run does."""


def package_versions() -> dict[str, str]:
    """Installed versions of the recorded packages."""
    return {name: found for name in RECORDED if (found := _version(name)) is not None}


@cache
def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def git_commit() -> tuple[str | None, bool | None]:
    """Commit of the checkout this package runs from and whether it was changed; (None, None) when installed."""
    root = Path(__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return None, None
    try:
        commit = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout.strip()
        changed = subprocess.run(
            ["git", "-C", str(root), "status", "--porcelain"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None, None
    return commit, bool(changed)


def python_version() -> str:
    """Such as "3.11.7"."""
    return platform.python_version()


def platform_name() -> str:
    """Operating system and processor, no host name."""
    return f"{sys.platform}-{platform.machine()}"
