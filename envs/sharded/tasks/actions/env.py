"""ShardedActions: function calls whose arguments are told one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from turnbench.envs.sharded.env import ShardedEnv
from turnbench.envs.sharded.players import players_in
from turnbench.envs.sharded.task import Task
from turnbench.envs.sharded.tasks.actions.task import ActionsTask


class ShardedActions(ShardedEnv):
    """Answer with the function calls that a user wants, while the user tells their arguments one by one.

    Task:
        The system prompt lists functions in JSON. The first message says what is wanted ("I need to send two parcels."),
        every further one tells an argument of one call ("The second parcel weighs 2.5 kilograms.") or of all ("Each parcel
        goes to Bern."). The answer is the list of calls. In the other settings of `reveal` the same is told at once.

    Actions:
        Any text. An answer is a reply that is a list of calls and nothing else,
        `[send_parcel(to="Bern", weight=2.5), send_parcel(to="Bern", weight=1)]`, whether in a fenced block or not and in every
        setting alike; at least one of its functions must be in the list, or it is no attempt. Arguments are named, their values
        Python literals. Nothing is evaluated. A question is answered with what it asks for. Anything else lets the user go on.

    Observations:
        The user's messages, one shard at a time; see `turnbench.envs.sharded.reveal` for the settings and
        `turnbench.envs.sharded.user` for the rules by which the user speaks.

    Rewards:
        Sparse: 0 until the end, then 1 if an attempt (with `scoring=last`: the last one) matches the reference, else 0.
        Calls match in any order; values are compared by type and by a list of accepted ones, texts without case, spaces and
        some punctuation; parameters left at their default may be left out.

    Episode end:
        `success` on a matching answer, `failure` on the reply after everything was said. FULL and CONCAT last one turn.

    Levels:
        ShardedActions-v0: difficulty medium. -Small: difficulty small. Difficulties, calls / shards: small 2 / 3-4, calls of one
        function that is shown alone and in one line, told in the plainest words; medium 2-3 / 4-6, up to two of a domain's three functions,
        optional parameters, all ways to say it; hard 3-4 / 6-8, up to three functions, exceptions ("Unlike the others, the
        third pickup is for Monday."), and the functions of another domain are shown as well.

    Capability tested and why:
        Keeping a growing set of arguments apart by what they belong to, and not acting before all are known: function calling
        shows one of the largest losses when instructions come bit by bit (over the models of the paper on average 56 % of FULL).

    Instances:
        An instance is the set of calls with their arguments, whatever the words. Splits hold disjoint instances by hash of
        that. Distinct ones over all splits, estimated from repeats among draws: small as many as 3,000 equally likely
        ones would give (2,819 of 4,000 draws are distinct), medium about a million, hard more (no
        two of 1,500 draws are alike).
        33 functions in 11 domains. With `data=` the records of a file in the published format.

    Score anchors:
        Mean score of 500 test episodes (seed 0). The reference player: 1.00 in every setting and difficulty. In SHARDED, hasty /
        forgetful / noisy / random: small 0.00 / 0.02 / 0.71 / 0.01, medium 0.00 / 0.00 / 0.70 / 0.00, hard 0.00 / 0.00 / 0.70 /
        0.00. On the published instances the paper's models score 56 to 99 % in FULL and 14 to 72 % in SHARDED.

    References:
        Laban, Hayashi, Zhou and Neville 2025, "LLMs Get Lost In Multi-Turn Conversation" (arXiv:2505.06120), task actions:
        105 instances of BFCL v3, category parallel, Python. Patil et al. 2025, "The Berkeley Function Calling Leaderboard", for
        the format of functions and the checker. Deviations from both, in reading replies and in matching, are listed in
        `calls` and `matching`; the generated instances, their functions and all words are new.

    Version history:
        v0: first version.

    Args:
        reveal: "full", "concat", "shuffle-concat", "sharded", "recap", "snowball" or "user-turns-only".
        difficulty: "small", "medium" or "hard"; of generated instances only.
        merge: tell the shards in so many groups, 1 to 12; 0 tells each alone.
        patience: messages that may reveal nothing before the user goes on by itself, 0 to 20.
        scoring: "max", the best attempt counts (the paper), or "last" (the released code).
        data: a file of published instances; generated ones are played where it is "".
        user: a model behind a chat server that speaks for the user; such a variant is unranked.
        classifier: a model that says which replies are answers; such a variant is unranked.
        server_url: where these models are, up to /v1.
    """

    family: ClassVar[str] = "ShardedActions-v0"
    task: ClassVar[type[Task]] = ActionsTask
    small_warm_up: ClassVar[float] = 1.0
    players: ClassVar[Mapping[str, str]] = players_in("turnbench.envs.sharded.tasks.actions.players")
