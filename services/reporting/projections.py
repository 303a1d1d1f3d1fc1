"""From events to rows, purely: one row per aggregate, the same whatever the order and however often.

A row is a map of cells; each cell keeps the sequence of the event that set it, and the highest one wins. What
must be kept side by side (bookings of a session, pledges of a pool) has a cell for each. So duplicates,
reordering, replays from a dead-letter topic and rebuilds all lead to the same row.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import JsonValue

from shared.events import (
    aid,
    calls,
    catalogue,
    courses,
    erasures,
    membership,
    memberships,
    needs,
    networks,
    organisations,
    planning,
    renewals,
    seats,
    sessions,
    waves,
)
from shared.events.envelope import Event

type Cells = dict[str, JsonValue]


class Kind(StrEnum):
    """What a row is about."""

    NETWORK = "network"
    ORGANISATION = "organisation"
    MEMBERSHIP = "membership"
    AID_LEDGER = "aid_ledger"
    NEED = "need"
    POOL = "pool"
    COURSE = "course"
    SESSION = "session"
    ERASURE = "erasure"
    CALL = "call"
    COST_PLAN = "cost_plan"
    PLANNING_RUN = "planning_run"
    DEMAND = "demand"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and the sequence of the event that set it."""

    sequence: int
    value: JsonValue


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one aggregate; `seen` holds the applied sequences as closed, disjoint ranges."""

    kind: Kind
    network_id: str | None = None
    cells: Mapping[str, Cell] = field(default_factory=dict)
    seen: tuple[tuple[int, int], ...] = ()
    last_event_at: datetime | None = None

    def value(self, name: str) -> JsonValue:
        """Return a cell's value, None if no event has set it."""
        cell = self.cells.get(name)
        return None if cell is None else cell.value

    def group(self, prefix: str) -> dict[str, JsonValue]:
        """Return the values of the cells `prefix/…` by what follows the slash."""
        start = f"{prefix}/"
        return {name[len(start) :]: c.value for name, c in self.cells.items() if name.startswith(start)}


def evolve(row: Row, event: Event, sequence: int, at: datetime) -> Row:
    """Return `row` with `event` applied, which is the aggregate's number `sequence`; commutes and repeats."""
    changed = {
        name: Cell(sequence, value)
        for name, value in cells_of(event, sequence).items()
        if name not in row.cells or row.cells[name].sequence < sequence
    }
    network_id = getattr(event, "network_id", None)
    return Row(
        kind=row.kind,
        network_id=row.network_id or network_id,
        cells={**row.cells, **changed} if changed else row.cells,
        seen=_with(row.seen, sequence),
        last_event_at=at if row.last_event_at is None else max(row.last_event_at, at),
    )


def kind_of(event: Event) -> Kind:
    """Return what the event's aggregate is. Errors: KeyError for a type that is not projected."""
    return _KINDS[type(event)]


def cells_of(event: Event, sequence: int) -> Cells:
    """Return the cells that the event sets."""
    effect = _EFFECTS.get(type(event))
    return effect(event, sequence) if effect else {}


def _with(seen: tuple[tuple[int, int], ...], sequence: int) -> tuple[tuple[int, int], ...]:
    if any(first <= sequence <= last for first, last in seen):
        return seen
    merged: list[tuple[int, int]] = []
    for first, last in sorted((*seen, (sequence, sequence))):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)


def _constant(**cells: JsonValue) -> Callable[[Any, int], Cells]:
    return lambda _event, _sequence: cells


def _membership(state: str) -> Callable[[Any, int], Cells]:
    return lambda event, _sequence: {"state": state, "organisation": event.organisation_id}


def _booking(status: str) -> Callable[[Any, int], Cells]:
    def effect(event: Any, _sequence: int) -> Cells:
        booking: dict[str, JsonValue] = {"organisation": event.organisation_id, "status": status}
        return {
            f"booking/{event.booking_id}": booking,
            **_seats(event),
        }

    return effect


def _seats(event: Any, _sequence: int = 0) -> Cells:
    # The counters that courses counted; nobody downstream has to count seats again.
    return {"seats": {"confirmed": event.seats.confirmed, "waitlisted": event.seats.waitlisted}}


def _ended(event: courses.BookingCancelled, sequence: int) -> Cells:
    # Only what the company itself gave up counts as a cancellation.
    causes = seats.CancellationCause
    by_company = event.cause in {causes.COMPANY, causes.DATES_DECLINED}
    return _booking("cancelled" if by_company else "ended")(event, sequence)


def _left(event: seats.SeatOfferExpired | seats.SeatOfferDeclined, _sequence: int) -> Cells:
    gone: JsonValue = {"organisation": event.organisation_id, "status": "ended"}
    return {**{f"booking/{booking_id}": gone for booking_id in event.booking_ids}, **_seats(event)}


