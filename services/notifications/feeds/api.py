"""Routes of calendar links, and of the calendars behind them."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from services.notifications.access import person_of, require_organisation
from services.notifications.copies import Copies
from services.notifications.feeds import views
from services.notifications.feeds.domain import MAX_PER_OWNER, Feed, TooManyFeeds
from services.notifications.feeds.store import Feeds, hash_of
from services.notifications.preferences.store import of_company, of_person
from shared.clock import epoch_ms, utc_now
from shared.errors import NotFound
from shared.ids import OrganisationId, Ref
from shared.mongo import Collection
from shared.web import Caller, Command, Commanded, View

BASE = "/api/notifications/v1"
TOKEN_BYTES = 32
PAST = timedelta(days=90)  # [P] how far back a calendar reaches
type FeedId = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$")]
type Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{43}$")]


class FeedView(View):
    """A calendar link; the secret is in the answer that made it, and nowhere else."""

    id: str
    created_at: datetime


class NewFeedView(FeedView):
    """`url` opens the calendar for whoever has it."""

    url: str


@dataclass(frozen=True, slots=True)
class Parts:
    """What the routes work with; `inbox` tells which bookings a person was told of."""

    feeds: Feeds
    copies: Copies
    inbox: Collection
    public_url: str
    domain: str


def router(parts: Parts) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix=BASE, tags=["calendars"])
    _own(routes, parts)
    _company(routes, parts)
    _calendar(routes, parts)
    return routes


def _own(routes: APIRouter, parts: Parts) -> None:
    @routes.get("/feeds", operation_id="get_feeds", summary="List the own calendar links")
    async def get_feeds(caller: Caller) -> list[FeedView]:
        return [_view(one) for one in await parts.feeds.of(of_person(person_of(caller)))]

    @routes.post(
        "/feeds", status_code=201, operation_id="post_feed", summary="Make a calendar link for oneself"
    )
    async def post_feed(command: Commanded) -> NewFeedView:
        person_id = person_of(command.principal)
        return await _make(parts, of_person(person_id), command, person_id=person_id)

    @routes.delete(
        "/feeds/{feed_id}", status_code=204, operation_id="delete_feed", summary="Take a link back"
    )
    async def delete_feed(feed_id: FeedId, command: Commanded) -> None:
        if not await parts.feeds.revoke(of_person(person_of(command.principal)), feed_id):
            raise NotFound(kind="feed")


def _company(routes: APIRouter, parts: Parts) -> None:
    base = "/organisations/{organisation_id}/feeds"

    @routes.get(base, operation_id="get_company_feeds", summary="List the company's calendar links")
    async def get_company_feeds(organisation_id: Ref[OrganisationId], caller: Caller) -> list[FeedView]:
        require_organisation(caller, organisation_id)
        return [_view(one) for one in await parts.feeds.of(of_company(organisation_id))]

    @routes.post(
        base, status_code=201, operation_id="post_company_feed", summary="Make a link for the company"
    )
    async def post_company_feed(organisation_id: Ref[OrganisationId], command: Commanded) -> NewFeedView:
        require_organisation(command.principal, organisation_id)
        return await _make(parts, of_company(organisation_id), command, organisation_id=organisation_id)

    @routes.delete(
        f"{base}/{{company_feed_id}}",
        status_code=204,
        operation_id="delete_company_feed",
        summary="Take a link back",
    )
    async def delete_company_feed(
        organisation_id: Ref[OrganisationId], company_feed_id: FeedId, command: Commanded
    ) -> None:
        require_organisation(command.principal, organisation_id)
        if not await parts.feeds.revoke(of_company(organisation_id), company_feed_id):
            raise NotFound(kind="feed")


def _calendar(routes: APIRouter, parts: Parts) -> None:
    @routes.get(
        "/calendars/{token}.ics",
        operation_id="get_calendar",
        summary="The calendar behind a link, for calendar programs",
        response_class=Response,
    )
    async def get_calendar(token: Token, request: Request) -> Response:
        feed = await parts.feeds.by_token(token)
        if feed is None:
            raise NotFound(kind="calendar")
        now = utc_now()
        body = await _body(parts, feed, now)
        # Two readings of the same bookings in one hour are the same calendar.
        tag = f'"{hash_of(body.decode())[:32]}"'
        headers = {"etag": tag, "cache-control": "private, max-age=900"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


async def _body(parts: Parts, feed: Feed, now: datetime) -> bytes:
    if feed.organisation_id is not None:
        found = await parts.copies.sessions_of_company(feed.organisation_id)
        seats = [(f"{feed.organisation_id}:{one}", one) for one in found]
    else:
        entries = await parts.inbox.find(
            {"person_id": feed.person_id, "audience": "participant"}, {"booking_id": 1}
        )
        bookings = sorted({one["booking_id"] for one in entries if one["booking_id"]})
        seats = await parts.copies.confirmed(bookings)
    sessions = await parts.copies.sessions([session_id for _, session_id in seats])
    recent = {
        key: one for key, one in sessions.items() if one.days[-1].ends_at > now - PAST and not one.cancelled
    }
    return views.calendar(
        seats,
        recent,
        domain=parts.domain,
        language=feed.language,
        link=f"{parts.public_url.rstrip('/')}/",
        at=now.replace(minute=0, second=0, microsecond=0),
    )


async def _make(
    parts: Parts,
    owner: str,
    command: Command,
    *,
    person_id: str | None = None,
    organisation_id: str | None = None,
) -> NewFeedView:
    if len(await parts.feeds.of(owner)) >= MAX_PER_OWNER:
        raise TooManyFeeds(limit=MAX_PER_OWNER)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = Feed(
        id=command.id_for("feed"),
        person_id=person_id,
        organisation_id=organisation_id,
        created_ms=epoch_ms(utc_now()),
        language=command.language,
    )
    await parts.feeds.add(owner, token, feed)
    url = f"{parts.public_url.rstrip('/')}{BASE}/calendars/{token}.ics"
    return NewFeedView(**_view(feed).model_dump(), url=url)


def _view(feed: Feed) -> FeedView:
    return FeedView(id=feed.id, created_at=datetime.fromtimestamp(feed.created_ms / 1000, UTC))
