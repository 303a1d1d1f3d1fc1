"""Where municipalities and districts of Baden-Württemberg lie, and how far apart. Pure but for reading the tables.

Points are area centroids, right to a few km: good for "within 30 km", not for addresses (shared/data/README.md).
"""

import csv
from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

_FOLDER = Path(__file__).parent / "data"
EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the earth in degrees, WGS84."""

    lat: float
    lon: float


def point_of(ags: str | None) -> Point | None:
    """Return the point of a district (AGS, 5 digits) or municipality (8 digits); None if it is not known."""
    return None if ags is None else _points().get(ags)


def great_circle_km(one: Point, other: Point) -> float:
    """Return the distance as the crow flies (haversine formula)."""
    lat1, lat2 = radians(one.lat), radians(other.lat)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(radians(other.lon - one.lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))


@cache
def _points() -> dict[str, Point]:
    found = {}
    for file, column in (("places_bw.csv", "ags_municipality"), ("districts_bw.csv", "ags")):
        with (_FOLDER / file).open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                found[row[column]] = Point(float(row["lat"]), float(row["lon"]))
    return found
