"""A session whose participant was erased: figures stay, the person is in it nowhere."""

from hypothesis import given
from hypothesis import strategies as st

from services.courses.privacy import domain
from services.courses.privacy.domain import Unlinking
from services.courses.sessions.domain import Ended, Seat, Session
from shared.decisions import Change
from shared.events.erasures import ParticipantErased, PersonUnlinked
from shared.ids import BookingId, ErasureId, OrganisationId, PersonId
from tests.unit.courses.examples import session as example

PEOPLE = [PersonId(f"person-{number}") for number in range(4)]
PLACES = ("confirmed", "waiting", "ended")


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    """Return a session in which each person may have bookings, in any place."""
    seats: dict[str, dict[BookingId, Seat]] = {place: {} for place in PLACES}
    people: dict[PersonId, BookingId] = {}
    for number in range(draw(st.integers(0, 8))):
        person, place = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(PLACES))
        booking_id = BookingId(f"booking-{number}")
        seat = Seat(organisation_id=OrganisationId("o"), participant_id=person, number=number, policy=1)
        seats[place][booking_id] = Ended(**seat.model_dump(), fee_cents=7) if place == "ended" else seat
        if place != "ended":
            people[person] = booking_id
    return example().model_copy(update={**seats, "people": people, "requests": 8})


@given(sessions(), st.sampled_from(PEOPLE))
def test_person_is_nowhere_and_every_figure_stays(before: Session, person: PersonId) -> None:
    change = domain.unlink(before, person)
    after = change.state
    assert person not in after.model_dump_json()
    assert after.counts() == before.counts()
    for place in PLACES:
        old, new = getattr(before, place), getattr(after, place)
        assert list(old) == list(new)
        for booking_id, seat in old.items():
            same = seat.model_copy(update={"participant_id": new[booking_id].participant_id})
            assert same == new[booking_id]
            if seat.participant_id != person:
                assert seat == new[booking_id]
    named = [
        key
        for place in PLACES
        for key, seat in getattr(before, place).items()
        if seat.participant_id == person
    ]
    if not named and person not in before.people:
        assert change == Change(before)
    else:
        (event,) = change.events
        assert isinstance(event, ParticipantErased)
        assert sorted(event.booking_ids) == sorted(named)
    assert domain.unlink(after, person).events == ()


def test_nobody_is_another_one_in_every_session() -> None:
    seat = Seat(organisation_id=OrganisationId("o"), participant_id=PEOPLE[0], number=1, policy=1)
    one = example().model_copy(update={"id": "s1", "confirmed": {BookingId("b"): seat}})
    two = one.model_copy(update={"id": "s2"})
    stand_ins = {
        domain.unlink(session, PEOPLE[0]).state.confirmed[BookingId("b")].participant_id
        for session in (one, two)
    }
    assert len(stand_ins) == 2


def test_proof_is_given_once() -> None:
    new = Unlinking(id="u", erasure_id=ErasureId("e"), sessions=2, bookings=3, at_ms=1)
    first = domain.prove(None, new)
    assert first.events == (PersonUnlinked(erasure_id=ErasureId("e"), sessions=2, bookings=3),)
    assert domain.prove(first.state, new.model_copy(update={"sessions": 0})) == Change(first.state)
