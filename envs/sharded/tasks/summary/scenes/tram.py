"""A town builds a tram line."""

from __future__ import annotations

from turnbench.envs.sharded.tasks.summary.scenes.scene import Kind, Scene, Subject

TRAM = Scene(
    name="tram",
    topic="the new tram line in {place}",
    places=("Harwick", "Lowden", "Marbury", "Tessing", "Oakmere", "Penfold", "Calder", "Ellerton"),
    openers=(
        "Minutes of the town council.", "From the local paper.", "A letter to the editor.", "Notes of a public hearing.",
        "A report by the building office.", "Taken from the newsletter of the town.", "An interview on local radio.",
        "A post on the website of the tram project.", "A page from the report of the auditors.",
    ),
    fillers=(
        "The mayor thanked everybody for coming.", "It rained for most of the morning.", "Several people asked for the floor.",
        "The line has been talked about for a generation.", "Coffee was served in the hall.", "Nobody expected a short debate.",
        "A map of the route hung on the wall.", "The next meeting is in autumn.", "Some questions were left for another day.",
        "Trams used to run here before the war.", "The model of the new cars drew a crowd.",
    ),
    subjects={
        "money": Subject(
            queries=(
                "What do the documents say about the cost of the tram line and who pays for it?",
                "Which facts about the money behind the tram line are reported?",
                "How is the tram line paid for, and what does it cost?", "What is said about prices, grants and loans?",
                "What can be learned about the finances of the tram project?",
            ),
            kinds={
                "grant": Kind(
                    ("Halden Trust", "Lotus Bank", "Regional Fund", "Ministry Of Transport", "Harbour Company", "Nordic Fund",
                     "Climate Agency", "Savings Union", "Port Authority", "Green Future Fund", "Bridge Foundation", "Merchant Guild"),
                    (12, 96),
                    (
                        "The {who:name} pays {number:int} million euros towards the line.",
                        "A grant of {number:int} million euros comes from the {who:name}.",
                        "With {number:int} million euros, the {who:name} covers part of the cost.",
                        "The budget includes {number:int} million euros from the {who:name}.",
                        "The {who:name} has promised a contribution of {number:int} million euros.",
                    ),
                ),
                "overrun": Kind(
                    ("Mill Bridge", "Station Square", "Castle Tunnel", "Linden Avenue", "Harbour Curve", "Market Cross",
                     "Abbey Crossing", "Weir Gate", "Quarry Bend", "Clock Corner", "Ferry Landing", "Foundry Ramp"),
                    (11, 79),
                    (
                        "Work at {who:name} has become {number:int} percent more expensive.",
                        "The bill for {who:name} went up by {number:int} percent.",
                        "At {who:name}, costs are {number:int} percent above the estimate.",
                        "An increase of {number:int} percent is reported for the section at {who:name}.",
                        "Builders now ask {number:int} percent more for the section at {who:name}.",
                    ),
                ),
                "loan": Kind(
                    ("Union Bank", "Alder Bank", "Delta Bank", "Meridian Bank", "Heron Bank", "Cooper Bank", "Sterling Bank",
                     "Valley Bank", "Anchor Bank", "Beacon Bank", "Crown Bank", "Orchard Bank"),
                    (14, 45),
                    (
                        "A loan from {who:name} runs for {number:int} years.",
                        "{who:name} lends the rest over {number:int} years.",
                        "The town will be paying back {who:name} for {number:int} years.",
                        "It will take {number:int} years to repay the credit from {who:name}.",
                        "The credit that {who:name} agreed to has a term of {number:int} years.",
                    ),
                ),
                "fare": Kind(
                    ("North Zone", "Harbour Zone", "Garden Zone", "Hill Zone", "Airport Zone", "Central Zone", "Lake Zone",
                     "East Zone", "Campus Zone", "Forest Zone", "Old Town Zone", "River Zone"),
                    (120, 490),
                    (
                        "A ticket to the {who:name} will cost {number:int} cents.",
                        "Passengers are to pay {number:int} cents for a ride to the {who:name}.",
                        "The fare for the {who:name} has been set at {number:int} cents.",
                        "Going to the {who:name} will cost riders {number:int} cents.",
                        "For a trip to the {who:name}, the price is {number:int} cents.",
                    ),
                ),
            },
        ),
        "works": Subject(
            queries=(
                "What do the documents say about the building work?", "How is the construction of the tram line going?",
                "Which facts about the work on the tracks are reported?", "What is said about closures, builders and delays?",
                "What can be learned about the construction site?",
            ),
            kinds={
                "closure": Kind(
                    ("Elm Street", "Abbey Road", "King Street", "Harbour Street", "Mill Lane", "Queen Street", "Tanner Street",
                     "Chapel Road", "Vine Street", "Bell Lane", "Garden Road", "School Lane"),
                    (11, 60),
                    (
                        "{who:name} will be closed for {number:int} weeks.",
                        "For {number:int} weeks no cars can use {who:name}.",
                        "Drivers have to avoid {who:name} for {number:int} weeks.",
                        "The closure of {who:name} lasts {number:int} weeks.",
                        "Traffic is kept out of {who:name} for a period of {number:int} weeks.",
                    ),
                ),
                "builder": Kind(
                    ("Brandt Works", "Ostra Build", "Kessler Rail", "Nova Tracks", "Pike Brothers", "Tor Engineering",
                     "Lund Company", "Varga Rail", "Stone Partners", "Iron Road", "Keystone Group", "Maple Works"),
                    (31, 390),
                    (
                        "The rails are laid by {who:name} with {number:int} workers.",
                        "A team of {number:int} from {who:name} does the track work.",
                        "With {number:int} workers, {who:name} is putting down the rails.",
                        "{who:name} has sent {number:int} people to build the track.",
                        "On the track, {number:int} people work for {who:name}.",
                    ),
                ),
                "delay": Kind(
                    ("Town Hall", "City Hospital", "West Park", "Grand Hotel", "Art School", "North Station", "Public Library",
                     "Fish Market", "Old Brewery", "South Gate", "Water Tower", "Swan Theatre"),
                    (12, 150),
                    (
                        "The stop at the {who:name} will be ready {number:int} days late.",
                        "Builders are {number:int} days behind at the {who:name}.",
                        "There is a delay of {number:int} days at the {who:name}.",
                        "At the {who:name}, the stop has fallen {number:int} days behind schedule.",
                        "The {who:name} will get its stop {number:int} days later than planned.",
                    ),
                ),
                "coins": Kind(
                    ("Ada Lind", "Boris Novak", "Clara Stern", "Dario Rossi", "Elin Marsh", "Felix Pohl", "Greta Hale", "Hugo Quist",
                     "Ines Duval", "Jonas Frost", "Karla Engel", "Leon Abbott"),
                    (13, 470),
                    (
                        "{who:name} dug up {number:int} old coins on the site.",
                        "Under the road, {who:name} came across {number:int} old coins.",
                        "The archaeologist {who:name} has recovered {number:int} coins from the ditch.",
                        "A find of {number:int} coins was reported by {who:name}.",
                        "In the ditch lay {number:int} old coins, says {who:name}.",
                    ),
                ),
            },
        ),
        "people": Subject(
            queries=(
                "What do the documents say about the effects on people who live along the line?",
                "How does the tram line affect the neighbourhood?", "Which complaints and losses are reported?",
                "What is said about protests, noise, trees and shops?", "What can be learned about the reaction of residents?",
            ),
            kinds={
                "petition": Kind(
                    ("Mira Weller", "Nils Castel", "Olga Young", "Pavel Vance", "Rosa Ibsen", "Simon Gallo", "Tilda Ortega",
                     "Victor Tanaka", "Wanda Brandt", "Yusuf Jarvis", "Zora Ulrich", "Anton Zeller"),
                    (210, 4800),
                    (
                        "{who:name} handed in {number:int} signatures against the route.",
                        "Against the route, {who:name} has gathered {number:int} signatures.",
                        "A petition started by {who:name} has {number:int} signatures.",
                        "There are {number:int} names on the petition that {who:name} began.",
                        "Opponents of the line gave {number:int} signatures to {who:name}.",
                    ),
                ),
                "trees": Kind(
                    ("Rose Park", "Palace Garden", "Swan Park", "Botanic Garden", "Victory Park", "Orchard Park", "Monks Garden",
                     "Spring Park", "Castle Garden", "Canal Park", "Jubilee Park", "Poets Garden"),
                    (12, 190),
                    (
                        "In {who:name}, {number:int} trees will be felled.",
                        "{who:name} loses {number:int} trees to the line.",
                        "The line costs {who:name} {number:int} of its trees.",
                        "A total of {number:int} trees have to go in {who:name}.",
                        "Workers are to cut down {number:int} trees in {who:name}.",
                    ),
                ),
                "noise": Kind(
                    ("Weavers Quarter", "Upper Town", "Harbour District", "Lime Hill", "Potters Field", "Sunny Side", "New Quarter",
                     "Glass District", "Saint Mary", "Tanners Row", "Meadow Side", "Canal Side"),
                    (41, 79),
                    (
                        "Measurements in {who:name} promise a noise of {number:int} decibels.",
                        "People in {who:name} must expect {number:int} decibels.",
                        "In {who:name}, the trams will be heard at {number:int} decibels.",
                        "The noise in {who:name} was put at {number:int} decibels.",
                        "For {who:name}, experts calculate {number:int} decibels.",
                    ),
                ),
                "shops": Kind(
                    ("Cafe Lindt", "Bookshop Orwell", "Bakery Sommer", "Cinema Rex", "Pharmacy Eagle", "Tailor Bruno", "Bistro Nord",
                     "Florist Iris", "Butcher Hahn", "Cycle Shop Velo", "Toy Shop Bruno", "Barber Figaro"),
                    (11, 68),
                    (
                        "{who:name} has lost {number:int} percent of its customers.",
                        "The number of customers at {who:name} fell by {number:int} percent.",
                        "Since work began, {who:name} has had {number:int} percent fewer customers.",
                        "According to {who:name}, {number:int} percent of its customers stay away.",
                        "With a drop of {number:int} percent, customers are leaving {who:name}.",
                    ),
                ),
            },
        ),
    },
)  # fmt: skip
