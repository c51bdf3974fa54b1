"""The rules of the walk: what it says, how it reads replies, what it draws and what it refuses."""

from __future__ import annotations

import gymnasium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnbench.envs.creditprobe.env import CreditProbe
from turnbench.envs.creditprobe.players import Reference
from turnbench.envs.creditprobe.presets import NOUNS, PARTNERS, PRESETS, WORDS, Room, read_word
from turnbench.episode import History, Opening, Reply, Turn
from turnbench.errors import UnknownName, UsageError
from turnbench.runner import run
from turnbench.splits import SPLITS, split_of

ALL = sorted(PRESETS)


def walk(preset: str, things: str, remind: bool = True) -> tuple[CreditProbe, str]:
    """A walk with exactly these rooms, each as "left/right" or "left/right/instead"."""
    rooms = tuple(Room(*thing.split("/")) for thing in things.split(", "))
    env = CreditProbe(preset, len(rooms), remind, split="all")
    env.preset = type(env.preset)()
    env.preset.draw = lambda *_: rooms  # type: ignore[method-assign]
    observation, _ = env.reset(seed=0)
    return env, observation.rsplit("\n", 1)[-1]


SCRIPTS = {
    "pivot": (
        "stone/map, rope/crystal, bell/drum", ["left", "right", "left"],
        ["Room 1 of 3. Left a stone, right a map. Left or right?", "Room 2 of 3. Left a rope, right a crystal. Left or right?",
         "Room 3 of 3. Left a bell, right a drum. Left or right?", "You succeed."],
    ),
    "key-door": (
        "key/coin, stone/map, wall/door", ["left", "take", "left"],
        ["Room 1 of 3. Left a key, right a coin. Left or right?",
         "Room 2 of 3. You hold the key. Left a stone, right a map. Left or right?",
         "Invalid. Room 3 of 3. You hold the key. Left a wall, right a door. Left or right?", "You fail."],
    ),
    "fatal": (
        "wide bridge/thin bridge, puddle/path, bell/map, fire/rope", ["right", "left", "no idea", "left"],
        ["Room 1 of 4. Left a wide bridge, right a thin bridge. Left or right?",
         "Room 2 of 4. You are hurt. Left a puddle, right a path. Left or right?",
         "Room 3 of 4. You are hurt. Your feet are wet. Left a bell, right a map. Left or right?",
         "Invalid. Room 4 of 4. You are hurt. Your feet are wet. Left a fire, right a rope. Left or right?", "You fail."],
    ),
    "distractor": (
        "crystal/map, coin/trophy/spoon", ["left", "left"],
        ["Room 1 of 2. Left a crystal, right a map. Left or right?", "Room 2 of 2. Left a coin, right a trophy. Left or right?",
         "You succeed."],
    ),
    "cooperate": (
        "red lever/blue lever, bell/map, red lever/blue lever, coin/drum", ["RIGHT", "hello", "right", "left"],
        ["Room 1 of 4. Left a red lever, right a blue lever. Left or right?",
         "Room 2 of 4. You pulled the blue lever. Left a bell, right a map. Left or right?",
         "Invalid. Room 3 of 4. You pulled the blue lever. Left a red lever, right a blue lever. Left or right?",
         "Room 4 of 4. You pulled the blue lever. Left a coin, right a drum. Left or right?", "You succeed."],
    ),
}  # fmt: skip


@pytest.mark.parametrize("preset", SCRIPTS)
def test_what_is_said(preset: str) -> None:
    things, replies, texts = SCRIPTS[preset]
    env, said = walk(preset, things)
    heard = [said]
    for reply in replies:
        observation, reward, terminated, _, info = env.step(reply)
        heard.append(observation)
    assert heard == texts
    assert terminated
    won = texts[-1].endswith("You succeed.")
    assert (reward, info) == (float(won), {"ending": "success" if won else "failure"})


