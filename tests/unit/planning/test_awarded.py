"""Awarded offers become offers of a problem: one run each, each date at its own venue, shared venues once."""

from datetime import UTC, date, datetime

from services.courses.calls.domain import Award, Call, CallState, Opened
from services.courses.calls.terms import OfferContent, Option, Specification, VatCode, Venue, VenueKind
from services.courses.planning.awarded import with_awarded
from services.courses.planning.checker import violations
from services.courses.planning.problem import Problem
from services.courses.planning.solve import solve
from shared.events.calls import AwardReason
from shared.events.courses import CourseFormat
from shared.ids import CallId, OfferId, OrganisationId, PoolId, derived_id
from tests.unit.courses.examples import NETWORK
from tests.unit.planning.problems import MONDAY, REPEATABLE, at, demand

TUESDAY = date(2027, 4, 13)
HOST = OrganisationId(derived_id("organisation", "host"))


def call(name: str, state: CallState = CallState.AWARDED, **more: object) -> Call:
    venues = (
        Venue(
            kind=VenueKind.MEMBER_WORKSHOP, label="Werkstatt", ags="08111", seats=6, host_organisation_id=HOST
        ),
        Venue(kind=VenueKind.PROVIDER, label=f"Saal {name}", ags="08136"),
    )
    content = OfferContent(
        fixed_cents=100_000,
        per_seat_cents=1_000,
        vat_code=VatCode.EXEMPT_4_21A,
        teaching_units=4,
        minimum_seats=4,
        maximum_seats=8,
        options=(Option(days=(at(MONDAY),), venue=0), Option(days=(at(TUESDAY),), venue=1)),
        venues=venues,
        valid_until=date(2027, 12, 31),
    )
    offer, provider = OfferId(derived_id("offer", name)), OrganisationId(derived_id("provider", name))
    instant = datetime(2026, 1, 5, tzinfo=UTC)
    opened = Opened(offer_id=offer, provider_id=provider, submitted_at=instant, digest="0", content=content)
    award = Award(
        offer_id=offer,
        provider_id=provider,
        reason_code=next(iter(AwardReason)),
        reason="",
        decided_at=instant,
    )
    specification = Specification(
        topic_code="emob-hv1",
        teaching_units=4,
        format=CourseFormat.ON_SITE,
        earliest=MONDAY,
        latest=TUESDAY,
        minimum_seats=4,
        maximum_seats=8,
        reference_seats=6,
    )
    return Call.model_validate(
        {
            "id": CallId(derived_id("call", name)),
            "network_id": NETWORK,
            "pool_id": PoolId(derived_id("pool", name)),
            "specification": specification,
            "criteria": (),
            "due_at": instant,
            "state": state,
            "opened": {offer: opened},
            "award": award,
            "created_ms": 1,
            **more,
        }
    )


def test_awarded_offers_are_planned_when_their_calls_are_decided() -> None:
    needs = tuple(demand(name, 4) for name in "abcd")
    case = with_awarded(Problem(demands=needs, offers=()), [call("1"), call("2")])
    assert len(case.rooms) == 3  # the workshop is one room, whoever offers it
    found = solve(case, REPEATABLE)
    assert violations(case, found) == []
    assert (
        sum(session.taken for session in found.sessions) == 16
    )  # both on Tuesday, each in a hall of its own
    assert {session.slot_id for session in found.sessions} == {"option-1"}
    assert {session.offer_id for session in found.sessions} == {offer.id for offer in case.offers}


def test_nothing_is_taken_when_a_call_is_not_awarded() -> None:
    case = Problem(demands=(), offers=())
    assert with_awarded(case, [call("1", CallState.OPENED), call("2", award=None)]) == case