_EFFECTS: dict[type[Event], Callable[[Any, int], Cells]] = {
    membership.NetworkFounded: _constant(state="forming"),
    membership.NetworkActivated: _constant(state="active"),
    membership.NetworkBecameSelfSustaining: _constant(state="self_sustaining"),
    membership.NetworkClosed: _constant(state="closed"),
    membership.OrganisationRegistered: lambda e, _: {"kind": e.kind},
    membership.SizeDeclared: lambda e, _: {f"size/{e.year}": e.sme_class},
    membership.MembershipApplied: _membership("applied"),
    membership.MembershipAdmitted: lambda e, n: {**_membership("active")(e, n), "kind": e.organisation_kind},
    memberships.MembershipInvited: _membership("invited"),
    membership.MembershipDeclined: _membership("declined"),
    membership.MembershipWithdrawn: _membership("withdrawn"),
    membership.MembershipSuspended: _membership("suspended"),
    membership.MembershipResumed: _membership("active"),
    membership.MembershipTerminated: _membership("terminated"),
    courses.NeedPosted: lambda e, _: {
        "state": "posted",
        "posted": {"organisation": e.organisation_id, "headcount": e.headcount},
    },
    needs.NeedRevised: lambda e, _: {
        "posted": {"organisation": e.organisation_id, "headcount": e.headcount},
    },
    needs.NeedExpired: _constant(state="expired"),
    needs.NeedCovered: _constant(covered=True),
    courses.NeedPooled: _constant(state="pooled"),
    courses.NeedReleased: _constant(state="posted", covered=False),
    courses.NeedWithdrawn: _constant(state="withdrawn"),
    courses.PoolOpened: _constant(opened=True),
    courses.SeatsPledged: lambda e, _: {f"pledge/{e.organisation_id}": e.seats},
    courses.PoolBecameViable: _constant(viable=True),
    courses.PoolPlanned: _constant(planned=True),
    courses.SessionScheduled: lambda e, _: {
        "scheduled": {"capacity": e.capacity, "teaching_units": e.teaching_units}
    },
    courses.BookingOpened: _constant(opened=True),
    courses.SessionCancelled: _constant(cancelled=True),
    courses.CourseBooked: _booking("confirmed"),
    courses.BookingWaitlisted: _booking("waitlisted"),
    courses.WaitlistPromoted: _booking("confirmed"),
    courses.BookingCancelled: _ended,
    courses.ParticipantSubstituted: lambda e, n: {f"substitution/{n}": e.booking_id},
    seats.ContingentReserved: _seats,
    seats.ContingentReleased: _seats,
    seats.WaitlistSeatOffered: _seats,
    seats.SeatOfferExpired: _left,
    seats.SeatOfferDeclined: _left,
    seats.SeatOfferWithdrawn: _seats,
    sessions.SessionConfirmed: _constant(confirmed=True),
    sessions.SessionStarted: _seats,
    sessions.SessionCompleted: _constant(completed=True),
}


def _each(kind: Kind, events: Iterable[type[Event]]) -> dict[type[Event], Kind]:
    return dict.fromkeys(events, kind)


_KINDS: dict[type[Event], Kind] = {
    **_each(
        Kind.NETWORK,
        (
            membership.NetworkFounded,
            membership.NetworkActivated,
            membership.NetworkBecameSelfSustaining,
            membership.NetworkClosed,
            membership.NetworkPoliciesChanged,
            *networks.EVENTS,
        ),
    ),
    **_each(
        Kind.ORGANISATION,
        (membership.OrganisationRegistered, membership.SizeDeclared, *organisations.EVENTS),
    ),
    **_each(
        Kind.MEMBERSHIP,
        (
            membership.MembershipApplied,
            membership.MembershipAdmitted,
            membership.MembershipDeclined,
            membership.MembershipWithdrawn,
            membership.MembershipSuspended,
            membership.MembershipResumed,
            membership.MembershipRolesChanged,
            membership.MembershipTerminated,
            *memberships.EVENTS,
        ),
    ),
    **_each(Kind.AID_LEDGER, aid.EVENTS),
    **_each(
        Kind.NEED,
        (
            courses.NeedPosted,
            needs.NeedRevised,
            needs.NeedExpired,
            needs.NeedCovered,
            courses.NeedWithdrawn,
            courses.NeedPooled,
            courses.NeedReleased,
        ),
    ),
    **_each(
        Kind.POOL,
        (
            courses.PoolOpened,
            courses.NeedAddedToPool,
            courses.SeatsPledged,
            courses.PoolBecameViable,
            courses.PoolPlanned,
            *calls.POOL_EVENTS,
            *planning.POOL_EVENTS,
        ),
    ),
    **_each(Kind.CALL, calls.CALL_EVENTS),
    **_each(Kind.DEMAND, (*waves.EVENTS, *catalogue.EVENTS, *renewals.EVENTS)),
    **_each(Kind.COURSE, (courses.CoursePublished,)),
    **_each(Kind.COST_PLAN, planning.EVENTS[:2]),
    **_each(Kind.PLANNING_RUN, planning.EVENTS[2:]),
    **_each(
        Kind.SESSION,
        (
            courses.SessionScheduled,
            courses.BookingOpened,
            courses.CourseBooked,
            courses.BookingWaitlisted,
            courses.WaitlistPromoted,
            courses.BookingCancelled,
            courses.ParticipantSubstituted,
            courses.MinimumReached,
            courses.SessionCancelled,
            *seats.EVENTS,
            *sessions.EVENTS,
            erasures.ParticipantErased,
        ),
    ),
    **_each(Kind.ERASURE, (*erasures.MEMBERSHIP, erasures.PersonUnlinked)),
}

EVENTS: tuple[type[Event], ...] = tuple(_KINDS)
# A letter is about one person's sign-in; it belongs to no network and is counted nowhere.
NOT_PROJECTED: tuple[type[Event], ...] = (membership.LetterRequested,)
