"""Rules of the family `stock`: keeping count of items as moves come in."""

from __future__ import annotations

from turnbench.envs.sharded.tasks.code.spec import Rule, Stage, number, pick

Stock = dict[str, int]

ITEMS = (
    "rope", "nails", "paint", "soap", "flour", "tea", "bolts", "cups", "wire", "seeds", "tape", "chalk", "corks", "pegs", "wax",
    "yarn",
)  # fmt: skip


def _start(stock: Stock, item: str, change: int, n: int) -> int:
    stock.setdefault(item, n)
    return change


RULES = (
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
        draw=lambda rng: dict(zip(("item", "other"), rng.sample(ITEMS, 2), strict=True)),
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
        draw=pick("item", *ITEMS),
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
