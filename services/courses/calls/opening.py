"""What follows the due time: opening, reading, scoring, award. Pure."""

from collections.abc import Mapping
from datetime import datetime

from services.courses.calls.domain import TABLE, Act, Award, Call, CallCommand, CallState, Opened
from services.courses.calls.errors import AwardReasonDiffers, NotScored, OffersSealed
from services.courses.calls.terms import COMPUTED, POINTS_MAX, Criterion, CriterionKind, OfferContent
from services.courses.rules import step
from shared.decisions import Change
from shared.errors import Invalid, NotFound
from shared.events.calls import AwardReason, OfferAwarded, OfferRead, OfferScored, OffersOpened
from shared.ids import OfferId, PersonId


def require_due(call: Call, at: datetime) -> None:
    """Refuse to open before the due time. Errors: `OffersSealed` 409."""
    if at < call.due_at:
        raise OffersSealed(due_at=call.due_at.isoformat())


def open_offers(
    call: Call, contents: Mapping[OfferId, OfferContent | None], by: PersonId, at: datetime
) -> Change[Call]:
    """Open all offers at once; None stands for a seal that could not be read. Errors: `Rejected` 409.

    Price and approval are judged here, by the same formula for all.
    """
    if call.state in {CallState.OPENED, CallState.AWARDED}:
        return Change(call)
    require_due(call, at)
    state = step(TABLE, call.state, CallCommand.OPEN_OFFERS, "call for offers")
    opened = {
        offer_id: Opened(
            offer_id=offer_id,
            provider_id=sealed.provider_id,
            submitted_at=sealed.submitted_at,
            digest=sealed.digest,
            content=contents.get(offer_id),
        )
        for offer_id, sealed in sorted(call.sealed.items())
    }
    after = call.model_copy(update={"state": state, "sealed": {}, "opened": opened})
    after = after.model_copy(update={"opened": _computed(after)})
    for offer_id in opened:
        after = after.noted(at, Act.OPENED, by, offer_id)
    if not opened:
        after = after.noted(at, Act.OPENED, by)
    return Change(after, (OffersOpened(call_id=call.id, network_id=call.network_id, offers=len(opened)),))


def price_points(total_cents: int, lowest_cents: int) -> int:
    """Return lowest / own x 100, rounded down: the lowest price gets 100 points, the double price 50."""
    return POINTS_MAX if total_cents <= lowest_cents else POINTS_MAX * lowest_cents // total_cents


def _computed(call: Call) -> dict[OfferId, Opened]:
    seats = call.specification.reference_seats
    readable = [each.content for each in call.opened.values() if each.content is not None]
    lowest = min((content.total_cents(seats) for content in readable), default=0)
    found = {}
    for offer_id, offer in call.opened.items():
        points = dict(offer.points)
        for criterion in call.criteria:
            if offer.content is None:
                continue
            if criterion.kind is CriterionKind.PRICE:
                points[criterion.key] = price_points(offer.content.total_cents(seats), lowest)
            elif criterion.kind is CriterionKind.AZAV:
                until = offer.content.azav_certified_until
                approved = until is not None and until >= call.specification.earliest
                points[criterion.key] = POINTS_MAX if approved else 0
        found[offer_id] = offer.model_copy(update={"points": points})
    return found


def read(call: Call, offer_id: OfferId, by: PersonId, at: datetime) -> Change[Call]:
    """Note who reads an opened offer for the first time. Errors: `OffersSealed` 409, `NotFound` 404."""
    if call.sealed_at(at):
        raise OffersSealed(due_at=call.due_at.isoformat())
    if offer_id not in call.opened:
        raise NotFound(kind="offer")
    known = any(
        entry.act is Act.READ and entry.person_id == by and entry.offer_id == offer_id
        for entry in call.journal
    )
    if known:
        return Change(call)
    event = OfferRead(call_id=call.id, network_id=call.network_id, offer_id=offer_id)
    return Change(call.noted(at, Act.READ, by, offer_id), (event,))


