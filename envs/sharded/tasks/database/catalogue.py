"""The nine domains. All databases, names and values are invented."""

from __future__ import annotations

from turnbench.envs.sharded.tasks.database import names
from turnbench.envs.sharded.tasks.database.domains import (
    AMOUNT,
    CATEGORY,
    DATE,
    LABEL,
    LEVEL,
    Column,
    Domain,
    Ref,
    Table,
)

_MANY = (40, 60)


def _person(name: str = "name") -> Column:
    return Column(name, LABEL, ("name", "full name"), (names.FIRST, names.LAST))


def _label(name: str, nouns: str, *words: tuple[str, ...]) -> Column:
    return Column(name, LABEL, tuple(nouns.split(", ")), words)


def _category(name: str, nouns: str, values: str | tuple[str, ...]) -> Column:
    pool = tuple(values.split(", ")) if isinstance(values, str) else values
    return Column(name, CATEGORY, tuple(nouns.split(", ")), (pool,))


def _number(kind: str, name: str, nouns: str, low: int, high: int, step: float = 1) -> Column:
    return Column(name, kind, tuple(nouns.split(", ")), (), low, high, step)


def _day(name: str, nouns: str, first: int, last: int, optional: bool = False) -> Column:
    return Column(name, DATE, tuple(nouns.split(", ")), (), first, last, 1, optional)


LIBRARY = Domain("library", (
    Table("authors", "authors", "author_id", (
        _person(),
        _category("country", "home country, country of origin", names.COUNTRY),
        _number(LEVEL, "birth_year", "year of birth, birth year", 1900, 1995),
    )),
    Table("books", "books", "book_id", (
        _label("title", "title, name", names.TITLE_A, names.TITLE_B),
        Ref("author_id", "authors", "author", "books"),
        _category("genre", "genre, kind of story", "Crime, Fantasy, History, Poetry, Romance, Travel"),
        _number(AMOUNT, "pages", "number of pages, page count", 60, 700),
        _number(LEVEL, "published", "year of publication, publication year", 1950, 2023),
    ), (25, 40)),
    Table("members", "members", "member_id", (
        _person(),
        _category("town", "home town, town of residence", names.TOWN[:6]),
        _day("joined_on", "joining date, date of joining", 2012, 2022),
    )),
    Table("loans", "loans", "loan_id", (
        Ref("book_id", "books", "book", "loans"),
        Ref("member_id", "members", "borrower", "loans"),
        _day("lent_on", "lending date, day of lending", 2019, 2021),
        _day("returned_on", "return date, day of return", 2022, 2023, optional=True),
        _number(AMOUNT, "fine", "fine, late fee", 0, 60, 0.25),
    ), _MANY),
))  # fmt: skip

CLINIC = Domain("clinic", (
    Table("Doctor", "doctors", "DoctorID", (
        _person("FullName"),
        _category("Specialty", "specialty, medical field", "Cardiology, Dermatology, Neurology, Paediatrics, Surgery"),
        _number(LEVEL, "HiredYear", "year of hiring, hiring year", 1985, 2022),
    )),
    Table("Patient", "patients", "PatientID", (
        _person("FullName"),
        _day("BornOn", "date of birth, birthday", 1935, 2015),
        _category("Insurer", "insurer, insurance company", "Aegis, Benevia, Carefund, Domus, Equita"),
        _category("City", "city, place of residence", names.TOWN[2:8]),
    )),
    Table("Visit", "visits", "VisitID", (
        Ref("PatientID", "Patient", "patient", "visits"),
        Ref("DoctorID", "Doctor", "doctor", "visits"),
        _day("VisitedOn", "date, day of the visit", 2021, 2023),
        _number(AMOUNT, "Minutes", "duration in minutes, number of minutes", 5, 90),
        _number(AMOUNT, "Charge", "charge, amount billed", 40, 900, 0.5),
        _category("Reason", "reason, cause", "Accident, Checkup, Infection, Pain, Vaccination"),
    ), _MANY),
))  # fmt: skip

