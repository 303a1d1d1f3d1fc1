"""A call for offers: specification, criteria, sealed offers, opening, scores, award, and the journal of it all. Pure.

One document holds all of it, so "late", "withdrawn before the due time" and "who opened what when" are decided by
the same guarded write (docs/adr/0018). Offers are in `offers.py`, what follows their opening in `opening.py`.
"""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from services.courses.calls.errors import DueTooEarly, OfferTooLate, TooFewProviders
from services.courses.calls.terms import (
    Criterion,
    OfferContent,
    Specification,
    check_criteria,
    check_specification,
)
from services.courses.rules import step
from shared.decisions import Change
from shared.errors import IdempotencyKeyReused
from shared.events.calls import (
    AwardReason,
    CallCancelled,
    CallClosed,
    CallDrafted,
    CallEndReason,
    CallExtended,
    CallRevised,
    OffersRequested,
)
from shared.events.envelope import Value
from shared.ids import CallId, NetworkId, OfferId, OrganisationId, PersonId, PoolId


class CallState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    OPENED = "opened"
    AWARDED = "awarded"
    CANCELLED = "cancelled"


class CallCommand(StrEnum):
    REVISE = "revise"
    REQUEST = "request"
    EXTEND = "extend"
    CLOSE = "close"
    OPEN_OFFERS = "open_offers"
    SCORE = "score"
    AWARD = "award"
    CANCEL = "cancel"


_S, _C = CallState, CallCommand
TABLE: dict[tuple[CallState, CallCommand], CallState] = {
    (_S.DRAFT, _C.REVISE): _S.DRAFT,
    (_S.DRAFT, _C.REQUEST): _S.OPEN,
    (_S.DRAFT, _C.CANCEL): _S.CANCELLED,
    (_S.OPEN, _C.EXTEND): _S.OPEN,
    (_S.OPEN, _C.CLOSE): _S.CLOSED,
    (_S.OPEN, _C.CANCEL): _S.CANCELLED,
    (_S.CLOSED, _C.OPEN_OFFERS): _S.OPENED,
    (_S.CLOSED, _C.CANCEL): _S.CANCELLED,
    (_S.OPENED, _C.SCORE): _S.OPENED,
    (_S.OPENED, _C.AWARD): _S.AWARDED,
    (_S.OPENED, _C.CANCEL): _S.CANCELLED,
}


class Act(StrEnum):
    """What the journal tells of."""

    DRAFTED = "drafted"
    REVISED = "revised"
    REQUESTED = "requested"
    EXTENDED = "extended"
    ASKED = "asked"
    ANSWERED = "answered"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    OPENED = "opened"
    READ = "read"
    SCORED = "scored"
    AWARDED = "awarded"
    CANCELLED = "cancelled"


class Entry(Value):
    """One line of the journal: what happened when, by which person (None: by the clock)."""

    at: datetime
    act: Act
    person_id: PersonId | None = None
    offer_id: OfferId | None = None


class Question(Value):
    """A provider's question and the answer that every provider reads."""

    number: int
    provider_id: OrganisationId
    text: str
    asked_at: datetime
    answer: str | None = None
    answered_at: datetime | None = None


class Sealed(Value):
    """An offer as it lies here until the opening: `envelope` is encrypted, `digest` is its SHA-256 in hex."""

    offer_id: OfferId
    provider_id: OrganisationId
    revision: int
    submitted_at: datetime
    envelope: str
    digest: str


class Opened(Value):
    """An opened offer; `content` is None where the seal could not be read (`Sealed.digest` proves what came in)."""

    offer_id: OfferId
    provider_id: OrganisationId
    submitted_at: datetime
    digest: str
    content: OfferContent | None
    points: dict[str, int] = Field(default_factory=dict)
    note: str = ""


class Award(Value):
    """The decision."""

    offer_id: OfferId
    provider_id: OrganisationId
    reason_code: AwardReason
    reason: str
    decided_at: datetime


class Call(Value):
    """The state of a call; instants in UTC."""

    id: CallId
    network_id: NetworkId
    pool_id: PoolId
    specification: Specification
    criteria: tuple[Criterion, ...]
    providers: tuple[OrganisationId, ...] = ()
    few_providers_reason: str = ""
    due_at: datetime
    state: CallState = CallState.DRAFT
    public_key: str = ""
    questions: tuple[Question, ...] = ()
    sealed: dict[OfferId, Sealed] = Field(default_factory=dict)
    revisions: dict[OfferId, int] = Field(default_factory=dict)
    opened: dict[OfferId, Opened] = Field(default_factory=dict)
    award: Award | None = None
    end_reason: CallEndReason | None = None
    end_note: str = ""
    journal: tuple[Entry, ...] = ()
    request: str = ""
    created_ms: int

    def noted(self, at: datetime, act: Act, by: PersonId | None, offer_id: OfferId | None = None) -> "Call":
        """Return the call with one more line in its journal."""
        entry = Entry(at=at, act=act, person_id=by, offer_id=offer_id)
        return self.model_copy(update={"journal": (*self.journal, entry)})

    def sealed_at(self, at: datetime) -> bool:
        """Whether nobody may read an offer at this instant: true until they were opened, after the due time."""
        return at < self.due_at or self.state not in {_S.OPENED, _S.AWARDED, _S.CANCELLED}


