"""Routes of the catalogue: for members, and for everybody where the network wants it."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from services.courses.catalogue import feeds, jsonld, openqcat, settings
from services.courses.catalogue.feeds import Feed
from services.courses.catalogue.offerings import Offering, Wanted, found
from services.courses.catalogue.settings import CatalogueSettings, Office, settings_id
from services.courses.catalogue.settings_store import published, settings_of
from services.courses.memberships.access import require_manager, require_sight
from services.courses.memberships.store import Memberships
from shared.clock import Clock
from shared.errors import NotFound
from shared.events.course_values import CourseFormat
from shared.ids import NetworkId, Ref
from shared.mongo import Collection
from shared.store import Aggregates
from shared.text import Name
from shared.web import Body, Caller, Commanded, Page, Paged, Paging, cursor_of

BASE = "/api/courses/v1"
Short = Annotated[str, Field(max_length=100)]


class OfficeBody(Body):
    """The public face of the network: an office with a functional mailbox, no person."""

    name: Name
    street: Short = ""
    postcode: Annotated[str, Field(pattern=r"^([0-9]{5})?$")] = ""
    city: Short = ""
    email: Short = ""
    phone: Short = ""
    homepage: Annotated[str, Field(pattern=r"^(https?://[^\s<>\"]{1,200})?$")] = ""


class ChooseSettings(Body):
    """Whether everybody may see the courses, and their prices."""

    network_id: Ref[NetworkId]
    public: bool
    show_prices: bool = False
    office: OfficeBody
    kursnet_supplier_id: Annotated[str, Field(pattern=r"^[0-9]{0,20}$")] = ""


async def _wanted(
    text: Annotated[str, Query(max_length=100, description="Words of title, topic group or place")] = "",
    topic_code: Annotated[str | None, Query(max_length=64, description="A topic or a whole group")] = None,
    ags: Annotated[list[str] | None, Query(max_length=44)] = None,
    first_day: date | None = None,
    last_day: date | None = None,
    course_format: Annotated[CourseFormat | None, Query(alias="format")] = None,
    free_seats: Annotated[int, Query(ge=0, le=500)] = 0,
) -> Wanted:
    return Wanted(
        text=text,
        topic_code=topic_code,
        ags=tuple(ags or ()),
        first_day=first_day,
        last_day=last_day,
        format=course_format,
        free_seats=free_seats,
    )


Filtered = Annotated[Wanted, Depends(_wanted)]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the routes read from."""

    sessions: Collection
    settings: Aggregates[CatalogueSettings]
    memberships: Memberships
    clock: Clock
    public_url: str

    async def offerings(self, network_id: str, wanted: Wanted, *, show_price: bool) -> list[Offering]:
        """Return what fits, the earliest first."""
        sessions = await published(self.sessions, network_id)
        return found(sessions, wanted, self.clock(), show_price=show_price)

    async def public(self, network_id: str) -> CatalogueSettings:
        """Return the settings of a network that shows its courses. Errors: `NotFound` 404 for every other one."""
        chosen = await settings_of(network_id, self.settings)
        if chosen is None or not chosen.public:
            raise NotFound(kind="catalogue")
        return chosen

    def url(self, network_id: str) -> str:
        """Return the address of the network's public catalogue."""
        return f"{self.public_url}{BASE}/public/catalogues/{network_id}"

    def feed(self, chosen: CatalogueSettings, name: str, language: str) -> Feed:
        """Return what a feed says of itself."""
        url = self.url(chosen.network_id)
        return Feed(
            title=chosen.office.name,
            url=chosen.office.homepage or url,
            self_url=f"{url}/{name}",
            updated=self.clock(),
            language=language,
        )


def _page(offerings: list[Offering], paging: Paging) -> Page[Offering]:
    later = [each for each in offerings if paging.after is None or each.sort > paging.after]
    shown = later[: paging.limit]
    more = len(later) > paging.limit
    return Page(
        items=shown,
        next_cursor=cursor_of(shown[-1].sort) if more else None,
    )


