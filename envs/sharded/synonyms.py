"""Words by which people ask for the same thing: "cost" finds a price, "daily" a day, "beverage" a juice.

Every line of the table is a group; a word may stand in several. It holds everyday English of the suite's kinds of tasks (money,
amounts, time, people, data, programs), written without regard to any instance. Words are compared by their stems, so one
form of each is enough where Snowball's stemmer joins the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from threading import Lock

import snowballstemmer

LONGEST_WORD = 40
"""Characters; longer words have no stem."""
_GROUPS = """
cost price charge fee fare rate tariff expensive cheap worth dollars euros
fee charge fixed basic base flat once deposit surcharge
income revenue earn earnings proceeds takings profit sell sold sales selling brings
discount rebate voucher coupon reduction reduced cheaper
donation sponsor sponsorship donate grant contribution support
gift present birthday
saving save deposit aside put
budget afford spend
interest bank growth grow percent
percent percentage share proportion rate fraction
change cash hand pay paid cashier
tip service
insurance insured cover damage
wrap wrapped wrapping packaging
relative family aunt uncle grandmother grandfather grandma grandpa cousin parent mother father brother sister
people person guest visitor attendee participant persons servings portion serve headcount neighbours
worker employee staff workforce personnel labour labor people person hand everyone
helper volunteer assistant
kid child children boy girl pupil
adult grownup grown
sick ill absent unwell
free nothing gratis
hour hourly hours
day daily days
week weekly weeks
month monthly
year yearly annual annually
deadline due date day until left before time
date day period range since after before year month when time
begin beginning start first initial initially already opening originally
end ending finish last final latest stop close after until
duration long length last time take
break pause rest interrupt interruption interval
speed fast pace velocity quick steady
distance far route way length kilometres kilometers km miles stretch
mountain hill ridge climb uphill steep
beverage drink lemonade juice tea coffee water soda milk
food dish meal eat course
ingredient recipe cookbook
size large big dimension wide width high height small
amount quantity number count many much total figure
box crate pack package carton case container
fruit apple orange pear plum cherry berry
broken damaged defective faulty spoiled rotten bad flawed
lost lose missing gone
buy purchase basket bought
borrow rent rental hire loan lend
extra additional further more another spare besides top reserve
accessory equipment helmets
machine equipment device tool automatic
daily each every per
produce output make makes made turn yield
discard throw thrown sort remove drop dropped waste reject
exclude leave skip ignore omit drop filter remove excluded without except matter disregard
include only restrict condition criterion filter matter keep
duplicate identical same repeat repeated twice double distinct unique once several again
order sort sorted rank ordering arrange sequence ascending descending before
column field show display select
group breakdown category line grouping per
row line record entry result
aggregate count total sum average figure calculate
maximum most limit cap capped upper highest largest top ceiling more exceed
minimum least lower lowest smallest under below floor
value amount number figure
empty nothing none missing blank single left absent
lowercase uppercase capital letters insensitive sensitive
whitespace space trim strip blank padding
negative minus below zero less taken
round rounded rounding whole integer decimal nearest
average mean
outlier extreme largest smallest
index indices position numbered counted
currency unit coins dollars euros
input argument parameter takes given receive
output return returns result gives
package parcel shipment delivery consignment
weigh weight heavy kilogram kilograms gram grams scales pounds
send sent ship deliver arrive destination recipient go goes
collect pick fetch pickup
code tracking number reference identifier id
city town place location village destination
compare comparison
country nation home
shop store
temperature degrees warm heat cool cold thermostat
mode setting
bright brightness light lamp dim
room located hang hangs
recipient payee receiver get gets goes beneficiary
sender account payer
movie film
cinema hall screening
genre kind type category sort
length long minutes duration
book story novel pages
author writer written
car vehicle automobile
gas gasoline fuel petrol diesel
format file png jpg
filename file name
wide width pixels size resolution
photo picture image copy
seedling plant plants
flower tulip rose
lawn grass mowing
reminder remind remember
text message say read wording content
score point points mark
regular regularly every weekly always
contribute contribution adds top bonus
handle treat
"""
_PHRASES = {
    ("how", "long"): "duration",
    ("how", "far"): "distance",
    ("how", "often"): "times",
    ("how", "fast"): "speed",
    ("when",): "date",
    ("where",): "place",
}
"""Questions whose words say nothing of what they are about, one by one, and the word that does."""
_stemmer = snowballstemmer.stemmer("english")
_stemming = Lock()  # the stemmer keeps what it works on, and steps that wait for a model run in threads


def stems(words: Iterable[str]) -> frozenset[str]:
    """The stems of words in lower case."""
    return frozenset(_stem(word) for word in words if len(word) <= LONGEST_WORD)


def synonyms(stem: str) -> frozenset[str]:
    """Stems that share a group with this one, itself left out."""
    return _table().get(stem, frozenset()) - {stem}


def asked_by_phrase(words: Sequence[str]) -> dict[str, frozenset[str]]:
    """For each phrase of `_PHRASES` in a question (its words, in lower case): the stems that it asks for."""
    text = f" {' '.join(words)} "
    found = {}
    for phrase, meant in _PHRASES.items():
        if f" {' '.join(phrase)} " in text:
            stem = _stem(meant)
            found[" ".join(phrase)] = synonyms(stem) | {stem}
    return found


@cache
def _table() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in _GROUPS.split("\n"):
        group = stems(line.split())
        for stem in group:
            found[stem] = found.get(stem, frozenset()) | group
    return found


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    with _stemming:
        return str(_stemmer.stemWord(word))
