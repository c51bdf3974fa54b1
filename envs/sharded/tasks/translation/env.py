"""ShardedTranslation: German news into English, two sentences a turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from turnbench.envs.sharded.env import ShardedEnv
from turnbench.envs.sharded.players import players_in
from turnbench.envs.sharded.task import Task
from turnbench.envs.sharded.tasks.translation.documents import SHIPPED
from turnbench.envs.sharded.tasks.translation.task import TranslationTask


class ShardedTranslation(ShardedEnv):
    """Translate a German news text into English that arrives two sentences at a time: a control, nothing should be lost.

    Task:
        A document of up to ten German sentences. With `reveal="sharded"` the first message asks for a translation of the
        first two; every further message brings the next two and asks to translate all of it so far again.

    Actions:
        Any text; the whole of it is taken for the translation. There is no other answer and no invalid one: an empty
        reply scores 0, and a question is a bad translation.

    Observations:
        The user's messages, always in the order of the document, whatever is said. At the end "Thank you, that is all."

    Rewards:
        Sparse: 0 until the end, then BLEU of the last reply against the references, from 0 to 1. Earlier replies are
        recorded and do not count (as published), so `scoring` changes nothing.

    Episode end:
        `success` on a BLEU of 1, else `failure`, when the whole text was shown and answered.

    Levels:
        One. `reveal` sets how the text is told: "full" (whole), "concat" (numbered parts in one message), "shuffle-concat",
        "sharded", "recap", "snowball", "user-turns-only"; `merge` makes it fewer, larger parts.

    Capability tested and why:
        The negative control of the suite: sentences can be translated one by one, so an agent that is lost in other tasks
        and not here is lost because information has to be put together, not because a conversation is long. The paper
        finds all three settings within 10 % of each other. In "shuffle-concat" the parts come in a wrong order, which costs
        the reference player 0.02.

    Instances:
        No generator. Without `data` the 36 documents that are shipped: news-like texts of 9 or 10 lines with a headline, all
        invented, German and two independent English versions of each by the project (not by professional translators).
        Splits hold disjoint documents by hash of the German text: 22 train, 6 validation, 8 test. So few can show that
        nothing is lost and cannot rank translators. With `data` the documents of a file in the published format
        (`document_de`, `document_en`, shards of German sentences; `more_references` may hold further versions).

    Score anchors:
        300 test episodes, sharded / full: reference 1.00 / 1.00 (it looks the shipped sentences up, see `solver`, and cannot
        translate), hasty 0.02 / 1.00 (its first two sentences), forgetful 0.14 / 1.00, noisy 0.72 / 0.72, random 0.00 /
        0.00. The second English version, judged by the first alone, has a BLEU of 0.14 on average: it was written to differ.

    References:
        Laban, Hayashi, Zhou, Neville 2025, "LLMs Get Lost In Multi-Turn Conversation", arXiv:2505.06120; documents there are
        from WMT 2019. BLEU: Papineni et al. 2002, by sacrebleu (Post 2018). Deviations: prompts are our own; a very long
        reply is cut (`turnbench.envs.sharded.bleu`).

    Version history:
        v0: first version.

    Args:
        data: a file of published records; the shipped documents where it is not given.
        arguments: all others are as in the other sharded tasks: `reveal`, `merge`, `scoring`, `split`, `salt`. There is no
            `difficulty`; as nothing is asked or classified, `patience` changes nothing, and `user` and `classifier` are refused.
    """

    family: ClassVar[str] = "ShardedTranslation-v0"
    task: ClassVar[type[Task]] = TranslationTask
    tags: ClassVar[tuple[str, ...]] = ("multi_turn_instruction", "translation", "control")
    players: ClassVar[Mapping[str, str]] = players_in("turnbench.envs.sharded.tasks.translation.players")

    def __init__(self, data: str = "", **arguments: Any) -> None:
        super().__init__(data=data or str(SHIPPED), **arguments)
        if not data:
            del self.arguments["data"]  # where the package lies must change no seed, and no replay elsewhere
