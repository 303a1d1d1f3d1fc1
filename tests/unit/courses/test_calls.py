"""Calls for offers: decisions before and after the due time, points, reasons, and seals."""

import base64
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from services.courses.calls import domain, offers, opening, rules, specifying
from services.courses.calls.domain import Act, Call, CallState, Sealed
from services.courses.calls.errors import (
    AwardReasonDiffers,
    DueTooEarly,
    NothingOffered,
    NotScored,
    OffersSealed,
    OfferTooLate,
    TooFewProviders,
)
from services.courses.calls.sealing import Place, Unreadable, seal, unseal
from services.courses.calls.terms import (
    Criterion,
    CriterionKind,
    OfferContent,
    Specification,
    check_content,
    check_criteria,
)
from services.courses.calls.views import call_view, invitation_view
from shared.decisions import Change
from shared.errors import Invalid, NotFound, Problem, WrongState
from shared.events.calls import AwardReason, CallEndReason
from shared.events.courses import CourseFormat
from shared.ids import CallId, OfferId, PersonId, PoolId, derived_id
from tests.unit.courses.examples import NETWORK, company
from tests.unit.courses.test_needs import need
from tests.unit.courses.test_pools import pool

NOW = datetime(2027, 1, 4, 9, tzinfo=UTC)
DUE = NOW + timedelta(days=14)
BY = PersonId(derived_id("person", "manager"))
PROVIDERS = tuple(company(f"provider {n}") for n in range(3))
SPEC = Specification(
    topic_code="emob-hv2e",
    teaching_units=48,
    format=CourseFormat.ON_SITE,
    earliest=date(2027, 3, 1),
    latest=date(2027, 6, 30),
    minimum_seats=6,
    maximum_seats=10,
    reference_seats=10,
)


def drafted(**more: object) -> Call:
    values = {
        "id": CallId(derived_id("call", "1")),
        "network_id": NETWORK,
        "pool_id": PoolId(derived_id("pool", "1")),
        "specification": SPEC,
        "criteria": specifying.PROPOSED_CRITERIA,
        "providers": PROVIDERS,
        "due_at": DUE,
        "created_ms": 1,
    }
    return Call.model_validate({**values, **more})


def running(**more: object) -> Call:
    return domain.request(drafted(**more), "key", 3, BY, NOW).state


def content(fixed: int = 1_000_000, **more: object) -> OfferContent:
    day = {"starts_at": datetime(2027, 3, 1, 8, tzinfo=UTC), "ends_at": datetime(2027, 3, 1, 15, tzinfo=UTC)}
    values = {
        "fixed_cents": fixed,
        "per_seat_cents": 50_000,
        "vat_code": "exempt_4_21a",
        "teaching_units": 48,
        "minimum_seats": 6,
        "maximum_seats": 10,
        "options": [{"days": [day], "venue": 0}],
        "venues": [{"kind": "provider", "label": "Werkstatt", "ags": "08117"}],
        "valid_until": "2027-12-31",
    }
    return OfferContent.model_validate({**values, **more})


def sealed(call: Call, number: int) -> Sealed:
    provider = PROVIDERS[number]
    return Sealed(
        offer_id=offers.offer_id_of(call, provider),
        provider_id=provider,
        revision=0,
        submitted_at=NOW,
        envelope=f"envelope {number}",
        digest=f"digest {number}",
    )


def offered(count: int = 3) -> Call:
    call = running()
    for number in range(count):
        call = offers.submit(call, sealed(call, number), BY, NOW).state
    return call


def opened(*contents: OfferContent | None) -> Call:
    call = domain.due(offered(len(contents)), DUE).state
    found = {offers.offer_id_of(call, PROVIDERS[n]): each for n, each in enumerate(contents)}
    return opening.open_offers(call, found, BY, DUE).state


def offer_of(number: int) -> OfferId:
    return offers.offer_id_of(drafted(), PROVIDERS[number])


def test_three_providers_or_a_reason_are_needed_when_offers_are_requested() -> None:
    few = drafted(providers=PROVIDERS[:2])
    with pytest.raises(TooFewProviders):
        domain.request(few, "key", 3, BY, NOW)
    reasoned = few.model_copy(update={"few_providers_reason": "Es gibt nur zwei Anbieter."})
    assert domain.request(reasoned, "key", 3, BY, NOW).state.state is CallState.OPEN
    none = drafted(providers=(), few_providers_reason="keine")
    with pytest.raises(TooFewProviders):
        domain.request(none, "key", 3, BY, NOW)
    assert rules.minimum_providers(date(2027, 1, 1)) == 3


