"""What people see of a call. Nothing of an offer leaves before the opening: not its author, not their number."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from services.courses.calls.domain import Call, CallState
from services.courses.calls.offers import offer_id_of
from services.courses.calls.opening import total
from services.courses.calls.terms import Criterion, OfferContent, Specification
from shared.events.calls import AwardReason, CallEndReason
from shared.ids import OrganisationId
from shared.mongo import Collection, Document
from shared.web import Page, Paging, View, page_of


class QuestionView(View):
    """A question and its answer, the same for everybody; `own` marks the reader's own."""

    number: int
    text: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None
    own: bool = False


class OfferView(View):
    """An opened offer in one line; `total_cents` at the reference number of seats, `score` from 0 to 100."""

    offer_id: str
    provider_id: str
    submitted_at: datetime
    digest: str
    readable: bool
    total_cents: int | None
    points: dict[str, int]
    score: float | None
    note: str


class AwardView(View):
    """The decision."""

    offer_id: str
    provider_id: str
    reason_code: AwardReason
    reason: str
    decided_at: datetime


class CallView(View):
    """A call for the network's management. While `offers_sealed`, nobody knows of any offer."""

    id: str
    network_id: str
    pool_id: str
    state: CallState
    specification: Specification
    criteria: list[Criterion]
    providers: list[str]
    few_providers_reason: str
    due_at: datetime
    offers_sealed: bool
    questions: list[QuestionView]
    offers: list[OfferView]
    award: AwardView | None
    end_reason: CallEndReason | None
    end_note: str


class ReceiptView(View):
    """What a provider gets for its sealed offer; `digest` is the SHA-256 of the envelope, in hex."""

    offer_id: str
    provider_id: str
    revision: int
    submitted_at: datetime
    digest: str


class CallInvitationView(View):
    """A call as one invited provider sees it; `own_offer` is readable after the opening only, also for its author."""

    call_id: str
    network_id: str
    provider_id: str
    state: CallState
    specification: Specification
    criteria: list[Criterion]
    due_at: datetime
    questions: list[QuestionView]
    receipt: ReceiptView | None
    own_offer: OfferContent | None
    outcome: Literal["awarded", "not_awarded", "cancelled"] | None


def call_view(call: Call, at: datetime) -> CallView:
    """Return a call for its managers."""
    sealed = call.sealed_at(at)
    return CallView(
        id=call.id,
        network_id=call.network_id,
        pool_id=call.pool_id,
        state=call.state,
        specification=call.specification,
        criteria=list(call.criteria),
        providers=list(call.providers),
        few_providers_reason=call.few_providers_reason,
        due_at=call.due_at,
        offers_sealed=sealed,
        questions=_questions(call, None),
        offers=[] if sealed else offer_views(call),
        award=None
        if call.award is None
        else AwardView.model_validate(call.award.model_dump(include=set(AwardView.model_fields))),
        end_reason=call.end_reason,
        end_note=call.end_note,
    )


def offer_views(call: Call) -> list[OfferView]:
    """Return the opened offers, the best first, unscored ones last."""
    seats = call.specification.reference_seats
    found = [
        OfferView(
            offer_id=offer.offer_id,
            provider_id=offer.provider_id,
            submitted_at=offer.submitted_at,
            digest=offer.digest,
            readable=offer.content is not None,
            total_cents=None if offer.content is None else offer.content.total_cents(seats),
            points=offer.points,
            score=None if (points := total(call.criteria, offer)) is None else points / 100,
            note=offer.note,
        )
        for offer in call.opened.values()
    ]
    return sorted(
        found, key=lambda offer: (-(offer.score if offer.score is not None else -1), offer.offer_id)
    )


def invitation_view(call: Call, provider_id: OrganisationId, at: datetime) -> CallInvitationView:
    """Return a call for one of the invited providers."""
    offer_id = offer_id_of(call, provider_id)
    sealed, opened = call.sealed.get(offer_id), call.opened.get(offer_id)
    return CallInvitationView(
        call_id=call.id,
        network_id=call.network_id,
        provider_id=provider_id,
        state=call.state,
        specification=call.specification,
        criteria=list(call.criteria),
        due_at=call.due_at,
        questions=_questions(call, provider_id),
        receipt=None
        if sealed is None
        else ReceiptView.model_validate(sealed.model_dump(include=set(ReceiptView.model_fields))),
        own_offer=None if opened is None or call.sealed_at(at) else opened.content,
        outcome=_outcome(call, provider_id),
    )


def _outcome(
    call: Call, provider_id: OrganisationId
) -> Literal["awarded", "not_awarded", "cancelled"] | None:
    if call.state is CallState.CANCELLED:
        return "cancelled"
    if call.award is None:
        return None
    return "awarded" if call.award.provider_id == provider_id else "not_awarded"


def _questions(call: Call, reader: OrganisationId | None) -> list[QuestionView]:
    return [
        QuestionView(
            number=each.number,
            text=each.text,
            asked_at=each.asked_at,
            answer=each.answer,
            answered_at=each.answered_at,
            own=each.provider_id == reader,
        )
        for each in call.questions
    ]


async def list_calls(
    collection: Collection, network_id: str, paging: Paging, at: datetime, state: CallState | None
) -> Page[CallView]:
    """Return the network's calls, newest first."""
    where: Document = {"network_id": network_id}
    if state is not None:
        where["status"] = str(state)
    return await page_of(
        collection, where, paging, lambda found: call_view(Call.model_validate(found["state"]), at)
    )


async def list_invitations(
    collection: Collection, provider_ids: Iterable[OrganisationId], paging: Paging, at: datetime
) -> Page[CallInvitationView]:
    """Return the calls that these providers were invited to, newest first."""
    own = sorted(provider_ids)

    def view(found: Document) -> CallInvitationView:
        call = Call.model_validate(found["state"])
        return invitation_view(call, next(each for each in own if each in call.providers), at)

    return await page_of(collection, {"providers": {"$in": list(own)}}, paging, view)
