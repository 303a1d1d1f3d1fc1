"""What a provider does before the due time: ask, offer, offer anew, withdraw. Pure."""

from datetime import datetime

from services.courses.calls.domain import Act, Call, CallState, Question, Sealed
from services.courses.calls.errors import NothingOffered, OfferTooLate
from shared.decisions import Change
from shared.errors import Invalid, NotFound, WrongState
from shared.events.calls import (
    CallQuestionAnswered,
    CallQuestionAsked,
    OfferSubmitted,
    OfferWithdrawn,
)
from shared.ids import OfferId, OrganisationId, PersonId, derived_id

MAX_QUESTIONS = 200
MAX_REVISIONS = 100


def offer_id_of(call: Call, provider_id: OrganisationId) -> OfferId:
    """Return the id of the one offer that a provider may have in a call."""
    return OfferId(derived_id("offer", call.id, provider_id))


def require_taking(call: Call, provider_id: OrganisationId, at: datetime) -> None:
    """Let pass an invited provider while the call takes offers.

    Errors: `NotFound` 404 for who was not invited, `OfferTooLate`, `WrongState` 409.
    """
    if provider_id not in call.providers or call.state is CallState.DRAFT:
        raise NotFound(kind="call for offers")
    if call.state is CallState.CLOSED or (call.state is CallState.OPEN and at >= call.due_at):
        raise OfferTooLate
    if call.state is not CallState.OPEN:
        raise WrongState(kind="call for offers", state=str(call.state))


def submit(call: Call, sealed: Sealed, by: PersonId, at: datetime) -> Change[Call]:
    """Take a sealed offer; it replaces the provider's earlier one. Errors: see `require_taking`.

    The answer is the provider's receipt: what was sealed, when, and its digest.
    """
    require_taking(call, sealed.provider_id, at)
    revision = call.revisions.get(sealed.offer_id, 0) + 1
    if revision > MAX_REVISIONS:
        raise Invalid(
            reason_en=f"An offer can be replaced {MAX_REVISIONS} times.",
            reason_de=f"Ein Angebot kann {MAX_REVISIONS}-mal ersetzt werden.",
        )
    kept = sealed.model_copy(update={"revision": revision, "submitted_at": at})
    after = call.model_copy(
        update={
            "sealed": {**call.sealed, kept.offer_id: kept},
            "revisions": {**call.revisions, kept.offer_id: revision},
        }
    ).noted(at, Act.SUBMITTED, by, kept.offer_id)
    event = OfferSubmitted(
        call_id=call.id, network_id=call.network_id, offer_id=kept.offer_id, revision=revision
    )
    return Change(after, (event,), kept.model_dump(mode="json", exclude={"envelope"}))


def withdraw(call: Call, provider_id: OrganisationId, by: PersonId, at: datetime) -> Change[Call]:
    """Take the provider's offer back, unread. Errors: `NothingOffered` 409, see `require_taking`."""
    require_taking(call, provider_id, at)
    offer_id = offer_id_of(call, provider_id)
    if offer_id not in call.sealed:
        raise NothingOffered
    left = {key: each for key, each in call.sealed.items() if key != offer_id}
    after = call.model_copy(update={"sealed": left}).noted(at, Act.WITHDRAWN, by, offer_id)
    return Change(after, (OfferWithdrawn(call_id=call.id, network_id=call.network_id, offer_id=offer_id),))


def ask(call: Call, provider_id: OrganisationId, text: str, by: PersonId, at: datetime) -> Change[Call]:
    """Put a question that all of those invited will read, without its author. Errors: see `require_taking`."""
    require_taking(call, provider_id, at)
    number = len(call.questions) + 1
    if number > MAX_QUESTIONS:
        raise Invalid(
            reason_en="This call has very many questions already.",
            reason_de="Zu dieser Anfrage gibt es schon sehr viele Fragen.",
        )
    question = Question(number=number, provider_id=provider_id, text=text, asked_at=at)
    after = call.model_copy(update={"questions": (*call.questions, question)}).noted(at, Act.ASKED, by)
    event = CallQuestionAsked(call_id=call.id, network_id=call.network_id, question=number)
    return Change(after, (event,), number)


def answer(call: Call, number: int, text: str, by: PersonId, at: datetime) -> Change[Call]:
    """Answer a question for all, while it can still help all. Errors: `NotFound` 404, `Rejected` 409."""
    if call.state is not CallState.OPEN:
        raise WrongState(kind="call for offers", state=str(call.state))
    if at >= call.due_at:
        raise OfferTooLate
    found = next((each for each in call.questions if each.number == number), None)
    if found is None:
        raise NotFound(kind="question")
    if found.answer == text:
        return Change(call)
    told = found.model_copy(update={"answer": text, "answered_at": at})
    questions = tuple(told if each.number == number else each for each in call.questions)
    after = call.model_copy(update={"questions": questions}).noted(at, Act.ANSWERED, by)
    event = CallQuestionAnswered(
        call_id=call.id, network_id=call.network_id, question=number, provider_ids=call.providers
    )
    return Change(after, (event,))