def draft(existing: Call | None, call: Call, by: PersonId, at: datetime) -> Change[Call]:
    """Draft a call. Errors: `Invalid`, `IdempotencyKeyReused` 422."""
    if existing is not None:
        if existing.request != call.request:
            raise IdempotencyKeyReused
        return Change(existing)
    _check(call)
    event = CallDrafted(call_id=call.id, network_id=call.network_id, pool_id=call.pool_id)
    return Change(call.noted(at, Act.DRAFTED, by), (event,))


def revise(call: Call, terms: Call, by: PersonId, at: datetime) -> Change[Call]:
    """Replace what a draft says. Errors: `Invalid` 422, `WrongState` 409 once providers were asked."""
    state = step(TABLE, call.state, _C.REVISE, "call for offers")
    fields = ("specification", "criteria", "providers", "few_providers_reason", "due_at")
    after = call.model_copy(update={"state": state, **{name: getattr(terms, name) for name in fields}})
    _check(after)
    if after == call:
        return Change(call)
    event = CallRevised(call_id=call.id, network_id=call.network_id)
    return Change(after.noted(at, Act.REVISED, by), (event,))


def _check(call: Call) -> None:
    check_specification(call.specification)
    check_criteria(call.criteria)


def requestable(call: Call, minimum_providers: int, at: datetime) -> None:
    """Check that providers may be asked now. Errors: `TooFewProviders`, `DueTooEarly` 422, `WrongState` 409."""
    step(TABLE, call.state, _C.REQUEST, "call for offers")
    _check(call)
    if len(call.providers) < minimum_providers and not call.few_providers_reason:
        raise TooFewProviders(pointer="#/providers", minimum=minimum_providers)
    if not call.providers:
        raise TooFewProviders(pointer="#/providers", minimum=1)
    if call.due_at <= at:
        raise DueTooEarly(pointer="#/due_at")


def request(call: Call, public_key: str, minimum_providers: int, by: PersonId, at: datetime) -> Change[Call]:
    """Ask the providers; from here on specification and criteria are fixed. Errors: see `requestable`."""
    if call.state is CallState.OPEN and call.public_key == public_key:
        return Change(call)
    requestable(call, minimum_providers, at)
    after = call.model_copy(update={"state": CallState.OPEN, "public_key": public_key})
    event = OffersRequested(
        call_id=call.id,
        network_id=call.network_id,
        pool_id=call.pool_id,
        provider_ids=call.providers,
        due_at=call.due_at,
    )
    return Change(after.noted(at, Act.REQUESTED, by), (event,))


def extend(call: Call, due_at: datetime, by: PersonId, at: datetime) -> Change[Call]:
    """Move the due time, for all alike and only while it has not come. Errors: `DueTooEarly` 422, `Rejected` 409."""
    state = step(TABLE, call.state, _C.EXTEND, "call for offers")
    if at >= call.due_at:
        raise OfferTooLate
    if due_at <= call.due_at:
        raise DueTooEarly(pointer="#/due_at")
    after = call.model_copy(update={"state": state, "due_at": due_at})
    event = CallExtended(
        call_id=call.id, network_id=call.network_id, provider_ids=call.providers, due_at=due_at
    )
    return Change(after.noted(at, Act.EXTENDED, by), (event,))


def due(call: Call, at: datetime) -> Change[Call]:
    """Close the call when its due time has come; changes nothing before that or when it is closed."""
    if call.state is not CallState.OPEN or at < call.due_at:
        return Change(call)
    state = step(TABLE, call.state, _C.CLOSE, "call for offers")
    after = call.model_copy(update={"state": state}).noted(at, Act.CLOSED, None)
    return Change(after, (CallClosed(call_id=call.id, network_id=call.network_id),))


def cancel(call: Call, reason: CallEndReason, note: str, by: PersonId, at: datetime) -> Change[Call]:
    """End the call without an award. Offers that are still sealed are deleted unread. Errors: `WrongState` 409."""
    if call.state is CallState.CANCELLED and call.end_reason is reason:
        return Change(call)
    state = step(TABLE, call.state, _C.CANCEL, "call for offers")
    after = call.model_copy(
        update={"state": state, "end_reason": reason, "end_note": note, "sealed": {}}
    ).noted(at, Act.CANCELLED, by)
    event = CallCancelled(
        call_id=call.id,
        network_id=call.network_id,
        pool_id=call.pool_id,
        provider_ids=call.providers,
        reason_code=reason,
    )
    return Change(after, (event,))
