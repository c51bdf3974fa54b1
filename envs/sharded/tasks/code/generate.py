"""Our own instances: a function drawn from a family, hidden tests on which every rule shows, and the words for it.

What is drawn is kept only if it is fair and cannot be passed too early:

    fair     every test has the same output in whatever order rules of one step are applied, under every reading of
             their words that was thought of, and whatever is assumed about questions the words leave open
    not early   leaving out any single rule changes the output of two tests at least (of one, for a rule about nothing
                being left)
    not flat    the outputs are not all alike, so that no constant passes
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from turnbench.envs.sharded.instance import Instance, Shard
from turnbench.envs.sharded.sandbox.wire import encode
from turnbench.envs.sharded.tasks.code.families import FAMILIES
from turnbench.envs.sharded.tasks.code.judge import same
from turnbench.envs.sharded.tasks.code.spec import Family, NoOutput, Rule, Setting, Slots, Spec, function_of
from turnbench.envs.sharded.wording import Phrasebook, shard_wordings
from turnbench.randomness import RandomStream, stable_hash

GOALS = Phrasebook({family.name: family.goals for family in FAMILIES})
"""The first shards, by family."""
RULES = {"small": (1, 2), "medium": (2, 4), "hard": (4, 6)}
"""Least and most rules; with the goal and the base that makes 3-4, 4-6 and 6-8 shards."""
SMALL_FAMILIES = ("words", "numbers", "stock")
SMALL_WAYS = 2
"""Wordings of everything at the smallest difficulty."""
TESTS, MOST_TESTS, WITNESSES = 10, 16, 2
_INPUTS_TRIED = 60
_LOOKS = (12, 25, 40)
"""Inputs after which a function is given up if one of its rules has not shown yet."""
_MOST_JSON = 1_000_000


def generate(rng: RandomStream, difficulty: str) -> Instance:
    """An instance of a difficulty in `RULES`; the families are equally likely."""
    family = rng.choice([f for f in FAMILIES if f.name in SMALL_FAMILIES] if difficulty == "small" else FAMILIES)
    while True:
        spec = draw_spec(family, rng, difficulty)
        tests = draw_tests(spec, rng)
        if tests:
            return _worded(spec, tests, rng, difficulty)


def draw_spec(family: Family, rng: RandomStream, difficulty: str) -> Spec:
    """A function of a family, not yet known to be a fair one."""
    small = difficulty == "small"
    base = rng.choice([b for b in family.bases if b.small or not small])
    least, most = RULES[difficulty]
    left = [r for r in family.rules if (r.small or not small) and (not r.bases or base.kind in r.bases)]
    chosen: list[Rule] = []
    wanted = least + rng.below(most - least + 1)
    rng.shuffle(left)
    for rule in left:
        if len(chosen) < wanted and all(_go_together(rule, other) for other in chosen):
            chosen.append(rule)
    slots = {rule.kind: rule.draw(rng) for rule in chosen}
    return Spec(family, base, base.draw(rng), tuple(family.in_order(slots)))


def _go_together(one: Rule, other: Rule) -> bool:
    same_group = one.group != "" and one.group == other.group
    return not same_group and one.kind not in other.never_with and other.kind not in one.never_with


# Tests ---------------------------------------------------------------------------------------------------------------


def draw_tests(spec: Spec, rng: RandomStream) -> list[tuple[Any, Any]]:
    """Fair inputs and their outputs on which every rule shows; empty where that does not succeed in good time."""
    slots = {rule.kind: gaps for rule, gaps in spec.rules}
    function = _quiet(spec)
    without = [_quiet(spec.with_rules([pair for pair in spec.rules if pair is not one])) for one in spec.rules]
    unclear = [_quiet(other) for other in other_readings(spec)]
    wanted = [1 if rule.rare else WITNESSES for rule, _ in spec.rules]
    kept: list[tuple[Any, Any]] = []
    spare: list[tuple[Any, Any]] = []
    for tried in range(_INPUTS_TRIED):
        if tried in _LOOKS and any(wanted[k] == WITNESSES for k in range(len(wanted))):
            return []
        argument = spec.family.inputs(rng, slots)
        output = function(argument)
        if output is _NONE or any(argument == earlier for earlier, _ in (*kept, *spare)):
            continue
        if not all(_agree(output, other(argument)) for other in unclear):
            continue
        shows = [k for k, other in enumerate(without) if not _agree(output, other(argument))]
        if len(kept) < MOST_TESTS and any(wanted[k] > 0 for k in shows):
            kept.append((argument, output))
            for k in shows:
                wanted[k] -= 1
        else:
            spare.append((argument, output))
        if max(wanted) <= 0 and len(kept) + len(spare) >= TESTS:
            break
    else:
        return []
    tests = kept + spare[: max(0, TESTS + 2 - len(kept))]
    rng.shuffle(tests)
    different = [output for at, (_, output) in enumerate(tests) if all(output != other for _, other in tests[:at])]
    return tests if len(different) >= len(tests) // 3 else []


def other_readings(spec: Spec) -> Iterator[Spec]:
    """The same function as somebody else might understand its words."""
    rules = list(spec.rules)
    for k, (rule, gaps) in enumerate(rules):
        for reading in rule.readings:
            yield spec.with_rules([*rules[:k], (replace(rule, do=reading, readings=()), gaps), *rules[k + 1 :]])
        if k and _step(rules[k - 1][0]) == _step(rule):
            yield spec.with_rules([*rules[: k - 1], rules[k], rules[k - 1], *rules[k + 1 :]])
    around = rules[::-1]
    around.sort(key=lambda pair: _step(pair[0]))  # each step turned around
    if around != rules:
        yield spec.with_rules(around)
    answered = {rule.group for rule, _ in rules}
    for rule in spec.family.rules:
        if rule.group in spec.family.open_groups and rule.group not in answered:
            yield spec.with_rules(spec.family.in_order({r.kind: gaps for r, gaps in [*rules, (rule, {})]}))


def _step(rule: Rule) -> tuple[int, int]:
    return rule.stage, rule.step


_NONE = object()


def _quiet(spec: Spec) -> Callable[[Any], Any]:
    """The function, with `_NONE` for no output."""
    function = function_of(spec)

    def run(argument: Any) -> Any:
        try:
            return function(argument)
        except NoOutput:
            return _NONE

    return run


def _agree(one: Any, other: Any) -> bool:
    # Most often they are equal in every way, which Python sees faster.
    return other is not _NONE and ((one == other and type(one) is type(other) is not dict) or same(other, one))


# Words ---------------------------------------------------------------------------------------------------------------


def _worded(spec: Spec, tests: list[tuple[Any, Any]], rng: RandomStream, difficulty: str) -> Instance:
    setting = rng.choice(spec.family.settings[:3] if difficulty == "small" else spec.family.settings)
    most = SMALL_WAYS if difficulty == "small" else 99
    ways = [(_goal(spec.family, setting)[:most], spec.family.topics)]
    ways.append((_ways(spec.family, spec.base.kind, spec.base_slots, setting)[:most], spec.base.topics))
    rules = list(spec.rules)
    rng.shuffle(rules)
    ways += [(_ways(spec.family, rule.kind, gaps, setting)[:most], rule.topics) for rule, gaps in rules]
    shards, spoken = [], []
    for number, (sentences, topics) in enumerate(ways, start=1):
        turned = list(sentences)
        rng.shuffle(turned)
        text, others = shard_wordings(turned)
        shards.append(Shard(number, text, others, topics))
        spoken.append(turned[-1])
    further = spoken[2:]
    rng.shuffle(further)
    content = spec.content()
    return Instance(
        task="code",
        name=f"code-{stable_hash(content) >> 232:06x}",
        shards=tuple(shards),
        full=" ".join([*spoken[:2], *further]),
        truth={
            "function": setting.function,
            "tests": [{"inputs": [_json(argument)], "output": _json(output)} for argument, output in tests],
        },
        context={"brief": True} if difficulty == "small" else {},
        content=content,
    )


def _goal(family: Family, setting: Setting) -> tuple[str, ...]:
    return GOALS.ways(family.name, function=setting.function, things=setting.things, place=setting.place)


def _ways(family: Family, kind: str, slots: Slots, setting: Setting) -> tuple[str, ...]:
    return family.book.ways(kind, **{"things": setting.things, **slots})


def _json(value: Any) -> Any:
    return encode(value, _MOST_JSON)
