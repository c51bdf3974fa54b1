"""ShardedDraft: edit, bit by bit, a list that the assistant made up itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from turnbench.envs.sharded.own_output import OwnOutputEnv, own_players_in
from turnbench.envs.sharded.tasks.draft.task import DraftTask


class ShardedDraft(OwnOutputEnv):
    """Make up a list, then change it as asked: only who remembers the own list can.

    Task:
        The first message asks for a list of the assistant's own: numbers, winning raffle numbers, a packing list,
        animals, a menu, a team, file names, a seating order of given guests, or a timetable. Every further message
        asks for one change of it: swaps, moves, removals, additions, arithmetic, sorting, choosing some, taking a
        change back (42 kinds in all). What is right in the end follows from the list that this very assistant made
        up, and from every change, in their order.

    Actions:
        Any text. The system prompt, the same in all settings, asks for a list with one item a line: as it was made
        up, between a line DRAFT and a line END, and, closing every reply, as it stands then, between LIST and END.
        The draft is the last complete DRAFT block of the first reply, and nothing later changes it; the final list is
        the last complete LIST block of the last reply. Bullets, numbering, quotes, capitals and spacing do not
        matter. A first reply without a draft that is what was asked for (number of items, range, form, order, no
        repetitions) scores 0 whatever follows: a draft handed in later could be made to fit.

    Observations:
        One request a message, in the words of an everyday user, drawn anew in every conversation. The user never says
        whether a reply was right, answers no questions and reveals the requests in their order: "the second one"
        means another item after each change. In `full` and `concat` all of it is one message, and the reply shows
        draft and final list together. `recap` ends with all requests, without any list, and asks for the list once
        more. Settings: full, concat, sharded, recap, snowball, user-turns-only; shuffle-concat is refused, because it
        could only be concat.

    Rewards:
        Sparse: 0 until the end, then 1 if the last list is exactly the draft after all changes, item by item, else 0.
        A new item that the user leaves to the assistant (always the last change) may be any with the right first
        letter.

    Episode end:
        `success` or `failure`, after the reply to the last request, or to the recap.

    Levels:
        ShardedDraft-v0: difficulty medium, 3 to 5 changes of 5 or 6 items. -Small: 2 or 3 changes by position of 4
        numbers below 40, 4 animals or 5 guests, and a system prompt of two sentences. With difficulty=hard, 5 to 7
        changes of 6 or 7 items. -Small has no share in the warm-up of small models yet: whether one of a million
        parameters learns it has not been measured.

    Capability tested and why:
        Keeping track of one's own words. In the published tasks the user says all that is needed, so an agent that
        drops its own turns and reads the user's as one message plays CONCAT and loses nothing. Here that cannot help:
        in `user-turns-only` the assistant is judged by the draft of its first reply and does not see it again. It can
        only draft anew, and is right by chance or because it always drafts the same. So the setting's low score is
        the point of the task: who gains by it elsewhere loses here, and a scorecard that holds both shows the
        shortcut.

        Who can still win there: an agent whose draft is a function of the request alone (decoding without chance, or
        always the same favourites), as it can write its own words again; no text can forbid that, and for such an
        agent it is memory enough. An agent that samples wins about as often as two of its drafts agree in what is
        left of them in the end; whole drafts agree with the sum of their squared probabilities.

    Instances:
        A kind of list with its slots, and the changes. Made so that leaving out any change alters the outcome, and so
        that the outcomes differ, for each of three drafts drawn at random; for a special draft (one that is sorted
        already) a change may still do nothing. small repeats itself about as often as 18,000 equally likely instances
        would, medium as several million, hard as more. There is no published format: `data` is refused.

    Score anchors:
        Share of 600 test episodes, small / medium / hard. Every setting but user-turns-only: reference 1.00 / 1.00 /
        1.00, noisy 0.7, random below 0.01. user-turns-only: reference, noisy and memoryless 0.003 / 0.000 / 0.002;
        habitual, which drafts the same whenever it is asked the same, 1.00. memoryless, which reads the user's turns
        only, 1.00 in full and concat and at most 0.01 in all others; hasty 1.00 in full and concat, 0.00 elsewhere;
        forgetful (first and last message) 0.00 in sharded and 1.00 where the last message repeats everything.

    References:
        Protocol and settings: Laban et al. 2025, "LLMs Get Lost In Multi-Turn Conversation" (arXiv:2505.06120). That
        own replies can often be left out of the context: arXiv:2602.24287. The task, its lists and its judge are new.

    Version history:
        v0: first version.

    Args:
        reveal: the setting; see Observations.
        difficulty: "small", "medium" or "hard".
        merge: neighbouring requests said together in so many messages; 0 for one each.
        patience, scoring: without effect here: the user never waits, and only the last reply is judged.
        user, classifier, server_url: refused: the requests keep their order and wording, and every reply is an answer.
    """

    family: ClassVar[str] = "ShardedDraft-v0"
    task: ClassVar[type[DraftTask]] = DraftTask
    players: ClassVar[Mapping[str, str]] = own_players_in("turnbench.envs.sharded.tasks.draft.players")
