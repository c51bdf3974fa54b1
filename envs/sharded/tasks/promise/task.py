"""What ShardedPromise asks for and how it judges: by what follows from the assistant's own choice."""

from __future__ import annotations

from typing import ClassVar

from turnbench.envs.sharded.instance import Instance
from turnbench.envs.sharded.own_output import OwnOutputTask
from turnbench.envs.sharded.tasks.promise.forms import Value, labelled
from turnbench.envs.sharded.tasks.promise.generate import KINDS, generate
from turnbench.envs.sharded.tasks.promise.solver import PromiseSolver
from turnbench.randomness import RandomStream

_SYSTEM = (
    "You choose things for somebody and work out what follows from your choice. Write every choice that you make, "
    "also one "
    "that replaces another, on a line of its own that begins with CHOICE: and holds nothing but the choice, as in "
    "CHOICE: "
    "{choice}. What was said applies to a choice that replaces another as well. When there is something to work out, "
    "end "
    "with a line that begins with ANSWER: and holds nothing but the result, as in ANSWER: {answer}. {convention}"
)
_BRIEF = (
    "Write what you choose as CHOICE: {choice} and what there is to work out as ANSWER: {answer}, on lines of their own. "
    "{convention}"
)
_SOLVER = PromiseSolver()


class PromiseTask(OwnOutputTask):
    """A choice of the assistant's own, and facts of which only who knows it can say what follows."""

    name: ClassVar[str] = "promise"
    closing: ClassVar[str] = "Going by what you chose, tell me the final answer once more."

    def generate(self, rng: RandomStream, difficulty: str) -> Instance:
        """3 to 4 shards (small), 4 to 6 (medium) or 6 to 8 (hard)."""
        return generate(rng, difficulty)

    def system_prompt(self, instance: Instance) -> str:
        """The same for all instances of a kind of choice; for the small difficulty in a few words, as small models do not see
        what a user says behind many.
        """
        brief = bool(instance.context.get("brief"))
        kind = KINDS[instance.truth["kind"]]
        choice, answer = kind.examples
        convention = kind.brief_convention if brief else kind.convention
        return (_BRIEF if brief else _SYSTEM).format(choice=choice, answer=answer, convention=convention).strip()

    def commitment(self, reply: str, instance: Instance, news: range, earlier: str | None) -> str:
        """All choices so far, one a line; "" once one that was owed is missing, unreadable or not allowed.

        A choice is owed when one is asked for, and when the one that holds is ruled out. The last lines of the reply
        count, as many as are owed; a reply that owes none changes nothing, whatever it says.
        """
        kind = KINDS[instance.truth["kind"]]
        steps, limits = instance.truth["steps"], instance.truth["limits"]
        if earlier == "":
            return ""
        held = [] if earlier is None else [kind.form.read(line) for line in earlier.split("\n")]
        bans = [step["ban"] for step in steps[: max(0, news.stop - 1)] if "ban" in step]
        owed = sum(shard == 0 or "again" in steps[shard - 1] for shard in news)
        if not owed and held and held[-1] is not None and any(kind.banned(held[-1], ban) for ban in bans):
            owed = 1
        for text in labelled(reply)["choice"][-owed:] if owed else ():
            choice = kind.form.read(text)
            if choice is None or not kind.fits(choice, limits) or (held and choice == held[-1]):
                return ""
            held.append(choice)
            owed -= 1
        last = held[-1] if held else None
        if owed or last is None or any(kind.banned(last, ban) for ban in bans):
            return ""
        return "\n".join(kind.form.write(choice) for choice in held if choice is not None)

    def answer_in(self, reply: str, instance: Instance) -> str:
        """The last answer in a reply, in the one form in which answers are compared; "" where it cannot be read."""
        form = KINDS[instance.truth["kind"]].answer_form
        answers = labelled(reply)["answer"]
        value = form.read(answers[-1]) if answers else None
        return "" if value is None else form.write(value)

    def follows(self, commitment: str, answer: str, instance: Instance, shards: int) -> bool:
        """Whether the answer is what the choice that holds and the facts so far make; none is due before a fact."""
        kind = KINDS[instance.truth["kind"]]
        choice: Value | None = kind.form.read(commitment.rpartition("\n")[2]) if commitment else None
        if choice is None:
            return False
        facts = [(step["fact"][0], step["fact"][1]) for step in instance.truth["steps"][: shards - 1] if "fact" in step]
        return not facts or answer == kind.answer_form.write(kind.result(choice, facts))

    @property
    def solver(self) -> PromiseSolver:
        """Reads the templates that the generator writes."""
        return _SOLVER
