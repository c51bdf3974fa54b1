"""ShardedSummary: bullets with citations about documents that keep coming in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from turnbench.envs.sharded.env import Attempt, ShardedEnv
from turnbench.envs.sharded.players import players_in
from turnbench.envs.sharded.task import Task
from turnbench.envs.sharded.tasks.summary.task import SummaryTask
from turnbench.errors import UsageError


class ShardedSummary(ShardedEnv):
    """Summarise what documents say about a question, with citations, and rewrite it as documents come in.

    Task:
        A question and a pile of short documents. What answers the question (the findings) is planted in more than half of
        them, every finding in several documents in different words; the rest is about other things. With `reveal="sharded"` the first
        message has the question and the first documents, and every further message brings documents and asks to
        rewrite the whole summary. Documents have numbers that are no hint to when they come.

    Actions:
        Any text; the whole of it is taken for the summary. Every line is a bullet: one finding, then the numbers of all documents
        that report it in square brackets, as in [2, 5]. Beyond 300 words every bullet keeps its beginning only, the
        same share of each; beyond 300 lines the rest is not read.

    Observations:
        The user's messages, always in the same order, whatever is said: documents as "Document 7:" and a paragraph. At the
        end "Thank you, that is all."

    Rewards:
        Sparse: 0 until the end, then the planted-fact score of the last reply, from 0 to 1: the mean over the findings of
        coverage (1 where one bullet states whom it is about and the number, 0.5 where it states the former, else 0) times the F1 of
        the documents cited there. Of equally good bullets the first counts. A bullet that states two findings covers each by
        half, one that states more covers none; of the N bullets asked for, every further one that cites takes 1/N off the score.
        Earlier replies are recorded and do not count (as published), so `scoring` changes nothing. With `judge` the last
        reply gets the published kind of score instead, by a model and without the last two rules (`official`).

    Episode end:
        `success` on a score of 1, else `failure`, when everything was shown and answered.

    Levels:
        ShardedSummary-v0: 12 to 15 documents in 4 to 6 batches, 4 findings. -Small (`difficulty="small"`): 9 documents in 3
        batches, 3 findings, two scenes and few names. `difficulty="hard"`: 16 to 20 documents in 6 to 8 batches, 6
        findings. `reveal` sets how they are shown, `merge` makes fewer and larger batches. -Small has no share in the
        warm-up of small models: nobody has tried yet whether one of a million parameters learns it. A conversation of
        700 tokens with numbers that are different every time makes that unlikely.

    Capability tested and why:
        Keeping together what is spread over a conversation, and saying where it came from. As an answer names its
        sources, it can be measured which turns were forgotten: a result's notes hold `citations` (`middle.citations_by_turn`).

    Instances:
        Four scenes (a tram line, a nature reserve, a festival, a factory) of three subjects with four kinds of findings, each
        with five ways to say it; all invented. An instance is what every document reports, whatever the wording
        and the batches; there are more than 10**9 in every difficulty, and splits hold disjoint ones. `data` plays
        published records instead, see the deviations.

    Score anchors:
        300 test episodes, sharded / full: reference 1.00 / 1.00, hasty 0.32 / 1.00 (it keeps to the first batch), forgetful 0.55 / 1.00
        (first and last batch), noisy 0.72 / 0.72, random 0.00 / 0.00; -Small 1.00 / 1.00, 0.46 / 1.00, 0.78 / 1.00, 0.72 /
        0.72, 0.00 / 0.00. Without reading, small / medium / hard: all documents copied, a bullet each with its own number, 0.00; all
        in one bullet that cites them all, 0.00; all in as many bullets as asked for, 0.01 / 0.04 / 0.08; only as many
        documents as bullets, 0.16 / 0.13 / 0.08. The right findings with every document cited: 0.53 / 0.40 / 0.34.

    References:
        Laban, Hayashi, Zhou, Neville 2025, "LLMs Get Lost In Multi-Turn Conversation", arXiv:2505.06120; documents there are from
        Laban et al. 2024, "Summary of a Haystack", arXiv:2407.01370. Deviations: the published score asks a model about
        coverage, ours compares key facts (`judge`) and is not the published one, on published records least of all, whose
        findings have no key facts: there their numbers and names stand for them. The released code shows the first
        batch twice and wants documents cited that it never shows; both are mended. Citations may be written [Document 3] or
        [3; 4] as well. Prompts are our own.

    Version history:
        v0: first version.

    Args:
        reveal: how documents are shown: "full", "concat", "shuffle-concat", "sharded", "recap", "snowball" or "user-turns-only".
        difficulty: "small", "medium" or "hard"; of no meaning with `data`.
        merge: number of messages the batches are merged into, 0 for one each.
        patience, scoring: of no effect: nothing is asked, the last reply counts. `user` and `classifier` are refused.
        judge: a model behind a chat server that gives the published kind of score; such a variant is unranked.
        server_url: where that server is, up to "/v1".
        data: a file of published records (`documents`, `insights`, `insightid2ref_citations`, `query`, `topic`, shards with
            `doc_idxs`).
    """

    family: ClassVar[str] = "ShardedSummary-v0"
    task: ClassVar[type[Task]] = SummaryTask
    tags: ClassVar[tuple[str, ...]] = ("multi_turn_instruction", "revision", "summary", "citation")
    players: ClassVar[Mapping[str, str]] = players_in("turnbench.envs.sharded.tasks.summary.players")

    def __init__(self, *, judge: str = "", server_url: str = "", **arguments: Any) -> None:
        super().__init__(**arguments)
        if judge:
            from turnbench.envs.sharded.models import Models  # only these variants ask anybody

            self._models = Models(server_url, judge=judge)
            self.ranked, self.waits = False, True
            self.arguments |= {"judge": judge, "server_url": server_url}
        elif server_url:
            raise UsageError("server_url is where the judge is: name it with judge.")

    def _judge(self, action: str) -> float:
        """With a model, only the last reply: earlier ones are recorded as 0, as the released code does."""
        if self._models is None:
            return super()._judge(action)
        from turnbench.envs.sharded.tasks.summary.official import official_score

        assert self.instance is not None
        last = not self._hidden and (self._reveal != "recap" or self._recapped)
        answer = self.rules.extract(action, self.instance)
        score = official_score(self._models, answer, self.instance.truth["insights"]) if last else 0.0
        revealed = len(self._groups) - len(self._hidden)
        self._attempts.append(Attempt(len(self._classes), revealed, score, len(answer)))
        return score
