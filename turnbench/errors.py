"""Every error TurnBench raises on purpose, each with one sentence that says what is wrong and what to do.

The command line prints the sentence and leaves with exit code 2; library users catch `TurnBenchError`.
A new error subclasses `TurnBenchError` and, where one fits, the standard exception it refines.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class TurnBenchError(Exception):
    """Root of the tree."""


class UsageError(TurnBenchError, ValueError):
    """The caller asked for something that cannot be done as asked."""


class UnknownName(UsageError, LookupError):
    """An environment, agent, target or option that nobody registered."""


class TreeTooLarge(UsageError):
    """There are too many histories to enumerate."""


class RunStopped(TurnBenchError, RuntimeError):
    """A run stopped before its last episode: nobody can play on now, or a limit is reached. What is finished is kept."""


class EveryEpisodeFailed(UserWarning):
    """A run was played to its end, and none of its episodes can say anything about the agent."""


class EpisodePostponed(RunStopped):
    """One episode cannot be played now, through no fault of the agent: it is left for another session of the run."""


class EpisodeOver(TurnBenchError, RuntimeError):
    """`step` was called on an episode that has not begun or has ended."""


class WorldDataError(TurnBenchError, ValueError):
    """A world's data files contradict themselves or their format."""


class JournalError(TurnBenchError, ValueError):
    """A run folder cannot be continued or read."""


class ResultError(TurnBenchError, ValueError):
    """A result file cannot be read, or is not what it claims."""


class ReplayMismatch(ResultError):
    """Replaying a result did not reproduce what it recorded."""


class ContractViolation(TurnBenchError, AssertionError):
    """An environment breaks a clause of the environment contract."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A ' Did you mean ...?' suffix naming the closest of `known`, or '' where nothing is close."""
    by_folded = {k.casefold(): k for k in known}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return f" Did you mean {by_folded[close[0]]!r}?" if close else ""
