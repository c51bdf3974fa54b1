"""A battery factory in its first year."""

from __future__ import annotations

from turnbench.envs.sharded.tasks.summary.scenes.scene import Kind, Scene, Subject

FACTORY = Scene(
    name="factory",
    topic="the new battery factory in {place}",
    places=("Milbourne", "Northam", "Orrell", "Pickering", "Ravensby", "Selwick", "Thornby", "Upwell"),
    openers=(
        "An article in the business pages.", "From a letter to shareholders.", "Notes of a visit to the plant.", "A leaflet of the union.",
        "A report by an inspector.", "Minutes of the works council.", "A news item from the region.", "An interview with the plant manager.",
        "A paper from the chamber of commerce.",
    ),
    fillers=(
        "The gate opens before sunrise.", "Visitors have to wear a helmet.", "The canteen smells of fresh paint.",
        "Everyone speaks about the summer party.", "A banner hangs above the entrance.", "The machines hum day and night.",
        "Questions about the name were not answered.", "Plans of the site are on display.", "The car park is still a field.",
        "Journalists were shown around in small groups.", "Birds have nested on the roof.",
    ),
    subjects={
        "jobs": Subject(
            queries=(
                "What do the documents say about jobs and working conditions?", "How does the factory treat and find its workers?",
                "Which facts about hiring, training and pay are reported?", "What is said about workers, trainees and wages?",
                "What can be learned about the people who work there?",
            ),
            kinds={
                "hires": Kind(
                    ("Hall North", "Hall South", "Hall East", "Hall West", "Mixing Room", "Dry Room", "Test Centre", "Warehouse Alpha",
                     "Packing House", "Control Tower", "Coating Line", "Repair Shop"),
                    (21, 480),
                    (
                        "The {who:name} will employ {number:int} people.",
                        "There are {number:int} new jobs in the {who:name}.",
                        "For the {who:name}, {number:int} people were hired.",
                        "In the {who:name}, work is waiting for {number:int} people.",
                        "Contracts for {number:int} jobs in the {who:name} are signed.",
                    ),
                ),
                "training": Kind(
                    ("Technical College", "Weaver Academy", "Institute Of Energy", "Harbour School", "Polytechnic", "Crafts School",
                     "Evening College", "Saint Mary School", "Trade Academy", "Lund Institute", "Adult College", "Girls School"),
                    (14, 170),
                    (
                        "The {who:name} trains {number:int} apprentices for the plant.",
                        "As apprentices, {number:int} people attend the {who:name}.",
                        "There are {number:int} apprentices learning at the {who:name}.",
                        "Places for {number:int} apprentices were set up at the {who:name}.",
                        "The plant sends {number:int} apprentices to the {who:name}.",
                    ),
                ),
                "wages": Kind(
                    ("Metal Union", "Energy Union", "Free Workers", "Chemical Union", "United Labour", "Drivers Union", "Clerks Union",
                     "Engineers League", "Young Workers", "Craft Union", "Cleaners Union", "Guards Union"),
                    (11, 29),
                    (
                        "The {who:name} asks for {number:int} percent more pay.",
                        "A pay rise of {number:int} percent is what the {who:name} wants.",
                        "In the talks, the {who:name} demands {number:int} percent more.",
                        "More pay, {number:int} percent in all, is the aim of the {who:name}.",
                        "With {number:int} percent, the {who:name} has named its demand for pay.",
                    ),
                ),
                "buses": Kind(
                    ("Kelham", "Longford", "Holmfirth", "Quorn", "Ryburn", "Wexcombe", "Yarrow", "Ashcroft", "Dunmore", "Fenwick",
                     "Garsdale", "Ivybridge"),
                    (11, 64),
                    (
                        "Workers from {who:name} come on {number:int} buses a day.",
                        "Every day {number:int} buses bring workers from {who:name}.",
                        "Between {who:name} and the plant, {number:int} buses run a day.",
                        "For people in {who:name}, there are {number:int} buses to work a day.",
                        "The plant pays for {number:int} buses a day from {who:name}.",
                    ),
                ),
            },
        ),
        "nature": Subject(
            queries=(
                "What do the documents say about the environment?", "How does the factory affect nature?",
                "Which facts about water, power and soil are reported?", "What is said about rivers, solar power and forests?",
                "What can be learned about the effects on land and water?",
            ),
            kinds={
                "water": Kind(
                    ("River Alm", "River Brent", "River Corve", "River Dane", "River Eske", "River Fal", "River Glen", "River Holl",
                     "River Inn", "River Kell", "River Lune", "River Mole"),
                    (110, 4800),
                    (
                        "The plant takes {number:int} litres a minute from the {who:name}.",
                        "From the {who:name}, {number:int} litres are pumped every minute.",
                        "The {who:name} supplies {number:int} litres of water a minute.",
                        "Every minute {number:int} litres flow from the {who:name} into the plant.",
                        "A permit allows {number:int} litres a minute from the {who:name}.",
                    ),
                ),
                "solar": Kind(
                    ("North Roof", "South Roof", "East Roof", "West Roof", "Canteen Roof", "Garage Roof", "Noise Wall", "Visitor Centre",
                     "Car Park", "Old Landfill", "Rail Shed", "Gate House"),
                    (120, 4700),
                    (
                        "On the {who:name}, {number:int} solar panels make power.",
                        "The {who:name} carries {number:int} solar panels.",
                        "There are {number:int} solar panels on the {who:name}.",
                        "Power comes from {number:int} solar panels on the {who:name}.",
                        "Fitters put {number:int} solar panels on the {who:name}.",
                    ),
                ),
                "forest": Kind(
                    ("Kings Forest", "Bear Forest", "Old Forest", "State Forest", "Monks Forest", "Green Forest", "Border Forest",
                     "Pine Forest", "Hunters Forest", "Wild Forest", "Common Forest", "Stone Forest"),
                    (12, 98),
                    (
                        "In the {who:name}, {number:int} hectares are planted anew.",
                        "As a compensation, {number:int} hectares of the {who:name} are replanted.",
                        "The {who:name} gets {number:int} hectares of young trees.",
                        "Young trees will cover {number:int} hectares of the {who:name}.",
                        "The company pays for {number:int} hectares of new trees in the {who:name}.",
                    ),
                ),
                "soil": Kind(
                    ("Labor Weiss", "Terra Lab", "Blue Lab", "Omega Lab", "Clarity Lab", "Institute Roth", "Geo Lab", "Pure Lab",
                     "Agency Sol", "Delta Lab", "Soil Watch", "Basin Lab"),
                    (11, 89),
                    (
                        "{who:name} took {number:int} samples of soil.",
                        "The soil was tested by {who:name} in {number:int} places.",
                        "From {number:int} places, {who:name} collected soil.",
                        "A study by {who:name} rests on {number:int} samples of soil.",
                        "Soil from {number:int} places went to {who:name}.",
                    ),
                ),
            },
        ),
        "trade": Subject(
            queries=(
                "What do the documents say about orders and investors?", "How is business at the factory?",
                "Which facts about customers, prices and money are reported?", "What is said about orders, rivals and recalls?",
                "What can be learned about the market for its batteries?",
            ),
            kinds={
                "orders": Kind(
                    ("Volta Cars", "Nordbus", "Pedal Works", "Sky Drones", "Ferry Lines", "Atlas Trucks", "Comet Bikes", "Terra Tractors",
                     "Omni Vans", "Polar Ships", "Rapid Scooters", "Zenith Motors"),
                    (210, 4900),
                    (
                        "{who:name} ordered {number:int} batteries.",
                        "An order for {number:int} batteries came from {who:name}.",
                        "The plant is to deliver {number:int} batteries to {who:name}.",
                        "With {number:int} batteries, {who:name} is among the customers.",
                        "A contract with {who:name} covers {number:int} batteries.",
                    ),
                ),
                "rivals": Kind(
                    ("Amperia", "Kathode", "Lithos", "Novacell", "Powerline", "Quantum Cell", "Energon", "Batterix", "Ionica", "Galvano",
                     "Chargewell", "Solid State"),
                    (11, 47),
                    (
                        "The rival {who:name} is {number:int} percent cheaper.",
                        "At {who:name}, a battery costs {number:int} percent less.",
                        "Prices of the rival {who:name} are {number:int} percent lower.",
                        "A battery from the rival {who:name} saves buyers {number:int} percent.",
                        "{who:name} undercuts the plant by {number:int} percent.",
                    ),
                ),
                "stake": Kind(
                    ("Pension Fund North", "Orion Capital", "Family Kramer", "City Treasury", "Falcon Invest", "Baltic Holding",
                     "Teachers Fund", "Cedar Partners", "Granite Capital", "Harbour Invest", "Lotus Capital", "Sigma Fund"),
                    (12, 95),
                    (
                        "{who:name} invests {number:int} million euros.",
                        "An investment of {number:int} million euros was made by {who:name}.",
                        "The plant received {number:int} million euros in capital from {who:name}.",
                        "With {number:int} million euros, {who:name} becomes a shareholder.",
                        "Shares for {number:int} million euros went to {who:name}.",
                    ),
                ),
                "recall": Kind(
                    ("Model Ace", "Model Bolt", "Model Core", "Model Dash", "Model Edge", "Model Flux", "Model Grid", "Model Halo",
                     "Model Jet", "Model Kite", "Model Luna", "Model Neo"),
                    (31, 960),
                    (
                        "Of {who:name}, {number:int} units were called back.",
                        "A recall concerns {number:int} units of {who:name}.",
                        "The company takes back {number:int} units of {who:name}.",
                        "Because of a fault, {number:int} units of {who:name} return to the plant.",
                        "{who:name} had to be recalled, {number:int} units in all.",
                    ),
                ),
            },
        ),
    },
)  # fmt: skip
