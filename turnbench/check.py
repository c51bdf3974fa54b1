"""`check_env`: does an environment keep the contract of `TextEnv`?

One function per clause, each with its own message; `tests/test_check.py` holds a deliberately broken environment for
every one of them. Episodes are driven by the environment's own players mixed with hostile text, so that the clauses
are tried in the middle and at the end of games and not only on their first turn.
"""

from __future__ import annotations

import copy
import json
import math
import pickle
import random
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from turnbench.checkplay import HOSTILE, Transcript, actions, mixture, play, policies
from turnbench.env import TextEnv
from turnbench.episode import History, Opening, Reply, Turn
from turnbench.errors import ContractViolation, EpisodeOver, TurnBenchError
from turnbench.registry import find_spec, make_env
from turnbench.splits import SPLITS

EPISODES = 6
SPLIT_DRAWS = 200
DOC_HEADINGS = (
    "Task", "Actions", "Observations", "Rewards", "Episode end", "Levels", "Capability tested and why", "Instances",
    "Score anchors", "References", "Version history",
)  # fmt: skip

Maker = Callable[..., TextEnv]


@dataclass(frozen=True)
class Report:
    """The clauses that hold."""

    env: str
    passed: list[str]


def check_env(env: str | Maker, seed: int = 0) -> Report:
    """Check every clause.

    Args:
        env: an id, or a function (such as the class) that makes the environment and takes `split=`.
        seed: first of the seeds tried.

    Raises:
        ContractViolation: the first clause that does not hold.
    """
    make: Maker = (lambda **kw: make_env(env, **kw)) if isinstance(env, str) else env
    passed = []
    for clause in CLAUSES:
        try:
            clause(make, seed)
        except ContractViolation:
            raise
        except Exception as error:
            raise ContractViolation(
                f"{clause.__name__.removeprefix('_')}: the environment, or one of its players (which must stand any history, "
                f"hostile text included), raised {type(error).__name__}: {str(error)[:200]}."
            ) from error
        passed.append((clause.__doc__ or "").strip().splitlines()[0])
    if isinstance(env, str):
        _gymnasium_agrees(env)
        passed.append("Gymnasium's own checker passes without warnings.")
    return Report(env if isinstance(env, str) else getattr(env, "__name__", repr(env)), passed)


def _demand(condition: bool, message: str) -> None:
    if not condition:
        raise ContractViolation(message)


# The clauses -------------------------------------------------------------------------------------------------------


def _hostile_text_is_answered(make: Maker, seed: int) -> None:
    """Any string is answered, never by an exception."""
    env = make()
    for text in HOSTILE:
        env.reset(seed=seed)
        try:
            env.step(text)
        except Exception as error:
            shown = text if len(text) <= 40 else text[:37] + "..."
            raise ContractViolation(
                f"step({shown!r}) raised {type(error).__name__}: any string is a legal action; answer it in the game."
            ) from error


def _info_is_json(make: Maker, seed: int) -> None:
    """Info is JSON; reset says system_prompt, user_message and seed; the last step names its ending."""
    env = make()
    for policy in policies(env):
        observation, info = env.reset(seed=seed)
        for key in ("system_prompt", "user_message", "seed"):
            _demand(key in info, f"reset info lacks {key!r}.")
        _demand(
            Opening(info["system_prompt"], info["user_message"]).observation == observation,
            "system_prompt and user_message joined are not the opening observation.",
        )
        history = History("check-info", Opening("", observation), [], seed)
        terminated = False
        while True:
            try:
                json.dumps(info, allow_nan=False)
            except (TypeError, ValueError) as error:
                raise ContractViolation(
                    f"info is not JSON ({error}): keep to str, int, float, bool, list and dict."
                ) from error
            if terminated or len(history.turns) >= env.max_turns:
                break
            action = policy(history)
            observation, _, terminated, _, info = env.step(action)
            history.turns.append(Turn(Reply(action), observation))
        if terminated:
            ending = info.get("ending")
            _demand(
                isinstance(ending, str) and re.fullmatch(r"[a-z][a-z_]*", ending) is not None,
                f"the last info's ending is {ending!r}, not a snake_case name.",
            )


