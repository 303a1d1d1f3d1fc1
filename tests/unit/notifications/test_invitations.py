"""One calendar event that changes, as an independent parser reads it."""

from datetime import UTC, datetime, timedelta

import vobject

from services.notifications.invitations import Guest, entry
from services.notifications.texts import Session
from shared.events.course_values import SessionDay

DAY = datetime(2026, 12, 9, 7, tzinfo=UTC)
GUEST = Guest('Łukasz "Lu" Ćwikła; X\r\nATTENDEE:x', "lu@firma.example", "verbund@verbund.example")


def session(*days: tuple[datetime, int]) -> Session:
    made = tuple(SessionDay(starts_at=start, ends_at=start + timedelta(hours=hours)) for start, hours in days)
    return Session(topic_code="emob-hv2s", days=made, time_zone="Europe/Berlin")


def read(sequence: int, plan: Session, *, cancelled: bool = False) -> vobject.base.Component:
    made = entry(
        "b@verbund.example",
        plan,
        sequence=sequence,
        cancelled=cancelled,
        language="de",
        at=DAY,
        link="https://verbund.example/",
        guest=GUEST,
    )
    return vobject.readOne(made.data.decode())


def test_invitation_update_and_cancellation_are_one_event_changing() -> None:
    moved = DAY + timedelta(days=7)
    told = [
        read(2, session((DAY, 8))),
        read(5, session((moved, 8))),
        read(9, session((moved, 8)), cancelled=True),
    ]
    assert {one.vevent.uid.value for one in told} == {"b@verbund.example"}
    assert [int(one.vevent.sequence.value) for one in told] == [2, 5, 9]
    assert [one.method.value for one in told] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [one.vevent.status.value for one in told] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [one.vevent.dtstart.value for one in told] == [DAY, moved, moved]
    assert told[0].vevent.attendee.value == "mailto:lu@firma.example"
    assert len(list(told[0].vevent.contents["attendee"])) == 1


def test_further_days_belong_to_the_one_event() -> None:
    days = [(DAY, 8), (DAY + timedelta(days=1), 8), (DAY + timedelta(days=8), 4)]
    calendar = read(2, session(*days))
    first, short = calendar.vevent_list
    assert [one for rdate in first.rdate_list for one in rdate.value] == [start for start, _ in days[1:]]
    assert short.recurrence_id.value == days[2][0]
    assert short.dtend.value - short.dtstart.value == timedelta(hours=4)
    assert {first.uid.value, short.uid.value} == {"b@verbund.example"}
