"""Finding a method by name and setting it up, and what is said when that fails."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from trajectories import outcomes

from turnbench.baselines.method import NoConfig, load_method, method_names
from turnbench.errors import UnknownName, UsageError

MODULE = "methods_of_a_user"
PAGE = """
from dataclasses import dataclass

import numpy as np

NEEDS = ("values",)
SPANS = "token"
RATIO = "turn"
CONTEXT = "history"


@dataclass(frozen=True)
class Config:
    size: float = 2.0
    times: int = 1
    loud: bool = False
    mode: str = "up"


def twice(group, config):
    return [np.full(len(m.logprobs_T), config.size * m.total) for m in group.members]


def targets(group, config):
    return twice(group, config)


def select(groups, credits, config, rng):
    return [np.ones(len(g.members)) for g in groups]


number = 3
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user's package in the current folder, forgotten afterwards."""
    folder = tmp_path / MODULE
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "page.py").write_text(PAGE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [n for n in sys.modules if n.split(".")[0] == MODULE]:
        del sys.modules[name]


def message(error: type[Exception], name: str, settings: dict[str, object] | None = None) -> str:
    """What loading this says when it fails."""
    with pytest.raises(error) as caught:
        load_method(name, settings)
    return str(caught.value)


def test_names_are_spelled_as_on_the_command_line() -> None:
    names = method_names()
    assert names == sorted(names)
    assert {"grpo", "ms-grpo", "true-advantage"} <= set(names)
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in names)


@pytest.mark.parametrize("name", method_names())
def test_every_page_loads(name: str) -> None:
    method = load_method(name)
    assert method.name == name
    assert method.describe()["config"] == vars(method.config)
    assert re.fullmatch(r"[0-9a-f]+", method.code_hash)


def test_what_a_page_does_not_say_has_a_default() -> None:
    method = load_method("grpo")
    assert (method.needs, method.spans, method.ratio, method.context) == ((), "turn", "token", None)
    assert method.select is None
    assert method.targets is None


def test_what_a_page_says_arrives() -> None:
    by_turn, by_state = load_method("ppo-turn"), load_method("ms-grpo")
    assert (by_turn.needs, by_turn.spans, by_turn.ratio) == (("values",), "turn", "turn")
    assert by_turn.targets is not None
    assert by_state.context == "state"
    assert by_state.select is not None


def test_settings_arrive_and_are_described() -> None:
    method = load_method("ppo-turn", {"lam": 0.5})
    assert method.describe()["config"] == {"gamma": 1.0, "lam": 0.5}
    assert method.config.lam == 0.5


def test_whole_numbers_do_for_fractions() -> None:
    assert load_method("ppo-turn", {"gamma": 1}).config.gamma == 1


def test_unknown_name() -> None:
    known = ", ".join(method_names())
    assert message(UnknownName, "grpoo") == f"There is no method 'grpoo'; there is: {known}. Did you mean 'grpo'?"
    assert (
        message(UnknownName, "ms_grpo") == f"There is no method 'ms_grpo'; there is: {known}. Did you mean 'ms-grpo'?"
    )
    assert message(UnknownName, "xyzzy") == f"There is no method 'xyzzy'; there is: {known}."


def test_unknown_setting() -> None:
    assert (
        message(UsageError, "grpo", {"epsilom": 1.0})
        == "The method 'grpo' has no setting 'epsilom'; it has: epsilon. Did you mean 'epsilon'?"
    )
    assert message(UsageError, "rloo", {"xyzzy": 1}) == "The method 'rloo' has no setting 'xyzzy'; it has: none."


@pytest.mark.parametrize(
    ("setting", "value", "like"),
    [
        ("size", "2", "2.0"),
        ("size", True, "2.0"),
        ("times", 1.5, "1"),
        ("times", True, "1"),
        ("loud", 1, "False"),
        ("mode", 3, "'up'"),
        ("mode", None, "'up'"),
    ],
)
def test_wrong_type(package: Path, setting: str, value: object, like: str) -> None:
    name = f"{MODULE}.page:twice"
    said = message(UsageError, name, {setting: value})
    assert said == f"The setting {setting!r} of the method {name!r} is like {like}, so {value!r} is no value."


def test_a_value_the_page_refuses() -> None:
    said = message(UsageError, "gigpo", {"normalise": "max"})
    assert said == "The setting normalise of gigpo is 'max'; it must be 'mean' or 'std'."


def test_a_users_method(package: Path) -> None:
    method = load_method(f"{MODULE}.page:twice", {"size": 3.0})
    assert (method.needs, method.spans, method.ratio, method.context) == (("values",), "token", "turn", "history")
    assert method.select is not None
    assert method.targets is not None
    assert [c.tolist() for c in method.credit(outcomes(1.0, 0.0), method.config)] == [[3.0, 3.0], [0.0, 0.0]]
    assert method.describe() == {
        "name": f"{MODULE}.page:twice",
        "config": {"size": 3.0, "times": 1, "loud": False, "mode": "up"},
        "code_hash": method.code_hash,
    }


def test_a_users_method_may_say_nothing_but_credit(package: Path) -> None:
    (package / "bare.py").write_text("def credit(group, config):\n    return []\n")
    method = load_method(f"{MODULE}.bare:credit")
    assert method.config == NoConfig()
    assert (method.needs, method.spans, method.ratio, method.context) == ((), "turn", "token", None)


def test_the_hash_follows_the_source(package: Path) -> None:
    (package / "one.py").write_text("def credit(group, config):\n    return [1]\n")
    (package / "two.py").write_text("def credit(group, config):\n    return [2]\n")
    one, two = (load_method(f"{MODULE}.{name}:credit").code_hash for name in ("one", "two"))
    assert one != two
    assert one == load_method(f"{MODULE}.one:credit").code_hash


def test_a_module_that_cannot_be_imported() -> None:
    assert message(UnknownName, "no_such_module_here:credit") == (
        "Cannot import the method 'no_such_module_here:credit': No module named 'no_such_module_here'; "
        "its module must be installed or in this folder."
    )


@pytest.mark.parametrize("attribute", ["missing", "number"])
def test_a_function_that_is_not_there(package: Path, attribute: str) -> None:
    said = message(UnknownName, f"{MODULE}.page:{attribute}")
    assert said == f"The module '{MODULE}.page' has no function '{attribute}'."


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('SPANS = "word"', "SPANS of the method {name!r} is 'word'; it must be one of ('turn', 'token')."),
        ('RATIO = "word"', "RATIO of the method {name!r} is 'word'; it must be one of ('token', 'turn')."),
        ('CONTEXT = "all"', "CONTEXT of the method {name!r} is 'all'; it must be one of (None, 'state', 'history')."),
        (
            "class Config: pass",
            "Config of the method {name!r} must be a dataclass whose fields have defaults.",
        ),
    ],
)
def test_a_page_that_says_what_cannot_be(package: Path, line: str, said: str) -> None:
    (package / "odd.py").write_text(f"{line}\n\ndef credit(group, config):\n    return []\n")
    name = f"{MODULE}.odd:credit"
    assert message(UsageError, name) == said.format(name=name)


def test_methods_need_no_torch() -> None:
    """Loading every page does not import torch."""
    code = (
        "import sys; from turnbench.baselines.method import load_method, method_names; "
        "[load_method(n) for n in method_names()]; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