def score(
    call: Call, offer_id: OfferId, points: Mapping[str, int], note: str, by: PersonId, at: datetime
) -> Change[Call]:
    """Judge an offer by the criteria that people judge; 0 to 100 points each.

    Errors: `NotFound` 404, `Invalid` 422 for a criterion that is unknown or computed, `WrongState` 409.
    """
    step(TABLE, call.state, CallCommand.SCORE, "call for offers")
    offer = call.opened.get(offer_id)
    if offer is None:
        raise NotFound(kind="offer")
    judged = {each.key for each in call.criteria if each.kind not in COMPUTED}
    for key in points:
        if key not in judged or offer.content is None:
            raise Invalid(
                pointer=f"#/points/{key}",
                reason_en="This criterion is not judged by people here.",
                reason_de="Dieses Kriterium wird hier nicht von Menschen bewertet.",
            )
    after = offer.model_copy(update={"points": {**offer.points, **points}, "note": note})
    if after == offer:
        return Change(call)
    changed = call.model_copy(update={"opened": {**call.opened, offer_id: after}})
    event = OfferScored(call_id=call.id, network_id=call.network_id, offer_id=offer_id)
    return Change(changed.noted(at, Act.SCORED, by, offer_id), (event,))


def total(criteria: tuple[Criterion, ...], offer: Opened) -> int | None:
    """Return the weighted points in hundredths (0 to 10,000), None while one is missing or it is unreadable."""
    if offer.content is None or any(each.key not in offer.points for each in criteria):
        return None
    return sum(each.weight * offer.points[each.key] for each in criteria)


def fitting_reason(call: Call, offer_id: OfferId) -> AwardReason:
    """Return the reason that the scores give for this choice. Errors: `NotScored` 409."""
    totals: dict[OfferId, int] = {}
    for key, offer in call.opened.items():
        if offer.content is None:
            continue
        points = total(call.criteria, offer)
        if points is None:
            raise NotScored
        totals[key] = points
    if len(totals) == 1:
        return AwardReason.ONLY_OFFER
    best = max(totals.values())
    if totals[offer_id] < best:
        return AwardReason.BEST_REJECTED
    winners = sum(points == best for points in totals.values())
    return AwardReason.BEST_SCORE if winners == 1 else AwardReason.EQUAL_SCORE


def award(
    call: Call, offer_id: OfferId, reason_code: AwardReason, reason: str, by: PersonId, at: datetime
) -> Change[Call]:
    """Choose an offer; the code has to fit the scores. Errors: `NotFound` 404, `Rejected` 409, 422."""
    if call.state is CallState.AWARDED and call.award is not None and call.award.offer_id == offer_id:
        return Change(call)
    state = step(TABLE, call.state, CallCommand.AWARD, "call for offers")
    offer = call.opened.get(offer_id)
    if offer is None or offer.content is None:
        raise NotFound(kind="offer")
    fitting = fitting_reason(call, offer_id)
    if reason_code is not fitting:
        raise AwardReasonDiffers(pointer="#/reason_code", fitting=str(fitting))
    decision = Award(
        offer_id=offer_id,
        provider_id=offer.provider_id,
        reason_code=reason_code,
        reason=reason,
        decided_at=at,
    )
    after = call.model_copy(update={"state": state, "award": decision}).noted(at, Act.AWARDED, by, offer_id)
    seats = call.specification.reference_seats
    event = OfferAwarded(
        call_id=call.id,
        network_id=call.network_id,
        pool_id=call.pool_id,
        offer_id=offer_id,
        provider_id=offer.provider_id,
        other_provider_ids=tuple(
            each.provider_id for each in call.opened.values() if each.offer_id != offer_id
        ),
        price_cents=offer.content.total_cents(seats),
        reference_seats=seats,
        reason_code=reason_code,
    )
    return Change(after, (event,))