def test_what_is_not_said() -> None:
    """Without the crystal there is no trophy; without `remind` nothing of the past is told."""
    for room, shown in (
        ("coin/trophy/spoon", "Left a coin, right a spoon"),
        ("trophy/coin/spoon", "Left a spoon, right a coin"),
    ):
        env, _ = walk("distractor", f"crystal/map, {room}")
        assert env.step("right")[0] == f"Room 2 of 2. {shown}. Left or right?"
    for preset in ("key-door", "fatal", "cooperate"):
        things, replies, texts = SCRIPTS[preset]
        env, said = walk(preset, things, remind=False)
        heard = [said, *(env.step(reply)[0] for reply in replies)]
        assert not any(word in " ".join(heard) for word in ("hold", "hurt", "wet", "pulled"))
        assert len(heard) == len(texts)
        assert not env.memoryless
    assert walk("pivot", "crystal/map, bell/coin")[0].memoryless


def test_wet_feet_are_repaired_and_wounds_are_not() -> None:
    """Left: wide bridge, path, fire."""
    for replies, score in (
        ("left left right left", 1), ("left right left left", 1), ("left right right left", 0),
        ("right left left left", 0), ("left right hm left", 0), ("hm left hm hm", 1), ("hm hm hm hm", 0), ("hm hm left hm", 1),
    ):  # fmt: skip
        env, _ = walk("fatal", "wide bridge/thin bridge, path/puddle, fire/map, coin/drum")
        assert sum(env.step(reply)[1] for reply in replies.split()) == score, replies


def test_levers_of_the_same_colour() -> None:
    for replies, score in (
        ("left right", 1), ("right left", 1), ("left left", 0), ("right right", 0), ("hm left", 0), ("left hm", 0),
        ("hm hm", 0),
    ):  # fmt: skip
        env, _ = walk("cooperate", "red lever/blue lever, blue lever/red lever, coin/drum")
        first, second = replies.split()
        said = env.step(first)[0]
        assert ("You pulled no lever." in said) == (first == "hm")
        env.step(second)
        assert env.step("left")[1] == score, replies


@pytest.mark.parametrize("preset", ALL)
def test_invalid_everywhere(preset: str) -> None:
    """Nothing is chosen in any room, so nothing is won, and every observation says so."""
    env = CreditProbe(preset)
    rewards = []
    for seed in range(100):
        env.reset(seed=seed)
        for _ in range(8):
            observation, reward, terminated, _, _ = env.step("nothing")
            assert observation.startswith("Invalid. ")
            assert "trophy" not in observation
        assert terminated
        assert observation == ("Invalid. You succeed." if reward else "Invalid. You fail.")
        rewards.append(reward)
    if preset == "lucky":
        assert 10 <= sum(rewards) <= 40
    else:
        assert set(rewards) == {0.0}


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("preset", ALL)
def test_a_constant_answer_does_not_win(preset: str, word: str) -> None:
    env = CreditProbe(preset, split="test")
    wins = 0.0
    for seed in range(400):
        env.reset(seed=seed)
        wins += sum(env.step(word)[1] for _ in range(8))
    assert wins / 400 <= 0.6


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("left", "left"), (" LEFT!! ", "left"), ("**left**", "left"), ("_left_", "left"), ("I think I go Right.", "right"),
        ("left, right", "right"), ("right or left?", "left"), ("lefts", ""), ("left2", ""), ("bright", ""), ("", ""),
        ("take", ""), ("l e f t", ""), ("\ufffd", ""), ("\u0130 left", "left"), ('{"action": "left"}', "left"),
        ("right one is left", "left"), ("upright", ""), ("leftright", ""),
    ],
)  # fmt: skip
def test_the_last_left_or_right_counts(text: str, word: str) -> None:
    assert read_word(text) == word
    model = walk("pivot", "crystal/map, bell/coin")[0].exact_model()
    assert model.actions == WORDS
    assert model.action_of(text) == (WORDS.index(word) if word else 2)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_read(before: str, after: str) -> None:
    assert read_word(f"{before} left {after}") == (read_word(after) or "left")


def test_long_replies_are_read() -> None:
    for text in ("a" * 100_000, "left " * 20_000, "_" * 100_000, "? " * 50_000, "\u0130" * 100_000):
        env, _ = walk("pivot", "crystal/map, bell/coin")
        env.step(text)
        assert env.step("right")[1] == float("left" in text)


