"""`hf:` agents on models built here: sampling as the model says, templates as they are, nothing encoded twice."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_models import KINDS, byte_tokenizer, gpt2_policy, opening_of, word_policy

from turnbench.agents.base import AgentContext
from turnbench.agents.table import build_agent
from turnbench.baselines.agent import LanguageModelAgent
from turnbench.baselines.lm.chat import Chat
from turnbench.baselines.lm.policy import Policy
from turnbench.baselines.sampling import Sampled, Sampler
from turnbench.episode import History, Opening, Reply, Turn
from turnbench.errors import UsageError
from turnbench.runner import run

ENV = "TurnBench/FrozenLake-v0"
DROPS = (
    "{% for m in messages %}{% set c = m.content %}"
    "{% if m.role == 'assistant' and '</think>' in c %}{% set c = c.split('</think>')[1].lstrip() %}{% endif %}"
    "<{{ m.role }}>{{ c }}{% if m.role == 'assistant' %}{{ eos_token }}{% endif %}\n{% endfor %}<assistant>"
)
KEEPS = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% if m.role == 'assistant' %}{{ eos_token }}{% endif %}\n"
    "{% endfor %}<assistant>"
)


def built(path: Path, **options: Any) -> LanguageModelAgent:
    agent = build_agent(f"hf:{path}", AgentContext(ENV, {}, {}, options))
    assert isinstance(agent, LanguageModelAgent)
    return agent


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = {}
    for name, policy in KINDS.items():
        made[name] = tmp_path_factory.mktemp(name)
        policy().save(made[name])
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_any_saved_model_plays_alike_at_any_batch_size(kind: str, folders: dict[str, Path]) -> None:
    options = {"temperature": 1.0, "max_new_tokens": 3, "dtype": "float32"}
    results = [run(f"hf:{folders[kind]}", ENV, episodes=6, batch_size=n, agent_options=options) for n in (1, 6)]
    assert not results[0].summary.failed
    assert [e.actions for e in results[0].episodes] == [e.actions for e in results[1].episodes]
    assert results[0].agent.details["path"] == str(folders[kind])


def test_sampling_is_what_the_model_says(tmp_path: Path) -> None:
    policy = word_policy()
    policy.save(tmp_path)
    greedy = built(tmp_path)
    assert (greedy.temperature, greedy.top_k, greedy.top_p) == (0.0, 0, 1.0)  # transformers' own default
    policy.model.generation_config.update(do_sample=True, temperature=0.6, top_p=0.95, top_k=20)
    policy.save(tmp_path)
    as_meant = built(tmp_path)
    assert (as_meant.temperature, as_meant.top_k, as_meant.top_p) == (0.6, 20, 0.95)
    own = built(tmp_path, temperature=0.2, max_new_tokens=5)
    assert (own.temperature, own.top_k, own.max_new_tokens) == (0.2, 20, 5)


def test_a_plain_template_is_said_once_and_recorded(
    folders: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    agent = built(folders["gpt2"])
    assert capsys.readouterr().err.count("has no chat template: a plain one is used") == 1
    assert agent.describe()["template"] == "plain"
    assert built(folders["words"]).describe()["template"] == "keeps every token"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temprature": 1}, "Did you mean 'temperature'?"),
        ({"dtype": "int8"}, "dtype is one of auto, float32, bfloat16, float16, not 'int8'."),
        ({"temperature": -1}, "temperature is 0 or more, not -1."),
        ({"top_p": 0}, "top_p lies above 0 and up to 1, not 0."),
        ({"max_new_tokens": "many"}, "max_new_tokens is 1 or more, not 'many'."),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], message: str, folders: dict[str, Path]) -> None:
    with pytest.raises(UsageError) as caught:
        built(folders["words"], **options)
    assert message in str(caught.value)


def test_no_model_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no folder .*nothing.: give one that save_pretrained wrote"):
        built(tmp_path / "nothing")


def test_bfloat16_weights_play(folders: dict[str, Path]) -> None:
    options = {"dtype": "bfloat16", "max_new_tokens": 3}
    result = run(f"hf:{folders['gpt2']}", ENV, episodes=2, agent_options=options)
    assert not result.summary.failed
    assert result.agent.details["dtype"] == "bfloat16"


# -- Templates and reasoning -------------------------------------------------------------------------------------------
class Scripted(LanguageModelAgent):
    """Says what it is told to, in tokens of its own."""

    def __init__(self, policy: Policy, says: list[str]) -> None:
        super().__init__(policy)
        self.says = says
        self.prompts: list[list[int]] = []

    def act(self, histories: Any) -> list[Reply]:
        (history,) = histories
        prompt = self._prompt(history)
        self.prompts.append(prompt)
        chat = self.policy.chat
        # Each character a token of its own: not how the tokenizer would encode the text, so drift would show.
        said = self.says[len(history.turns)]
        tokens = [t for c in said for t in chat.words(c)]
        self._said.setdefault(history.episode, []).append(Sampled([*tokens, chat.end], stopped=True))
        before, close, after = said.partition("</think>")
        return [Reply(after, {"reasoning": before}) if close else Reply(said)]


def scripted(template: str, says: list[str]) -> Scripted:
    policy = gpt2_policy(every_byte=True)
    policy.tokenizer.chat_template = template
    return Scripted(Policy(policy.model, policy.tokenizer), says)


def conversation(agent: Scripted, turns: int) -> list[int]:
    history = History("e", Opening("", "go"), [], 0)
    for k in range(turns):
        (reply,) = agent.act([history])
        history.turns.append(Turn(reply, f"seen {k}"))
    return agent._prompt(history)


def test_tokens_stay_as_they_were_sampled() -> None:
    agent = scripted(KEEPS, ["left", "down"])
    prompt = conversation(agent, 2)
    chat = agent.policy.chat
    sampled = [*(t for c in "left" for t in chat.words(c)), chat.end]
    assert list(chat.words("left")) != sampled[:-1]
    start = len(chat.opening(Opening("", "go")))
    assert prompt[start : start + len(sampled)] == sampled


def test_a_template_that_keeps_thoughts_keeps_their_tokens() -> None:
    agent = scripted(KEEPS, ["<think>hm</think>left", "down"])
    assert not agent.policy.chat.drops_thoughts
    assert "hm" in agent.policy.tokenizer.decode(conversation(agent, 2))


def test_a_template_that_drops_thoughts_is_followed() -> None:
    agent = scripted(DROPS, ["<think>hm</think>left", "down"])
    assert agent.policy.chat.drops_thoughts
    assert agent.describe()["template"] == "drops earlier reasoning"
    text = agent.policy.tokenizer.decode(conversation(agent, 2))
    assert "hm" not in text
    assert text == agent.policy.tokenizer.apply_chat_template(
        [
            {"role": "user", "content": "go"}, {"role": "assistant", "content": "left"},
            {"role": "user", "content": "seen 0"}, {"role": "assistant", "content": "down"},
            {"role": "user", "content": "seen 1"},
        ],
        tokenize=False,
    )  # fmt: skip


def test_without_a_thought_such_a_template_changes_nothing() -> None:
    assert conversation(scripted(DROPS, ["left", "down"]), 2) == conversation(scripted(KEEPS, ["left", "down"]), 2)


def test_the_reply_is_what_follows_the_thought() -> None:
    policy = gpt2_policy(every_byte=True)
    agent = LanguageModelAgent(policy, max_new_tokens=40)
    said = policy.chat.words("<think>hm</think>left")
    policy_replies = [Sampled([*said, policy.chat.end], stopped=True)]

    class Fixed(Sampler):
        def replies(self, session: Any, logits_RV: Any, rows: Any = None) -> list[Sampled]:
            return policy_replies

    import turnbench.baselines.agent as module

    before = module.Sampler
    module.Sampler = Fixed  # type: ignore[misc]
    try:
        (reply,) = agent.act([History("e", Opening("", "go"), [], 0)])
    finally:
        module.Sampler = before  # type: ignore[misc]
    assert (reply.text, reply.meta["reasoning"]) == ("left", "hm")


def test_a_system_prompt_of_ones_own() -> None:
    agent = LanguageModelAgent(word_policy(), system_prompt="left")
    history = History("e", Opening("down", "up"), [], 0)
    assert agent._prompt(history) == list(agent.policy.chat.opening(Opening("left", "up")))


@pytest.mark.filterwarnings("ignore::turnbench.errors.EveryEpisodeFailed")
def test_a_conversation_that_outgrows_the_model_fails_its_episode_alone() -> None:
    policy = word_policy()
    policy.model.config.max_position_embeddings = 150
    result = run(LanguageModelAgent(policy, max_new_tokens=2), "FrozenLake-v0", episodes=8, turn_limit=12)
    failed = [e for e in result.episodes if e.failure]
    assert failed
    assert all(e.failure and "and the model has 150 positions." in e.failure.message for e in failed)


def short(tmp_path: Path, positions: int) -> Path:
    """A saved model of so many positions that never ends a reply by itself."""
    policy = gpt2_policy()
    policy.model.config.n_positions = policy.model.config.max_position_embeddings = positions
    fresh = type(policy.model)(policy.model.config)
    Policy(fresh, policy.tokenizer).save(tmp_path / str(positions))
    return tmp_path / str(positions)


def first_message(folder: Path) -> int:
    return max(len(Policy.load(str(folder)).chat.opening(opening_of(ENV, seed))) for seed in range(4))


def test_a_model_with_few_positions_plays_with_shorter_replies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long = short(tmp_path, 2048)
    opening = first_message(long)
    folder = short(tmp_path, opening + 200)
    agent = built(folder)
    assert 1 <= agent.max_new_tokens < 200
    said = capsys.readouterr().err
    assert (
        f"a reply may have {agent.max_new_tokens} tokens instead of 256, because the model has {opening + 200}" in said
    )
    assert "--agent-arg max_new_tokens=N sets another limit." in said
    limit = re.search(r"after (\d+) of 16 turns: --turn-limit (\d+) ends episodes there", said)
    assert limit
    whole = run(f"hf:{folder}", ENV, episodes=3, turn_limit=int(limit[2]))
    assert not whole.summary.failed
    result = run(f"hf:{folder}", ENV, episodes=3, turn_limit=2)
    assert not result.summary.failed
    assert result.agent.details["max_new_tokens"] == agent.max_new_tokens


def test_what_cannot_fit_is_refused_before_work_starts(tmp_path: Path) -> None:
    opening = first_message(short(tmp_path, 2048))
    folder = short(tmp_path, opening + 20)
    with pytest.raises(
        UsageError, match=r"which leaves 20 for a reply: set --agent-arg max_new_tokens to 20 or less\.$"
    ):
        built(folder, max_new_tokens=21)
    assert built(folder, max_new_tokens=20).max_new_tokens == 20
    with pytest.raises(UsageError, match=r"which leaves none for a reply: take a model with more\.$"):
        built(short(tmp_path, opening))


@pytest.mark.filterwarnings("ignore::turnbench.errors.EveryEpisodeFailed")
def test_what_is_left_of_the_positions_does_not_depend_on_the_company(tmp_path: Path) -> None:
    folder = short(tmp_path, first_message(short(tmp_path, 2048)) + 120)
    options = {"max_new_tokens": 50, "temperature": 1.0, "dtype": "float32"}
    results = [run(f"hf:{folder}", ENV, episodes=6, batch_size=n, agent_options=options) for n in (1, 6)]
    rows = [[(e.actions, e.reply_meta, e.failure) for e in r.episodes] for r in results]
    assert rows[0] == rows[1]
    cut = [m for e in results[0].episodes for m in e.reply_meta or [] if m.get("cut")]
    assert {m["tokens"] for m in cut} - {50}  # some were cut where the positions end


# -- Narrowed sampling -------------------------------------------------------------------------------------------------
def drawn(logits: list[float], **settings: Any) -> set[int]:
    sampler = Sampler(torch.Generator().manual_seed(0), frozenset(), 1, **settings)
    return set(sampler.draw(torch.tensor([logits]).expand(2000, -1))[0].tolist())


def test_top_k_and_top_p_in_closed_form() -> None:
    logits = torch.tensor([0.4, 0.3, 0.2, 0.1]).log().tolist()
    assert drawn(logits) == {0, 1, 2, 3}
    assert drawn(logits, top_k=2) == {0, 1}
    assert drawn(logits, top_p=0.65) == {0, 1}
    assert drawn(logits, top_p=0.75) == {0, 1, 2}
    assert drawn(logits, top_p=0.05) == {0}
    assert drawn(logits, top_k=3, top_p=0.5) == {0, 1}


def test_templates_are_recognised() -> None:
    for template, drops in ((DROPS, True), (KEEPS, False)):
        tokenizer = byte_tokenizer()
        tokenizer.chat_template = template
        assert Chat(tokenizer).drops_thoughts is drops
