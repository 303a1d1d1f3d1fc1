"""Several employees in one request: all or nothing, as many as possible, or as a group that waits. Pure."""

from datetime import datetime

from pydantic import JsonValue

from services.courses.memberships.domain import Policy
from services.courses.sessions.domain.bookings import (
    Request,
    confirm,
    require_bookable,
    require_person,
    require_room_in_waitlist,
    status_of,
    wait,
)
from services.courses.sessions.domain.errors import AlreadyBooked, NotEnoughSeats
from services.courses.sessions.domain.parts import Group, GroupMode
from services.courses.sessions.domain.queue import Events, fill
from services.courses.sessions.domain.state import Session
from shared.decisions import Change
from shared.errors import IdempotencyKeyReused
from shared.events.envelope import Value
from shared.ids import OrganisationId


class GroupRequest(Value):
    """A company's request for several seats; `members` name a person each and share all else."""

    group_id: str
    mode: GroupMode
    members: tuple[Request, ...]

    @property
    def organisation_id(self) -> OrganisationId:
        """The company that asks."""
        return self.members[0].organisation_id


def book_group(session: Session, asked: GroupRequest, policy: Policy, at: datetime) -> Change[Session]:
    """Book several seats in one decision; nothing is booked when one person is refused.

    Errors: `Rejected` 409 with the person at fault, `NotEnoughSeats` 409 in mode all_or_nothing,
    `IdempotencyKeyReused` 422.
    """
    first, size = asked.members[0], len(asked.members)
    if session.knows(first.booking_id):
        if session.booking(first.booking_id).request != first.request:
            raise IdempotencyKeyReused
        return Change(session, (), answer(session, asked))
    require_bookable(session, asked.organisation_id, at, member=first.member)
    people = [member.participant_id for member in asked.members]
    for number, member in enumerate(asked.members):
        pointer = f"#/participant_ids/{number}"
        require_person(session, member.participant_id, member.attested, pointer)
        if member.participant_id in people[:number]:
            raise AlreadyBooked(pointer=pointer)
    free = max(0, session.available(asked.organisation_id))
    if free < size and asked.mode is GroupMode.ALL_OR_NOTHING:
        raise NotEnoughSeats(free=free, asked=size)
    now = size if free >= size else free if asked.mode is GroupMode.AS_MANY_AS_POSSIBLE else 0
    if now < size:
        require_room_in_waitlist(
            session, asked.organisation_id, policy.waitlist_cap_per_company, more=size - now
        )
        group = Group(mode=asked.mode)
        session = session.model_copy(update={"groups": {**session.groups, asked.group_id: group}})
    events: Events = ()
    for number, member in enumerate(asked.members):
        if number < now:
            session, more = confirm(session, member, policy, at, group=asked.group_id)
        else:
            session, more = wait(session, member, policy, group=asked.group_id)
        events += more
    session, more = fill(session, at)  # "3 of 5 now?"
    return Change(session, events + more, answer(session, asked))


def answer(session: Session, asked: GroupRequest) -> JsonValue:
    """Return what became of each member of the group, in the order of the request."""
    return [
        {
            "id": member.booking_id,
            "status": status_of(session, member.booking_id),
            "position": session.position(member.booking_id),
            "policy_version": session.booking(member.booking_id).policy,
            "warnings": list(member.warnings),
        }
        for member in asked.members
    ]