def _global_randomness_is_untouched(make: Maker, seed: int) -> None:
    """The process-wide random streams of `random` and numpy are neither read nor written."""
    before = random.getstate(), np.random.get_state()  # noqa: NPY002 - the state that must not change
    env = make()
    play(env, seed, mixture(env))
    after = random.getstate(), np.random.get_state()  # noqa: NPY002
    _demand(
        before[0] == after[0],
        "the process-wide random stream was touched: draw from the rng that _reset is given.",
    )
    same = all(np.array_equal(a, b) for a, b in zip(before[1], after[1], strict=True))
    _demand(same, "numpy's process-wide random stream was touched: draw from the rng that _reset is given.")


def _the_seed_decides(make: Maker, seed: int) -> None:
    """The same seed gives the same episode; other seeds give other instances."""
    for k in range(EPISODES):
        env, other = make(), make()
        rows = play(env, seed + k, mixture(env))
        again = play(other, seed + k, actions(rows), most=len(rows) - 1)
        _demand(
            rows == again,
            f"the seed is ignored: seed {seed + k} gave two different episodes for the same actions.",
        )
    env = make()
    keys = set()
    for k in range(50):
        observation, _ = env.reset(seed=seed + k)
        keys.add((observation, env.instance_key()))
    _demand(len(keys) > 1, "the seed is ignored: 50 seeds gave one and the same instance.")


def _episodes_do_not_leak(make: Maker, seed: int) -> None:
    """What was said in one episode changes nothing in the next."""
    used = make()
    for policy in policies(used):
        play(used, seed, policy, "first")
        rows = play(used, seed + 1, mixture(used), "second")
        fresh = play(make(), seed + 1, actions(rows), most=len(rows) - 1)
        _demand(
            rows == fresh,
            "state leaks between episodes: an episode differs when another one was played before it.",
        )


def _rewards_keep_their_range(make: Maker, seed: int) -> None:
    """Rewards are finite, within the declared range, and 0 before the end of a sparse environment."""
    env = make()
    low, high = env.reward_range
    for k, policy in enumerate(policies(env)):
        rows = play(env, seed + k, policy)
        for _, _, reward, terminated, _ in rows[1:]:
            number = isinstance(reward, (int, float)) and not isinstance(reward, bool) and math.isfinite(reward)
            _demand(number, f"the reward {reward!r} is not a finite number.")
            _demand(low <= reward <= high, f"the reward {reward} is outside the declared range [{low}, {high}].")
            _demand(
                not env.sparse or terminated or reward == 0,
                f"the reward {reward} came before the end, but the environment says it is sparse.",
            )


def _states_are_restored(make: Maker, seed: int) -> None:
    """get_state/set_state, deepcopy and pickle continue identically."""
    env = make()
    for policy in list(policies(env))[-2:]:  # hostile text, which uses up every budget, and the mixture
        _restored(make, env, seed, play(env, seed, policy))


