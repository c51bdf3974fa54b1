"""The scripted translator knows no German: it looks up the sentences of the shipped documents.

So it stands for an agent that translates each sentence as well as the first reference does, and shows what the settings do
to such an agent. Of any other text it knows nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from turnbench.envs.sharded.task import Solver
from turnbench.envs.sharded.tasks.translation.documents import shipped_lines
from turnbench.randomness import RandomStream


class LookUp(Solver):
    """A table from German to English lines."""

    def answer(self, system_prompt: str, messages: Sequence[str]) -> str | None:
        """The English of all known sentences in the messages, in the order in which they were first said."""
        text = "\n".join(messages)
        found = [
            (text.find(german), english) for lines in shipped_lines() for german, english in lines if german in text
        ]
        return "\n".join(english for _, english in sorted(found)) or None

    def guess(self, system_prompt: str, messages: Sequence[str], rng: RandomStream) -> str:
        """As many English lines as there are German ones, out of a document that was not shown."""
        text = "\n".join(messages)
        shown = sum(german in text for lines in shipped_lines() for german, _ in lines)
        others = [lines for lines in shipped_lines() if not any(german in text for german, _ in lines)]
        lines = rng.choice(others)
        return "\n".join(english for _, english in rng.sample(lines, min(max(shown, 1), len(lines))))