def test_no_thing_is_an_answer() -> None:
    planted = {"crystal", "trophy", "key", "fire", *PARTNERS, *PARTNERS.values()}
    assert len(NOUNS) == len(set(NOUNS)) >= 24
    assert not set(NOUNS) & planted
    assert not any(read_word(thing) for thing in (*NOUNS, *planted))


def test_sides_and_nouns() -> None:
    """Two different things in every room; what is planted is as often on the left, its partner on the other side."""
    for preset in ALL:
        left = {
            thing: [0, 0]
            for thing in ("crystal", "key", "door", "thin bridge", "puddle", "fire", "trophy", "red lever")
        }
        env = CreditProbe(preset)
        for seed in range(300):
            env.reset(seed=seed)
            for room in env._rooms:
                assert len(set(filter(None, room))) == len(list(filter(None, room)))
                for thing in set(room[:2]) & set(left):
                    left[thing][room.left != thing] += 1
                    other = room.right if room.left == thing else room.left
                    assert other == PARTNERS[thing] if thing in PARTNERS else other in NOUNS
        assert any(sum(n) for n in left.values())
        assert all(0.4 <= a / (a + b) <= 0.6 for a, b in left.values() if a + b)


PLANTED = ("crystal", "key", "door", "thin bridge", "puddle", "fire", "trophy", "red lever")


@pytest.mark.parametrize("preset", ALL)
def test_draws(preset: str) -> None:
    """What is planted stands where the page says, in every split of even the shortest walk."""
    shortest = PRESETS[preset].min_turns
    for turns in (shortest, shortest + 1, 8):
        places = set()
        for split in SPLITS:
            env = CreditProbe(preset, turns, split=split)
            for seed in range(60):
                env.reset(seed=seed)
                assert split_of(env.instance_key()) == split
                things = [next((x for x in room if x in PLANTED), "") for room in env._rooms]
                where = env.pivotal()
                places.add(where)
                decisive = [i for i, room in enumerate(env._rooms) if set(room) & set(env.preset.decisive)]
                assert list(where) == decisive
                half = turns // 2
                if preset == "key-door":
                    assert where == (0, turns - 1)
                elif preset == "cooperate":
                    assert where[0] < half <= where[1]
                elif preset == "distractor":
                    assert where[0] < half <= things.index("trophy")
                elif preset == "fatal":
                    assert things.index("puddle") < things.index("fire")
                    assert len(where) == 3
                else:
                    assert len(where) == 1
        if preset in ("pivot", "lucky"):
            assert places == {(i,) for i in range(turns)}
    env = CreditProbe("pivot", 8, pivot=8)
    for seed in range(20):
        env.reset(seed=seed)
        assert env.pivotal() == (7,)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(ALL), st.integers(4, 10), st.booleans(), st.integers(0, 2**32),
    st.lists(st.sampled_from([*WORDS, *WORDS, "I go LEFT.", "", "I say nothing"]), min_size=10, max_size=10),
)  # fmt: skip
def test_environment_and_model_agree(preset: str, turns: int, remind: bool, seed: int, replies: list[str]) -> None:
    env = CreditProbe(preset, turns, remind)
    env.reset(seed=seed)
    model = env.exact_model()
    state = model.start()
    for turn in range(turns):
        transitions = model.transitions(state, model.action_of(replies[turn]))
        assert sum(t.probability for t in transitions) == 1.0
        observation, reward, terminated, _, _ = env.step(replies[turn])
        (happened,) = [t for t in transitions if t.observation == observation]
        assert happened.reward == reward
        assert terminated == (happened.state is None) == (turn == turns - 1)
        state = happened.state


def test_the_system_prompt_tells_nothing_of_the_preset() -> None:
    prompts = {CreditProbe(preset, remind=r).reset(seed=0)[1]["system_prompt"] for preset in ALL for r in (True, False)}
    assert prompts == {
        "You walk through 8 rooms with two things each; answer left or right to choose one, any other reply chooses "
        "nothing. Something on the way decides whether you succeed."
    }


