"""The closed word lists of the reader: what is ignored, what denies, slang and irregular forms."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEGATIONS = _words(
    """
    lack lacking lacks neither never no non none nor not nothing without
    """
)

STOPWORDS = _words(
    """
    a able about actually also am an and any anyone anything are as at average be been being belong belongs by
    called can category class classified classify common commonly consider considered considers could count counts
    describe described did do does doing eg entity etc ever fall falls for form frequently from generally get gets
    going got had has having he her here his human humans i ie if in is it item its just kind known like likely main
    mainly man may me might most mostly must my naturally normal normally object of often on one ones or ordinarily
    ordinary our own people person piece possible possibly primarily primary quite really regarded regular regularly
    say shall she should some somebody someone something sometimes sort such tend tends that that's the their them
    there these they thing think this those thought to type typical typically us usual usually very was way we were
    what whether which who will with woman would you your
    """
)
"""Function words and general terms that no question turns on."""

FILLERS = _words(
    """
    absolutely actual again ah ahoy alas already alright also although answer apparently arr ask asking aspect
    associated association awfully basically because begin belongs both bother boy broadly buddy categories category
    certain certainly characteristic chiefly class clearly cool currently daily-life dear definitely designed
    directly dominantly dumb eh either enquire er especially essentially ever everyday exactly excuse fact facts
    fair fairly feature features fellow finally first folks following forgive forms friend fun function further
    gentlemen girl given good great guess guy guys haha hence hers his hm hmm honestly however imagine indeed
    indirectly inquire intended kind kinda kindly kinds know ladies largely let let's lets literally lol loosely
    madam mainly many mate matey maybe mean meaning means meant merely mind more-or-less much nature necessarily
    next nice nope now nowadays obviously often-times oh ok okay omg once onto ordinary own pardon particular
    particularly perchance perhaps physical physically please precisely predominantly presumably pretty primary
    principal principally probably purpose question quick rather real really reasonable reasonably reckon regard
    regards regular respect roughly said say says second sense silly simply since sir slightly sole somewhat sorry
    sorta sorts speak speaking specific specifically standard start still strictly stupid suppose surely technically
    tell term terms terribly therefore thinking third though thus today too totally trouble true truly truth type
    types uh um upon use-case usual well when whenever where while whom whose wise within wonder wondering word
    words wow yeah yep yet yup
    """
)
"""Words that ask nothing. They are ignored only where no phrase of the world uses them."""

HEDGES = _words(
    """
    actually commonly generally normally ordinarily really typically usually
    """
)
"""Adverbs that may stand anywhere in a question without changing it."""

VERBS = _words(
    """
    are be can could did do does has have is that was were which will would
    """
)
"""A negation right behind one of these denies the question itself."""

LAST_OF_PADDING = _words(
    """
    all chance correct false general it maybe no not opinion perhaps please right say speaking thanks that then
    think though wonder you
    """
)
"""Last words without which no closing padding matches."""

SLANG = {
    "adn": "and", "canit": "can it", "cna": "can", "coud": "could", "coz": "because", "cud": "could",
    "culd": "could", "cuz": "because", "da": "the", "dat": "that", "deos": "does", "dis": "this",
    "doesit": "does it", "doez": "does", "dos": "does", "dose": "does", "dus": "does", "duz": "does", "fo": "of",
    "haev": "have", "hasit": "has it", "hav": "have", "hte": "the", "isit": "is it", "ist": "is it", "iz": "is",
    "od": "do", "ot": "to", "peple": "people", "ppl": "people", "rite": "right", "shoud": "should", "si": "is",
    "smth": "something", "somethin": "something", "sth": "something", "sumthing": "something", "taht": "that",
    "teh": "the", "thru": "through", "ti": "it", "tis": "it is", "u": "you", "ur": "your", "wat": "what",
    "wether": "whether", "wif": "with", "wit": "with", "woud": "would", "wud": "would", "wuld": "would",
    "ya": "you", "ye": "you", "yer": "your", "yu": "you", "yuo": "you",
}  # fmt: skip
"""Word -> what it means: slang, and typing errors in words too short for the speller."""

IRREGULAR = {
    "alive": "alive", "ate": "eat", "bit": "bite", "bitten": "bite", "blown": "blow", "bought": "buy", "broke":
    "break", "broken": "break", "built": "build", "children": "child", "cities": "citi", "colored": "color",
    "colour": "color", "coloured": "color", "colours": "color", "countries": "countri", "driven": "drive", "drove":
    "drive", "drunk": "drink", "eaten": "eat", "edible": "edibl", "electric": "electr", "electrical": "electr",
    "electricity": "electr", "electronic": "electron", "electronics": "electron", "feathery": "feather", "feet":
    "foot", "flew": "fly", "flies": "fly", "flown": "fly", "found": "find", "furry": "fur", "geese": "goose",
    "grew": "grow", "grey": "gray", "grown": "grow", "hairy": "hair", "held": "hold", "homes": "home", "houses":
    "house", "invented": "invent", "invention": "invent", "kept": "keep", "kid": "child", "kids": "child", "king":
    "king", "knives": "knife", "laid": "lay", "lay": "lay", "leaves": "leaf", "lives": "live", "living": "living",
    "made": "make", "men": "man", "metallic": "metal", "mice": "mouse", "played": "play", "ponies": "poni", "queen":
    "queen", "ridden": "ride", "rode": "ride", "saw": "saw", "seen": "see", "sharpened": "sharp", "slept": "sleep",
    "sold": "sell", "spoken": "speak", "stung": "sting", "swam": "swim", "swum": "swim", "teeth": "tooth", "thrown":
    "throw", "tyre": "tire", "tyres": "tire", "wings": "wing", "wolves": "wolf", "women": "woman", "wooden": "wood",
    "woolen": "wool", "woollen": "wool", "wore": "wear", "worn": "wear", "written": "write", "wrote": "write",
}  # fmt: skip
"""Word -> stem, where the stemmer would part forms of one word."""
