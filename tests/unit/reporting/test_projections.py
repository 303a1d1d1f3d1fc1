"""Rows come out equal whatever the order, the repetitions and the batches of their events."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.figures import facts_of, figures_of, size_of, summary_of
from services.reporting.projections import EVENTS, NOT_PROJECTED, Kind, Row, cells_of, evolve, kind_of
from shared.events import courses, membership
from shared.events.course_values import SeatCounts
from shared.events.envelope import Envelope, Event
from shared.events.membership import SmeClass
from tests.unit.reporting.story import EXPECTED, START, Story

type Told = Sequence[tuple[Event, Envelope]]
type Rows = dict[tuple[Kind, str], Row]


def rows_of(told: Told, rows: Rows | None = None) -> Rows:
    found: Rows = dict(rows or {})
    for event, envelope in told:
        key = kind_of(event), envelope.subject
        found[key] = evolve(found.get(key, Row(key[0])), event, envelope.sequence, envelope.time)
    return found


def figures(rows: Rows, network: str) -> dict[str, float]:
    sizes = {
        one: size for (kind, one), row in rows.items() if kind is Kind.ORGANISATION and (size := size_of(row))
    }
    return figures_of(summary_of([facts_of(r) for r in rows.values() if r.network_id == network], sizes))


STORY = Story("unit").play()


def test_every_event_of_both_topics_is_projected() -> None:
    assert {*EVENTS, *NOT_PROJECTED} == {*membership.EVENTS, *courses.EVENTS}


def test_figures_match_the_walkthrough_when_the_story_is_played() -> None:
    assert figures(rows_of(STORY.events), STORY.network) == EXPECTED


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_rows_are_equal_when_events_are_shuffled_and_repeated(data: st.DataObject) -> None:
    clean = rows_of(STORY.events)
    repeated = data.draw(st.lists(st.sampled_from(STORY.events), max_size=30))
    mixed = data.draw(st.permutations([*STORY.events, *repeated]))
    assert rows_of(mixed) == clean


def _seat_event(number: int, booking: int, kind: type[Event], confirmed: int) -> tuple[Event, int]:
    common = {
        "session_id": "s",
        "network_id": "n",
        "booking_id": f"b{booking}",
        "organisation_id": f"o{booking % 3}",
        "seats": SeatCounts(confirmed=confirmed, waitlisted=booking, free=10 - confirmed),
    }
    extra = {
        courses.CourseBooked: {"price_cents": 1},
        courses.WaitlistPromoted: {"price_cents": 1},
        courses.BookingWaitlisted: {"position": 1},
        courses.BookingCancelled: {
            "was_confirmed": True,
            "days_before": 1,
            "fee_percent": 0,
            "fee_cents": 0,
            "refilled": False,
        },
        courses.ParticipantSubstituted: {},
    }[kind]
    if kind is courses.ParticipantSubstituted:
        del common["seats"]
    return kind.model_validate({**common, **extra}), number


HISTORIES = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.sampled_from(
            [
                courses.CourseBooked,
                courses.WaitlistPromoted,
                courses.BookingWaitlisted,
                courses.BookingCancelled,
                courses.ParticipantSubstituted,
            ]
        ),
        st.integers(0, 10),
    ),
    min_size=1,
    max_size=20,
).map(lambda steps: [_seat_event(n, *step) for n, step in enumerate(steps, 1)])


@given(history=HISTORIES, data=st.data())
def test_session_row_is_equal_when_a_random_history_is_shuffled_and_repeated(
    history: list[tuple[Event, int]], data: st.DataObject
) -> None:
    def row(steps: Sequence[tuple[Event, int]]) -> Row:
        found = Row(Kind.SESSION)
        for event, number in steps:
            found = evolve(found, event, number, START)
        return found

    mixed = data.draw(
        st.permutations([*history, *data.draw(st.lists(st.sampled_from(history), max_size=10))])
    )
    assert row(mixed) == row(history)
    assert facts_of(row(mixed)) == facts_of(row(history))
    assert facts_of(row(history))["applied"] == len(history)


def test_a_plain_overwrite_would_not_converge() -> None:
    """The damage that the sequence in each cell prevents."""
    (late, late_no), (early, early_no) = (
        _seat_event(2, 1, courses.BookingCancelled, 0),
        _seat_event(1, 1, courses.CourseBooked, 1),
    )
    plain = {**cells_of(late, late_no), **cells_of(early, early_no)}
    guarded = evolve(evolve(Row(Kind.SESSION), late, late_no, START), early, early_no, START)
    assert plain["booking/b1"] == {"organisation": "o1", "status": "confirmed"}
    assert guarded.value("booking/b1") == {"organisation": "o1", "status": "cancelled"}


def test_gap_is_told_when_an_event_is_missing() -> None:
    first, third = _seat_event(1, 1, courses.CourseBooked, 1), _seat_event(3, 2, courses.CourseBooked, 2)
    row = evolve(evolve(Row(Kind.SESSION), *third, START), *first, START)
    assert (facts_of(row)["applied"], facts_of(row)["missing"]) == (2, 1)
    assert row.seen == ((1, 1), (3, 3))


def test_latest_year_counts_when_sizes_are_declared_out_of_order() -> None:
    row = Row(Kind.ORGANISATION)
    for number, (year, size) in enumerate([(2026, SmeClass.LARGE), (2025, SmeClass.SMALL)], 1):
        event = membership.SizeDeclared(organisation_id="o", year=year, sme_class=size)
        row = evolve(row, event, number, START)
    assert size_of(row) == SmeClass.LARGE


def test_session_counts_no_seats_when_it_is_cancelled() -> None:
    story = Story("cancelled").play()
    session = story.id("session")
    story.tell(
        session,
        courses.SessionCancelled(session_id=session, network_id=story.network, reason_code="below_minimum"),
    )
    found = figures(rows_of(story.events), story.network)
    assert (found["sessions_open"], found["sessions_cancelled"], found["seats_offered"]) == (0, 1, 0)
    assert (found["companies_reached"], found["companies_active"], found["person_units"]) == (0, 5, 0)
    assert found["fill_rate_percent"] == 0


def test_counters_of_courses_agree_with_the_bookings_when_the_story_is_played() -> None:
    row = rows_of(STORY.events)[Kind.SESSION, STORY.id("session")]
    states = [one["status"] for one in row.group("booking").values()]  # type: ignore[index,call-overload]
    assert row.value("seats") == {
        "confirmed": states.count("confirmed"),
        "waitlisted": states.count("waitlisted"),
    }
