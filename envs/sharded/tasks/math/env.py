"""ShardedMath: word problems with a number as their answer, told all at once or bit by bit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from turnbench.envs.sharded.env import ShardedEnv
from turnbench.envs.sharded.players import players_in
from turnbench.envs.sharded.task import Task
from turnbench.envs.sharded.tasks.math.task import MathTask


class ShardedMath(ShardedEnv):
    """Solve a word problem whose facts a user tells one at a time.

    Task:
        A story asks for one quantity: change at a shop, the length of a tour, what a workshop makes, grams for a recipe,
        savings, a harvest in crates, the takings of an evening, a reading plan, the bill of a rental, a shared collection.
        The user first says what is wanted, without a number; each further message tells at most one fact, of 2 to 7. Every
        fact counts: without any one of them, or several, no answer follows or another one. `data` plays published
        problems (GSM8K, cut into shards) instead.

    Actions:
        Any text. A reply is a question, an attempt at the answer, or neither; attempts may be revised. The system prompt
        asks for a last line "Answer: NUMBER". Also understood are "#### 18", "the answer is 18" and a boxed number, and
        without any mark a conclusion in words (modules `answers` and `attempts` state the rules).

    Observations:
        What the user says: the fact that was asked for, else the next one, worded differently every time; or that there is
        nothing to say about a question. Nothing is said about attempts.

    Rewards:
        Sparse: 0 until the end, then 1 if an attempt was right, else 0. With `scoring="last"` only the last attempt
        counts, and in the recap only the reply to it. Right is a number of exactly the true value, however it is
        written: $100.00, 18.0, 1,250, 1/2, 3.5%, -4 (module `numerals`).

    Episode end:
        `success` with a right attempt, `failure` with none when all facts were told and answered.

    Levels:
        ShardedMath-v0: 4 to 6 shards. -Small: 3 or 4 shards of four families, told in numbers of at most 30, six names,
        under 300 different words. By argument, difficulty="hard": 6 to 8 shards, larger numbers. -Small has no share in the
        warm-up of small models yet: one of 0.7 million parameters was still getting better when its training ended at a
        fifth of the problems right.

    Capability tested and why:
        Holding together what was said over many turns, and revising an early answer instead of building on it. A calculation
        that is easy in one message is lost by many models when its facts come singly, and as the answer is a number, nothing
        but that is measured.

    Instances:
        An instance is the family, its facts and their numbers; names, things and wording do not matter to it. Of
        4,000 draws on Small 1,979 are distinct, and repeats are as frequent as among 1,300 equally likely ones; more than a million on medium, many more on hard (estimated from repeats among 100,000 draws).
        Splits hold disjoint instances by hash. Published problems: 103, split by the hash of their text.

    Score anchors:
        Mean of 1,000 test episodes (seed 0) of ShardedMath-v0 and -Small, full / sharded / recap. reference 1.00 / 1.00 /
        1.00 on both; hasty 1.00 / 0.01 / 0.00 and 1.00 / 0.01 / 0.00; forgetful 1.00 / 0.03 / 1.00 and 1.00 / 0.02 /
        1.00; noisy 0.70 / 0.70 / 0.70 and 0.71 / 0.71 / 0.70; random 0.00 / 0.01 / 0.00 and 0.01 / 0.01 / 0.01.
        Published, with GSM8K problems and other users: 64 to 96 percent in full, 37 to 70 sharded.

    References:
        Laban, Hayashi, Zhou, Neville 2025, "LLMs Get Lost In Multi-Turn Conversation", arXiv:2505.06120; Cobbe et al. 2021,
        "Training Verifiers to Solve Math Word Problems", arXiv:2110.14168. The generated problems are new. Deviations:
        answers are extracted by rules and not by a model; numbers are compared by value, where the released scorer
        compares strings and so takes "$100.00" for 1 and "18.0" for wrong; the form of the answer is asked for in
        every setting alike.

    Version history:
        v0: first version.

    Args:
        reveal: "full", "concat", "shuffle-concat", "sharded", "recap", "snowball" or "user-turns-only".
        difficulty: "small", "medium" or "hard"; without effect on published data.
        merge: tell the shards in so many groups, from 1 to 12; 0 tells them singly.
        patience: messages without a new fact that the user puts up with, 0 to 20.
        scoring: "max", the best attempt (the paper's rule), or "last" (the released code's).
        data: path of a file of published problems to play instead.
        user, classifier, server_url: models, and where they are, that take the place of the scripts; then unranked.
    """

    family: ClassVar[str] = "ShardedMath-v0"
    task: ClassVar[type[Task]] = MathTask
    players: ClassVar[Mapping[str, str]] = players_in("turnbench.envs.sharded.tasks.math.players")
