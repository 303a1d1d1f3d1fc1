"""Commands of providers, and the answers to their questions."""

from services.courses.calls import offers
from services.courses.calls.domain import Call, Sealed
from services.courses.calls.handlers import Stores
from services.courses.calls.sealing import Place, digest, seal
from services.courses.calls.terms import OfferContent, check_content
from shared.ids import OrganisationId, PersonId
from shared.store import Cause, Outcome


async def submit(
    call: Call,
    provider_id: OrganisationId,
    content: OfferContent,
    by: PersonId,
    cause: Cause,
    *,
    stores: Stores,
) -> Outcome[Call]:
    """Seal an offer and take it; the result is its receipt. Errors: `Invalid` 422, `Rejected` 404, 409."""
    offers.require_taking(call, provider_id, stores.clock())
    check_content(content, call.specification)
    offer_id = offers.offer_id_of(call, provider_id)
    envelope = seal(
        call.public_key, content.model_dump_json().encode(), Place(call.id, offer_id, provider_id)
    )
    sealed = Sealed(
        offer_id=offer_id,
        provider_id=provider_id,
        revision=0,
        submitted_at=stores.clock(),
        envelope=envelope,
        digest=digest(envelope),
    )
    # What is remembered to recognise a repeat must not help anybody to guess the offer.
    blinded = Cause(cause.key, stores.keys.blind(cause.fingerprint), cause.causation_id)
    return await stores.calls.change(
        call.id, lambda now: offers.submit(now, sealed, by, stores.clock()), blinded
    )


async def withdraw(
    call_id: str, provider_id: OrganisationId, by: PersonId, cause: Cause, *, stores: Stores
) -> Call:
    """Take an offer back before the due time. Errors: `NotFound` 404, `OfferTooLate` 409."""
    return (
        await stores.calls.change(
            call_id, lambda call: offers.withdraw(call, provider_id, by, stores.clock()), cause
        )
    ).state


async def ask(
    call_id: str, provider_id: OrganisationId, text: str, by: PersonId, cause: Cause, *, stores: Stores
) -> Call:
    """Put a question. Errors: `NotFound` 404, `OfferTooLate` 409."""
    return (
        await stores.calls.change(
            call_id, lambda call: offers.ask(call, provider_id, text, by, stores.clock()), cause
        )
    ).state


async def answer(call_id: str, number: int, text: str, by: PersonId, cause: Cause, *, stores: Stores) -> Call:
    """Answer a question for all providers. Errors: `NotFound` 404, `Rejected` 409."""
    return (
        await stores.calls.change(
            call_id, lambda call: offers.answer(call, number, text, by, stores.clock()), cause
        )
    ).state
