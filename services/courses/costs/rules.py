"""How a cost is shared among companies. Pure; integer cents throughout (domain notes 2.8).

Order: cost at this seat count, sponsor pledges off, then the key over what is left, then the surcharge of
non-members on top. Every division is by largest remainder, ties by organisation id, so shares add up exactly.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.events.courses import CostKey
from shared.events.envelope import Value
from shared.events.membership import SmeClass
from shared.ids import OrganisationId

DEFAULT_SIZE = SmeClass.MEDIUM  # while a company has declared none; every view says so


class Tariff(Value):
    """What a course costs: `fixed_cents` however many come, `variable_cents` for each seat, less sponsors.

    `surcharge_cents` is what a seat of a non-member costs more; it belongs to the network and lowers no share.
    """

    cost_key: CostKey
    fixed_cents: int
    variable_cents: int = 0
    sponsor_cents: int = 0
    surcharge_cents: int = 0


@dataclass(frozen=True, slots=True)
class Party:
    """A company with its seats. `reserved` seats of a contingent are paid used or not."""

    organisation_id: OrganisationId
    seats: int
    reserved: int = 0
    size: SmeClass | None = None
    member: bool = True


@dataclass(frozen=True, slots=True)
class Shares:
    """`gross_cents` - `sponsor_cents` = `net_cents` = Σ `by_company`; `surcharges` come on top."""

    gross_cents: int
    sponsor_cents: int
    net_cents: int
    by_company: Mapping[OrganisationId, int]
    surcharges: Mapping[OrganisationId, int]


def largest_remainder(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Divide `total` cents in proportion to `weights`; Σ = total, ties by key. All weights 0: equal parts."""
    if not weights:
        return {}
    parts = weights if any(weights.values()) else dict.fromkeys(weights, 1)
    whole = sum(parts.values())
    floors = {key: total * weight // whole for key, weight in parts.items()}
    left = total - sum(floors.values())
    by_remainder = sorted(
        (key for key, weight in parts.items() if weight), key=lambda key: (-(total * parts[key] % whole), key)
    )
    for key in by_remainder[:left]:
        floors[key] += 1
    return floors


def gross(tariff: Tariff, seats: int) -> int:
    """Return what the course costs with `seats` seats, before sponsors."""
    return tariff.fixed_cents + tariff.variable_cents * seats


def sponsored(tariff: Tariff, seats: int) -> int:
    """Return what sponsors take off; never more than the cost."""
    return min(tariff.sponsor_cents, gross(tariff, seats))


def share(tariff: Tariff, parties: Sequence[Party], weights: Mapping[SmeClass, int]) -> Shares:
    """Share the cost of a course among `parties`; companies without seats and reservations pay nothing."""
    paying = [party for party in parties if billed(tariff.cost_key, party)]
    seats = sum(party.seats for party in paying)
    total, off = gross(tariff, seats), sponsored(tariff, seats)
    return Shares(
        gross_cents=total,
        sponsor_cents=off,
        net_cents=total - off,
        by_company=_by_key(tariff, paying, total - off, weights),
        surcharges={
            party.organisation_id: tariff.surcharge_cents * billed(tariff.cost_key, party)
            for party in paying
            if not party.member and tariff.surcharge_cents
        },
    )


def billed(key: CostKey, party: Party) -> int:
    """Return the seats that the company pays for."""
    return max(party.seats, party.reserved) if key is CostKey.CONTINGENT else party.seats


def _by_key(
    tariff: Tariff, parties: Sequence[Party], net: int, weights: Mapping[SmeClass, int]
) -> dict[OrganisationId, int]:
    def part(party: Party) -> int:
        match tariff.cost_key:
            case CostKey.PER_COMPANY:
                return 1
            case CostKey.SIZE_WEIGHTED:
                return weights[party.size or DEFAULT_SIZE]
            case _:
                return billed(tariff.cost_key, party)

    if tariff.cost_key is CostKey.FIXED_PLUS_VARIABLE:
        return _fixed_plus_variable(tariff, parties, net)
    return _typed(largest_remainder(net, {party.organisation_id: part(party) for party in parties}))


def _fixed_plus_variable(tariff: Tariff, parties: Sequence[Party], net: int) -> dict[OrganisationId, int]:
    # Sponsors pay the fixed part first: that is what makes a course possible at all.
    seats: dict[str, int] = {party.organisation_id: party.seats for party in parties}
    variable = min(net, tariff.variable_cents * sum(seats.values()))
    fixed = largest_remainder(net - variable, dict.fromkeys(seats, 1))
    by_seat = largest_remainder(variable, seats)
    return _typed({key: fixed[key] + by_seat[key] for key in seats})


def minimum_participants(fixed_cents: int, price_cents: int, variable_cents: int) -> int | None:
    """Return ceil(fixed / (price - variable)), the seats from which the price covers the cost; None if never."""
    margin = price_cents - variable_cents
    if margin <= 0:
        return 0 if fixed_cents <= 0 and margin == 0 else None
    return -(-fixed_cents // margin)


def price_per_seat(tariff: Tariff, seats: int) -> tuple[int, int]:
    """Return the lowest and the highest price of one of `seats` equal seats, in cents; at most 1 apart."""
    net = gross(tariff, seats) - sponsored(tariff, seats)
    return net // seats, -(-net // seats)


def filled(parties: Iterable[Party], seats: int) -> list[Party]:
    """Return the parties holding `seats` seats together, in proportion to what they have now.

    What a company has now stays its reservation: under CONTINGENT it is paid even when fewer seats are used.
    """
    known = list(parties)
    spread = largest_remainder(seats, {party.organisation_id: party.seats for party in known})
    return [
        Party(
            organisation_id=party.organisation_id,
            seats=spread[party.organisation_id],
            reserved=party.reserved or party.seats,
            size=party.size,
            member=party.member,
        )
        for party in known
    ]


def _typed(shares: Mapping[str, int]) -> dict[OrganisationId, int]:
    return {OrganisationId(key): cents for key, cents in shares.items()}
