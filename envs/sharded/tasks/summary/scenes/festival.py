"""A weekend of music."""

from __future__ import annotations

from turnbench.envs.sharded.tasks.summary.scenes.scene import Kind, Scene, Subject

FESTIVAL = Scene(
    name="festival",
    topic="the summer music festival in {place}",
    places=("Birkdale", "Cranford", "Dunmore", "Fenwick", "Garsdale", "Ivybridge", "Kelham", "Longford"),
    openers=(
        "A review in the morning paper.", "Notes of the organisers.", "From the blog of a fan.", "A bulletin for the crew.",
        "A statement to the press.", "Minutes of the meeting after the festival.", "A page from the programme.", "A message from the police.",
        "An interview with a volunteer.",
    ),
    fillers=(
        "The sun came out on the second day.", "Queues at the bakery stall were long.", "A dog ran across the stage.",
        "Somebody lost a red balloon.", "The lights were kinder than last year.", "Many wore boots, just in case.",
        "The crew slept very little.", "Children painted the fence.", "A rainbow stood over the hill at dusk.",
        "The band next door kept rehearsing.", "Old friends met at the gate.",
    ),
    subjects={
        "audience": Subject(
            queries=(
                "What do the documents say about the audience of the festival?", "Who came to the festival, and how?",
                "Which facts about tickets, tents and travel are reported?", "What is said about the guests and how they got there?",
                "What can be learned about the crowd?",
            ),
            kinds={
                "tickets": Kind(
                    ("Moon Stage", "River Stage", "Forest Stage", "Castle Stage", "Tent Stage", "Barn Stage", "Garden Stage", "Lake Stage",
                     "Main Stage", "Silent Stage", "Attic Stage", "Beach Stage"),
                    (310, 4800),
                    (
                        "The {who:name} sold {number:int} tickets.",
                        "For the {who:name}, {number:int} tickets were sold.",
                        "There were {number:int} paying guests at the {who:name}.",
                        "Ticket sales for the {who:name} reached {number:int}.",
                        "Guests bought {number:int} tickets to the {who:name}.",
                    ),
                ),
                "tents": Kind(
                    ("Upper Meadow", "Lower Meadow", "Goose Field", "Church Field", "Poppy Field", "Long Field", "Horse Field", "South Meadow",
                     "Vicars Field", "Mill Meadow", "Clover Field", "Barley Field"),
                    (42, 960),
                    (
                        "On {who:name}, guests put up {number:int} tents.",
                        "There was room for {number:int} tents on {who:name}.",
                        "{who:name} was covered with {number:int} tents.",
                        "A count on {who:name} came to {number:int} tents.",
                        "Campers on {who:name} slept in {number:int} tents.",
                    ),
                ),
                "trains": Kind(
                    ("Westrail", "Nova Trains", "Crown Railways", "Blue Arrow", "Metroline", "Union Rail", "Swift Rail", "Coast Express",
                     "Northlink", "Valley Rail", "Red Line", "Inter Rail"),
                    (12, 88),
                    (
                        "{who:name} ran {number:int} extra trains.",
                        "Guests could take {number:int} extra trains of {who:name}.",
                        "The number of extra trains by {who:name} was {number:int}.",
                        "With {number:int} extra trains, {who:name} brought people in.",
                        "An order for {number:int} extra trains went to {who:name}.",
                    ),
                ),
                "origin": Kind(
                    ("Norway", "Portugal", "Poland", "Ireland", "Austria", "Greece", "Denmark", "Belgium", "Hungary", "Finland", "Croatia",
                     "Estonia"),
                    (11, 38),
                    (
                        "From {who:name} came {number:int} percent of the audience.",
                        "Guests from {who:name} made up {number:int} percent.",
                        "The share of visitors from {who:name} was {number:int} percent.",
                        "A survey puts the part of {who:name} in the audience at {number:int} percent.",
                        "In the crowd, {number:int} percent had travelled from {who:name}.",
                    ),
                ),
            },
        ),
        "programme": Subject(
            queries=(
                "What do the documents say about the programme?", "What happened on the stages and in the workshops?",
                "Which facts about bands, prizes and workshops are reported?", "What is said about performances and prizes?",
                "What can be learned about the music itself?",
            ),
            kinds={
                "set": Kind(
                    ("Paper Lanterns", "Hollow Rivers", "Velvet Engines", "Silver Tides", "Midnight Orchard", "Broken Compass",
                     "Winter Signals", "Electric Garden", "Salted Voices", "Crimson Island", "Distant Thunder", "Golden Feathers"),
                    (35, 190),
                    (
                        "The band {who:name} played for {number:int} minutes.",
                        "For {number:int} minutes, {who:name} stayed on stage.",
                        "The concert of {who:name} took {number:int} minutes.",
                        "{who:name} gave a show of {number:int} minutes.",
                        "A set of {number:int} minutes was played by {who:name}.",
                    ),
                ),
                "workshop": Kind(
                    ("Ada Lind", "Boris Novak", "Clara Stern", "Dario Rossi", "Elin Marsh", "Felix Pohl", "Greta Hale", "Hugo Quist",
                     "Ines Duval", "Jonas Frost", "Karla Engel", "Leon Abbott"),
                    (12, 140),
                    (
                        "The workshop of {who:name} had {number:int} participants.",
                        "In a workshop, {who:name} taught {number:int} people.",
                        "There were {number:int} people in the workshop led by {who:name}.",
                        "{who:name} gave a workshop to {number:int} people.",
                        "A workshop with {who:name} drew {number:int} learners.",
                    ),
                ),
                "prize": Kind(
                    ("Mira Weller", "Nils Castel", "Olga Young", "Pavel Vance", "Rosa Ibsen", "Simon Gallo", "Tilda Ortega",
                     "Victor Tanaka", "Wanda Brandt", "Yusuf Jarvis", "Zora Ulrich", "Anton Zeller"),
                    (250, 4900),
                    (
                        "{who:name} won a prize of {number:int} euros.",
                        "A prize of {number:int} euros went to {who:name}.",
                        "The jury awarded {number:int} euros to {who:name}.",
                        "For a song of three verses, {who:name} earned {number:int} euros from the jury.",
                        "The cheque of {number:int} euros from the jury was made out to {who:name}.",
                    ),
                ),
                "choir": Kind(
                    ("Harbour Choir", "Miners Choir", "Cathedral Choir", "Students Choir", "Sailors Choir", "Valley Choir", "Postal Choir",
                     "Gospel Choir", "Childrens Choir", "Farmers Choir", "Police Choir", "Chamber Choir"),
                    (18, 160),
                    (
                        "The {who:name} came with {number:int} singers.",
                        "There were {number:int} voices in the {who:name}.",
                        "With {number:int} singers, the {who:name} opened the evening.",
                        "The stage was full when the {number:int} singers of the {who:name} came.",
                        "A crowd of {number:int} singers makes up the {who:name}.",
                    ),
                ),
            },
        ),
        "order": Subject(
            queries=(
                "What do the documents say about safety, noise and cleaning up?", "What went wrong, and what was left behind?",
                "Which facts about complaints, injuries and rubbish are reported?", "What is said about neighbours, medics and waste?",
                "What can be learned about order at the festival?",
            ),
            kinds={
                "calls": Kind(
                    ("Elm Street", "Abbey Road", "King Street", "Harbour Street", "Mill Lane", "Queen Street", "Tanner Street",
                     "Chapel Road", "Vine Street", "Bell Lane", "Garden Road", "School Lane"),
                    (11, 92),
                    (
                        "From {who:name} came {number:int} complaints about noise.",
                        "People in {who:name} complained {number:int} times about noise.",
                        "The police noted {number:int} calls about noise from {who:name}.",
                        "{who:name} was the source of {number:int} complaints about noise.",
                        "A list of {number:int} complaints about noise concerns {who:name}.",
                    ),
                ),
                "medics": Kind(
                    ("Valley Medics", "Saint John Service", "Mountain Rescue", "Civil Guard", "Maltese Service", "Water Rescue",
                     "Fire Service", "Samaritans", "City Clinic", "White Cross", "First Aid Union", "Student Medics"),
                    (21, 340),
                    (
                        "The {who:name} treated {number:int} people.",
                        "At its tent, the {who:name} looked after {number:int} patients.",
                        "There were {number:int} patients for the {who:name}.",
                        "Help from the {who:name} was needed by {number:int} people.",
                        "In its log, the {who:name} has {number:int} patients.",
                    ),
                ),
                "lost": Kind(
                    ("Ticket Office", "Coach House", "North Gate", "Tea Tent", "School Gym", "Parish Hall", "Fire Station", "Town Museum",
                     "Post Office", "Boat House", "Old Dairy", "Information Desk"),
                    (13, 260),
                    (
                        "In the {who:name} lie {number:int} lost objects.",
                        "Lost objects, {number:int} in all, are kept in the {who:name}.",
                        "The {who:name} took in {number:int} lost objects.",
                        "Finders brought {number:int} lost objects to the {who:name}.",
                        "There are {number:int} lost objects waiting in the {who:name}.",
                    ),
                ),
                "rubbish": Kind(
                    ("Clean Sweep", "Ostra Service", "Green Broom", "Pike Brothers", "Lund Company", "Blue Bin", "Fresh Start", "Maple Works",
                     "City Cleaners", "Spotless", "Red Wagon", "Tidy Town"),
                    (11, 86),
                    (
                        "{who:name} took away {number:int} tonnes of rubbish.",
                        "The rubbish that {who:name} removed weighed {number:int} tonnes.",
                        "A load of {number:int} tonnes of rubbish was carted off by {who:name}.",
                        "Cleaning up, {who:name} filled lorries with {number:int} tonnes of rubbish.",
                        "There were {number:int} tonnes of rubbish for {who:name} to clear.",
                    ),
                ),
            },
        ),
    },
)  # fmt: skip
