"""ShardedData2Text: a sentence about highlighted cells of a table that is explained bit by bit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from turnbench.envs.sharded.env import ShardedEnv
from turnbench.envs.sharded.players import players_in
from turnbench.envs.sharded.task import Task
from turnbench.envs.sharded.tasks.data2text.task import Data2TextTask


class ShardedData2Text(ShardedEnv):
    """Describe the highlighted cells of a table in one sentence, while the table is explained piece by piece.

    Task:
        A table, cells of it that are to be described in a single sentence of at most 30 words, where the table stands, and
        captions of other tables that show the style that is wanted. With `reveal="sharded"` the first message has the table
        alone (or with the rules); then come, a message each and in this order, the rules, the captions, the table with the
        highlighted cells, the titles of its page and section, and in hard tables something the table does not say.

    Actions:
        Any text; the whole of it is taken for the description, in every turn. An empty reply scores 0, and a question is
        a bad description.

    Observations:
        The user's messages, always in the same order, whatever is said. Tables are HTML, with highlighted cells as
        `<td class="highlighted">`. At the end "Thank you, that is all."

    Rewards:
        Sparse: 0 until the end, then BLEU from 0 to 1 against two or three references: the best of the conversation's replies
        (`scoring="max"`, the paper's rule) or the last one (`scoring="last"`, the released code's). In "recap" only the
        reply to the last message counts. The rules on length are not checked.

    Episode end:
        `success` on a BLEU of 1, else `failure`, when everything was shown and answered. A perfect reply before does not end it.

    Levels:
        ShardedData2Text-v0: 5 or 6 shards, 8 families of tables with 4 or 5 rows, cells of one row. -Small (`difficulty="small"`): 4
        shards, 3 families, 3 rows, three sentence forms, few names. `difficulty="hard"`: 7 shards, 6 to 8 rows, also cells of two
        rows, and a note that the sentence has to take up. `reveal` sets how all is told, `merge` makes fewer and larger pieces.
        -Small has no share in the warm-up of small models: nobody has tried yet whether one of a million parameters learns it.
        A conversation of 600 tokens with names and numbers that are different every time makes that unlikely.

    Capability tested and why:
        Revising an answer as requirements come in: the first description is nearly always about the wrong cells, and an agent
        that keeps to it is lost. As there is no single right sentence, the score is graded.

    Instances:
        Written by grammars: clubs' seasons, elections, albums, prizes, museums, mountains, railways, weather; all names and
        numbers are invented. An instance is the table, its highlighted cells, titles and note, whatever the wording and style;
        there are more than 10**9 in every difficulty, and splits hold disjoint ones. Every family has five
        styles; two or three of them are those of the references, the first of these that of the captions. A sentence in
        another style has a BLEU of about 0.3 against one reference. `data` plays published records instead.

    Score anchors:
        300 test episodes, sharded / full: reference 1.00 / 1.00, hasty 0.04 / 1.00, forgetful 0.06 / 1.00, noisy 0.73 / 0.73,
        random 0.03 / 0.03; -Small 1.00 / 1.00, 0.03 / 1.00, 0.04 / 1.00, 0.72 / 0.72, 0.03 / 0.03. The reference player loses nothing in
        any setting. The highlighted cells copied one after another score 0.02. Models in the paper reach 0.14 to 0.55 (full)
        on ToTTo, whose references are people's and not comparable.

    References:
        Laban, Hayashi, Zhou, Neville 2025, "LLMs Get Lost In Multi-Turn Conversation", arXiv:2505.06120; tables there are from
        ToTTo, Parikh et al. 2020. BLEU: Papineni et al. 2002, by sacrebleu (Post 2018). Deviations: every reply is an
        attempt, as the paper says (the released code classifies replies here by mistake); prompts are our own; a very long
        reply is cut (`turnbench.envs.sharded.bleu`).

    Version history:
        v0: first version.

    Args:
        reveal: how the instruction is told: "full", "concat", "shuffle-concat", "sharded", "recap", "snowball" or "user-turns-only".
        difficulty: "small", "medium" or "hard"; of no meaning with `data`.
        merge: number of messages the shards are merged into, 0 for one each.
        patience: of no effect: nothing is asked here; for the same reason `user` and `classifier` are refused.
        scoring: "max" or "last".
        data: a file of published records (`references`, `table_highlighted_html`, `fewshot_descriptions`, `metadata`, `shards`).
    """

    family: ClassVar[str] = "ShardedData2Text-v0"
    task: ClassVar[type[Task]] = Data2TextTask
    tags: ClassVar[tuple[str, ...]] = ("underspecification", "multi_turn_instruction", "revision", "data_to_text")
    players: ClassVar[Mapping[str, str]] = players_in("turnbench.envs.sharded.tasks.data2text.players")
