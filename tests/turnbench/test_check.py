"""`check_env` passes a sound world and finds each deliberately broken one, with the message that helps."""

from __future__ import annotations

import re

import pytest
import toy_worlds

from turnbench.check import check_env
from turnbench.errors import ContractViolation

BROKEN = {
    "WritesGlobalRandom": "the process-wide random stream was touched: draw from the rng that _reset is given.",
    "WritesGlobalNumpy": "numpy's process-wide random stream was touched: draw from the rng that _reset is given.",
    "IgnoresSeed": "the seed is ignored: seed 0 gave two different episodes for the same actions.",
    "OneInstance": "the seed is ignored: 50 seeds gave one and the same instance.",
    "LeaksState": "state leaks between episodes: an episode differs when another one was played before it.",
    "LargeReward": "the reward 2.0 is outside the declared range [0.0, 1.0].",
    "NotANumber": "the reward nan is not a finite number.",
    "EarlyReward": "the reward 0.1 came before the end, but the environment says it is sparse.",
    "FailsOnEmpty": "step('') raised IndexError: any string is a legal action; answer it in the game.",
    "InfoNotJson": (
        "info is not JSON (Object of type int64 is not JSON serializable): keep to str, int, float, bool, list and dict."
    ),
    "NoEnding": "the last info's ending is None, not a snake_case name.",
    "ForgetsOnSave": re.compile(
        r"a saved state restored in the same environment diverges from turn \d on: _save and _load miss something."
    ),
    "CopiesItsStream": re.compile(
        r"a saved state restored in (the same|a fresh) environment diverges from turn \d on: _save and _load miss something."
    ),
    "TellsTheAnswer": re.compile(r"the hidden answer leaks: an observation says '\w\w' before the end."),
    "TellsInInfo": re.compile(r"the hidden answer leaks: info says '\w\w' before the end."),
    "TellsInOpening": re.compile(r"the hidden answer leaks: an observation says '\w\w' before the end."),
    "SharesInstances": re.compile(
        r"the instance '\w\w' is in the splits train and validation: draw only instances whose .* is the split\."
    ),
    "SilentlyClosed": "a closed world must say 'closed world' in its docstring.",
    "NeverEnds": "an episode did not end within its max_turns = 7.",
    "StepsAfterTheEnd": "step before the first reset did not raise EpisodeOver.",
    "LoneSurrogates": re.compile("an observation cannot be written as UTF-8: .*surrogates not allowed."),
    "TooLong": "an observation is not in TextSpace(4096).",
    "NoPage": re.compile(r"the docstring lacks the headings 'Task:', 'Actions:', .*, 'Version history:'\."),
    "NoReference": "the environment ships no 'reference' player.",
}


def test_a_sound_world_passes() -> None:
    report = check_env(toy_worlds.Syllable)
    assert len(report.passed) == 12


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_world_is_found(name: str) -> None:
    with pytest.raises(ContractViolation) as caught:
        check_env(getattr(toy_worlds, name))
    expected = BROKEN[name]
    if isinstance(expected, str):
        assert str(caught.value) == expected
    else:
        assert expected.fullmatch(str(caught.value)), str(caught.value)


def test_every_broken_world_is_tried() -> None:
    """A new broken world without an expected message would never be run."""
    classes = {n for n, c in vars(toy_worlds).items() if isinstance(c, type) and issubclass(c, toy_worlds.Syllable)}
    assert classes - {"Syllable"} == set(BROKEN)
