"""Who may know whom, and what an import may cost. Read from the source and from `sys.modules`, never from a clock."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {
    "turnbench": "turnbench",
    "envs": "turnbench.envs",
    "baselines": "turnbench.baselines",
    "leaderboard": "turnbench.leaderboard",
}
CORE = {
    "turnbench", "turnbench.env", "turnbench.episode", "turnbench.errors", "turnbench.exact", "turnbench.randomness",
    "turnbench.registration",
    "turnbench.spaces", "turnbench.splits", "turnbench.version", "turnbench.chatapi.blocking", "turnbench.chatapi.settings",
}  # fmt: skip


def imports(folder: str) -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: relative import"
                yield path, node.module or ""


def test_environments_know_only_the_core() -> None:
    for path, name in imports("envs"):
        if name.startswith("turnbench") and not name.startswith("turnbench.envs"):
            benchmark = path.name == "bench.py" and name == "turnbench.vector"
            assert name in CORE or benchmark, f"{path.relative_to(ROOT)} imports {name}"
        assert name.split(".")[0] not in ("torch", "transformers"), path


def test_the_spine_imports_no_environment_and_no_method() -> None:
    allowed = {("turnbench/registration.py", "turnbench.envs")}  # walks the folder, by name of none
    for path, name in imports("turnbench"):
        inside = name.startswith(("turnbench.envs", "turnbench.baselines", "turnbench.leaderboard"))
        assert not inside or (str(path.relative_to(ROOT)), name) in allowed, f"{path}: {name}"
        assert name.split(".")[0] not in ("torch", "transformers"), path


def test_results_are_a_leaf() -> None:
    for path, name in imports("turnbench"):
        if path.name == "result.py" and name.startswith("turnbench"):
            assert name == "turnbench.errors"


def test_nobody_imports_a_room_by_its_folder_name() -> None:
    for folder in (*ROOMS, "tests"):
        for path, name in imports(folder):
            assert name.split(".")[0] not in ("envs", "baselines", "leaderboard"), f"{path}: {name}"


def loaded_after(code: str) -> set[str]:
    out = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print('\\n'.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return set(out.split())


HEAVY = {"torch", "transformers", "pandas", "matplotlib", "scipy", "sklearn", "aiohttp"}


def test_importing_the_package_registers_and_loads_nothing() -> None:
    base = loaded_after("import gymnasium")
    added = {m for m in loaded_after("import gymnasium, turnbench") - base if m.startswith("turnbench")}
    packages = {p.parent.relative_to(ROOT): p.read_text() for p in (ROOT / "envs").rglob("__init__.py")}
    registering = {f"turnbench.{'.'.join(p.parts)}" for p, text in packages.items() if "register_" in text}
    holding = {name.rpartition(".")[0] for name in registering}
    assert added == {"turnbench", "turnbench.registration", "turnbench.version", *registering, *holding}, added


@pytest.mark.parametrize(
    "code",
    [
        "import turnbench",
        "import turnbench.cli",
        "import turnbench.runner, turnbench.check, turnbench.scorecard, turnbench.replay",
        "import turnbench\nturnbench.run('reference', 'TwentyQ-Small-v0', episodes=1)",
    ],
)
def test_no_heavy_library_is_loaded(code: str) -> None:
    assert not loaded_after(code) & HEAVY


def test_public_names_resolve() -> None:
    import turnbench

    for name in turnbench.__all__:
        assert getattr(turnbench, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = turnbench.nothing  # type: ignore[attr-defined]