def member_router(catalogue: Catalogue) -> APIRouter:
    """Return the routes for members and managers."""
    routes = APIRouter(prefix=f"{BASE}/catalogue", tags=["catalogue"])

    @routes.get("", summary="Courses that can be booked, for members", operation_id="list_catalogue")
    async def list_catalogue(
        network_id: Ref[NetworkId], principal: Caller, wanted: Filtered, paging: Paged
    ) -> Page[Offering]:
        await require_sight(principal, network_id, catalogue.memberships, "network")
        return _page(await catalogue.offerings(network_id, wanted, show_price=True), paging)

    @routes.get(
        "/settings", summary="How the network shows its courses", operation_id="get_catalogue_settings"
    )
    async def get_catalogue_settings(network_id: Ref[NetworkId], principal: Caller) -> CatalogueSettings:
        await require_manager(principal, network_id, catalogue.memberships, "network")
        chosen = await settings_of(network_id, catalogue.settings)
        return chosen or CatalogueSettings(network_id=network_id, office=Office(name="–"))

    @routes.post(
        "/settings", summary="Choose how the courses are shown", operation_id="set_catalogue_settings"
    )
    async def set_catalogue_settings(body: ChooseSettings, command: Commanded) -> CatalogueSettings:
        await require_manager(command.principal, body.network_id, catalogue.memberships, "network")
        chosen = CatalogueSettings.model_validate(body.model_dump())
        key = settings_id(body.network_id)
        kept = await catalogue.settings.put(
            key, lambda existing: settings.choose(existing, chosen), command.cause
        )
        return kept.state

    @routes.get(
        "/openqcat.xml",
        summary="The catalogue for KURSNET (open-Q-cat V1.1)",
        operation_id="export_openqcat",
        response_class=Response,
        responses={200: {"content": {"application/xml": {}}}},
    )
    async def export_openqcat(network_id: Ref[NetworkId], principal: Caller) -> Response:
        await require_manager(principal, network_id, catalogue.memberships, "network")
        chosen = await settings_of(network_id, catalogue.settings)
        chosen = chosen or CatalogueSettings(network_id=network_id, office=Office(name=""))
        offerings = await catalogue.offerings(network_id, Wanted(), show_price=True)
        content = openqcat.document(chosen, offerings, catalogue.clock())
        headers = {"Content-Disposition": 'attachment; filename="openqcat.xml"'}
        return Response(content, media_type="application/xml", headers=headers)

    return routes


def public_router(catalogue: Catalogue) -> APIRouter:
    """Return the routes that need no sign-in; a network that shows nothing is not told from one that is not there."""
    routes = APIRouter(prefix=f"{BASE}/public/catalogues/{{network_id}}", tags=["public"])

    @routes.get("", summary="Courses that can be booked, for everybody", operation_id="list_public_catalogue")
    async def list_public_catalogue(
        network_id: Ref[NetworkId], wanted: Filtered, paging: Paged
    ) -> Page[Offering]:
        chosen = await catalogue.public(network_id)
        return _page(await catalogue.offerings(network_id, wanted, show_price=chosen.show_prices), paging)

    @routes.get("/feed.rss", summary="The catalogue as RSS 2.0", operation_id="get_catalogue_rss")
    async def get_catalogue_rss(network_id: Ref[NetworkId], wanted: Filtered, request: Request) -> Response:
        chosen = await catalogue.public(network_id)
        offerings = await catalogue.offerings(network_id, wanted, show_price=chosen.show_prices)
        feed = catalogue.feed(chosen, "feed.rss", request.state.language)
        return Response(feeds.rss(feed, offerings), media_type="application/rss+xml")

    @routes.get("/feed.atom", summary="The catalogue as Atom", operation_id="get_catalogue_atom")
    async def get_catalogue_atom(network_id: Ref[NetworkId], wanted: Filtered, request: Request) -> Response:
        chosen = await catalogue.public(network_id)
        offerings = await catalogue.offerings(network_id, wanted, show_price=chosen.show_prices)
        feed = catalogue.feed(chosen, "feed.atom", request.state.language)
        return Response(feeds.atom(feed, offerings), media_type="application/atom+xml")

    @routes.get("/calendar.ics", summary="The catalogue as a calendar", operation_id="get_catalogue_calendar")
    async def get_catalogue_calendar(
        network_id: Ref[NetworkId], wanted: Filtered, request: Request
    ) -> Response:
        chosen = await catalogue.public(network_id)
        offerings = await catalogue.offerings(network_id, wanted, show_price=chosen.show_prices)
        feed = catalogue.feed(chosen, "calendar.ics", request.state.language)
        return Response(feeds.ics(feed, offerings), media_type="text/calendar")

    @routes.get("/courses.jsonld", summary="The catalogue as schema.org", operation_id="get_catalogue_jsonld")
    async def get_catalogue_jsonld(
        network_id: Ref[NetworkId], wanted: Filtered, request: Request
    ) -> dict[str, Any]:
        chosen = await catalogue.public(network_id)
        offerings = await catalogue.offerings(network_id, wanted, show_price=chosen.show_prices)
        return jsonld.courses(offerings, chosen.office, catalogue.url(network_id), request.state.language)

    return routes
