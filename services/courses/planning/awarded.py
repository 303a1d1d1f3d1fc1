"""Awarded offers of calls as offers of a problem. Pure.

An award is for one course, so each gives one offer that runs once; its date options are the slots, and an option's
venue the only room for that slot (vetoes keep the others away). The same venue of the same house is one room,
whoever offers it, so that it is not booked twice. Trainers are not named in offers: the provider sees to them.
"""

from collections.abc import Iterable

from services.courses.calls.domain import Call, CallState
from services.courses.calls.terms import OfferContent, Venue, VenueKind
from services.courses.planning.problem import Forbid, Offer, Problem, Room, Slot
from shared.events.courses import CourseFormat, SessionDay
from shared.ids import OrganisationId, derived_id


def awarded_content(call: Call) -> OfferContent | None:
    """Return the awarded offer of a call; None while there is none, or where it could not be read."""
    if call.state is not CallState.AWARDED or call.award is None:
        return None
    opened = call.opened.get(call.award.offer_id)
    return opened.content if opened else None


def with_awarded(problem: Problem, calls: Iterable[Call]) -> Problem:
    """Return the problem with the awarded offers of these calls, and what belongs to them, in it."""
    offers, rooms, vetoes = (
        list(problem.offers),
        {room.id: room for room in problem.rooms},
        list(problem.forbids),
    )
    for call in calls:
        content = awarded_content(call)
        if content is None or call.award is None:
            continue
        venues = [_room(venue, call.award.provider_id, content) for venue in content.venues]
        offer = _offer(call, content, [room.id for room in venues])
        offers.append(offer)
        if offer.room_ids:
            rooms |= {room.id: room for room in venues if room.id not in rooms}
            vetoes += _elsewhere(offer, content, [room.id for room in venues])
    return problem.model_copy(
        update={"offers": tuple(offers), "rooms": tuple(rooms.values()), "forbids": tuple(vetoes)}
    )


def _offer(call: Call, content: OfferContent, venues: list[str]) -> Offer:
    assert call.award is not None  # noqa: S101  asked by the caller
    format_ = _format(call, content)
    return Offer(
        id=f"call:{call.id}",
        provider_id=call.award.provider_id,
        topic_code=call.specification.topic_code,
        slots=tuple(
            Slot(id=f"option-{number}", days=_days(option.days, format_))
            for number, option in enumerate(content.options)
        ),
        room_ids=() if format_ is CourseFormat.ONLINE else tuple(dict.fromkeys(venues)),
        format=format_,
        level=None if call.specification.level is None else str(call.specification.level),
        minimum_seats=content.minimum_seats,
        maximum_seats=content.maximum_seats,
        fixed_cents=content.fixed_cents,
        variable_cents=content.per_seat_cents,
    )


def _format(call: Call, content: OfferContent) -> CourseFormat:
    wanted = call.specification.format
    if wanted is CourseFormat.ONLINE or all(venue.kind is VenueKind.ONLINE for venue in content.venues):
        return CourseFormat.ONLINE
    both = all(len({day.online for day in option.days}) > 1 for option in content.options)
    return CourseFormat.BLENDED if wanted is CourseFormat.BLENDED and both else CourseFormat.ON_SITE


def _days(days: Iterable[SessionDay], format_: CourseFormat) -> tuple[SessionDay, ...]:
    if format_ is CourseFormat.BLENDED:
        return tuple(days)
    return tuple(day.model_copy(update={"online": format_ is CourseFormat.ONLINE}) for day in days)


def _room(venue: Venue, provider_id: OrganisationId, content: OfferContent) -> Room:
    house = venue.host_organisation_id or provider_id
    return Room(
        id=derived_id("venue", house, venue.ags or "", venue.label.casefold().strip()),
        seats=venue.seats or content.maximum_seats,
        place=venue.ags,
    )


def _elsewhere(offer: Offer, content: OfferContent, venues: list[str]) -> list[Forbid]:
    return [
        Forbid(offer_id=offer.id, slot_id=slot.id, room_id=room_id)
        for slot, option in zip(offer.slots, content.options, strict=True)
        for room_id in offer.room_ids
        if option.venue < len(venues) and room_id != venues[option.venue]
    ]
