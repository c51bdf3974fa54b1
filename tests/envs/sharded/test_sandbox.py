"""The sandbox from outside: honest programs work, hostile ones are held, and nothing is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from turnbench.envs.sharded.sandbox import Limits, Outcome, Sandbox, SandboxUnavailable, run_program, shared_sandbox
from turnbench.envs.sharded.sandbox.wire import NotPlain
from turnbench.envs.sharded.tasks.code.judge import same

LINUX = sys.platform == "linux"
BRIEF = Limits(seconds=0.06, total_seconds=0.3, memory_mb=128)
"""For programs that are meant to run into them."""
AMPLE = Limits(seconds=10, total_seconds=20, memory_mb=128)
HOSTILE = {
    each["name"]: (each["text"], set(each["ends"]))
    for each in tomllib.loads(Path(__file__).with_name("hostile_programs.toml").read_text(encoding="utf-8"))["program"]
} | {
    "10 MB of source": ("def f(*a):\n    return 1\n" + "#" * 10_000_000, {"error"}),
    "deeply nested source": ("def f(*a):\n    return " + "(" * 5_000 + ")" * 5_000, {"error", "memory"}),
    "a long chain of operators": ("def f(*a):\n    return " + "-" * 40_000 + "1", {"error", "memory", "killed"}),
    "null bytes in source": ("def f(*a):\n    return 1\n\x00", {"error"}),
    "lone surrogates in source": ("def f(*a):\n    return '\ud800'\n", {"error"}),
    "no source": ("", {"error"}),
}
EXPECTED = "what no program is told"


class World(NamedTuple):
    """What hostile programs are let loose on."""

    file: Path
    listener: socket.socket

    def untouched(self) -> bool:
        with contextlib.suppress(BlockingIOError):
            self.listener.accept()
            return False
        return self.file.read_text() == "keep" and [p.name for p in self.file.parent.iterdir()] == [self.file.name]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    file = tmp_path_factory.mktemp("world") / "precious"
    file.write_text("keep")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield World(file, listener)


@pytest.fixture(scope="module", params=["kernel", "audit"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with contextlib.closing(Sandbox(audit=request.param == "audit")) as made:
        if made.isolation != request.param:
            pytest.skip(f"this system has no isolation {request.param!r}")
        yield made


def children(process: int) -> set[int]:
    """Ids of the processes a process has started, zombies included."""
    return {int(n) for n in Path(f"/proc/{process}/task/{process}/children").read_text().split()}


def zygote_of(sandbox: Sandbox) -> int:
    assert sandbox._zygote is not None
    return sandbox._zygote.pid


def gone(process: int) -> bool:
    """Whether a process has ended (or is a zombie whose parent is yet to look), within two seconds."""
    for _ in range(200):
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.01)
    return False


# Hostile programs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_program(sandbox: Sandbox, name: str, world: World) -> None:
    program, ends = HOSTILE[name]
    if ends == {"timeout"} and sandbox.isolation == "audit":
        pytest.skip("the clock is the same with either isolation")
    arguments = [str(world.file), world.listener.getsockname()[1], os.getpid()]
    outcomes = sandbox.run(program, "f", [arguments, arguments], BRIEF if "timeout" in ends else AMPLE)
    assert len(outcomes) == 2
    assert {outcome.failure or "value" for outcome in outcomes} <= ends, outcomes
    assert not any(same(outcome.value, EXPECTED) for outcome in outcomes)
    assert all(outcome.message.isprintable() for outcome in outcomes)
    assert world.untouched()
    assert sandbox.run("def f(x):\n    return x + 1\n", "f", [[1]]) == [Outcome(2)]
    if LINUX:
        assert children(zygote_of(sandbox)) == set()


def test_the_same_zygote_outlived_them_all(sandbox: Sandbox) -> None:
    sandbox.run("def f(): return 1", "f", [[]])
    zygote = zygote_of(sandbox)
    for program, _ in list(HOSTILE.values())[::5]:
        if "while True" not in program:
            sandbox.run(program, "f", [["/nowhere", 1, zygote]], BRIEF)
    assert zygote_of(sandbox) == zygote


def test_there_are_enough() -> None:
    assert len(HOSTILE) >= 100


# Honest programs -----------------------------------------------------------------------------------------------------

HONEST = {
    "arguments and result": ("def f(a, b):\n    return [a, b]\n", [1, "x"], [1, "x"]),
    "imports": ("import math, re\nfrom collections import Counter\ndef f(t):\n    return math.floor(len(re.findall('a', t)) / 2), Counter(t)\n", ["aba"], [1, {"a": 2, "b": 1}]),
    "helpers and globals": ("N = 3\ndef g(x):\n    return x + N\ndef f(x):\n    return g(x)\n", [1], 4),
    "data class": ("from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass(order=True)\nclass P:\n    x: int\n    y: 'int' = 0\ndef f(xs):\n    return max(P(x) for x in xs).x\n", [[1, 3, 2]], 3),
    "named tuple, enum, typing": ("from typing import NamedTuple, Optional\nfrom enum import IntEnum\nclass C(IntEnum):\n    RED = 2\nclass T(NamedTuple):\n    a: Optional[int]\ndef f():\n    return T(C.RED)\n", [], [2]),
    "recursion": ("def f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\n", [5_000], 5_000),
    "cached recursion": ("from functools import lru_cache\n@lru_cache(None)\ndef f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\n", [300], 300),
    "dates": ("from datetime import datetime, timedelta\ndef f(d):\n    return (datetime.strptime(d, '%Y-%m-%d') + timedelta(days=1)).strftime('%d.%m.%Y')\n", ["2024-02-28"], "29.02.2024"),
    "hashes": ("import hashlib\ndef f(t):\n    return hashlib.md5(t.encode()).hexdigest()\n", [""], "d41d8cd98f00b204e9800998ecf8427e"),
    "decimals and codecs": ("from decimal import Decimal, ROUND_HALF_UP\ndef f(x):\n    return int(Decimal(x).quantize(Decimal(1), ROUND_HALF_UP)), 'a'.encode('utf-16-le').hex()\n", ["2.5"], [3, "6100"]),
    "prints": ("def f():\n    print('x', flush=True)\n    import sys\n    sys.stdout.write('y')\n    return 1\n", [], 1),
    "reads its empty input": ("import sys\ndef f():\n    return sys.stdin.read()\n", [], ""),
    "method": ("class Solution:\n    def f(self, x):\n        return x\n", [1], 1),
    "a block for direct use is not run": ("def f():\n    return __name__ == '__main__'\nif __name__ == '__main__':\n    1 / 0\n", [], False),
    "own names for built-ins": ("from math import *\nstr = list = json = None\ndef f(x):\n    return x\n", [[1]], [1]),
    "catches its own error": ("def f():\n    try:\n        import numpy\n    except ImportError:\n        return 'none'\n", [], "none"),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_honest_program(sandbox: Sandbox, name: str) -> None:
    program, arguments, expected = HONEST[name]
    [outcome] = sandbox.run(program, "Solution.f" if "Solution" in program else "f", [arguments])
    assert outcome.failure is None, outcome
    assert same(outcome.value, expected), outcome


def test_each_program_starts_afresh_and_each_input_is_a_copy(sandbox: Sandbox) -> None:
    program = "import sys\nseen = []\ndef f(x):\n    x.append(9)\n    seen.append(len(x))\n    sys.mark = getattr(sys, 'mark', 0) + 1\n    return seen, sys.mark\n"
    mine = [1]
    for _ in range(2):
        values = [outcome.value for outcome in sandbox.run(program, "f", [[mine], [mine]])]
        assert values == [([2], 1), ([2, 2], 2)]
    assert mine == [1]


def test_chance_and_hashes_are_fixed(sandbox: Sandbox) -> None:
    program = "import random\ndef f():\n    return random.random(), hash('x'), list({'a', 'b', 'c', 'd'})\n"
    first = sandbox.run(program, "f", [[], []])
    with contextlib.closing(Sandbox()) as other:
        assert first == other.run(program, "f", [[], []]) == sandbox.run(program, "f", [[], []])
    assert first[0] != first[1]


def test_an_error_ends_one_call_and_a_timeout_all_further_ones(sandbox: Sandbox) -> None:
    program = "def f(x):\n    while x == 2:\n        pass\n    return 1 / x\n"
    outcomes = sandbox.run(program, "f", [[1], [0], [4], [2], [1]], BRIEF)
    assert [o.failure for o in outcomes] == [None, "error", None, "timeout", "timeout"]
    assert outcomes[1].message == "ZeroDivisionError: division by zero"


def test_the_time_of_all_calls_together_is_limited(sandbox: Sandbox) -> None:
    start = time.monotonic()
    program = "import time\ndef f():\n    time.sleep(0.02)\n"
    outcomes = sandbox.run(program, "f", [[]] * 50, BRIEF)
    assert time.monotonic() - start < 0.9
    assert outcomes[0] == Outcome(None)
    assert outcomes[-1].failure == "timeout"


def test_no_inputs_run_nothing() -> None:
    sandbox = Sandbox()
    assert sandbox.run("while True: pass", "f", []) == []
    assert sandbox._zygote is None


def test_inputs_that_are_no_data_are_the_callers_error(sandbox: Sandbox) -> None:
    with pytest.raises(NotPlain, match="a value of type object, which is no plain data"):
        sandbox.run("def f(x): return x", "f", [[object()]])


# Processes -----------------------------------------------------------------------------------------------------------


def test_a_zygote_that_was_killed_is_replaced() -> None:
    with contextlib.closing(Sandbox()) as sandbox:
        for _ in range(2):
            assert sandbox.run("def f(): return 1", "f", [[]]) == [Outcome(1)]
            os.kill(zygote_of(sandbox), signal.SIGKILL)


@pytest.mark.skipif(not LINUX, reason="looks into /proc")
def test_a_zygote_killed_in_the_middle_takes_its_program_along() -> None:
    with contextlib.closing(Sandbox()) as sandbox:
        sandbox.run("def f(): return 1", "f", [[]])
        zygote, forks = zygote_of(sandbox), set()

        def strike() -> None:
            while not forks:
                forks.update(children(zygote))
            os.kill(zygote, signal.SIGKILL)

        thread = threading.Thread(target=strike)
        thread.start()
        [outcome] = sandbox.run("import time\ndef f(): time.sleep(0.4)", "f", [[]], Limits(seconds=1.0))
        thread.join()
        assert outcome == Outcome(None)  # tried once more
        assert sandbox.isolation != "kernel" or all(gone(fork) for fork in forks)


@pytest.mark.skipif(not LINUX, reason="looks into /proc")
@pytest.mark.parametrize("audit", [False, True])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_we_end(audit: bool, how: signal.Signals) -> None:
    code = (
        "from turnbench.envs.sharded.sandbox import Sandbox, Limits\n"
        f"s = Sandbox(audit={audit})\n"
        "s.run('def f(): return 1', 'f', [[]])\n"
        "print(s._zygote.pid, flush=True)\n"
        "s.run('def f():\\n while True: pass', 'f', [[]], Limits(seconds=60))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as user:
        assert user.stdout is not None
        zygote = int(user.stdout.readline())
        while not (forks := children(zygote)):
            time.sleep(0.005)
        user.send_signal(how)
        user.wait()
    assert gone(zygote)
    assert all(gone(fork) for fork in forks)


@pytest.mark.skipif(not LINUX, reason="looks into /proc")
def test_an_interrupt_leaves_no_program_and_the_next_one_runs(sandbox: Sandbox) -> None:
    sandbox.run("def f(): return 1", "f", [[]])
    zygote = zygote_of(sandbox)

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(KeyboardInterrupt):
            sandbox.run("def f():\n    while True: pass\n", "f", [[]])
    finally:
        signal.signal(signal.SIGALRM, before)
    assert gone(zygote)
    assert sandbox.run("def f(): return 1", "f", [[]]) == [Outcome(1)]


def test_threads_wait_for_each_other(sandbox: Sandbox) -> None:
    found: dict[int, list[Outcome]] = {}

    def work(n: int) -> None:
        for _ in range(5):
            found[n] = sandbox.run("def f(x): return x * 2", "f", [[n], [n + 1]])

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: [Outcome(2 * n), Outcome(2 * n + 2)] for n in range(8)}


@pytest.mark.skipif(not LINUX, reason="forks the test")
def test_a_fork_of_this_process_has_a_sandbox_of_its_own() -> None:
    assert run_program("def f(): return 1", "f", [[]]) == [Outcome(1)]
    zygote = zygote_of(shared_sandbox())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons, where a test runner has threads
        fork = os.fork()
    if fork == 0:
        good = run_program("def f(): return 2", "f", [[]]) == [Outcome(2)] and zygote_of(shared_sandbox()) != zygote
        shared_sandbox().close()
        os._exit(0 if good else 1)
    assert os.waitpid(fork, 0)[1] == 0
    assert run_program("def f(): return 3", "f", [[]]) == [Outcome(3)]
    assert zygote_of(shared_sandbox()) == zygote


@pytest.mark.skipif(not LINUX, reason="looks into /proc")
def test_no_descriptor_leaks(sandbox: Sandbox) -> None:
    sandbox.run("def f(): return 1", "f", [[]])
    before = [len(list(Path(f"/proc/{p}/fd").iterdir())) for p in (os.getpid(), zygote_of(sandbox))]
    for program in ("def f(): return 1", "def f(): 1 / 0", "import random\nrandom._os._exit(3)", "f ="):
        for _ in range(5):
            sandbox.run(program, "f", [[], []])
    after = [len(list(Path(f"/proc/{p}/fd").iterdir())) for p in (os.getpid(), zygote_of(sandbox))]
    assert before == after


def test_without_forks_there_is_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    with pytest.raises(SandboxUnavailable, match="use Linux or macOS"):
        Sandbox().run("def f(): return 1", "f", [[]])


def test_an_interpreter_that_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(SandboxUnavailable, match="does not start: /bin/false"):
        Sandbox().run("def f(): return 1", "f", [[]])
