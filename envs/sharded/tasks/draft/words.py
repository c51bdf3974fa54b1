"""Word lists of the drafts: what scripted players make up, and what users add."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
NUMERALS = {value: word for word, value in COUNTS.items()}

THINGS = _words(
    "soap torch blanket map socks hammer tent rope towel kettle scarf gloves compass bottle pillow sunscreen charger "
    "notebook umbrella sandals toothbrush whistle candle matches jacket camera lantern bucket spade cup plate spoon "
    "hat mirror comb bandage cards magazine raincoat boots apron ladder pencil radio thermos hammock flask sweater "
    "belt purse"
)
ANIMALS = _words(
    "lion otter zebra camel parrot badger monkey penguin crocodile hare owl heron goat donkey tortoise lynx bison "
    "seal walrus panther gecko iguana flamingo pelican moose reindeer hedgehog squirrel beaver antelope giraffe cobra "
    "python toad newt swan stork crane falcon eagle vulture tapir sloth meerkat hyena jackal wolf bear leopard "
    "ostrich"
)
DISHES = _words(
    "soup salad lasagne risotto dumplings pancakes curry goulash omelette ravioli quiche stew pie sushi tacos noodles "
    "couscous paella trifle pudding waffles crumble sorbet chowder ratatouille falafel gnocchi pizza burritos kebab "
    "casserole porridge sausages fritters muffins brownies strudel cheesecake meatballs coleslaw"
)
NAMES = _words(
    "Alma Andrew Bella Boris Clara Colin Daphne David Elsa Emil Fiona Frank Greta Gordon Hilda Hugo Ivan Irene Jonas "
    "Judith Karl Kira Laura Leon Martha Milan Nora Noel Olga Oscar Paula Peter Quentin Rosa Rupert Sonja Simon Tessa "
    "Thomas Ursula Vera Victor Wanda Walter Xenia Yusuf Yvonne Zoe"
)
GUESTS = _words(
    "Agnes Bruno Cecil Dora Edgar Flora Gina Hector Ilse Jasper Kitty Lionel Mabel Nigel Opal Percy Rhoda Stanley "
    "Thora Vernon Winnie Basil Carmen Duncan Edith Felix Gladys Harold Ingrid Julius"
)
FILES = _words(
    "budget diary letters recipes invoice sketch summary backup contacts holiday garden songs plan draft notes poems "
    "weather orders prices minutes report travel photos taxes rent tests results survey script outline"
)
SUBJECTS = _words(
    "maths history music art biology chess drama geography french latin physics sports poetry cooking chemistry "
    "spanish dancing painting algebra reading writing singing gardening pottery"
)

MORE_THINGS = ("accordion", "typewriter", "telescope", "doorbell", "snowshoes", "thimble", "barometer", "ukulele")
MORE_ANIMALS = ("axolotl", "narwhal", "okapi", "pangolin", "wombat", "dugong", "capybara", "quokka")
MORE_DISHES = ("borscht", "haggis", "bouillabaisse", "moussaka", "tempura", "polenta", "kedgeree", "gazpacho")
MORE_NAMES = ("Barnabas", "Clotilde", "Desmond", "Esmeralda", "Ignatius", "Philippa", "Theodora", "Zebedee")
MORE_GUESTS = ("Archibald", "Beatrix", "Cornelius", "Drusilla", "Ebenezer", "Hermione", "Leopold", "Millicent")
MORE_FILES = ("zodiac", "lighthouse", "meteor", "violin", "harvest", "compass", "origami", "tunnel")
MORE_SUBJECTS = ("astronomy", "juggling", "archery", "calligraphy", "swahili", "carpentry", "fencing", "yodelling")

TRIPS = (
    "a week at the sea", "a night in the woods", "a rainy weekend", "a hike in the hills", "a trip by canoe",
    "a stay on a farm", "a school outing", "a journey by train",
)  # fmt: skip
ZOOS = (
    "a small zoo", "a picture book", "a quiz about nature", "a mural in the nursery", "a set of stamps",
    "a puppet play", "a carousel", "a row of coat hooks",
)  # fmt: skip
FEASTS = (
    "a birthday party", "a village fair", "a family reunion", "a farewell evening", "a picnic by the river",
    "a school canteen", "a house warming", "a winter market",
)  # fmt: skip
PURPOSES = (
    "our allotment", "the choir", "a small shop", "the football club", "my evening class", "the parish office",
    "our move to town", "my bicycle repairs",
)  # fmt: skip
TEAMS = (
    "the pub quiz", "a rowing race", "the chess tournament", "a treasure hunt", "the school play", "a rescue exercise",
    "the cake sale", "a relay race",
)  # fmt: skip
TABLES = (
    "the wedding dinner", "the long table", "the committee meeting", "the top table", "the anniversary lunch",
    "the card table", "the concert", "the tea party",
)  # fmt: skip
DAYS = ("a school day", "an open day", "the summer course", "a workshop day", "a trial lesson day", "the holiday camp")
ENDINGS = (".txt", ".pdf", ".csv", ".doc", ".png")
