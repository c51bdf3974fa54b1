"""ShardedCode: a Python function, specified bit by bit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from turnbench.envs.sharded.env import ShardedEnv
from turnbench.envs.sharded.players import players_in
from turnbench.envs.sharded.task import Task
from turnbench.envs.sharded.tasks.code.task import CodeTask


class ShardedCode(ShardedEnv):
    """Write a Python function whose specification comes bit by bit, and which has to pass hidden tests.

    Task:
        A user wants a Python function and says what it must do in several messages: first what it is for and its name,
        then what it takes and returns, and one rule after another (what to ignore, how ties are broken, what to return
        for nothing). A program passes or fails on 10 to 16 hidden tests.

    Actions:
        Any text. The program is the last fenced block that holds a `def`, or a reply that is nothing but Python with a
        `def`. The function called is the one of the name that was asked for, else the last one at top level. A function
        whose body is empty, `pass`, `...` or NotImplementedError is no answer; a program that cannot be read is a wrong
        one, and so is one of more than 20,000 characters.

    Observations:
        The user's next message: a further piece of the specification, or an answer that reveals nothing. In the
        settings full and concat there is one message with everything.

    Rewards:
        Sparse: 0 until the end, then 1 if a program in the conversation passed all its tests, else 0. Outputs are
        compared by kind: True is not 1, a tuple is a list, an int equals a float of the same number, and where a float
        is expected 0.000001 is allowed (relative above 1). With `scoring="last"` the last program counts.

    Episode end:
        `success` when a program passes, or else `failure` after the reply to the last piece. With full, concat and
        shuffle-concat the only reply is judged, with recap the reply to the recapitulation.

    Levels:
        ShardedCode-v0, medium difficulty: 4 to 6 shards. -Small: 3 to 4 shards, three families of functions, two
        wordings of everything, programs of a few lines, a system prompt of one sentence. By argument,
        difficulty="hard": 6 to 8 shards. -Small has no share in the warm-up of small models yet:
        one of 0.8 million parameters got a quarter right after five minutes of training, and no longer one was tried.

    Capability tested and why:
        Holding a specification together that grows: each rule has to be worked into what was written before, without
        losing an earlier one. Programs written too early have to be revised, and whether they were is decided by
        running them.

    Instances:
        An instance is the family of functions, the base behaviour and the rules with their numbers and texts, without
        names and wording. Nine families: cleaning strings, evaluating numbers, ranking, runs of characters, times of
        day, number grids, counting stock, writing lines of text, walks on a grid; all are equally likely. Some 20,000
        functions can be drawn at small, 60 million at medium and 3 billion at hard, most of them of numbers and the
        fewest walks (26,000 and 80,000); splits hold disjoint ones by hash. They are not equally likely:
        4,000 draws of small hold 1,375 distinct ones. Expected outputs are computed by our own functions. Kept are only functions of which
        every rule changes the output of a hidden test, so that nothing passes before the last piece is known, and only
        tests on which the words are clear, in whatever order rules that say nothing of their order are applied.

    Score anchors:
        Measured by tests: the reference player scores 1 in every setting; a random program of the right family and
        name passes at most 3 times in 100, and so does the hasty player, who answers the first message and stays with
        it.

    References:
        Laban, Hayashi, Zhou, Neville 2025, "LLMs Get Lost In Multi-Turn Conversation" (arXiv:2505.06120). Sources of the
        published instances: Chen et al. 2021, HumanEval (arXiv:2107.03374); Jain et al. 2024, LiveCodeBench
        (arXiv:2403.07974). Deviations: the function of the expected name is called, else the last one at top level (the
        paper says the last one; the released code renames the first as text). A `Solution` class with the method asked
        for is accepted, since starter code may begin one. Programs run in a process without files, network and further
        processes (`turnbench.envs.sharded.sandbox`; `shared_sandbox().isolation` says whether the kernel holds that or
        only a hook), 6 seconds a test for published instances and 60 in all, 4 seconds a test and 8 in all for generated
        ones. They can import the modules of the standard library that compute, and no others. How deep they may recurse
        depends on the Python version. Values are compared by kind, where the released code uses ==. The system prompt
        and the templates are our own words.

    Version history:
        v0: first version.

    Args:
        reveal: what is said when: "full", "concat", "shuffle-concat", "sharded", "recap", "snowball", "user-turns-only".
        difficulty: "small", "medium" or "hard"; of generated instances.
        merge: put the shards into so many groups, revealed together; 0 for one each.
        patience: how many messages may reveal nothing before the user goes on unasked, 0 to 20.
        scoring: "max", the best attempt (the paper), or "last" (the released code).
        data: path of a file in the published format, instead of generated instances.
        user: a model behind a chat server that speaks as the user; such a variant is unranked.
        classifier: a model that classifies replies; such a variant is unranked.
        server_url: where these models are, up to /v1.
    """

    family: ClassVar[str] = "ShardedCode-v0"
    task: ClassVar[type[Task]] = CodeTask
    tags: ClassVar[tuple[str, ...]] = (*ShardedEnv.tags, "programming")
    players: ClassVar[Mapping[str, str]] = players_in("turnbench.envs.sharded.tasks.code.players")
