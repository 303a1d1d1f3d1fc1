"""Routes of a session's life: go or no go, other dates, start, end, settlement."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from services.courses.sessions.access import Access
from services.courses.sessions.api import Days, days_of
from services.courses.sessions.domain import ReasonCode, Session, dates, lifecycle
from services.courses.sessions.domain.dates import NewDates
from services.courses.sessions.domain.lifecycle import GoReason
from services.courses.sessions.domain.parts import Decided, Silence
from services.courses.sessions.store import Sessions
from services.courses.sessions.summary import DecisionView, SessionView, session_view
from shared.clock import utc_now
from shared.decisions import Change
from shared.events.sessions import GoNoGo
from shared.ids import BookingId, OrganisationId, Ref, SessionId
from shared.web import Body, Caller, Command, Commanded


class Decide(Body):
    """Go or no go, with a reason; the note is for the network's managers and stays here."""

    decision: GoNoGo
    reason_code: GoReason
    note: Annotated[str, Field(max_length=1000)] = ""


class Postpone(Body):
    """Why the session does not take place on its dates."""

    reason_code: ReasonCode


class Reschedule(Body):
    """New dates. Companies with a seat answer until `answer_by`; `if_silent` says what follows if they do not."""

    days: Days
    time_zone: Annotated[str, Field(max_length=64)] = "Europe/Berlin"
    venue_ags: Annotated[str, Field(max_length=5)] | None = None
    answer_by: AwareDatetime | None = None
    if_silent: Silence = Silence.RELEASE


class AnswerDates(Body):
    """A company's answer: these bookings end for free, its others are kept on the new dates."""

    organisation_id: Ref[OrganisationId]
    declined: Annotated[tuple[Ref[BookingId], ...], Field(max_length=500)] = ()


class NotedDecision(DecisionView):
    """The decision with the note of the person who took it."""

    note: str


def router(sessions: Sessions, access: Access) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/courses/v1/sessions/{session_id}", tags=["sessions"])
    _decision_routes(routes, sessions, access)
    _date_routes(routes, sessions, access)
    _delivery_routes(routes, sessions, access)
    return routes


def _decision_routes(routes: APIRouter, sessions: Sessions, access: Access) -> None:
    @routes.post("/decision", summary="Decide go or no go as a person", operation_id="decide_session")
    async def decide_session(session_id: Ref[SessionId], body: Decide, command: Commanded) -> SessionView:
        await access.manager(command.principal, session_id)
        at = utc_now()
        return await _changed(
            sessions,
            session_id,
            lambda state: lifecycle.decide(state, body.decision, body.reason_code, body.note, at),
            command,
        )

    @routes.get("/decision", summary="Go or no go, with its note", operation_id="get_decision")
    async def get_decision(session_id: Ref[SessionId], principal: Caller) -> NotedDecision | None:
        await access.manager(principal, session_id)
        decided: Decided | None = (await sessions.aggregates.get(session_id)).decided
        return None if decided is None else NotedDecision(**decided.model_dump())


def _date_routes(routes: APIRouter, sessions: Sessions, access: Access) -> None:
    @routes.post("/postpone", summary="Take the dates away", operation_id="postpone_session")
    async def postpone_session(session_id: Ref[SessionId], body: Postpone, command: Commanded) -> SessionView:
        await access.manager(command.principal, session_id)
        at = utc_now()
        return await _changed(
            sessions, session_id, lambda state: dates.postpone(state, str(body.reason_code), at), command
        )

    @routes.post("/reschedule", summary="Set new dates and ask again", operation_id="reschedule_session")
    async def reschedule_session(
        session_id: Ref[SessionId], body: Reschedule, command: Commanded
    ) -> SessionView:
        await access.manager(command.principal, session_id)
        moved = NewDates(
            days=days_of(body.days, (await sessions.summary(session_id)).format),
            time_zone=body.time_zone,
            venue_ags=body.venue_ags,
            answer_by=body.answer_by,
            if_silent=body.if_silent,
        )
        at = utc_now()
        return await _changed(sessions, session_id, lambda state: dates.reschedule(state, moved, at), command)

    @routes.post("/date-answers", summary="Answer to new dates", operation_id="answer_dates")
    async def answer_dates(session_id: Ref[SessionId], body: AnswerDates, command: Commanded) -> SessionView:
        await access.company(command.principal, session_id, body.organisation_id)
        at = utc_now()
        return await _changed(
            sessions,
            session_id,
            lambda state: dates.answer(state, body.organisation_id, body.declined, at),
            command,
        )


def _delivery_routes(routes: APIRouter, sessions: Sessions, access: Access) -> None:
    @routes.post("/start", summary="Begin the delivery", operation_id="start_session")
    async def start_session(session_id: Ref[SessionId], command: Commanded) -> SessionView:
        await access.manager(command.principal, session_id)
        at: datetime = utc_now()
        return await _changed(sessions, session_id, lambda state: lifecycle.begin(state, at), command)

    @routes.post("/complete", summary="End the delivery", operation_id="complete_session")
    async def complete_session(session_id: Ref[SessionId], command: Commanded) -> SessionView:
        await access.manager(command.principal, session_id)
        return await _changed(sessions, session_id, lifecycle.complete, command)

    @routes.post("/settle", summary="Close the books of a session", operation_id="settle_session")
    async def settle_session(session_id: Ref[SessionId], command: Commanded) -> SessionView:
        await access.manager(command.principal, session_id)
        return await _changed(sessions, session_id, lifecycle.settle, command)


async def _changed(
    sessions: Sessions,
    session_id: str,
    decide: Callable[[Session], Change[Session]],
    command: Command,
) -> SessionView:
    return session_view((await sessions.aggregates.change(session_id, decide, command.cause)).state)
