"""Keeping count of items as moves come in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from turnbench.envs.sharded.tasks.code.spec import Base, Family, Rule, Setting, Slots, Stage, number, pick
from turnbench.randomness import RandomStream

Moves = list[list[Any]]
Stock = dict[str, int]
_ITEMS = (
    "rope", "nails", "paint", "soap", "flour", "tea", "bolts", "cups", "wire", "seeds", "tape", "chalk", "corks", "pegs", "wax",
    "yarn",
)  # fmt: skip


def _inputs(rng: RandomStream, rules: Mapping[str, Slots]) -> Moves:
    pool = rng.sample(_ITEMS, 3)
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


def _start(stock: Stock, item: str, change: int, n: int) -> int:
    stock.setdefault(item, n)
    return change


_RULES = (
    Rule(
        "fold",
        (
            "Names that differ only in capital letters mean the same, and the result has them in lower case.",
            "Upper and lower case in the names make no difference, so use small letters throughout.",
            "Before anything else, the names are turned into lower case.",
            "All names are converted to small letters to begin with.",
            "Treat names without regard to case and return them in small letters.",
        ),
        ("case", "capital", "uppercase", "lowercase", "spelling"),
        "moves = [[item.lower(), change] for item, change in moves]",
        lambda moves: [[item.lower(), change] for item, change in moves],
        step=-1,
        small=True,
    ),
    Rule(
        "trim",
        (
            "Names may have spaces around them, which do not belong to the name.",
            "Strip spaces from both ends of the names before using them.",
            "Spaces before and after a name are to be removed at the start.",
            "First cut off any spaces at the beginning and end of the names.",
            "A name is the same with and without spaces around it, and the result has it without.",
        ),
        ("space", "spaces", "whitespace", "trim"),
        "moves = [[item.strip(' '), change] for item, change in moves]",
        lambda moves: [[item.strip(" "), change] for item, change in moves],
        step=-1,
        small=True,
    ),
    Rule(
        "alias",
        (
            "The name {item:words} is an old one for {other:words}, so count it as that.",
            "Wherever it says {item:words}, it means {other:words}.",
            "Book everything called {item:words} under {other:words} instead.",
            "By {item:words} the list means {other:words}, and the result should say so.",
            "Rename {item:words} to {other:words} in the moves.",
        ),
        ("alias", "synonym", "old name", "rename", "called"),
        "moves = [[$other if item == $item else item, change] for item, change in moves]",
        lambda moves, item, other: [[other if name == item else name, change] for name, change in moves],
        draw=lambda rng: dict(zip(("item", "other"), rng.sample(_ITEMS, 2), strict=True)),
        small=True,
    ),
    Rule(
        "ignored",
        (
            "Moves of {item:words} are not recorded.",
            "Ignore {item:words} completely.",
            "Leave out every move of {item:words}.",
            "We do not keep track of {item:words}, so skip these moves.",
            "There is no need to count {item:words}, so drop such moves.",
        ),
        ("ignore", "exclude", "except", "skip"),
        "moves = [[item, change] for item, change in moves if item != $item]",
        lambda moves, item: [move for move in moves if move[0] != item],
        draw=pick("item", *_ITEMS),
        small=True,
    ),
    Rule(
        "too_large",
        (
            "Moves of more than {n:int} pieces, in or out, are typing errors and are ignored.",
            "Ignore a move if its size, whether plus or minus, is above {n:int}.",
            "Skip moves that bring or take more than {n:int} pieces at once.",
            "No single move can be larger than {n:int} in either direction, so drop those that are.",
            "A move over {n:int} pieces is a mistake, whichever way it goes, and does not count.",
        ),
        ("large", "error", "mistake", "maximum", "size"),
        "moves = [[item, change] for item, change in moves if abs(change) <= $n]",
        lambda moves, n: [move for move in moves if -n <= move[1] <= n],
        draw=number(9, 14),
        small=True,
    ),
    Rule(
        "start",
        (
            "Of everything that is mentioned there are {n:int} pieces to begin with.",
            "Each item that comes up starts with {n:int} pieces before its first move.",
            "Before the first move of an item, {n:int} pieces of it are there.",
            "Items do not start at nothing but at {n:int} pieces each, once they appear in a move that counts.",
            "The first move of any item finds {n:int} pieces of it already there.",
        ),
        ("start", "begin", "initial", "already"),
        "stock.setdefault(item, $n)",
        _start,
        Stage.INSIDE,
        step=-1,
        draw=number(2, 9),
        never_with=("refused", "full"),
        small=True,
    ),
    Rule(
        "clamped",
        (
            "The count of an item never falls below 0, it stops there if more is taken.",
            "If more is taken than is there, the count becomes 0.",
            "Whenever a move would make a count negative, it is set to 0 instead.",
            "A count cannot be negative, so taking too much leaves 0.",
            "Taking out more than there is empties the count and no more, leaving 0.",
        ),
        ("negative", "below", "zero", "enough", "minus"),
        "change = max(change, -stock.get(item, 0))",
        lambda stock, item, change: -stock.get(item, 0) if stock.get(item, 0) + change < 0 else change,
        Stage.INSIDE,
        group="negative",
        # Whether an item nobody ever had is listed with 0 is not said.
        readings=(
            lambda stock, item, change: None if item not in stock and change < 0 else max(change, -stock.get(item, 0)),
        ),
        small=True,
    ),
    Rule(
        "refused",
        (
            "A move that would make a count negative is not carried out at all.",
            "If there is not enough for a move, skip the whole move.",
            "Moves that take more than is there are refused and change nothing.",
            "Ignore a move if after it the count would be below 0.",
            "Nothing happens when more is to be taken than is there.",
        ),
        ("negative", "below", "zero", "enough", "minus"),
        "if stock.get(item, 0) + change < 0:\n    continue",
        lambda stock, item, change: None if stock.get(item, 0) + change < 0 else change,
        Stage.INSIDE,
        group="negative",
        # Whether an item of which nothing was ever moved is listed with 0 is not said.
        readings=(lambda stock, item, change: 0 if stock.get(item, 0) + change < 0 else change,),
    ),
    Rule(
        "full",
        (
            "There is room for {n:int} pieces of an item, and what goes beyond is lost.",
            "No count may rise above {n:int}, it stays at that when more comes in.",
            "If a move brings a count over {n:int}, this limit is what remains.",
            "An item has at most {n:int} pieces at any time, and the surplus of a move is thrown away.",
            "Counts are held down to {n:int} after every move.",
        ),
        ("maximum", "room", "capacity", "full", "limit"),
        "change = min(change, $n - stock.get(item, 0))",
        lambda stock, item, change, n: n - stock.get(item, 0) if stock.get(item, 0) + change > n else change,
        Stage.INSIDE,
        draw=number(12, 20),
        small=True,
    ),
    Rule(
        "no_zero",
        (
            "Items with a count of 0 at the end are left out of the result.",
            "At the end, drop whatever has a count of 0.",
            "The result does not mention items of which 0 are there in the end.",
            "Once all moves are done, remove the items whose count is 0.",
            "A final count of 0 means that the item does not appear in the result.",
        ),
        ("zero", "none", "gone", "nothing"),
        "result = {item: n for item, n in result.items() if n != 0}",
        lambda result: {item: result[item] for item in result if result[item]},
        Stage.AFTER,
        bases=("counts",),
        small=True,
    ),
    Rule(
        "in_packs",
        (
            "In the result, counts are given in full packs of {n:int}, rounded down.",
            "At the end, divide every count by {n:int} and round down, since packs hold that many.",
            "The result says how many complete packs of {n:int} there are of each item, rounding down.",
            "Return numbers of packs instead of pieces, {n:int} pieces to a pack, rounded down.",
            "Each final count becomes a number of packs, with {n:int} in a pack and the rest dropped by rounding down.",
        ),
        ("pack", "divide", "unit", "pieces"),
        "result = {item: n // $n for item, n in result.items()}",
        lambda result, n: {item: (count - count % n) // n for item, count in result.items()},
        Stage.AFTER,
        draw=number(2, 6),
        bases=("counts",),
        # Below zero, dropping the rest would be rounding up.
        readings=(lambda result, n: {item: int(count / n) for item, count in result.items()},),
        small=True,
    ),
    Rule(
        "joined",
        (
            "The names are returned as one string with {glue:quoted} in between.",
            "Join the names that are returned to a single string, separated by {glue:quoted}.",
            "Instead of a list the result is one string, with {glue:quoted} from one name to the next.",
            "Put the names of the result together in one string, divided by {glue:quoted}.",
            "The result is not a list but a string in which {glue:quoted} stands between the names.",
        ),
        ("join", "string", "separator", "format"),
        "result = $glue.join(result)",
        lambda result, glue: glue.join(result),
        Stage.AFTER,
        draw=pick("glue", ", ", "; ", "/", " + ", " and "),
        bases=("short",),
    ),
)
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
    rules=_RULES,
    inputs=_inputs,
)
