"""De-minimis ledgers as they are shown."""

from collections.abc import Sequence
from datetime import date

from services.membership.aid.domain import AidGrant, Instrument, LegalBasis, Standing
from shared.web import View


class AidGrantView(View):
    """One grant; money in cents."""

    id: str
    amount_cents: int
    granted_on: date
    legal_basis: LegalBasis
    instrument: Instrument
    giver: str
    reference: str | None
    withdrawn: bool


class LedgerView(View):
    """The standing of the single undertaking on `day`: what it was granted after `since`, linked ones included.

    `next_release` is the day on which the oldest counted grant falls out of the window. Without a `ceiling_cents` no
    rule holds on that day. Linked enterprises' grants are told as a sum only.
    """

    organisation_id: str
    day: date
    since: date
    ceiling_cents: int | None
    used_cents: int
    of_linked_cents: int
    left_cents: int
    warning: bool
    next_release: date | None
    source: str | None
    grants: list[AidGrantView]


def view_of(
    organisation_id: str, grants: Sequence[AidGrant], standing: Standing, of_linked_cents: int
) -> LedgerView:
    shown = AidGrantView.model_fields
    return LedgerView(
        organisation_id=organisation_id,
        day=standing.day,
        since=standing.since,
        ceiling_cents=standing.ceiling.ceiling_cents if standing.ceiling else None,
        used_cents=standing.used_cents,
        of_linked_cents=of_linked_cents,
        left_cents=standing.left_cents,
        warning=standing.warning,
        next_release=standing.next_release,
        source=standing.ceiling.source if standing.ceiling else None,
        grants=[
            AidGrantView.model_validate(grant.model_dump(include=set(shown)))
            for grant in sorted(grants, key=lambda one: (one.granted_on, one.id))
        ],
    )
