"""The hook of renewals: whoever issues or knows of proofs counts them in here."""

from datetime import date

from services.courses.renewals import domain
from services.courses.renewals.domain import Proofs, Renewal
from services.courses.renewals.reference import validity_of
from shared.ids import NetworkId, OrganisationId
from shared.store import Aggregates, Cause


async def count_in(
    network_id: NetworkId,
    organisation_id: OrganisationId,
    topic_code: str,
    issued_on: date,
    headcount: int,
    batch_id: str,
    cause: Cause,
    *,
    renewals: Aggregates[Renewal],
) -> Renewal:
    """Plan the renewal of proofs; `batch_id` (a certificate's or a list's id) makes it repeatable.

    Errors: `NoEnd` 422 for a topic whose proof has no end.
    """
    validity = validity_of(topic_code, issued_on)
    proofs = Proofs(headcount=headcount, expires_on=domain.expiry(issued_on, validity))
    key = domain.renewal_id(network_id, organisation_id, topic_code, proofs.expires_on)
    fresh = Renewal(
        id=key,
        network_id=network_id,
        organisation_id=organisation_id,
        topic_code=topic_code,
        ask_days_before=validity.ask_days_before if validity else 0,
    )
    kept = await renewals.put(key, lambda known: domain.plan(known, fresh, batch_id, proofs), cause)
    return kept.state
