"""Routes of the neutral record."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from services.courses.calls.domain import Call, CallState
from services.courses.calls.handlers import Stores
from services.courses.calls.names import Names
from services.courses.calls.record import RecordView, html_of, record_of
from services.courses.memberships.access import require_manager
from services.courses.memberships.store import Memberships
from shared.auth import Principal, Role
from shared.errors import WrongState
from shared.ids import CallId, Ref
from shared.pdf import pdf_of
from shared.web import Caller

BASE = "/api/courses/v1/calls/{call_id}"
ENDED = frozenset({CallState.AWARDED, CallState.CANCELLED})


def router(stores: Stores, memberships: Memberships, names: Names) -> APIRouter:
    """Return the routes: for the network's management at any time, for its funder once the call has ended."""
    routes = APIRouter(tags=["calls"])

    async def record(principal: Principal, call_id: str) -> RecordView:
        call = await stores.calls.get(call_id)
        if not _funds(principal, call):
            await require_manager(principal, call.network_id, memberships, "call for offers")
        elif call.state not in ENDED:
            raise WrongState(kind="call for offers", state=str(call.state))
        return record_of(call, stores.clock())

    async def document(principal: Principal, call_id: str, language: str) -> str:
        found = await record(principal, call_id)
        known = await names.of(found.organisations(), found.people())
        return html_of(found, known, language)

    @routes.get(f"{BASE}/record", summary="The record as data", operation_id="get_call_record")
    async def get_record(call_id: Ref[CallId], principal: Caller) -> RecordView:
        return await record(principal, call_id)

    @routes.get(
        f"{BASE}/record.html",
        summary="The record as a page, in the reader's language",
        response_class=HTMLResponse,
        operation_id="get_call_record_page",
    )
    async def get_record_page(call_id: Ref[CallId], principal: Caller, request: Request) -> HTMLResponse:
        return HTMLResponse(await document(principal, call_id, request.state.language))

    @routes.get(
        f"{BASE}/record.pdf",
        summary="The record as PDF/UA, in the reader's language",
        response_class=Response,
        responses={200: {"content": {"application/pdf": {}}}},
        operation_id="get_call_record_pdf",
    )
    async def get_record_pdf(call_id: Ref[CallId], principal: Caller, request: Request) -> Response:
        content = await pdf_of(await document(principal, call_id, request.state.language))
        headers = {"Content-Disposition": f'attachment; filename="record-{call_id}.pdf"'}
        return Response(content, media_type="application/pdf", headers=headers)

    return routes


def _funds(principal: Principal, call: Call) -> bool:
    return any(
        grant.role is Role.FUNDER and grant.network_id == call.network_id for grant in principal.grants
    )
