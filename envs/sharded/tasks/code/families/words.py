"""Cleaning up a list of strings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from turnbench.envs.sharded.tasks.code.spec import Base, Family, Final, Rule, Setting, Slots, Stage, both, number, pick
from turnbench.randomness import RandomStream

_TEXTS = (
    "plum", "fig jam", "rose hip", "oak", "salt", "red onion", "tea", "moss", "river", "old map", "kite", "lamp oil", "bell",
    "snow", "cup", "iron nail", "drum", "gate", "pear", "sea shell", "wool", "clock", "ant", "dusk",
)  # fmt: skip
_LETTERS = ("a", "e", "o", "r", "s", "l", "n")
_MARKS = ("#", "*", "!", "~")


def _inputs(rng: RandomStream, rules: Mapping[str, Slots]) -> list[str]:
    marks = [rules[kind]["mark"] for kind in ("drop_starting", "replace") if kind in rules] or [rng.choice(_MARKS)]
    pool = rng.sample(_TEXTS, 2 + rng.below(4))
    made: list[str] = []
    for _ in range(rng.below(8)):
        text = rng.choice(pool)
        if rng.below(5) == 0:
            text = text.upper() if rng.below(2) else text.title()
        if "no_digits" in rules and rng.below(3) == 0:
            text = text[:3] + str(rng.below(30)) + text[3:]
        if rng.below(4) == 0:
            mark, at = rng.choice(marks), rng.below(3)
            text = mark + text if at == 0 else text[:2] + mark + text[2:] if at == 1 else text + mark
        if "trim" in rules and rng.below(3) == 0:
            text = rng.choice((" ", "  ", "")) + text + rng.choice((" ", ""))
        if rng.below(4 if "drop_blank" in rules else 12) == 0:
            text = rng.choice(("", " ", "   "))
        made.append(text)
    return made


_RULES = (
    Rule(
        "trim",
        (
            "Spaces at the beginning and at the end of the {things:words} are removed.",
            "Strip spaces from both ends of all {things:words}.",
            "The {things:words} must not begin or end with spaces, so cut those off.",
            "Whatever spaces stand before or after the {things:words} have to go.",
            "Remove leading and trailing spaces from the {things:words}.",
        ),
        ("spaces", "whitespace", "trim", "strip"),
        "words = [word.strip(' ') for word in words]",
        lambda words: [word.strip(" ") for word in words],
        small=True,
    ),
    Rule(
        "drop_blank",
        (
            "Leave out {things:words} that are empty or consist of spaces only.",
            "Blank {things:words}, with no characters or just spaces, do not count.",
            "Ignore all {things:words} without any visible character.",
            "If there are {things:words} with nothing in them but spaces, or nothing at all, drop them.",
            "Skip blank {things:words}, meaning empty ones and ones made of spaces.",
        ),
        ("empty", "blank", "missing"),
        "words = [word for word in words if word.strip(' ')]",
        lambda words: [word for word in words if word.strip(" ")],
        small=True,
    ),
    Rule(
        "lower",
        (
            "All {things:words} are turned into lower case.",
            "Use small letters only in the {things:words}.",
            "Capital letters in the {things:words} become small ones.",
            "Write the {things:words} entirely in lower case.",
            "Convert every letter of the {things:words} to lower case.",
        ),
        ("case", "capital", "uppercase", "lowercase", "letters"),
        "words = [word.lower() for word in words]",
        lambda words: [word.lower() for word in words],
        group="case",
        small=True,
    ),
    Rule(
        "upper",
        (
            "All {things:words} are turned into upper case.",
            "Use capital letters only in the {things:words}.",
            "Small letters in the {things:words} become capital ones.",
            "Write the {things:words} entirely in capitals.",
            "Convert every letter of the {things:words} to upper case.",
        ),
        ("case", "capital", "uppercase", "lowercase", "letters"),
        "words = [word.upper() for word in words]",
        lambda words: [word.upper() for word in words],
        group="case",
        small=True,
    ),
    Rule(
        "drop_short",
        (
            "Leave out {things:words} with fewer than {n:int} characters.",
            "Only {things:words} of at least {n:int} characters are kept.",
            "Drop {things:words} that are shorter than {n:int} characters.",
            "Ignore {things:words} unless they have {n:int} characters or more.",
            "The minimum length of {things:words} is {n:int} characters, and shorter ones are skipped.",
        ),
        ("short", "length", "minimum", "characters", "long"),
        "words = [word for word in words if len(word) >= $n]",
        lambda words, n: [word for word in words if len(word) >= n],
        draw=number(3, 7),
        small=True,
    ),
    Rule(
        "drop_containing",
        (
            "Leave out {things:words} that contain the small letter {mark:quoted}.",
            "Drop {things:words} with a small {mark:quoted} anywhere in them.",
            "Ignore {things:words} in which the lower-case letter {mark:quoted} occurs.",
            "Only {things:words} without a lower-case {mark:quoted} are kept.",
            "Skip {things:words} as soon as they hold a small letter {mark:quoted}.",
        ),
        ("contain", "letter", "forbidden", "filter"),
        "words = [word for word in words if $mark not in word]",
        lambda words, mark: [word for word in words if mark not in word],
        draw=pick("mark", *_LETTERS),
        small=True,
    ),
    Rule(
        "drop_starting",
        (
            "Leave out {things:words} whose first character is {mark:quoted}.",
            "Drop {things:words} that begin with {mark:quoted}.",
            "A {mark:quoted} in front means that such {things:words} are to be ignored.",
            "Skip {things:words} starting with {mark:quoted}.",
            "Only {things:words} without {mark:quoted} as their first character are kept.",
        ),
        ("begin", "start", "first", "prefix", "comment"),
        "words = [word for word in words if not word.startswith($mark)]",
        lambda words, mark: [word for word in words if not word.startswith(mark)],
        draw=pick("mark", *_MARKS),
        small=True,
    ),
    Rule(
        "replace",
        (
            "In the {things:words}, replace {mark:quoted} by {new:quoted} wherever it occurs.",
            "Put {new:quoted} in the place of each {mark:quoted} in the {things:words}.",
            "Every {mark:quoted} within the {things:words} becomes {new:quoted}.",
            "Exchange all {mark:quoted} in the {things:words} for {new:quoted}.",
            "The {things:words} should have {new:quoted} wherever they have {mark:quoted} now.",
        ),
        ("replace", "substitute", "exchange", "symbol", "special"),
        "words = [word.replace($mark, $new) for word in words]",
        lambda words, mark, new: [word.replace(mark, new) for word in words],
        draw=both(pick("mark", *_MARKS), pick("new", "-", "_", "+", "=")),
        small=True,
    ),
    Rule(
        "dedupe",
        (
            "If the same text comes up again among the {things:words}, only its first appearance counts.",
            "Repeated {things:words} are kept once, where they first appear.",
            "Drop {things:words} that have occurred before.",
            "No two {things:words} may be equal, so skip later copies.",
            "Of equal {things:words} only the first one stays.",
        ),
        ("duplicate", "repeat", "twice", "equal", "unique"),
        "words = list(dict.fromkeys(words))",
        lambda words: [word for at, word in enumerate(words) if word not in words[:at]],
        bases=("keep", "join"),
        small=True,
    ),
    Rule(
        "cut",
        (
            "Cut the {things:words} off after {n:int} characters.",
            "Only the first {n:int} characters of all {things:words} are kept.",
            "Longer {things:words} are shortened to their first {n:int} characters.",
            "The {things:words} may have {n:int} characters at most, and what is beyond that is cut off.",
            "Truncate the {things:words} to {n:int} characters.",
        ),
        ("cut", "shorten", "maximum", "length", "truncate", "long"),
        "words = [word[:$n] for word in words]",
        lambda words, n: [word[:n] for word in words],
        draw=number(3, 6),
        small=True,
    ),
    Rule(
        "no_digits",
        (
            "Digits are removed from the {things:words}.",
            "Take all digits out of the {things:words}.",
            "The {things:words} must not contain digits, so delete these.",
            "Delete the digits 0 to 9 wherever they stand in the {things:words}.",
            "Strike out every digit in the {things:words}.",
        ),
        ("digits", "numbers", "numerals"),
        "words = [''.join(c for c in word if c not in '0123456789') for word in words]",
        lambda words: [word.translate(dict.fromkeys(range(48, 58))) for word in words],
        small=True,
    ),
    Rule(
        "backwards",
        (
            "Spell all {things:words} backwards.",
            "The characters of the {things:words} are to be reversed, one by one.",
            "Turn the {things:words} around so that their last character comes first.",
            "Write the {things:words} from back to front.",
            "Each of the {things:words} is reversed, character by character.",
        ),
        ("backwards", "reverse", "direction", "spell"),
        "words = [word[::-1] for word in words]",
        lambda words: ["".join(reversed(word)) for word in words],
        small=True,
    ),
    Rule(
        "sort",
        (
            "The list that is returned is in alphabetical order.",
            "Sort the strings of the list alphabetically.",
            "Put the strings in order from A to Z.",
            "Unlike the input, the list has its strings in alphabetical order.",
            "The strings are sorted by the alphabet.",
        ),
        ("sort", "order", "alphabetical"),
        "result = sorted(result)",
        lambda result: sorted(result),
        Stage.AFTER,
        bases=("keep",),
        group="order",
        readings=(lambda result: sorted(result, key=str.lower), lambda result: sorted(result, key=lambda w: w.strip())),
    ),
    Rule(
        "last_first",
        (
            "The list is turned around, so that its last string comes first.",
            "The strings come in the reverse order.",
            "Reverse the order of the strings in the list.",
            "What comes last in the input comes first in the result.",
            "The list that is returned runs from the last string to the first.",
        ),
        ("order", "reverse", "last"),
        "result = result[::-1]",
        lambda result: list(reversed(result)),
        Stage.AFTER,
        bases=("keep",),
        group="order",
    ),
    Rule(
        "limit",
        (
            "As the very last step, keep only the first {n:int} strings of the list.",
            "When all else is done, the list is cut off after {n:int} strings.",
            "Once the list is finished, drop whatever comes after its first {n:int} strings.",
            "After everything else, only the first {n:int} strings are returned.",
            "In the end, no more than the first {n:int} strings of the finished list are returned.",
        ),
        ("many", "limit", "maximum", "first", "most"),
        "result = result[:$n]",
        lambda result, n: result[:n],
        Stage.AFTER,
        step=1,
        draw=number(2, 4),
        bases=("keep",),
    ),
    Rule(
        "if_none",
        (
            "If nothing is left at all, return the string {text:quoted} instead.",
            "When there is nothing to return, the result is the string {text:quoted}.",
            "Without a single string left, give back the string {text:quoted}.",
            "Should everything be dropped or the input be empty, the result is the string {text:quoted}.",
            "In case nothing remains, return the string {text:quoted}.",
        ),
        ("nothing", "empty", "none", "left"),
        "if not words:\n    return $text",
        lambda words, text: words or Final(text),
        Stage.MIDDLE,
        rare=True,
        draw=pick("text", "none", "nothing", "empty", "n/a"),
        small=True,
    ),
    Rule(
        "often",
        (
            "Texts that occur fewer than {n:int} times are left out of the result.",
            "Only what occurs at least {n:int} times is listed in the result.",
            "The result is to have no counts below {n:int}.",
            "Drop counts that are smaller than {n:int} from the result.",
            "A count under {n:int} does not make it into the result.",
        ),
        ("often", "rare", "minimum", "times", "count"),
        "result = {word: count for word, count in result.items() if count >= $n}",
        lambda result, n: {word: result[word] for word in result if result[word] >= n},
        Stage.AFTER,
        draw=pick("n", 2, 3),
        never_with=("if_none",),  # a result without counts is not a list without strings
        bases=("count",),
    ),
)
_BASES = (
    Base(
        "keep",
        (
            "It takes a list of strings, the {things:words}, and returns a list of strings, in the same order unless I say otherwise.",
            "Its only argument is a list with the {things:words} as strings, and it returns a list of strings in that order if I ask for no other.",
            "Given the {things:words} as a list of strings, it gives back a list of strings in an order that only changes if I say so.",
            "The input is a list of strings holding the {things:words}, and the output is again a list of strings, in the input's order unless told otherwise.",
            "A list of strings with the {things:words} goes in, and a list of strings comes out, in the order given if no other is asked for.",
        ),
        ("input", "argument", "output", "return", "list"),
        "result = words",
        lambda words: words,
        small=True,
    ),
    Base(
        "join",
        (
            "It takes a list of strings, the {things:words}, and returns one string in which they are joined by {glue:quoted}.",
            "Its only argument is a list with the {things:words} as strings, and it returns a single string with {glue:quoted} between one and the next.",
            "Given the {things:words} as a list of strings, it gives back a single string made of them, with {glue:quoted} in between.",
            "The input is a list of strings holding the {things:words}, and the output is one string that joins them with {glue:quoted}.",
            "A list of strings with the {things:words} goes in, and one string comes out, the parts joined by {glue:quoted}.",
        ),
        ("input", "argument", "output", "return", "separator"),
        "result = $glue.join(words)",
        lambda words, glue: glue.join(words),
        draw=pick("glue", ", ", "; ", " / ", "+", "-", " and "),
    ),
    Base(
        "count",
        (
            "It takes a list of strings, the {things:words}, and returns a dictionary from each text among them to how often it occurs.",
            "Its only argument is a list with the {things:words} as strings, and it returns a dictionary that says how many times each text occurs.",
            "Given the {things:words} as a list of strings, it gives back a dictionary with every text as a key and its number of occurrences as the value.",
            "The input is a list of strings holding the {things:words}, and the output is a dictionary with the count of each text.",
            "A list of strings with the {things:words} goes in, and a dictionary from text to number of occurrences comes out.",
        ),
        ("input", "argument", "output", "return", "dictionary"),
        "result = {word: words.count(word) for word in words}",
        lambda words: dict(Counter(words)),
    ),
)
FAMILY = Family(
    name="words",
    settings=(
        Setting("tidy_labels", "labels", "the jam stall"),
        Setting("clean_tags", "tags", "my photo albums"),
        Setting("clean_names", "nicknames", "our chess club"),
        Setting("prepare_keywords", "keywords", "the school library"),
        Setting("polish_titles", "titles", "a record shop"),
        Setting("fix_captions", "captions", "the village museum"),
        Setting("normalize_codes", "codes", "the lost property office"),
        Setting("tidy_list", "entries", "a shopping list"),
    ),
    goals=(
        "I need a Python function called {function:id} that cleans up the {things:words} of {place:words}.",
        "Please write a Python function {function:id} to tidy the {things:words} of {place:words}.",
        "Write me a Python function with the name {function:id} which cleans the {things:words} of {place:words}.",
        "The {things:words} of {place:words} are a mess, so I want a Python function {function:id} that cleans them.",
        "Make a function {function:id} in Python for tidying up the {things:words} of {place:words}.",
    ),
    topics=("goal", "purpose", "name"),
    parameter="words",
    bases=_BASES,
    rules=_RULES,
    inputs=_inputs,
)
