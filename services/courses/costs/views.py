"""What people see before they commit: the price per seat for every participant count, under every key."""

from collections.abc import Callable, Mapping, Sequence

from services.courses.costs.rules import (
    DEFAULT_SIZE,
    Party,
    Tariff,
    filled,
    gross,
    price_per_seat,
    share,
    sponsored,
)
from services.courses.needs.views import MIN_COMPANIES
from shared.events.courses import CostKey
from shared.events.membership import SmeClass
from shared.ids import OrganisationId
from shared.web import View


class CompanyShare(View):
    """What one company pays; `size_assumed`: it has declared no size, so `medium` is taken."""

    organisation_id: str
    seats: int
    cents: int
    cents_per_seat: int
    surcharge_cents: int
    size_class: SmeClass
    size_assumed: bool


class KeyPrice(View):
    """Price per seat under one key: from the luckiest to the unluckiest company, rounded up to a cent."""

    cost_key: CostKey
    lowest_cents: int
    highest_cents: int


class PreviewRow(View):
    """One participant count: the cost, what sponsors take off, and the price per seat."""

    seats: int
    gross_cents: int
    sponsor_cents: int
    net_cents: int
    lowest_cents: int
    highest_cents: int
    by_key: list[KeyPrice]
    shares: list[CompanyShare]


class PreviewView(View):
    """The whole preview. Seats are spread over the companies in proportion to their pledges.

    `by_key` is empty, and `shares` holds the caller's own companies only, where fewer than three companies
    pledge and the caller does not manage the network.
    """

    cost_key: CostKey
    fixed_cents: int
    variable_cents: int
    sponsor_cents: int
    surcharge_cents: int
    minimum_seats: int
    maximum_seats: int
    rows: list[PreviewRow]


type Weights = Mapping[SmeClass, int]


def preview(
    tariff: Tariff,
    seats: range,
    parties: Sequence[Party],
    weights: Weights,
    *,
    visible: Callable[[OrganisationId], bool],
    every: bool,
) -> PreviewView:
    """Return the preview for each count in `seats`; `visible` says whose share, `every` whether all is shown."""
    compared = every or len(parties) >= MIN_COMPANIES
    return PreviewView(
        **tariff.model_dump(),
        minimum_seats=seats[0],
        maximum_seats=seats[-1],
        rows=[_row(tariff, count, parties, weights, visible, compared=compared) for count in seats],
    )


def _row(
    tariff: Tariff,
    seats: int,
    parties: Sequence[Party],
    weights: Weights,
    visible: Callable[[OrganisationId], bool],
    *,
    compared: bool,
) -> PreviewRow:
    lowest, highest = price_per_seat(tariff, seats)
    holding = filled(parties, seats)
    total, off = gross(tariff, seats), sponsored(tariff, seats)
    return PreviewRow(
        seats=seats,
        gross_cents=total,
        sponsor_cents=off,
        net_cents=total - off,
        lowest_cents=lowest,
        highest_cents=highest,
        by_key=[_key_price(tariff, key, holding, weights) for key in CostKey] if compared and holding else [],
        shares=[
            one for one in _shares(tariff, holding, weights) if visible(OrganisationId(one.organisation_id))
        ],
    )


def _key_price(tariff: Tariff, key: CostKey, parties: Sequence[Party], weights: Weights) -> KeyPrice:
    shares = _shares(tariff.model_copy(update={"cost_key": key}), parties, weights)
    prices = [one.cents_per_seat for one in shares if one.seats]
    return KeyPrice(cost_key=key, lowest_cents=min(prices), highest_cents=max(prices))


def _shares(tariff: Tariff, parties: Sequence[Party], weights: Weights) -> list[CompanyShare]:
    shared = share(tariff, parties, weights)
    return [
        CompanyShare(
            organisation_id=party.organisation_id,
            seats=party.seats,
            cents=cents,
            cents_per_seat=-(-cents // max(party.seats, 1)),
            surcharge_cents=shared.surcharges.get(party.organisation_id, 0),
            size_class=party.size or DEFAULT_SIZE,
            size_assumed=party.size is None,
        )
        for party in parties
        if (cents := shared.by_company.get(party.organisation_id)) is not None
    ]
