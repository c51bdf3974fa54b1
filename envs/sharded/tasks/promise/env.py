"""ShardedPromise: stay with what you chose in an early turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from turnbench.envs.sharded.own_output import OwnOutputEnv, own_players_in
from turnbench.envs.sharded.tasks.promise.task import PromiseTask


class ShardedPromise(OwnOutputEnv):
    """Choose something, then answer what follows from it: only who remembers the own choice can.

    Task:
        The first message asks the assistant to choose: a price, a number, a rule for points, a day, a time, a square to
        hide something in, or a code word, within limits that are drawn for each instance. Every further message adds a
        fact ("I need 7 of them.", "The hall is only free 3 days after that.") and often asks what that makes by now.
        The last answer needs the choice and every fact. Some conversations ask for another choice on the way, without
        naming the one that is given up, or rule out a part of the choices afterwards, which matters only to those who
        made one of them.

    Actions:
        Any text. The system prompt, the same in all settings, asks for every choice on a line that begins with
        CHOICE: and for every result on a line that begins with ANSWER:. A choice is owed in the reply to a message
        that asks for one, or that rules out the choice made; of that reply the last CHOICE lines count, as many as
        are owed (two, if a message asks for a choice and for another one). Choices that nobody asked for change
        nothing. A choice that is owed and missing, unreadable, outside the limits, ruled out, or the same as the one
        to be replaced scores 0 whatever follows. The answer is the last ANSWER line of the last reply; a unit, or a
        calculation that ends with = and the result, does no harm.

    Observations:
        One piece a message, in the words of an everyday user, drawn anew in every conversation. The user never says
        whether a reply was right, answers no questions and keeps the order. In `full` and `concat` all of it is one
        message, and the reply shows choice and answer together. `recap` ends with all that was said by the user,
        without the choice, and asks for the answer once more. Settings: full, concat, sharded, recap, snowball,
        user-turns-only; shuffle-concat is refused, because it could only be concat.

    Rewards:
        Sparse: 0 until the end, then 1 if the last answer follows from the choice that holds and all facts, else 0.

    Episode end:
        `success` or `failure`, after the reply to the last message, or to the recap.

    Levels:
        ShardedPromise-v0: difficulty medium, 3 to 5 pieces after the request; 35 % of the instances ask for another
        choice, and 35 %, drawn apart, rule out some. -Small: 2 or 3 facts about a price, a number or a square, with
        small numbers, the first choice holds, and the system prompt is one sentence or two. With difficulty=hard, 5 to
        7 pieces and 60 %. -Small has no share in the warm-up of small models yet: whether one of a million parameters
        learns it has not been measured.

    Capability tested and why:
        Staying with one's own word. In the published tasks the user says all that is needed, so an agent that drops
        its own turns and reads the user's as one message plays CONCAT and loses nothing. Here that cannot help: in
        `user-turns-only` the assistant is judged by the choice of its first reply (or of the one that was asked for
        another) and does not see it again. It can only choose anew, and is right by chance or because it always
        chooses the same. So the setting's low score is the point of the task: who gains by it elsewhere loses here,
        and a scorecard that holds both shows the shortcut.

        Who can still win there: an agent whose choice is a function of the request, as it can make its own choice
        again; no text can forbid that, and for such an agent it is memory enough. What can be done is done: the
        limits differ in every instance and exclude values within them, so there is no favourite that fits everywhere;
        another choice must differ from one that no message names, which an agent that always takes the lowest allowed
        value misses; and values that are ruled out later move the choice of those who choose from all that is said so
        far. An agent that samples wins with the probability that two of its choices agree: the sum of their squared
        probabilities, 1 in 20 at most for an even draw and far less for most kinds.

    Instances:
        A kind of choice with its limits, and the pieces in their order. Leaving out any fact alters the answer to the
        same choice. At `small` 4,000 draws gave one repeat, at the others 6,000 none.
        There is no published format: `data` is refused.

    Score anchors:
        Share of 600 test episodes, small / medium / hard. Every setting but user-turns-only: reference 1.00 / 1.00 /
        1.00, noisy 0.7, random below 0.01. user-turns-only: reference and memoryless 0.05 / 0.01 / 0.02 (small has
        about thirty choices, so that a new one is the old one at times), noisy less; habitual, which chooses the same
        whenever it is asked the same, 1.00. memoryless, which reads the user's turns only, 1.00 in full and concat and at
        most 0.05 / 0.02 / 0.02 in all others; hasty 1.00 in full and concat, 0.00 in sharded; forgetful (first and last
        message, first reply) at most 0.06 / 0.03 / 0.03 in sharded, and 1.00 / 0.56 / 0.32 where the last message repeats
        everything, as it forgets what it chose in between. Small was measured on 300 to 600 episodes.

    References:
        Protocol and settings: Laban et al. 2025, "LLMs Get Lost In Multi-Turn Conversation" (arXiv:2505.06120). That
        own replies can often be left out of the context: arXiv:2602.24287. The task, its texts and its judge are new.

    Version history:
        v0: first version.

    Args:
        reveal: the setting; see Observations.
        difficulty: "small", "medium" or "hard".
        merge: neighbouring pieces said together in so many messages; 0 for one each.
        patience, scoring: without effect here: the user never waits, and only the last reply is judged.
        user, classifier, server_url: refused: the pieces keep their order and wording, and every reply is an answer.
    """

    family: ClassVar[str] = "ShardedPromise-v0"
    task: ClassVar[type[PromiseTask]] = PromiseTask
    players: ClassVar[Mapping[str, str]] = own_players_in("turnbench.envs.sharded.tasks.promise.players")