SHOP = Domain("shop", (
    Table("customers", "customers", "id", (
        _person("customer_name"),
        _category("city", "city, place of residence", names.TOWN[:5]),
        _day("registered", "registration date, date of registration", 2016, 2022),
        _category("tier", "loyalty tier, loyalty level", "Bronze, Silver, Gold, Platinum"),
    )),
    Table("products", "products", "id", (
        _label("product_name", "name, trade name", names.PRODUCT_A, names.PRODUCT_B),
        _category("category", "category, department", "Garden, Kitchen, Office, Outdoor, Storage"),
        _number(AMOUNT, "price", "price, list price", 10, 600, 0.5),
        _number(AMOUNT, "stock", "stock, number in stock", 0, 250),
    )),
    Table("orders", "orders", "id", (
        Ref("customer_id", "customers", "customer", "orders"),
        Ref("product_id", "products", "product", "orders"),
        _day("ordered_on", "order date, day of ordering", 2019, 2021),
        _day("delivered_on", "delivery date, day of delivery", 2022, 2023, optional=True),
        _number(AMOUNT, "quantity", "quantity, number of pieces", 1, 40),
        _category("channel", "sales channel, channel", "Counter, Partner, Phone, Website"),
    ), _MANY),
))  # fmt: skip

LEAGUE = Domain("league", (
    Table("team", "teams", "team_id", (
        _label("team_name", "name, club name", names.TOWN, names.TEAM_B),
        _category("division", "division, league division", "North, South, East, West"),
        _number(LEVEL, "founded", "founding year, year of foundation", 1890, 2010),
        _number(LEVEL, "stadium_seats", "stadium capacity, number of seats", 8, 300, 250),
    )),
    Table("player", "players", "player_id", (
        _person("player_name"),
        Ref("team_id", "team", "team", "players"),
        _category("position", "position, playing position", "Defender, Forward, Goalkeeper, Midfielder"),
        _number(LEVEL, "age", "age, age in years", 17, 39),
        _number(AMOUNT, "goals", "number of goals, goals scored", 0, 45),
        _category("nationality", "nationality, country", names.COUNTRY[:6]),
    ), _MANY),
    Table("game", "games", "game_id", (
        Ref("home_id", "team", "home team", "home games"),
        Ref("away_id", "team", "away team", "away games"),
        _day("played_on", "date, day of the game", 2022, 2023),
        _number(AMOUNT, "spectators", "number of spectators, attendance", 400, 30000),
        _number(AMOUNT, "cards", "number of cards, cards shown", 0, 12),
    ), _MANY),
))  # fmt: skip

SCHOOL = Domain("school", (
    Table("Teachers", "teachers", "Teacher_ID", (
        _person("Name"),
        _category("Faculty", "faculty, branch of teaching", "Arts, Languages, Science, Sports"),
        _number(LEVEL, "Hired", "hiring year, year of hiring", 1990, 2022),
    )),
    Table("Courses", "courses", "Course_ID", (
        _label("Title", "title, name", names.COURSE_A, names.COURSE_B),
        Ref("Teacher_ID", "Teachers", "teacher", "courses"),
        _category("Level", "level, level of difficulty", "Beginner, Intermediate, Expert"),
        _number(AMOUNT, "Hours", "number of hours, length in hours", 10, 120),
        _category("Building", "building, school building", "Annex, Main House, Pavilion, Tower"),
    ), (25, 40)),
    Table("Students", "students", "Student_ID", (
        _person("Name"),
        _category("Hometown", "home town, town of origin", names.TOWN[4:]),
        _day("Born", "date of birth, birthday", 2000, 2008),
    )),
    Table("Enrolments", "enrolments", "Enrolment_ID", (
        Ref("Student_ID", "Students", "student", "enrolments"),
        Ref("Course_ID", "Courses", "course", "enrolments"),
        _day("Enrolled", "enrolment date, date of enrolment", 2021, 2023),
        _number(LEVEL, "Score", "score, final score", 20, 100),
    ), _MANY),
))  # fmt: skip

