"""Routes of preferences, and of unsubscribing by one click."""

import html
from datetime import datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse
from pydantic import AwareDatetime, Field

from services.notifications.access import person_of, require_organisation
from services.notifications.preferences import domain
from services.notifications.preferences.domain import HOME, Choice, Digest, Mode, Preferences, Quiet, Wish
from services.notifications.preferences.store import Wishes, kinds, of_company, of_person
from services.notifications.unsubscribe import Links
from shared.clock import epoch_ms, utc_now
from shared.errors import Invalid
from shared.ids import OrganisationId, Ref
from shared.web import Body, Caller, Commanded, View
from shared.zones import LocalTime

BASE = "/api/notifications/v1"
type Token = Annotated[str, Path(max_length=300, pattern=r"^[A-Za-z0-9_-]+$")]


class WishBody(Body):
    """`until` ends the wish for an optional kind; at most twelve months from now."""

    mode: Mode
    until: AwareDatetime | None = None


class QuietBody(Body):
    """Local times; may pass midnight."""

    starts: LocalTime
    ends: LocalTime


class DigestBody(Body):
    """When digests come; 1 is Monday."""

    at: LocalTime = time(7, 30)
    weekdays: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1, max_length=7)] = Field(
        default_factory=lambda: [1, 2, 3, 4, 5]
    )


class PreferencesBody(Body):
    """A kind that is not named goes back to its default."""

    wishes: dict[Annotated[str, Field(max_length=40)], WishBody] = Field(default_factory=dict, max_length=50)
    quiet: QuietBody | None = None
    digest: DigestBody = Field(default_factory=DigestBody)
    time_zone: Annotated[str, Field(max_length=64)] = HOME


class CompanyDigestBody(Body):
    """One digest for all HR people of the company, in place of single mails that are not urgent."""

    digest: DigestBody = Field(default_factory=DigestBody)
    time_zone: Annotated[str, Field(max_length=64)] = HOME


class KindView(View):
    """A kind of message; `mode` is what holds now, `until` when that ends."""

    kind: str
    title: str
    choice: Choice
    mode: Mode
    until: datetime | None


class QuietView(View):
    """Local times."""

    starts: LocalTime
    ends: LocalTime


class DigestView(View):
    """When digests come, in local time."""

    at: LocalTime
    weekdays: list[int]


class PreferencesView(View):
    """What a person chose, kind by kind."""

    kinds: list[KindView]
    quiet: QuietView | None
    digest: DigestView
    time_zone: str


class CompanyDigestView(View):
    """`digest` is null where the company has none."""

    digest: DigestView | None
    time_zone: str


def router(wishes: Wishes, links: Links) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix=BASE, tags=["preferences"])
    _own(routes, wishes)
    _company(routes, wishes)
    _unsubscribe(routes, wishes, links)
    return routes


def _own(routes: APIRouter, wishes: Wishes) -> None:
    @routes.get("/preferences", operation_id="get_preferences", summary="Read the own wishes")
    async def get_preferences(request: Request, caller: Caller) -> PreferencesView:
        return _view(await wishes.get(of_person(person_of(caller))), request.state.language)

    @routes.put("/preferences", operation_id="put_preferences", summary="Say what comes by mail, and when")
    async def put_preferences(body: PreferencesBody, command: Commanded) -> PreferencesView:
        key, now = of_person(person_of(command.principal)), epoch_ms(utc_now())
        chosen = {
            kind: domain.chosen(
                kinds(), kind, one.mode, None if one.until is None else epoch_ms(one.until), now
            )
            for kind, one in body.wishes.items()
        }
        wanted = Preferences(
            wishes=chosen,
            quiet=None if body.quiet is None else Quiet(**body.quiet.model_dump()),
            digest=Digest(at=body.digest.at, weekdays=tuple(sorted(set(body.digest.weekdays)))),
            time_zone=_zone(body.time_zone),
        )
        await wishes.put(key, wanted)
        return _view(wanted, command.language)


