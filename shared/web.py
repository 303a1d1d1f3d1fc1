"""What every service's HTTP side is built on: the app with problem details, who asks, repeats, paging."""

import base64
import binascii
import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, cast

import structlog
from fastapi import Depends, FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from shared.auth import Principal, Verifier
from shared.clock import new_id
from shared.edge import BodyTooLarge, Edge
from shared.errors import Invalid, Problem, Unauthenticated
from shared.ids import derived_id
from shared.mongo import Collection, Document, Filter
from shared.permissions import Table, table_of
from shared.personal import alias_of
from shared.problems import of_problem, of_validation, problem_response
from shared.ratelimit import RateLimits
from shared.store import Cause
from shared.trail import Actor, act_as

log = structlog.get_logger()

_IDEMPOTENCY_KEY = re.compile(r"^[\x21-\x7e]{1,128}$")


class Body(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class View(BaseModel):
    """A response body."""

    model_config = ConfigDict(frozen=True)


class ProblemDocument(View):
    """RFC 9457 problem details, as every refusal and failure is answered."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: list[dict[str, Any]] | None = None
    params: dict[str, Any] | None = None


def create_app(service: str, *, title: str, description: str, version: str) -> FastAPI:
    """Build the app of a service: OpenAPI and docs under `/api/<service>/v1`, errors as problem details."""
    base = f"/api/{service}/v1"
    app = FastAPI(
        title=title,
        description=description,
        version=version,
        openapi_url=f"{base}/openapi.json",
        docs_url=f"{base}/docs",
        redoc_url=None,
        # Our own spans and metrics name the route; the framework's name the path, and with it ids of people.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
        responses={
            "4XX": {"model": ProblemDocument, "description": "The request was refused; the body says why."},
            "5XX": {"model": ProblemDocument, "description": "Our fault; repeat with the same key."},
        },
    )
    app.state.permissions = table_of(service)
    app.add_middleware(cast(Any, Edge))
    app.add_exception_handler(Problem, cast(Any, _on_problem))
    app.add_exception_handler(RequestValidationError, cast(Any, _on_validation))
    app.add_exception_handler(HTTPException, cast(Any, _on_http))
    app.add_exception_handler(Exception, _on_failure)
    return app


async def _on_problem(request: Request, problem: Problem) -> JSONResponse:
    if problem.status >= 500:
        log.warning("http.failed", error=problem.slug)
    return of_problem(problem, request.state.language, request.state.request_id)


async def _on_validation(request: Request, error: RequestValidationError) -> JSONResponse:
    return of_validation(error.errors(), request.state.language, request.state.request_id)


async def _on_http(request: Request, error: HTTPException) -> JSONResponse:
    slug = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "http-error")
    return problem_response(
        error.status_code,
        slug,
        str(error.detail),
        request_id=request.state.request_id,
        headers=error.headers,
    )


async def _on_failure(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, BodyTooLarge):
        raise error
    # The class and place are enough to find it; the message may quote what a person typed.
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_qualname}:{frame.tb_lineno}" if frame else "?"
    log.error("http.unexpected", error=type(error).__name__, place=place)
    detail = {
        "de": "Das hätte nicht geschehen dürfen. Die Betreuung findet den Fall unter der Anfragenummer.",
        "en": "This should not have happened. Support can find the case by the request id.",
    }[request.state.language]
    return problem_response(500, "unexpected", detail, request_id=request.state.request_id)


# --- who asks -------------------------------------------------------------------------------------------

_bearer = HTTPBearer(auto_error=False, description="Access token of the membership service")


async def current_principal(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    """Return who asks, if the table admits him to the route.

    Errors: `Unauthenticated` 401, `TooManyRequests` 429, `Forbidden` 403.
    """
    if credentials is None:
        raise Unauthenticated
    verifier: Verifier = request.app.state.verifier
    principal = await verifier.principal(credentials.credentials)
    limits: RateLimits | None = getattr(request.app.state, "rate_limits", None)
    if limits is not None and principal.kind == "person":
        limits.people.take(principal.id, time.monotonic())
    permissions: Table = request.app.state.permissions
    operation = request.scope["route"].operation_id
    permissions.require(principal, operation)
    name = alias_of(principal.id) if principal.kind == "person" else principal.id
    act_as(Actor(name, principal.kind, operation))
    return principal


Caller = Annotated[Principal, Depends(current_principal)]


# --- commands -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Command:
    """Who commands, and how a repeat is recognised."""

    principal: Principal
    cause: Cause
    language: str

    def id_for(self, kind: str) -> str:
        """Return the id for a thing that this command creates.

        With an Idempotency-Key it is derived from the key, so that a repeat meets the first one's document
        however late it comes; without one it is new.
        """
        return derived_id(kind, self.cause.key) if self.cause.key else new_id()


async def _command(
    request: Request,
    principal: Caller,
    idempotency_key: Annotated[
        str | None,
        Header(
            description="Any text of 1 to 128 visible ASCII characters, new for every command. "
            "Repeating a command with the same key does it once and gives the same answer."
        ),
    ] = None,
) -> Command:
    cause_id = f"request:{request.state.request_id}"
    language = request.state.language
    if idempotency_key is None:
        return Command(principal, Cause(causation_id=cause_id), language)
    if not _IDEMPOTENCY_KEY.match(idempotency_key):
        raise Invalid(
            reason_en="An Idempotency-Key has 1 to 128 visible ASCII characters.",
            reason_de="Ein Idempotency-Key hat 1 bis 128 sichtbare ASCII-Zeichen.",
        )
    print_ = hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + await request.body())
    # Remembered with the document for long, so neither the person's id nor the text that the client chose.
    key = derived_id("command", principal.id, idempotency_key)
    cause = Cause(key, print_.hexdigest()[:32], cause_id)
    return Command(principal, cause, language)


Commanded = Annotated[Command, Depends(_command)]


# --- paging ---------------------------------------------------------------------------------------------


class Page[T](View):
    """Some items; `next_cursor` leads to the following ones and is null at the end."""

    items: list[T]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Paging:
    """How many items, after which one."""

    limit: int
    after: str | None


_CURSOR_MARK = "v1:"  # what is not ours decodes to something else, and must not read as "after the last one"


def cursor_of(place: str) -> str:
    """Return the `next_cursor` that leads to what follows `place`."""
    return base64.urlsafe_b64encode((_CURSOR_MARK + place).encode()).decode()


def no_cursor() -> Invalid:
    """Return the refusal of a cursor that leads nowhere."""
    return Invalid(reason_en="This is not a cursor of ours.", reason_de="Das ist kein gültiger Cursor.")


def _place(cursor: str) -> str:
    try:
        place = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise no_cursor() from error
    if not place.startswith(_CURSOR_MARK):
        raise no_cursor()
    return place[len(_CURSOR_MARK) :]


async def _paging(
    limit: Annotated[int, Query(ge=1, le=200, description="Items per page")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=1200, description="`next_cursor` of the page before")
    ] = None,
) -> Paging:
    return Paging(limit, None if cursor is None else _place(cursor))


Paged = Annotated[Paging, Depends(_paging)]


def sort_key(created_ms: int, document_id: str) -> str:
    """Return the top-level `sort` field of a document: by creation time, unique."""
    return f"{created_ms:013d}-{document_id}"


async def page_of[T](
    collection: Collection,
    where: Filter,
    paging: Paging,
    view: Callable[[Document], T],
    *,
    by: str = "sort",
    ascending: bool = False,
    fields: Mapping[str, int] | None = None,
) -> Page[T]:
    """Return one page, newest first; the documents carry `sort` (see `sort_key`), which is indexed.

    `by` names another unique and indexed text field to go by, `ascending` begins with its smallest value.
    `fields` names what to read, `by` among it; by default all but the outbox.
    """
    condition = dict(where)
    if paging.after is not None:
        condition[by] = {"$gt" if ascending else "$lt": paging.after}
    found = await collection.find(
        condition,
        fields or {"outbox": 0, "cmds": 0},
        sort=[(by, 1 if ascending else -1)],
        limit=paging.limit + 1,
    )
    shown = found[: paging.limit]
    more = len(found) > paging.limit
    cursor = cursor_of(shown[-1][by]) if more else None
    return Page(items=[view(document) for document in shown], next_cursor=cursor)
