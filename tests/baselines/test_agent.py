"""`baseline:` agents: batch-independent, reproducible, found by name, and refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny_models import word_policy

from turnbench.agents.base import AgentContext
from turnbench.agents.table import build_agent
from turnbench.baselines.agent import LanguageModelAgent, baseline_agent
from turnbench.baselines.checkpoints import checkpoint_names
from turnbench.errors import UnknownName
from turnbench.registry import env_class
from turnbench.runner import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model")
    word_policy().save(path)
    return path


@pytest.mark.parametrize("context", ["state", "history"])
def test_replies_do_not_depend_on_the_company(context: str) -> None:
    results = [
        run(
            LanguageModelAgent(word_policy(), context, max_new_tokens=3),
            "FrozenLake-v0", episodes=12, batch_size=size, name="model",
        )
        for size in (1, 5, 12)
    ]  # fmt: skip
    played = [[(e.actions, e.rewards, e.reply_meta) for e in r.episodes] for r in results]
    assert played[0] == played[1] == played[2]
    assert len({tuple(e.actions) for e in results[0].episodes}) > 1


def test_another_run_seed_is_another_draw() -> None:
    a, b = (run(LanguageModelAgent(word_policy()), "FrozenLake-v0", episodes=3, run_seed=s) for s in (0, 1))
    assert [e.actions for e in a.episodes] != [e.actions for e in b.episodes]


def test_earlier_replies_are_kept_as_they_were_sampled() -> None:
    """A reply that the length limit cut is followed by an end token, and its tokens are not encoded anew."""
    agent = LanguageModelAgent(word_policy(), "history", max_new_tokens=2)
    result = run(agent, "CreditProbe-Short-v0", episodes=2)
    assert any(m.get("cut") for e in result.episodes for m in e.reply_meta or [])
    assert not agent._said  # forgotten with the episodes


def test_a_folder_is_played_with_its_card(folder: Path) -> None:
    spec = env_class("FrozenLake-v0")
    context = AgentContext("TurnBench/FrozenLake-v0", {}, spec.players)
    assert baseline_agent(str(folder), context).context == "state"  # the world allows it, and no card says otherwise
    (folder / "card.json").write_text(
        json.dumps({"play": {"context": "history", "temperature": 0, "max_new_tokens": 7}})
    )
    agent = build_agent(f"baseline:{folder}", context)
    assert isinstance(agent, LanguageModelAgent)
    assert (agent.context, agent.temperature, agent.max_new_tokens) == ("history", 0.0, 7)
    assert agent.describe()["weights"] == word_policy().weights_hash()


def test_an_unknown_checkpoint_is_refused() -> None:
    context = AgentContext("TurnBench/FrozenLake-v0", {}, {})
    with pytest.raises(
        UnknownName, match=r"There is no checkpoint 'ms-gorp' for FrozenLake-v0; there is: .*or a folder"
    ):
        baseline_agent("ms-gorp", context)


@pytest.mark.parametrize("name", checkpoint_names())
def test_every_committed_checkpoint_plays(name: str) -> None:
    env = "FrozenLake-v0" if name == "base" else name.split("/")[1]
    result = run(f"baseline:{name}", env, episodes=4)
    assert not result.summary.failed
