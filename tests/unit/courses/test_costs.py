"""How costs are shared: every figure of domain notes 2.8, and what holds for any figures."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.courses.costs import domain
from services.courses.costs.domain import CostPlan, plan_id
from services.courses.costs.rules import (
    Party,
    Tariff,
    billed,
    filled,
    largest_remainder,
    minimum_participants,
    price_per_seat,
    share,
)
from services.courses.costs.views import PreviewView, preview
from services.courses.reference import size_weights
from shared.errors import Invalid
from shared.events.courses import CostKey
from shared.events.membership import SmeClass
from shared.events.planning import CostPlanSet, SponsorPledged
from shared.ids import PoolId
from tests.unit.courses.examples import NETWORK, company

WEIGHTS = size_weights(date(2026, 11, 24))
FIVE = [Party(company(n), seats) for n, seats in enumerate((4, 3, 2, 2, 1))]
SIZES = (SmeClass.LARGE, SmeClass.MEDIUM, SmeClass.SMALL, SmeClass.MICRO)


def tariff(key: CostKey, fixed: int = 900_000, variable: int = 0, **more: int) -> Tariff:
    return Tariff(cost_key=key, fixed_cents=fixed, variable_cents=variable, **more)


def paid(rule: Tariff, parties: list[Party]) -> list[int]:
    """Return the shares in the order of `parties`; 0 for who pays nothing."""
    shares = share(rule, parties, WEIGHTS)
    assert sum(shares.by_company.values()) == shares.net_cents == shares.gross_cents - shares.sponsor_cents
    return [shares.by_company.get(party.organisation_id, 0) for party in parties]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (tariff(CostKey.PER_SEAT), [300_000, 225_000, 150_000, 150_000, 75_000]),
        (
            tariff(CostKey.FIXED_PLUS_VARIABLE, 360_000, 45_000),
            [252_000, 207_000, 162_000, 162_000, 117_000],
        ),
        (tariff(CostKey.PER_COMPANY), [180_000] * 5),
        (tariff(CostKey.PER_SEAT, 360_000, 45_000), [300_000, 225_000, 150_000, 150_000, 75_000]),
        # Sponsors first: 9,000 € less 1,800 € over 12 seats is 600 € a seat.
        (tariff(CostKey.PER_SEAT, sponsor_cents=180_000), [240_000, 180_000, 120_000, 120_000, 60_000]),
        # Sponsors pay the fixed part first: 3,600 € - 3,600 € = 0, so 450 € a seat is left.
        (
            tariff(CostKey.FIXED_PLUS_VARIABLE, 360_000, 45_000, sponsor_cents=360_000),
            [180_000, 135_000, 90_000, 90_000, 45_000],
        ),
        (tariff(CostKey.PER_SEAT, sponsor_cents=2_000_000), [0, 0, 0, 0, 0]),
    ],
)
def test_shares_are_those_of_the_domain_notes_when_keys_differ(rule: Tariff, expected: list[int]) -> None:
    assert paid(rule, FIVE) == expected


def test_cent_goes_to_the_first_id_when_remainders_are_equal() -> None:
    assert largest_remainder(100_000, {"c": 1, "a": 1, "b": 1}) == {"a": 33_334, "b": 33_333, "c": 33_333}
    assert largest_remainder(100, {"a": 0, "b": 3}) == {"a": 0, "b": 100}
    assert largest_remainder(5, {"a": 0, "b": 0}) == {"a": 3, "b": 2}
    assert largest_remainder(5, {}) == {}


def test_larger_companies_pay_more_when_the_key_weighs_sizes() -> None:
    parties = [Party(company(n), 2, size=size) for n, size in enumerate(SIZES)]
    # 5 + 3 + 2 + 1 = 11 parts of 1,100 €.
    assert paid(tariff(CostKey.SIZE_WEIGHTED, 110_000), parties) == [50_000, 30_000, 20_000, 10_000]
    unknown = [Party(company(1), 1), Party(company(2), 1, size=SmeClass.MEDIUM)]
    assert paid(tariff(CostKey.SIZE_WEIGHTED, 100), unknown) == [50, 50]


def test_reserved_seats_are_paid_when_they_stay_empty() -> None:
    parties = [Party(company(1), 1, reserved=4), Party(company(2), 2)]
    assert [billed(CostKey.CONTINGENT, party) for party in parties] == [4, 2]
    assert paid(tariff(CostKey.CONTINGENT, 60_000), parties) == [40_000, 20_000]
    assert paid(tariff(CostKey.PER_SEAT, 60_000), parties) == [20_000, 40_000]
    idle = [Party(company(1), 0, reserved=2), Party(company(2), 2)]
    assert paid(tariff(CostKey.CONTINGENT, 60_000), idle) == [30_000, 30_000]
    assert paid(tariff(CostKey.PER_SEAT, 60_000), idle) == [0, 60_000]


def test_surcharge_comes_on_top_when_a_company_is_no_member() -> None:
    parties = [Party(company(1), 3), Party(company(2), 2, member=False)]
    shares = share(tariff(CostKey.PER_SEAT, 50_000, surcharge_cents=1_500), parties, WEIGHTS)
    assert dict(shares.surcharges) == {company(2): 3_000}
    assert sum(shares.by_company.values()) == 50_000


@pytest.mark.parametrize(
    ("fixed", "price", "variable", "expected"),
    [
        (360_000, 75_000, 45_000, 12),
        (360_001, 75_000, 45_000, 13),
        (1, 10, 10, None),
        (0, 10, 10, 0),
        (0, 9, 1, 0),
    ],
)
def test_minimum_covers_the_cost_when_the_price_is_above_the_variable_cost(
    fixed: int, price: int, variable: int, expected: int | None
) -> None:
    assert minimum_participants(fixed, price, variable) == expected


parties_of = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from([*SIZES, None])), max_size=12
).map(lambda all_: [Party(company(n), s, reserved=r, size=z) for n, (s, r, z) in enumerate(all_)])
cents = st.integers(0, 10_000_000)


@given(st.sampled_from(CostKey), cents, cents, cents, parties_of)
def test_shares_add_up_when_figures_are_any(
    key: CostKey, fixed: int, variable: int, sponsor: int, parties: list[Party]
) -> None:
    shares = share(tariff(key, fixed, variable, sponsor_cents=sponsor), parties, WEIGHTS)
    paying = [party for party in parties if billed(key, party)]
    assert set(shares.by_company) == {party.organisation_id for party in paying}
    assert sum(shares.by_company.values()) == (shares.net_cents if paying else 0)
    assert all(value >= 0 for value in shares.by_company.values())


@given(cents, parties_of)
def test_share_does_not_depend_on_the_order_of_companies(fixed: int, parties: list[Party]) -> None:
    rule = tariff(CostKey.PER_SEAT, fixed)
    assert share(rule, parties, WEIGHTS).by_company == share(rule, parties[::-1], WEIGHTS).by_company


@given(st.integers(1, 60), parties_of)
def test_seats_are_all_filled_when_a_count_is_spread(seats: int, parties: list[Party]) -> None:
    assert sum(party.seats for party in filled(parties, seats)) == (seats if parties else 0)


@given(cents, cents, cents, st.integers(1, 100))
def test_price_per_seat_covers_the_cost_when_it_is_rounded_up(
    fixed: int, variable: int, sponsor: int, seats: int
) -> None:
    rule = tariff(CostKey.PER_SEAT, fixed, variable, sponsor_cents=sponsor)
    lowest, highest = price_per_seat(rule, seats)
    net = fixed + variable * seats - min(sponsor, fixed + variable * seats)
    assert lowest * seats <= net <= highest * seats
    assert highest - lowest <= 1


def shown(parties: list[Party], *, every: bool) -> PreviewView:
    rule = tariff(CostKey.PER_SEAT, 360_000, 45_000)
    own = company(0)
    return preview(rule, range(6, 13), parties, WEIGHTS, visible=lambda one: every or one == own, every=every)


def test_every_count_has_a_price_when_a_preview_is_made() -> None:
    view = shown(FIVE, every=True)
    assert [row.seats for row in view.rows] == list(range(6, 13))
    assert (view.rows[0].highest_cents, view.rows[-1].highest_cents) == (105_000, 75_000)
    assert {price.cost_key for price in view.rows[-1].by_key} == set(CostKey)
    assert sum(one.cents for one in view.rows[3].shares) == view.rows[3].net_cents


def test_company_sees_its_own_share_only_when_it_does_not_manage() -> None:
    view = shown(FIVE, every=False)
    assert [[one.organisation_id for one in row.shares] for row in view.rows] == [[company(0)]] * 7
    assert all(row.by_key for row in view.rows)
    assert not any(row.by_key for row in shown(FIVE[:2], every=False).rows)
    assert shown([], every=True).rows[0].highest_cents == 105_000


def plan(**more: object) -> CostPlan:
    pool = PoolId("p")
    values = {"id": plan_id(pool), "pool_id": pool, "network_id": NETWORK, "minimum_seats": 6}
    return CostPlan.model_validate(
        {**values, "maximum_seats": 10, "tariff": tariff(CostKey.PER_SEAT, sponsor_cents=5), **more}
    )


def test_sponsors_stay_when_the_cost_plan_is_replaced() -> None:
    change = domain.set_plan(None, plan())
    assert [type(event) for event in change.events] == [CostPlanSet]
    change = domain.pledge_sponsorship(change.state, company(1), 100)
    assert isinstance(change.events[0], SponsorPledged)
    assert not domain.pledge_sponsorship(change.state, company(1), 100).events
    again = domain.set_plan(change.state, plan(minimum_seats=7))
    assert again.state.effective().sponsor_cents == 105
    assert not domain.set_plan(again.state, plan(minimum_seats=7)).events
    assert domain.pledge_sponsorship(again.state, company(1), 0).state.sponsors == {}


@pytest.mark.parametrize(("low", "high"), [(7, 6), (1, 102)])
def test_range_is_refused_when_it_cannot_be_shown(low: int, high: int) -> None:
    with pytest.raises(Invalid):
        domain.set_plan(None, plan(minimum_seats=low, maximum_seats=high))