def test_state_keys() -> None:
    a, b = (walk("pivot", "coin/map, coin/drum, crystal/rope")[0] for _ in range(2))
    assert a.instance_key() == "pivot: coin/map, coin/drum, crystal/rope"
    a.step("left")
    b.step("right")
    assert a.state_key() == b.state_key()
    b.step("left")
    assert a.state_key() != b.state_key()
    assert a.state_key(elapsed=False) != b.state_key(elapsed=False)  # another room is another state
    b.step("left")
    saved = b.get_state()
    env = CreditProbe("pivot", 3, split="all")
    env.reset(seed=9)
    env.set_state(saved)
    assert env.state_key() == b.state_key()


def test_size() -> None:
    assert CreditProbe(turns=32).warm_up > 0
    assert CreditProbe(turns=33).warm_up == 0


def test_refusals() -> None:
    for arguments, kind, message in (
        (
            {"preset": "pivots"}, UnknownName,
            r"^There is no preset 'pivots'; there is: cooperate, distractor, fatal, key-door, lucky, pivot\. Did you mean 'pivot'\?$",
        ),
        ({"turns": 1}, UsageError, r"^turns is a number of rooms from 2 to 64, not 1\.$"),
        ({"turns": 65}, UsageError, r"^turns is a number of rooms from 2 to 64, not 65\.$"),
        ({"preset": "fatal", "turns": 3}, UsageError, r"^The preset 'fatal' needs at least 4 turns, not 3\.$"),
        ({"preset": "key-door", "turns": 2}, UsageError, r"^The preset 'key-door' needs at least 3 turns, not 2\.$"),
        ({"pivot": 9}, UsageError, r"^pivot is a room from 1 to 8, or 0 to draw it, not 9\.$"),
        ({"pivot": -1}, UsageError, r"^pivot is a room from 1 to 8, or 0 to draw it, not -1\.$"),
        (
            {"preset": "fatal", "pivot": 2}, UsageError,
            r"^The preset 'fatal' has no single room to fix: leave pivot at 0\.$",
        ),
    ):  # fmt: skip
        with pytest.raises(kind, match=message):
            CreditProbe(**arguments)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"^CreditProbe-v0 has no reset option 'target'; it has: none\.$"):
        CreditProbe().reset(seed=0, options={"target": "x"})


def test_the_reference_remembers_the_lever_itself() -> None:
    """Without reminders it reads its own history, whoever replied and however badly."""
    for first, expected in (("left", "right"), ("I go LEFT!", "right"), ("right", "left"), ("left, no: right", "left")):
        env, said = walk("cooperate", "red lever/blue lever, bell/map, blue lever/red lever", remind=False)
        history = History("h", Opening("", said), [], 0)
        for reply in (first, "hm"):
            history.turns.append(Turn(Reply(reply), env.step(reply)[0]))
        reply = Reference(env.arguments).reply(history)
        assert reply == expected
        assert env.step(reply)[1] == 1.0


SCORES = {  # reference, random, novice, by calculation
    "": (1, 0.5, 0.475), "-Short": (1, 0.5, 0.475), "-Long": (1, 0.5, 0.475), "-KeyDoor": (1, 0.25, 0.475**2),
    "-Fatal": (1, 0.375, 0.525 * (1 - 0.475 * 0.525)), "-Lucky": (0.75, 0.5, 0.25 + 0.475 / 2), "-Distractor": (1, 0.5, 0.475),
    "-Cooperate": (1, 0.5, 0.95**2 / 2),
}  # fmt: skip


@pytest.mark.parametrize("level", SCORES)
def test_anchors(level: str) -> None:
    env_id = f"TurnBench/CreditProbe{level}-v0"
    assert isinstance(gymnasium.make(env_id).unwrapped, CreditProbe)
    for player, p in zip(("reference", "random", "novice"), SCORES[level], strict=True):
        n = 50 if p == 1 else 300
        score = run(player, env_id, episodes=n).summary.mean_score
        assert score == pytest.approx(p, abs=4 * (p * (1 - p) / n) ** 0.5), player