def _company(routes: APIRouter, wishes: Wishes) -> None:
    @routes.get(
        "/organisations/{organisation_id}/digest",
        operation_id="get_company_digest",
        summary="Read whether the company has a common digest",
    )
    async def get_company_digest(organisation_id: Ref[OrganisationId], caller: Caller) -> CompanyDigestView:
        require_organisation(caller, organisation_id)
        key = of_company(organisation_id)
        return _company_view((await wishes.several([key])).get(key))

    @routes.put(
        "/organisations/{organisation_id}/digest",
        operation_id="put_company_digest",
        summary="Gather the company's mails that are not urgent in one digest for its HR people",
    )
    async def put_company_digest(
        organisation_id: Ref[OrganisationId], body: CompanyDigestBody, command: Commanded
    ) -> CompanyDigestView:
        require_organisation(command.principal, organisation_id)
        wanted = Preferences(
            digest=Digest(at=body.digest.at, weekdays=tuple(sorted(set(body.digest.weekdays)))),
            time_zone=_zone(body.time_zone),
        )
        await wishes.put(of_company(organisation_id), wanted)
        return _company_view(wanted)

    @routes.delete(
        "/organisations/{organisation_id}/digest",
        status_code=204,
        operation_id="delete_company_digest",
        summary="Go back to single mails",
    )
    async def delete_company_digest(organisation_id: Ref[OrganisationId], command: Commanded) -> None:
        require_organisation(command.principal, organisation_id)
        await wishes.forget(of_company(organisation_id))


def _unsubscribe(routes: APIRouter, wishes: Wishes, links: Links) -> None:
    @routes.post(
        "/unsubscribe/{token}",
        operation_id="post_unsubscribe",
        summary="Switch a kind of mail off by the link in a mail (RFC 8058)",
        response_class=HTMLResponse,
    )
    async def post_unsubscribe(token: Token, request: Request) -> HTMLResponse:
        person_id, kind = links.read(token)
        key = of_person(person_id)
        present = await wishes.get(key)
        off = domain.chosen(kinds(), kind, Mode.OFF, None, epoch_ms(utc_now()))
        await wishes.put(key, present.model_copy(update={"wishes": {**present.wishes, kind: off}}))
        return _page(kind, request.state.language, done=True)

    @routes.get(
        "/unsubscribe/{token}",
        operation_id="get_unsubscribe",
        summary="Ask whether a kind of mail is to be switched off; changes nothing",
        response_class=HTMLResponse,
    )
    async def get_unsubscribe(token: Token, request: Request) -> HTMLResponse:
        _, kind = links.read(token)
        return _page(kind, request.state.language, done=False)


def _page(kind: str, language: str, *, done: bool) -> HTMLResponse:
    title = html.escape(getattr(kinds()[kind], language))
    said = {
        ("de", True): f"Sie erhalten keine E-Mails mehr dieser Art: {title}.",
        ("en", True): f"You receive no more e-mails of this kind: {title}.",
        ("de", False): f"Möchten Sie E-Mails dieser Art abbestellen: {title}?",
        ("en", False): f"Do you want to stop e-mails of this kind: {title}?",
    }[language, done]
    button = {"de": "Abbestellen", "en": "Stop them"}[language]
    # A page that mail scanners open must not switch anything off: that takes the button, a POST.
    form = "" if done else f'<form method="post"><button>{button}</button></form>'
    style = "body{font:18px/1.5 sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}"
    body = (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>Verbundwerk</title><style>{style}</style></head>'
        f"<body><h1>Verbundwerk</h1><p>{said}</p>{form}</body></html>"
    )
    return HTMLResponse(body, headers={"cache-control": "no-store"})


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise Invalid(
            pointer="#/time_zone",
            reason_en="There is no such time zone.",
            reason_de="Diese Zeitzone gibt es nicht.",
        )
    return ZoneInfo(name).key


def _view(wishes: Preferences, language: str) -> PreferencesView:
    now = epoch_ms(utc_now())
    rows = []
    for name, kind in kinds().items():
        wish: Wish | None = wishes.wishes.get(name)
        until = wish.until_ms if wish and wish.until_ms and wish.until_ms > now else None
        rows.append(
            KindView(
                kind=name,
                title=getattr(kind, language),
                choice=kind.choice,
                mode=domain.mode_of(kinds(), name, wishes, now),
                until=None if until is None else datetime.fromtimestamp(until / 1000, utc_now().tzinfo),
            )
        )
    quiet = None if wishes.quiet is None else QuietView(**wishes.quiet.model_dump())
    return PreferencesView(kinds=rows, quiet=quiet, digest=_digest(wishes.digest), time_zone=wishes.time_zone)


def _digest(digest: Digest) -> DigestView:
    return DigestView(at=digest.at, weekdays=list(digest.weekdays))


def _company_view(wishes: Preferences | None) -> CompanyDigestView:
    if wishes is None:
        return CompanyDigestView(digest=None, time_zone=HOME)
    return CompanyDigestView(digest=_digest(wishes.digest), time_zone=wishes.time_zone)
