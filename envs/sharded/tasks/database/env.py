"""ShardedDatabase: a question about a database, told bit by bit, and one SQL query to answer it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from turnbench.envs.sharded.env import ShardedEnv
from turnbench.envs.sharded.players import players_in
from turnbench.envs.sharded.task import Task
from turnbench.envs.sharded.tasks.database.task import AsReleased, DatabaseTask
from turnbench.errors import UsageError


class ShardedDatabase(ShardedEnv):
    """Answer a question about a database with one SQL query, while the user tells bit by bit what the question is.

    Task:
        The system prompt shows the schema of a SQLite database and not its rows. The first message says what is wanted ("I
        want a breakdown of our loans."); every further one tells one thing that the result depends on: a column, a filter,
        the groups, a condition on them, the order, how many lines, that duplicates go. Tables have to be joined where an
        attribute belongs to another one ("the genre of the book"). In the other settings of `reveal` all is told at once.

    Actions:
        Any text. An answer is a query, SELECT or WITH, in a fenced block or in the running text; the last one counts. One with
        "..." or another placeholder, or one of several under conditions, is no attempt. A question is answered with what it
        asks for. Anything else lets the user go on.

    Observations:
        The user's messages, one shard at a time; see `turnbench.envs.sharded.reveal` for the settings and
        `turnbench.envs.sharded.user` for the rules by which the user speaks.

    Rewards:
        Sparse: 0 until the end, then 1 if an attempt (with `scoring=last`: the last one) returns what the gold query returns,
        else 0. Columns may come in any order and under any name; the order of rows matters where the gold query has ORDER
        BY at its top level, and otherwise how often each row occurs; numbers are compared as numbers. Queries are run
        read-only and within limits (`sandbox`): what fails, writes, takes too long or depends on the clock scores 0.

    Episode end:
        `success` on a matching answer, `failure` on the reply after everything was said. FULL and CONCAT last one turn.

    Levels:
        ShardedDatabase-v0: difficulty medium. -Small: difficulty small. Difficulties, by shards: small 3-4, three databases
        of two tables that are shown in a line each, at most twelve different numbers or days in a column, lists, counts and
        single figures, three ways to say each thing; medium 4-6, nine databases of two to four tables, breakdowns, limits,
        duplicates and subqueries as well; hard 6-8, with more filters, two or more joins, conditions on groups. Every
        database has 20 to 60 rows a table. -Small has no share in the warm-up of small models yet: one
        of 0.8 million parameters got nothing right after two minutes of training, and no longer one was tried.

    Capability tested and why:
        Keeping what was said, and revising an answer when more is said: writing SQL loses most when a question comes bit by bit
        (over the models of the paper, SHARDED is on average 41 % of FULL). No guess can be right early: on the database of
        the instance every proper part of the question has another result, and so has the question with a boundary
        included instead of excluded.

    Instances:
        An instance is a database's schema and what is asked of it, whatever the words and whatever the rows, which a player does
        not see. Splits hold disjoint instances by hash of that. Distinct ones over all splits, estimated from repeated draws:
        small 28,000, medium 230,000, hard more than 300,000. With `data=` the records of a file in the published format,
        whose databases must lie in the folder that the environment variable TURNBENCH_SPIDER names, as `<db_id>/*.sqlite` or
        `databases/<db_id>/*.sqlite`; an answer has to be right on all files of its database.

    Score anchors:
        Mean score of 400 test episodes (seed 0), reference / noisy / forgetful / hasty / random:
        ShardedDatabase-v0 1.00 / 0.71 / 0.04 / 0.00 / 0.02, -Small 1.00 / 0.72 / 0.05 / 0.00 / 0.02; difficulty hard, 200
        episodes: 1.00 / 0.72 / 0.01 / 0.00 / 0.03. The reference solves every setting of `reveal`. A first guess, all that is
        missing drawn, is right in less than one of a hundred tries.

    References:
        Laban, Hayashi, Zhou and Neville 2025, "LLMs Get Lost In Multi-Turn Conversation" (arXiv:2505.06120), task database: 107
        questions of Spider. Yu et al. 2018, "Spider" (arXiv:1809.08887); Zhong, Yu and Klein 2020, "Semantic evaluation for
        text-to-SQL with distilled test suites" (arXiv:2010.02840), for execution match. Deviations: the rules of output stand
        in every setting's prompt (released code: FULL and CONCAT only); the user is a script; answers are found by rule;
        constants of the gold query are not put into the answer (there they are, so that wrong ones pass); DISTINCT counts
        (there it is taken out of both queries: `distinct`); order matters by the gold query's top level. The
        databases, questions and words of the generated instances are new.

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
        distinct: "counts", or "ignored" as in the released code, for published instances only.
    """

    family: ClassVar[str] = "ShardedDatabase-v0"
    task: ClassVar[type[Task]] = DatabaseTask
    players: ClassVar[Mapping[str, str]] = players_in("turnbench.envs.sharded.tasks.database.players")

    def __init__(self, distinct: str = "counts", **arguments: Any) -> None:
        if distinct not in ("counts", "ignored"):
            raise UsageError(f"distinct is counts (ours) or ignored (the released code's), not {distinct!r}.")
        if distinct == "ignored" and not arguments.get("data"):
            raise UsageError("distinct=ignored is for published questions: give their file as data=PATH.")
        super().__init__(**arguments)
        if distinct == "ignored":
            self.rules = AsReleased()
            self.arguments["distinct"] = distinct
