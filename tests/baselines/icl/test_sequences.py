"""Training sequences read exactly as a played episode does, and their labels are the expert's."""

from __future__ import annotations

import pytest

from turnbench.baselines.icl.notation import END, word_notation
from turnbench.baselines.icl.sequences import Examples, Task
from turnbench.baselines.lm.chat import Chat
from turnbench.episode import Opening
from turnbench.errors import UsageError
from turnbench.randomness import RandomStream
from turnbench.registry import make_env

CORRIDOR = "TurnBench/LeverCorridor-v0"
COMPACT = {"wording": "compact"}


def test_a_sequence_is_what_a_player_of_the_episode_would_have_read() -> None:
    env = make_env(CORRIDOR, split="train", **COMPACT)
    examples = Examples([Task(CORRIDOR, COMPACT)], 0.0, 7)
    drawn = examples.draw(3)
    chat = Chat(word_notation([" ".join(drawn.words)]))
    rng = RandomStream.from_parts("icl", 7, 3)
    rng.random()  # the draw that picks the world
    _, info = env.reset(seed=rng.word() >> 1)
    text = list(chat.opening(Opening(info["system_prompt"], info["user_message"])))
    terminated = False
    while not terminated:
        action = env.expert()
        text += [*chat.words(action), chat.end]
        observation, _, terminated, _, _ = env.step(action)
        if not terminated:
            text += chat.between(observation)
    index = chat.tokenizer.get_vocab()
    assert text == [index[w] for w in drawn.words]
    assert chat.tokenizer.unk_token_id not in text


def test_labels_are_the_expert_s_everywhere_and_words_where_nobody_slipped() -> None:
    calm = Examples([Task(CORRIDOR, COMPACT)], 0.0, 0).draw(0)
    assert [calm.words[p] for p in calm.places] == calm.labels
    assert calm.labels[1::2] == [END] * (len(calm.labels) // 2)
    assert calm.places == sorted(set(calm.places))
    wild = [Examples([Task(CORRIDOR, {**COMPACT, "demo_noise": 0.5})], 0.5, 0).draw(k) for k in range(30)]
    for part in (lambda p, e: p < e.opening, lambda p, e: p >= e.opening):  # in records and in the game at the end
        acts = [
            (e.words[p], w) for e in wild for p, w in zip(e.places, e.labels, strict=True) if part(p, e) and w != END
        ]
        wrong = sum(said != label for said, label in acts) / len(acts)
        assert 0.3 < wrong < 0.55  # half of the actions are any of six


def test_every_sequence_is_fixed_by_seed_and_number_alone() -> None:
    a = Examples([Task(CORRIDOR, COMPACT)], 0.15, 1)
    b = Examples([Task(CORRIDOR, COMPACT)], 0.15, 1)
    b.draw(5)
    assert a.draw(9) == b.draw(9) != a.draw(10)
    assert a.draw(9) != Examples([Task(CORRIDOR, COMPACT)], 0.15, 2).draw(9)


@pytest.mark.parametrize("burst", [0.0, 0.5, 1.0])
def test_p_b_is_the_share_of_sequences_of_one_level(burst: float) -> None:
    """Code and room names of a level are in its record: where they are the query's, record and query agree room by room."""
    examples = Examples([Task(CORRIDOR, {**COMPACT, "burst": burst, "slip": 0.0})], 0.0, 0)
    same = 0
    for k in range(200):
        e = examples.draw(k)
        begins = len(e.words) - 1 - e.words[::-1].index("new")
        record, query = e.words[:begins], e.words[begins:]
        same += record == [*query, "exit"]
    assert abs(same / 200 - burst) < 0.12


def test_worlds_without_an_expert_or_in_plain_words_are_refused() -> None:
    with pytest.raises(UsageError) as refused:
        Examples([Task("TurnBench/FrozenLake-v0", {})], 0.0, 0)
    assert str(refused.value) == (
        "TurnBench/FrozenLake-v0 has no expert whose actions are single words: choose another to train on."
    )
    with pytest.raises(UsageError) as refused:
        Examples([Task(CORRIDOR, {})], 0.0, 0)
    assert str(refused.value) == (
        "In-context training needs the compact wording: set wording=compact for TurnBench/LeverCorridor-v0."
    )
