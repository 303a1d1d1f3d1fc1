"""The catalogue for search engines: schema.org `Course` with its `CourseInstance`s, as JSON-LD. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from services.courses.catalogue.offerings import Offering
from services.courses.catalogue.settings import Office
from shared.events.course_values import CourseFormat

CONTEXT = "https://schema.org"
_MODES = {
    CourseFormat.ON_SITE: "onsite",
    CourseFormat.ONLINE: "online",
    CourseFormat.BLENDED: "blended",
    CourseFormat.ANY: "blended",
}
_UNIT_MINUTES = 45  # domain notes 1 step 5


def courses(offerings: Sequence[Offering], office: Office, url: str, language: str) -> dict[str, Any]:
    """Return one document with a course for every course of the offerings."""
    by_course: defaultdict[str, list[Offering]] = defaultdict(list)
    for offering in offerings:
        by_course[offering.course_id].append(offering)
    return {
        "@context": CONTEXT,
        "@graph": [_course(found, office, url, language) for found in by_course.values()],
    }


def _course(offerings: Sequence[Offering], office: Office, url: str, language: str) -> dict[str, Any]:
    first = offerings[0]
    course: dict[str, Any] = {
        "@type": "Course",
        "@id": f"urn:uuid:{first.course_id}",
        "name": first.title(language),
        "description": f"{first.title(language)}: {first.teaching_units} × {_UNIT_MINUTES} min",
        "courseCode": first.topic_code,
        "inLanguage": "de",
        "timeRequired": f"PT{first.teaching_units * _UNIT_MINUTES}M",
        "provider": {"@type": "Organization", "name": office.name, "sameAs": office.homepage or url},
        "hasCourseInstance": [_instance(each, url) for each in offerings],
    }
    if first.esco_uri:
        course["teaches"] = {"@type": "DefinedTerm", "@id": first.esco_uri, "inDefinedTermSet": "ESCO"}
    return course


def _instance(offering: Offering, url: str) -> dict[str, Any]:
    zone = ZoneInfo(offering.time_zone)
    instance: dict[str, Any] = {
        "@type": "CourseInstance",
        "@id": f"urn:uuid:{offering.session_id}",
        "courseMode": _MODES[offering.format],
        "courseWorkload": f"PT{offering.teaching_units * _UNIT_MINUTES}M",
        "startDate": offering.days[0].starts_at.astimezone(zone).isoformat(),
        "endDate": offering.days[-1].ends_at.astimezone(zone).isoformat(),
        "maximumAttendeeCapacity": offering.capacity,
        "remainingAttendeeCapacity": offering.free_seats,
        "location": _location(offering, url),
    }
    if offering.price_cents is not None:
        instance["offers"] = {
            "@type": "Offer",
            "category": "Paid" if offering.price_cents else "Free",
            "price": f"{offering.price_cents / 100:.2f}",
            "priceCurrency": "EUR",
            "availability": f"{CONTEXT}/{'InStock' if offering.free_seats else 'SoldOut'}",
            "url": f"{url}#{offering.session_id}",
        }
    return instance


def _location(offering: Offering, url: str) -> dict[str, Any]:
    if offering.format is CourseFormat.ONLINE or offering.venue_name is None:
        return {"@type": "VirtualLocation", "url": url}
    address = {
        "@type": "PostalAddress",
        "addressLocality": offering.venue_name,
        "addressRegion": "DE-BW",
        "addressCountry": "DE",
    }
    return {"@type": "Place", "name": offering.venue_name, "address": address}
