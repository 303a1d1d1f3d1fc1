"""The cast and figures of the demo: 26 networks and the walkthrough (domain notes 7). Names are invented."""

from dataclasses import dataclass

M_E = "metal_electro"

# (name, sector focus, districts)
NETWORKS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Demo-Verbund Ostalb", M_E, ("08136",)),
    ("Demo-Verbund Stuttgart", M_E, ("08111",)),
    ("Demo-Verbund Böblingen", M_E, ("08115",)),
    ("Demo-Verbund Esslingen-Göppingen", M_E, ("08116", "08117")),
    ("Demo-Verbund Ludwigsburg", M_E, ("08118",)),
    ("Demo-Verbund Rems-Murr", M_E, ("08119",)),
    ("Demo-Verbund Heilbronn-Franken", M_E, ("08121", "08125")),
    ("Demo-Verbund Heidenheim", M_E, ("08135",)),
    ("Demo-Verbund Rhein-Neckar", M_E, ("08221", "08222", "08226")),
    ("Demo-Verbund Karlsruhe-Rastatt", M_E, ("08212", "08215", "08216")),
    ("Demo-Verbund Pforzheim-Enz", M_E, ("08231", "08236")),
    ("Demo-Verbund Schwarzwald-Baar", M_E, ("08326",)),
    ("Demo-Verbund Ulm/Alb-Donau", M_E, ("08421", "08425")),
    ("Demo-Verbund Bodensee", M_E, ("08435",)),
    ("Demo-Verbund TexNetz Südwest", "textile", ("08415",)),
    ("Demo-Verbund Freiburg-Emmendingen", "cross_industry", ("08311", "08316")),
    ("Demo-Verbund Ortenau", "cross_industry", ("08317",)),
    ("Demo-Verbund Lörrach-Waldshut", "cross_industry", ("08336", "08337")),
    ("Demo-Verbund Konstanz", "cross_industry", ("08335",)),
    ("Demo-Verbund Tuttlingen-Rottweil", "cross_industry", ("08327", "08325")),
    ("Demo-Verbund Tübingen-Reutlingen", "cross_industry", ("08416", "08415")),
    ("Demo-Verbund Zollernalb", "cross_industry", ("08417",)),
    ("Demo-Verbund Biberach", "cross_industry", ("08426",)),
    ("Demo-Verbund Ravensburg-Sigmaringen", "cross_industry", ("08436", "08437")),
    ("Demo-Verbund Calw-Freudenstadt", "cross_industry", ("08235", "08237")),
    ("Demo-Verbund Main-Tauber/Hohenlohe", "cross_industry", ("08128", "08126")),
)
MANAGERS = 12


@dataclass(frozen=True, slots=True)
class Hero:
    """A company of the story: `need` heads it posts (0: none), `pledge` seats, `requests` for a seat."""

    key: str
    name: str
    ags: str
    units: float
    turnover_cents: int
    need: int
    pledge: int
    requests: int


HEROES = (
    Hero("gerber", "Gerber Drehteile GmbH (Demo)", "08136", 42, 700_000_000, 2, 2, 2),
    Hero("kallmann", "Kallmann Sensorik GmbH (Demo)", "08116", 180, 4_000_000_000, 3, 3, 3),
    Hero("ohm", "Schalttechnik Ohm e.K. (Demo)", "08135", 9, 90_000_000, 1, 1, 1),
    Hero("lindach", "Weberei Lindach KG (Demo)", "08415", 65, 1_200_000_000, 2, 2, 2),
    Hero("neckar", "Neckar Antriebe AG (Demo)", "08111", 2400, 90_000_000_000, 0, 4, 4),
)
PEOPLE = (
    "Nina Maier",
    "Björn Öztürk",
    "Zoë O’Connor",
    "Jürgen Groß",
    "Şeyma Yıldız",
    "Anna-Lena de la Cruz",
    "Ramón Ñíguez",
    "Łukasz Wójcik",
    "Ngọc Ánh Trần",
    "Émile d’Aubigné",
    "Kateřina Dvořáková",
    "李 明",
)
# The employee who can sign in: Björn has a confirmed seat at the end. (company, number)
PARTICIPANT = ("gerber", 1)
PARTICIPANT_NAME = PEOPLE[1]
SUBSTITUTE = "Ærøskøbing Ström"


@dataclass(frozen=True, slots=True)
class Bidder:
    """A provider that is asked for an offer: its net price a seat, and how its offer is judged (0 to 100 points)."""

    key: str
    name: str
    ags: str
    per_seat_cents: int
    azav: bool
    points: dict[str, int]


BIDDERS = (
    Bidder(
        "academy",
        "Akademie Filstal (Demo)",
        "08117",
        215_000,
        True,
        {"didactics": 90, "dates": 80, "venue": 80},
    ),
    Bidder(
        "alb",
        "Technikschule Alb (Demo)",
        "08415",
        205_000,
        False,
        {"didactics": 60, "dates": 80, "venue": 80},
    ),
    Bidder(
        "rems",
        "Bildungshaus Remstal (Demo)",
        "08119",
        240_000,
        True,
        {"didactics": 60, "dates": 80, "venue": 80},
    ),
)
PROVIDER = BIDDERS[0].name
# Weights in percent; price and approval are computed, the rest is judged by people.
CRITERIA = (
    {"key": "price", "kind": "price", "weight": 40},
    {"key": "didactics", "kind": "didactics", "weight": 25},
    {"key": "dates", "kind": "dates", "weight": 15},
    {"key": "venue", "kind": "venue", "weight": 10},
    {"key": "azav", "kind": "azav", "weight": 10},
)
AWARD_REASON = "Höchste Punktzahl: überzeugende Didaktik, AZAV-Zulassung."

TOPIC = "emob-hv2e"
TEACHING_UNITS = 48
CAPACITY = 10
MINIMUM = 6
PRICE_CENTS = 215_000

# What the steps from the needs to the course have to come to, with the service that answers.
EXPECTED_STEPS = {
    "courses: Bedarfe im Bündel": 4,
    "courses: zugesagte Plätze": 12,
    "courses: angefragte Anbieter": 3,
    "courses: geöffnete Angebote": 3,
    "courses: vor der Frist geöffnet": 0,
    "courses: Zuschlag an": PROVIDER,
    "courses: Punkte des Zuschlags": 90.5,
    "courses: Vermerk nennt den Zuschlag, PDF liegt vor": True,
    "courses: Durchführungen im Plan": 1,
    "courses: verplante Köpfe": 10,
    "courses: Köpfe ohne Platz": 2,
    "courses: Plan ist bewiesen optimal": True,
    "courses: Preis je Platz in Cent": PRICE_CENTS,
    "courses: im Katalog": 1,
}

# What the report has to say at the end of the story.
EXPECTED = {
    "needs_posted": 4,
    "needs_headcount": 8,
    "needs_pooled": 4,
    "pools_opened": 1,
    "sessions_scheduled": 1,
    "seats_offered": 10,
    "seats_confirmed": 10,
    "seats_waitlisted": 1,
    "fill_rate_percent": 100.0,
    "bookings_cancelled": 1,
    "substitutions": 1,
    "companies_members": 5,
    "companies_reached": 5,
    "smes_reached": 4,
    "person_units": 480,
}
