"""Speed of rollout and update, against TRL and against arithmetic: `python -m turnbench.baselines.bench`.

The same model, tokenizer, game, batch and machine, in turn within one run (needs `pip install 'turnbench[trl]'`):

* ours: `rollout` and `update` with whole histories;
* TRL: GRPOTrainer with a `rollout_func` that plays the same game through `model.generate`, the history encoded anew each
  turn, and TRL's own update (`beta` 0, one pass over the batch), as in the multi-turn example of its documentation;
* floor: the multiplications the step cannot do without, at the rate this machine reaches on products of these shapes.

The game only fixes lengths: every turn the world says 12 words, and every reply is cut at `--reply` tokens, which are
all sampled (no end of turn comes early), so that both sides process equal tokens. TRL's rollout is measured without the
time its trainer spends on logging and data loading.
"""

from __future__ import annotations

import copy
import json
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer

from turnbench.baselines.lm.policy import Policy, new_policy
from turnbench.baselines.lm.words import build_word_tokenizer
from turnbench.baselines.rollout import Arena, rollout
from turnbench.baselines.sampling import Sampler
from turnbench.baselines.update import UpdateConfig, flatten, update
from turnbench.env import TextEnv
from turnbench.episode import Ending, Opening, Outcome
from turnbench.randomness import RandomStream

WORDS = [f"word{i}" for i in range(280)]
SAYS = 12
"""Words of every observation."""


class Chatter(TextEnv):
    """A game of fixed length that answers anything with a dozen words; only for timing."""

    family = "Chatter-v0"

    def __init__(self, turns: int = 3, split: str = "train", salt: str = "") -> None:
        super().__init__(split=split, salt=salt, arguments={"turns": turns})
        self.turns = turns
        self._drawn = 0

    @property
    def max_turns(self) -> int:
        """Its length."""
        return self.turns

    def _words(self) -> str:
        return " ".join(self.rng.choice(WORDS) for _ in range(SAYS))

    def _reset(self, rng: RandomStream, options: Mapping[str, Any]) -> Opening:
        self._drawn = rng.below(1 << 30)
        return Opening("", self._words())

    def _step(self, action: str) -> Outcome:
        if self.turn + 1 < self.turns:
            return Outcome(self._words())
        return Outcome(self._words(), float(len(action) % 2), Ending.SUCCESS)

    def _save(self) -> Any:
        return self._drawn

    def _load(self, saved: Any) -> None:
        self._drawn = saved

    def instance_key(self) -> str:
        """The draw."""
        return str(self._drawn)

    def state_key(self, elapsed: bool = True) -> str:
        """The draw and the turn."""
        return f"{self._drawn}|{self.turn}"


class _Here(Arena):
    """Chatter without registration."""

    def __init__(self, turns: int) -> None:
        self._turns = turns
        self._free = []
        self.one = self.take()

    def take(self) -> TextEnv:
        """A game."""
        return self._free.pop() if self._free else Chatter(self._turns)


