"""Keeping count of items as moves come in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from turnbench.envs.sharded.tasks.code.rules.stock import ITEMS, RULES, Stock
from turnbench.envs.sharded.tasks.code.spec import Base, Family, Setting, Slots, number
from turnbench.randomness import RandomStream

Moves = list[list[Any]]


def _inputs(rng: RandomStream, rules: Mapping[str, Slots]) -> Moves:
    pool = rng.sample(ITEMS, 3)
    for slots in rules.values():
        pool += [slots[name] for name in ("item", "other") if name in slots]
    limits = [slots["n"] for kind, slots in rules.items() if kind in ("too_large", "full")]
    moves: Moves = []
    for _ in range(rng.below(8)):
        item, change = rng.choice(pool), 1 + rng.below(9)
        if "fold" in rules and rng.below(3) == 0:
            item = item.upper() if rng.below(2) else item.capitalize()
        if "trim" in rules and rng.below(3) == 0:
            item = rng.choice((f" {item}", f"{item} ", f"  {item} "))
        if limits and rng.below(3) == 0:
            change = rng.choice(limits) + rng.below(5) - 2
        if rng.below(3) == 0:
            change = -change
        if "no_zero" in rules and moves and rng.below(3) == 0:
            item, change = moves[-1][0], -moves[-1][1]
        moves.append([item, change])
    return moves


def _run(moves: Moves, inside: Sequence[Callable[..., Any]]) -> Stock:
    stock: Stock = {}
    for item, change in moves:
        now = change
        for rule in inside:
            now = rule(stock, item, now)
            if now is None:
                break
        else:
            stock[item] = stock.get(item, 0) + now
    return stock


_OPEN_CODE = "stock = {}\nfor item, change in moves:\n    $inside\n    stock[item] = stock.get(item, 0) + change"
_BASES = (
    Base(
        "counts",
        (
            "It takes a list of moves of the {things:words}, pairs of a name and a change like +5 or -2, and returns a dictionary from name to final count, which begins at 0.",
            "Its argument is a list of pairs, the name of one of the {things:words} and by how much its count changes, and it returns a dictionary with the counts after all moves, all starting from 0.",
            "Given moves of the {things:words} in order, each a name and a positive or negative change, it gives back a dictionary from name to what is there at the end, nothing being there at first.",
            "The input is a list of pairs, a name among the {things:words} and an integer to add to its count, and the output is a dictionary of the final counts, each beginning with 0.",
            "A list of moves goes in, each the name of one of the {things:words} and a change of its count, which is 0 at first, and a dictionary of the counts comes out.",
        ),
        ("input", "argument", "output", "return", "dictionary"),
        "result = stock",
        lambda stock: stock,
        _OPEN_CODE,
        _run,
        small=True,
    ),
    Base(
        "short",
        (
            "It takes a list of moves of the {things:words}, pairs of a name and a change like +5 or -2, and returns an alphabetical list of the names with fewer than {k:int} in the end, counting from 0.",
            "Its argument is a list of pairs, the name of one of the {things:words} and by how much its count changes from 0 on, and it returns the names whose count is below {k:int} after all moves, in an alphabetical list.",
            "Given moves of the {things:words} in order, each a name and a positive or negative change of a count that begins at 0, it gives back the list, from A to Z, of names of which less than {k:int} are there at the end.",
            "The input is a list of pairs, a name among the {things:words} and an integer to add to its count, 0 at first, and the output is the alphabetical list of names with a final count under {k:int}.",
            "A list of moves goes in, each the name of one of the {things:words} and a change of its count, which is 0 at first, and an alphabetical list of the names that end below {k:int} comes out.",
        ),
        ("input", "argument", "output", "return", "list"),
        "result = sorted(item for item, n in stock.items() if n < $k)",
        lambda stock, k: [item for item in sorted(stock) if stock[item] < k],
        _OPEN_CODE,
        _run,
        draw=number(3, 8, "k"),
    ),
    Base(
        "total",
        (
            "It takes a list of moves of the {things:words}, pairs of a name and a change like +5 or -2, and returns how many pieces there are at the end in all, counting each name from 0.",
            "Its argument is a list of pairs, the name of one of the {things:words} and by how much its count changes from 0 on, and it returns the sum of all counts after the last move.",
            "Given moves of the {things:words} in order, each a name and a positive or negative change of a count that begins at 0, it gives back the sum of the final counts.",
            "The input is a list of pairs, a name among the {things:words} and an integer to add to its count, 0 at first, and the output is the total of all final counts.",
            "A list of moves goes in, each the name of one of the {things:words} and a change of its count, which is 0 at first, and the total of the counts at the end comes out.",
        ),
        ("input", "argument", "output", "return", "total", "sum"),
        "result = sum(stock.values())",
        lambda stock: sum(stock[item] for item in stock),
        _OPEN_CODE,
        _run,
    ),
)
FAMILY = Family(
    name="stock",
    settings=(
        Setting("update_stock", "goods", "the corner shop"),
        Setting("count_supplies", "supplies", "a scout camp"),
        Setting("track_tools", "materials", "the workshop"),
        Setting("book_moves", "articles", "a warehouse"),
        Setting("count_stores", "stores", "a sailing boat"),
        Setting("track_kitchen", "ingredients", "the canteen"),
    ),
    goals=(
        "I need a Python function called {function:id} that keeps count of the {things:words} of {place:words}.",
        "Please write a Python function {function:id} to keep track of the {things:words} of {place:words}.",
        "Write me a Python function with the name {function:id} which books what comes and goes among the {things:words} of {place:words}.",
        "People bring and take {things:words} of {place:words}, and I want a Python function {function:id} that keeps the books.",
        "Make a function {function:id} in Python for counting the {things:words} of {place:words} as they come and go.",
    ),
    topics=("goal", "purpose", "name"),
    parameter="moves",
    bases=_BASES,
    rules=RULES,
    inputs=_inputs,
)
