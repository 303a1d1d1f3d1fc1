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
PROVIDER = "Akademie Filstal (Demo)"
SUBSTITUTE = "Ærøskøbing Ström"

TOPIC = "emob-hv2e"
TEACHING_UNITS = 48
CAPACITY = 10
MINIMUM = 6
PRICE_CENTS = 215_000

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
