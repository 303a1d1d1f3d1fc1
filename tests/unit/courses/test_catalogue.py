"""The catalogue: who finds what, and the documents for feeds, calendars, search engines and KURSNET."""

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from services.courses.catalogue import feeds, jsonld, openqcat, settings
from services.courses.catalogue.feeds import Feed
from services.courses.catalogue.offerings import Offering, Wanted, found
from services.courses.catalogue.settings import CatalogueSettings, Office
from services.courses.sessions.domain import Session, SessionState
from shared.errors import Invalid
from shared.events.course_values import CourseFormat, SessionDay
from tests.unit.courses.examples import EARLY, NETWORK, START, booked, session

OFFICE = Office(
    name="Demo-Verbund Ostalb & Partner <GmbH>",
    street="Am Markt 1",
    postcode="73430",
    city="Aalen",
    email="kontakt@verbund.example",
    phone="+49.7361.1",
    homepage="https://verbund.example/kurse",
)
FEED = Feed(title=OFFICE.name, url=OFFICE.homepage, self_url="https://verbund.example/feed", updated=EARLY)
CHOSEN = CatalogueSettings(network_id=NETWORK, office=OFFICE, kursnet_supplier_id="245884")


def other(name: str, **more: object) -> Session:
    return session(3).model_copy(update={"id": f"00000000-0000-0000-0000-00000000000{name}", **more})


def offerings(*sessions: Session, **wanted: object) -> list[Offering]:
    return found(sessions or (session(3, venue_ags="08136"),), Wanted.model_validate(wanted), EARLY)


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ({}, True),
        ({"topic_code": "emob-hv1"}, True),
        ({"topic_code": "emob"}, True),
        ({"topic_code": "auto"}, False),
        ({"ags": ["08136", "08111"]}, True),
        ({"ags": ["08111"]}, False),
        ({"first_day": date(2027, 5, 3)}, True),
        ({"first_day": date(2027, 5, 4)}, False),
        ({"last_day": date(2027, 5, 2)}, False),
        ({"format": "on_site"}, True),
        ({"format": "any"}, True),
        ({"format": "online"}, False),
        ({"free_seats": 3}, True),
        ({"free_seats": 4}, False),
        ({"text": "hochvolt OSTALBKREIS"}, True),
        ({"text": "Hochvolt Stuttgart"}, False),
        ({"text": "electromobility"}, True),
    ],
)
def test_offering_is_found_when_everything_fits(wanted: dict[str, object], fits: bool) -> None:
    assert bool(offerings(**wanted)) is fits


def test_only_what_can_be_booked_and_has_not_begun_is_shown() -> None:
    shown = offerings(
        other("1", state=SessionState.DRAFT),
        other("2", state=SessionState.CANCELLED),
        other("3", state=SessionState.CONFIRMED),
        booked(session(3), "a", "b"),
    )
    assert [(each.confirmed, each.free_seats) for each in shown] == [(True, 3), (False, 1)]
    assert found([session()], Wanted(), START) == []
    assert found([session()], Wanted(), EARLY, show_price=False)[0].price_cents is None


def test_format_is_blended_when_some_days_are_online() -> None:
    days = tuple(
        SessionDay(
            starts_at=START + timedelta(days=n), ends_at=START + timedelta(days=n, hours=7), online=n > 0
        )
        for n in range(2)
    )
    assert offerings(session(days=days))[0].format is CourseFormat.BLENDED
    assert offerings(session(days=days[1:]))[0].format is CourseFormat.ONLINE


def test_feeds_are_well_formed_when_a_name_has_markup_in_it() -> None:
    shown = offerings()
    channel = ET.fromstring(feeds.rss(FEED, shown)).find("channel")
    assert channel is not None
    assert channel.findtext("title") == OFFICE.name
    assert channel.findtext("item/guid") == f"urn:uuid:{shown[0].session_id}"
    root = ET.fromstring(feeds.atom(FEED, shown))
    atom = f"{{{feeds.ATOM}}}"
    assert root.findtext(f"{atom}entry/{atom}id") == f"urn:uuid:{shown[0].session_id}"
    assert root.findtext(f"{atom}updated") == "2027-01-04T09:00:00+00:00"


