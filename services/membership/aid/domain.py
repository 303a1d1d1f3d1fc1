"""The de-minimis ledger of one organisation (Regulation (EU) 2023/2831). Pure.

What counts is the single undertaking: enterprises that are linked share one ceiling. Money in cents. The day of a
grant is the day on which the legal right to it was given, not of the payment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.membership.domain import changed
from shared.decisions import Change
from shared.errors import AlreadyExists, NotFound, Rejected
from shared.events.aid import AidGrantRecorded, AidGrantWithdrawn
from shared.events.envelope import Value
from shared.ids import OrganisationId

KIND = "aid grant"
MAX_GRANTS = 500


class LegalBasis(StrEnum):
    """Which aid counts towards the general ceiling (Art. 5: the general and, cumulated, the other regulations)."""

    DE_MINIMIS_2023_2831 = "de_minimis_2023_2831"
    DE_MINIMIS_1407_2013 = "de_minimis_1407_2013"
    DE_MINIMIS_AGRICULTURE = "de_minimis_agriculture"
    DE_MINIMIS_FISHERY = "de_minimis_fishery"


class Instrument(StrEnum):
    GRANT = "grant"
    LOAN = "loan"
    GUARANTEE = "guarantee"
    SERVICE = "service"  # counselling or a course below its price
    OTHER = "other"


class AidCeilingExceeded(Rejected):
    status = 409
    en = (
        "From {window_from} to {window_to} the undertaking would have {would_cents} cents of de-minimis aid; "
        "the ceiling is {ceiling_cents} cents, of which {left_cents} are left."
    )
    de = (
        "Vom {window_from} bis {window_to} hätte das Unternehmen {would_cents} Cent De-minimis-Beihilfen; "
        "die Obergrenze sind {ceiling_cents} Cent, davon sind noch {left_cents} frei."
    )


class GrantNotYet(Rejected):
    status = 422
    en = "A grant is recorded on or after the day on which it was given."
    de = "Eine Beihilfe wird frühestens an dem Tag eingetragen, an dem sie gewährt wurde."


class LedgerFull(Rejected):
    status = 409
    en = "The ledger holds {limit} grants and takes no more."
    de = "Das Verzeichnis enthält {limit} Beihilfen und nimmt keine weiteren auf."


@dataclass(frozen=True, slots=True)
class Ceiling:
    """One row of the rule table: at most `ceiling_cents` within any `window_years` years."""

    valid_from: date
    valid_to: date | None
    ceiling_cents: int
    window_years: int
    warn_percent: int
    source: str


class AidGrant(Value):
    """One grant; `giver` is a free text that never leaves this service's answers."""

    id: str
    amount_cents: int
    granted_on: date
    legal_basis: LegalBasis
    instrument: Instrument
    giver: str
    reference: str | None = None
    recorded_ms: int
    withdrawn: bool = False


class AidLedger(Value):
    """State of a ledger; its id belongs to the organisation."""

    id: str
    organisation_id: OrganisationId
    grants: tuple[AidGrant, ...] = ()
    created_ms: int

    @property
    def counted(self) -> tuple[AidGrant, ...]:
        """The grants that were not withdrawn."""
        return tuple(grant for grant in self.grants if not grant.withdrawn)


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of the ceiling is used in the years that end on `day`; `ceiling` None where no rule holds."""

    day: date
    since: date
    ceiling: Ceiling | None
    used_cents: int
    left_cents: int
    warning: bool
    next_release: date | None


def ceiling_on(table: Sequence[Ceiling], day: date) -> Ceiling | None:
    """Return the rule that holds on `day`."""
    return next(
        (row for row in table if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)),
        None,
    )


def standing(grants: Iterable[AidGrant], table: Sequence[Ceiling], day: date) -> Standing:
    """Add up what was granted within the window that ends on `day`, and say when the oldest of it falls out."""
    rule = ceiling_on(table, day)
    years = rule.window_years if rule else 3
    since = years_before(day, years)
    within = sorted((one for one in grants if since < one.granted_on <= day), key=lambda one: one.granted_on)
    used = sum(one.amount_cents for one in within)
    left = max(0, rule.ceiling_cents - used) if rule else 0
    return Standing(
        day=day,
        since=since,
        ceiling=rule,
        used_cents=used,
        left_cents=left,
        warning=rule is not None and used * 100 >= rule.ceiling_cents * rule.warn_percent,
        next_release=years_before(within[0].granted_on, -years) if within else None,
    )


def check(grants: Sequence[AidGrant], new: AidGrant, table: Sequence[Ceiling]) -> None:
    """Errors: `AidCeilingExceeded` 409 if any window that holds `new` would hold too much.

    A grant entered late also counts in the windows of grants that were given after it.
    """
    together = [*grants, new]
    later = {one.granted_on for one in grants if one.granted_on > new.granted_on}
    for day in sorted({new.granted_on, *later}):
        found = standing(together, table, day)
        if found.ceiling is None or new.granted_on <= found.since:
            continue
        if found.used_cents > found.ceiling.ceiling_cents:
            before = found.used_cents - new.amount_cents
            raise AidCeilingExceeded(
                pointer="#/amount_cents",
                window_from=found.since.isoformat(),
                window_to=day.isoformat(),
                would_cents=found.used_cents,
                ceiling_cents=found.ceiling.ceiling_cents,
                left_cents=max(0, found.ceiling.ceiling_cents - before),
            )


def record(
    ledger: AidLedger,
    new: AidGrant,
    *,
    others: Sequence[AidGrant],
    table: Sequence[Ceiling],
    today: date,
) -> Change[AidLedger]:
    """Record a grant; `others` are those of linked enterprises.

    Errors: `AidCeilingExceeded`, `LedgerFull` 409, `GrantNotYet` 422, `AlreadyExists` 409 for another one of this id.
    """
    present = next((one for one in ledger.grants if one.id == new.id), None)
    if present is not None:
        if present.model_copy(update={"recorded_ms": new.recorded_ms}) != new:
            raise AlreadyExists(kind=KIND)
        return Change(ledger)
    if new.granted_on > today:
        raise GrantNotYet(pointer="#/granted_on")
    if len(ledger.grants) >= MAX_GRANTS:
        raise LedgerFull(limit=MAX_GRANTS)
    check([*ledger.counted, *others], new, table)
    told = AidGrantRecorded(
        organisation_id=ledger.organisation_id,
        grant_id=new.id,
        amount_cents=new.amount_cents,
        granted_on=new.granted_on,
        legal_basis=new.legal_basis.value,
    )
    return changed(ledger.model_copy(update={"grants": (*ledger.grants, new)}), told)


def withdraw(ledger: AidLedger, grant_id: str) -> Change[AidLedger]:
    """Take a grant out of the count, because it was revoked or recorded wrongly. Errors: `NotFound` 404."""
    present = next((one for one in ledger.grants if one.id == grant_id), None)
    if present is None:
        raise NotFound(kind=KIND)
    if present.withdrawn:
        return Change(ledger)
    grants = tuple(
        one.model_copy(update={"withdrawn": True}) if one.id == grant_id else one for one in ledger.grants
    )
    told = AidGrantWithdrawn(organisation_id=ledger.organisation_id, grant_id=grant_id)
    return changed(ledger.model_copy(update={"grants": grants}), told)


def years_before(day: date, years: int) -> date:
    """Return the same day `years` earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
