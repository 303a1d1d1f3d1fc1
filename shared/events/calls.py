"""Events of calls for offers; on the topic of the courses service.

Before the due time they say neither who has offered nor what: an offer is known by its id alone.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from shared.events.envelope import Event
from shared.ids import CallId, NetworkId, OfferId, OrganisationId, PoolId


class AwardReason(StrEnum):
    """Why an offer was chosen."""

    BEST_SCORE = "best_score"
    EQUAL_SCORE = "equal_score"
    ONLY_OFFER = "only_offer"
    BEST_REJECTED = "best_rejected"


class CallEndReason(StrEnum):
    """Why a call for offers ends without an award."""

    NO_OFFERS = "no_offers"
    NO_SUITABLE_OFFER = "no_suitable_offer"
    NEED_GONE = "need_gone"
    MISTAKE = "mistake"


class CallDrafted(Event):
    type: Literal["verbund.courses.call-drafted.v1"] = "verbund.courses.call-drafted.v1"
    call_id: CallId
    network_id: NetworkId
    pool_id: PoolId


class CallRevised(Event):
    type: Literal["verbund.courses.call-revised.v1"] = "verbund.courses.call-revised.v1"
    call_id: CallId
    network_id: NetworkId


class OffersRequested(Event):
    """These providers may offer until `due_at`; from here on specification and criteria are fixed."""

    type: Literal["verbund.courses.offers-requested.v1"] = "verbund.courses.offers-requested.v1"
    call_id: CallId
    network_id: NetworkId
    pool_id: PoolId
    provider_ids: tuple[OrganisationId, ...]
    due_at: datetime


class CallExtended(Event):
    """The due time moved to a later one, for all providers alike."""

    type: Literal["verbund.courses.call-extended.v1"] = "verbund.courses.call-extended.v1"
    call_id: CallId
    network_id: NetworkId
    provider_ids: tuple[OrganisationId, ...]
    due_at: datetime


class CallQuestionAsked(Event):
    """Somebody of those invited asked; who is not told."""

    type: Literal["verbund.courses.call-question-asked.v1"] = "verbund.courses.call-question-asked.v1"
    call_id: CallId
    network_id: NetworkId
    question: int


class CallQuestionAnswered(Event):
    type: Literal["verbund.courses.call-question-answered.v1"] = "verbund.courses.call-question-answered.v1"
    call_id: CallId
    network_id: NetworkId
    question: int
    provider_ids: tuple[OrganisationId, ...]


class OfferSubmitted(Event):
    """A sealed offer arrived, or took the place of the provider's earlier one (`revision` over 1)."""

    type: Literal["verbund.courses.offer-submitted.v1"] = "verbund.courses.offer-submitted.v1"
    call_id: CallId
    network_id: NetworkId
    offer_id: OfferId
    revision: int


class OfferWithdrawn(Event):
    type: Literal["verbund.courses.offer-withdrawn.v1"] = "verbund.courses.offer-withdrawn.v1"
    call_id: CallId
    network_id: NetworkId
    offer_id: OfferId


class CallClosed(Event):
    """The due time has come: nothing is taken any more, and the offers may be opened."""

    type: Literal["verbund.courses.call-closed.v1"] = "verbund.courses.call-closed.v1"
    call_id: CallId
    network_id: NetworkId


class OffersOpened(Event):
    type: Literal["verbund.courses.offers-opened.v1"] = "verbund.courses.offers-opened.v1"
    call_id: CallId
    network_id: NetworkId
    offers: int


class OfferRead(Event):
    """A person of the network's management read an opened offer for the first time."""

    type: Literal["verbund.courses.offer-read.v1"] = "verbund.courses.offer-read.v1"
    call_id: CallId
    network_id: NetworkId
    offer_id: OfferId


class OfferScored(Event):
    type: Literal["verbund.courses.offer-scored.v1"] = "verbund.courses.offer-scored.v1"
    call_id: CallId
    network_id: NetworkId
    offer_id: OfferId


class OfferAwarded(Event):
    """The winner, and its total price in cents at the call's reference number of seats."""

    type: Literal["verbund.courses.offer-awarded.v1"] = "verbund.courses.offer-awarded.v1"
    call_id: CallId
    network_id: NetworkId
    pool_id: PoolId
    offer_id: OfferId
    provider_id: OrganisationId
    other_provider_ids: tuple[OrganisationId, ...] = ()
    price_cents: int
    reference_seats: int
    reason_code: AwardReason


class CallCancelled(Event):
    type: Literal["verbund.courses.call-cancelled.v1"] = "verbund.courses.call-cancelled.v1"
    call_id: CallId
    network_id: NetworkId
    pool_id: PoolId
    provider_ids: tuple[OrganisationId, ...]
    reason_code: CallEndReason


class PoolOffersRequested(Event):
    type: Literal["verbund.courses.pool-offers-requested.v1"] = "verbund.courses.pool-offers-requested.v1"
    pool_id: PoolId
    network_id: NetworkId
    call_id: CallId


class PoolCallEnded(Event):
    """The pool's call ended without an award; the pool is viable as before."""

    type: Literal["verbund.courses.pool-call-ended.v1"] = "verbund.courses.pool-call-ended.v1"
    pool_id: PoolId
    network_id: NetworkId
    call_id: CallId


class PoolOfferAwarded(Event):
    type: Literal["verbund.courses.pool-offer-awarded.v1"] = "verbund.courses.pool-offer-awarded.v1"
    pool_id: PoolId
    network_id: NetworkId
    call_id: CallId
    provider_id: OrganisationId


CALL_EVENTS: tuple[type[Event], ...] = (
    CallDrafted,
    CallRevised,
    OffersRequested,
    CallExtended,
    CallQuestionAsked,
    CallQuestionAnswered,
    OfferSubmitted,
    OfferWithdrawn,
    CallClosed,
    OffersOpened,
    OfferRead,
    OfferScored,
    OfferAwarded,
    CallCancelled,
)
POOL_EVENTS: tuple[type[Event], ...] = (PoolOffersRequested, PoolCallEnded, PoolOfferAwarded)
EVENTS = (*CALL_EVENTS, *POOL_EVENTS)
