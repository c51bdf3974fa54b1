"""Words from which rows are made: names of people and places, titles, and the values of categories."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST = _words(
    "Alma Anton Bela Bruno Carla Cem Dana Dario Edith Emil Farid Flora Gerda Hugo Ilse Ivan Jana Jonas Kaja Karim Lena "
    "Lorenz Mira Milo Nadia Nils Olga Oskar Petra Quentin Rosa Rafael Selma Samir Thea Tomas Uma Viktor Wanda Yusuf"
)
LAST = _words(
    "Abel Arndt Becker Boros Castro Conti Dahl Dorn Ebner Eriksen Falk Fiore Garcia Grant Haas Hobbs Ivanov Jansen "
    "Keller Kovacs Lang Lindt Marek Moreau Nagy Novak Olsen Ott Peeters Popov Quist Rossi Ruiz Santos Stark Toth Urban "
    "Vidal Weber Zeman"
)
TOWN = _words("Ashby Brunfeld Corve Dunmore Elster Farrow Grenna Hallin Ivyton Jorvik")
COUNTRY = _words("Austria Brazil Canada Denmark Egypt France Ghana Hungary")
TITLE_A = _words(
    "Amber Broken Crimson Distant Endless Forgotten Golden Hidden Iron Jade Kindred Lonely Marble Northern Open Painted "
    "Quiet Restless Silent Twisted Velvet Winter"
)
TITLE_B = _words(
    "Anchor Bridge Canyon Door Empire Forest Garden Harbour Island Journey Kingdom Lantern Mirror Night Orchard Palace "
    "River Shadow Tower Valley Window"
)
TEAM_B = _words("Arrows Bears Comets Dolphins Eagles Foxes Giants Hawks Lions Owls Rangers Sharks Tigers Wolves")
PRODUCT_A = _words("Basic Classic Compact Deluxe Eco Foldable Heavy Mini Oak Portable Quick Steel Travel Ultra")
PRODUCT_B = _words(
    "Basket Blender Chair Desk Fan Grill Heater Kettle Ladder Lamp Mixer Oven Pan Rack Scale Shelf Stool Toaster"
)
FIELD_B = _words("Acre Bottom Corner Croft Hill Lea Meadow Moor Patch Ridge Slope Strip")
VEHICLE_B = _words("Badger Bison Camel Condor Heron Ibex Jackal Lynx Mule Otter Puma Stallion Viper Walrus")
COURSE_A = _words("Advanced Applied Creative Everyday General Modern Practical Technical")
COURSE_B = _words("Algebra Biology Ceramics Chemistry Drawing French Geography History Logic Music Physics Writing")
ROOM_B = _words("Attic Cabinet Chamber Gallery Hall Parlour Rotunda Salon Vault Wing")