DEPOT = Domain("depot", (
    Table("drivers", "drivers", "driver_no", (
        _person("driver_name"),
        _category("licence", "licence class, type of licence", "B, C, D, E"),
        _day("hired_on", "hiring date, day of hiring", 2005, 2022),
    )),
    Table("vehicles", "vehicles", "vehicle_no", (
        _label("nickname", "nickname, pet name", names.TITLE_A, names.VEHICLE_B),
        _category("body", "body type, type of body", "Bus, Flatbed, Tanker, Tram, Van"),
        _number(LEVEL, "built", "year of construction, construction year", 1995, 2023),
        _number(AMOUNT, "mileage", "mileage, distance on the clock", 5, 900, 250),
    )),
    Table("trips", "trips", "trip_no", (
        Ref("vehicle_no", "vehicles", "vehicle", "trips"),
        Ref("driver_no", "drivers", "driver", "trips"),
        _category("destination", "destination, place of arrival", names.TOWN[:7]),
        _day("left_on", "departure date, day of departure", 2021, 2023),
        _number(AMOUNT, "distance", "distance, distance in kilometres", 8, 640),
        _number(AMOUNT, "fuel", "fuel used, fuel consumption", 6, 360, 0.5),
    ), _MANY),
))  # fmt: skip

MUSEUM = Domain("museum", (
    Table("rooms", "rooms", "room_id", (
        _label("room_name", "name, official name", names.TITLE_A, names.ROOM_B),
        _category("wing", "wing, part of the building", "North, South, East, West"),
        _number(AMOUNT, "area", "floor area, size", 20, 400),
    )),
    Table("exhibits", "exhibits", "exhibit_id", (
        _label("title", "title, name", names.TITLE_A, names.TITLE_B),
        Ref("room_id", "rooms", "room", "exhibits"),
        _category("material", "material, main material", "Bronze, Canvas, Glass, Marble, Paper, Wood"),
        _day("acquired_on", "acquisition date, date of acquisition", 1980, 2020),
        _number(AMOUNT, "value", "insured value, insurance value", 2, 600, 250),
    ), _MANY),
))  # fmt: skip

FARM = Domain("farm", (
    Table("fields", "fields", "field_id", (
        _label("field_name", "name, local name", names.TITLE_A, names.FIELD_B),
        _category("soil", "soil, kind of soil", "Chalk, Clay, Loam, Peat, Sand"),
        _number(AMOUNT, "hectares", "size in hectares, area", 2, 80, 0.5),
    )),
    Table("harvests", "harvests", "harvest_id", (
        Ref("field_id", "fields", "field", "harvests"),
        _category("crop", "crop, crop grown", "Barley, Beans, Maize, Oats, Rye, Wheat"),
        _day("harvested_on", "harvest date, day of the harvest", 2018, 2023),
        _number(AMOUNT, "tonnes", "yield in tonnes, number of tonnes", 4, 320, 0.25),
    ), _MANY),
))  # fmt: skip

CINEMA = Domain("cinema", (
    Table("film", "films", "film_id", (
        _label("title", "title, name", names.TITLE_A, names.TITLE_B),
        _category("genre", "genre, type of story", "Animation, Comedy, Documentary, Drama, Thriller"),
        _number(AMOUNT, "minutes", "running time, length in minutes", 70, 190),
    )),
    Table("screening", "screenings", "screening_id", (
        Ref("film_id", "film", "film", "screenings"),
        _category("hall", "hall, cinema hall", "Astor, Capitol, Lux, Rex"),
        _day("shown_on", "date, day of the screening", 2022, 2023),
        _number(AMOUNT, "tickets", "number of tickets, tickets sold", 3, 240),
    ), _MANY),
))  # fmt: skip

DOMAINS = (LIBRARY, CLINIC, SHOP, LEAGUE, SCHOOL, DEPOT, MUSEUM, FARM, CINEMA)
SMALL = (MUSEUM, FARM, CINEMA)
"""Two tables each: what the difficulty `small` draws from."""


def domain_of(schema: str) -> Domain | None:
    """The domain whose schema or outline stands in a text; None for a database of somebody else's."""
    return next((d for d in DOMAINS if d.schema in schema or d.outline in schema), None)