def test_criteria_are_fixed_when_offers_are_requested() -> None:
    call = running()
    with pytest.raises(WrongState):
        domain.revise(call, drafted(), BY, NOW)
    assert not domain.request(call, "key", 3, BY, NOW).events
    changed = domain.revise(drafted(), drafted(due_at=DUE + timedelta(days=1)), BY, NOW).state
    assert changed.due_at == DUE + timedelta(days=1)
    with pytest.raises(DueTooEarly):
        domain.request(drafted(), "key", 3, BY, DUE)


@pytest.mark.parametrize("weights", [(50, 49), (101,), (50, 30, 21)])
def test_criteria_are_refused_when_weights_do_not_add_up(weights: tuple[int, ...]) -> None:
    with pytest.raises(Invalid):
        check_criteria(
            tuple(
                Criterion(key=f"k{n}", kind=CriterionKind.OTHER, weight=weight)
                for n, weight in enumerate(weights)
            )
        )


def test_criteria_are_refused_when_price_occurs_twice() -> None:
    twice = tuple(Criterion(key=key, kind=CriterionKind.PRICE, weight=50) for key in ("a", "b"))
    with pytest.raises(Invalid):
        check_criteria(twice)


LATE: list[Callable[[Call], Change[Call]]] = [
    lambda call: offers.submit(call, sealed(call, 0), BY, DUE),
    lambda call: offers.withdraw(call, PROVIDERS[0], BY, DUE),
    lambda call: offers.ask(call, PROVIDERS[0], "?", BY, DUE),
    lambda call: domain.extend(call, DUE + timedelta(days=1), BY, DUE),
]


@pytest.mark.parametrize("late", LATE)
def test_nothing_is_taken_when_the_due_time_has_come_though_nobody_closed_the_call(
    late: Callable[[Call], Change[Call]],
) -> None:
    with pytest.raises(OfferTooLate):
        late(offered())


def test_offer_replaces_the_earlier_one_and_can_be_withdrawn_when_it_is_early() -> None:
    call = offered(1)
    again = offers.submit(call, sealed(call, 0), BY, NOW)
    assert again.result == {
        "offer_id": offer_of(0),
        "provider_id": PROVIDERS[0],
        "revision": 2,
        "submitted_at": "2027-01-04T09:00:00Z",
        "digest": "digest 0",
    }
    gone = offers.withdraw(again.state, PROVIDERS[0], BY, NOW).state
    assert gone.sealed == {}
    with pytest.raises(NothingOffered):
        offers.withdraw(gone, PROVIDERS[0], BY, NOW)
    third = offers.submit(gone, sealed(gone, 0), BY, NOW).state
    assert third.sealed[offer_of(0)].revision == 3
    stranger = sealed(call, 0).model_copy(update={"provider_id": company("stranger")})
    with pytest.raises(NotFound):
        offers.submit(call, stranger, BY, NOW)


def test_offers_stay_sealed_when_somebody_wants_to_open_or_read_them_early() -> None:
    call = offered()
    for early in (NOW, DUE - timedelta(milliseconds=1)):
        with pytest.raises(OffersSealed):
            opening.open_offers(call, {}, BY, early)
        with pytest.raises(OffersSealed):
            opening.read(call, offer_of(0), BY, early)
        shown = call_view(call, early)
        assert (shown.offers_sealed, shown.offers) == (True, [])
        assert invitation_view(call, PROVIDERS[0], early).own_offer is None
        assert invitation_view(call, PROVIDERS[1], early).receipt is not None


def test_journal_says_who_opened_and_read_what_when() -> None:
    call = opened(content(), content(2_000_000))
    other = PersonId(derived_id("person", "other"))
    for by in (BY, other, BY):
        call = opening.read(call, offer_of(0), by, DUE).state
    told = [(entry.act, entry.person_id, entry.offer_id) for entry in call.journal]
    first, second = sorted([offer_of(0), offer_of(1)])
    assert told[3:] == [
        (Act.CLOSED, None, None),
        (Act.OPENED, BY, first),
        (Act.OPENED, BY, second),
        (Act.READ, BY, offer_of(0)),
        (Act.READ, other, offer_of(0)),
    ]
    assert not opening.open_offers(call, {}, other, DUE).events


def test_lowest_price_gets_all_points_and_a_changed_envelope_none() -> None:
    call = opened(content(500_000), content(1_500_000, azav_certified_until="2027-12-31"), None)
    points = {number: call.opened[offer_of(number)].points for number in range(3)}
    assert points == {0: {"price": 100, "azav": 0}, 1: {"price": 50, "azav": 100}, 2: {}}
    with pytest.raises(NotScored):
        opening.fitting_reason(call, offer_of(0))
    with pytest.raises(Invalid):
        opening.score(call, offer_of(2), {"didactics": 100}, "", BY, DUE)
    with pytest.raises(Invalid):
        opening.score(call, offer_of(0), {"price": 100}, "", BY, DUE)


