"""The laboratory is the one room with torch in it, and its door does not open by itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from turnbench.baselines.method import method_names

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"torch", "transformers", "tokenizers", "safetensors", "accelerate"}


def imported(path: Path) -> set[str]:
    """First names of all modules a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def loaded_after(code: str) -> set[str]:
    command = [sys.executable, "-c", f"{code}\nimport sys; print('\\n'.join(sys.modules))"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("room", ["turnbench", "envs", "leaderboard"])
def test_no_other_room_imports_torch(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    for path in files:
        assert not imported(path) & HEAVY, path.relative_to(ROOT)


def test_credit_pages_import_numbers_and_nothing_heavy() -> None:
    pages = sorted((ROOT / "baselines" / "credit").glob("*.py"))
    assert len(pages) > len(method_names())
    for path in [*pages, ROOT / "baselines" / "trajectory.py", ROOT / "baselines" / "method.py"]:
        assert not imported(path) & HEAVY, path.relative_to(ROOT)


def test_the_test_itself_would_notice() -> None:
    assert "torch" in imported(ROOT / "baselines" / "sampling.py")
    assert "json" in loaded_after("import json")


@pytest.mark.parametrize(
    "code",
    [
        "import turnbench.cli, turnbench.baselines.trajectory",
        "import turnbench.baselines.method as m\nfor n in m.method_names(): m.load_method(n)",
        "import turnbench.baselines.checkpoints as c\nc.checkpoint_names()",
    ],
)
def test_looking_at_methods_loads_no_torch(code: str) -> None:
    assert not loaded_after(code) & HEAVY