def ours(policy: Policy, turns: int, episodes: int, group: int, reply: int) -> Callable[[], dict[str, float]]:
    """One step of ours per call: seconds of rollout and update, and tokens."""
    arena = _Here(turns)
    optimizer = torch.optim.AdamW(policy.model.parameters(), lr=1e-6)
    config = UpdateConfig()
    calls = iter(range(1, 1_000_000))

    def step() -> dict[str, float]:
        number = next(calls)
        sampler = Sampler(torch.Generator().manual_seed(number), frozenset(), reply)
        began = time.perf_counter()
        groups, spent = rollout(
            policy, arena, [number * 1000 + i for i in range(episodes // group)], group, "history", sampler
        )
        played = time.perf_counter()
        credits = [[np.full(m.turns, m.total - g.totals_G.mean() + 0.1) for m in g.members] for g in groups]
        batch = flatten(groups, credits, [np.ones(group)] * len(groups), "turn", config)
        update(policy, None, optimizer, batch, "token", config, np.random.default_rng(0))
        done = time.perf_counter()
        world = sum(m.source.machine.episode.environment_s for g in groups for m in g.members)
        return {
            "rollout": played - began, "update": done - played, "world": world,
            "generated": spent.generated_tokens, "tokens": sum(len(t) for t in batch.texts_U), "episodes": episodes,
        }  # fmt: skip

    return step


def trl(policy: Policy, turns: int, episodes: int, group: int, reply: int) -> Callable[[], dict[str, float]]:
    """One step of TRL's GRPOTrainer per call."""
    import os

    os.environ["TRL_EXPERIMENTAL_SILENCE"] = "1"
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    tokenizer = policy.tokenizer
    chat = policy.chat
    times: dict[str, float] = {}

    def play(prompts: list[Any], trainer: Any) -> dict[str, Any]:
        """The same games through `generate`, a padded batch of whole histories each turn."""
        began = time.perf_counter()
        model = trainer.model
        games = [Chatter(turns) for _ in prompts]
        openings = []
        for i, game in enumerate(games):
            _, info = game.reset(seed=1 + i // group)
            openings.append(list(chat.opening(Opening("", info["user_message"]))))
        prompt_ids = [list(o) for o in openings]
        completion: list[list[int]] = [[] for _ in games]
        mask: list[list[int]] = [[] for _ in games]
        logprobs: list[list[float]] = [[] for _ in games]
        rewards = [0.0] * len(games)
        for _ in range(turns):
            texts = [p + c for p, c in zip(prompt_ids, completion, strict=True)]
            longest = max(map(len, texts))
            ids = torch.tensor([[tokenizer.pad_token_id] * (longest - len(t)) + t for t in texts])
            attention = torch.tensor([[0] * (longest - len(t)) + [1] * len(t) for t in texts])
            with torch.no_grad():
                out = model.generate(
                    input_ids=ids, attention_mask=attention, max_new_tokens=reply, min_new_tokens=reply, do_sample=True,
                    top_k=0, return_dict_in_generate=True, output_logits=True,
                )  # fmt: skip
            new = out.sequences[:, longest:]
            logp = torch.stack(out.logits, 1).float().log_softmax(-1).gather(2, new[:, :, None])[:, :, 0].tolist()
            for i, game in enumerate(games):
                said = new[i].tolist()
                observation, reward, over, _, _ = game.step(chat.text(said))
                rewards[i] += reward
                added = [] if over else [chat.end, *chat.between(observation)]
                completion[i] += said + added
                mask[i] += [1] * len(said) + [0] * len(added)
                logprobs[i] += logp[i] + [0.0] * len(added)
        times["rollout"] = time.perf_counter() - began
        return {
            "prompt_ids": prompt_ids,
            "completion_ids": completion,
            "logprobs": logprobs,
            "env_mask": mask,
            "game": rewards,
        }

    class Trainer(GRPOTrainer):  # type: ignore[misc]
        """Notes when a step begins and ends."""

        def training_step(self, *args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            result = super().training_step(*args, **kwargs)
            times["step"] = times.get("step", 0.0) + time.perf_counter() - began
            return result

    total = turns * (reply + SAYS + 6)
    config = GRPOConfig(
        output_dir="runs/bench-trl", per_device_train_batch_size=episodes, num_generations=group, max_completion_length=total,
        max_steps=1, beta=0.0, learning_rate=1e-6, report_to=[], save_strategy="no", logging_strategy="no", use_cpu=True,
        bf16=False, gradient_checkpointing=False, disable_tqdm=True, num_iterations=1,
    )  # fmt: skip
    rows = [{"prompt": "play"} for _ in range(4 * episodes)]
    model = copy.deepcopy(policy.model)

    def step() -> dict[str, float]:
        times.clear()
        trainer = Trainer(
            model=model, args=config, train_dataset=Dataset.from_list(rows), processing_class=tokenizer,
            reward_funcs=lambda completions, game, **_: [g + 0.1 * (i % 3) for i, g in enumerate(game)], rollout_func=play,
        )  # fmt: skip
        trainer.train()
        return {"rollout": times["rollout"], "update": times["step"] - times["rollout"], "episodes": episodes}

    return step


def matrix_rate(width: int, rows: int, inner: int) -> float:
    """Multiply-adds a second (times two: FLOP/s) this machine reaches on products of a layer's shapes."""
    x, w, v, u = (
        torch.randn(rows, width),
        torch.randn(3 * width, width),
        torch.randn(2 * inner, width),
        torch.randn(width, inner),
    )
    y = torch.randn(rows, inner)
    flops = 2 * rows * (3 * width * width + 2 * inner * width + inner * width)
    best = float("inf")
    for _ in range(20):
        began = time.perf_counter()
        for _ in range(5):
            x @ w.T
            x @ v.T
            y @ u.T
        best = min(best, (time.perf_counter() - began) / 5)
    return float(flops / best)


def floor_seconds(policy: Policy, tokens: float, backward: bool, rate: float) -> float:
    """Seconds the multiplications of so many tokens take: 2 FLOP per weight and token forward, 4 more backward."""
    weights = sum(p.numel() for n, p in policy.model.named_parameters() if "embed" not in n)
    return float((6 if backward else 2) * weights * tokens / rate)


def main(
    turns: Annotated[list[int] | None, typer.Option(help="Lengths of game; may be repeated.")] = None,
    episodes: Annotated[int, typer.Option(help="Episodes per step.")] = 64,
    group: Annotated[int, typer.Option(help="Episodes per group.")] = 8,
    reply: Annotated[int, typer.Option(help="Tokens of every reply.")] = 16,
    rounds: Annotated[int, typer.Option(help="Times each is measured, in turn.")] = 5,
    threads: Annotated[int, typer.Option(help="Processor threads.")] = 2,
    out: Annotated[Path | None, typer.Option(help="Write the figures there as JSON.")] = None,
) -> None:
    """Print medians and ratios."""
    torch.set_num_threads(threads)
    tokenizer = build_word_tokenizer(WORDS)
    report: dict[str, Any] = {"episodes": episodes, "group": group, "reply_tokens": reply, "threads": threads}
    for length in turns or [3, 20]:
        policy = new_policy(tokenizer, width=192, layers=4, heads=6, inner=512)
        sides = {
            "ours": ours(policy, length, episodes, group, reply),
            "trl": trl(policy, length, episodes, group, reply),
        }
        for step in sides.values():
            step()  # warm up
        found: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
        rates = []
        for _ in range(rounds):
            for name, step in sides.items():
                found[name].append(step())
            rates.append(matrix_rate(192, 2048, 512))
        middle = {n: {k: statistics.median(r[k] for r in rs) for k in rs[0]} for n, rs in found.items()}
        o, t, rate = middle["ours"], middle["trl"], max(rates)
        whole = {n: m["rollout"] + m["update"] for n, m in middle.items()}
        floor = floor_seconds(policy, o["tokens"], True, rate)
        report[f"{length} turns"] = row = {
            "parameters": policy.parameters,
            "ours episodes/s": episodes / whole["ours"], "trl episodes/s": episodes / whole["trl"],
            "ratio episodes/s": whole["trl"] / whole["ours"],
            "ratio rollout": t["rollout"] / o["rollout"], "ratio update": t["update"] / o["update"],
            "ours rollout tokens/s": o["generated"] / o["rollout"], "ours update tokens/s": o["tokens"] / o["update"],
            "update over floor": o["update"] / floor, "matrix GFLOP/s": rate / 1e9,
            "world share of the wall": o["world"] / whole["ours"],
        }  # fmt: skip
        print(f"{length} turns")
        for name, value in row.items():
            print(f"  {name:28s} {value:12,.3f}")
    if out:
        out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
