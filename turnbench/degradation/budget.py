"""What may be used in all that is played for one report, and what was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from turnbench.errors import RunStopped
from turnbench.result import Usage

_USED = re.compile(r"\(([\d.,e+-]+) (used|spent)\)")


class Used(NamedTuple):
    """Sums over runs."""

    requests: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    """None where some run has no prices."""

    @property
    def tokens(self) -> int:
        """In and out."""
        return self.prompt_tokens + self.completion_tokens

    def __str__(self) -> str:
        cost = "" if self.cost is None else f", cost {self.cost:.4g}"
        return (
            f"{self.requests:,} requests, {self.prompt_tokens:,} tokens in, {self.completion_tokens:,} tokens out{cost}"
        )


def used_by(usages: Iterable[Usage | None]) -> Used | None:
    """The sum, or None where no run reports any."""
    told = [u for u in usages if u is not None]
    if not told:
        return None
    costs = [u.cost for u in told if u.cost is not None]
    return Used(
        sum(u.requests for u in told),
        sum(u.prompt_tokens for u in told),
        sum(u.completion_tokens for u in told),
        sum(costs) if len(costs) == len(told) else None,
    )


class Budget:
    """Limits on everything together, where each run is told what is left.

    Args:
        limits: as `turnbench.run` takes them; `max_tokens_total` and `max_cost` are held over all runs.
    """

    def __init__(self, limits: Mapping[str, Any] | None) -> None:
        self.limits = dict(limits or {})
        self._usages: list[Usage | None] = []

    @staticmethod
    def of(limits: Mapping[str, Any] | Budget | None) -> Budget:
        """A budget as it is, or a new one."""
        return limits if isinstance(limits, Budget) else Budget(limits)

    def add(self, usage: Usage | None) -> None:
        """A run has ended."""
        self._usages.append(usage)

    @property
    def left(self) -> dict[str, Any]:
        """Limits of the next run."""
        before = self._before()
        return {k: v if v is None or k not in before else max(0, v - before[k]) for k, v in self.limits.items()}

    @contextmanager
    def stops_told_in_all(self) -> Iterator[None]:
        """While a run has the limits `left`: where it stops at one, the error names the whole limit and all that was used."""
        try:
            yield
        except RunStopped as error:
            raise type(error)(self._in_all(str(error))) from error

    def _before(self) -> dict[str, float]:
        used = used_by(self._usages)
        known = sum(u.cost or 0.0 for u in self._usages if u is not None)
        return {"max_tokens_total": used.tokens if used else 0, "max_cost": known}

    def _in_all(self, said: str) -> str:
        """The run's sentence knows only what it was left."""
        before, left = self._before(), self.left
        for name, form in (("max_tokens_total", "The limit of {:,} tokens"), ("max_cost", "The limit of {:g} on cost")):
            if left.get(name) is None or not said.startswith(part := form.format(left[name])):
                continue
            number = _USED.search(said)
            if number is not None:
                used = before[name] + float(number[1].replace(",", ""))
                shown = f"{int(used):,}" if name == "max_tokens_total" else f"{used:.4g}"
                said = said.replace(number[0], f"({shown} {number[2]} in all)", 1)
            said = said.replace(part, form.format(self.limits[name]), 1)
        return said
