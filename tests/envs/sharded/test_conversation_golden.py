"""Whole conversations in every setting, word for word."""

from __future__ import annotations

import pytest
import toy_task

from turnbench import TextEnv
from turnbench.registry import make_env

toy_task.register()
SINGLE = ("full", "concat", "shuffle-concat")
CONVERSATIONS = ("sharded", "recap", "snowball", "user-turns-only")


def right(env: TextEnv) -> str:
    return f"Together that is {env.instance.truth['total']}."  # type: ignore[attr-defined]


def transcript(reveal: str) -> str:
    """A short conversation: an aside, a question, a question about nothing, a wrong answer, and the right one."""
    env = make_env("TurnBench/Marbles-v0", reveal=reveal)
    lines = [env.reset(seed=5, options={"instance": 2})[0].partition("\n\n")[2]]
    replies = iter(
        [
            "Let me think about that.",
            "What about the purple box?",
            "Which shop sells them?",
            "That makes 7.",
            right(env),
            right(env),
        ]
    )
    over = False
    while not over:
        reply = next(replies) if reveal not in SINGLE else right(env)
        text, reward, over, _, _ = env.step(reply)
        lines += [f"> {reply}", text]
    return "\n".join([*lines, f"{reward:g} {' '.join(env.notes()['classes'])}"])


GOLDEN = {
    "full": """
A full account.
How many marbles do my red and orange and purple and blue boxes hold?
There are 32 marbles in the blue box.
There are 30 marbles in the purple box.
There are 82 marbles in the orange box.
There are 14 marbles in the red box.
> Together that is 158.
Thank you, that is all.
1 answer attempt
""",
    "concat": """
All of this:
- How many marbles do my red and orange and purple and blue boxes hold?
- The red box holds 14 marbles.
- The orange box holds 82 marbles.
- The purple box holds 30 marbles.
- The blue box holds 32 marbles.
> Together that is 158.
Thank you, that is all.
1 answer attempt
""",
    "shuffle-concat": """
All of this:
- How many marbles do my red and orange and purple and blue boxes hold?
- The blue box holds 32 marbles.
- The purple box holds 30 marbles.
- The red box holds 14 marbles.
- The orange box holds 82 marbles.
> Together that is 158.
Thank you, that is all.
1 answer attempt
""",
    "sharded": """
How many marbles do my red and orange and purple and blue boxes hold?
> Let me think about that.
Oh: I counted 14 marbles in the red box.
> What about the purple box?
Right: I counted 30 marbles in the purple box.
> Which shop sells them?
Don't know, sorry.
> That makes 7.
By the way: There are 82 marbles in the orange box.
> Together that is 158.
Thank you, that is all.
1 discussion clarification clarification answer attempt answer attempt
""",
    "recap": """
How many marbles do my red and orange and purple and blue boxes hold?
> Let me think about that.
Also: There are 14 marbles in the red box.
> What about the purple box?
As for that: I counted 30 marbles in the purple box.
> Which shop sells them?
Don't know, sorry.
> That makes 7.
I counted 82 marbles in the orange box.
> Together that is 158.
To recapitulate, this is the whole task:
All of this:
- How many marbles do my red and orange and purple and blue boxes hold?
- The red box holds 14 marbles.
- The orange box holds 82 marbles.
- The purple box holds 30 marbles.
- The blue box holds 32 marbles.
> Together that is 158.
Thank you, that is all.
1 discussion clarification clarification answer attempt answer attempt answer attempt
""",
    "snowball": """
How many marbles do my red and orange and purple and blue boxes hold?
> Let me think about that.
Just to repeat what I told you before:
- How many marbles do my red and orange and purple and blue boxes hold?
And now:
- There are 14 marbles in the red box.
> What about the purple box?
Just to repeat what I told you before:
- How many marbles do my red and orange and purple and blue boxes hold?
- There are 14 marbles in the red box.
And now:
- There are 30 marbles in the purple box.
> Which shop sells them?
Just to repeat what I told you before:
- How many marbles do my red and orange and purple and blue boxes hold?
- There are 14 marbles in the red box.
- There are 30 marbles in the purple box.
And now:
- Can't say, sorry.
> That makes 7.
Just to repeat what I told you before:
- How many marbles do my red and orange and purple and blue boxes hold?
- There are 14 marbles in the red box.
- There are 30 marbles in the purple box.
And now:
- Btw: I counted 82 marbles in the orange box.
> Together that is 158.
Thank you, that is all.
1 discussion clarification clarification answer attempt answer attempt
""",
    "user-turns-only": """
How many marbles do my red and orange and purple and blue boxes hold?
> Let me think about that.
How many marbles do my red and orange and purple and blue boxes hold?
I counted 14 marbles in the red box.
> What about the purple box?
How many marbles do my red and orange and purple and blue boxes hold?
I counted 14 marbles in the red box.
As for that: I counted 30 marbles in the purple box.
> Which shop sells them?
How many marbles do my red and orange and purple and blue boxes hold?
I counted 14 marbles in the red box.
As for that: I counted 30 marbles in the purple box.
No idea.
> That makes 7.
How many marbles do my red and orange and purple and blue boxes hold?
I counted 14 marbles in the red box.
As for that: I counted 30 marbles in the purple box.
No idea.
I counted 82 marbles in the orange box.
> Together that is 158.
Thank you, that is all.
1 discussion clarification clarification answer attempt answer attempt
""",
}


@pytest.mark.parametrize("reveal", SINGLE + CONVERSATIONS)
def test_golden(reveal: str) -> None:
    assert transcript(reveal) == GOLDEN[reveal].strip()