def test_calendar_holds_every_day_in_local_time() -> None:
    days = tuple(
        SessionDay(starts_at=START + timedelta(days=n), ends_at=START + timedelta(days=n, hours=7))
        for n in range(2)
    )
    calendar = Calendar.from_ical(feeds.ics(FEED, offerings(session(days=days, venue_ags="08136"))))
    events = calendar.walk("VEVENT")
    assert len(events) == 2
    assert events[0].decoded("dtstart") == START
    assert events[0]["dtstart"].params["TZID"] == "Europe/Berlin"
    assert calendar.walk("VTIMEZONE")
    assert len({str(event["uid"]) for event in events}) == 2


def test_jsonld_names_course_and_instances() -> None:
    sessions = (session(3, venue_ags="08136"), other("1", venue_ags=None))
    document = jsonld.courses(offerings(*sessions), OFFICE, "https://x.example", "de")
    (course,) = document["@graph"]
    assert (document["@context"], course["@type"], course["timeRequired"]) == (
        "https://schema.org",
        "Course",
        "PT180M",
    )
    kinds = {each["location"]["@type"] for each in course["hasCourseInstance"]}
    assert kinds == {"Place", "VirtualLocation"}
    first = course["hasCourseInstance"][0]
    assert (first["offers"]["price"], first["remainingAttendeeCapacity"]) == ("690.00", 3)
    hidden = found(sessions, Wanted(), EARLY, show_price=False)
    assert "offers" not in str(jsonld.courses(hidden, OFFICE, "https://x.example", "de"))


def test_kursnet_gets_the_course_first_and_its_sessions_after_it() -> None:
    text = openqcat.document(CHOSEN, offerings(session(3, venue_ags="08136"), other("1")), EARLY)
    root = ET.fromstring(text)
    assert (root.tag, root.get("version")) == ("OPENQCAT", "1.1")
    assert [child.tag for child in root] == ["HEADER", "NEW_CATALOG"]
    assert [child.tag for child in root.find("HEADER")] == ["GENERATOR_INFO", "CATALOG", "SUPPLIER"]  # type: ignore[union-attr]
    services = root.findall("NEW_CATALOG/SERVICE")
    kinds = [each.find("SERVICE_DETAILS/SERVICE_MODULE/EDUCATION").get("type") for each in services]  # type: ignore[union-attr]
    assert kinds == ["true", "false", "false"]
    ids = [each.findtext("SERVICE_DETAILS/SERVICE_MODULE/EDUCATION/COURSE_ID") for each in services]
    assert ids == [services[0].findtext("PRODUCT_ID")] * 3
    assert services[0].find("SERVICE_DETAILS/SERVICE_DATE") is None
    start = services[1].findtext("SERVICE_DETAILS/SERVICE_DATE/START_DATE")
    assert start == "2027-05-03T09:00:00+02:00"
    assert services[1].findtext("SERVICE_PRICE_DETAILS/SERVICE_PRICE/PRICE_AMOUNT") == "690.00"


def test_kursnet_export_is_refused_when_the_supplier_is_not_complete() -> None:
    bare = CHOSEN.model_copy(update={"office": Office(name="x")})
    with pytest.raises(Invalid) as refused:
        openqcat.document(bare, offerings(), EARLY)
    assert refused.value.pointer == "#/office/street"


def test_the_same_choice_changes_nothing() -> None:
    assert settings.choose(None, CHOSEN).events
    assert not settings.choose(CHOSEN, CHOSEN).events


def test_every_code_that_the_export_asks_for_is_there() -> None:
    for kind in CourseFormat:
        assert openqcat._code(f"instruction_form_{kind}")
    for days in (0, 2, 5, 20, 90):
        end = datetime(2027, 5, 3, 15, tzinfo=UTC) + timedelta(days=days)
        each = offerings(session(days=(SessionDay(starts_at=START, ends_at=end),)))[0]
        assert openqcat._code(openqcat._duration(each))
