"""What a run behind a server would cost, before anyone is asked: `turnbench run --dry-run`.

The environment's own players are played offline. "as the reference plays" has its number of turns and its words;
the other estimate lets every episode last as long as it can and every reply be as long as the limit on its tokens; where
none is set it has replies of 256 tokens, which a reasoning model passes. Tokens are estimated at four characters each,
the usual rule of thumb for English.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from turnbench.agents.base import AgentContext
from turnbench.agents.table import build_agent
from turnbench.chatapi.settings import Limits
from turnbench.drivers import ask
from turnbench.episode import Episode
from turnbench.errors import UsageError
from turnbench.machine import EpisodeMachine
from turnbench.registry import make_env

SAMPLE = 24
"""Episodes played for an estimate."""
CHARACTERS = 4.0
"""Per token."""
PER_MESSAGE = 4
"""Tokens a chat template puts around a message."""
LONG_REPLY = 256
"""Tokens of a long reply where no limit is set."""


def estimate(
    agent: str,
    env_id: str,
    episodes: int,
    split: str,
    first_seed: int,
    arguments: Mapping[str, Any],
    options: Mapping[str, Any],
    agent_options: Mapping[str, Any],
    limits: Mapping[str, Any],
    salt: str = "",
) -> dict[str, Any]:
    """Requests, tokens and cost of a run; the agent is built (so wrong options are refused) and not asked.

    Raises:
        UsageError: as the run would, but for a key that is not set; or a world that asks a server itself.
    """
    env = make_env(env_id, split=split, salt=salt, **arguments)
    players = type(env).players
    if env.waits:
        raise UsageError(
            f"A dry run plays {env_id} offline, which with these arguments asks a server itself: estimate it without them."
        )
    # Nobody is asked, so no key is needed: only the options are looked at.
    unasked = {"base_url": "http://nobody.invalid"} if agent.startswith("openai:") else {}
    built = build_agent(agent, AgentContext(env_id, env.arguments, players, {**unasked, **agent_options}, limits))
    option = "max_new_tokens" if agent.startswith("hf:") else "max_tokens"
    limit = agent_options.get("max_completion_tokens") or agent_options.get(option) or built.describe().get(option)
    built.close()
    longest = int(limit or LONG_REPLY)
    known = {k: v for k, v in limits.items() if v is not None}
    prices = Limits(**known)
    reference = _played(
        "reference" if "reference" in players else "random", env_id, env, split, salt, first_seed, options
    )
    as_played = [_cost(e, 1.0, None) for e in reference]
    every_turn = [_cost(e, max(1.0, env.max_turns / max(1, len(e.turns))), longest) for e in reference]
    out = {}
    for name, rows in (("as the reference plays", as_played), ("every turn used", every_turn)):
        requests, prompt, completion = (round(sum(r[i] for r in rows) / len(rows) * episodes) for i in range(3))
        cost = prices.cost(prompt, 0, completion)
        out[name] = {
            "requests": requests, "prompt_tokens": prompt, "completion_tokens": completion,
            "cost": None if cost is None else round(cost, 6),
            "episodes_within_limits": _within(prices, episodes, prompt + completion, cost),
        }  # fmt: skip
    return {
        "environment": env_id,
        "episodes": episodes,
        "estimates": out,
        "limits": {k: known[k] for k in ("max_cost", "max_tokens_total") if k in known},
        "note": f"Nobody was asked. Tokens are estimated at {CHARACTERS:g} characters each; "
        + (
            f'"every turn used" has {env.max_turns} turns an episode and at most {longest} tokens a reply, reasoning included.'
            if limit
            else f'"every turn used" has {env.max_turns} turns an episode and {LONG_REPLY} tokens a reply. No limit on replies is set '
            f"(--agent-arg {option}=N): a model that says or thinks more than that costs more."
        ),
    }


def _within(limits: Limits, episodes: int, tokens: int, cost: float | None) -> int:
    """How many of the episodes are finished before a limit stops the run."""
    shares = [1.0]
    if limits.max_tokens_total is not None and tokens:
        shares.append(limits.max_tokens_total / tokens)
    if limits.max_cost is not None and cost:
        shares.append(limits.max_cost / cost)
    return int(episodes * min(shares))


def _played(
    player: str, env_id: str, env: Any, split: str, salt: str, first_seed: int, options: Mapping[str, Any]
) -> list[Episode]:
    agent: Any = build_agent(player, AgentContext(env_id, env.arguments, type(env).players))
    done = []
    for seed in range(first_seed, first_seed + SAMPLE):
        machine = EpisodeMachine(env, str(seed), seed, options=options)
        while not machine.done:
            ask(agent, [machine])
        agent.forget(str(seed))
        assert machine.episode is not None
        done.append(machine.episode)
    return done


def _cost(episode: Episode, longer: float, reply_tokens: int | None) -> tuple[float, float, float]:
    """(requests, prompt tokens, completion tokens) of an episode `longer` times as long, with replies of some length."""
    turns = max(1, len(episode.turns))
    said = sum(len(t.reply.text) for t in episode.turns) / turns / CHARACTERS
    heard = sum(len(t.observation) for t in episode.turns) / turns / CHARACTERS
    opening = len(episode.opening.observation) / CHARACTERS + 2 * PER_MESSAGE
    reply = said if reply_tokens is None else float(reply_tokens)
    n = turns * longer
    per_turn = reply + heard + 2 * PER_MESSAGE
    return n, n * opening + per_turn * n * (n - 1) / 2, n * reply