def scored(first: int, second: int) -> Call:
    call = opened(content(), content())
    for number, points in ((0, first), (1, second)):
        judged = dict.fromkeys(("didactics", "dates", "venue"), points)
        call = opening.score(call, offer_of(number), judged, "", BY, DUE).state
    return call


@pytest.mark.parametrize(
    ("first", "second", "fitting"),
    [
        (80, 70, AwardReason.BEST_SCORE),
        (80, 80, AwardReason.EQUAL_SCORE),
        (70, 80, AwardReason.BEST_REJECTED),
    ],
)
def test_award_needs_the_reason_that_fits_the_scores(first: int, second: int, fitting: AwardReason) -> None:
    call = scored(first, second)
    for reason in AwardReason:
        if reason is fitting:
            done = opening.award(call, offer_of(0), reason, "Weil.", BY, DUE).state
            assert done.award is not None
            assert done.award.provider_id == PROVIDERS[0]
            assert not opening.award(done, offer_of(0), reason, "Weil.", BY, DUE).events
            assert invitation_view(done, PROVIDERS[1], DUE).outcome == "not_awarded"
        else:
            with pytest.raises(AwardReasonDiffers):
                opening.award(call, offer_of(0), reason, "Weil.", BY, DUE)


def test_sealed_offers_are_deleted_unread_when_a_call_is_cancelled() -> None:
    call = domain.cancel(offered(), CallEndReason.NEED_GONE, "", BY, NOW).state
    assert (call.sealed, call.opened) == ({}, {})
    assert call_view(call, DUE).offers == []


@given(lowest=st.integers(0, 10**9), more=st.integers(0, 10**9))
def test_points_for_the_price_fall_from_100_and_never_below_0(lowest: int, more: int) -> None:
    points = opening.price_points(lowest + more, lowest)
    assert 0 <= points <= 100
    assert more or points == 100
    assert opening.price_points(lowest + more + 1, lowest) <= points


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"minimum_seats": 11}, "#/minimum_seats"),
        ({"minimum_seats": 1, "maximum_seats": 5}, "#/maximum_seats"),
        ({"funding": ["section_82"]}, "#/funding"),
        ({"venues": [{"kind": "online", "label": "x", "ags": "08117"}]}, "#/venues/0/ags"),
        (
            {"venues": [{"kind": "member_workshop", "label": "x", "ags": "08117"}]},
            "#/venues/0/host_organisation_id",
        ),
    ],
)
def test_offer_is_refused_when_it_does_not_answer_the_call(more: dict[str, object], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_content(content(**more), SPEC)
    assert refused.value.pointer == pointer


def test_specification_names_no_company_and_no_budget_when_it_is_proposed() -> None:
    needs = [
        need(budget_cents_per_seat=77_777, kldb="26302", window_from="2027-02-01", weekdays=[1, 2, 5]),
        need(organisation_id=company(2), ags="08136", window_from="2027-03-01", weekdays=[5, 6]),
    ]
    spec = specifying.proposed(pool(topic_code="emob-hv2e", minimum_seats=6), needs)
    assert (spec.earliest, spec.weekdays, spec.ags, spec.kldb) == (
        date(2027, 3, 1),
        (5,),
        ("08136",),
        ("26302",),
    )
    text = spec.model_dump_json()
    assert not any(hidden in text for hidden in ("77777", company(1), company(2)))


PLACE = Place("call", "offer", "provider")


@given(text=st.binary(max_size=2000))
def test_sealed_text_is_read_with_the_key_and_place_only(text: bytes) -> None:
    key = X25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    envelope = seal(public, text, PLACE)
    assert unseal(key.private_bytes_raw(), envelope, PLACE) == text
    assert seal(public, text, PLACE) != envelope
    for wrong_key, changed, place in (
        (X25519PrivateKey.generate(), envelope, PLACE),
        (key, envelope, Place("call", "offer", "another")),
        (key, envelope[:-4] + "AAA=", PLACE),
        (key, "!", PLACE),
    ):
        with pytest.raises(Unreadable):
            unseal(wrong_key.private_bytes_raw(), changed, place)


def test_problem_texts_fill_in_when_they_are_shown() -> None:
    for problem in (TooFewProviders(minimum=3), OffersSealed(due_at="x"), AwardReasonDiffers(fitting="x")):
        assert isinstance(problem, Problem)
        assert "{" not in problem.text("de") + problem.text("en")
