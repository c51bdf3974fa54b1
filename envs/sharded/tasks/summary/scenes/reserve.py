"""A year in a nature reserve."""

from __future__ import annotations

from turnbench.envs.sharded.tasks.summary.scenes.scene import Kind, Scene, Subject

RESERVE = Scene(
    name="reserve",
    topic="a year in the nature reserve of {place}",
    places=("Grey Marsh", "Sandel Bay", "Upper Fen", "Holm Dunes", "Lark Heath", "Otter Valley", "Salt Meadows", "Crane Moor"),
    openers=(
        "From the diary of a warden.", "Notes of a field trip.", "A page of the yearly report.", "A message to the members.",
        "Taken from the visitors' book.", "Minutes of the trustees.", "A talk given at the village school.", "An article in a magazine for hikers.",
        "A letter from the forest office.",
    ),
    fillers=(
        "The morning was cold and clear.", "Mist hung over the reeds until noon.", "A school class came along for a while.",
        "The old hide needs a coat of paint.", "Boots were needed everywhere.", "The wind turned in the afternoon.",
        "Volunteers brought soup and bread.", "The path was muddy after the storm.", "Everyone agreed to meet again soon.",
        "The boat had to stay on land.", "A new sign explains the rules at the gate.",
    ),
    subjects={
        "birds": Subject(
            queries=(
                "What do the documents say about the birds of the reserve?", "How did the birds do this year?",
                "Which findings about birds and their nests are reported?", "What is said about breeding pairs, rings and nests?",
                "What can be learned about bird life?",
            ),
            kinds={
                "pairs": Kind(
                    ("Grey Herons", "Lapwings", "Kingfishers", "Black Terns", "Curlews", "Marsh Harriers", "Sand Martins", "Redshanks",
                     "Bitterns", "Little Owls", "Common Cranes", "Reed Warblers"),
                    (12, 96),
                    (
                        "Observers counted {number:int} pairs of {who:name}.",
                        "There are {number:int} breeding pairs of {who:name}.",
                        "The count of {who:name} came to {number:int} pairs.",
                        "This year {number:int} pairs of {who:name} raised young.",
                        "As for {who:name}, {number:int} pairs were found.",
                    ),
                ),
                "rings": Kind(
                    ("Ada Lind", "Boris Novak", "Clara Stern", "Dario Rossi", "Elin Marsh", "Felix Pohl", "Greta Hale", "Hugo Quist",
                     "Ines Duval", "Jonas Frost", "Karla Engel", "Leon Abbott"),
                    (31, 480),
                    (
                        "{who:name} put rings on {number:int} young birds.",
                        "Rings were put on {number:int} young birds by {who:name}.",
                        "With a small team, {who:name} ringed {number:int} chicks.",
                        "In total, {who:name} has ringed {number:int} young birds.",
                        "The rings of {number:int} chicks were fitted by {who:name}.",
                    ),
                ),
                "boxes": Kind(
                    ("Alder Wood", "Fox Wood", "Bishops Wood", "Long Wood", "Mill Wood", "Raven Wood", "North Wood", "Chapel Wood",
                     "Badger Wood", "Holly Wood", "Stone Wood", "Spring Wood"),
                    (14, 88),
                    (
                        "In {who:name}, {number:int} nest boxes are occupied.",
                        "{who:name} has {number:int} nest boxes with birds in them.",
                        "Birds moved into {number:int} nest boxes in {who:name}.",
                        "Of the nest boxes in {who:name}, {number:int} are in use.",
                        "A check of {who:name} found {number:int} nest boxes taken.",
                    ),
                ),
                "foxes": Kind(
                    ("Gull Island", "Reed Island", "Monk Island", "Long Island", "Egg Island", "Tern Island", "Willow Island",
                     "Seal Island", "Ferry Island", "Bare Island", "Rabbit Island", "Twin Island"),
                    (11, 75),
                    (
                        "On {who:name}, foxes emptied {number:int} nests.",
                        "Foxes destroyed {number:int} nests on {who:name}.",
                        "The loss on {who:name} was {number:int} nests, all taken by foxes.",
                        "{who:name} lost {number:int} nests to foxes.",
                        "Because of foxes, {number:int} nests failed on {who:name}.",
                    ),
                ),
            },
        ),
        "water": Subject(
            queries=(
                "What do the documents say about the water in the reserve?", "What is the state of ponds and streams?",
                "Which findings about the water are reported?", "What is said about water levels, nitrate and fish?",
                "What can be learned about lakes and streams?",
            ),
            kinds={
                "level": Kind(
                    ("Mirror Pond", "Monks Pond", "Deep Pond", "Lily Pond", "Horse Pond", "Cloud Pond", "Amber Pond", "Bell Pond",
                     "Cattle Pond", "Frog Pond", "Mill Pond", "Round Pond"),
                    (12, 98),
                    (
                        "The water in {who:name} fell by {number:int} centimetres.",
                        "The level of {who:name} is down by {number:int} centimetres.",
                        "A drop of {number:int} centimetres was measured in {who:name}.",
                        "{who:name} has lost {number:int} centimetres of water.",
                        "Since spring, {who:name} has sunk by {number:int} centimetres.",
                    ),
                ),
                "nitrate": Kind(
                    ("Ash Brook", "Wolf Brook", "Clear Brook", "Mill Brook", "Iron Brook", "Otter Brook", "Lime Brook", "Kings Brook",
                     "Cold Brook", "Sedge Brook", "Dark Brook", "Swift Brook"),
                    (11, 74),
                    (
                        "Samples from {who:name} hold {number:int} milligrams of nitrate.",
                        "In {who:name}, nitrate stands at {number:int} milligrams.",
                        "The laboratory found {number:int} milligrams of nitrate in {who:name}.",
                        "{who:name} carries {number:int} milligrams of nitrate.",
                        "A value of {number:int} milligrams of nitrate is given for {who:name}.",
                    ),
                ),
                "fish": Kind(
                    ("Lake Orla", "Lake Senna", "Lake Tove", "Lake Umber", "Lake Vesper", "Lake Mona", "Lake Iris", "Lake Hedda",
                     "Lake Norn", "Lake Petra", "Lake Runa", "Lake Selma"),
                    (21, 640),
                    (
                        "In {who:name}, {number:int} dead fish were collected.",
                        "Wardens took {number:int} dead fish out of {who:name}.",
                        "The heat killed {number:int} fish in {who:name}.",
                        "{who:name} gave up {number:int} dead fish.",
                        "A count of {number:int} dead fish comes from {who:name}.",
                    ),
                ),
                "beavers": Kind(
                    ("Elder Creek", "Bramble Creek", "Moss Creek", "Hazel Creek", "Sorrel Creek", "Birch Creek", "Clover Creek",
                     "Thistle Creek", "Willow Creek", "Nettle Creek", "Rowan Creek", "Bracken Creek"),
                    (11, 39),
                    (
                        "Beavers have built {number:int} dams on {who:name}.",
                        "On {who:name} there are {number:int} beaver dams.",
                        "{who:name} is held back by {number:int} beaver dams.",
                        "Walking along {who:name}, wardens saw {number:int} beaver dams.",
                        "The number of beaver dams on {who:name} is {number:int} now.",
                    ),
                ),
            },
        ),
        "guests": Subject(
            queries=(
                "What do the documents say about visitors and friends of the reserve?", "How do people use and support the reserve?",
                "Which facts about guests, rules and gifts are reported?", "What is said about visitors, fines and donations?",
                "What can be learned about the people who come to the reserve?",
            ),
            kinds={
                "visits": Kind(
                    ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
                    (140, 3900),
                    (
                        "In {who:name}, {number:int} people came to the reserve.",
                        "The gate counted {number:int} visitors in {who:name}.",
                        "Attendance for {who:name} was {number:int} people.",
                        "{who:name} brought {number:int} visitors.",
                        "With {number:int} guests, {who:name} is in the books.",
                    ),
                ),
                "fines": Kind(
                    ("Mira Weller", "Nils Castel", "Olga Young", "Pavel Vance", "Rosa Ibsen", "Simon Gallo", "Tilda Ortega",
                     "Victor Tanaka", "Wanda Brandt", "Yusuf Jarvis", "Zora Ulrich", "Anton Zeller"),
                    (11, 84),
                    (
                        "{who:name} wrote {number:int} fines for loose dogs.",
                        "For loose dogs, {who:name} handed out {number:int} fines.",
                        "The ranger {who:name} fined {number:int} owners of loose dogs.",
                        "A total of {number:int} fines for loose dogs came from {who:name}.",
                        "Owners of loose dogs paid {number:int} fines to {who:name}.",
                    ),
                ),
                "paths": Kind(
                    ("Heron Trail", "Ridge Trail", "Boardwalk", "Pilgrim Trail", "Smugglers Trail", "Orchid Trail", "Shore Trail",
                     "Miners Trail", "Lookout Trail", "Nature Trail", "Hunters Trail", "Peat Trail"),
                    (35, 890),
                    (
                        "The {who:name} was moved by {number:int} metres.",
                        "To protect plants, the {who:name} has been shifted {number:int} metres.",
                        "Walkers find the {who:name} {number:int} metres from where it was.",
                        "A shift of {number:int} metres was made to the {who:name}.",
                        "Workers laid the {who:name} {number:int} metres further from the shore.",
                    ),
                ),
                "gifts": Kind(
                    ("Rotary Club", "Brewery Adler", "Choral Society", "Angling Club", "Savings Bank", "Alpine Club", "Lions Club",
                     "Village School", "Hotel Krone", "Garden Club", "Youth Council", "Rowing Club"),
                    (150, 4900),
                    (
                        "The {who:name} gave {number:int} euros for a new hide.",
                        "A new hide is supported by the {who:name} with {number:int} euros.",
                        "For the new hide, {number:int} euros came from the {who:name}.",
                        "Thanks go to the {who:name} for {number:int} euros towards the hide.",
                        "A cheque for {number:int} euros for the hide was signed by the {who:name}.",
                    ),
                ),
            },
        ),
    },
)  # fmt: skip