def _restored(make: Maker, env: TextEnv, seed: int, whole: Transcript) -> None:
    said = [r[0] for r in whole[1:]]
    for cut in sorted({0, len(said) // 2, max(len(said) - 1, 0)}):
        env.reset(seed=seed)
        for action in said[:cut]:
            env.step(action)
        saved = env.get_state()
        copies: dict[str, Callable[[], TextEnv]] = {
            "deepcopy": lambda env=env: copy.deepcopy(env),  # type: ignore[misc]
            "pickle": lambda env=env: pickle.loads(pickle.dumps(env)),  # type: ignore[misc]
        }
        kept = {name: build() for name, build in copies.items()}
        for name, twin in [("the original", env), *kept.items()]:
            _demand(_continue(twin, said[cut:]) == whole[cut + 1 :], f"{name} diverges from turn {cut + 1} on.")
        play(env, seed + 1, mixture(env))  # another episode in between must not matter
        other = make()
        for name, restored in (("the same environment", env), ("a fresh environment", other)):
            restored.set_state(saved)
            _demand(
                _continue(restored, said[cut:]) == whole[cut + 1 :],
                f"a saved state restored in {name} diverges from turn {cut + 1} on: _save and _load miss something.",
            )


def _continue(env: TextEnv, actions: list[str]) -> Transcript:
    rows = []
    for action in actions:
        observation, reward, terminated, _, info = env.step(action)
        rows.append((action, observation, reward, terminated, json.dumps(info, sort_keys=True)))
    return rows


def _nothing_hidden_is_shown(make: Maker, seed: int) -> None:
    """No secret reaches an agent before the end, in observations or info."""
    env = make()
    openings: list[tuple[str, set[str]]] = []
    for k in range(20):
        observation, _ = env.reset(seed=seed + k)
        openings.append((observation, set(env.secrets())))
    for k in range(EPISODES):
        for policy in policies(env):
            rows = play(env, seed + k, policy)
            secrets = env.secrets()
            said = ""
            for action, observation, _, terminated, info in rows:
                said += f"\n{action}"
                if terminated:
                    break
                for secret in secrets:
                    word = re.compile(rf"(?<!\w){re.escape(secret)}(?!\w)", re.IGNORECASE)
                    # Public is what the agent said itself, and what openings with another secret also say (a list of
                    # candidates, an example in the rules).
                    if word.search(said) or any(secret not in others and word.search(o) for o, others in openings):
                        continue
                    for where, text in (("an observation", observation), ("info", info)):
                        _demand(
                            word.search(text) is None,
                            f"the hidden answer leaks: {where} says {secret!r} before the end.",
                        )


def _splits_share_no_instance(make: Maker, seed: int) -> None:
    """train, validation and test draw disjoint instances (unless the page says the world is closed)."""
    seen: dict[str, str] = {}
    for split in SPLITS:
        env = make(split=split)
        if env.closed_world:
            _demand(
                "closed world" in (type(env).__doc__ or "").lower(),
                "a closed world must say 'closed world' in its docstring.",
            )
            return
        for k in range(SPLIT_DRAWS):
            env.reset(seed=seed + k)
            key = env.instance_key()
            owner = seen.setdefault(key, split)
            _demand(
                owner == split,
                f"the instance {key[:80]!r} is in the splits {owner} and {split}: draw only instances whose "
                f"turnbench.splits.split_of(instance_key) is the split.",
            )


def _episodes_end(make: Maker, seed: int) -> None:
    """Every episode ends within `max_turns`; then only reset is allowed. Worlds terminate, they never truncate."""
    env = make()
    try:
        make().step("hello")
    except EpisodeOver:
        pass
    else:
        raise ContractViolation("step before the first reset did not raise EpisodeOver.")
    for policy in policies(env):
        rows = play(env, seed, policy)
        _demand(rows[-1][3], f"an episode did not end within its max_turns = {env.max_turns}.")
        try:
            env.step("hello")
        except EpisodeOver:
            continue
        raise ContractViolation("stepping a finished episode did not raise EpisodeOver.")


def _observations_are_text(make: Maker, seed: int) -> None:
    """Observations are strings of the observation space that can be written as UTF-8."""
    env = make()
    for policy in policies(env):
        for _, observation, *_ in play(env, seed, policy):
            _demand(
                env.observation_space.contains(observation),
                f"an observation is not in {env.observation_space}.",
            )
            try:
                observation.encode("utf-8")
            except UnicodeEncodeError as error:
                raise ContractViolation(f"an observation cannot be written as UTF-8: {error}.") from error


def _the_page_is_complete(make: Maker, seed: int) -> None:
    """The docstring has every heading, and the environment ships a reference and a random player."""
    env = make()
    page = type(env).__doc__ or ""
    missing = [f"'{heading}:'" for heading in DOC_HEADINGS if f"{heading}:" not in page]
    _demand(not missing, f"the docstring lacks the headings {', '.join(missing)}.")
    for player in ("reference", "random"):
        _demand(player in env.players, f"the environment ships no {player!r} player.")
    _demand(bool(env.tags), "the environment declares no capability tags.")
    try:
        json.dumps(env.arguments, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ContractViolation(f"its arguments are not JSON: {error}.") from error
    try:
        env.reset(seed=seed, options={"no such option": 1})
    except TurnBenchError:
        return
    raise ContractViolation("an unknown reset option was accepted.")


CLAUSES: tuple[Callable[[Maker, int], None], ...] = (
    _hostile_text_is_answered,
    _info_is_json,
    _rewards_keep_their_range,
    _global_randomness_is_untouched,
    _the_seed_decides,
    _episodes_do_not_leak,
    _states_are_restored,
    _nothing_hidden_is_shown,
    _splits_share_no_instance,
    _episodes_end,
    _observations_are_text,
    _the_page_is_complete,
)


def _gymnasium_agrees(env_id: str) -> None:
    import gymnasium
    from gymnasium.utils.env_checker import check_env as gymnasium_check

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            gymnasium_check(gymnasium.make(find_spec(env_id)).unwrapped)
        except Exception as error:
            raise ContractViolation(f"Gymnasium's own checker objects: {error}") from error
